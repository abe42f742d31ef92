"""Data points over a picture of the plane: one shape for each label, so that no colour is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workings.figures.plane_view import View
from workings.figures.shapes import Circle, Label, Place, Shape, polygon

Array = Any
SIZE = 3.0


@dataclass(frozen=True, slots=True)
class Marks:
    """Points in the coordinates of the picture (points x 2), and the label of each ("" for none)."""

    points: Array
    labels: tuple[str, ...]


def marked(data: Marks, shown: View) -> tuple[list[Shape], list[tuple[Shape, Label]]]:
    """The points within the frame, and a line of the legend for each label."""
    kinds = list(dict.fromkeys(data.labels))
    drawn: list[Shape] = []
    places: list[Place] = list(zip(data.points[:, 0].tolist(), data.points[:, 1].tolist()))
    for point, label in zip(places, data.labels):
        if all(low <= v <= high for v, low, high in zip(point, shown.low, shown.high)):
            drawn.append(_mark(shown.at(point), kinds.index(label), label))
    legend: list[tuple[Shape, Label]] = [
        (_mark((13.0, 13.0), k, label), label or "data") for k, label in enumerate(kinds)
    ]
    return drawn, legend


def _mark(at: Place, kind: int, title: str) -> Shape:
    """A disc, a square, a triangle, a diamond; then the same hollow."""
    x, y = at
    role = "mark" if kind % 8 < 4 else "hollow-mark"
    if kind % 4 == 0:
        return Circle(x, y, SIZE, role, title)
    shapes: dict[int, list[Place]] = {
        1: [(-1, -1), (1, -1), (1, 1), (-1, 1)], 2: [(0, -1.3), (1.2, 0.9), (-1.2, 0.9)],
        3: [(0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)],
    }
    size = SIZE * 0.9
    return polygon([(x + size * a, y + size * b) for a, b in shapes[kind % 4]], role, title)
