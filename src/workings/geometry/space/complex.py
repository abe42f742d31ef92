"""The cells of a space as arrays: cells, corners, facets, maps; exact numbers are made on request.

Cells stand in the order of the walk, their corners and facets one after the other.  The crease of a facet is the number
of a unit in the order of layers, or `units + outputs` + the number of a side of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from workings.exact import integer_row
from workings.geometry.data import Counts, Point, Row, Tally
from workings.geometry.layers import Layers
from workings.geometry.polyhedron import Polyhedron, as_shape, cut, space
from workings.geometry.sample import sample
from workings.geometry.space.exact import Exact, meeting
from workings.geometry.space.lists import Chunk
from workings.geometry.stack import Stack

Array = Any


@dataclass(eq=False)
class SpaceComplex:
    """The cells of a network in a box of three dimensions or more; as `fast.complex.Complex` of a plane.

    `chunk` is None where only counts were asked for; `packed`: the signs of each cell, as bits.
    """

    stack: Stack
    layers: Layers
    exact: Exact
    counts: Counts
    tally: Tally
    chunk: Chunk | None
    packed: Array
    engine: str
    seconds: float = 0.0
    partial: str = ""
    done: float = 1.0                   # the share of the walk
    certified: bool = True
    _places: dict[int, Point] = field(default_factory=dict)

    # --- arrays ---

    @property
    def cells(self) -> int:
        return self.counts.cells

    @property
    def size(self) -> int:
        """How many coordinates there are."""
        return len(self.layers.domain.centre)

    @property
    def lists(self) -> Chunk:
        """The lists; raises `ValueError` where only counts were asked for."""
        if self.chunk is None:
            raise ValueError("only counts were asked for")
        return self.chunk

    @property
    def offsets(self) -> Array:
        """Where the corners of each cell begin, and the end: cells + 1."""
        return self.lists.offset

    @property
    def facet_offsets(self) -> Array:
        """Where the facets of each cell begin, and the end: cells + 1."""
        return self.lists.facets

    @property
    def creases(self) -> Array:
        """The crease of each facet."""
        return self.lists.facet

    @cached_property
    def vertices(self) -> Array:
        """The corners: corners x coordinates; for one at infinity its direction."""
        import numpy as np

        domain, place = self.layers.domain, self.lists.place
        near = ~self.infinite
        weight = np.where(near, place[:, self.size], 1.0)[:, None]
        centre = np.array([float(v) for v in domain.centre])
        inner = place[:, : self.size] / weight
        return np.where(near[:, None], centre + float(domain.scale) * inner, inner)

    @cached_property
    def infinite(self) -> Array:
        """Is a corner at infinity?"""
        import numpy as np

        if self.layers.domain.bounded:
            return np.zeros(len(self.lists.place), dtype=bool)
        out = np.zeros(len(self.lists.place), dtype=bool)
        far = self.creases >= self.exact.first_open
        first = self.facet_offsets[self.owner]
        for k in range(int(np.diff(self.facet_offsets).max(initial=0))):
            has = first + k < self.facet_offsets[self.owner + 1]
            at = np.minimum(first + k, len(far) - 1)
            out |= has & far[at] & ((self.lists.tight >> k & 1) > 0)
        return out

    @cached_property
    def signs(self) -> Array:
        """cells x units, 1 where the pre-activation is >= 0; units in the order of the pattern."""
        import numpy as np

        bits = np.unpackbits(self.packed, axis=1, count=self.layers.units)
        out = np.empty_like(bits)
        out[:, self.layers.numbers] = bits
        return out

    def pattern(self, cell: int) -> str:
        """+ and - for each unit."""
        return "".join("+" if s else "-" for s in self.signs[cell])

    @cached_property
    def maps(self) -> Array:
        """cells x outputs x (coordinates and 1): the outputs in the coordinates of the space."""
        import numpy as np

        domain = self.layers.domain
        slopes = self.lists.map[..., :-1] / float(domain.scale)
        constant = self.lists.map[..., -1] - slopes @ np.array([float(v) for v in domain.centre])
        return np.concatenate([slopes, constant[..., None]], axis=-1)

    @property
    def A(self) -> Array:
        """The linear part of the maps: cells x outputs x coordinates."""
        return self.maps[..., :-1]

    @property
    def b(self) -> Array:
        """The constants of the maps: cells x outputs."""
        return self.maps[..., -1]

    @property
    def levels(self) -> Array:
        """The sign of each output at each corner: corners x outputs, certified."""
        return self.lists.level

    @cached_property
    def owner(self) -> Array:
        """The cell of each corner."""
        import numpy as np

        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))

    @cached_property
    def facet_owner(self) -> Array:
        """The cell of each facet."""
        import numpy as np

        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.facet_offsets))

    @cached_property
    def neighbours(self) -> Array:
        """For each facet the cell beyond it, -1 at the border of the domain."""
        from workings.geometry.space.adjacency import neighbours

        return neighbours(self)

    @cached_property
    def areas(self) -> Array:
        """The volume of each cell in the coordinates; infinite where it is unbounded."""
        from workings.geometry.space.volumes import volumes

        return volumes(self)

    # --- exact numbers ---

    def unit_signs(self, cell: int) -> bytearray:
        """The signs of the units of a cell in the order of layers, for `exact`."""
        import numpy as np

        return bytearray(np.unpackbits(self.packed[cell], count=self.layers.units))

    def output_rows(self, cells: Array) -> Iterator[tuple[Row, ...]]:
        """The integer rows of the outputs in some cells."""
        last = len(self.layers.sizes) - 1
        for cell in cells.tolist():
            yield tuple(self.exact.rows(last, self.unit_signs(cell)))

    def facets_at(self, corner: int) -> list[int]:
        """The creases of the facets that meet at a corner."""
        first, tight = int(self.facet_offsets[self.owner[corner]]), int(self.lists.tight[corner])
        return [int(self.creases[first + k]) for k in range(tight.bit_length()) if tight >> k & 1]

    def corners_on(self, facet: int) -> list[int]:
        """The corners of a facet."""
        cell = int(self.facet_owner[facet])
        k = facet - int(self.facet_offsets[cell])
        return [i for i in range(int(self.offsets[cell]), int(self.offsets[cell + 1]))
                if int(self.lists.tight[i]) >> k & 1]

    def inner_vertex(self, corner: int) -> Row:
        """A corner in inner coordinates, d + 1 integers without a common factor: the same for the same point."""
        signs = self.unit_signs(int(self.owner[corner]))
        return meeting([self.exact.row(c, signs) for c in self.facets_at(corner)])

    def exact_vertex(self, corner: int) -> Point:
        """A corner in fractions; raises `ValueError` for one at infinity."""
        if self.infinite[corner]:
            raise ValueError("the corner is at infinity")
        if corner not in self._places:
            *own, w = self.inner_vertex(corner)
            domain = self.layers.domain
            self._places[corner] = tuple(c + domain.scale * Fraction(v, w) for c, v in zip(domain.centre, own))
        return self._places[corner]

    def exact_map(self, cell: int) -> list[tuple[Fraction, ...]]:
        """Each output as its coefficients and a constant, in fractions."""
        scale = self.layers.scales[-1]
        rows = self.exact.rows(len(self.layers.sizes) - 1, self.unit_signs(cell))
        return [self.outer([Fraction(v, scale) for v in row]) for row in rows]

    def exact_row(self, crease: int, cell: int) -> Row:
        """The crease as it is in a cell, in the coordinates of the space, in integers."""
        return integer_row(self.outer([Fraction(v) for v in self.exact.row(crease, self.unit_signs(cell))]))

    def outer(self, row: list[Fraction]) -> tuple[Fraction, ...]:
        """A form in inner coordinates in those of the space."""
        domain = self.layers.domain
        slopes = [v / domain.scale for v in row[:-1]]
        return (*slopes, row[-1] - sum((a * c for a, c in zip(slopes, domain.centre)), Fraction(0)))

    def body(self, cell: int) -> Polyhedron:
        """A cell as an exact set."""
        out = space(self.size)
        for row in self.sides(cell):
            out = cut(out, row)
        return out

    def sides(self, cell: int) -> list[Row]:
        """The inequalities row . (x, 1) >= 0 of a cell, none of them idle."""
        signs, units, out = self.unit_signs(cell), self.layers.units, []
        for facet in range(int(self.facet_offsets[cell]), int(self.facet_offsets[cell + 1])):
            crease = int(self.creases[facet])
            if crease < self.exact.first_open:
                row = self.exact_row(crease, cell)
                out.append(row if crease >= units or signs[crease] else tuple(-v for v in row))
        return out

    def inner(self, cell: int) -> Point:
        """A readable point within a cell."""
        return sample(self.body(cell))

    def shape(self, cell: int) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        """The vertices and the rays of a cell, exactly."""
        found = as_shape(self.body(cell))
        return found.vertices, found.rays
