"""Convex sets held by their corners: cut by one inequality after another, in integers.

A set in R^n is a cone in R^(n+1), a point x being the ray (x, 1) = (p, w) up to a positive factor.

    generators  (p, w) with w > 0: a vertex p/w;  w = 0: a direction
    lines       directions of which both signs belong to the cone
    tight       of a generator: the bits of the rows that are 0 on it; bit 0 is w >= 0 itself

Method: double description (Motzkin, Raiffa, Thompson, Thrall 1953), with the combinatorial test of
neighbours: two generators are neighbours if no third is 0 on all rows on which both are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key

from workings.exact import IntVector, dot, primitive, rank
from workings.geometry.data import Box, Point, Row, Shape, Tally

Generator = tuple[IntVector, int]


@dataclass(slots=True, eq=False)
class Polyhedron:
    """The closed set { x : row . (x, 1) >= 0 for each row }, never changed once made."""

    size: int                           # n, the number of inputs
    lines: tuple[IntVector, ...]
    generators: tuple[Generator, ...]
    rows: tuple[Row, ...] = ((),)       # the row of each bit; bit 0 is w >= 0

    @property
    def empty(self) -> bool:
        return not any(g[-1] for g, _ in self.generators)

    @property
    def flat(self) -> int:
        """The bits of the rows that are 0 on the whole set; none: it has an interior."""
        out = -1
        for _, tight in self.generators:
            out &= tight
        return out

    def dimension(self) -> int:
        """-1 for the empty set."""
        return -1 if self.empty else rank([*self.lines, *(g for g, _ in self.generators)]) - 1


def space(size: int) -> Polyhedron:
    """All of R^size."""
    lines = tuple(tuple(int(i == j) for j in range(size + 1)) for i in range(size))
    return Polyhedron(size, lines, (((0,) * size + (1,), 0),))


def negated(row: Sequence[int]) -> Row:
    """The row with the other sign."""
    return tuple(-v for v in row)


def split(body: Polyhedron, row: Row, tally: Tally | None = None) -> tuple[Polyhedron, Polyhedron]:
    """The parts with row >= 0 and with row <= 0, both closed; they share the part with row = 0.

    >>> half, rest = split(space(1), (1, -2))
    >>> as_shape(half).vertices, as_shape(half).rays
    (((Fraction(2, 1),),), ((Fraction(1, 1),),))
    """
    return _split(body, row, True, True, tally)


def cut(body: Polyhedron, row: Row, tally: Tally | None = None) -> Polyhedron:
    """The part with row >= 0."""
    return _split(body, row, True, False, tally)[0]


def slice_(body: Polyhedron, row: Row, tally: Tally | None = None) -> Polyhedron:
    """The part with row = 0."""
    return cut(cut(body, row, tally), negated(row), tally)


def _split(body: Polyhedron, row: Row, up: bool, down: bool, tally: Tally | None) -> tuple[Polyhedron, Polyhedron]:
    if tally is not None:
        tally.signs += len(body.lines) + len(body.generators)
        tally.exact += len(body.lines) + len(body.generators)
    across = next((line for line in body.lines if dot(line, row)), None)
    if across is not None:
        return _split_line(body, row, across)
    bit = 1 << len(body.rows)
    above: list[tuple[IntVector, int, int]] = []
    below: list[tuple[IntVector, int, int]] = []
    level: list[Generator] = []
    for generator, tight in body.generators:
        value = dot(generator, row)
        if value:
            (above if value > 0 else below).append((generator, tight, value))
        else:
            level.append((generator, tight | bit))
    if above and below:
        level += _crossings(body, above, below, bit)
    rows = (*body.rows, row)
    return (
        Polyhedron(body.size, body.lines, tuple([(g, t) for g, t, _ in above] + level) if up else (), rows),
        Polyhedron(body.size, body.lines, tuple([(g, t) for g, t, _ in below] + level) if down else (), rows),
    )


def _crossings(
    body: Polyhedron, above: list[tuple[IntVector, int, int]], below: list[tuple[IntVector, int, int]], bit: int,
) -> list[Generator]:
    """Where the row is 0 between neighbours of which one lies above and one below."""
    out: list[Generator] = []
    masks = [tight for _, tight in body.generators]
    for p, tight_p, value_p in above:
        for q, tight_q, value_q in below:
            common = tight_p & tight_q
            if sum(common & mask == common for mask in masks) == 2:
                meeting = primitive([value_p * b - value_q * a for a, b in zip(p, q)])
                out.append((meeting, common | bit))
    return out


def _split_line(body: Polyhedron, row: Row, across: IntVector) -> tuple[Polyhedron, Polyhedron]:
    """A line of the set crosses the row: it becomes a direction, the rest is shifted along it onto row = 0."""
    slope = dot(across, row)
    if slope < 0:
        across, slope = negated(across), -slope
    bit, before = 1 << len(body.rows), (1 << len(body.rows)) - 1

    def shifted(v: IntVector) -> IntVector:
        value = dot(v, row)
        return primitive([slope * a - value * b for a, b in zip(v, across)]) if value else v

    rows = (*body.rows, row)
    others = [shifted(line) for line in body.lines]
    lines = tuple(line for line in others if any(line))
    generators = [(shifted(g), tight | bit) for g, tight in body.generators]
    up = Polyhedron(body.size, lines, (*generators, (across, before)), rows)
    down = Polyhedron(body.size, lines, (*generators, (negated(across), before)), rows)
    return up, down


def within(body: Polyhedron, box: Box | None) -> Polyhedron:
    """The part inside a box."""
    for row in box_rows(box):
        body = cut(body, row)
    return body


def box_rows(box: Box | None) -> tuple[Row, ...]:
    """The sides of a box as rows >= 0: x1 - low, high - x1, x2 - low, …"""
    out: list[Row] = []
    for i, (low, high) in enumerate(box or ()):
        for bound, side in ((low, 1), (high, -1)):
            if bound is not None:
                row = [0] * (len(box or ()) + 1)
                row[i], row[-1] = side * bound.denominator, -side * bound.numerator
                out.append(tuple(row))
    return tuple(out)


# --- what is read off ---


def point(generator: IntVector) -> Point:
    """The vertex, or the direction where w = 0."""
    w = generator[-1]
    return tuple(Fraction(v, w) if w else Fraction(v) for v in generator[:-1])


def as_shape(body: Polyhedron) -> Shape:
    """Vertices and rays; counterclockwise in the plane, a vertex first."""
    vertices = [point(g) for g, _ in body.generators if g[-1]]
    rays = [point(g) for g, _ in body.generators if not g[-1]]
    for line in body.lines:
        rays += [point(line), point(negated(line))]
    if body.size == 2:
        vertices, rays = _counterclockwise(vertices, rays)
    else:
        vertices.sort()
    return Shape(tuple(vertices), tuple(rays), body.dimension(), not body.lines, body)


def _counterclockwise(vertices: list[Point], rays: list[Point]) -> tuple[list[Point], list[Point]]:
    """Sorted by the direction seen from an inner point, beginning after the gap that the rays leave."""
    if not vertices or len(vertices) + len(rays) < 2:
        return vertices, rays
    zero = Fraction(0)
    x, y = (sum((v[i] for v in vertices), zero) / len(vertices) + sum((r[i] for r in rays), zero) for i in (0, 1))
    seen: list[tuple[tuple[Fraction, Fraction], Point, bool]]
    seen = [((v[0] - x, v[1] - y), v, True) for v in vertices] + [((r[0], r[1]), r, False) for r in rays]
    turn = cmp_to_key(_turn)
    seen.sort(key=lambda item: turn(item[0]))
    start = next((i for i in range(len(seen)) if seen[i][2] and not seen[i - 1][2]), None)
    if start is None:                   # no rays: begin at the lowest of the leftmost
        start = min(range(len(seen)), key=lambda i: seen[i][1])
    seen = seen[start:] + seen[:start]
    return [p for _, p, corner in seen if corner], [p for _, p, corner in seen if not corner]


def _turn(a: tuple[Fraction, Fraction], b: tuple[Fraction, Fraction]) -> int:
    """Which direction comes first, counterclockwise from (1, 0)."""
    half_a, half_b = (a[1] < 0 or (a[1] == 0 and a[0] < 0)), (b[1] < 0 or (b[1] == 0 and b[0] < 0))
    if half_a != half_b:
        return 1 if half_a else -1
    cross = a[0] * b[1] - a[1] * b[0]
    return -1 if cross > 0 else 1 if cross < 0 else 0


def edges(body: Polyhedron) -> list[tuple[Row, tuple[IntVector, ...]]]:
    """In the plane: each side of a set with an interior, as its row and the two generators at its ends.

    A side that is a whole line comes as a base point and the line twice, once with each sign.
    """
    out: dict[Row, tuple[IntVector, ...]] = {}
    for i, row in enumerate(body.rows[1:], start=1):
        ends = [g for g, tight in body.generators if tight >> i & 1]
        if not any(row[:-1]) or not any(g[-1] for g in ends):
            continue
        if body.lines:
            ends += [body.lines[0], negated(body.lines[0])]
        if len(ends) >= 2:
            out.setdefault(crease(row), tuple(ends))
    return list(out.items())


def facets(body: Polyhedron) -> tuple[Row, ...]:
    """The rows >= 0 that bound a set with an interior, each once and without those that follow from others."""
    return rims(body, body.size)


def rims(body: Polyhedron, dimension: int | None = None) -> tuple[Row, ...]:
    """The same of a set of any dimension, that of its whole (or the one given)."""
    inner = [sum(column) for column in zip(*(g for g, _ in body.generators))]
    size = body.dimension() if dimension is None else dimension
    out: dict[Row, None] = {}
    for i, row in enumerate(body.rows[1:], start=1):
        ends = [g for g, tight in body.generators if tight >> i & 1]
        if any(row[:-1]) and any(g[-1] for g in ends) and rank([*body.lines, *ends]) == size and dot(row, inner):
            out.setdefault(primitive(row if dot(row, inner) > 0 else negated(row)))
    return tuple(out)


def crease(row: Row) -> Row:
    """The line row = 0: the same for a row and its multiples, the first entry that is not 0 being positive."""
    lead = next((v for v in row if v), 1)
    reduced = primitive(row)
    return reduced if lead > 0 else negated(reduced)


def window(shape: Shape, box: Box) -> tuple[Point, ...]:
    """The corners of the part of a shape inside a box, counterclockwise: what a picture can draw."""
    return () if shape.body is None else as_shape(within(shape.body, box)).vertices
