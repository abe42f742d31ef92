"""A frame in the plane and what is drawn in it: sets, lines, labels in free places, creases, a legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from workings.expr import Num, Rel
from workings.figures.axes import axes, equation
from workings.figures.placing import COVERS, CROSSES, Rect, Wish, overlap, passes, place
from workings.figures.plane_words import crease
from workings.figures.plane_view import View, roomiest, seen, stretch
from workings.figures.shapes import (
    Circle, Figure, Label, Measure, Place, Shape, Text, bounds, extent, line, moved, polygon, rectangle,
)
from workings.geometry import Pieces, Point, Row
from workings.geometry import Shape as Set
from workings.notation import plain

MARGIN = 12.0
TEXT, SMALL_TEXT, NUMBER = 12.0, 10.5, 12.5      # sizes of letters
CREASES = 3_000               # units times domains above which creases are no longer followed one by one
FAR = float("inf")
AROUND = ((1, -1), (-1, -1), (1, 1), (-1, 1), (1, 0), (-1, 0), (0, -1), (0, 1))


class Plane:
    """A frame, and what is drawn in it: `fills` behind, `lines` on them, `labels` in front."""

    def __init__(self, pieces: Pieces, shown: View, measure: Measure) -> None:
        self.pieces, self.shown, self.measure = pieces, shown, measure
        self.fills: list[Shape] = []
        self.lines: list[Shape] = []
        self.labels: list[Shape] = []
        self.legend: list[tuple[str, Label]] = []
        self.taken: list[Rect] = []

    def figure(self, title: str, description: str, names: tuple[str, ...] = ()) -> Figure:
        """All that is drawn, with the axes named by the inputs or by `names`."""
        shapes = [*self.fills, *axes(self.shown, names or self.pieces.inputs), *self.lines, *self.labels]
        shapes += self._legend(bounds(shapes, self.measure)[3] + 14)
        left, top, right, bottom = bounds(shapes, self.measure)
        placed = tuple(moved(s, MARGIN - left, MARGIN - top) for s in shapes)
        size = right - left + 2 * MARGIN, bottom - top + 2 * MARGIN
        return Figure(*size, placed, title, description, self.pieces.spelling)

    # --- blocks of lines ---

    def seen(self, shape: Set | None) -> list[Place]:
        """The corners on the page of what is seen of a convex set."""
        return [] if shape is None else [self.shown.at(p) for p in seen(shape, self.shown)]

    def block(self, corners: list[Place], choices: list[list[Text]]) -> list[Text]:
        """The first of several blocks of lines that has room in a polygon, in the roomiest place; [] if none has."""
        for texts in choices:
            sizes = [self.size(t) for t in texts]
            width, height = max(w for w, _ in sizes), sum(h for _, h in sizes)
            (x, y), room = roomiest(corners, width + 4, height + 4)
            if room >= 0:
                self._stack(texts, sizes, x, y - height / 2)
                return texts
        return []

    def size(self, text: Text) -> tuple[float, float]:
        """Width and height of a line of a block."""
        box = self.measure(text.label)
        if text.role == "number":
            return (22.0, 24.0) if text.size == NUMBER else (box.width * text.size, text.size)
        return box.width * text.size, max(15.0, (box.above + box.below) * text.size + 4)

    def _stack(self, texts: list[Text], sizes: list[tuple[float, float]], x: float, top: float) -> None:
        for text, (width, height) in zip(texts, sizes):
            y = top + height / 2
            if text.role == "number" and text.size == NUMBER:
                self.labels.append(Circle(x, y, 10, "badge"))
            self.labels.append(Text(text.label, x, y, text.role, "middle", text.size, text.halo))
            self.taken.append((x - width / 2, top, x + width / 2, top + height))
            top += height

    # --- creases ---

    def creases(self) -> None:
        """Where a unit changes its sign, with the equation of each line."""
        if self.crowded:
            self.outlines()
            return
        wishes: list[Wish] = []
        labels: list[Label] = []
        for index in range(len(self.pieces.units)):
            runs = list(self._crease(index))
            for a, b in runs:
                self.lines.append(line([a, b], "crease", f"crease: {plain(crease(self.pieces, index))} = 0"))
            label = self._crease_label(index)
            if runs and label is not None:
                a, b = max(runs, key=lambda run: (run[1][0] - run[0][0]) ** 2 + (run[1][1] - run[0][1]) ** 2)
                wishes.append(self.wish(label, a, b))
                labels.append(label)
        self.along(wishes, labels, "weight", 0.88)

    def along(self, wishes: Sequence[Wish], labels: Sequence[Label], role: str, favourite: float) -> None:
        """Labels on lines, those that find a free spot."""
        spots = place(wishes, [*self.taken, *self.outside()], favourite)
        for wish, label, ((x, y), free) in zip(wishes, labels, spots):
            if free:
                self.labels.append(Text(label, x, y, role, size=SMALL_TEXT, halo="box"))
                half = wish.width / 2
                self.taken.append((x - half, y - wish.height / 2, x + half, y + wish.height / 2))

    def beside(self, label: Label, spot: Place, runs: list[tuple[Place, Place]]) -> bool:
        """A label in the freest of eight places around a point; false where none is free."""
        box = self.measure(label)
        half_width, half_height = box.width * TEXT / 2, (box.above + box.below) * TEXT / 2
        blocked = [*self.taken, *self.outside()]
        found: list[tuple[float, Text, Rect]] = []
        for rank, (i, j) in enumerate(AROUND):
            x = spot[0] + i * (half_width + (7 if j else 9))
            y = spot[1] + j * (half_height + (7 if i else 9))
            text = Text(label, x, y, "label", size=TEXT, halo="rim")
            rect = extent(text, self.measure)
            cost = rank + COVERS * sum(overlap(rect, r) for r in blocked) + CROSSES * sum(passes(r, rect) for r in runs)
            found.append((cost, text, rect))
        cost, text, rect = min(found, key=lambda f: f[0])
        if cost >= COVERS:
            return False
        self.labels.append(text)
        self.taken.append(rect)
        return True

    def faint_creases(self) -> None:
        """The creases as a background."""
        if self.crowded:
            self.outlines()
            return
        for index in range(len(self.pieces.units)):
            self.lines += [line([a, b], "faint-crease") for a, b in self._crease(index)]

    @property
    def crowded(self) -> bool:
        """Are there too many creases to follow each?"""
        return len(self.pieces.units) * len(self.pieces.full) > CREASES

    def outlines(self) -> None:
        """The rims of all domains, in place of creases."""
        for region in self.pieces.full:
            corners = self.seen(region.shape)
            if len(corners) >= 3:
                self.lines.append(polygon(corners, "outline"))

    def _crease_label(self, index: int) -> Label | None:
        rows = {r.rows[index] for r in self.pieces.full if len(r.rows) > index}
        if len(rows) == 1:
            *normal, const = next(iter(rows))
            return equation(normal, -const, self.pieces.inputs) if any(normal) else None
        label = Rel((crease(self.pieces, index), Num(0)), ("=",))
        return label if self.measure(label).width * SMALL_TEXT < 90 and len(self.pieces.units) <= 12 else None

    def _crease(self, index: int) -> Iterator[tuple[Place, Place]]:
        """The stretches of a unit's crease on the page: one line where its row is the same in all domains."""
        rows = list(dict.fromkeys(r.rows[index] for r in self.pieces.full if len(r.rows) > index))
        if len(rows) == 1:
            a, b, c = rows[0]
            if a or b:
                yield from self.stretch((-a * c / (a * a + b * b), -b * c / (a * a + b * b)), (-b, a), (-FAR, FAR))
            return
        done: dict[tuple[Point, ...], None] = {}
        for region in self.pieces.full:
            if region.shape is None or len(region.rows) <= index:
                continue
            face = _face(region.shape, region.rows[index])
            if face is not None and face[0] not in done:
                done[face[0]] = None
                yield from self.stretch(*face[1:])

    def stretch(
        self, point: Sequence[float | Fraction], along: Sequence[float | Fraction], reach: tuple[float, float]
    ) -> Iterator[tuple[Place, Place]]:
        """The seen part of a line, on the page."""
        ends = stretch(point, along, reach, self.shown)
        if ends is not None:
            yield self.shown.at(ends[0]), self.shown.at(ends[1])

    def wish(self, label: Label, a: Place, b: Place) -> Wish:
        """A label on a straight line."""
        box = self.measure(label)
        points = [(a[0] + (b[0] - a[0]) * k / 40, a[1] + (b[1] - a[1]) * k / 40) for k in range(41)]
        return Wish(box.width * SMALL_TEXT + 4, (box.above + box.below) * SMALL_TEXT + 2, points)

    def outside(self) -> list[Rect]:
        """The margins around the frame, where no label of a line belongs."""
        s, far = self.shown, 1000.0
        right, bottom = s.left + s.width, s.top + s.height
        return [
            (-far, -far, s.left, far), (right, -far, far, far), (-far, -far, far, s.top), (-far, bottom, far, far),
        ]

    # --- the legend ---

    def _legend(self, top: float) -> list[Shape]:
        shapes: list[Shape] = []
        x = self.shown.left
        for row, (role, label) in enumerate(self.legend):
            y = top + 20 * row + 8
            if role == "number":
                shapes.append(Text(label, x, y, "label", "start", TEXT))
                continue
            if role.startswith("class") or role == "zero":
                shapes.append(rectangle(x, y - 7, 26, 14, role))
            elif role == "vertex":
                shapes.append(Circle(x + 13, y, 4, "vertex"))
            else:
                shapes.append(line([(x, y), (x + 26, y)], role))
            shapes.append(Text(label, x + 34, y, "label", "start", TEXT))
        return shapes


def _face(shape: Set, row: Row) -> tuple[tuple[Point, ...], Point, Point, tuple[float, float]] | None:
    """The part of a convex set on row = 0, as a key, a point, a direction and how far it goes; None for a point."""
    a, b, c = row
    on = [v for v in shape.vertices if a * v[0] + b * v[1] + c == 0]
    rays = [r for r in shape.rays if a * r[0] + b * r[1] == 0]
    if not on or (a, b) == (0, 0) or len(on) + len(rays) < 2:
        return None
    along = (Fraction(-b), Fraction(a))
    steps = [(v[0] * along[0] + v[1] * along[1]) / (a * a + b * b) for v in on]
    first = next(v for v, t in zip(on, steps) if t == steps[0])
    ways = [r[0] * along[0] + r[1] * along[1] for r in rays]
    low = -FAR if any(w < 0 for w in ways) else float(min(steps) - steps[0])
    high = FAR if any(w > 0 for w in ways) else float(max(steps) - steps[0])
    ends = sorted({*on, *rays})
    return tuple(ends), first, along, (low, high)
