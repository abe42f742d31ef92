"""Three and more inputs: the boundary as flat convex regions, one for each side on which the level is met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from workings.exact import dot
from workings.geometry.data import Part, Point, Row
from workings.geometry.polyhedron import Polyhedron, as_shape, slice_
from workings.geometry.sample import sample
from workings.geometry.sides import Label
from workings.geometry.sides import Part as Labelled


def flat_parts(parts: Sequence[Labelled], verdict: Callable[[Label | None, Label | None], str]) -> list[Part]:
    """Each wall of a part, as a region of one dimension less, once; its kind is judged at an inner point of it."""
    out: dict[tuple[frozenset[Point], frozenset[Point]], Part] = {}
    for part in parts:
        for row, other in part.walls:
            face = slice_(part.body, row)
            if face.empty or face.dimension() < face.size - 1:
                continue
            shape = as_shape(face)
            key = frozenset(shape.vertices), frozenset(shape.rays)
            if key not in out:
                middle = sample(face)
                labels = [_label(parts, middle, tuple(s * v for v in row[:-1])) for s in (1, -1)]
                between = (str(part.label), str(other)) if isinstance(part.label, str) else None
                out[key] = Part("region", verdict(*labels), (), None, shape, between)
    return list(out.values())


def _label(parts: Sequence[Labelled], where: Point, way: Sequence[int]) -> Label | None:
    """The label of the part that begins at a point in a direction."""
    return next((part.label for part in parts if _enters(part.body, where, way)), None)


def _enters(body: Polyhedron, where: Point, way: Sequence[int]) -> bool:
    inner = [sum(column) for column in zip(*(g for g, _ in body.generators))]
    return all(_goes(row, dot(row, inner), where, way) for row in body.rows[1:])


def _goes(row: Row, side: int, where: Point, way: Sequence[int]) -> bool:
    """Is the row's value, a little way on, not on the other side than that on which the set lies?"""
    here = sum((c * x for c, x in zip(row, where)), Fraction(row[-1])) or Fraction(dot(row, way))
    return not here or not side or (here > 0) == (side > 0)
