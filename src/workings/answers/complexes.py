"""What `pieces` says of a complex of a plane or space: counts always, every cell where they are not too many."""

from __future__ import annotations

from typing import Any

from workings.answers.geometry import box_dict, exact
from workings.document import Block, Paragraph, Picture, Table
from workings.errors import InputTooLarge
from workings.geometry.fast.complex import Complex
from workings.geometry.space.complex import SpaceComplex
from workings.geometry.stack import Units
from workings.limits import MAX_LISTED_CELLS

Cells = Complex | SpaceComplex


def as_dict(found: Cells) -> dict[str, Any]:
    """The `pieces` object of INTERFACE.md; on a slice the coordinates are s and t."""
    out: dict[str, Any] = {
        "inputs": list(found.layers.domain.plane.names), "outputs": list(found.layers.outputs), "units": units(found),
    }
    if found.chunk is not None:
        out["regions"] = regions(found)
    return {**out, **counts(found), "steps": []}


def counts(found: Cells) -> dict[str, Any]:
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


def box_of(found: Cells) -> Any:
    """The box in the coordinates of the plane; "all" without one."""
    domain = found.layers.domain
    return "all" if domain.box is None and not domain.bounded else box_dict(domain.box)


def slice_dict(found: Cells) -> dict[str, Any]:
    """x = origin + s * along + t * across; in space the ways of s, t, u."""
    plane = found.layers.domain.plane
    if isinstance(found, SpaceComplex):
        return {"origin": exact(plane.origin), "ways": [exact(way) for way in plane.ways]}
    out = {"origin": exact(plane.origin), "along": exact(plane.along)}
    return out if plane.line else {**out, "across": exact(plane.across)}


def units(found: Cells) -> list[dict[str, str]]:
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


def regions(found: Cells) -> list[dict[str, Any]]:
    """Every cell in the order +++, ++-, …, with its map, corners and a point within, all exact."""
    cells = len(found.offsets) - 1
    if cells > MAX_LISTED_CELLS:
        raise InputTooLarge(f"{cells} cells are too many to be listed in exact numbers",
                            expected=f"at most {MAX_LISTED_CELLS}", hint="--count, or -o cells.npz")
    order = sorted(range(cells), key=found.pattern)
    return [region(found, cell, number) for number, cell in enumerate(order, start=1)]


def region(found: Cells, cell: int, number: int) -> dict[str, Any]:
    """One cell."""
    names = found.layers.domain.plane.names
    vertices, rays = found.shape(cell)
    affine = {}
    for name, row in zip(found.layers.outputs, found.exact_map(cell)):
        affine[name] = {"const": str(row[-1]), **{n: str(c) for n, c in zip(names, row) if c}}
    return {
        "number": number, "pattern": found.pattern(cell), "status": "full", "affine": affine,
        "sample": exact(found.inner(cell)), "vertices": [exact(v) for v in vertices],
        "rays": [exact(r) for r in rays],
    }


# --- the page ---


def blocks(found: Cells) -> tuple[Block, ...]:
    """How many cells there are, how sure that is, the layers, and the picture."""
    out: list[Block] = [Paragraph((summary(found),)), Paragraph((certainty(found),))]
    if found.partial:
        out.append(Paragraph((partial(found),)))
    out.append(_layers(found))
    if isinstance(found, Complex) and found.chunk is not None and not found.layers.domain.plane.line:
        from workings.figures.atlas import cells_figure

        figure = cells_figure(found)
        out.append(Picture(figure, ("The cells.",), figure.description, "cells"))
    return tuple(out)


def summary(found: Cells) -> str:
    """How many of what."""
    own = found.counts
    domain = found.layers.domain
    whole = "in the whole space" if isinstance(found, SpaceComplex) else (
        "on the line" if domain.plane.line else "in the plane")
    where = "on the slice" if domain.plane.sliced else "in the box" if domain.bounded else whole
    said = f"{own.cells:,} cells {where} with {own.maps:,} different functions"
    if own.cells_after_output != own.cells:
        said += f"; cut also where an output is 0, {own.cells_after_output:,}"
    if own.vertices is not None:
        said += f"; {own.vertices:,} vertices and {own.edges:,} edges"
    if own.zero_cells:
        said += f"; on {own.zero_cells:,} of them every output is 0"
    return said + "."


def certainty(found: Any) -> str:
    """certified: n signs, k decided exactly."""
    return f"Certified: {found.tally.signs:,} signs, {found.tally.exact:,} decided exactly."


def partial(found: Cells) -> str:
    """What is missing, and why."""
    what = "walk was done" if isinstance(found, SpaceComplex) else "area was walked"
    return f"Partial: {found.partial}; {100 * found.done:.1f} % of the {what}."


def _layers(found: Cells) -> Table:
    """One line a layer of units."""
    rows = []
    for node in found.stack.nodes:
        if isinstance(node, Units):
            rows.append(((node.name or "–",), (node.function,), (f"{node.size:,}",)))
    return Table((("Layer",), ("Function",), ("Units",)), tuple(rows))
