"""Where a function has a kink or a jump: expressions that are 0 there, relu(z) at z = 0, |a - b| at a - b = 0."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from workings.expr import (
    Add, Big, Call, Equation, Expr, Key, Logic, Neg, Network, Num, Rel, free_keys, preorder, same, substitute,
)
from workings.functions import nested, parsed, pieces, table


class Kink(NamedTuple):
    """`unit` is 0 at a kink of an equation's right side; `letters` are those of the sums that it stands in."""

    equation: Equation
    unit: Expr
    letters: tuple[str, ...] = ()


def kinks(net: Network, keys: Collection[Key], moving: Collection[Key]) -> list[Kink]:
    """The kinks in the equations of `keys` whose place changes with one of `moving`.

    >>> from workings.expr import Call, Equation, Network, Ref
    >>> net = Network((Equation(Ref("a"), Call("relu", (Ref("z"),))),))
    >>> kinks(net, [("a", 0)], [("z", 0)])[0].unit.name
    'z'
    """
    out: list[Kink] = []
    for equation in net.equations:
        if equation.key in keys:
            for unit, letters in _units(equation.rhs, net):
                known = any(k.equation is equation and same(k.unit, unit) for k in out)
                if not known and any(key in moving for key in free_keys(unit)):
                    out.append(Kink(equation, unit, letters))
    return out


def _units(expr: Expr, net: Network) -> Iterator[tuple[Expr, tuple[str, ...]]]:
    stack: list[tuple[Expr, tuple[str, ...]]] = [(expr, ())]
    while stack:
        node, letters = stack.pop()
        if isinstance(node, Call):
            yield from ((unit, letters) for unit in _of_call(node))
            inside = _body(node, net)
            if inside is not None:
                stack.append((inside, letters))
        inner = (*letters, node.index) if isinstance(node, Big) else letters
        stack.extend((child, inner) for child in reversed(node.children()))


def _of_call(call: Call) -> Iterator[Expr]:
    """What is 0 at the kinks of one call, its arguments aside."""
    if call.function == "where":
        for node in preorder(call.args[0]):
            if isinstance(node, Rel) and not isinstance(node, Logic):
                yield from (_gap(a, b) for a, b in zip(node.args, node.args[1:], strict=False))
        return
    if call.function not in table:
        return
    found = pieces(call.function)
    while found is not None and call.args:
        one = nested(call)
        names = dict(zip(table[call.function].params, one.args, strict=False))
        yield from (substitute(unit, names) for unit in found[0])
        inner = one.args[0]
        if len(call.args) <= len(names) or not isinstance(inner, Call):
            return
        call = inner                                  # max(max(a, b), c)


def _gap(a: Expr, b: Expr) -> Expr:
    return a if isinstance(b, Num) and b.value == 0 else Add((a, Neg(b)))


def _body(call: Call, net: Network) -> Expr | None:
    """What a function of the text or of the table is made of; nothing where its kinks are in the table."""
    own = net.functions.get(call.function)
    if own is not None:
        return substitute(own.body, dict(zip(own.params, call.args, strict=False)))
    row = table.get(call.function)
    if row is None or row.primitive or row.piecewise is not None or row.kind != "scalar":
        return None
    params, body = parsed(call.function)
    return substitute(body, dict(zip(params, call.args, strict=False)))
