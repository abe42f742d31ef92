"""What `boundary` says of a level set on a plane or in space: its parts joined, the classes, their Betti numbers."""

from __future__ import annotations

from math import isfinite
from typing import Any

from workings.answers.complexes import box_of, certainty, partial, slice_dict
from workings.answers.geometry import exact, shape_dict
from workings.document import Block, Paragraph, Picture, Table
from workings.geometry import Part
from workings.geometry.fast.levelset import LevelSet
from workings.geometry.space.levelset import SpaceLevelSet
from workings.geometry.space.topology import space_classes
from workings.geometry.topology import ClassTopology, cells_of, classes
from workings.limits import MAX_LISTED_CELLS

Levels = LevelSet | SpaceLevelSet
MAX_CLASS_CELLS = 4_000       # cells above which the classes are not listed cell by cell


def as_dict(found: Levels) -> dict[str, Any]:
    """The `boundary` object of INTERFACE.md; on a slice the coordinates are s and t, lengths those of input space."""
    complex_ = found.complex
    out: dict[str, Any] = {
        "inputs": list(complex_.layers.domain.plane.names), "outputs": list(found.outputs), "level": str(found.level),
        "boundary": [part_dict(part) for part in parts(found)],
        "classes": _classes(found),
        "symmetries": [], "length": found.length, "box": box_of(complex_),
        "tally": {"signs": complex_.tally.signs, "exact": complex_.tally.exact}, "certified": complex_.certified,
        "steps": [],
    }
    if isinstance(found, SpaceLevelSet):
        out["area"] = found.area
    if complex_.layers.domain.plane.sliced:
        out["slice"] = slice_dict(complex_)
    if found.partial:
        out |= {"partial": found.partial, "done": round(complex_.done, 6)}
    return out


def parts(found: Levels) -> list[Part]:
    """Straight stretches, joined; where they are too many to be joined in fractions, a refusal."""
    from workings.errors import InputTooLarge

    many, what = (len(found.faces), "faces") if isinstance(found, SpaceLevelSet) else (len(found.edges), "edges")
    if many > MAX_LISTED_CELLS:
        raise InputTooLarge(f"{many} {what} are too many to be listed in exact numbers",
                            expected=f"at most {MAX_LISTED_CELLS}", hint="-o boundary.npz")
    return found.parts() if isinstance(found, SpaceLevelSet) else found.joined()


def part_dict(part: Part) -> dict[str, Any]:
    """One part of the boundary."""
    out: dict[str, Any] = {"type": part.type, "kind": part.kind}
    if part.shape is not None:
        out |= shape_dict(part.shape)
    elif part.type == "point":
        out["at"] = exact(part.points[0])
    elif part.type == "segment":
        out |= {"from": exact(part.points[0]), "to": exact(part.points[1])}
    else:
        assert part.direction is not None
        out |= {"through" if part.type == "line" else "from": exact(part.points[0]), "dir": exact(part.direction)}
    return {**out, "between": list(part.between)} if part.between else out


def _classes(found: Levels) -> list[dict[str, Any]]:
    own = cells_of(found)
    listed = sum(int(inside.sum()) for _, inside in own) <= MAX_CLASS_CELLS
    out = []
    for (label, inside), told in zip(own, betti(found)):
        entry: dict[str, Any] = {"label": label, "components": told.components, "holes": told.holes}
        if told.cavities is not None:
            entry["cavities"] = told.cavities
        size = "area" if told.cavities is None else "volume"
        entry |= {"cells": told.cells, size: told.area if isfinite(told.area) else None}
        if len(found.outputs) == 1:
            entry = {"sign": -1 if "<" in label else 1, **entry}
        else:
            entry["output"] = label
        if listed:
            entry["regions"] = [_polygon(found, int(c)) for c in inside.nonzero()[0]]
        out.append(entry)
    return out


def betti(found: Levels) -> tuple[ClassTopology, ...]:
    """The components, holes and cavities of each class."""
    return space_classes(found) if isinstance(found, SpaceLevelSet) else classes(found)


def _polygon(found: Levels, cell: int) -> dict[str, Any]:
    vertices, rays = found.complex.shape(cell)
    return {"vertices": [exact(v) for v in vertices], "rays": [exact(r) for r in rays]}


# --- the page ---


def blocks(found: Levels) -> tuple[Block, ...]:
    """How long the boundary is, the classes, and the picture."""
    out: list[Block] = [Paragraph((summary(found),)), Paragraph((certainty(found.complex),))]
    if found.partial:
        out.append(Paragraph((partial(found.complex),)))
    told = betti(found)
    out.append(betti_table(told))
    if isinstance(found, LevelSet) and not found.complex.layers.domain.plane.line:
        from workings.figures.atlas import boundary_atlas

        figure = boundary_atlas(found)
        out.append(Picture(figure, ("The classes.",), figure.description, "boundary"))
    return tuple(out)


def betti_table(told: tuple[ClassTopology, ...]) -> Table:
    """One line a class; in space its cavities as well."""
    space = any(c.cavities is not None for c in told)
    head = ("Class", "Components", "Holes", *(("Cavities", "Volume") if space else ("Area",)))
    rows = []
    for c in told:
        if c.cells:
            size = f"{c.area:.6g}" if isfinite(c.area) else "infinite"
            more = (str(c.cavities),) if space else ()
            rows.append(tuple((v,) for v in (c.label, str(c.components), str(c.holes), *more, size)))
    return Table(tuple((v,) for v in head), tuple(rows))


def summary(found: Levels) -> str:
    """How many edges, how long."""
    what = (f"{found.outputs[0]} = {found.level}" if len(found.outputs) == 1 else
            "where the largest of " + ", ".join(found.outputs) + " changes")
    if isinstance(found, SpaceLevelSet):
        said = f"The boundary {what}: {len(found.faces):,} faces, {int(found.crosses.sum()):,} of them crossed"
        said += f", {len(found.lines)} isolated edges" if found.lines else ""
        said += f", {len(found.points)} isolated points" if found.points else ""
        said += f", {len(found.regions):,} whole cells" if len(found.regions) else ""
        return said + (f"; area {found.area:.8g}." if found.area is not None else "; infinitely large.")
    if found.complex.layers.domain.plane.line:
        return f"The boundary {what}: {len(found.edges)} points on the line."
    crossing = int(found.crosses.sum())
    said = f"The boundary {what}: {len(found.edges):,} edges, {crossing:,} of them crossed"
    said += f", {len(found.points)} isolated points" if len(found.points) else ""
    said += f", {len(found.regions):,} whole cells" if len(found.regions) else ""
    return said + (f"; length {found.length:.8g}." if found.length is not None else "; infinitely long.")
