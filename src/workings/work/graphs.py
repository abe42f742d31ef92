"""Cells as a graph, and the cell that holds a point."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workings.errors import BadValue, NotInstalled, OutOfReach
from workings.expr import Network
from workings.geometry.data import Point, Row

if TYPE_CHECKING:
    from workings.geometry.fast.complex import Complex

MAX_ROWS = 600                # units for which the inequalities of one cell are worked out


def dual_graph(found: Complex) -> Any:
    """A NetworkX graph: nodes are cells with `pattern` and `area`, edges the sides of two, with their `unit`."""
    try:
        import networkx
    except ImportError:
        raise NotInstalled("the graph of cells needs networkx", hint="pip install 'workings[graph]'") from None
    graph = networkx.Graph()
    for cell, area in enumerate(found.areas.tolist()):
        graph.add_node(cell, pattern=found.pattern(cell), area=area)
    number = found.layers.numbers
    for own, beyond, crease in zip(found.owner.tolist(), found.neighbours.tolist(), found.creases.tolist()):
        if own < beyond:
            graph.add_edge(own, beyond, unit=int(number[crease]))
    return graph


@dataclass(frozen=True, slots=True)
class CellAt:
    """A cell in exact numbers: `rows` are its inequalities, row . (x, 1) >= 0, none of them idle.

    `vertices`, `rays`: None above three inputs.  `affine`: each output as coefficients and a constant.
    """

    pattern: str
    rows: tuple[Row, ...]
    vertices: tuple[Point, ...] | None
    rays: tuple[Point, ...] | None
    affine: dict[str, tuple[Fraction, ...]]


def cell_at(net: Network, found: Complex | None, point: Any) -> CellAt:
    """The cell that holds a point of the inputs (or of a slice's coordinates), by the signs of its units there."""
    from workings.exact import rational
    from workings.geometry.lower import lower
    from workings.work.regions import lowered

    values = [rational(v, "a coordinate of the point") for v in point]
    if found is not None:
        return _in_plane(found, tuple(values))
    program = lower(lowered(net))
    if len(values) != len(program.inputs):
        raise BadValue(f"the point has {len(values)} coordinates, the network {len(program.inputs)} inputs")
    if len(program.units) > MAX_ROWS:
        raise OutOfReach(f"{len(program.units)} units", expected=f"at most {MAX_ROWS}, or a slice")
    return _in_space(program, values)


def _in_space(program: Any, values: list[Fraction]) -> CellAt:
    """Row after row under the signs at the point."""
    from workings.exact import primitive
    from workings.geometry.polyhedron import as_shape, cut, facets, negated, space

    held: tuple[Any, ...] = ()
    signs, body, unit = "", space(len(values)), 0
    rows: list[Row] = []
    for gate, form in zip(program.whole.gates, program.forms):
        for _ in form.units:
            row = primitive(program.whole.pres[unit].of(held))
            value = sum((c * v for c, v in zip(row, values)), Fraction(row[-1]))
            signs += "+" if value >= 0 else "-"
            rows.append(row if value >= 0 else negated(row))
            unit += 1
        own = gate.values[signs[-len(form.units):]]
        last = program.whole.pres[unit - 1].of(held)
        held = (*held, tuple(own * v for v in last) if isinstance(own, int) else own.of(held))
    for row in rows:
        if any(row[:-1]):
            body = cut(body, row)
    shape = as_shape(body) if len(values) <= 3 else None
    affine = {n: program.whole.map(program.whole_named[n], held) for n in program.outputs}
    return CellAt(signs, tuple(facets(body)), None if shape is None else shape.vertices,
                  None if shape is None else shape.rays, affine)


def _in_plane(found: Complex, point: Point) -> CellAt:
    """Of the cells whose closure holds the point, the one with its signs there: the first in the order +++ … ---."""
    from workings.exact import integer_row
    from workings.geometry.exact_cells import corners

    if len(point) != len(found.layers.domain.plane.names):
        raise BadValue(f"the point has {len(point)} coordinates", expected=", ".join(found.layers.domain.plane.names))
    where = (*point, Fraction(0)) if len(point) == 1 else point
    best: tuple[str, int] | None = None
    for cell in _candidates(found, [float(v) for v in where]):
        if _holds(found, cell, where):
            best = min(best or (found.pattern(cell), cell), (found.pattern(cell), cell))
    if best is None:
        raise BadValue(f"({', '.join(map(str, point))}) is not in the domain", expected="a point of the box")
    cell = best[1]
    vertices, rays = corners(found, cell)
    names = found.layers.domain.plane.names
    rows = []
    for corner in range(int(found.offsets[cell]), int(found.offsets[cell + 1])):
        crease = int(found.creases[corner])
        if crease < found.first_open:
            row = integer_row(found.exact_row(crease, cell))
            side = sum((a * b for a, b in zip(row, (*_inner(found, cell), Fraction(1)))), Fraction(0))
            rows.append(tuple(v if side > 0 else -v for v in row))
    affine = {n: (*m[: len(names)], m[2]) for n, m in zip(found.layers.outputs, found.exact_map(cell))}
    return CellAt(best[0], tuple(rows), vertices, rays, affine)


def _inner(found: Complex, cell: int) -> Point:
    """A point within the cell, in two coordinates."""
    from workings.geometry.exact_cells import inside

    if found.layers.domain.plane.line:
        ends = found.exact_cell(cell)
        return tuple(sum((e[i] for e in ends), Fraction(0)) / len(ends) for i in (0, 1))
    from workings.geometry.exact_cells import corners

    return inside(*corners(found, cell))


def _candidates(found: Complex, where: list[float]) -> list[int]:
    """Cells whose rectangle comes near the point; all that reach to infinity."""
    import numpy as np

    x, start = found.vertices, found.offsets[:-1]
    low, high = np.minimum.reduceat(x, start), np.maximum.reduceat(x, start)
    wide = 1e-9 * (1 + np.abs(x[~found.infinite]).max(initial=0.0))
    near = ((low - wide <= where) & (high + wide >= where))
    if found.layers.domain.plane.line:
        near = near[:, :1]
    open_ = np.add.reduceat(found.infinite.astype(int), start) > 0
    return np.flatnonzero(near.all(axis=1) | open_).tolist()


def _holds(found: Complex, cell: int, where: Point) -> bool:
    """Is the point in the closed cell?"""
    inner = _inner(found, cell)
    for corner in range(int(found.offsets[cell]), int(found.offsets[cell + 1])):
        crease = int(found.creases[corner])
        if crease >= found.first_open:
            continue
        a, b, c = found.exact_row(crease, cell)
        if found.layers.domain.plane.line and not a:
            continue
        here, there = a * where[0] + b * where[1] + c, a * inner[0] + b * inner[1] + c
        if here * there < 0:
            return False
    return True
