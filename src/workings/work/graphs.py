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
    from workings.geometry.space.complex import SpaceComplex

MAX_ROWS = 600                # units for which the inequalities of one cell are worked out


def dual_graph(found: Complex | SpaceComplex) -> Any:
    """A NetworkX graph: nodes are cells with `pattern` and `area`, edges the sides of two, with their `unit`."""
    try:
        import networkx
    except ImportError:
        raise NotInstalled("the graph of cells needs networkx", hint="pip install 'workings[graph]'") from None
    graph = networkx.Graph()
    for cell, area in enumerate(found.areas.tolist()):
        graph.add_node(cell, pattern=found.pattern(cell), area=area)
    number = found.layers.numbers
    for own, beyond, crease in zip(found.facet_owner.tolist(), found.neighbours.tolist(), found.creases.tolist()):
        if own < beyond:
            graph.add_edge(own, beyond, unit=int(number[crease]))
    return graph


@dataclass(frozen=True, slots=True)
class CellAt:
    """A cell in exact numbers: `rows` are its inequalities, row . (x, 1) >= 0, none of them idle.

    `vertices`, `rays`: None above three inputs.  `affine`: each output as coefficients and a constant.
    """

    inputs: tuple[str, ...]
    at: Point
    pattern: str
    rows: tuple[Row, ...]
    vertices: tuple[Point, ...] | None
    rays: tuple[Point, ...] | None
    affine: dict[str, tuple[Fraction, ...]]


def cell_at(net: Network, found: Complex | SpaceComplex | None, point: Any) -> CellAt:
    """The cell that holds a point of the inputs (or of a slice's coordinates), by the signs of its units there."""
    from workings.exact import rational
    from workings.geometry.lower import lower
    from workings.work.regions import lowered

    values = [rational(v, "a coordinate of the point") for v in point]
    if found is not None:
        return _in_complex(found, tuple(values))
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
    return CellAt(program.inputs, tuple(values), signs, tuple(facets(body)), None if shape is None else shape.vertices,
                  None if shape is None else shape.rays, affine)


def _in_complex(found: Complex | SpaceComplex, point: Point) -> CellAt:
    """Of the cells whose closure holds the point the first in the order +++ … ---: the one with its signs there."""
    names = found.layers.domain.plane.names
    if len(point) != len(names):
        raise BadValue(f"the point has {len(point)} coordinates", expected=", ".join(names))
    held = [(found.pattern(cell), cell) for cell in _candidates(found, [float(v) for v in point])
            if all(_value(row, point) >= 0 for row in found.sides(cell))]
    if not held:
        raise BadValue(f"({', '.join(map(str, point))}) is not in the domain", expected="a point of the box")
    pattern, cell = min(held)
    size = len(names)
    affine = {n: (*m[:size], m[-1]) for n, m in zip(found.layers.outputs, found.exact_map(cell))}
    return CellAt(names, point, pattern, tuple(found.sides(cell)), *found.shape(cell), affine)


def _value(row: Row, point: Point) -> Fraction:
    return sum((c * v for c, v in zip(row, point)), Fraction(row[-1]))


def _candidates(found: Complex | SpaceComplex, where: list[float]) -> list[int]:
    """Cells whose rectangle comes near the point; all that reach to infinity."""
    import numpy as np

    x, start = found.vertices[:, : len(where)], found.offsets[:-1]
    low, high = np.minimum.reduceat(x, start), np.maximum.reduceat(x, start)
    wide = 1e-9 * (1 + np.abs(x[~found.infinite]).max(initial=0.0))
    near = ((low - wide <= where) & (high + wide >= where)).all(axis=1)
    open_ = np.add.reduceat(found.infinite.astype(int), start) > 0
    return np.flatnonzero(near | open_).tolist()
