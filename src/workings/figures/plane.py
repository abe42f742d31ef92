"""Pictures of the plane of two inputs: the numbered domains of the pieces, and the decision boundary.

Both stand in one frame with ticks; what is shown is the box, or all vertices with room around them.
"""

from __future__ import annotations

from math import hypot

from workings.errors import OutOfReach
from workings.expr import Expr, Ref, Rel
from workings.figures import plane_words as words
from workings.figures.axes import LEFT, TOP, equation, number, sum_of
from workings.figures.glyphs import measuring
from workings.figures.line_plot import line_figure
from workings.figures.plane_canvas import FAR, NUMBER, SMALL_TEXT, TEXT, Plane
from workings.figures.plane_view import CLOSE, ROOMY, View, view
from workings.figures.shapes import Circle, Figure, Measure, Place, Text, line, polygon
from workings.geometry import Boundary, Part, Pieces, Point, Region, Side

LABELLED = 60                 # domains above which they bear no labels
LISTED = 8                    # functions beside the picture above which they are left to the list
EQUATIONS = 8                 # parts of a boundary above which they bear no equations
COORDINATES = 12              # vertices above which they bear no coordinates
CLASS_ROLES = ("class1", "class2", "class3", "class4")


def domains_figure(pieces: Pieces, output: str = "", measure: Measure | None = None) -> Figure:
    """Where each piece holds: domains with their number, pattern and function, creases with their equations.

    One input gives the graph of the function.  More than two raise `OutOfReach`.

    >>> from workings.functions import signatures
    >>> from workings.geometry import pieces
    >>> from workings.syntax import read
    >>> domains_figure(pieces(read("y = relu(x1) + relu(x2)", signatures()))).title
    'The 4 domains of y'
    """
    measure = measure or measuring(pieces.spelling)
    name = output or pieces.outputs[0].name
    title = words.domains_title(pieces, name)
    if len(pieces.inputs) == 1:
        return line_figure(pieces, name, None, title, words.domains(pieces, name), measure)
    drawing = Plane(pieces, _view(pieces, []), measure)
    _draw_domains(drawing, name)
    drawing.creases()
    return drawing.figure(title, words.domains(pieces, name))


def boundary_figure(boundary: Boundary, pieces: Pieces | None = None, measure: Measure | None = None) -> Figure:
    """The boundary, its vertices with their coordinates, and the class on each side.

    One input gives the graph of the function with its level.  More than two raise `OutOfReach`.

    >>> from workings.functions import signatures
    >>> from workings.geometry import boundary
    >>> from workings.syntax import read
    >>> boundary_figure(boundary(read("y = relu(x1) + relu(x2) - 1", signatures()))).title
    'The boundary y = 0'
    """
    pieces = pieces or boundary.pieces
    measure = measure or measuring(pieces.spelling)
    title = words.boundary_title(boundary)
    if len(pieces.inputs) == 1:
        return line_figure(pieces, boundary.outputs[0], boundary, title, words.boundary(boundary), measure)
    drawing = Plane(pieces, _view(pieces, [p for part in boundary.parts for p in part.points], boundary), measure)
    _draw_boundary(drawing, boundary)
    return drawing.figure(title, words.boundary(boundary))


def _view(pieces: Pieces, more: list[Point], boundary: Boundary | None = None) -> View:
    if len(pieces.inputs) != 2:
        raise OutOfReach(
            f"a picture of the plane needs two inputs; here are {len(pieces.inputs)}: {', '.join(pieces.inputs)}",
            hint="fix the others by equations of their own, or take a slice",
        )
    points = [v for r in pieces.full if r.shape is not None and r.shape.pointed for v in r.shape.vertices]
    closed = boundary is not None and all(part.type in ("segment", "point") for part in boundary.parts)
    symmetric = boundary is not None and any(s.moved for s in boundary.symmetries)
    return view([*points, *more], pieces.box, symmetric, CLOSE if closed and more else ROOMY, LEFT, TOP)


# --- domains ---


def _draw_domains(plane: Plane, name: str) -> None:
    """Each full domain, shaded like a chessboard (one sign apart is one shade apart), numbered, with its function."""
    full = plane.pieces.full
    for region in full:
        corners = plane.seen(region.shape)
        if len(corners) < 3:
            continue
        role = "shade" if region.pattern.count("-") % 2 else "domain"
        plane.fills.append(polygon(corners, role, words.region(plane.pieces, region, name)))
        if len(full) <= LABELLED:
            choices = _domain_lines(plane, region, name, "shade" if role == "shade" else "rim")
            if plane.block(corners, choices) not in choices[:2]:
                value = choices[0][-1].label
                assert isinstance(value, Expr)
                plane.legend.append(("number", (f"{region.number}:  ", value)))
    if len(plane.legend) > LISTED:
        plane.legend = [("number", "The functions stand in the list of pieces.")]


def _domain_lines(plane: Plane, region: Region, name: str, halo: str) -> list[list[Text]]:
    """What is written in a domain, the fullest first."""
    badge = Text(str(region.number), 0, 0, "number", size=NUMBER)
    signs = Text(" ".join(region.pattern.replace("-", "−")), 0, 0, "note", size=SMALL_TEXT, halo=halo)
    *slope, const = region.affine[name]
    value = sum_of(slope, plane.pieces.inputs, const)
    formula = Text(Rel((Ref(name), value), ("=",)), 0, 0, size=TEXT, halo=halo)
    small = Text(str(region.number), 0, 0, "number", size=9.0, halo=halo)
    return [[badge, signs, formula], [badge, formula], [badge, signs], [badge], [small]]


# --- the boundary ---


def _draw_boundary(plane: Plane, boundary: Boundary) -> None:
    plane.faint_creases()
    for i, side in enumerate(boundary.classes):
        _draw_side(plane, boundary, side, CLASS_ROLES[i % len(CLASS_ROLES)])
    runs: list[tuple[Part, Place, Place]] = []
    for part in (*boundary.parts, *boundary.jumps):
        role = "jump" if part in boundary.jumps else "boundary" if part.kind == "crosses" else "touches"
        if part.shape is not None:
            plane.fills.append(polygon(plane.seen(part.shape), "zero", words.part(part)))
        for a, b in _run(plane, part):
            plane.lines.append(line([a, b], role, words.part(part)))
            runs.append((part, a, b))
    _draw_vertices(plane, boundary, [(a, b) for _, a, b in runs])
    if len(runs) <= EQUATIONS:
        _draw_equations(plane, runs)
    if any(part.kind == "crosses" for part, _, _ in runs):
        plane.legend.append(("boundary", words.boundary_label(boundary)))
    if any(part.kind == "touches" for part, _, _ in runs):
        plane.legend.append(("touches", "the level is reached, the sign does not change"))
    if any(part.shape is not None for part in boundary.parts):
        plane.legend.append(("zero", words.boundary_label(boundary)))


def _run(plane: Plane, part: Part) -> list[tuple[Place, Place]]:
    """What is seen of a straight part."""
    start = part.points[0] if part.points else None
    if start is None or part.type in ("point", "region"):
        return []
    if part.type == "segment":
        end = part.points[1]
        return list(plane.stretch(start, (end[0] - start[0], end[1] - start[1]), (0.0, 1.0)))
    assert part.direction is not None
    return list(plane.stretch(start, part.direction, (0.0 if part.type == "ray" else -FAR, FAR)))


def _draw_side(plane: Plane, boundary: Boundary, side: Side, role: str) -> None:
    """One class: its convex parts hatched, its name in each of its regions."""
    name, condition = words.class_label(side), words.condition(boundary, side)
    polygons = [corners for shape in side.regions if len(corners := plane.seen(shape)) >= 3]
    for corners in polygons:
        plane.fills.append(polygon(corners, role, words.side(boundary, side)))
    full = [Text(name, 0, 0, size=TEXT + 2, halo="rim")] if name else []
    full.append(Text(condition, 0, 0, size=TEXT, halo="rim"))
    groups = _connected(polygons) if len(polygons) <= LABELLED else [polygons]
    for group in groups if polygons else []:
        best = max(group, key=lambda corners: abs(_area(corners)))
        plane.block(best, [full, full[:1]])
    if polygons:
        plane.legend.append((role, words.side_label(boundary, side)))


def _area(corners: list[Place]) -> float:
    return sum(p[0] * q[1] - q[0] * p[1] for p, q in zip(corners, [*corners[1:], corners[0]])) / 2


def _connected(polygons: list[list[Place]]) -> list[list[list[Place]]]:
    """Convex parts that share a stretch of their sides belong together."""
    groups: list[list[list[Place]]] = []
    for corners in polygons:
        touching = [g for g in groups if any(_share(corners, other) for other in g)]
        groups = [g for g in groups if g not in touching]
        groups.append([corners, *(p for g in touching for p in g)])
    return groups


def _share(p: list[Place], q: list[Place]) -> bool:
    """Do two polygons that do not overlap touch along a stretch?"""
    return any(_along(a, b, c, d) for a, b in _sides(p) for c, d in _sides(q))


def _sides(corners: list[Place]) -> list[tuple[Place, Place]]:
    return list(zip(corners, [*corners[1:], corners[0]]))


def _along(a: Place, b: Place, c: Place, d: Place) -> bool:
    """Do two segments lie on one line with more than a point in common?"""
    length = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5
    if length < 1e-9:
        return False
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    if any(abs((p[0] - a[0]) * uy - (p[1] - a[1]) * ux) > 1e-6 for p in (c, d)):
        return False
    low, high = sorted((p[0] - a[0]) * ux + (p[1] - a[1]) * uy for p in (c, d))
    return bool(min(high, length) - max(low, 0.0) > 1e-6)


def _draw_equations(plane: Plane, runs: list[tuple[Part, Place, Place]]) -> None:
    wishes, labels = [], []
    for part, a, b in runs:
        label = _equation_of(part, plane.pieces.inputs)
        wish = plane.wish(label, a, b)
        if hypot(b[0] - a[0], b[1] - a[1]) > wish.width + 2 * SMALL_TEXT:
            wishes.append(wish)
            labels.append(label)
    plane.along(wishes, labels, "label", 0.6)


def _equation_of(part: Part, inputs: tuple[str, ...]) -> Rel:
    start = part.points[0]
    along = part.direction or (part.points[1][0] - start[0], part.points[1][1] - start[1])
    normal = (-along[1], along[0])
    return equation(normal, normal[0] * start[0] + normal[1] * start[1], inputs)


def _draw_vertices(plane: Plane, boundary: Boundary, runs: list[tuple[Place, Place]]) -> None:
    """A dot at each corner and end, its exact coordinates in a free place beside it, or else in the legend."""
    points = sorted({p for part in boundary.parts if part.type != "line" for p in part.points})
    for point in points:
        x, y = plane.shown.at(point)
        plane.labels.append(Circle(x, y, 3.6, "vertex", words.point(point)))
        plane.taken.append((x - 5, y - 5, x + 5, y + 5))
    if len(points) > COORDINATES:
        return
    left = [p for p in points if not plane.beside(_coordinates(p), plane.shown.at(p), runs)]
    for i in range(0, len(left), 4):
        row = [item for p in left[i : i + 4] for item in (*_coordinates(p), "   ")]
        plane.legend.append(("number", ("and at " if i else "corners at ", *row)))


def _coordinates(point: Point) -> tuple[str | Expr, ...]:
    return ("(", number(point[0]), ", ", number(point[1]), ")")
