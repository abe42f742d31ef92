"""The closed set of shapes a figure is made of.

A shape has a *role*, never a colour: what it means ("neuron", "weight", "class1"); `render/svg.py` decides how
that looks.  Lengths are in points, y grows downwards.  A shape may bear a title, which a screen reader speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from workings.expr import Expr

Place = tuple[float, float]
Label = str | Expr | tuple[str | Expr, ...]       # words, a formula, or both in a row


class Box(NamedTuple):
    """The size of a label at 1 point: its width, and how far it goes above and below the base line."""

    width: float
    above: float
    below: float


Measure = Callable[[Label], Box]


@dataclass(frozen=True, slots=True)
class Path:
    """Straight and curved strokes: ("M", x, y), ("L", x, y), ("C", x1, y1, x2, y2, x, y), ("Z",).

    `arrow`: a head at its end.
    """

    strokes: tuple[tuple[str | float, ...], ...]
    role: str
    title: str = ""
    arrow: bool = False


@dataclass(frozen=True, slots=True)
class Circle:
    x: float
    y: float
    radius: float
    role: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A label.  `anchor`: which point of its box stands at x: "start", "middle" or "end"; its middle height is at y.

    `halo`: where lines pass behind it, a "rim" around its letters or a "box" in the colour of the paper;
    "shade": a rim in the colour of shaded ground.
    """

    label: Label
    x: float
    y: float
    role: str = "label"
    anchor: str = "middle"
    size: float = 14.0
    halo: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """Pixels, as PNG, in a rectangle from its left upper corner."""

    x: float
    y: float
    width: float
    height: float
    png: bytes
    title: str = ""
    role: str = "image"


@dataclass(frozen=True, slots=True)
class Group:
    """Shapes that belong together: one thing for a screen reader."""

    shapes: tuple[Shape, ...]
    role: str
    title: str = ""


Shape = Path | Circle | Text | Image | Group


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: its size in points, its shapes from back to front, a title and a description in sentences."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str
    description: str
    spelling: Mapping[str, str] = field(default_factory=dict)

    def flat(self) -> Iterator[Path | Circle | Text | Image]:
        """Every shape that is no group, from back to front."""
        waiting: list[Shape] = list(reversed(self.shapes))
        while waiting:
            shape = waiting.pop()
            if isinstance(shape, Group):
                waiting.extend(reversed(shape.shapes))
            else:
                yield shape


def line(points: list[Place] | tuple[Place, ...], role: str, title: str = "", arrow: bool = False) -> Path:
    """A line through points."""
    strokes = tuple(("L" if i else "M", x, y) for i, (x, y) in enumerate(points))
    return Path(strokes, role, title, arrow)


def polygon(points: list[Place] | tuple[Place, ...], role: str, title: str = "") -> Path:
    """A closed line through points."""
    return Path((*line(points, role).strokes, ("Z",)), role, title)


def rectangle(x: float, y: float, width: float, height: float, role: str, title: str = "") -> Path:
    """A rectangle from its left upper corner."""
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], role, title)


def extent(text: Text, measure: Measure) -> tuple[float, float, float, float]:
    """The box of a label: left, top, right, bottom."""
    width, above, below = measure(text.label)
    left = text.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor] * width * text.size
    half = (above + below) * text.size / 2
    return left, text.y - half, left + width * text.size, text.y + half


def bounds(shapes: Iterable[Shape], measure: Measure) -> tuple[float, float, float, float]:
    """The box around shapes: left, top, right, bottom (control points of curves count as points)."""
    boxes = [_box(shape, measure) for shape in Figure(0, 0, tuple(shapes), "", "").flat()]
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _box(shape: Path | Circle | Text | Image, measure: Measure) -> tuple[float, float, float, float]:
    if isinstance(shape, Text):
        return extent(shape, measure)
    if isinstance(shape, Circle):
        r = shape.radius
        return shape.x - r, shape.y - r, shape.x + r, shape.y + r
    if isinstance(shape, Image):
        return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    numbers = [float(v) for step in shape.strokes for v in step[1:]]
    xs, ys = numbers[0::2], numbers[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    """The same shape elsewhere."""
    if isinstance(shape, Group):
        return replace(shape, shapes=tuple(moved(s, dx, dy) for s in shape.shapes))
    if isinstance(shape, Circle | Text | Image):
        return replace(shape, x=shape.x + dx, y=shape.y + dy)
    strokes = tuple(
        (step[0], *(float(v) + (dy if i % 2 else dx) for i, v in enumerate(step[1:]))) for step in shape.strokes
    )
    return replace(shape, strokes=strokes)
