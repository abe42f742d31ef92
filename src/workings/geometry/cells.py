"""The pieces of a network: every sign pattern with its domain and map, or why it is empty."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from workings.errors import InputTooLarge
from workings.exact import dot, integer_row
from workings.expr import Network
from workings.geometry import certify
from workings.geometry.box import read_box
from workings.geometry.counts import count
from workings.geometry.data import (
    Box, Certificate, Crease, Fact, Map, Pieces, Region, Row, Tally,
)
from workings.geometry.farkas import contradiction, total
from workings.geometry.lower import lower
from workings.geometry.program import Program
from workings.geometry.polyhedron import as_shape, box_rows, negated, space, within
from workings.geometry.sample import sample
from workings.geometry.walk import Cell, Gap, signed, walk
from workings.limits import MAX_CELLS, MAX_LISTED_EMPTY, NAMED_MAPS



def pieces(net: Network, box: Any = None) -> Pieces:
    """Every sign pattern of the units: its domain and affine maps, or the contradiction that makes it empty.

    `box`: pairs (low, high), one for each input; None or "all": all of R^n.  Raises `OutOfReach` where the
    network is not piecewise linear.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> answer = pieces(read("y = max(0, x1) - max(0, x2)", signatures()))
    >>> [(region.pattern, region.status) for region in answer.regions]
    [('++', 'full'), ('+-', 'full'), ('-+', 'full'), ('--', 'full')]
    """
    program = lower(net)
    answer = pieces_of(program, read_box(box, program.inputs))
    answer.spelling = net.spelling
    return answer


def pieces_of(program: Program, box: Box | None) -> Pieces:
    """The pieces of a network already lowered."""
    tally = Tally()
    body = within(space(len(program.inputs)), box)
    cells: list[Cell] = []
    gaps: list[Gap] = []
    for found in walk(program, body, tally):
        if isinstance(found, Gap):
            gaps.append(found)
            continue
        cells.append(found)
        if len(cells) > MAX_CELLS:
            raise InputTooLarge(
                f"the network has more than {MAX_CELLS} pieces", expected="fewer pieces", hint="give a smaller box",
            )
    regions = tuple(_regions(program, cells, gaps, box, tally))
    counts = count(program, [c for c in cells if c.full], tally)
    counts.thin = sum(not c.full for c in cells)
    counts.empty = 2 ** len(program.units) - len(cells)
    named = tuple(program.output(name) for name in program.named)
    answer = Pieces(
        program.inputs, tuple(program.output(n) for n in program.outputs), program.units, program.gates, regions,
        counts, box, tally, named=named,
    )
    answer.certified = certify.pieces(program, answer)
    return answer


def _regions(program: Program, cells: list[Cell], gaps: list[Gap], box: Box | None, tally: Tally) -> Iterator[Region]:
    """In the order +++, ++-, …, ---; empty ones among them where there are few units."""
    units = len(program.units)
    names = program.outputs if len(cells) * len(program.named) > NAMED_MAPS else tuple(program.named)
    by_signs = {cell.signs: cell for cell in cells}
    if units > MAX_LISTED_EMPTY:
        for number, cell in enumerate(cells, start=1):
            yield _region(program, number, cell, names, tally)
        return
    reasons = {gap.signs: _reason(gap, box) for gap in gaps}
    for number, signs in enumerate(map("".join, product("+-", repeat=units)), start=1):
        if signs in by_signs:
            yield _region(program, number, by_signs[signs], names, tally)
        else:
            prefix = next(signs[:k] for k in range(1, units + 1) if signs[:k] in reasons)
            yield Region(number, signs, "empty", empty=reasons[prefix])


def _region(program: Program, number: int, cell: Cell, names: tuple[str, ...], tally: Tally) -> Region:
    maps = {name: program.whole.map(program.whole_named[name], cell.maps) for name in names}
    return Region(
        number, cell.signs, "full" if cell.full else "thin", cell.rows, maps, as_shape(cell.body),
        sample(cell.body), None, tuple(_creases(program, cell, maps, tally)),
    )


def _reason(gap: Gap, box: Box | None) -> Certificate:
    """Multipliers for the inequalities of a prefix; the sides of the box only where they are needed."""
    own = signed(gap.rows, gap.signs)
    sides = [(row, False) for row in box_rows(box)]
    facts = own
    multipliers = contradiction(own)
    if multipliers is None:
        facts = sides + own
        multipliers = contradiction(facts)
    assert multipliers is not None, "an empty pattern has a contradiction"
    constant = total(facts, multipliers)
    assert constant is not None
    before = len(facts) - len(own)
    return Certificate(tuple(
        Fact(m, negated(row) if strict else row, strict, i - before if i >= before else None)
        for i, (m, (row, strict)) in enumerate(zip(multipliers, facts)) if m
    ), constant, len(gap.signs))


def _creases(program: Program, cell: Cell, maps: dict[str, Map], tally: Tally) -> Iterator[Crease]:
    """Where a jumping unit is exactly 0 within the cell, and an output is not what its map says."""
    own = [g for g in program.forms if g.crease is not None and cell.signs[g.units[0]] == "+"]
    if not own or not any(_touches(cell, cell.rows[g.units[0]]) for g in own):
        return
    three = {g.units[0] for g in program.forms if g.crease is not None}
    for found in walk(program, cell.body, tally, cell.strict, three):
        if isinstance(found, Gap) or "0" not in found.signs:
            continue
        values = {n: program.whole.map(program.whole_named[n], found.maps) for n in program.outputs}
        if any(_differ(values[n], maps[n], found) for n in program.outputs):
            units = tuple(i for i, s in enumerate(found.signs) if s == "0")
            yield Crease(units, as_shape(found.body), values)


def _touches(cell: Cell, row: Row) -> bool:
    """Does the crease meet the closed cell?"""
    return any(not dot(row, g) for g, _ in cell.body.generators if g[-1])


def _differ(a: Map, b: Map, cell: Cell) -> bool:
    """Do two maps differ somewhere on a cell?"""
    row = integer_row([x - y for x, y in zip(a, b)])
    return any(dot(row, g) for g, _ in cell.body.generators) or any(dot(row, line) for line in cell.body.lines)
