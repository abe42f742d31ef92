"""The cells of a plane in integers: the reference, the fallback without numba, and the judge of signs in doubt.

    row       a form times a positive number, three integers (a, b, c)
    crease    the number of a unit; from `units + outputs` on, that of a side of the domain
    vertex    (x, y, w) with w > 0: the meeting of two creases, its cross product
    corner    (vertex, the two creases that meet there, the crease along the edge that follows)

"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import mul

from workings.exact import primitive, sign
from workings.geometry.exact_forms import Forms
from workings.geometry.layers import Layers
from workings.geometry.plane import corners

Triple = tuple[int, int, int]
Corner = tuple[Triple, int, int, int]


def cross(p: Triple, q: Triple) -> Triple:
    """The meeting of two lines, w >= 0."""
    (a, b, c), (d, e, f) = p, q
    w = a * e - b * d
    if w < 0:
        return c * e - b * f, a * f - c * d, -w
    return b * f - c * e, c * d - a * f, w


class Exact(Forms):
    """The forms of all units under given signs on a plane, in integers."""

    def __init__(self, layers: Layers) -> None:
        super().__init__(layers)
        self.far = 1
        self.outline, self.sides = self._domain()

    # --- the domain ---

    def _domain(self) -> tuple[list[Corner], list[Triple]]:
        """The corners and sides in inner coordinates; sides that stand for infinity lie beyond every vertex."""
        domain, (s, t), k = self.layers.domain, self.layers.domain.centre, self.layers.domain.scale
        rows = [_whole((a * k, b * k, a * s + b * t + c)) for a, b, c in domain.sides]
        # where the domain is bounded nothing has to lie beyond every vertex
        vertices = 1 if domain.bounded else self.layers.largest
        largest = max([vertices, *(abs(v) for row in rows for v in row)])
        self.far = 1 << (2 * largest.bit_length() + 2)
        inner = [(((x - s) / k, (y - t) / k), side) for (x, y), side in domain.outline]
        found = inner or corners(rows, Fraction(self.far))
        square = [(0, 1, self.far), (-1, 0, self.far), (0, -1, self.far), (1, 0, self.far)]
        every = [*rows, *square]
        used = {side for _, side in found}
        self.infinite = {self.total + i for i in range(len(rows), len(every)) if i in used}
        out: list[Corner] = []
        for i, ((x, y), side) in enumerate(found):
            before = found[i - 1][1]
            w = x.denominator * y.denominator
            vertex = (int(x * w), int(y * w), w)
            out.append((vertex, self.total + before, self.total + side, self.total + side))
        return out, every

    # --- signs ---

    def vertex(self, p: int, q: int, signs: Sequence[int]) -> Triple:
        """Where two creases meet."""
        return cross(self.row(p, signs), self.row(q, signs))

    def sign(self, unit: int, vertex: Triple, signs: Sequence[int]) -> int:
        """The sign of a unit's form at a vertex."""
        return sign(sum(map(mul, self.row(unit, signs), vertex)))


def _whole(values: Sequence[Fraction]) -> Triple:
    from workings.exact import integer_row

    a, b, c = integer_row(values)
    return a, b, c


# --- the walk ---


@dataclass(slots=True, eq=False)
class Cell:
    """A cell with the signs of its units, its corners, and the rows of the outputs (times their scale)."""

    signs: bytes
    corners: list[Corner]
    outputs: list[Triple]


@dataclass(slots=True, eq=False)
class _Task:
    layer: int
    corners: list[Corner]
    candidates: list[int] | None        # units whose creases may cut; None: all of the layer
    unit: int = -1
    side: int = 0


@dataclass(slots=True, eq=False)
class Walk:
    """Every cell in turn, depth first, + before -."""

    exact: Exact
    tests: int = 0
    signs: bytearray = field(default_factory=bytearray)

    def cells(self) -> Iterator[Cell]:
        """All cells of the domain."""
        exact = self.exact
        last = len(exact.sizes) - 1
        self.signs = bytearray(exact.layers.units)
        todo = [_Task(0, exact.outline, None)]
        while todo:
            task = todo.pop()
            if task.unit >= 0:
                self.signs[task.unit] = task.side
            if task.layer == last:
                yield Cell(bytes(self.signs), task.corners, exact.rows(last, self.signs))
                continue
            cut, rest = self._candidates(task)
            if cut is None:
                todo.append(_Task(task.layer + 1, task.corners, None))
                continue
            unit, values = cut
            for side in (0, 1):
                half = self._half(task.corners, values, unit, 1 if side else -1)
                todo.append(_Task(task.layer, half, rest, unit, side))

    def _candidates(self, task: _Task) -> tuple[tuple[int, list[int]] | None, list[int]]:
        """The first unit that cuts, with its values at the corners, and the others that do; signs of the rest."""
        exact, start = self.exact, self.exact.starts[task.layer]
        rows = exact.rows(task.layer, self.signs)
        units = range(start, start + len(rows)) if task.candidates is None else task.candidates
        points = [c[0] for c in task.corners]
        self.tests += len(points) * len(units)
        first: tuple[int, list[int]] | None = None
        rest = []
        for u in units:
            a, b, c = rows[u - start]
            values = [a * x + b * y + c * w for x, y, w in points]
            low, high = min(values), max(values)
            if low < 0 < high:
                if first is None:
                    first = u, values
                else:
                    rest.append(u)
            else:
                self.signs[u] = low >= 0
        return first, rest

    def _half(self, found: list[Corner], values: Sequence[int], unit: int, way: int) -> list[Corner]:
        """The part of a polygon where way * value >= 0."""
        out: list[Corner] = []
        for i, (vertex, p, q, edge) in enumerate(found):
            here, then = way * values[i], way * values[i + 1 if i + 1 < len(found) else 0]
            if here >= 0:
                out.append((vertex, p, q, unit if here == 0 and then < 0 else edge))
            if (here > 0 > then) or (here < 0 < then):
                meeting = primitive(self.exact.vertex(edge, unit, self.signs))
                out.append(((meeting[0], meeting[1], meeting[2]), edge, unit, unit if here > 0 else edge))
        return out
