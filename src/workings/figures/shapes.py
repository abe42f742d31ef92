"""The closed set of shapes a figure is made of; `render/svg.py` draws them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: its size in points, its shapes from back to front, a title and a description in sentences."""

    width: float
    height: float
    shapes: tuple[object, ...]
    title: str
    description: str
