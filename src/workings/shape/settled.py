r"""Products of arrays that no line declares: `\mathbf W\mathbf x` is a matrix product, not entry by entry.

Reading knows only declared arrays, so it takes other names for numbers.  Where places, bold letters or given values
tell their axes, a product that is not written `*` or `\odot` is made again as LaTeX means it; what nobody can tell is
refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from weakref import WeakKeyDictionary

from workings.errors import BadValue, NotReadable, WorkingsError
from workings.expr import All, Array, Call, Equation, Expr, MatMul, Mul, Network, Pow, Ref
from workings.expr.walk import free_refs, preorder, rewrite, substitute
from workings.shape.ranks import BOLD, ROW, Ranks, is_array_function
from workings.shape.shapes import Shapes, has_arrays, shapes
from workings.syntax.products import ENTRYWISE, product, rank
from workings.syntax.scope import Scope

ROUNDS = 4                    # a product made again may tell the rank of the next name
_KNOWN: WeakKeyDictionary[Network, Network] = WeakKeyDictionary()


def settled(net: Network) -> Network:
    """The network with its products of undeclared arrays read as such, and these arrays declared.

    Raises `NotReadable` for a product that nobody can tell, `ShapeError` for sizes that do not fit.
    """
    found = _KNOWN.get(net)
    if found is None:
        found = net
        if has_arrays(net):
            found = declared(remade(inlined(net), {}))
        _KNOWN[net] = _KNOWN[found] = found
    return found


def with_given(net: Network, given: Mapping[str, int]) -> Network:
    """Like `settled`, with the numbers of axes of given values, and nothing declared."""
    fresh = [name for name in given if name not in net.shapes]
    meant = _meant(net)
    if not has_arrays(net) and not any(given[name] > 1 or name in meant for name in fresh):
        return net
    return remade(net, {n: r for n, r in given.items() if n in fresh})


def _meant(net: Network) -> set[str]:
    """Names that stand where only arrays can, and names in bold."""
    out = {name for name, latex in net.spelling.items() if latex.startswith(BOLD)}
    for equation in net.equations:
        for node in preorder(equation.rhs):
            if isinstance(node, MatMul) or (isinstance(node, Call) and node.function in _OF_ARRAYS):
                out.update(r.name for r in free_refs(node))
    return out


_OF_ARRAYS = frozenset(("norm", "norm2", "T", "dot", "outer"))


def inlined(net: Network) -> Network:
    """f(u) = W @ u put in where f is used: what works on whole arrays is not done entry by entry."""
    whole = {name: f for name, f in net.functions.items() if _works_on_arrays(f.body, net)}
    if not whole:
        return net

    def change(node: Expr) -> Expr:
        own = whole.get(node.function) if isinstance(node, Call) and not node.primes else None
        if own is None or len(own.params) != len(node.children()):
            return node
        body = substitute(own.body, dict(zip(own.params, node.children())))
        return rewrite(body, change) if any(_calls(body, whole)) else body

    return net.with_(equations=tuple(replace(e, rhs=rewrite(e.rhs, change)) for e in net.equations))


def _calls(node: Expr, names: Mapping[str, object]) -> Iterator[bool]:
    return (True for n in preorder(node) if isinstance(n, Call) and n.function in names)


def _works_on_arrays(body: Expr, net: Network) -> bool:
    return any(
        isinstance(n, MatMul | Array | All) or (isinstance(n, Ref) and not n.indices and n.name in net.shapes)
        or (isinstance(n, Call) and is_array_function(n.function, net)) for n in preorder(body))


def declared(net: Network) -> Network:
    """The network with the sizes of arrays that only their places tell."""
    known: Shapes = shapes(net)
    guessed = [n for n in known.ranks.guessed if n not in net.shapes and (n, 0) in net.leaves]
    axes = {n: tuple(a.value for a in known.axes.whole((n, 0))) for n in guessed}
    new = {n: tuple(s for s in sizes if s is not None) for n, sizes in axes.items() if sizes}
    return net.with_(shapes={**net.shapes, **new}) if new else net


def remade(net: Network, given: Mapping[str, int]) -> Network:
    """The network with its products as matrix, inner or outer products."""
    if net.source is None:
        return net
    for _ in range(ROUNDS):
        ranks = Ranks(net, given)
        scope = Scope({}, arrays={n: abs(r) for n, r in ranks.total.items() if isinstance(n, str) and r})
        scope.ranks.update({n: ROW for n, r in ranks.total.items() if isinstance(n, str) and r == ROW})
        _refuse_unclear(net, ranks, scope)
        made = [_made(e, net, scope) for e in net.equations]
        if all(new is e.rhs for new, e in zip(made, net.equations)):
            break
        net = net.with_(equations=tuple(
            e if new is e.rhs else replace(e, rhs=new) for new, e in zip(made, net.equations)))
    return net


def _refuse_unclear(net: Network, ranks: Ranks, scope: Scope) -> None:
    """A product that has to be an array, but of which nothing tells which factor is one."""
    for equation in net.equations if ranks.unclear else ():
        node = next((n for n in preorder(equation.rhs) if id(n) in ranks.unclear), None)
        if isinstance(node, Mul) and not any(rank(a, scope) for a in node.args):
            raise _unclear(node, equation, net.source.text if net.source else "", scope)


def _made(equation: Equation, net: Network, scope: Scope) -> Expr:
    text = net.source.text if net.source else ""

    def change(node: Expr) -> Expr:
        try:
            return _remade(node, scope, text, net)
        except NotReadable:
            assert isinstance(node, Mul)
            raise _unclear(node, equation, text, scope) from None

    return rewrite(equation.rhs, change)


def line_remade(body: Expr, known: Shapes, text: str) -> Expr:
    """A line with its products as the ranks of the names mean them; what nobody can tell stays as it is read."""
    total = known.ranks.total
    scope = Scope({}, arrays={n: abs(r) for n, r in total.items() if isinstance(n, str) and r})
    scope.sizes.update(known.net.sizes)

    def change(node: Expr) -> Expr:
        if isinstance(node, Pow) and _above(node, scope):
            return Call("T", (node.base,), 0, node.span)
        try:
            return _remade(node, scope, text, known.net)
        except WorkingsError:
            return node

    return rewrite(body, change)


def _above(node: Pow, scope: Scope) -> bool:
    """W^T above an array, where T is otherwise only the end of a range."""
    e = node.exponent
    return isinstance(e, Ref) and e.name == "T" and not e.indices and scope.is_end("T") and rank(node.base, scope) != 0


def _remade(node: Expr, scope: Scope, text: str, net: Network) -> Expr:
    if isinstance(node, MatMul):
        return _rows(node, scope)
    if not isinstance(node, Mul) or node.each or sum(1 for a in node.args if rank(a, scope)) < 2:
        return node
    signs = list(_between(node.args, text))
    if len(signs) + 1 < len(node.args):
        return node
    undeclared = not all(r.name in net.shapes for a in node.args if rank(a, scope) for r in free_refs(a))
    uneven = len({abs(rank(a, scope)) for a in node.args} - {0}) > 1
    if undeclared and uneven and any(s in ENTRYWISE for s in signs):
        raise NotReadable("what this product means is not known", span=node.span)
    return product(node, scope, signs)


def _rows(node: MatMul, scope: Scope) -> Expr:
    """x @ T(y) is the outer product, T(x) @ y the inner one."""
    if len(node.args) != 2:
        return node
    ranks = tuple(rank(a, scope) for a in node.args)
    if ranks not in ((ROW, 1), (1, ROW)):
        return node
    a, b = node.args
    column, row = (a, b) if ranks[1] == ROW else (b, a)
    if not (isinstance(row, Call) and row.function == "T"):
        return node
    pair = (column, row.args[0]) if ranks[1] == ROW else (row.args[0], column)
    return Call("outer" if ranks[1] == ROW else "dot", pair, 0, node.span)


def _between(args: tuple[Expr, ...], text: str) -> Iterator[str]:
    """The sign between the factors: as it is written, without brackets."""
    for left, right in pairwise(args):
        if left.span is not None and right.span is not None and left.span.end <= right.span.start <= len(text):
            sign = text[left.span.end : right.span.start].strip(" (){}[]\t\n&")
            yield next((s for s in ENTRYWISE if s in sign), "\\cdot" if sign.strip("\\,;: ") else "")


def _unclear(node: Mul, equation: Equation, text: str, scope: Scope) -> BadValue:
    names = _names(node.args)
    shown = text[node.span.start : node.span.end] if node.span else " ".join(names)
    return BadValue(
        f"{' and '.join(names)} stand where arrays stand, but nothing says what their product {shown} is",
        span=node.span or equation.span,
        expected="W @ x for a matrix product, dot(w, x) or w^T x for the sum of products, * or \\odot for entry by "
                 "entry of arrays of one shape",
        hint="lines that declare them: " + ", ".join(
            f"{n} in R^({' x '.join('mnpq'[: scope.arrays.get(n, 1)])})" for n in names),
    )


def _names(args: Iterable[Expr]) -> list[str]:
    return list(dict.fromkeys(r.name for a in args for r in free_refs(a)))
