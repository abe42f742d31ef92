"""Where a network is looked at in three dimensions and more: its inputs, or a flat through them, and a box there.

The flat is  x = origin + s1 * way1 + s2 * way2 + …;  inputs without a slice are the coordinates themselves.
Inside, a point is p with  s = centre + scale * p,  so that a bounded domain fills about [-1, 1]^d.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from workings.errors import BadValue
from workings.exact import integer_row, rank, rational
from workings.geometry.box import read_box
from workings.geometry.data import Box, Point, Row
from workings.geometry.plane import exponent, rounded
from workings.geometry.polyhedron import Polyhedron, cut, point, space

ZERO, ONE = Fraction(0), Fraction(1)
LETTERS = ("s", "t", "u", "v")


@dataclass(eq=False)
class Flat:
    """origin + sum of coordinates * ways."""

    origin: Point
    ways: tuple[Point, ...]
    names: tuple[str, ...]
    sliced: bool = False
    line = False

    def point(self, where: Sequence[Fraction]) -> Point:
        """The point of input space."""
        return tuple(o + sum((c * w[i] for c, w in zip(where, self.ways)), ZERO) for i, o in enumerate(self.origin))

    @property
    def gram(self) -> list[list[Fraction]]:
        """The scalar products of the ways: lengths in input space."""
        return [[sum((a * b for a, b in zip(u, v)), ZERO) for v in self.ways] for u in self.ways]


@dataclass(eq=False)
class Extent:
    """A convex part of a flat with an interior: rows >= 0 in (coordinates, 1); `body`: the same by its corners."""

    plane: Flat
    sides: tuple[Row, ...]
    body: Polyhedron
    box: Box | None
    centre: Point
    scale: Fraction = ONE
    bounded: bool = True

    @property
    def size(self) -> int:
        return len(self.plane.names)

    def frame(self) -> list[tuple[Fraction, ...]]:
        """The inputs as forms in inner coordinates."""
        middle = self.plane.point(self.centre)
        ways = self.plane.ways
        return [(*(self.scale * w[i] for w in ways), m) for i, m in enumerate(middle)]


def flat_of(inputs: Sequence[str], slice_: Any = None) -> Flat:
    """The space of all inputs, or the flat through some points (four: three dimensions).

    >>> flat_of(("x1", "x2", "x3"), [(0, 0, 0), (1, 0, 0), (0, 2, 0), (0, 0, 3)]).names
    ('s', 't', 'u')
    """
    n = len(inputs)
    if slice_ is None:
        unit = tuple(tuple(Fraction(int(i == j)) for j in range(n)) for i in range(n))
        return Flat((ZERO,) * n, unit, tuple(inputs))
    points = [_point(p, n) for p in slice_]
    if len(points) - 1 > len(LETTERS):
        raise BadValue(f"the slice has {len(points)} points", expected=f"two to {len(LETTERS) + 1} points")
    origin, *others = points
    ways = tuple(tuple(b - a for a, b in zip(origin, p)) for p in others)
    if rank([integer_row(w) for w in ways]) < len(ways):
        raise BadValue(f"the {len(points)} points of the slice span fewer than {len(ways)} dimensions",
                       expected="points of which none lies in the flat of the others", hint="move one of them")
    return Flat(origin, ways, LETTERS[: len(ways)], True)


def _point(given: Any, size: int) -> Point:
    values = given.reshape(-1).tolist() if hasattr(given, "reshape") else list(given)
    if len(values) != size:
        raise BadValue(f"a point of the slice has {len(values)} numbers, the network {size} inputs",
                       expected=f"{size} numbers a row")
    return tuple(rational(v, "a coordinate of the slice") for v in values)


def extent_of(flat: Flat, box: Any = None, own: Box | None = None) -> Extent:
    """The part of a flat that is cut: a box of its coordinates, what lies in the network's `own` box, or "all"."""
    given = read_box(box, flat.names) if box is not None else None
    if box is None and own is not None:
        given = None if flat.sliced else own
        rows = _own_rows(flat, own)
    else:
        rows = [row for i, (low, high) in enumerate(given or ()) for row in _bounds(flat, i, low, high)]
    rows = list(dict.fromkeys(rows))
    body = space(len(flat.names))
    for row in rows:
        body = cut(body, row)
    if body.empty or body.flat & ~1:
        raise BadValue("the domain has no volume", expected="a box with an interior", hint='box="all"')
    return _scaled(Extent(flat, tuple(rows), body, given, (ZERO,) * len(flat.names)))


def _bounds(flat: Flat, i: int, low: Fraction | None, high: Fraction | None) -> list[Row]:
    out = []
    for bound, side in ((low, 1), (high, -1)):
        if bound is not None:
            row = [ZERO] * len(flat.names) + [-side * bound]
            row[i] = Fraction(side)
            out.append(integer_row(row))
    return out


def _own_rows(flat: Flat, own: Box) -> list[Row]:
    """low <= x_i <= high for every input, on the flat."""
    out: list[Row] = []
    for i, (o, (low, high)) in enumerate(zip(flat.origin, own)):
        for bound, side in ((low, 1), (high, -1)):
            if bound is None:
                continue
            row = (*(side * w[i] for w in flat.ways), side * (o - bound))
            if any(row[:-1]):
                out.append(integer_row(row))
            elif row[-1] < 0:
                raise BadValue("the slice does not meet the box", hint='give box=, or box="all"')
    return out


def _scaled(extent: Extent) -> Extent:
    """Inner coordinates, from what a bounded domain reaches over."""
    body = extent.body
    extent.bounded = not body.lines and all(g[-1] for g, _ in body.generators)
    if extent.bounded:
        corners = [point(g) for g, _ in body.generators]
        reach = [(min(p[i] for p in corners), max(p[i] for p in corners)) for i in range(extent.size)]
        unit = Fraction(2) ** exponent(max((high - low) / 2 for low, high in reach))
        extent.centre = tuple(rounded((low + high) / 2, unit) for low, high in reach)
        extent.scale = unit
    return extent
