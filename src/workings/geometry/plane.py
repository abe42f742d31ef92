"""Where a network is looked at: a plane or a line through its inputs, and a convex polygon in it.

The plane is  x = origin + s * along + t * across;  two inputs without a slice are s and t themselves.
A line is the strip 0 <= t <= 1 of a plane on which nothing depends on t: a breakpoint is a crease across it.

Inside, a point is (p, q) with  s = centre + scale * p  and the like, so that a bounded domain fills about [-1, 1]^2:
a form is then computed exactly and rounded once, and a box far from the origin loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from workings.errors import BadValue, OutOfReach
from workings.exact import integer_row, rational
from workings.geometry.box import read_box
from workings.geometry.data import Box, Row

Point2 = tuple[Fraction, Fraction]
ZERO, ONE = Fraction(0), Fraction(1)
MAX_SIDES = 2_000             # half planes of one domain


@dataclass(eq=False)
class Plane:
    """origin + s * along + t * across; `line`: t plays no part."""

    origin: tuple[Fraction, ...]
    along: tuple[Fraction, ...]
    across: tuple[Fraction, ...]
    names: tuple[str, ...]              # of the coordinates: (x1, x2), (s, t) or (s,)
    sliced: bool = False

    @property
    def line(self) -> bool:
        return len(self.names) == 1

    def point(self, where: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """The point of input space."""
        t = ZERO if self.line else where[1]
        return tuple(o + where[0] * a + t * b for o, a, b in zip(self.origin, self.along, self.across))

    @property
    def gram(self) -> tuple[Fraction, Fraction, Fraction]:
        """along . along, along . across, across . across: lengths in input space."""
        pairs = ((self.along, self.along), (self.along, self.across), (self.across, self.across))
        a, b, c = (sum((x * y for x, y in zip(u, v)), ZERO) for u, v in pairs)
        return a, b, c


@dataclass(eq=False)
class Domain:
    """A convex polygon of a plane: rows >= 0 in (s, t, 1), counterclockwise; `unbounded`: no side but stand-ins.

    `centre`, `scale`: of the inner coordinates (p, q).  `outline`: the corners of a bounded domain counterclockwise,
    each with the number of the side that follows.
    """

    plane: Plane
    sides: tuple[Row, ...]
    box: Box | None = None              # as given: of the inputs, or of (s, t) on a slice
    centre: Point2 = (ZERO, ZERO)
    scale: Fraction = ONE
    bounded: bool = True
    outline: tuple[tuple[Point2, int], ...] = ()

    def frame(self) -> list[tuple[Fraction, ...]]:
        """The inputs as forms (a, b, c) in (p, q)."""
        (s, t), k, plane = self.centre, self.scale, self.plane
        return [(k * a, k * b, o + s * a + t * b) for o, a, b in zip(plane.origin, plane.along, plane.across)]


def plane_of(inputs: Sequence[str], slice_: Any = None) -> Plane:
    """The plane of all inputs (one or two), or that through three points (two: a line).

    >>> plane_of(("x1", "x2", "x3"), [(0, 0, 0), (1, 0, 0), (0, 0, "1/2")]).across
    (Fraction(0, 1), Fraction(0, 1), Fraction(1, 2))
    """
    n = len(inputs)
    if slice_ is None:
        if n > 2:
            raise OutOfReach(f"the network has {n} inputs, and no plane through them is given",
                             expected="one or two inputs, or a slice", hint="slice= three points: a plane; two: a line")
        unit = [tuple(Fraction(int(i == j)) for j in range(n)) for i in range(2)]
        return Plane((ZERO,) * n, unit[0], unit[1] if n == 2 else (ZERO,) * n, tuple(inputs))
    points = [_point(p, n) for p in slice_]
    if len(points) not in (2, 3):
        raise BadValue(f"the slice has {len(points)} points", expected="three points for a plane, two for a line")
    origin, *others = points
    ways = [tuple(b - a for a, b in zip(origin, p)) for p in others]
    _independent(ways)
    across = ways[1] if len(ways) == 2 else (ZERO,) * n
    return Plane(origin, ways[0], across, ("s", "t")[: len(ways)], True)


def _point(given: Any, size: int) -> tuple[Fraction, ...]:
    values = given.reshape(-1).tolist() if hasattr(given, "reshape") else list(given)
    if len(values) != size:
        raise BadValue(f"a point of the slice has {len(values)} numbers, the network {size} inputs",
                       expected=f"{size} numbers a row")
    return tuple(rational(v, "a coordinate of the slice") for v in values)


def _independent(ways: Sequence[Sequence[Fraction]]) -> None:
    if not any(ways[0]) or not any(ways[-1]):
        raise BadValue("two points of the slice are the same", expected="three points not on one line, or two points")
    if len(ways) == 2:
        k = next(i for i, v in enumerate(ways[0]) if v)
        factor = ways[1][k] / ways[0][k]
        if all(b == factor * a for a, b in zip(*ways)):
            raise BadValue("the three points of the slice lie on one line", expected="three points that span a plane",
                           hint="move one of them, or give two points for a line")


def domain_of(plane: Plane, box: Any = None, own: Box | None = None, polygon: Any = None) -> Domain:
    """The part of a plane that is cut: a box of its coordinates, a convex polygon, what lies in the network's `own`
    box, or "all" of it."""
    given = read_box(box, plane.names) if box is not None else None
    rows: list[Row] = []
    if polygon is not None:
        rows += _polygon_rows(polygon)
    elif box is None and own is not None:
        rows += _own_rows(plane, own)
        given = None if plane.sliced else own
    for i, (low, high) in enumerate(given or ()):
        rows += _bounds(i, low, high)
    rows = list(dict.fromkeys(rows))
    if plane.line:
        rows += [(0, 1, 0), (0, -1, 1)]
    if len(rows) > MAX_SIDES:
        raise BadValue(f"the domain has {len(rows)} sides", expected=f"at most {MAX_SIDES}")
    return _scaled(Domain(plane, tuple(rows), given))


def _bounds(i: int, low: Fraction | None, high: Fraction | None) -> list[Row]:
    out = []
    for bound, side in ((low, 1), (high, -1)):
        if bound is not None:
            row = [ZERO, ZERO, -side * bound]
            row[i] = Fraction(side)
            out.append(integer_row(row))
    return out


def _own_rows(plane: Plane, own: Box) -> list[Row]:
    """low <= x_i(s, t) <= high for every input."""
    out: list[Row] = []
    for o, a, b, (low, high) in zip(plane.origin, plane.along, plane.across, own):
        for bound, side in ((low, 1), (high, -1)):
            if bound is None:
                continue
            row = (side * a, side * b, side * (o - bound))
            if any(row[:2]):
                out.append(integer_row(row))
            elif row[2] < 0:
                raise BadValue("the plane of the slice does not meet the box", hint='give box=, or box="all"')
    return out


def _polygon_rows(polygon: Any) -> list[Row]:
    """The sides of a convex polygon given by its corners in order."""
    corners = [tuple(rational(v, "a corner") for v in p) for p in polygon]
    if len(corners) < 3 or any(len(c) != 2 for c in corners):
        raise BadValue("a polygon needs three corners or more", expected="pairs of numbers, in order around it")
    area = sum((a[0] * b[1] - a[1] * b[0] for a, b in zip(corners, corners[1:] + corners[:1])), ZERO)
    if not area:
        raise BadValue("the polygon has no area", expected="three corners that are not on one line")
    ordered = corners if area > 0 else corners[::-1]
    rows = []
    for (x, y), (u, v) in zip(ordered, ordered[1:] + ordered[:1]):
        row = (y - v, u - x, (v - y) * x - (u - x) * y)
        if any(row[0] * a + row[1] * b + row[2] < 0 for a, b in ordered):
            raise BadValue("the polygon is not convex, or its corners are not in order", hint="give its convex hull")
        if any(row):
            rows.append(integer_row(row))
    return rows


# --- corners ---


def corners(sides: Sequence[Row], far: Fraction) -> list[tuple[Point2, int]]:
    """The corners counterclockwise, each with the number of the side that follows; sides from len(sides) on are
    those of the square |s|, |t| <= far.  Empty where nothing with an interior is left."""
    square = [((-far, -far), 0), ((far, -far), 1), ((far, far), 2), ((-far, far), 3)]
    found: list[tuple[Point2, int]] = [(p, len(sides) + k) for p, k in square]
    for number, (a, b, c) in enumerate(sides):
        values = [a * x + b * y + c for (x, y), _ in found]
        out: list[tuple[Point2, int]] = []
        for i, ((p, side), v) in enumerate(zip(found, values)):
            q, w = found[(i + 1) % len(found)][0], values[(i + 1) % len(found)]
            if v >= 0:
                out.append((p, number if v == 0 and w < 0 else side))
            if v * w < 0:
                s = v / (v - w)
                cut = (p[0] + s * (q[0] - p[0]), p[1] + s * (q[1] - p[1]))
                out.append((cut, number if v > 0 else side))
        found = out
        if len({p for p, _ in found}) < 3:
            return []
    return [f for i, f in enumerate(found) if f[0] != found[i - 1][0]]


def _scaled(domain: Domain) -> Domain:
    """Inner coordinates, from the extent of a bounded domain."""
    far = Fraction(2) ** (2 * max((abs(v).bit_length() for row in domain.sides for v in row), default=0) + 2)
    found = corners(domain.sides, far)
    if not found:
        raise BadValue("the domain has no area", expected="a box or polygon with an interior", hint='box="all"')
    domain.bounded = all(side < len(domain.sides) for _, side in found)
    if domain.bounded:
        domain.outline = tuple(found)
        extent = [(min(p[i] for p, _ in found), max(p[i] for p, _ in found)) for i in (0, 1)]
        half = max((high - low) / 2 for low, high in extent)
        power = Fraction(2) ** (exponent(half))
        middle = [(low + high) / 2 for low, high in extent]
        domain.centre = (rounded(middle[0], power), rounded(middle[1], power))
        domain.scale = power
    return domain


def exponent(value: Fraction) -> int:
    """The least e with value <= 2^e."""
    e = value.numerator.bit_length() - value.denominator.bit_length()
    while Fraction(2) ** e < value:
        e += 1
    while Fraction(2) ** (e - 1) >= value:
        e -= 1
    return e


def rounded(value: Fraction, unit: Fraction) -> Fraction:
    """To an eighth of the unit: near enough for a centre, and short in binary."""
    return round(value / unit * 8) * unit / 8
