"""The exact level set of an output, or where the largest of several outputs changes, and what lies on each side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from workings.errors import BadValue, NotReadable
from workings.exact import rational
from workings.expr import Expr, Network, Ref
from workings.geometry import certify
from workings.geometry.box import read_box
from workings.geometry.cells import pieces_of
from workings.geometry.data import Boundary, Part, Pieces, Point, Region, Shape, Side, Solved
from workings.geometry.frontier import Frontier, Stretch, corners, frontier, holds, joined, lies_on
from workings.geometry.labels import label_of, stated
from workings.geometry.lower import Program, lower
from workings.geometry.merge import merged
from workings.geometry.names import outputs_of
from workings.geometry.polyhedron import Polyhedron, as_shape, crease
from workings.geometry.sides import Label, Levels, at_level, largest, mirror
from workings.geometry.sides import Part as Labelled
from workings.geometry.solids import flat_parts
from workings.geometry.symmetry import Symmetry, symmetries, telling


def boundary(net: Network, output: Any = None, level: Any = None, box: Any = None) -> Boundary:
    """The points where `output` has the value `level`; with several outputs and none named, where the largest changes.

    A level that is not given is the one that the text's class rules state ("class 1 if y > 1/2"), else 0.

    Straight stretches are joined; a part is said to cross where the sign changes from one side to the other,
    else to touch.  `classes`: the convex regions on each side, with the labels that the text gives.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> answer = boundary(read("y = max(0, x) - 2", signatures()))
    >>> [(part.type, part.kind, part.points) for part in answer.parts]
    [('point', 'crosses', ((Fraction(2, 1),),))]
    """
    rule = stated(net) if level is None else None
    names = outputs_of(net) if output is None else (_name(net, output),)
    if rule is not None and output is None:
        names = (rule[0],)
    if rule is not None and names != (rule[0],):
        rule = None
    program = lower(net, names)
    exact = rational(level or 0, "the level") if rule is None else rule[1]
    if len(names) > 1 and exact:
        raise BadValue(
            "a level needs one output", expected=f"output= one of {', '.join(names)}",
            hint=f"output=\"{names[0]}\", level={exact}",
        )
    answer = pieces_of(program, read_box(box, program.inputs))
    answer.spelling = net.spelling
    finder = _Level if len(names) == 1 else _Largest
    found = finder(net, program, answer, exact).boundary()
    found.rule = rule[2] if rule is not None and exact else None
    return found


def _name(net: Network, output: Any) -> str:
    """The plain name of an output given as text or as a reference."""
    name = output.name if isinstance(output, Ref) else str(output)
    known = [key[0] for key in net.defs]
    if (isinstance(output, Expr) and not isinstance(output, Ref)) or name.partition("[")[0] not in known:
        raise NotReadable(f"{name} is not defined", expected=f"one of {', '.join(known)}", hint=f"output={known[-1]!r}")
    return name


class _Finder:
    """What level sets and argmax boundaries have in common."""

    def __init__(self, net: Network, program: Program, pieces: Pieces, level: Fraction) -> None:
        self.net, self.program, self.pieces, self.level = net, program, pieces, level
        self.size = len(program.inputs)
        self.full = pieces.full
        self.parts: list[Labelled] = []
        self.holes: list[Point] = []
        self.jumping = any(gate.jumps for gate in program.gates)
        self.symmetries = symmetries(
            [(r.number, _body(r), tuple(r.affine[n] for n in program.outputs)) for r in self.full], self.size,
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
        self.holes = [p.points[0] for p in points]
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
            return flat_parts(self.parts, self.verdict), [], None
        found = frontier(self.parts)
        lines = joined(found, lambda s: self._listed(s, True))
        jumps = joined(found, lambda s: self._listed(s, False)) if self.jumping else []
        return lines, jumps, self._length(found)

    def _listed(self, stretch: Stretch, met: bool) -> tuple[str, tuple[str, str] | None] | None:
        """A stretch of the boundary (met) or a jump across it; those that border a zero cell belong to it."""
        if self.met(stretch) != met or self.tied(stretch.above) or self.tied(stretch.below):
            return None
        kind = self.verdict(stretch.above, stretch.below)
        if not met:
            return ("crosses", self.pair(stretch.above, stretch.below)) if kind == "crosses" else None
        other = stretch.below if kind == "crosses" else next(iter(stretch.ties), stretch.below)
        return kind, self.pair(stretch.above if stretch.above is not None else stretch.below, other)

    def met(self, stretch: Stretch) -> bool:
        """Is the level met on the stretch?  Where the network jumps, its own value decides."""
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
        for where, part, ties in corners(self.parts):
            if where in kinds or (self.jumping and not self.meets(where)):
                continue
            if not any(_holds(other, where) for other in found):
                kinds[where] = Part("point", "touches", (where,), None, None, self.pair(part.label, ties[0]))
        return list(kinds.values())

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
        if not self.jumping:
            return []
        return [
            Part("point", "crosses", (where,), None, None, self.pair(left, right))
            for where, (left, right, _) in self._ends().items()
            if self.verdict(left, right) == "crosses" and not self.meets(where)
        ]

    def shapes(self, label: Label) -> tuple[Shape, ...]:
        """The convex regions of one label, neighbours put together; single points of the boundary stay out."""
        own = [p for p in self.parts if p.label == label]
        if self.jumping:
            return tuple(as_shape(p.body) for p in own)
        chosen = [(p.body, frozenset(crease(row) for row, _ in p.walls)) for p in own]
        return tuple(as_shape(body) for body in merged(chosen, self.holes))

    # --- what the two kinds do in their own way ---

    def solve(self) -> list[Solved]:
        raise NotImplementedError

    def sides(self) -> list[Side]:
        raise NotImplementedError

    def meets(self, where: Point) -> bool:
        raise NotImplementedError

    @staticmethod
    def tied(label: Label | None) -> bool:
        raise NotImplementedError

    @staticmethod
    def pair(a: Label | None, b: Label | None) -> tuple[str, str] | None:
        raise NotImplementedError

    @staticmethod
    def verdict(a: Label | None, b: Label | None) -> str:
        """Does the label change from one side to the other?"""
        raise NotImplementedError


class _Level(_Finder):
    """y = level."""

    def solve(self) -> list[Solved]:
        output = self.program.outputs[0]
        done: dict[int, Levels] = {}
        for region in self.full:
            found = self._mirror(region, done)
            if found is None:
                found = at_level(region.number, _body(region), region.affine[output], self.level, self.pieces.tally)
            done[region.number] = found
            self.parts += found.parts()
        return [
            Solved(f.number, f.row, _shape(f.zero), _shape(f.below), _shape(f.above), f.mirror, f.by)
            for f in done.values()
        ]

    def _mirror(self, region: Region, done: Mapping[int, Levels]) -> Levels | None:
        """The piece as the mirror image of one that was solved itself."""
        ways = [(done[p[region.number]], s) for s, p in self._used() if p.get(region.number) in done]
        ways.sort(key=lambda way: way[0].mirror is not None)
        return mirror(ways[0][0], region.number, ways[0][1]) if ways else None

    def _used(self) -> list[tuple[Symmetry, Mapping[int, int]]]:
        """As a person would: one sign changed, then two inputs exchanged; anything else only without these."""
        simple = [s for s in self.symmetries if s.simple]
        chosen = sorted(simple, key=lambda s: len(s.moved)) or list(self.named)
        return [(s, self.symmetries[s]) for s in chosen]

    def sides(self) -> list[Side]:
        name = self.program.outputs[0]
        steps = [Fraction(1, 1000), Fraction(1), Fraction(1000)]
        values = {sign: [{name: self.level + sign * step} for step in steps] for sign in (-1, 1)}
        return [
            Side(sign, name, label_of(self.net, values[sign], values[-sign]), self.shapes(sign)) for sign in (-1, 1)
        ]

    def meets(self, where: Point) -> bool:
        return certify.run(self.program, where)[1][self.program.outputs[0]] == self.level

    @staticmethod
    def tied(label: Label | None) -> bool:
        return label == 0

    @staticmethod
    def pair(a: Label | None, b: Label | None) -> tuple[str, str] | None:
        return None

    @staticmethod
    def verdict(a: Label | None, b: Label | None) -> str:
        return "crosses" if isinstance(a, int) and isinstance(b, int) and a * b < 0 else "touches"


class _Largest(_Finder):
    """Where the largest of several outputs changes."""

    def solve(self) -> list[Solved]:
        for region in self.full:
            maps = [(name, region.affine[name]) for name in self.program.outputs]
            self.parts += largest(region.number, _body(region), maps, self.pieces.tally)
        return []

    def sides(self) -> list[Side]:
        names = self.program.outputs
        values = {n: [{m: Fraction(int(m == n)) for m in names}] for n in names}
        others = {n: [v for m in names if m != n for v in values[m]] for n in names}
        return [Side(None, n, label_of(self.net, values[n], others[n]), self.shapes(n)) for n in names]

    def meets(self, where: Point) -> bool:
        values = sorted(certify.run(self.program, where)[1][n] for n in self.program.outputs)
        return values[-1] == values[-2]

    @staticmethod
    def tied(label: Label | None) -> bool:
        return isinstance(label, tuple)

    @staticmethod
    def pair(a: Label | None, b: Label | None) -> tuple[str, str] | None:
        if isinstance(a, tuple):
            return a[0], a[1]
        return None if a is None or b is None or a == b else (str(a), str(b))

    @staticmethod
    def verdict(a: Label | None, b: Label | None) -> str:
        return "crosses" if a is not None and b is not None and a != b else "touches"


def _body(region: Region) -> Polyhedron:
    assert region.shape is not None and region.shape.body is not None
    return region.shape.body


def _shape(body: Polyhedron | None) -> Shape | None:
    return None if body is None else as_shape(body)


def _holds(part: Part, where: Point) -> bool:
    if part.shape is not None:
        return part.shape.body is not None and holds(part.shape.body, where)
    return lies_on(part, where)
