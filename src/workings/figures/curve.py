"""A learning curve: a loss over the steps, by powers of ten where it falls through several."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, log10

from workings.figures.plane_view import View, ticks
from workings.figures.shapes import Figure, Place, Shape, Text, line, rectangle

LEFT, TOP, WIDE, HIGH = 58.0, 12.0, 380.0, 200.0
MOST = 400                    # points of a line that are drawn
POWERS = 30.0                 # a fall by so much is shown by powers of ten


def curve_figure(losses: Sequence[float], held_out: Sequence[float], title: str, description: str) -> Figure:
    """The loss after each step; the held-out loss as a dashed line."""
    shown = [v for v in (*losses, *held_out) if v > 0]
    powers = len(shown) == len(losses) + len(held_out) and max(shown) > POWERS*min(shown)
    heights = [log10(v) if powers else v for v in (*losses, *held_out)]
    low, high = min(heights), max(heights)
    room = 0.05*(high - low) or 0.5
    view = View((1, low - room), (max(2, len(losses)), high + room), LEFT, TOP, WIDE, HIGH)
    shapes = _frame(view, powers)
    for values, role, says in ((losses, "curve", "loss"), (held_out, "boundary", "held-out loss")):
        if len(values) > 1:
            points = _thinned([view.at((n + 1, log10(v) if powers else v)) for n, v in enumerate(values)])
            shapes.append(line(points, role, says))
    shapes.append(Text("step", LEFT + WIDE/2, TOP + HIGH + 30, size=12))
    if held_out:
        shapes += _legend()
    return Figure(LEFT + WIDE + 16, TOP + HIGH + (62 if held_out else 42), tuple(shapes), title, description)


def _thinned(points: list[Place]) -> list[Place]:
    if len(points) <= MOST:
        return points
    return [points[round(n*(len(points) - 1)/(MOST - 1))] for n in range(MOST)]


def _frame(view: View, powers: bool) -> list[Shape]:
    bottom = view.top + view.height
    shapes: list[Shape] = []
    for value in ticks(view.low[0], view.high[0]):
        if value == int(value):
            x = view.at((value, 0))[0]
            shapes.append(line([(x, bottom), (x, bottom + 4)], "tick"))
            shapes.append(Text(str(int(value)), x, bottom + 13, "tick-label", size=10.5))
    for value in _powers(view) if powers else ticks(view.low[1], view.high[1]):
        y = view.at((0, value))[1]
        shapes.append(line([(view.left, y), (view.left + view.width, y)], "grid"))
        word = _power(int(value)) if powers else f"{float(value):.6g}"
        shapes.append(Text(word.replace("-", "−"), view.left - 6, y, "tick-label", "end", 10.5))
    shapes.append(rectangle(view.left, view.top, view.width, view.height, "frame"))
    return shapes


def _powers(view: View) -> list[Fraction]:
    low, high = ceil(view.low[1]), floor(view.high[1])
    step = max(1, (high - low)//6)
    return [Fraction(n) for n in range(low, high + 1, step)]


def _power(exponent: int) -> str:
    return f"{10.0**exponent:g}" if -4 <= exponent <= 4 else f"1e{exponent}"


def _legend() -> list[Shape]:
    y = TOP + HIGH + 50
    return [line([(LEFT, y), (LEFT + 24, y)], "curve"), Text("loss", LEFT + 30, y, anchor="start", size=11),
            line([(LEFT + 90, y), (LEFT + 114, y)], "boundary"),
            Text("held-out loss", LEFT + 120, y, anchor="start", size=11)]
