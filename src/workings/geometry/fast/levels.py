"""A convex polygon in integers cut by lines that are not creases: levels of outputs."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

from workings.geometry.exact_plane import Triple


def parts_of(polygon: Sequence[Triple], rows: Sequence[Triple]) -> int:
    """Into how many parts with an interior the lines cut a polygon.

    >>> parts_of([(-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1)], [(1, 0, 0), (0, 1, 0)])
    4
    """
    parts = [list(polygon)]
    for row in rows:
        parts = [half for part in parts for half in halves(part, row)]
    return len(parts)


def halves(polygon: list[Triple], row: Triple) -> list[list[Triple]]:
    """The parts on both sides of a line; the polygon itself where the line does not cut it."""
    values = [row[0] * x + row[1] * y + row[2] * w for x, y, w in polygon]
    if min(values) >= 0 or max(values) <= 0:
        return [polygon]
    return [_half(polygon, values, way) for way in (1, -1)]


def _half(polygon: list[Triple], values: list[int], way: int) -> list[Triple]:
    out: list[Triple] = []
    for i, vertex in enumerate(polygon):
        k = i + 1 if i + 1 < len(polygon) else 0
        here, then = way * values[i], way * values[k]
        if here >= 0:
            out.append(vertex)
        if (here > 0 > then) or (here < 0 < then):
            out.append(between(vertex, abs(here), polygon[k], abs(then)))
    return out


def between(p: Triple, u: int, q: Triple, v: int) -> Triple:
    """Where a form with the values u at p and -v at q (or -u and v) is 0, for p and q with w > 0 or at infinity."""
    x, y, w = (v * a + u * b for a, b in zip(p, q))
    divisor = gcd(x, y, w) or 1
    return x // divisor, y // divisor, w // divisor
