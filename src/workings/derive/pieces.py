"""An adjoint of a recurrence is stated in pieces: at the last step, where nothing comes from later, and before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from workings.derive.bounds import conditions
from workings.derive.inside import free_names
from workings.derive.recurrences import Domain, Domains, Span
from workings.derive.terms import Arena, Term

V = TypeVar("V")
MOST = 6                      # steps at an end of a range that are stated on their own


class Cell(NamedTuple):
    """A part of a domain: some letters at one entry, the others within a span."""

    at: Mapping[str, Term]
    within: Domain


def pieces(domains: Domains, node: Iterable[Term], within: Domain, total: Term) -> list[tuple[Cell, Term]]:
    """A sum of contributions, stated apart where some of them are missing; the special entries first."""
    found = domains.facts(within).decided(total)
    rename = domains.arena.rename
    values = [
        (cell, domains.facts(cell.within, cell.at).decided(rename(found, cell.at)))
        for cell in cells(domains.arena, node, within, conditions(found))
    ]
    return merged(values, lambda wider, cell, value: rename(wider, cell.at) is value, within)


def merged(
    values: Sequence[tuple[Cell, V]], alike: Callable[[V, Cell, V], bool], within: Domain
) -> list[tuple[Cell, V]]:
    """Without the special entries whose statement is that of a later, more general one."""
    out: list[tuple[Cell, V]] = []
    for cell, value in reversed(values):
        wider = next((v for c, v in out if c.at.items() <= cell.at.items()), None)
        if wider is None or not alike(wider, cell, value):
            out.insert(0, (cell, value))
    if len(out) == 1 and not out[0][0].at:
        return [(Cell({}, within), out[0][1])]
    return out


def cells(arena: Arena, node: Iterable[Term], within: Domain, tests: Sequence[Term]) -> list[Cell]:
    """Each choice of a special entry or the rest, for each letter; the rest of all letters last."""
    choices = [Cell({}, within)]
    for letter in (t.head for t in node if t.kind == "ref" and not t.args and t.head in within):
        points, rest = _cuts(arena, letter, within[letter], tests)
        more: list[Cell] = []
        for at, inner in choices:
            more += [Cell({**at, letter: p}, {**inner, letter: span}) for p, span in points]
            if rest is not None:
                more.append(Cell(at, {**inner, letter: rest}))
        choices = more
    return choices


def _cuts(
    arena: Arena, letter: str, span: Span, tests: Sequence[Term]
) -> tuple[list[tuple[Term, Span]], Span | None]:
    """The entries near the ends of a span at which a condition changes, and the span between.

    An entry comes with the span in which it is met: those at the upper end come first.
    """
    lo, hi = span
    low = high = 0
    for condition in tests:
        found = _boundary(arena, condition, letter)
        if found is None:
            continue
        first, last = found                       # the condition changes between last and first
        above, below = _steps(arena, hi, first), _steps(arena, last, lo)
        if above is not None and (below is None or above <= below):
            high = max(high, above + 1)
        elif below is not None:
            low = max(low, below + 1)
    points: dict[Term, Span] = {}
    if hi is not None:
        points.update((arena.sub(hi, arena.num(n)), span) for n in range(high))
        hi = arena.sub(hi, arena.num(high))
    if lo is not None:
        for n in range(low):
            points.setdefault(arena.add((lo, arena.num(n))), (lo, hi))
        lo = arena.add((lo, arena.num(low)))
    empty = lo is not None and hi is not None and (gap := arena.sub(hi, lo)).kind == "num" and gap.head < 0
    return list(points.items()), None if empty else (lo, hi)


def _steps(arena: Arena, high: Term | None, low: Term | None) -> int | None:
    """How many steps one end is above another, where that is a small number."""
    if high is None or low is None:
        return None
    gap = arena.sub(high, low)
    return gap.head if gap.kind == "num" and 0 <= gap.head < MOST else None


def _boundary(arena: Arena, condition: Term, letter: str) -> tuple[Term, Term] | None:
    """Where a condition on a letter changes: it holds (or fails) from `first` on up, or up to `last`."""
    a, b = condition.args[:2]
    index = arena.ref(letter)
    gap = arena.sub(a, b)
    for sign in (1, -1):
        rest = arena.sub(gap, arena.scale(sign, index))
        if letter not in free_names(rest):
            value = arena.scale(-sign, rest)      # the letter at which both sides are equal
            op = condition.head[0] if condition.kind == "rel" else "="
            if sign < 0:
                op = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
            one = arena.one
            if op == "<=":                        # fails from value + 1 on
                return arena.add((value, one)), value
            if op == ">=":                        # fails up to value - 1
                return value, arena.sub(value, one)
            if op == "<":
                return value, arena.sub(value, one)
            if op == ">":
                return arena.add((value, one)), value
            return value, value
    return None
