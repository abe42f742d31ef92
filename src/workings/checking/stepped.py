"""A step of a recurrence put in: h[t] is its equation, or where it has one of its own, as h[0] has, that one.

    h[t]    where(t = 0, 0, tanh(w*h[t-1] + u*x[t]))

Quantities that only one side names are put in, one step at a time, until both sides are written in the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from workings.checking.names import needed, stepping
from workings.expr import Call, Equation, Expr, Logic, Network, Num, Ref, Rel, preorder, rewrite, same, substitute
from workings.notation import plain

ROUNDS = 6


def stepped(net: Network, a: Expr, b: Expr) -> Iterator[tuple[Expr, Expr]]:
    """The two sides with ever more steps put in: in the one that names quantities which the other does not.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read, read_expression
    >>> net = read("t = 1..T; h[t] = w*h[t-1]; h[0] = 1", signatures())
    >>> a, b = (read_expression(e, signatures(), net) for e in ("h[t]", "w*h[t-1]"))
    >>> [tuple(map(plain, pair)) for pair in stepped(net, a, b)][:1]
    [('where(t = 0, 1, w*h[t-1])', 'w*h[t-1]')]
    """
    several = {key for key, lines in net.defs.items() if key[1] and len(lines) > 1}
    known = {e.key for e in needed(net, [a, b])} & (stepping(net) | several)
    for _ in range(ROUNDS if known else 0):
        left, right = ({plain(n) for n in preorder(e) if isinstance(n, Ref) and n.key in net.defs} for e in (a, b))
        here, there = left - right, right - left
        if here:
            a = _put_in(net, a, here)
        elif there:
            b = _put_in(net, b, there)
        else:
            return
        yield a, b


def _put_in(net: Network, side: Expr, names: set[str]) -> Expr:
    def change(node: Expr) -> Expr:
        return _step(net, node) if isinstance(node, Ref) and plain(node) in names else node

    return rewrite(side, change)


def _step(net: Network, ref: Ref) -> Expr:
    """The right side of the equation that gives an entry; which one that is may be a question of its indices."""
    general: Expr = ref
    ends: list[tuple[list[Expr], Expr]] = []
    for equation in net.defs[ref.key]:
        table, fixed = _matched(net, equation, ref)
        if table is None:
            continue
        value = substitute(equation.rhs, table)
        if not fixed and len(table) < len(ref.indices):
            return value                             # h[T] has an equation of its own
        if fixed:
            ends.append((fixed, value))
        else:
            general = value
    for fixed, value in ends:
        condition = fixed[0] if len(fixed) == 1 else Logic("and", tuple(fixed))
        general = Call("where", (condition, value, general))
    return general


def _matched(net: Network, equation: Equation, ref: Ref) -> tuple[dict[str, Expr] | None, list[Expr]]:
    """What its letters are for an entry, and the places where it asks for a value; no letters: it gives another."""
    table: dict[str, Expr] = {}
    fixed: list[Expr] = []
    for place, at in zip(equation.lhs.indices, ref.indices):
        if isinstance(place, Ref) and not place.indices and place.name not in net.sizes:
            table[place.name] = at
        elif isinstance(place, Num) and isinstance(at, Num):
            if place.value != at.value:
                return None, []
        elif not same(place, at):
            fixed.append(Rel((at, place), ("=",)))
    return table, fixed
