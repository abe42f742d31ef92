"""A small readable point strictly inside a convex set."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from workings.exact import dot, sign, simplest
from workings.geometry.data import Point
from workings.geometry.polyhedron import Polyhedron, slice_

REACH = 4                     # integer points up to this size are tried first
MAX_ROWS = 16                 # of a set for which they are tried


def sample(body: Polyhedron) -> Point:
    """A point in the relative interior: integers near 0 if there are such, else the simplest coordinates in turn.

    >>> from workings.geometry.polyhedron import cut, space
    >>> sample(cut(cut(space(1), (3, -1)), (-2, 1)))
    (Fraction(2, 5),)
    """
    if body.size <= 2 and len(body.rows) <= MAX_ROWS:
        inner = [sum(column) for column in zip(*(g for g, _ in body.generators))]
        wanted = [(row, sign(dot(row, inner))) for row in body.rows[1:]]
        for at in _integers(body.size):
            if all(sign(dot(row, at)) == s for row, s in wanted):
                return tuple(Fraction(v) for v in at[:-1])
    return _in_turn(body)


@cache
def _integers(size: int) -> tuple[tuple[int, ...], ...]:
    """(x, 1) for the integer points x within reach, nearest first, off the axes before on them."""
    points: list[tuple[int, ...]] = [(1,)]
    for _ in range(size):
        points = [(v, *p) for p in points for v in range(-REACH, REACH + 1)]
    return tuple(sorted(points, key=_unreadable))


def _unreadable(point: tuple[int, ...]) -> tuple[int, int, int, list[int]]:
    at = point[:-1]
    return max(map(abs, at)), at.count(0), sum(map(abs, at)), [-v for v in at]


def _in_turn(body: Polyhedron) -> Point:
    """Each coordinate the simplest number within the projection of what is left."""
    out: list[Fraction] = []
    for i in range(body.size):
        low, high = extent(body, i)
        value = low if low is not None and low == high else simplest(low, high)
        out.append(value)
        row = [0] * (body.size + 1)
        row[i], row[-1] = value.denominator, -value.numerator
        body = slice_(body, tuple(row))
    return tuple(out)


def extent(body: Polyhedron, i: int) -> tuple[Fraction | None, Fraction | None]:
    """The least and greatest value of a coordinate; None: no bound."""
    values = [Fraction(g[i], g[-1]) for g, _ in body.generators if g[-1]]
    ways = set(_ways(body, i))
    return None if -1 in ways else min(values), None if 1 in ways else max(values)


def _ways(body: Polyhedron, i: int) -> Iterator[int]:
    for line in body.lines:
        if line[i]:
            yield from (-1, 1)
    for g, _ in body.generators:
        if not g[-1]:
            yield sign(g[i])
