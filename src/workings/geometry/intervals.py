"""Stretches of one straight line, by a parameter t along it.

The line a x + b y + c = 0 runs in direction (b, -a) from its point nearest to the origin, so that
t = 0 there; on its left a x + b y + c > 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from workings.exact import IntVector
from workings.geometry.data import Point, Row

Bound = Fraction | None                 # None: no end
Interval = tuple[Bound, Bound]


def direction(row: Row) -> tuple[int, int]:
    """Of the line row = 0."""
    return row[1], -row[0]


def origin(row: Row) -> Point:
    """The point of the line that is nearest to (0, 0)."""
    a, b, c = row
    return Fraction(-a * c, a * a + b * b), Fraction(-b * c, a * a + b * b)


def at(row: Row, t: Fraction) -> Point:
    """The point of the line at a parameter."""
    (x, y), (dx, dy) = origin(row), direction(row)
    return x + t * dx, y + t * dy


def place(row: Row, point: Point) -> Fraction:
    """The parameter of a point on the line."""
    dx, dy = direction(row)
    return (point[0] * dx + point[1] * dy) / (row[0] ** 2 + row[1] ** 2)


def along(row: Row, ends: Sequence[IntVector]) -> Interval:
    """The stretch between generators that lie on the line."""
    (dx, dy), length = direction(row), row[0] ** 2 + row[1] ** 2
    corners = [Fraction(g[0] * dx + g[1] * dy, g[2] * length) for g in ends if g[2]]
    ways = {(g[0] * dx + g[1] * dy) > 0 for g in ends if not g[2]}
    return None if False in ways else min(corners), None if True in ways else max(corners)


def breaks(found: Iterable[Interval]) -> list[Fraction]:
    """Every end, in order."""
    return sorted({t for stretch in found for t in stretch if t is not None})


def merged(found: Sequence[Interval]) -> list[Interval]:
    """The stretches that the given ones cover, cut at every end of theirs."""
    inner = breaks(found)
    ends: list[Bound] = [None, *inner, None]
    if not inner:
        return [(None, None)] if found else []
    return [(low, high) for low, high in pairwise(ends) if any(covers(s, (low, high)) for s in found)]


def covers(outer: Interval, inner: Interval) -> bool:
    """Does a stretch hold another?"""
    low = outer[0] is None or (inner[0] is not None and outer[0] <= inner[0])
    return low and (outer[1] is None or (inner[1] is not None and inner[1] <= outer[1]))
