"""Pictures of many cells: pixels for what is filled, lines for creases, boundary and axes.

Cells are coloured by their map, by layer (only the creases are) or by class.  No colour stands alone: directions have
arrows, layers their dashes, classes their hatching and names.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import hypot
from typing import Any

from workings.errors import BadValue
from workings.expr import Rel
from workings.figures import raster
from workings.figures.axes import LEFT, TOP, axes
from workings.figures.glyphs import measuring
from workings.figures.marks import Marks, marked
from workings.figures.plane_view import ROOMY, View, view
from workings.figures.shapes import Figure, Image, Label, Path, Shape, Text, bounds, line, moved
from workings.figures.tints import by_class, by_direction, grey, wheel
from workings.geometry.fast.complex import Complex
from workings.geometry.fast.levelset import LevelSet
from workings.geometry.formulas import num, reference

Array = Any
BY = ("map", "layer", "class")
DENSITY = 4                   # pixels a point
FAR = 1e4                     # how far a corner at infinity is moved out, in sides of the picture
LAYERS = 6                    # looks of creases
MARGIN, ROW = 12.0, 20.0
FINE, HAIR = 4_000, 40_000    # edges above which creases are drawn thin, and as hairs
BESIDE = 5.0                  # room that a data point has for itself beside a name


def cells_figure(found: Complex, by: str = "map", output: str | None = None, data: Marks | None = None) -> Figure:
    """The cells of a plane: by "map" (the direction in which an output rises) or by "layer" (creases alone)."""
    if by not in BY:
        raise BadValue(f"cells are not coloured by {by!r}", expected="by= one of " + ", ".join(BY))
    atlas = _Atlas(found)
    name = output or found.layers.outputs[0]
    if name not in found.layers.outputs:
        raise BadValue(f"there is no output {name}", expected=f"one of {', '.join(found.layers.outputs)}")
    said = f"{found.counts.cells:,} cells"
    if by == "map":
        slopes = found.A[:, found.layers.outputs.index(name)]
        atlas.fill(by_direction(slopes))
        atlas.arrows(slopes)
        says = f"the direction in which {name} rises; grey: constant"
        atlas.legend.append((Image(0, 0, 26, 26, raster.png(wheel())), says))
    elif by == "layer":
        atlas.fill(grey(len(found.offsets) - 1))
    atlas.creases(bold=by == "layer")
    atlas.marks(data)
    return atlas.figure(f"The {said}", f"{said}, with the creases of each layer of units.")


def boundary_atlas(found: LevelSet, data: Marks | None = None) -> Figure:
    """The classes of a plane with the boundary between them."""
    from workings.geometry.topology import cells_of

    atlas = _Atlas(found.complex)
    own = cells_of(found)
    used = [(label, inside) for label, inside in own if inside.any()]
    colours, numbers = by_class([inside for _, inside in used])
    atlas.fill(colours, numbers)
    atlas.creases(bold=False, hidden=atlas.units_added(found))
    atlas.boundary(found)
    atlas.marks(data)
    for k, (label, _) in enumerate(used):
        atlas.name(numbers, k, label)
    classes = ", ".join(label for label, _ in used)
    return atlas.figure("The classes and the boundary", f"Classes: {classes}; {len(found.edges):,} edges between them.")


class _Atlas:
    """The frame, and what is drawn in it from back to front."""

    def __init__(self, found: Complex) -> None:
        self.found = found
        self.view = _view(found)
        self.places = _places(found, self.view)
        self.fills: list[Shape] = []
        self.lines: list[Shape] = []
        self.labels: list[Shape] = []
        self.points: list[Shape] = []
        self.legend: list[tuple[Shape, Label]] = []
        self._under: Array = None

    # --- pixels ---

    @property
    def under(self) -> Array:
        """The cell under each pixel."""
        if self._under is None:
            shown = self.view
            self._under = raster.numbers(self.places, self.found.offsets, (shown.left, -shown.top - shown.height),
                                         (shown.left + shown.width, -shown.top), round(shown.width * DENSITY),
                                         round(shown.height * DENSITY))
        return self._under

    def fill(self, colours: Array, hatched: Array = None) -> None:
        """Each cell in its colour (red, green, blue, opacity), in stripes where `hatched` gives its class a number."""
        import numpy as np

        from workings.figures.tints import stripes

        pixels = np.concatenate([colours, np.zeros((1, 4), np.uint8)])[self.under]
        if hatched is not None:
            numbers = np.concatenate([hatched, [-1]])[self.under]
            pixels = stripes(pixels, numbers)
        shown = self.view
        self.fills.append(Image(shown.left, shown.top, shown.width, shown.height, raster.png(pixels), "the cells"))

    # --- lines ---

    def creases(self, bold: bool, hidden: int = 0) -> None:
        """One path for each layer of units; the last `hidden` units are none of the network's."""
        import numpy as np

        found = self.found
        units = found.layers.units - hidden
        real = (found.creases < units) & ((found.owner < found.neighbours) | (found.neighbours < 0))
        edges = np.flatnonzero(real)
        starts = np.array([s for s in found.layers.starts if s < units])
        layer = np.searchsorted(starts, found.creases[edges], side="right") - 1
        fine = "hair-" if len(edges) > HAIR and not bold else "fine-" if len(edges) > FINE else ""
        for number in range(len(starts)):
            own = edges[layer == number]
            role = f"{fine}layer{number % LAYERS + 1}"
            strokes = self._strokes(own)
            if strokes:
                self.lines.append(Path(strokes, role, f"the creases of layer {number + 1}"))
                if bold or len(starts) > 1:
                    self.legend.append((line([(0, 13), (26, 13)], role.replace("hair", "fine")),
                                        f"creases of layer {number + 1}: {self._layer_name(number)}"))

    def _layer_name(self, number: int) -> str:
        size = self.found.layers.sizes[number]
        return f"{size} unit{'s' * (size != 1)}"

    def _strokes(self, edges: Array) -> tuple[tuple[str | float, ...], ...]:
        """Edges within the frame, joined where one goes on from another of the same unit."""
        import numpy as np

        shown = self.view
        ends = np.stack([self.places[edges], self.places[self.found.next[edges]]], 1)
        ends[..., 1] *= -1
        ends, kept = clipped(ends, (shown.left, shown.top), (shown.left + shown.width, shown.top + shown.height))
        points: Array = np.round(ends, 2)
        visible = (points[:, 0] != points[:, 1]).any(axis=1)
        return chained(points[visible].tolist(), self.found.creases[edges][kept][visible].tolist())

    def boundary(self, found: LevelSet) -> None:
        """The boundary, crossed or touched, and isolated points."""
        for crossing, role in ((True, "boundary"), (False, "touches")):
            strokes = self._strokes(found.edges[(found.crosses == crossing) & ~_rims(found)])
            if strokes:
                self.lines.append(Path(strokes, role, "the boundary"))
                says = "the boundary" if crossing else "the level is reached, the sign does not change"
                self.legend.append((line([(0, 13), (26, 13)], role), says))

    def units_added(self, found: LevelSet) -> int:
        """How many units decide the level or the largest; they are none of the network's."""
        return 1 if len(found.outputs) == 1 else len(found.outputs) - 1

    def arrows(self, slopes: Array) -> None:
        """Directions on a grid of points."""
        height, width = self.under.shape
        step = height // 9
        for row in range(step // 2, height, step):
            for column in range(step // 2, width, step):
                cell = int(self.under[row, column])
                across, up = (float(slopes[cell, 0]), float(slopes[cell, 1])) if cell >= 0 else (0.0, 0.0)
                size = hypot(across, up)
                if size:
                    dx, dy = 6 * across / size, -6 * up / size
                    x, y = self.view.left + column / DENSITY, self.view.top + row / DENSITY
                    self.labels.append(line([(x - dx, y - dy), (x + dx, y + dy)], "gradient", arrow=True))

    # --- words ---

    def name(self, numbers: Array, k: int, label: str) -> None:
        """The name of a class where it has most room, and in the legend."""
        import numpy as np

        own = np.concatenate([numbers, [-1]])[self.under] == k
        place = roomiest(own & ~self._taken()) or roomiest(own)
        if place is not None:
            x, y = self.view.left + place[0] / DENSITY, self.view.top + place[1] / DENSITY
            self.labels.append(Text(_label(label), x, y, "label", size=13.0, halo="rim"))
        from workings.figures.tints import swatch

        self.legend.append((Image(0, 4, 26, 18, raster.png(swatch(k))), _label(label)))

    def marks(self, data: Marks | None) -> None:
        """Data points, one shape for each label."""
        if data is not None:
            drawn, legend = marked(data, self.view)
            self.points += drawn
            self.legend += legend

    def _taken(self) -> Array:
        """Pixels at and beside data points, where no name should stand."""
        import numpy as np

        out = np.zeros(self.under.shape, dtype=bool)
        reach = round(BESIDE * DENSITY)
        for shape in self.points:
            left, top, right, bottom = bounds([shape], measuring({}))
            x, y = (left + right) / 2 - self.view.left, (top + bottom) / 2 - self.view.top
            row, column = round(y * DENSITY), round(x * DENSITY)
            out[max(0, row - reach): row + reach, max(0, column - reach): column + reach] = True
        return out

    def figure(self, title: str, description: str) -> Figure:
        """All of it, with axes and legend."""
        measure = measuring({})
        names = self.found.layers.domain.plane.names
        shapes = [*self.fills, *axes(self.view, names), *self.lines, *self.labels, *self.points]
        top = bounds(shapes, measure)[3] + 14
        for row, (sign, label) in enumerate(self.legend):
            y = top + ROW * row + (8 * row if isinstance(sign, Image) and sign.height > 20 else 0)
            left = self.view.left
            shapes += [moved(sign, left, y - 5), Text(label, left + 34, y + 8, "label", "start", 12.0)]
        left, upper, right, lower = bounds(shapes, measure)
        placed = tuple(moved(s, MARGIN - left, MARGIN - upper) for s in shapes)
        return Figure(right - left + 2 * MARGIN, lower - upper + 2 * MARGIN, placed, title, description, {})


def _label(name: str) -> Label:
    """The name of an output, or "y < 0", as a formula."""
    if " " not in name:
        return reference(name)
    output, sign, level = name.split(" ")
    return Rel((reference(output), num(Fraction(level))), (sign,))


def _rims(found: LevelSet) -> Array:
    """Edges of zero cells on the border of the domain: no part of the boundary."""
    import numpy as np

    rims = getattr(found, "rims", None)
    return np.zeros(len(found.edges), dtype=bool) if rims is None else np.asarray(rims, dtype=bool)


def _view(found: Complex) -> View:
    """The extent of a bounded domain, else all vertices with room around them."""
    domain = found.layers.domain
    near = found.vertices[~found.infinite]
    points: list[tuple[Fraction, ...]] = [(Fraction(0), Fraction(0))]
    if len(near):
        low, high = near.min(axis=0), near.max(axis=0)
        points = [tuple(map(Fraction, p.tolist())) for p in (low, high)]
    if not domain.bounded:
        return view(points, None, False, ROOMY, LEFT, TOP)
    box = tuple((points[0][i], points[-1][i]) for i in (0, 1))
    return view(points, box, False, 1.0, LEFT, TOP)


def _places(found: Complex, shown: View) -> Array:
    """The corners on the page, y upwards (negative), those at infinity far out."""
    import numpy as np

    at = found.vertices.copy()
    if found.infinite.any():
        before = np.empty_like(found.next)
        before[found.next] = np.arange(len(found.next))
        middle = (np.array(shown.low) + np.array(shown.high)) / 2
        anchor = np.where((~found.infinite[before])[:, None], at[before],
                          np.where((~found.infinite[found.next])[:, None], at[found.next], middle))
        size = max(shown.high[0] - shown.low[0], shown.high[1] - shown.low[1])
        at = np.where(found.infinite[:, None], anchor + FAR * size * found.vertices, at)
    scale = np.array([shown.width / (shown.high[0] - shown.low[0]), shown.height / (shown.high[1] - shown.low[1])])
    return np.array([shown.left, -shown.top - shown.height]) + (at - np.array(shown.low)) * scale


def clipped(ends: Array, low: tuple[float, float], high: tuple[float, float]) -> tuple[Array, Array]:
    """Segments (n x 2 x 2) within a rectangle, and which of them are seen (Liang and Barsky)."""
    import numpy as np

    start, way = ends[:, 0], ends[:, 1] - ends[:, 0]
    first, last = np.zeros(len(ends)), np.ones(len(ends))
    seen = np.ones(len(ends), dtype=bool)
    for axis in (0, 1):
        flat = way[:, axis] == 0
        safe = np.where(flat, 1.0, way[:, axis])
        a, b = (low[axis] - start[:, axis]) / safe, (high[axis] - start[:, axis]) / safe
        first = np.where(flat, first, np.maximum(first, np.minimum(a, b)))
        last = np.where(flat, last, np.minimum(last, np.maximum(a, b)))
        seen &= ~flat | ((start[:, axis] >= low[axis]) & (start[:, axis] <= high[axis]))
    seen &= first < last
    kept = np.flatnonzero(seen)
    return np.stack([start[kept] + first[kept, None] * way[kept], start[kept] + last[kept, None] * way[kept]], 1), kept


def chained(segments: Sequence[Any], groups: Sequence[int]) -> tuple[tuple[str | float, ...], ...]:
    """Segments as strokes, one going on from another of its group where their ends meet.

    >>> chained([[[0, 0], [1, 0]], [[1, 0], [2, 1]], [[5, 5], [6, 5]]], [0, 0, 0])
    (('M', 0, 0), ('L', 1, 0), ('L', 2, 1), ('M', 5, 5), ('L', 6, 5))
    """
    at: dict[tuple[int, float, float], list[int]] = {}
    for k, (group, (p, q)) in enumerate(zip(groups, segments)):
        at.setdefault((group, *p), []).append(k)
        at.setdefault((group, *q), []).append(k)
    done = [False] * len(segments)
    out: list[tuple[str | float, ...]] = []
    for k, (group, (p, q)) in enumerate(zip(groups, segments)):
        if done[k]:
            continue
        done[k] = True
        run = [p, q]
        for _ in range(2):                    # on from one end, then from the other
            while True:
                follow = next((j for j in at[group, run[-1][0], run[-1][1]] if not done[j]), None)
                if follow is None:
                    break
                done[follow] = True
                a, b = segments[follow]
                run.append(b if a == run[-1] else a)
            run.reverse()
        out.append(("M", run[0][0], run[0][1]))
        out += [("L", x, y) for x, y in run[1:]]
    return tuple(out)


def roomiest(own: Array) -> tuple[float, float] | None:
    """The pixel (column, row) of a set that is farthest from its rim, on a coarse grid; None where it has no room."""
    import numpy as np

    step = max(1, own.shape[0] // 80)
    room = np.pad(own[::step, ::step], 1).astype(np.int64)
    depth = np.zeros_like(room)
    while room.any():
        depth += room
        inner = room.copy()
        for axis in (0, 1):
            for shift in (1, -1):
                inner &= np.roll(room, shift, axis)
        room = inner
    if depth.max() < 4:
        return None
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return (float(column) - 0.5) * step, (float(row) - 0.5) * step


