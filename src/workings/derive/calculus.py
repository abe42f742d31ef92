"""The rules of differentiation, one a kind of term.

`slopes(arena, term)` gives for each operand its local derivative; for a big operator also the index that the
operand stands under.  Every derivative of workings is made of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from workings.derive.inside import names_in, unpack
from workings.derive.terms import Arena, Term
from workings.derive.written import to_term
from workings.errors import OutOfReach
from workings.functions import derivative, table


class Bound(NamedTuple):
    """An index and where it runs; an end that is None is the declared one."""

    index: str  # type: ignore[assignment]   # hides tuple.index, which nobody needs
    lo: Term | None
    hi: Term | None
    condition: Term | None = None


class Slope(NamedTuple):
    """d(term)/d(operand); `bound`: the index that the operand is under."""

    operand: Term
    value: Term
    bound: Bound | None = None


def slopes(arena: Arena, term: Term) -> Iterator[Slope]:
    """The local derivative of a term by each operand that can carry a derivative."""
    rule = RULES.get(term.kind)
    if rule is None:
        raise OutOfReach(f"there is no derivative of {term.kind}")
    return rule(arena, term)


def _sum_rule(arena: Arena, term: Term) -> Iterator[Slope]:
    """(u + v)' = u' + v'"""
    for part in term.args:
        yield Slope(part, arena.one)


def _product_rule(arena: Arena, term: Term) -> Iterator[Slope]:
    """(c u v)' = c u' v + c u v'"""
    args, c = term.args, term.head
    if len(args) == 1:
        yield Slope(args[0], arena.num(c))
    elif len(args) == 2:
        u, v = args
        yield Slope(u, v if c == 1 else arena.scale(c, v))
        yield Slope(v, u if c == 1 else arena.scale(c, u))
    else:
        front = [arena.num(c)]
        for n, part in enumerate(args):
            yield Slope(part, arena.mul([*front, *args[:n], *args[n + 1 :]]))


def _power_rule(arena: Arena, term: Term) -> Iterator[Slope]:
    """(u^n)' = n u^(n-1) u'"""
    (base,) = term.args
    yield Slope(base, arena.scale(term.head, arena.pow(base, term.head - 1)))


def _exponent_rule(arena: Arena, term: Term) -> Iterator[Slope]:
    """(u^v)' = v u^(v-1) u' + u^v log(u) v'"""
    base, exponent = term.args
    one_less = arena.power(base, arena.sub(exponent, arena.one))
    yield Slope(base, arena.mul([exponent, one_less]))
    yield Slope(exponent, arena.mul([term, arena.call("log", (base,))]))


def _function_rule(arena: Arena, term: Term) -> Iterator[Slope]:
    """f(u)' = f'(u) u', f' from the table of functions"""
    name = term.head[0]
    if name in ("ind", "delta", "held"):
        return
    if name == "carry":                              # 0, with a given slope by its first argument
        yield Slope(term.args[0], term.args[1])
        return
    if name == "where":
        condition, a, b = term.args
        yield Slope(a, arena.call("where", (condition, arena.one, arena.zero)))
        yield Slope(b, arena.call("where", (condition, arena.zero, arena.one)))
        return
    for position, arg in enumerate(term.args):
        yield Slope(arg, slope_of_call(arena, term, position))


def slope_of_call(arena: Arena, term: Term, position: int) -> Term:
    """f'(u) by the argument at a position."""
    name = term.head[0]
    if name not in table:
        raise OutOfReach(f"there is no derivative of the function {name}")
    names = dict(zip(table[name].params, term.args, strict=False))
    return to_term(arena, derivative(name, position, arena.steady), None, names)


def _big_rule(arena: Arena, term: Term) -> Iterator[Slope]:
    op, index, _ = term.head
    lo, hi, condition, body = unpack(term)
    bound = Bound(index, lo, hi, condition)
    if op == "sum":
        yield Slope(body, arena.one, bound)
    elif op == "prod":
        yield Slope(body, _other_factors(arena, term), bound)
    else:
        best = arena.make("rel", ("=",), (body, term))
        yield Slope(body, arena.call("ind", (best,)), bound)


def _other_factors(arena: Arena, term: Term) -> Term:
    """(prod_j u_j)' = sum_j u_j' prod_(i != j) u_i"""
    _, index, _ = term.head
    lo, hi, condition, body = unpack(term)
    other = index
    taken = names_in(term) | {index}
    while other in taken:
        other += "'"
    arena.ranges[other] = arena.ranges.get(index)
    swap = {index: arena.ref(other)}
    apart = arena.make("rel", ("!=",), (arena.ref(other), arena.ref(index)))
    if condition is not None:
        apart = arena.make("logic", "and", (arena.rename(condition, swap), apart))
    return arena.big("prod", other, arena.rename(body, swap), (lo, hi, apart))


def _no_rule(arena: Arena, term: Term) -> Iterator[Slope]:
    return iter(())


RULES: dict[str, Callable[[Arena, Term], Iterator[Slope]]] = {
    "add": _sum_rule,
    "mul": _product_rule,
    "pow": _power_rule,
    "power": _exponent_rule,
    "call": _function_rule,
    "big": _big_rule,
    "rel": _no_rule,
    "logic": _no_rule,
    "num": _no_rule,
    "const": _no_rule,
}
