"""Is there a point where these linear inequalities hold?  Exact Fourier–Motzkin elimination for a handful of rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

from workings.limits import FEASIBLE_ROWS



@dataclass(frozen=True, slots=True)
class Row:
    """const + sum(of[v]*v) > 0, or >= 0 where not strict."""

    of: Mapping[Any, Fraction]
    const: Fraction
    strict: bool


class TooMany(Exception):
    """The elimination grows too large."""


Choice = Callable[[Fraction | None, Fraction | None, bool], Fraction]


def point(rows: list[Row], choose: Choice | None = None) -> dict[Any, Fraction] | None:
    """A point that satisfies all rows, made of small rationals, or None if there is none.

    >>> point([Row({"x": Fraction(1)}, Fraction(-3), True)])
    {'x': Fraction(4, 1)}
    """
    stages: list[tuple[Hashable, list[Row], list[Row]]] = []
    rows = _distinct(rows)
    while True:
        names = list(dict.fromkeys(v for r in rows for v in r.of))
        if not names:
            break
        name = min(names, key=lambda v: _cost(rows, v))
        below = [r for r in rows if r.of.get(name, 0) > 0]
        above = [r for r in rows if r.of.get(name, 0) < 0]
        stages.append((name, below, above))
        rest = [r for r in rows if name not in r.of]
        rows = _distinct(rest + [_pair(p, q, name) for p in below for q in above])
        if len(rows) > FEASIBLE_ROWS:
            raise TooMany
    if any(r.const < 0 or (r.strict and r.const == 0) for r in rows):
        return None
    return _back(stages, choose or simplest)


def _cost(rows: list[Row], name: Hashable) -> int:
    up = sum(r.of.get(name, 0) > 0 for r in rows)
    down = sum(r.of.get(name, 0) < 0 for r in rows)
    return up * down - up - down


def _pair(p: Row, q: Row, name: Hashable) -> Row:
    a, b = p.of[name], -q.of[name]
    out = {v: c * b for v, c in p.of.items() if v != name}
    for v, c in q.of.items():
        if v != name:
            out[v] = out.get(v, Fraction(0)) + c * a
    return Row({v: c for v, c in out.items() if c}, p.const * b + q.const * a, p.strict or q.strict)


def _distinct(rows: list[Row]) -> list[Row]:
    seen: dict[tuple[object, ...], Row] = {}
    for r in rows:
        scale = abs(next(iter(r.of.values()))) if r.of else Fraction(1)
        scaled = Row({v: c / scale for v, c in r.of.items()}, r.const / scale, r.strict)
        key = (frozenset(scaled.of.items()),)
        old = seen.get(key)
        if old is None or (scaled.const, not scaled.strict) < (old.const, not old.strict):
            seen[key] = scaled
    return list(seen.values())


def _back(stages: list[tuple[Hashable, list[Row], list[Row]]], choose: Choice) -> dict[Any, Fraction]:
    at: dict[Any, Fraction] = {}
    for name, below, above in reversed(stages):
        for r in (*below, *above):
            for v in r.of:
                if v != name:
                    at.setdefault(v, choose(None, None, False))
        lows = [(_bound(r, name, at), r.strict) for r in below]
        highs = [(_bound(r, name, at), r.strict) for r in above]
        lo = max(lows, default=(None, False), key=lambda t: (t[0], t[1]))
        hi = min(highs, default=(None, False), key=lambda t: (t[0], not t[1]))
        at[name] = choose(lo[0], hi[0], lo[1] or hi[1])
    return at


def _bound(r: Row, name: Hashable, at: Mapping[Hashable, Fraction]) -> Fraction:
    rest = r.const + sum((c * at[v] for v, c in r.of.items() if v != name), Fraction(0))
    return -rest / r.of[name]


def simplest(lo: Fraction | None, hi: Fraction | None, strict: bool) -> Fraction:
    """A small number between two ends, inside where there is room: integers first, then halves, …"""
    if lo is not None and lo == hi:
        return lo
    if (lo is None or lo < 0) and (hi is None or hi > 0):
        return Fraction(0)
    near = lo if lo is not None and lo >= 0 else hi if hi is not None else Fraction(0)
    for d in range(1, 9):
        base = floor(near * d)
        for k in (0, 1, -1, 2):
            value = Fraction(base + k, d)
            if (lo is None or value > lo) and (hi is None or value < hi):
                return value
    assert lo is not None and hi is not None
    return (lo + hi) / 2
