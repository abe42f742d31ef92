"""The exact level set of an output, or where the largest of several outputs changes, and what lies on each side."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

from workings.errors import BadValue, NotReadable
from workings.exact import integer_row, rational, sign
from workings.expr import Expr, Network, Ref
from workings.geometry import certify
from workings.geometry.box import read_box
from workings.geometry.cells import pieces_of
from workings.geometry.data import Boundary, Point, Region, Row, Shape, Side, Solved
from workings.geometry.finder import Finder, body_of
from workings.geometry.jumps import Seam as JumpSeam
from workings.geometry.labels import label_of, stated
from workings.geometry.lower import lower
from workings.geometry.names import outputs_of
from workings.geometry.polyhedron import Polyhedron, as_shape
from workings.geometry.sides import Label, Levels, at_level, largest, mirror
from workings.geometry.symmetry import Symmetry


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
    program = lower(net, names if output is not None or rule is not None else None)
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


class _Level(Finder):
    """y = level."""

    def solve(self) -> list[Solved]:
        output = self.program.outputs[0]
        done: dict[int, Levels] = {}
        for region in self.full:
            found = self._mirror(region, done)
            if found is None:
                found = at_level(region.number, body_of(region), region.affine[output], self.level, self.pieces.tally)
            done[region.number] = found
            self.parts += found.parts()
        return [
            Solved(f.number, f.row, shape_of(f.zero), shape_of(f.below), shape_of(f.above), f.mirror, f.by)
            for f in done.values()
        ]

    def _mirror(self, region: Region, done: Mapping[int, Levels]) -> Levels | None:
        """The piece as the mirror image of one that was solved itself."""
        ways = [(done[p[region.number]], s) for s, p in self._used() if p.get(region.number) in done]
        ways.sort(key=lambda way: way[0].mirror is not None)
        return mirror(ways[0][0], region.number, ways[0][1]) if ways else None

    def _used(self) -> list[tuple[Symmetry, Mapping[int, int]]]:
        """As a person would: one sign changed, then two inputs exchanged; anything else only without these."""
        simple = [s for s, p in self.symmetries.items() if s.simple and any(n != m for n, m in p.items())]
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
        return self.label_at(where) == 0

    def label_at(self, where: Point) -> Label:
        return sign(certify.run(self.program, where)[1][self.program.outputs[0]] - self.level)

    def rows_of(self, seam: JumpSeam) -> list[Row]:
        (own,) = seam.maps
        return [integer_row((*own[:-1], own[-1] - self.level))]

    @staticmethod
    def tied(label: Label | None) -> bool:
        return label == 0

    def pair(self, a: Label | None, b: Label | None) -> tuple[str, str] | None:
        return None

    @staticmethod
    def verdict(a: Label | None, b: Label | None) -> str:
        return "crosses" if isinstance(a, int) and isinstance(b, int) and a * b < 0 else "touches"


class _Largest(Finder):
    """Where the largest of several outputs changes."""

    def solve(self) -> list[Solved]:
        for region in self.full:
            maps = [(name, region.affine[name]) for name in self.program.outputs]
            self.parts += largest(region.number, body_of(region), maps, self.pieces.tally)
        return []

    def sides(self) -> list[Side]:
        names = self.program.outputs
        values = {n: [{m: Fraction(int(m == n)) for m in names}] for n in names}
        others = {n: [v for m in names if m != n for v in values[m]] for n in names}
        return [Side(None, n, label_of(self.net, values[n], others[n]), self.shapes(n)) for n in names]

    def meets(self, where: Point) -> bool:
        return isinstance(self.label_at(where), tuple)

    def label_at(self, where: Point) -> Label:
        values = certify.run(self.program, where)[1]
        names = [n for n in self.program.outputs if values[n] == max(values.values())]
        return names[0] if len(names) == 1 else tuple(names)

    def rows_of(self, seam: JumpSeam) -> list[Row]:
        return [integer_row([x - y for x, y in zip(a, b)]) for a, b in combinations(seam.maps, 2)]

    @staticmethod
    def tied(label: Label | None) -> bool:
        return isinstance(label, tuple)

    def pair(self, a: Label | None, b: Label | None) -> tuple[str, str] | None:
        if isinstance(a, tuple):
            return a[0], a[1]
        if a is None or b is None or a == b:
            return None
        first, second = sorted((str(a), str(b)), key=self.program.outputs.index)
        return first, second

    @staticmethod
    def verdict(a: Label | None, b: Label | None) -> str:
        return "crosses" if a is not None and b is not None and a != b else "touches"


def shape_of(body: Polyhedron | None) -> Shape | None:
    """None where there is nothing."""
    return None if body is None else as_shape(body)
