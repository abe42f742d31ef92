"""The parts of a boundary in fractions: segments, rays, lines, points, whole cells; joined; the nearest point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workings.errors import BadValue
from workings.exact import integer_row, primitive, rational
from workings.geometry.data import Part, Point, Shape
from workings.geometry.exact_cells import corners
from workings.geometry.fast.complex import Complex, Point2
from workings.geometry.frontier import Frontier, Stretch, joined
from workings.geometry.intervals import place
from workings.geometry.polyhedron import crease

if TYPE_CHECKING:
    from workings.geometry.fast.levelset import LevelSet

ZERO, ONE = Fraction(0), Fraction(1)
Key = tuple[str, tuple[str, str] | None]


def parts_of(found: LevelSet) -> list[Part]:
    """Every edge, isolated point and cell of the boundary, with exact ends."""
    edges = [_edge(found, k) for k in range(len(found.edges)) if not found.rims[k]]
    return [*edges, *_points(found), *_regions(found)]


def joined_parts(found: LevelSet) -> list[Part]:
    """Straight stretches of one kind joined, in order along their lines."""
    if found.complex.layers.domain.plane.line:
        return parts_of(found)
    held: dict[tuple[int, ...], list[tuple[Any, Any, Key]]] = {}
    for k, corner in enumerate(found.edges.tolist()):
        if found.rims[k]:
            continue
        row = crease(integer_row(found.complex.exact_row(int(found.complex.creases[corner]), _owner(found, corner))))
        held.setdefault(row, []).append((*_ends(found, corner, row), (_kind(found, k), found.between(found.pairs[k]))))
    out: list[Part] = []
    for row, stretches in held.items():
        out += _along(row, stretches)
    return [*out, *_points(found), *_regions(found)]


def _along(row: tuple[int, ...], stretches: Sequence[tuple[Any, Any, Key]]) -> list[Part]:
    """One line's stretches, each (low, high, what it is), None for no end."""
    ordered = sorted(stretches, key=lambda s: (s[0] is not None, s[0] or 0))
    found = Frontier({row: [Stretch(row, (low, high)) for low, high, _ in ordered]})
    kinds = {id(stretch): key for stretch, (_, _, key) in zip(found.creases[row], ordered)}
    return joined(found, lambda stretch: kinds[id(stretch)])


def _owner(found: LevelSet, corner: int) -> int:
    return int(found.complex.owner[corner])


def _ends(found: LevelSet, corner: int, row: tuple[int, ...]) -> tuple[Fraction | None, Fraction | None]:
    """Where an edge begins and ends along its line; None at infinity."""
    complex_, other = found.complex, int(found.complex.next[corner])
    far = [bool(complex_.infinite[c]) for c in (corner, other)]
    at = [None if f else place(row, complex_.exact_vertex(c)) for f, c in zip(far, (corner, other))]
    if far[0] and far[1]:
        return None, None
    known = [v for v in at if v is not None]
    if len(known) == 2:
        return min(known), max(known)
    ahead = _ahead(complex_, other if far[1] else corner, row)
    return (known[0], None) if ahead else (None, known[0])


def _ahead(found: Complex, corner: int, row: tuple[int, ...]) -> bool:
    """Does a corner at infinity lie where the place along the line grows?"""
    from workings.geometry.intervals import direction

    x, y = found.lists.place[corner, :2]
    dx, dy = direction(row)
    return bool(float(dx) * x + float(dy) * y > 0)


def _kind(found: LevelSet, k: int) -> str:
    return "crosses" if found.crosses[k] else "touches"


def _edge(found: LevelSet, k: int) -> Part:
    """One edge as a part; on a line it is a point."""
    kind, between, corner = _kind(found, k), found.between(found.pairs[k]), int(found.edges[k])
    complex_, other = found.complex, int(found.complex.next[int(found.edges[k])])
    if complex_.layers.domain.plane.line:
        return Part("point", kind, ((complex_.exact_vertex(corner)[0],),), None, None, between)
    far = [bool(complex_.infinite[c]) for c in (corner, other)]
    if not any(far):
        return Part("segment", kind, found.exact_ends(k), None, None, between)
    a, b, c = integer_row(complex_.exact_row(int(complex_.creases[corner]), _owner(found, corner)))
    dx, dy = primitive((b, -a))
    ends = [complex_.exact_vertex(i) for i, f in zip((corner, other), far) if not f]
    x, y = complex_.lists.place[other if far[1] else corner, :2]
    if dx * x + dy * y < 0:
        dx, dy = -dx, -dy
    start = ends[0] if ends else (Fraction(-c, a), Fraction(0)) if a else (Fraction(0), Fraction(-c, b))
    kind_of = "ray" if ends else "line"
    return Part(kind_of, kind, (start,), (Fraction(dx), Fraction(dy)), None, between)


def _points(found: LevelSet) -> Iterator[Part]:
    plane = found.complex.layers.domain.plane
    for corner, pair in zip(found.points.tolist(), found.point_pairs):
        at: Point = found.complex.exact_vertex(corner)
        yield Part("point", "touches", (at[:1] if plane.line else at,), None, None, found.between(pair))


def _regions(found: LevelSet) -> Iterator[Part]:
    """The whole cells, each with the first two outputs that are as good as any on all of it."""
    line, start = found.complex.layers.domain.plane.line, found.complex.offsets
    for cell in found.regions.tolist():
        part = _region(found.complex, cell, line)
        if len(found.outputs) > 1:
            tied = (found.complex.levels[start[cell]:start[cell + 1]] == 0).all(axis=0).nonzero()[0]
            part.between = found.between(tied[:2])
        yield part


def _region(found: Complex, cell: int, line: bool) -> Part:
    """A whole cell on which the level is met; on a line the stretch that it is."""
    if line:
        return _stretch(found, cell, sorted({p[0] for p in found.exact_cell(cell)}))
    return Part("region", "touches", (), None, Shape(*corners(found, cell), 2))


def _stretch(found: Complex, cell: int, places: Sequence[Fraction]) -> Part:
    """A cell of a line: between two breakpoints, or from one on."""
    rays: tuple[Point, ...] = ((ONE,), (-ONE,)) if not places else ()
    if len(places) == 1:
        far = found.lists.place[found.offsets[cell]:found.offsets[cell + 1], 0]
        near = float((places[0] - found.layers.domain.centre[0]) / found.layers.domain.scale)
        rays = ((ONE,),) if max(far, key=abs) > near else ((-ONE,),)
    corners = tuple((p,) for p in places) or ((ZERO,),)
    return Part("region", "touches", (), None, Shape(corners, rays, 1, bool(places)))


@dataclass(frozen=True, slots=True)
class Near:
    """The point of the boundary that is nearest to a given one, exactly; `distance` in input space."""

    inputs: tuple[str, ...]
    given: Point
    at: Point
    distance: float


def nearest(found: LevelSet, point: Any) -> tuple[Point2, float]:
    """The nearest point in fractions and its distance in input space: doubles choose the candidates."""
    import numpy as np

    at = tuple(rational(v, "a coordinate of the point") for v in point)
    if not found.bounded.all() or found.complex.layers.domain.plane.line or len(at) != 2:
        raise BadValue("the nearest boundary point is looked for in a bounded part of a plane",
                       expected="a box, and a pair of numbers")
    inside = [c for c in found.regions.tolist() if _holds(found.complex, c, at)]
    if inside:
        return at, 0.0
    gram = found.complex.layers.domain.plane.gram
    a, b, c = (float(v) for v in gram)
    start, way = found.segments[:, 0], np.diff(found.segments, axis=1)[:, 0]
    gap = np.array([float(v) for v in at]) - start
    inner = (a * way[:, 0] + b * way[:, 1]) * gap[:, 0] + (b * way[:, 0] + c * way[:, 1]) * gap[:, 1]
    size = a * way[:, 0] ** 2 + 2 * b * way[:, 0] * way[:, 1] + c * way[:, 1] ** 2
    rest = gap - np.clip(inner / np.where(size > 0, size, 1), 0, 1)[:, None] * way
    far = a * rest[:, 0] ** 2 + 2 * b * rest[:, 0] * rest[:, 1] + c * rest[:, 1] ** 2
    points = [found.complex.exact_vertex(p) for p in found.points.tolist()]
    if not len(far) and not points:
        raise BadValue("there is no boundary in the domain", hint="take a larger box")
    close = np.flatnonzero(far <= far.min() * (1 + 1e-6) + 1e-12).tolist() if len(far) else []
    candidates = [_foot(found.exact_ends(k), at, gram) for k in close] + points
    best = min(candidates, key=lambda p: _square(gram, (p[0] - at[0], p[1] - at[1])))
    return best, float(_square(gram, (best[0] - at[0], best[1] - at[1]))) ** 0.5


def _square(gram: tuple[Fraction, Fraction, Fraction], v: Sequence[Fraction]) -> Fraction:
    return gram[0] * v[0] * v[0] + 2 * gram[1] * v[0] * v[1] + gram[2] * v[1] * v[1]


def _foot(ends: tuple[Point2, Point2], at: Sequence[Fraction], gram: tuple[Fraction, Fraction, Fraction]) -> Point2:
    """The point of a segment nearest to another point, exactly."""
    (x, y), (u, v) = ends
    way, gap = (u - x, v - y), (at[0] - x, at[1] - y)
    inner = gram[0] * way[0] * gap[0] + gram[1] * (way[0] * gap[1] + way[1] * gap[0]) + gram[2] * way[1] * gap[1]
    share = max(Fraction(0), min(Fraction(1), inner / _square(gram, way)))
    return x + share * way[0], y + share * way[1]


def _holds(found: Complex, cell: int, at: Sequence[Fraction]) -> bool:
    corners = found.exact_cell(cell)
    return all(
        (q[0] - p[0]) * (at[1] - p[1]) - (q[1] - p[1]) * (at[0] - p[0]) >= 0
        for p, q in zip(corners, corners[1:] + corners[:1])
    )
