"""The pictures of the plane in sentences, and the words in them."""

from __future__ import annotations

from workings.expr import Expr, Ref, Rel, substitute
from workings.figures.axes import number, sum_of
from workings.figures.shapes import Label
from workings.geometry import Boundary, Part, Pieces, Point, Region, Side
from workings.geometry import Shape as Set
from workings.notation import plain

SPOKEN = 40                   # domains above which they are counted only


def point(p: Point) -> str:
    """(1, -1/2)"""
    return f"({', '.join(str(v) for v in p)})" if len(p) > 1 else str(p[0])


def domains_title(pieces: Pieces, name: str) -> str:
    """How many domains there are."""
    many = len(pieces.full)
    return f"The {many} domains of {name}" if many != 1 else f"The one domain of {name}"


def domains(pieces: Pieces, name: str) -> str:
    """Each domain with its function and where it lies."""
    said = [f"{domains_title(pieces, name)}, in which it is affine."]
    creases = [f"{plain(crease(pieces, i))} = 0" for i in range(len(pieces.units))]
    if creases:
        said.append(f"Creases: {'; '.join(creases[:SPOKEN])}.")
    said += [f"{region(pieces, r, name)}." for r in pieces.full[:SPOKEN]]
    return " ".join(said)


def crease(pieces: Pieces, index: int) -> Expr:
    """The pre-activation of a unit over inputs and names of the text: inner units written out."""
    pre = pieces.units[index].pre
    for gate in reversed(pieces.gates):
        pre = substitute(pre, {gate.name: gate.call})
    return pre


def region(pieces: Pieces, r: Region, name: str) -> str:
    """One domain: its number, pattern, function and extent."""
    *slope, const = r.affine[name]
    value = plain(sum_of(slope, pieces.inputs, const))
    where = f"; {extent(r.shape)}" if r.shape is not None else ""
    return f"Domain {r.number}, pattern {r.pattern}: {name} = {value}{where}"


def extent(shape: Set) -> str:
    """The corners and directions of a convex set."""
    parts = []
    if shape.vertices and shape.pointed:
        parts.append(f"corner{'s' if len(shape.vertices) > 1 else ''} {', '.join(map(point, shape.vertices))}")
    if shape.rays:
        plural = "s" if len(shape.rays) > 1 else ""
        parts.append(f"without end in direction{plural} {', '.join(map(point, shape.rays))}")
    return ", ".join(parts)


def boundary_title(b: Boundary) -> str:
    """What the boundary is of."""
    if len(b.outputs) > 1:
        return f"Where the largest of {', '.join(b.outputs)} changes"
    return f"The boundary {b.outputs[0]} = {b.level}"


def boundary_label(b: Boundary) -> Label:
    """The same as a label."""
    if len(b.outputs) > 1:
        return "boundary between the largest outputs"
    return ("boundary ", Rel((Ref(b.outputs[0]), number(b.level)), ("=",)))


def boundary(b: Boundary) -> str:
    """Its parts, and what lies on each side."""
    said = [f"{boundary_title(b)}: {len(b.parts)} part{'' if len(b.parts) == 1 else 's'}."]
    said += [f"{part(p).capitalize()}." for p in b.parts[:SPOKEN]]
    said += [f"{side(b, s)}: {'; '.join(extent(shape) for shape in s.regions[:SPOKEN])}." for s in b.classes]
    return " ".join(said)


def part(p: Part) -> str:
    """One part of a boundary."""
    how = "" if p.kind == "crosses" else ", where the sign does not change"
    if p.type == "segment":
        return f"segment from {point(p.points[0])} to {point(p.points[1])}{how}"
    if p.type == "ray" and p.direction is not None:
        return f"ray from {point(p.points[0])} in direction {point(p.direction)}{how}"
    if p.type == "line" and p.direction is not None:
        return f"line through {point(p.points[0])} in direction {point(p.direction)}{how}"
    if p.type == "region" and p.shape is not None:
        return f"a whole region, {extent(p.shape)}{how}"
    return f"point {', '.join(map(point, p.points))}{how}"


def class_label(s: Side) -> str:
    """The name of a class, if the text gives one."""
    return s.label


def side_label(b: Boundary, s: Side) -> Label:
    """A class and what holds there, for the legend."""
    rule = condition(b, s)
    parts = rule if isinstance(rule, tuple) else (rule,)
    return (f"{s.label}: ", *parts) if s.label else rule


def condition(b: Boundary, s: Side) -> Label:
    """What holds on a side."""
    if s.sign is None:
        return (Ref(s.output), " largest")
    return Rel((Ref(s.output), number(b.level)), ("<" if s.sign < 0 else ">",))


def side(b: Boundary, s: Side) -> str:
    """A side in words."""
    what = f"{s.output} is largest" if s.sign is None else f"{s.output} {'<' if s.sign < 0 else '>'} {b.level}"
    return f"{s.label} ({what})" if s.label else f"Where {what}"
