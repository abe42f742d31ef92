"""What `pieces` says of a complex of a plane: counts always, every cell where they are not too many."""

from __future__ import annotations

from typing import Any

from workings.answers.geometry import box_dict, exact
from workings.document import Block, Paragraph, Picture, Table
from workings.errors import InputTooLarge
from workings.geometry.exact_cells import corners, inside
from workings.geometry.fast.complex import Complex
from workings.geometry.stack import Units
from workings.limits import MAX_LISTED_CELLS


def as_dict(found: Complex) -> dict[str, Any]:
    """The `pieces` object of INTERFACE.md; on a slice the coordinates are s and t."""
    out: dict[str, Any] = {
        "inputs": list(found.layers.domain.plane.names), "outputs": list(found.layers.outputs), "units": units(found),
    }
    if found.chunk is not None:
        out["regions"] = regions(found)
    return {**out, **counts(found), "steps": []}


def counts(found: Complex) -> dict[str, Any]:
    """The figures that stand on every answer about pieces."""
    own, domain = found.counts, found.layers.domain
    plane = {} if own.vertices is None else {"vertices": own.vertices, "edges": own.edges}
    out: dict[str, Any] = {
        "counts": {"cells": own.cells, "cells_after_output": own.cells_after_output, "maps": own.maps, **plane,
                   "zero_cells": own.zero_cells},
        "box": box_of(found),
        "tally": {"signs": found.tally.signs, "exact": found.tally.exact},
        "certified": found.certified,
        "engine": found.engine,
    }
    if domain.plane.sliced:
        out["slice"] = slice_dict(found)
    if found.partial:
        out |= {"partial": found.partial, "done": round(found.done, 6)}
    return out


def box_of(found: Complex) -> Any:
    """The box in the coordinates of the plane; "all" without one."""
    domain = found.layers.domain
    return "all" if domain.box is None and not domain.bounded else box_dict(domain.box)


def slice_dict(found: Complex) -> dict[str, list[str]]:
    """x = origin + s * along + t * across."""
    plane = found.layers.domain.plane
    out = {"origin": exact(plane.origin), "along": exact(plane.along)}
    return out if plane.line else {**out, "across": exact(plane.across)}


def units(found: Complex) -> list[dict[str, str]]:
    """Each unit in the order of patterns, with the quantity whose entry it switches."""
    out: dict[int, dict[str, str]] = {}
    for node in found.stack.nodes:
        if isinstance(node, Units):
            for place, number in enumerate(node.numbers.reshape(-1).tolist(), start=1):
                made = node.name or "a unit"
                out[number] = {"unit": f"u{number + 1}", "function": node.function,
                               "pre": f"the pre-activation of {made}[{place}]" if node.size > 1 else
                               f"the pre-activation of {made}"}
    return [out[k] for k in sorted(out)]


def regions(found: Complex) -> list[dict[str, Any]]:
    """Every cell in the order +++, ++-, …, with its map, corners and a point within, all exact."""
    cells = len(found.offsets) - 1
    if cells > MAX_LISTED_CELLS:
        raise InputTooLarge(f"{cells} cells are too many to be listed in exact numbers",
                            expected=f"at most {MAX_LISTED_CELLS}", hint="--count, or -o cells.npz")
    order = sorted(range(cells), key=found.pattern)
    return [region(found, cell, number) for number, cell in enumerate(order, start=1)]


def region(found: Complex, cell: int, number: int) -> dict[str, Any]:
    """One cell."""
    names = found.layers.domain.plane.names
    vertices, rays = corners(found, cell)
    affine = {}
    for name, row in zip(found.layers.outputs, found.exact_map(cell)):
        affine[name] = {"const": str(row[2]), **{n: str(c) for n, c in zip(names, row) if c}}
    return {
        "number": number, "pattern": found.pattern(cell), "status": "full", "affine": affine,
        "sample": exact(inside(vertices, rays)), "vertices": [exact(v) for v in vertices],
        "rays": [exact(r) for r in rays],
    }


# --- the page ---


def blocks(found: Complex) -> tuple[Block, ...]:
    """How many cells there are, how sure that is, the layers, and the picture."""
    out: list[Block] = [Paragraph((summary(found),)), Paragraph((certainty(found),))]
    if found.partial:
        out.append(Paragraph((partial(found),)))
    out.append(_layers(found))
    if found.chunk is not None and not found.layers.domain.plane.line:
        from workings.figures.atlas import cells_figure

        figure = cells_figure(found)
        out.append(Picture(figure, ("The cells.",), figure.description, "cells"))
    return tuple(out)


def summary(found: Complex) -> str:
    """How many of what."""
    own = found.counts
    where = "on the slice" if found.layers.domain.plane.sliced else "in the box" if found.layers.domain.bounded else (
        "in the plane" if not found.layers.domain.plane.line else "on the line")
    said = f"{own.cells:,} cells {where} with {own.maps:,} different functions"
    if own.cells_after_output != own.cells:
        said += f"; cut also where an output is 0, {own.cells_after_output:,}"
    if own.vertices is not None:
        said += f"; {own.vertices:,} vertices and {own.edges:,} edges"
    if own.zero_cells:
        said += f"; on {own.zero_cells:,} of them every output is 0"
    return said + "."


def certainty(found: Complex) -> str:
    """certified: n signs, k decided exactly."""
    return f"Certified: {found.tally.signs:,} signs, {found.tally.exact:,} decided exactly."


def partial(found: Complex) -> str:
    """What is missing, and why."""
    return f"Partial: {found.partial}; {100 * found.done:.1f} % of the area was walked."


def _layers(found: Complex) -> Table:
    """One line a layer of units."""
    rows = []
    for node in found.stack.nodes:
        if isinstance(node, Units):
            rows.append(((node.name or "–",), (node.function,), (f"{node.size:,}",)))
    return Table((("Layer",), ("Function",), ("Units",)), tuple(rows))
