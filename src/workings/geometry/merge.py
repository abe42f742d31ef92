"""Convex parts put together where their union is convex."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from workings.exact import dot
from workings.geometry.data import Point, Row
from workings.geometry.polyhedron import Polyhedron, crease, cut, facets, negated, space

MAX_PARTS = 96                # above this many parts they are left as they are

Part = tuple[Polyhedron, frozenset[Row]]              # a set, and creases that must not be crossed


def merged(
    parts: Sequence[Part], holes: Sequence[Point] = (), others: Sequence[Polyhedron] = (),
) -> list[Polyhedron]:
    """The parts, neighbours joined one by one as long as the union of two is convex and no hole comes inside.

    `others`: what fills the rest of the space; with it all that are left are tried together.

    Method: Bemporad, Fukuda, Torrisi 2001: the union of two polyhedra is convex if and only if it is their
    envelope, the set bounded by those sides of each that the other respects.
    """
    if len(parts) > MAX_PARTS:
        return [body for body, _ in parts]
    left = [(body, walls, facets(body)) for body, walls in parts]
    again = True
    while again:
        again = False
        for i in range(len(left)):
            for j in range(len(left) - 1, i, -1):
                union = _union(left[i], left[j])
                if union is not None and not any(_inner(union[2], hole) for hole in holes):
                    left[i] = union
                    del left[j]
                    again = True
    whole = _all_together(left, holes, others) if others and len(left) > 2 else None
    return [whole] if whole is not None else [body for body, _, _ in left]


Known = tuple[Polyhedron, frozenset[Row], tuple[Row, ...]]


def _all_together(left: list[Known], holes: Sequence[Point], others: Sequence[Polyhedron]) -> Polyhedron | None:
    """Their envelope, where nothing else lies in it: six pyramids make a cube, though no two of them are convex."""
    rows = dict.fromkeys(row for _, _, sides in left for row in sides)
    kept = [row for row in rows if all(_all(row, body) for body, _, _ in left)]
    lost = {crease(row) for row in rows if row not in kept}
    if not kept or any(lost & walls for _, walls, _ in left):
        return None
    envelope = space(left[0][0].size)
    for row in kept:
        envelope = cut(envelope, row)
    if any(_inner(facets(envelope), hole) for hole in holes):
        return None
    for other in others:
        for row in kept:
            other = cut(other, row)
        if not other.empty and not other.flat:
            return None
    return envelope


def _union(a: Known, b: Known) -> Known | None:
    kept_a, lost_a = _respected(a[2], b[0])
    kept_b, lost_b = _respected(b[2], a[0])
    walls = a[1] | b[1]
    shared = {crease(row) for row in lost_a} & {crease(row) for row in lost_b}
    if not shared or shared & walls or {crease(row) for row in (*lost_a, *lost_b)} & walls:
        return None
    envelope = space(a[0].size)
    for row in dict.fromkeys((*kept_a, *kept_b)):
        envelope = cut(envelope, row)
    if not (_inside(envelope, lost_a, b[2]) and _inside(envelope, lost_b, a[2])):
        return None
    return envelope, walls, facets(envelope)


def _inner(sides: tuple[Row, ...], where: Point) -> bool:
    return all(sum((c * x for c, x in zip(row, where)), Fraction(row[-1])) > 0 for row in sides)


def _respected(rows: tuple[Row, ...], body: Polyhedron) -> tuple[list[Row], list[Row]]:
    """The rows that are >= 0 on a set, and those that are not."""
    kept = [row for row in rows if _all(row, body)]
    return kept, [row for row in rows if row not in kept]


def _all(row: Row, body: Polyhedron) -> bool:
    return all(dot(row, g) >= 0 for g, _ in body.generators) and not any(dot(row, line) for line in body.lines)


def _inside(envelope: Polyhedron, lost: list[Row], sides: tuple[Row, ...]) -> bool:
    """Is what lies beyond each lost side within the other set?"""
    for row in lost:
        beyond = cut(envelope, negated(row))
        if not beyond.empty and not beyond.flat and not all(_all(side, beyond) for side in sides):
            return False
    return True
