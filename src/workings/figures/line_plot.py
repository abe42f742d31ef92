"""A function of one input: its graph, its creases, and where it has a level."""

from __future__ import annotations

from fractions import Fraction

from workings.expr import Ref, Rel
from workings.figures import plane_words as words
from workings.figures.axes import LEFT, TOP, number
from workings.figures.placing import Wish, place
from workings.figures.plane_canvas import NUMBER, SMALL_TEXT, Plane
from workings.figures.plane_view import SIDE, View, rounded, span
from workings.figures.shapes import Circle, Figure, Measure, Place, Text, line, rectangle
from workings.geometry import Boundary, Pieces, Region, Side
from workings.geometry import Shape as Set

HIGH = 230.0                  # of the frame
CLASS_ROLES = ("class1", "class2", "class3", "class4")


def line_figure(
    pieces: Pieces, name: str, boundary: Boundary | None, title: str, description: str, measure: Measure
) -> Figure:
    """The graph of a piecewise affine function; with a boundary also its level and the classes."""
    level = boundary.level if boundary is not None else None
    plot = Plane(pieces, _view(pieces, name, level), measure)
    ends = [_ends(plot.shown, r.shape) for r in pieces.full]
    for i, side in enumerate(boundary.classes if boundary is not None else ()):
        assert boundary is not None
        _draw_side(plot, boundary, side, CLASS_ROLES[i % len(CLASS_ROLES)])
    if boundary is None:
        _draw_domains(plot, ends)
    curve: list[tuple[Place, Place]] = []
    for region, (low, high) in zip(pieces.full, ends):
        run = [plot.shown.at((x, _value(region, name, x))) for x in (low, high)]
        plot.lines.append(line(run, "curve", words.region(pieces, region, name)))
        curve.append((run[0], run[1]))
    if boundary is not None:
        _draw_level(plot, boundary, curve)
    else:
        _name_creases(plot, curve)
    return plot.figure(title, description, (pieces.inputs[0], name))


def _view(pieces: Pieces, name: str, level: Fraction | None) -> View:
    xs = [float(v[0]) for r in pieces.full if r.shape is not None and r.shape.pointed for v in r.shape.vertices]
    low, high = span(xs, None if pieces.box is None else pieces.box[0])
    if pieces.box is None:
        low, high = rounded(low, high)
    wide = View((low, 0), (high, 1), 0, 0, 1, 1)
    ys = [_value(r, name, x) for r in pieces.full for x in _ends(wide, r.shape)]
    ys += [] if level is None else [float(level)]
    room = 0.12 * (max(ys) - min(ys)) or 1.0
    bottom, top = rounded(min(ys) - room, max(ys) + room)
    return View((low, bottom), (high, top), LEFT, TOP, SIDE, HIGH)


def _ends(shown: View, shape: Set | None) -> tuple[float, float]:
    """The shown part of an interval."""
    low, high = shown.low[0], shown.high[0]
    if shape is None:
        return low, high
    values = [float(v[0]) for v in shape.vertices]
    first = low if any(r[0] < 0 for r in shape.rays) else max(low, min(values))
    last = high if any(r[0] > 0 for r in shape.rays) else min(high, max(values))
    return first, last


def _value(region: Region, name: str, x: float) -> float:
    slope, const = region.affine[name]
    return float(slope) * x + float(const)


def _draw_domains(plot: Plane, ends: list[tuple[float, float]]) -> None:
    """Each piece a strip with its number; each crease a line with its place."""
    bottom, top = plot.shown.low[1], plot.shown.high[1]
    for region, (low, high) in zip(plot.pieces.full, ends):
        (x, y), (right, low_y) = plot.shown.at((low, top)), plot.shown.at((high, bottom))
        role = "shade" if region.pattern.count("-") % 2 else "domain"
        plot.fills.append(rectangle(x, y, right - x, low_y - y, role, f"domain {region.number}"))
        if right - x > 24:
            plot.labels.append(Circle((x + right) / 2, y + 16, 10, "badge"))
            plot.labels.append(Text(str(region.number), (x + right) / 2, y + 16, "number", size=NUMBER))
    for point in _creases(plot):
        plot.lines.append(line([plot.shown.at((point, top)), plot.shown.at((point, bottom))], "crease"))


def _creases(plot: Plane) -> list[Fraction]:
    shapes = [r.shape for r in plot.pieces.full if r.shape is not None and r.shape.pointed]
    found = sorted({v[0] for shape in shapes for v in shape.vertices})
    return [point for point in found if plot.shown.low[0] < point < plot.shown.high[0]]


def _name_creases(plot: Plane, curve: list[tuple[Place, Place]]) -> None:
    """The place of each crease, on its line where neither the graph nor another label is; else in the legend."""
    bottom, top = plot.shown.low[1], plot.shown.high[1]
    names = [Rel((Ref(plot.pieces.inputs[0]), number(point)), ("=",)) for point in _creases(plot)]
    wishes = []
    for name, point in zip(names, _creases(plot)):
        (x, high), (_, low) = plot.shown.at((point, top)), plot.shown.at((point, bottom))
        box = plot.measure(name)
        run = [(x, high + 20 + (low - high - 20) * k / 40) for k in range(41)]
        wishes.append(Wish(box.width * SMALL_TEXT, (box.above + box.below) * SMALL_TEXT, run))
    badges = [(c.x - 11, c.y - 11, c.x + 11, c.y + 11) for c in plot.labels if isinstance(c, Circle)]
    # the other creases may pass behind a label, the graph may not
    for name, (spot, free) in zip(names, place(wishes, badges, 0.1, curve)):
        if free:
            plot.labels.append(Text(name, *spot, "weight", size=SMALL_TEXT, halo="box"))
        else:
            plot.legend.append(("number", ("crease at ", name)))


def _draw_side(plot: Plane, boundary: Boundary, side: Side, role: str) -> None:
    bottom, top = plot.shown.low[1], plot.shown.high[1]
    for shape in side.regions:
        low, high = _ends(plot.shown, shape)
        (x, y), (right, low_y) = plot.shown.at((low, top)), plot.shown.at((high, bottom))
        plot.fills.append(rectangle(x, y, right - x, low_y - y, role, words.side(boundary, side)))
    if side.regions:
        plot.legend.append((role, words.side_label(boundary, side)))


def _draw_level(plot: Plane, boundary: Boundary, curve: list[tuple[Place, Place]]) -> None:
    """The level as a dashed line, and the points where the function has it."""
    level = boundary.level
    run = [plot.shown.at((x, level)) for x in (plot.shown.low[0], plot.shown.high[0])]
    plot.lines.append(line(run, "crease", words.boundary_title(boundary)))
    for part in boundary.parts:
        for point in part.points[:1] if part.type == "point" else ():
            x, y = plot.shown.at((point[0], level))
            plot.labels.append(Circle(x, y, 4, "vertex", words.part(part)))
            plot.taken.append((x - 5, y - 5, x + 5, y + 5))
    for part in boundary.parts:
        for point in part.points[:1] if part.type == "point" else ():
            where = Rel((Ref(boundary.inputs[0]), number(point[0])), ("=",))
            if not plot.beside(where, plot.shown.at((point[0], level)), curve):
                plot.legend.append(("number", where))
        if part.shape is not None:
            low, high = _ends(plot.shown, part.shape)
            plot.lines.append(line([plot.shown.at((low, level)), plot.shown.at((high, level))], "boundary"))
    plot.legend.append(("vertex", words.boundary_label(boundary)))
