"""How an array stands in a drawing: a vector as a column of units with ⋮, a matrix as a block with its size."""

from __future__ import annotations

from workings.expr import Expr, Num
from workings.figures.shapes import Circle, Label, Shape, Text, rectangle

UNIT = 6.5                    # of a unit in a column
PITCH = 18.0                  # from one unit to the next
COLUMN = 58.0                 # half the height of a column
BLOCK = 30.0                  # half the height of a block
MOST = 4                      # units that are all drawn


def size_label(axes: tuple[Expr, ...]) -> Label:
    """The size in a row: m units, n × k.

    >>> size_label((Num(3),))[-1]
    ' units'
    """
    if len(axes) == 1:
        one = isinstance(axes[0], Num) and axes[0].value == 1
        return (axes[0], " unit" if one else " units")
    out: list[str | Expr] = []
    for n, axis in enumerate(axes):
        out += [" × ", axis] if n else [axis]
    return tuple(out)


def units(x: float, y: float, axes: tuple[Expr, ...], role: str) -> list[Shape]:
    """The units of a vector around a place: all of a few, else two, ⋮ and the last."""
    (size,) = axes
    count = size.value if isinstance(size, Num) else None
    if isinstance(count, int) and 1 <= count <= MOST:
        first = y - PITCH * (count - 1) / 2
        return [Circle(x, first + k * PITCH, UNIT, role) for k in range(count)]
    ys = [y - 1.5 * PITCH, y - 0.5 * PITCH, y + 1.5 * PITCH]
    return [*(Circle(x, at, UNIT, role) for at in ys), Text("⋮", x, y + 0.5 * PITCH, "label", size=13)]


def box(x: float, y: float, radius: float, half: float, role: str) -> Shape:
    """The frame of an array."""
    return rectangle(x - radius, y - half, 2 * radius, 2 * half, role)
