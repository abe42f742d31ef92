"""Each full piece cut by the level, or by which output is the largest.

    Part      a convex set with one label: the sign of y - level (-1, 0, 1), or the largest output; more than one
              label where they tie all over it
    walls     the rows that are 0 where the level is met, or where another output is as large
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from workings.exact import integer_row
from workings.geometry.data import Map, Row, Tally
from workings.geometry.polyhedron import Polyhedron, cut, slice_, split
from workings.geometry.symmetry import Symmetry

Label = int | str | tuple[str, ...]


@dataclass(slots=True, eq=False)
class Part:
    number: int                         # of the piece
    body: Polyhedron
    label: Label
    walls: tuple[tuple[Row, Label], ...]


@dataclass(slots=True, eq=False)
class Levels:
    """One piece, cut at the level: the parts below and above, and where the level is met."""

    number: int
    row: Map                            # y - level
    below: Polyhedron | None
    above: Polyhedron | None
    zero: Polyhedron | None
    mirror: int | None = None           # the number of the piece it was mirrored from
    by: Symmetry | None = None

    def parts(self) -> Iterator[Part]:
        row = integer_row(self.row)
        if not any(row):
            assert self.zero is not None
            yield Part(self.number, self.zero, 0, ())
        for body, sign in ((self.below, -1), (self.above, 1)):
            if body is not None:
                yield Part(self.number, body, sign, ((row, 0),) if any(row[:-1]) else ())


def at_level(number: int, body: Polyhedron, values: Map, level: Fraction, tally: Tally) -> Levels:
    """Solve y < level, y > level and y = level in a piece."""
    solved: Map = (*values[:-1], values[-1] - level)
    row = integer_row(solved)
    if not any(row[:-1]):
        value = row[-1]
        return Levels(number, solved, body if value < 0 else None, body if value > 0 else None,
                      None if value else body)
    above, below = split(body, row, tally)
    zero = slice_(body, row, tally)
    return Levels(number, solved, _thick(below), _thick(above), None if zero.empty else zero)


def mirror(levels: Levels, number: int, by: Symmetry) -> Levels:
    """The same for the piece that is the mirror image."""
    below, above, zero = (
        None if body is None else by.body(body) for body in (levels.below, levels.above, levels.zero)
    )
    return Levels(number, by.image(levels.row), below, above, zero, levels.number, by)


def _thick(body: Polyhedron) -> Polyhedron | None:
    return None if body.empty or body.flat else body


def largest(number: int, body: Polyhedron, maps: Sequence[tuple[str, Map]], tally: Tally) -> Iterator[Part]:
    """The parts of a piece by which output is the largest."""
    groups: dict[Map, list[str]] = {}
    for name, values in maps:
        groups.setdefault(values, []).append(name)
    for values, names in groups.items():
        inside, walls = body, []
        for other, others in groups.items():
            if other is not values:
                row = integer_row([a - b for a, b in zip(values, other)])
                inside = cut(inside, row, tally)
                if any(row[:-1]):
                    walls.append((row, others[0]))
        if not inside.empty and not inside.flat:
            yield Part(number, inside, names[0] if len(names) == 1 else tuple(names), tuple(walls))
