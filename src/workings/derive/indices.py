"""Indices: which entry of a family a contribution reaches.

v[p] stands in an equation under the indices `unknown`; the derivative is asked by v[q].  A Kronecker delta
would say p = q; it is solved for an unknown instead (i' -> i, t - 1 -> t + 1) and remains only where nothing
can be renamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from workings.derive.calculus import Bound
from workings.derive.inside import free_names
from workings.derive.terms import Arena, Term
from workings.expr import Number


class Solved(NamedTuple):
    """What the unknown indices must be, the deltas that could not be solved away, the ranges that must be kept."""

    table: dict[str, Term]
    deltas: list[Term]
    tests: list[Term]

    def guard(self, arena: Arena, term: Term) -> Term:
        """The term where the tests hold, else 0; times the deltas."""
        out = arena.mul([*self.deltas, term])
        if not self.tests or out is arena.zero:
            return out
        test = self.tests[0] if len(self.tests) == 1 else arena.make("logic", "and", tuple(self.tests))
        return arena.call("where", (test, out, arena.zero))


def solve(
    arena: Arena, places: Sequence[Term], asked: Sequence[Term], unknown: Sequence[Bound]
) -> Solved | None:
    """The unknowns under which v[places] is v[asked]; None if never."""
    bounds = {b.index: b for b in unknown}
    table: dict[str, Term] = {}
    factors: list[Term] = []
    for written, wanted in zip(places, asked, strict=True):
        if written.kind == "all" or wanted.kind == "all":
            continue
        place = arena.rename(written, table)
        found = _solve_one(arena, place, wanted, [n for n in bounds if n not in table])
        if found is None:
            delta = arena.call("delta", (place, wanted))
            if delta is arena.zero:
                return None
            if delta is not arena.one:
                factors.append(delta)
        else:
            index, value = found
            table = {k: arena.rename(v, {index: value}) for k, v in table.items()}
            table[index] = value
    tests: list[Term] = []
    for index, value in table.items():
        found_tests = in_range(arena, value, bounds[index], table)
        if found_tests is None:
            return None
        tests += found_tests
    return Solved(table, factors, list(dict.fromkeys(tests)))


def _solve_one(arena: Arena, place: Term, wanted: Term, names: list[str]) -> tuple[str, Term] | None:
    """An index that the equation place = wanted gives: place is i, or i plus what does not hold i."""
    if place.kind == "ref" and place.head in names and not place.args:
        return place.head, wanted
    inner = place.args[0] if place.kind == "mul" and place.head == -1 and len(place.args) == 1 else place
    if inner.kind != "add":
        return None
    for name in reversed(names):                     # the innermost index first
        i = arena.ref(name)
        for sign in (1, -1):
            rest = arena.sub(place, arena.scale(sign, i))
            if name not in free_names(rest) and rest is not place:
                return name, arena.scale(sign, arena.sub(wanted, rest))
    return None


def in_range(arena: Arena, value: Term, bound: Bound, table: dict[str, Term]) -> list[Term] | None:
    """Conditions that `value` lies in the range of the index it replaces; none where it must, None where it cannot."""
    lo, hi = ends_of(arena, bound)
    tests: list[Term] = []
    own = ends_of(arena, Bound(value.head, None, None)) if value.kind == "ref" and not value.args else (None, None)
    if value.kind == "num" and bound.lo is None and bound.hi is None:
        own = (lo, hi)                               # w[2] of a declared family is taken to exist
    for end, mine, op in ((lo, own[0], "<="), (hi, own[1], ">=")):
        if end is None:
            continue
        if value.kind == "num" and end.kind == "num" and not _decided(arena, end, value, op):
            return None                              # but w[-1] of one that begins with w[0] is not
        end = arena.rename(end, table)
        if own == (None, None) and value.kind == "ref" and not _holds_index(arena, end):
            continue                                 # an undeclared letter stands for an entry that there is
        if end is not mine and not _decided(arena, end, _farthest(arena, value, op), op):
            tests.append(_test(arena, end, value, op))
    if bound.condition is not None:
        tests.append(arena.rename(bound.condition, {**table, bound.index: value}))
    return tests


def _holds_index(arena: Arena, end: Term) -> bool:
    """Does the end of a range depend on another index, as in sum(j, 1, i, ...)?"""
    return any(name in arena.ranges for name in free_names(end))


def _shift(arena: Arena, value: Term) -> tuple[Term, Number] | None:
    """k and -1 of k - 1."""
    names = free_names(value)
    if len(names) != 1:
        return None
    index = arena.ref(names.pop())
    rest = arena.sub(value, index)
    return (index, rest.head) if rest.kind == "num" else None


def _farthest(arena: Arena, value: Term, op: str) -> Term:
    """The least (for <=) or greatest value that k - 1 takes while k runs through its range."""
    shift = _shift(arena, value)
    if shift is None:
        return value
    lo, hi = ends_of(arena, Bound(shift[0].head, None, None))
    end = lo if op == "<=" else hi
    return value if end is None else arena.add((end, arena.num(shift[1])))


def _test(arena: Arena, end: Term, value: Term, op: str) -> Term:
    """k >= 2, from 1 <= k - 1"""
    shift = _shift(arena, value)
    if shift is not None:
        value, end = shift[0], arena.sub(end, arena.num(shift[1]))
    return arena.make("rel", (">=" if op == "<=" else "<=",), (value, end))


def _decided(arena: Arena, end: Term, value: Term, op: str) -> bool:
    gap = arena.sub(value, end)
    return bool(gap.kind == "num" and (gap.head >= 0 if op == "<=" else gap.head <= 0))


def ends_of(arena: Arena, bound: Bound) -> tuple[Term | None, Term | None]:
    """Where an index runs: as said by its sum, else as declared."""
    if bound.lo is not None or bound.hi is not None:
        return bound.lo, bound.hi
    name = bound.index
    while name not in arena.ranges and name and (name[-1] == "'" or name[-1].isdigit()):
        name = name[:-1]
    return arena.ranges.get(name) or (None, None)
