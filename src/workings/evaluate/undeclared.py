r"""Lists given for names that no line declares: `\|W\cdot x\|^2` is then a product of arrays, not entry by entry.

Reading knows nothing of their axes, so it takes such names for numbers.  Once values come the axes are known, and a
product that is not written `*` or `\odot` is made again as LaTeX means it; what nobody can tell is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from workings.errors import BadValue
from workings.evaluate.arrays import is_array
from workings.evaluate.given import Point
from workings.expr import Call, Equation, Expr, MatMul, Mul, Network
from workings.expr.walk import free_refs, preorder, rewrite
from workings.syntax.products import product, rank
from workings.syntax.scope import Scope

_BOLD = ("\\boldsymbol", "\\mathbf", "\\bm", "\\vec", "\\pmb")
_OF_ARRAYS = frozenset(("norm", "norm2", "T", "dot", "outer"))
_ENTRYWISE = ("*", "⊙", "∘", "\\odot", "\\circ", "\\ast")


def with_products(net: Network, point: Point) -> Network:
    """The network with its products of undeclared arrays as matrix, inner or outer products."""
    given = {name: value.ndim for ((name, places), at), value in point.memo.items()
             if not places and not at and is_array(value)}
    fresh = [name for name in given if name not in net.shapes]
    if not fresh or net.source is None:
        return net
    meant = _meant(net)
    if not any(given[name] > 1 or name in meant for name in fresh):
        return net
    scope = Scope({}, arrays={**{name: len(axes) for name, axes in net.shapes.items()}, **given})
    made = {id(e): e for e in net.equations}
    for equation in net.ordered:
        made[id(equation)] = replace(equation, rhs=_made(equation, net, scope))
        scope.ranks[equation.lhs.name] = rank(made[id(equation)].rhs, scope)
    return net.with_(equations=tuple(made[id(e)] for e in net.equations))


def _meant(net: Network) -> set[str]:
    """Names that stand where only arrays can, and names in bold."""
    out = {name for name, latex in net.spelling.items() if latex.startswith(_BOLD)}
    for equation in net.equations:
        for node in preorder(equation.rhs):
            if isinstance(node, MatMul) or (isinstance(node, Call) and node.function in _OF_ARRAYS):
                out.update(r.name for r in free_refs(node))
    return out


def _made(equation: Equation, net: Network, scope: Scope) -> Expr:
    text = net.source.text if net.source else ""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Mul) or sum(1 for a in node.args if rank(a, scope)) < 2:
            return node
        between = list(_between(node.args, text))
        if len(between) + 1 < len(node.args):
            return node
        if any(_entrywise(sign) for sign in between):
            if len({abs(rank(a, scope)) for a in node.args} - {0}) > 1:
                raise _unclear(node, equation, text, scope)
            return node
        signs = ["\\cdot" if sign.strip(" (){}[]") else "" for sign in between]
        out = product(node, scope, signs)
        if isinstance(out, Mul) and sum(1 for a in out.args if rank(a, scope)) > 1:
            raise _unclear(node, equation, text, scope)
        return out

    return rewrite(equation.rhs, change)


def _between(args: tuple[Expr, ...], text: str) -> Iterator[str]:
    """What stands between the factors."""
    for left, right in pairwise(args):
        if left.span is not None and right.span is not None and left.span.end <= right.span.start <= len(text):
            yield text[left.span.end : right.span.start]


def _entrywise(sign: str) -> bool:
    return any(s in sign for s in _ENTRYWISE)


def _unclear(node: Mul, equation: Equation, text: str, scope: Scope) -> BadValue:
    names = _names(node.args)
    shown = text[node.span.start : node.span.end] if node.span else " ".join(names)
    return BadValue(
        f"lists are given for {' and '.join(names)}, but nothing says what their product {shown} is",
        span=node.span or equation.span,
        expected="W @ x for a matrix product, dot(w, x) or w^T x for the sum of products, * or \\odot for entry by "
                 "entry of arrays of one shape",
        hint="lines that declare them: " + ", ".join(
            f"{n} in R^({' x '.join('mnpq'[: scope.arrays[n]])})" for n in names if n in scope.arrays),
    )


def _names(args: Iterable[Expr]) -> list[str]:
    return list(dict.fromkeys(r.name for a in args for r in free_refs(a)))
