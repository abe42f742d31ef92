"""What lies between the parts of a plane or a line: stretches of straight lines, and points.

Every side of every part stands on one crease.  Each crease is cut where a side ends; a stretch then has a label
on either side (None beyond the box), and is `met` where the level is met on it, or two outputs tie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from workings.exact import dot, primitive
from workings.geometry.data import Part as Piece
from workings.geometry.data import Point, Row
from workings.geometry.intervals import Bound, Interval, along, at, breaks, covers, direction, place
from workings.geometry.polyhedron import Polyhedron, crease, edges, point
from workings.geometry.sides import Label, Part


@dataclass(slots=True, eq=False)
class Side:
    """A side of a part: where on its crease, does the part lie where the crease's row is > 0, what it ties with."""

    stretch: Interval
    above: bool
    label: Label
    ties: tuple[Label, ...]


@dataclass(slots=True, eq=False)
class Stretch:
    """Between two neighbouring ends on one crease: the label where the row is > 0, where it is < 0, and the ties."""

    row: Row
    ends: Interval
    above: Label | None = None
    below: Label | None = None
    ties: tuple[Label, ...] = ()

    def holds(self, where: Point) -> bool:
        """Does it hold a point?"""
        return lies_on(_piece(self.row, self.ends, "touches", None), where)

    def middle(self) -> Point:
        low, high = self.ends
        if low is None:
            return at(self.row, Fraction(0) if high is None else high - 1)
        return at(self.row, low + 1 if high is None else (low + high) / 2)


@dataclass(slots=True, eq=False)
class Frontier:
    """The stretches of each crease, in order along it."""

    creases: dict[Row, list[Stretch]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Stretch]:
        for found in self.creases.values():
            yield from found


def frontier(parts: Sequence[Part], ends: Sequence[Point] = ()) -> Frontier:
    """The stretches between the parts of a plane, cut also at the points given."""
    sides: dict[Row, list[Side]] = {}
    for part in parts:
        inner = [sum(column) for column in zip(*(g for g, _ in part.body.generators))]
        for row, corners_ in edges(part.body):
            ties = tuple(other for wall, other in part.walls if crease(wall) == row)
            stretch = along(row, corners_)
            sides.setdefault(row, []).append(Side(stretch, dot(row, inner) > 0, part.label, ties))
    return Frontier({
        row: list(_stretches(row, found, [place(row, p) for p in ends if not _value(row, p)]))
        for row, found in sides.items()
    })


def _stretches(row: Row, sides: list[Side], more: Sequence[Fraction]) -> Iterator[Stretch]:
    ends: list[Bound] = [None, *sorted({*breaks(side.stretch for side in sides), *more}), None]
    for low, high in pairwise(ends):
        stretch = Stretch(row, (low, high))
        here = [side for side in sides if covers(side.stretch, (low, high))]
        for side in here:
            if side.above:
                stretch.above = side.label
            else:
                stretch.below = side.label
            stretch.ties += tuple(t for t in side.ties if t not in stretch.ties)
        if here:
            yield stretch


Judge = Callable[[Stretch], tuple[str, tuple[str, str] | None] | None]


def joined(found: Frontier, judge: Judge) -> list[Piece]:
    """The stretches that the judge takes (kind, between), neighbours alike on one crease put together."""
    out: list[Piece] = []
    for row, stretches in found.creases.items():
        open_: list[tuple[Bound, Bound, tuple[str, tuple[str, str] | None]]] = []
        for stretch in stretches:
            verdict = judge(stretch)
            if verdict is None:
                continue
            low, high = stretch.ends
            if open_ and open_[-1][1] == low and low is not None and open_[-1][2] == verdict:
                open_[-1] = (open_[-1][0], high, verdict)
            else:
                open_.append((low, high, verdict))
        out += [_piece(row, (low, high), kind, between) for low, high, (kind, between) in open_]
    return out


def _piece(row: Row, ends: Interval, kind: str, between: tuple[str, str] | None) -> Piece:
    low, high = ends
    dx, dy = (Fraction(v) for v in primitive(direction(row)))
    if low is not None and high is not None:
        return Piece("segment", kind, (at(row, low), at(row, high)), None, None, between)
    if low is not None:
        return Piece("ray", kind, (at(row, low),), (dx, dy), None, between)
    if high is not None:
        return Piece("ray", kind, (at(row, high),), (-dx, -dy), None, between)
    forward = dx > 0 or (dx == 0 and dy > 0)
    return Piece("line", kind, (_on(row),), (dx, dy) if forward else (-dx, -dy), None, between)


def _on(row: Row) -> Point:
    """A readable point of a line: where it meets an axis."""
    a, b, c = row
    return (Fraction(-c, a), Fraction(0)) if a else (Fraction(0), Fraction(-c, b))


def lies_on(piece: Piece, where: Point) -> bool:
    """Does a segment, ray, line or point hold a point?"""
    if piece.type == "point":
        return piece.points[0] == where
    start = piece.points[0]
    way = piece.direction or tuple(q - p for p, q in zip(start, piece.points[1]))
    gap = tuple(w - p for p, w in zip(start, where))
    if way[0] * gap[1] != way[1] * gap[0]:
        return False
    t = sum((w * g for w, g in zip(way, gap)), Fraction(0)) / sum(w * w for w in way)
    return piece.type == "line" or (t >= 0 and (piece.type == "ray" or t <= 1))


def holds(body: Polyhedron, where: Point) -> bool:
    """Is a point in a closed set?  By the rows, turned to the side on which the set lies."""
    inner = [sum(column) for column in zip(*(g for g, _ in body.generators))]
    for row in body.rows[1:]:
        value, side = _value(row, where), dot(row, inner)
        if value and (not side or (value > 0) != (side > 0)):
            return False
    return True


def _value(row: Row, where: Point) -> Fraction:
    return sum((c * x for c, x in zip(row, where)), Fraction(row[-1]))


def corners(parts: Sequence[Part]) -> list[tuple[Point, Part, tuple[Label, ...]]]:
    """Each corner of a part where it ties with another label: the candidates for isolated points."""
    out = []
    for part in parts:
        for g, _ in part.body.generators:
            ties = tuple(other for wall, other in part.walls if not dot(wall, g))
            if g[-1] and ties:
                out.append((point(g), part, ties))
    return out
