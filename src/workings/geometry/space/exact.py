"""The cells of a space in integers, in any number of dimensions d: the reference, and the judge of signs in doubt.

    row       a form times a positive number, d + 1 integers
    crease    the number of a unit; from `units + outputs` on, that of a side of the domain
    vertex    d + 1 integers (p, w) with w > 0
    corner    (vertex, tight): the bits of the facets that meet there
    facet     its crease; every facet of a cell, and nothing else, has a bit

Two corners of a cell are neighbours if no third lies on all facets on which both do (Motzkin et al. 1953).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import factorial
from operator import mul

from workings.exact import IntVector, integer_row, primitive, sign
from workings.geometry.exact_forms import Forms
from workings.geometry.layers import Layers
from workings.geometry.polyhedron import cut, space

Corner = tuple[IntVector, int]
NEAR = 400                    # bits: what is infinite lies so much farther out that doubles see it as a direction


class Exact(Forms):
    """The forms of all units under given signs, and the domain."""

    def __init__(self, layers: Layers) -> None:
        super().__init__(layers)
        extent = layers.domain
        self.size = extent.size
        self.sides = [_inner(row, extent) for row in extent.sides]
        self.first_open = self.total + len(self.sides)
        self.far = 1
        if not extent.bounded:
            self.sides += self._infinity()
        body = space(self.size)
        for row in self.sides:
            body = cut(body, row)
        found = [(g, tight >> 1) for g, tight in body.generators]
        self.outline, self.facets = pruned(found, list(range(self.total, self.total + len(self.sides))), self.size)

    def _infinity(self) -> list[IntVector]:
        """Sides that lie beyond every vertex: by Cramer no entry of a vertex is larger than d! * largest^d."""
        largest = max([self.layers.largest, *(abs(v) for row in self.sides for v in row)])
        bits = self.size * largest.bit_length() + factorial(self.size).bit_length() + 2
        self.far = 1 << max(bits, NEAR)
        units = [[int(i == j) for j in range(self.size)] for i in range(self.size)]
        return [(*(way * v for v in unit), self.far) for unit in units for way in (1, -1)]

    def vertex(self, creases: Sequence[int], signs: Sequence[int]) -> IntVector:
        """Where creases meet that have one point in common."""
        return meeting([self.row(c, signs) for c in creases])

    def sign(self, unit: int, vertex: Sequence[int], signs: Sequence[int]) -> int:
        """The sign of a unit's form at a vertex."""
        return sign(sum(map(mul, self.row(unit, signs), vertex)))


def _inner(row: IntVector, extent: object) -> IntVector:
    centre, scale = extent.centre, extent.scale  # type: ignore[attr-defined]
    slopes = [v * scale for v in row[:-1]]
    return integer_row([*slopes, row[-1] + sum(v * c for v, c in zip(row, centre))])


def meeting(rows: Sequence[Sequence[int]]) -> IntVector:
    """The one point on all hyperplanes, w > 0, without a common factor.

    >>> meeting([(1, 0, 0, -1), (0, 2, 0, -1), (0, 0, 1, 3), (1, 1, 1, 0)][:3])
    (2, 1, -6, 2)
    """
    from flint import fmpz_mat

    found, nullity = fmpz_mat([list(row) for row in rows]).nullspace()
    assert nullity == 1, "creases that meet in a point"
    vector = primitive([int(line[0]) for line in found.tolist()])
    return vector if vector[-1] > 0 else tuple(-v for v in vector)


# --- the walk ---


@dataclass(slots=True, eq=False)
class Cell:
    """A cell with the signs of its units, its corners and facets, and the rows of the outputs (times their scale)."""

    signs: bytes
    corners: list[Corner]
    facets: list[int]
    outputs: list[IntVector]


@dataclass(slots=True, eq=False)
class _Task:
    layer: int
    corners: list[Corner]
    facets: list[int]
    share: float
    candidates: list[int] | None = None       # units whose creases may cut; None: all of the layer
    unit: int = -1
    side: int = 0


@dataclass(slots=True, eq=False)
class Walk:
    """Every cell in turn, depth first, + before -; `left`: how much of the walk is still to be done, roughly."""

    exact: Exact
    tests: int = 0
    signs: bytearray = field(default_factory=bytearray)
    left: float = 1.0

    def cells(self) -> Iterator[Cell]:
        """All cells of the domain."""
        exact = self.exact
        last = len(exact.sizes) - 1
        self.signs = bytearray(exact.layers.units)
        todo = [_Task(0, exact.outline, exact.facets, 1.0)]
        while todo:
            task = todo.pop()
            if task.unit >= 0:
                self.signs[task.unit] = task.side
            if task.layer == last:
                self.left -= task.share
                yield Cell(bytes(self.signs), task.corners, task.facets, exact.rows(last, self.signs))
                continue
            cut_, rest = self._candidates(task)
            if cut_ is None:
                todo.append(_Task(task.layer + 1, task.corners, task.facets, task.share))
                continue
            unit, values = cut_
            for side, (corners, facets) in enumerate(halves(task.corners, task.facets, values, unit, exact.size)):
                todo.append(_Task(task.layer, corners, facets, task.share / 2, rest, unit, side))

    def _candidates(self, task: _Task) -> tuple[tuple[int, list[int]] | None, list[int]]:
        """The first unit that cuts, with its values at the corners, and the others that do; signs of the rest."""
        exact, start = self.exact, self.exact.starts[task.layer]
        rows = exact.rows(task.layer, self.signs)
        units = range(start, start + len(rows)) if task.candidates is None else task.candidates
        points = [p for p, _ in task.corners]
        self.tests += len(points) * len(units)
        first: tuple[int, list[int]] | None = None
        rest = []
        for u in units:
            values = values_at(rows[u - start], points)
            low, high = min(values), max(values)
            if low < 0 < high:
                if first is None:
                    first = u, values
                else:
                    rest.append(u)
            else:
                self.signs[u] = low >= 0
        return first, rest


def values_at(row: Sequence[int], points: Sequence[IntVector]) -> list[int]:
    """A form at vertices, times positive numbers."""
    return [sum(map(mul, row, p)) for p in points]


def halves(
    corners: Sequence[Corner], facets: list[int], values: Sequence[int], crease: int, size: int,
) -> list[tuple[list[Corner], list[int]]]:
    """The parts below and above a crease that cuts a cell."""
    bit = 1 << len(facets)
    found = list(zip(corners, values))
    level = [(p, tight | bit) for (p, tight), v in found if not v]
    above = [(p, tight, v) for (p, tight), v in found if v > 0]
    below = [(p, tight, v) for (p, tight), v in found if v < 0]
    masks = [tight for _, tight in corners] if size > 3 else []
    for p, tight_p, v in above:
        for q, tight_q, w in below:
            common = tight_p & tight_q
            if _neighbours(common, masks, size):
                level.append((primitive([v * b - w * a for a, b in zip(p, q)]), common | bit))
    every = [*facets, crease]
    return [pruned([(p, t) for p, t, _ in side] + level, every, size) for side in (below, above)]


def _neighbours(common: int, masks: Sequence[int], size: int) -> bool:
    """In three dimensions two facets that share two corners share the edge between them."""
    if common.bit_count() < size - 1:
        return False
    return size <= 3 or sum(common & mask == common for mask in masks) == 2


def pruned(corners: Sequence[Corner], facets: Sequence[int], size: int) -> tuple[list[Corner], list[int]]:
    """Without the bits of what is no facet: a facet has d corners or more, in three dimensions nothing else has."""
    held = [k for k in range(len(facets)) if sum(tight >> k & 1 for _, tight in corners) >= size]
    if len(held) == len(facets):
        return list(corners), list(facets)
    place = {k: new for new, k in enumerate(held)}
    moved = [(p, sum(1 << new for k, new in place.items() if tight >> k & 1)) for p, tight in corners]
    return moved, [facets[k] for k in held]
