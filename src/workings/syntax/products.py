r"""What a LaTeX product of arrays means: `X w` a matrix product, `x q^\top` an outer one, `w^\top x` an inner one."""

from __future__ import annotations

from workings.errors import NotReadable, Span
from workings.expr import Add, All, Array, Call, Claim, Deriv, Div, Expr, MatMul, Mul, Neg, Pow, Ref
from workings.syntax.scope import Scope

ROW = -1                      # the rank of a transposed vector
ENTRYWISE = frozenset(("*", "**", "\\odot", "\\ast", "\\circ", "⊙", "∘", "∗"))
_SCALARS = frozenset(("norm", "norm2", "dot", "sum", "mean", "trace", "logsumexp"))


def rank(tree: Expr, scope: Scope) -> int:
    """0 of a number, 1 of a vector, 2 of a matrix, `ROW` of a transposed vector; only of the outer operators."""
    while isinstance(tree, Neg | Div | Pow | Claim):
        tree = tree.base if isinstance(tree, Pow) else tree.children()[0]
    if isinstance(tree, Ref):
        taken = sum(not isinstance(i, All) for i in tree.indices)
        return max(0, scope.axes(tree.name) - taken)
    if isinstance(tree, Add | Mul):
        return next((r for r in (rank(a, scope) for a in tree.args) if r), 0)
    if isinstance(tree, MatMul):
        return _product_rank([rank(a, scope) for a in tree.args])
    if isinstance(tree, Array):
        return 2 if isinstance(tree.args[0], Array) else 1
    if isinstance(tree, Call):
        return _call_rank(tree, scope)
    if not isinstance(tree, Deriv) or len(tree.wrt) > 1:
        return 0
    return min(2, abs(rank(tree.of, scope)) + abs(rank(tree.wrt[0], scope)))


def _call_rank(tree: Call, scope: Scope) -> int:
    if tree.function in _SCALARS or not tree.args:
        return 0
    inner = rank(tree.args[0], scope)
    if tree.function == "T":
        return {1: ROW, ROW: 1}.get(inner, inner)
    return 2 if tree.function == "outer" else inner


def _product_rank(ranks: list[int]) -> int:
    total = ranks[0]
    for other in ranks[1:]:
        total = {(2, 2): 2, (2, 1): 1, (ROW, 2): ROW, (ROW, 1): 0, (1, ROW): 2}.get((total, other), other or total)
    return total


def product(tree: Mul, scope: Scope, signs: list[str]) -> Expr:
    r"""The product that some factors mean; `signs[k]` stands before factor k + 1: \cdot, \odot, *, or nothing.

    Factors that stand side by side are multiplied first: W^T d \odot a is (W^T d) \odot a.
    """
    ranks = [rank(a, scope) for a in tree.args]
    if sum(1 for r in ranks if r) < 2:
        return tree
    scalars = [a for a, r in zip(tree.args, ranks) if not r]
    groups: list[tuple[Expr, int]] = []
    apart = True                                         # does an elementwise sign stand before what comes next?
    for k, (factor, r) in enumerate(zip(tree.args, ranks)):
        apart = apart or (k > 0 and signs[k - 1] in ENTRYWISE)
        if not r:
            continue
        if apart:
            groups.append((factor, r))
        else:
            groups[-1] = _pair(*groups[-1], factor, r, signs[k - 1], tree.span)
        apart = False
    arrays = tuple(g for g, r in groups if r)
    scalars += [g for g, r in groups if not r]
    whole = (Mul(arrays, tree.span, True),) if len(arrays) > 1 else arrays
    parts = (*scalars, *whole)
    return parts[0] if len(parts) == 1 else Mul(parts, tree.span)


def _pair(a: Expr, ra: int, b: Expr, rb: int, sign: str, span: Span | None) -> tuple[Expr, int]:
    if (ra, rb) == (ROW, 1) and isinstance(a, MatMul):
        return MatMul((*a.args, b), span), 0
    if (ra, rb) == (ROW, 1) or ((ra, rb) == (1, 1) and sign):
        left = a.args[0] if ra == ROW and isinstance(a, Call) and a.function == "T" else a
        return Call("dot", (left, b), 0, span), 0
    if (ra, rb) == (1, ROW):
        right = b.args[0] if isinstance(b, Call) and b.function == "T" else b
        return Call("outer", (a, right), 0, span), 2
    if 2 in (ra, rb):
        args = (*a.args, b) if isinstance(a, MatMul) else (a, b)
        return MatMul(args, span), _product_rank([ra, rb])
    if isinstance(a, Ref) and len(a.indices) > 1 and isinstance(a.indices[-1], All):
        return MatMul((a, b), span), 0                   # X_{k,:} w: a row of a matrix times a column
    raise NotReadable(
        "two vectors stand side by side, which has no meaning", span=span,
        expected="w^T x or dot(w, x) for the inner product, x w^T or outer(x, w) for the outer one, * or \\odot for "
                 "entry by entry",
    )
