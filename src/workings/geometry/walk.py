"""The sign patterns that occur: a depth-first walk over the units, + before -, that leaves a branch once it is empty.

A unit's pre-activation is one affine map of the inputs as soon as the signs before it are chosen; the walk
keeps the closed set on which the chosen signs hold and the rows that must hold strictly.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from workings.exact import primitive
from workings.geometry.data import Row, Tally
from workings.geometry.program import Program
from workings.geometry.polyhedron import Polyhedron, cut, negated, slice_, split
from workings.geometry.whole import Held


@dataclass(slots=True, eq=False)
class Cell:
    """Signs chosen so far, the closed set where they hold, `strict`: the bits of its rows that are not 0 there."""

    signs: str
    body: Polyhedron
    strict: int
    rows: tuple[Row, ...] = ()          # pre of each unit so far
    maps: Held = ()                     # of each gate so far, times its scale
    layer: Held = ()                    # pre-activations computed together, from that of the unit numbered `start` on
    start: int = 0

    @property
    def empty(self) -> bool:
        """No point of the closed set lies off all strict rows."""
        return self.body.empty or bool(self.body.flat & self.strict)

    @property
    def full(self) -> bool:
        return not self.body.flat

    def child(self, sign: str, body: Polyhedron, strict: int, rows: tuple[Row, ...]) -> Cell:
        """With one more sign."""
        return Cell(self.signs + sign, body, strict, rows, self.maps, self.layer, self.start)


@dataclass(slots=True, eq=False)
class Gap:
    """A prefix of signs that no point has, with the row of its last unit."""

    signs: str
    rows: tuple[Row, ...]


def walk(
    program: Program, body: Polyhedron, tally: Tally, strict: int = 0, three: Container[int] = (),
) -> Iterator[Cell | Gap]:
    """Every cell that is not empty, in order, and every shortest prefix that is.

    `three`: of these units pre = 0 is a branch too ("0"), and + means > 0.
    """
    last = {gate.units[-1]: g for g, gate in enumerate(program.forms)}
    count, whole = len(program.units), program.whole
    todo = [Cell("", body, strict)]
    while todo:
        cell = todo.pop()
        unit = len(cell.signs)
        if unit == count:
            yield cell
            continue
        if whole.starts[unit] == unit:
            cell.layer, cell.start = whole.layer(unit, cell.maps), unit
        row = primitive(cell.layer[unit - cell.start])
        branches = _branches(cell, row, tally, unit in three)
        todo.extend(_valued(program, child, last.get(unit)) for child in reversed(branches) if not child.empty)
        # gaps are told here, not in the order of the patterns: who lists them sorts them in
        for child in branches:
            if child.empty:
                yield Gap(child.signs, child.rows)


def _branches(cell: Cell, row: Row, tally: Tally, three: bool) -> list[Cell]:
    rows = (*cell.rows, row)
    if not any(row[:-1]):
        return _constant(cell, rows, three)
    bit = 1 << len(cell.body.rows)
    above, below = split(cell.body, row, tally)
    out = [cell.child("+", above, cell.strict | (bit if three else 0), rows)]
    if three:
        out.append(cell.child("0", slice_(cell.body, row, tally), cell.strict, rows))
    out.append(cell.child("-", below, cell.strict | bit, rows))
    return out


def _constant(cell: Cell, rows: tuple[Row, ...], three: bool) -> list[Cell]:
    """The unit does not depend on the inputs here: one sign holds everywhere, the others nowhere."""
    value = rows[-1][-1]
    here = "-" if value < 0 else "0" if three and value == 0 else "+"
    nowhere = cut(cell.body, (0,) * (len(rows[-1]) - 1) + (-1,))
    return [
        cell.child(s, cell.body if s == here else nowhere, cell.strict, rows)
        for s in ("+0-" if three else "+-")
    ]


def _valued(program: Program, cell: Cell, gate: int | None) -> Cell:
    """The cell with the map of the gate whose last unit has just got its sign."""
    if gate is None:
        return cell
    form, count = program.whole.gates[gate], len(program.forms[gate].units)
    signs = cell.signs[-count:]
    chosen = form.values[signs.replace("0", "+")] if signs != "0" or form.crease is None else form.crease
    if isinstance(chosen, int):
        pre = cell.layer[len(cell.signs) - 1 - cell.start]
        value = pre if chosen == 1 else tuple([chosen * v for v in pre])
    else:
        value = chosen.of(cell.maps)
    cell.maps = (*cell.maps, value)
    return cell


def signed(rows: tuple[Row, ...], signs: str) -> list[tuple[Row, bool]]:
    """The inequalities of a pattern as rows that must be >= 0, or > 0 where the flag is set."""
    return [(row, False) if s == "+" else (negated(row), True) for row, s in zip(rows, signs)]
