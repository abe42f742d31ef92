"""Where a network jumps its own value on the crease decides: the cells of creases, and the outputs on them.

On a crease no side's map need hold, so the creases are walked as cells of their own, with the maps that hold on them.
"""

from __future__ import annotations

from dataclasses import dataclass

from workings.exact import dot
from workings.geometry.data import Box, Map, Row, Tally
from workings.geometry.program import Program
from workings.geometry.polyhedron import Polyhedron, space, within
from workings.geometry.walk import Gap, walk


@dataclass(slots=True, eq=False)
class Seam:
    """A cell of a crease on which a unit that jumps is 0, closed, with the outputs' maps on it."""

    body: Polyhedron
    maps: tuple[Map, ...]


def seams(program: Program, box: Box | None, tally: Tally) -> list[Seam]:
    """Every cell on which at least one unit that jumps is exactly 0."""
    three = {gate.units[0] for gate in program.gates if gate.jumps}
    if not three:
        return []
    forms = [program.whole_named[name] for name in program.outputs]
    out = []
    for found in walk(program, within(space(len(program.inputs)), box), tally, three=three):
        if not isinstance(found, Gap) and "0" in found.signs:
            out.append(Seam(found.body, tuple(program.whole.map(form, found.maps) for form in forms)))
    return out


def vanishes(body: Polyhedron, row: Row) -> bool:
    """Is the row 0 on the whole set?"""
    return not any(dot(row, g) for g, _ in body.generators) and not any(dot(row, line) for line in body.lines)
