"""How many: cells, cells cut also where the output is 0, affine maps, vertices and edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from workings.exact import integer_row
from workings.geometry.data import Counts, Row, Tally
from workings.geometry.intervals import Interval, along, merged
from workings.geometry.program import Program
from workings.geometry.polyhedron import Polyhedron, edges, point, split
from workings.geometry.walk import Cell


def count(program: Program, cells: Sequence[Cell], tally: Tally) -> Counts:
    """The counts of the full cells; vertices and edges in the plane."""
    size = len(program.inputs)
    forms = [program.whole_named[name] for name in program.outputs]
    maps = [tuple(program.whole.map(form, cell.maps) for form in forms) for cell in cells]
    counts = Counts(
        len(cells),
        sum(_parts(cell.body, [integer_row(m) for m in own], tally) for cell, own in zip(cells, maps)),
        len(set(maps)),
        sum(not any(any(m) for m in own) for own in maps),
    )
    if size == 2:
        counts.vertices, counts.edges = complex_of(cell.body for cell in cells)
    return counts


def _parts(body: Polyhedron, rows: Iterable[Row], tally: Tally) -> int:
    """Into how many full-dimensional parts the rows cut a set."""
    parts = [body]
    for row in rows:
        if any(row[:-1]):
            halves = [half for part in parts for half in split(part, row, tally)]
            parts = [half for half in halves if not half.empty and not half.flat]
    return len(parts)


def complex_of(bodies: Iterable[Polyhedron]) -> tuple[int, int]:
    """Vertices and edges of the cells of a plane; an edge ends wherever a vertex lies on it."""
    corners: set[tuple[Fraction, ...]] = set()
    sides: dict[Row, list[Interval]] = {}
    for body in bodies:
        if not body.lines:
            corners |= {point(g) for g, _ in body.generators if g[-1]}
        for row, ends in edges(body):
            sides.setdefault(row, []).append(along(row, ends))
    return len(corners), sum(len(merged(found)) for found in sides.values())
