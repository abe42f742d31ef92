"""Inputs that may be exchanged or change their signs without changing the outputs: proved piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations, product
from typing import TypeVar

from workings.limits import SYMMETRY_OVERLAID, SYMMETRY_PIECES
from workings.geometry.data import Map, Row
from workings.geometry.polyhedron import Polyhedron, cut, facets

MAX_INPUTS = 3                # up to so many inputs every exchange with signs is tried, above it the simple ones

Piece = tuple[int, Polyhedron, tuple[Map, ...]]       # number, domain, maps of the outputs
N = TypeVar("N", int, Fraction)


@dataclass(frozen=True, slots=True)
class Symmetry:
    """The point x goes to (signs[0] * x[order[0]], signs[1] * x[order[1]], …)."""

    order: tuple[int, ...]
    signs: tuple[int, ...]

    def image(self, values: Sequence[N]) -> tuple[N, ...]:
        """Where a point goes; and a row or map too: it has the same value at the image as before at the point.

        >>> Symmetry((1, 0), (1, -1)).image((2, 3, 7))
        (3, -2, 7)
        """
        moved: list[N] = [values[o] if s > 0 else -values[o] for o, s in zip(self.order, self.signs)]
        return tuple(moved) + tuple(values[len(self.order):])

    def after(self, first: Symmetry) -> Symmetry:
        """First the one, then this."""
        signs = tuple(s * first.signs[o] for o, s in zip(self.order, self.signs))
        return Symmetry(tuple(first.order[o] for o in self.order), signs)

    @property
    def flipped(self) -> tuple[int, ...]:
        """The places with a change of sign."""
        return tuple(i for i, s in enumerate(self.signs) if s < 0)

    @property
    def moved(self) -> tuple[int, ...]:
        """The places where another input stands."""
        return tuple(i for i, o in enumerate(self.order) if i != o)

    @property
    def simple(self) -> bool:
        """Two inputs exchanged, or the sign of one changed."""
        return len(self.moved) + 2 * len(self.flipped) == 2

    @property
    def involution(self) -> bool:
        """Done twice, nothing is changed."""
        return self.after(self) == _identity(len(self.order))

    def body(self, body: Polyhedron) -> Polyhedron:
        """The image of a set."""
        return Polyhedron(
            body.size, tuple(map(self.image, body.lines)),
            tuple((self.image(g), tight) for g, tight in body.generators),
            ((), *map(self.image, body.rows[1:])),
        )


Partners = Mapping[int, int]            # of a piece: the number of the piece whose image it is


def symmetries(pieces: Sequence[Piece], size: int) -> dict[Symmetry, Partners]:
    """Every symmetry that the outputs are proved to have, the simplest first, and which piece each piece comes from.

    A proof: every full piece goes to a piece (they have the same sides) with the same maps.  Where the pieces
    themselves are not symmetric, every piece and the image of every other have the same maps where they overlap.
    """
    if len(pieces) > SYMMETRY_PIECES:
        return {}
    sides = {number: facets(body) for number, body, _ in pieces}
    found = {frozenset(sides[number]): (number, maps) for number, _, maps in pieces}
    out: dict[Symmetry, Partners] = {}
    for symmetry in _candidates(size):
        partners: dict[int, int] = {}
        proved = True
        for number, _, maps in pieces:
            image = found.get(frozenset(map(symmetry.image, sides[number])))
            if image is not None and image[1] == tuple(symmetry.image(m) for m in maps):
                partners[image[0]] = number
            elif image is not None or len(pieces) > SYMMETRY_OVERLAID:
                proved = False
                break
        if proved and (len(partners) == len(pieces) or _agrees(pieces, sides, symmetry)):
            out[symmetry] = partners
    return out


def _agrees(pieces: Sequence[Piece], sides: Mapping[int, tuple[Row, ...]], symmetry: Symmetry) -> bool:
    """Is the image of each piece, laid over the pieces, nowhere another function?"""
    for number, _, maps in pieces:
        expected = tuple(symmetry.image(m) for m in maps)
        rows = [symmetry.image(row) for row in sides[number]]
        if any(maps_ != expected and _overlap(body, rows) for _, body, maps_ in pieces):
            return False
    # what is sent out of the box has no counterpart there: the box must be symmetric too
    return _covered(pieces, sides, symmetry)


def _overlap(body: Polyhedron, rows: Iterable[Row]) -> bool:
    for row in rows:
        body = cut(body, row)
        if body.empty or body.flat:
            return False
    return True


def _covered(pieces: Sequence[Piece], sides: Mapping[int, tuple[Row, ...]], symmetry: Symmetry) -> bool:
    """Does the union of the pieces, all of space or a box, go to itself?  By the sides that no two pieces share."""
    rows = {row for number, _, _ in pieces for row in sides[number]}
    outer = {row for row in rows if all(_within(body, row) for _, body, _ in pieces)}
    return outer == set(map(symmetry.image, outer))


def _within(body: Polyhedron, row: Row) -> bool:
    values = [sum(a * b for a, b in zip(row, g)) for g, _ in body.generators]
    return all(v >= 0 for v in values) and not any(sum(a * b for a, b in zip(row, line)) for line in body.lines)


def _identity(size: int) -> Symmetry:
    return Symmetry(tuple(range(size)), (1,) * size)


def _candidates(size: int) -> list[Symmetry]:
    """Exchanges, then changes of one sign, then both together."""
    if size <= MAX_INPUTS:
        every = [Symmetry(o, s) for o in permutations(range(size)) for s in product((1, -1), repeat=size)]
    else:
        every = list(_common(size))
    every.remove(_identity(size))
    return sorted(every, key=_length)


def _length(symmetry: Symmetry) -> tuple[bool, bool, int, int, tuple[int, ...], tuple[int, ...]]:
    """How much there is to say of a symmetry."""
    flipped, moved = symmetry.flipped, symmetry.moved
    return not symmetry.simple, not symmetry.involution, len(flipped), len(moved), moved, flipped


def _common(size: int) -> Iterator[Symmetry]:
    """In many inputs: two exchanged, with or without their signs, one sign or all signs changed."""
    same = tuple(range(size))
    yield _identity(size)
    yield Symmetry(same, (-1,) * size)
    for i in range(size):
        yield Symmetry(same, tuple(-1 if k == i else 1 for k in same))
    for i, j in combinations(range(size), 2):
        order = tuple(j if k == i else i if k == j else k for k in same)
        yield Symmetry(order, (1,) * size)
        yield Symmetry(order, tuple(-1 if k in (i, j) else 1 for k in same))


def telling(found: Iterable[Symmetry]) -> tuple[Symmetry, ...]:
    """Those worth naming: the simple ones, and others that do not follow from those named before."""
    named: list[Symmetry] = []
    group: set[Symmetry] = set()
    for symmetry in found:
        if symmetry.simple or symmetry not in group:
            named.append(symmetry)
            group = _generated(named)
    return tuple(named)


def _generated(generators: Sequence[Symmetry]) -> set[Symmetry]:
    """Everything that comes of doing some after others."""
    if len(generators[0].order) > MAX_INPUTS:
        return set(generators)
    group = {_identity(len(generators[0].order))}
    todo = list(group)
    while todo:
        element = todo.pop()
        for generator in generators:
            new = generator.after(element)
            if new not in group:
                group.add(new)
                todo.append(new)
    return group


def names(symmetry: Symmetry, inputs: Sequence[str]) -> str:
    """swap x1 x2; flip x1; flip x1 x2; swap x1 x2 and flip x1 x2.

    >>> names(Symmetry((1, 0), (1, 1)), ["x1", "x2"]), names(Symmetry((0, 1), (-1, -1)), ["x1", "x2"])
    ('swap x1 x2', 'flip x1 x2')
    """
    verb = "swap" if symmetry.involution or len(symmetry.moved) == 2 else "cycle"
    moved = [f"{verb} {' '.join(inputs[i] for i in symmetry.moved)}"] if symmetry.moved else []
    flipped = [f"flip {' '.join(inputs[i] for i in symmetry.flipped)}"] if symmetry.flipped else []
    return " and ".join(moved + flipped)
