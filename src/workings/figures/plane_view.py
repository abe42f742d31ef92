"""From exact sets in the plane to the page: which part is shown, where a point stands, what of a set is seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, hypot, log10

from workings.figures.shapes import Place
from workings.geometry import Box, Point, Shape

SIDE = 330.0                  # of the shown square, in points
ROOMY, CLOSE = 2.2, 1.4       # the shown square is so many times as wide as the vertices need; where all is bounded
FAR = 1e3                     # how far an unbounded set is followed, in sides of the shown square


@dataclass(frozen=True, slots=True)
class View:
    """The shown rectangle: low and high of each input, and its left upper corner on the page."""

    low: tuple[float, float]
    high: tuple[float, float]
    left: float
    top: float
    width: float
    height: float

    def at(self, point: Sequence[float | Fraction]) -> Place:
        """Where a point of the plane stands on the page."""
        x = self.left + (float(point[0]) - self.low[0]) / (self.high[0] - self.low[0]) * self.width
        y = self.top + (self.high[1] - float(point[1])) / (self.high[1] - self.low[1]) * self.height
        return x, y

    def frame(self) -> list[Place]:
        """The corners of the shown rectangle, counterclockwise, in the plane."""
        (a, b), (c, d) = self.low, self.high
        return [(a, b), (c, b), (c, d), (a, d)]


def view(points: Iterable[Point], box: Box | None, symmetric: bool, room: float, left: float, top: float) -> View:
    """The part of the plane to be shown: the box, or else all vertices with room around them."""
    known = list(points)
    spans = [span([float(p[axis]) for p in known], None if box is None else box[axis], room) for axis in (0, 1)]
    if box is None:
        half = max((high - low) / 2 for low, high in spans)
        spans = [((low + high) / 2 - half, (low + high) / 2 + half) for low, high in spans]
        spans = [rounded(low, high) for low, high in spans]
    if symmetric:
        spans = [(min(s[0] for s in spans), max(s[1] for s in spans))] * 2
    (a, b), (c, d) = spans
    ratio = (d - c) / (b - a)
    width, height = (SIDE, SIDE) if not 1 / 3 <= ratio <= 3 else (SIDE / max(1, ratio), SIDE * min(1, ratio))
    return View((a, c), (b, d), left, top, width, height)


def span(
    values: list[float], side: tuple[Fraction | None, Fraction | None] | None, room: float = ROOMY
) -> tuple[float, float]:
    """From where to where an axis is shown: its side of the box, or the values with room around them."""
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    if side is not None:
        first, last = side
        reach = max(high - low, 2.0)
        return (low - reach if first is None else float(first)), (high + reach if last is None else float(last))
    middle, half = (low + high) / 2, (high - low) / 2
    half *= room
    return middle - half, middle + half


def rounded(low: float, high: float) -> tuple[float, float]:
    """Out to whole steps of the ticks."""
    if high == low:
        low, high = low - 3, high + 3
    unit = step(high - low)
    return floor(low / unit + 1e-9) * unit, ceil(high / unit - 1e-9) * unit


def step(length: float) -> float:
    """The distance of ticks: 1, 2 or 5 times a power of ten, about eight of them."""
    rough = length / 8
    power = 10.0 ** floor(log10(rough))
    return next((m * power for m in (1.0, 2.0, 5.0) if m * power >= rough * 0.999), 10.0 * power)


def ticks(low: float, high: float) -> list[Fraction]:
    """The ticks from low to high, exact decimals."""
    unit = Fraction(str(step(high - low))).limit_denominator(10**9)
    first, last = ceil(low / float(unit) - 1e-9), floor(high / float(unit) + 1e-9)
    return [k * unit for k in range(first, last + 1)]


# --- sets ---


def seen(shape: Shape, shown: View) -> list[Place]:
    """The corners of the part of a convex set that is seen, in the plane; [] where nothing of it is."""
    size = max(shown.high[0] - shown.low[0], shown.high[1] - shown.low[1])
    rays = [_unit(r) for r in shape.rays]
    rays += [_unit((p[0] + q[0], p[1] + q[1])) for p, q in _neighbours(rays)]
    base = [(float(v[0]), float(v[1])) for v in shape.vertices]
    far = [(x + FAR * size * r[0], y + FAR * size * r[1]) for x, y in base for r in rays]
    return _clipped(_hull([*base, *far]), shown)


def _neighbours(rays: list[Place]) -> list[tuple[Place, Place]]:
    pairs = [(p, q) for i, p in enumerate(rays) for q in rays[:i]]
    return [(p, q) for p, q in pairs if hypot(p[0] + q[0], p[1] + q[1]) > 1e-9]


def _unit(ray: Sequence[float | Fraction]) -> Place:
    x, y = float(ray[0]), float(ray[1])
    length = hypot(x, y)
    return x / length, y / length


def _hull(points: list[Place]) -> list[Place]:
    """The convex hull, counterclockwise (Andrew's monotone chain)."""
    ordered = sorted(set(points))

    def half(items: Iterable[Place]) -> list[Place]:
        out: list[Place] = []
        for p in items:
            while len(out) > 1 and _turn(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    return half(ordered) + half(reversed(ordered)) if len(ordered) > 2 else ordered


def _turn(o: Place, a: Place, b: Place) -> float:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def _clipped(polygon: list[Place], shown: View) -> list[Place]:
    """The polygon within the frame (Sutherland and Hodgman)."""
    frame = shown.frame()
    for a, b in zip(frame, [*frame[1:], frame[0]]):
        polygon = _cut(polygon, a, b)
    return polygon


def _cut(polygon: list[Place], a: Place, b: Place) -> list[Place]:
    out: list[Place] = []
    for p, q in zip(polygon, [*polygon[1:], *polygon[:1]]):
        side_p, side_q = _turn(a, b, p), _turn(a, b, q)
        if side_p >= 0:
            out.append(p)
        if side_p * side_q < 0:
            t = side_p / (side_p - side_q)
            out.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
    return out


def stretch(point: Sequence[float | Fraction], direction: Sequence[float | Fraction], reach: tuple[float, float],
            shown: View) -> tuple[Place, Place] | None:
    """The seen part of point + t * direction for t within `reach` (Liang and Barsky)."""
    low, high = reach
    for axis in (0, 1):
        start, by = float(point[axis]), float(direction[axis])
        if abs(by) < 1e-300:
            if not shown.low[axis] <= start <= shown.high[axis]:
                return None
            continue
        a, b = sorted(((shown.low[axis] - start) / by, (shown.high[axis] - start) / by))
        low, high = max(low, a), min(high, b)
    if low >= high:
        return None
    ends = [(float(point[0]) + t * float(direction[0]), float(point[1]) + t * float(direction[1])) for t in (low, high)]
    return ends[0], ends[1]


# --- room for a label ---


def roomiest(polygon: Sequence[Place], width: float, height: float) -> tuple[Place, float]:
    """Where in a convex polygon on the page a label of this size has most room, and how much (below 0: too little)."""
    xs, ys = [p[0] for p in polygon], [p[1] for p in polygon]
    sides = [(p, q) for p, q in zip(polygon, [*polygon[1:], polygon[0]]) if hypot(q[0] - p[0], q[1] - p[1]) > 1e-9]
    turned = 1.0 if sum(p[0] * q[1] - q[0] * p[1] for p, q in sides) > 0 else -1.0
    best, room = (sum(xs) / len(xs), sum(ys) / len(ys)), -1e9
    middle = best
    for i in range(1, 24):
        for j in range(1, 24):
            spot = (min(xs) + (max(xs) - min(xs)) * i / 24, min(ys) + (max(ys) - min(ys)) * j / 24)
            slack = min(_slack(spot, p, q, width, height, turned) for p, q in sides)
            slack = min(slack, 14.0) - 0.02 * hypot(spot[0] - middle[0], spot[1] - middle[1])
            if slack > room:
                best, room = spot, slack
    return best, room


def _slack(spot: Place, p: Place, q: Place, width: float, height: float, turned: float) -> float:
    """How far a box around `spot` stands within the side p q of a polygon; `turned`: which way round that runs."""
    length = hypot(q[0] - p[0], q[1] - p[1])
    nx, ny = (q[1] - p[1]) / length, -(q[0] - p[0]) / length
    inside = -turned * ((spot[0] - p[0]) * nx + (spot[1] - p[1]) * ny)
    return inside - (abs(nx) * width + abs(ny) * height) / 2
