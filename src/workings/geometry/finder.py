"""What level sets and argmax boundaries have in common: parts with labels, and what lies between them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from workings.expr import Network
from workings.geometry import certify
from workings.geometry.data import Boundary, Part, Pieces, Point, Region, Row, Shape, Side, Solved
from workings.geometry.frontier import Frontier, Stretch, corners, frontier, holds, joined, lies_on
from workings.geometry.jumps import Seam as JumpSeam
from workings.geometry.jumps import seams, vanishes
from workings.geometry.program import Program
from workings.geometry.merge import merged
from workings.geometry.polyhedron import Polyhedron, as_shape, crease, slice_
from workings.geometry.sample import sample
from workings.geometry.sides import Label
from workings.geometry.sides import Part as Labelled
from workings.geometry.solids import Between, Face, Seam, faces, thin_parts
from workings.geometry.solids import joined as joined_faces
from workings.geometry.symmetry import symmetries, telling


class Finder:
    """What level sets and argmax boundaries have in common."""

    def __init__(self, net: Network, program: Program, pieces: Pieces, level: Fraction) -> None:
        self.net, self.program, self.pieces, self.level = net, program, pieces, level
        self.size = len(program.inputs)
        self.full = pieces.full
        self.parts: list[Labelled] = []
        self.holes: list[Point] = []
        self.found: Sequence[Stretch | Face] = ()
        self.seams = seams(program, pieces.box, pieces.tally)
        self.jumping = bool(self.seams)
        units = [gate.units[0] for gate in program.gates if gate.jumps]
        self.jumps_of = {r.number: [crease(r.rows[u]) for u in units] for r in self.full}
        self.zeros = [zero for seam in self.seams for zero in self._zeros(seam)]
        self.symmetries = symmetries(
            [(r.number, body_of(r), tuple(r.affine[n] for n in program.outputs)) for r in self.full], self.size,
        )
        self.named = telling(self.symmetries)

    def boundary(self) -> Boundary:
        solved = self.solve()
        lines, jumps, length = self._lines()
        zero = dict.fromkeys(p.label for p in self.parts if self.tied(p.label))
        regions = [
            Part("region", "touches", (), None, shape, self.pair(label, label))
            for label in zero for shape in self.shapes(label)
        ]
        found = [*lines, *regions]
        points = self._points(found)
        self.holes = [_middle(p) for p in points]
        answer = Boundary(
            self.program.inputs, self.program.outputs, self.level, self.pieces.box, (*found, *points), tuple(jumps),
            tuple(self.sides()), self.named, length, tuple(solved), self.pieces,
        )
        answer.certified = self.pieces.certified and certify.boundary(self.program, answer)
        return answer

    def _lines(self) -> tuple[list[Part], list[Part], float | None]:
        if self.size == 1:
            return [], self._jump_points(), None
        if self.size > 2:
            flat = self.found = faces(self.parts, self._wanted, self._met_seams())
            away = joined_faces(flat, lambda s: self._listed(s, False)) if self.jumping else []
            return joined_faces(flat, lambda s: self._listed(s, True)), away, None
        ends = {v for body in (*self.zeros, *(s.body for s in self.seams)) for v in as_shape(body).vertices}
        found = frontier(self.parts, sorted(ends))
        self.found = list(found)
        lines = joined(found, lambda s: self._listed(s, True))
        jumps = joined(found, lambda s: self._listed(s, False)) if self.jumping else []
        return lines, jumps, self._length(found)

    def _jump(self, a: Label | None, b: Label | None, where: Point) -> tuple[str, Between] | None:
        """At a point of a crease: does the label change across it, or is it another on the crease alone?"""
        if self.verdict(a, b) == "crosses":
            return "crosses", self.pair(a, b)
        here = self.label_at(where)
        return None if None in (a, b) or here in (a, b) else ("touches", self.pair(a, here))

    def _wanted(self, face: Face) -> bool:
        return self.jumping or bool(face.ties) or self.tied(face.above) or self.tied(face.below)

    def _met_seams(self) -> list[Seam]:
        return [
            (s.body, any(vanishes(s.body, row) for row in self.rows_of(s)) and self.meets(sample(s.body)))
            for s in self.seams
        ]

    def _zeros(self, seam: JumpSeam) -> Iterator[Polyhedron]:
        """Where on a seam the level is met, closed; outside its own strict sides it need not be."""
        for row in self.rows_of(seam):
            zero = seam.body if vanishes(seam.body, row) else slice_(seam.body, row)
            if not zero.empty:
                yield zero

    def _listed(self, stretch: Stretch | Face, met: bool) -> tuple[str, tuple[str, str] | None] | None:
        """A stretch of the boundary (met) or a jump across it; those that border a zero cell belong to it."""
        if self.met(stretch) != met or self.tied(stretch.above) or self.tied(stretch.below):
            return None
        kind = self.verdict(stretch.above, stretch.below)
        if not met:
            return self._jump(stretch.above, stretch.below, stretch.middle())
        other = stretch.below if kind == "crosses" else next(iter(stretch.ties), stretch.below)
        return kind, self.pair(stretch.above if stretch.above is not None else stretch.below, other)

    def met(self, stretch: Stretch | Face) -> bool:
        """Is the level met on the stretch?  Where the network jumps, its own value decides."""
        if isinstance(stretch, Face) and stretch.met is not None:
            return stretch.met
        if not self.jumping:
            return bool(stretch.ties) or self.tied(stretch.above) or self.tied(stretch.below)
        return self.meets(stretch.middle())

    def _length(self, found: Frontier) -> float | None:
        """Of all edges of the complex on which the level is met, but for those of zero cells on the box's border."""
        total = 0.0
        for stretch in found:
            outside = stretch.above is None or stretch.below is None
            zero = self.tied(stretch.above) or self.tied(stretch.below)
            if not self.met(stretch) or (outside and zero):
                continue
            low, high = stretch.ends
            if low is None or high is None:
                return None
            total += float(high - low) * math.hypot(*stretch.row[:2])
        return total

    def _points(self, found: Sequence[Part]) -> list[Part]:
        """The points of the level set that lie on no other part of it."""
        kinds: dict[Point, Part] = {}
        if self.size == 1:
            return self._line_points(found)
        if self.size > 2:
            meets = self.meets if self.jumping else lambda _: True
            return thin_parts(list(self._thin()), found, meets, self._kind_at)
        for where, part, ties in corners(self.parts):
            if where in kinds or (self.jumping and not self.meets(where)):
                continue
            if not any(_holds(other, where) for other in found):
                kinds[where] = Part("point", "touches", (where,), None, None, self.pair(part.label, ties[0]))
        for zero in self.zeros:
            where = sample(zero)
            if where not in kinds and self.meets(where) and not any(_holds(other, where) for other in found):
                kinds[where] = Part("point", self._kind_at(where), (where,))
        return list(kinds.values())

    def _kind_at(self, where: Point) -> str:
        """Of a single point of a crease: does the sign change across the crease?"""
        near = [s for s in self.found if s.holds(where)]
        return "crosses" if any(self.verdict(s.above, s.below) == "crosses" for s in near) else "touches"

    def _thin(self) -> Iterator[tuple[Polyhedron, Between]]:
        """Sides of parts, and zeros on seams, that are no faces."""
        for part in self.parts:
            for row, other in part.walls:
                body = slice_(part.body, row)
                if not body.empty and body.dimension() < self.size - 1:
                    yield body, self.pair(part.label, other)
        for body in self.zeros:
            if body.dimension() < self.size - 1:
                yield body, None

    # --- one input ---

    def _ends(self) -> dict[Point, tuple[Label | None, Label | None, tuple[Label, ...]]]:
        """Each end of a part on the line: the labels to its left and right, and what ties there."""
        out: dict[Point, tuple[Label | None, Label | None, tuple[Label, ...]]] = {}
        for part in self.parts:
            shape = as_shape(part.body)
            for vertex in shape.vertices:
                left, right, ties = out.get(vertex, (None, None, ()))
                higher = any(v > vertex for v in shape.vertices) or any(r[0] > 0 for r in shape.rays)
                new = tuple(o for row, o in part.walls if not row[0] * vertex[0] + row[1])
                out[vertex] = (left, part.label, ties + new) if higher else (part.label, right, ties + new)
        return dict(sorted(out.items()))

    def _line_points(self, found: Sequence[Part]) -> list[Part]:
        out = []
        for where, (left, right, ties) in self._ends().items():
            met = self.meets(where) if self.jumping else bool(ties)
            if met and not any(_holds(part, where) for part in found):
                kind = self.verdict(left, right)
                first = left if left is not None else right
                other = right if kind == "crosses" else next(iter(ties), right)
                out.append(Part("point", kind, (where,), None, None, self.pair(first, other)))
        return out

    def _jump_points(self) -> list[Part]:
        out = []
        for where, (left, right, _) in self._ends().items() if self.jumping else ():
            tied = self.tied(left) or self.tied(right)
            found = None if tied or self.meets(where) else self._jump(left, right, where)
            if found is not None:
                out.append(Part("point", found[0], (where,), None, None, found[1]))
        return out

    def shapes(self, label: Label) -> tuple[Shape, ...]:
        """The convex regions of one label, neighbours put together; single points of the boundary stay out."""
        own = [p for p in self.parts if p.label == label]
        others = [p.body for p in self.parts if p.label != label]
        chosen = [(p.body, frozenset([*(crease(row) for row, _ in p.walls), *self.jumps_of[p.number]])) for p in own]
        return tuple(as_shape(body) for body in merged(chosen, self.holes, others))

    # --- what the two kinds do in their own way ---

    def solve(self) -> list[Solved]:
        raise NotImplementedError

    def sides(self) -> list[Side]:
        raise NotImplementedError

    def meets(self, where: Point) -> bool:
        raise NotImplementedError

    def label_at(self, where: Point) -> Label:
        """By the network's own value."""
        raise NotImplementedError

    def rows_of(self, seam: JumpSeam) -> list[Row]:
        """What is 0 on a seam where the level may be met."""
        raise NotImplementedError

    @staticmethod
    def tied(label: Label | None) -> bool:
        raise NotImplementedError

    def pair(self, a: Label | None, b: Label | None) -> tuple[str, str] | None:
        raise NotImplementedError

    @staticmethod
    def verdict(a: Label | None, b: Label | None) -> str:
        """Does the label change from one side to the other?"""
        raise NotImplementedError


def body_of(region: Region) -> Polyhedron:
    """The domain of a full piece."""
    assert region.shape is not None and region.shape.body is not None
    return region.shape.body


def _middle(part: Part) -> Point:
    """An inner point of a point, segment, ray, line or flat region."""
    if part.shape is not None and part.shape.body is not None:
        return sample(part.shape.body)
    if part.direction is not None:
        return tuple(p + d for p, d in zip(part.points[0], part.direction))
    return tuple(sum(column, Fraction(0)) / len(part.points) for column in zip(*part.points))


def _holds(part: Part, where: Point) -> bool:
    if part.shape is not None:
        return part.shape.body is not None and holds(part.shape.body, where)
    return lies_on(part, where)
