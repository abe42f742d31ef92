"""One cell of a complex in exact numbers: corners, directions of unbounded sides, a readable point within."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from workings.exact import integer_row, primitive
from workings.geometry.data import Point, Row
from workings.geometry.fast.complex import Complex

ZERO = Fraction(0)


def corners(found: Complex, cell: int) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """The vertices and the rays of a cell, counterclockwise; without vertices a base point stands for them.

    >>> from workings.functions import signatures
    >>> from workings.geometry.fast.engine import complex_of
    >>> from workings.geometry.plane import domain_of, plane_of
    >>> from workings.geometry.stacking import stack
    >>> from workings.syntax import read
    >>> net = stack(read("y = relu(x1) + x2", signatures()))
    >>> half = complex_of(net, domain_of(plane_of(net.inputs)), engine="exact")
    >>> [[tuple(map(str, v)) for v in part] for part in corners(half, 0)]
    [[('0', '0')], [('0', '-1'), ('0', '1'), ('1', '0')]]
    """
    own = range(int(found.offsets[cell]), int(found.offsets[cell + 1]))
    if found.layers.domain.plane.line:
        return _on_line(found, own)
    vertices = tuple(dict.fromkeys(found.exact_vertex(i) for i in own if not found.infinite[i]))
    rays: dict[Point, None] = {}
    base: list[Point] = []
    for i in own:
        j = int(found.next[i])
        far = [bool(found.infinite[k]) for k in (i, j)]
        crease = int(found.creases[i])
        if not any(far) or crease >= found.first_open:
            continue
        a, b, c = integer_row(found.exact_row(crease, cell))
        for k in (n for n, f in zip((i, j), far) if f):
            rays[_towards((b, -a), found.lists.place[k])] = None
        if all(far):
            base.append((Fraction(-a * c, a * a + b * b), Fraction(-b * c, a * a + b * b)))
    if len(base) == 1 and not vertices:               # a half plane: the way in as well
        rays[_inwards(found, cell, own, base[0])] = None
    if not vertices and not base:
        return ((ZERO, ZERO),), tuple((Fraction(x), Fraction(y)) for x, y in ((1, 0), (0, 1), (-1, 0), (0, -1)))
    return vertices or tuple(base), tuple(sorted(rays))


def sides(found: Complex, cell: int) -> list[Row]:
    """The inequalities row . (x, 1) >= 0 of a cell in the coordinates of the plane, none of them idle."""
    signs, units, line = found.unit_signs(cell), found.layers.units, found.layers.domain.plane.line
    out: list[Row] = []
    for corner in range(int(found.offsets[cell]), int(found.offsets[cell + 1])):
        crease = int(found.creases[corner])
        if crease < found.first_open:
            a, b, c = integer_row(found.exact_row(crease, cell))
            row = (a, b, c) if crease >= units or signs[crease] else (-a, -b, -c)
            if not line or a:
                out.append((row[0], row[2]) if line else row)
    return out


def _towards(way: tuple[int, int], place: Any) -> Point:
    """A direction or its opposite, whichever leads to a corner far out."""
    x, y = primitive(way)
    side = 1 if x * float(place[0]) + y * float(place[1]) > 0 else -1
    return Fraction(side * x), Fraction(side * y)


def _inwards(found: Complex, cell: int, own: range, base: Point) -> Point:
    crease = next(int(found.creases[i]) for i in own if int(found.creases[i]) < found.first_open)
    a, b, _ = integer_row(found.exact_row(crease, cell))
    x, y = primitive((a, b))
    far = max((found.lists.place[i] for i in own), key=lambda p: abs(a * p[0] + b * p[1]))
    side = 1 if a * float(far[0]) + b * float(far[1]) > 0 else -1
    return Fraction(side * x), Fraction(side * y)


def _on_line(found: Complex, own: range) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    ends = sorted({found.exact_vertex(i)[:1] for i in own if not found.infinite[i]})
    far = [float(found.lists.place[i, 0]) for i in own if found.infinite[i]]
    rays = tuple((Fraction(side),) for side in (-1, 1) if any(v * side > 0 for v in far))
    if len(ends) == 1 and len(rays) == 2:             # only the side away from the end is open
        centre, scale = found.layers.domain.centre[0], found.layers.domain.scale
        inner = float((ends[0][0] - centre) / scale)
        rays = ((Fraction(1) if max(far, key=abs) > inner else Fraction(-1),),)
    return tuple(ends) or ((ZERO,),), rays


def inside(vertices: tuple[Point, ...], rays: tuple[Point, ...]) -> Point:
    """A point within a cell with as short a binary fraction as a try of each length gives.

    >>> corner, third = Fraction(0), Fraction(1, 3)
    >>> [str(v) for v in inside(((corner, corner), (third, corner), (corner, third)), ())]
    ['1/8', '1/8']
    """
    size = len(vertices[0])
    middle = tuple(sum((v[k] for v in vertices), ZERO) / len(vertices) + sum((r[k] for r in rays), ZERO)
                   for k in range(size))
    if rays or size == 1:
        return _shortened(middle, vertices) if size == 1 and not rays else middle
    for power in range(200):
        unit = 1 << power
        point = tuple(Fraction(round(v * unit), unit) for v in middle)
        if _strictly(point, vertices):
            return point
    return middle


def _shortened(middle: Point, ends: tuple[Point, ...]) -> Point:
    from workings.exact import simplest

    return (simplest(min(ends)[0], max(ends)[0]),) if len(ends) > 1 else middle


def _strictly(point: Point, vertices: tuple[Point, ...]) -> bool:
    """Within a polygon given counterclockwise?"""
    for (a, b), (c, d) in zip(vertices, vertices[1:] + vertices[:1]):
        if (c - a) * (point[1] - b) - (d - b) * (point[0] - a) <= 0:
            return False
    return True
