"""The complex of a plane as arrays: cells, corners, creases, maps; exact numbers are made on request.

Cells stand in the order of the walk, their corners counterclockwise one after the other.  A crease is the number of a
unit in the order of layers, or `units + outputs` + the number of a side of the domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from workings.geometry.data import Counts, Point, Row, Tally
from workings.geometry.exact_plane import Exact
from workings.geometry.fast.chunks import Chunk
from workings.geometry.layers import Layers
from workings.geometry.stack import Stack

Array = Any
Point2 = tuple[Fraction, Fraction]


@dataclass(eq=False)
class Complex:
    """The cells of a network on a plane.

    `chunk` is None where only counts were asked for; `partial` says why not all of the domain was walked, "" if it was.
    """

    stack: Stack
    layers: Layers
    exact: Exact
    counts: Counts
    tally: Tally
    chunk: Chunk | None
    engine: str                         # "fast": doubles with bounds, integers in doubt; "exact": integers throughout
    seconds: float = 0.0
    partial: str = ""
    done: float = 1.0                   # the share of the domain's area that was walked
    certified: bool = True
    _places: dict[int, Point2] = field(default_factory=dict)

    # --- arrays ---

    @property
    def cells(self) -> int:
        return self.counts.cells

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

    @cached_property
    def vertices(self) -> Array:
        """The corners in (s, t), or the two inputs: corners x 2; for one at infinity its direction."""
        import numpy as np

        domain, place = self.layers.domain, self.lists.place
        scale, centre = float(domain.scale), np.array([float(v) for v in domain.centre])
        near = ~self.infinite
        weight = np.where(place[:, 2] > 0, place[:, 2], 1.0)
        return np.where(near[:, None], centre + scale * place[:, :2] / weight[:, None], place[:, :2])

    @cached_property
    def infinite(self) -> Array:
        """Is a corner at infinity?  Then it is where a crease leaves the plane, or stands for a direction between."""
        import numpy as np

        if self.layers.domain.bounded:
            return np.zeros(len(self.lists.place), dtype=bool)
        return (self.lists.name[:, :2] >= self.first_open).any(axis=1)

    @property
    def first_open(self) -> int:
        """Creases from this number on stand for infinity."""
        return self.exact.total + len(self.exact.sides) - 4

    @property
    def creases(self) -> Array:
        """The crease along the edge that follows each corner."""
        return self.lists.name[:, 2]

    @cached_property
    def signs(self) -> Array:
        """cells x units, 1 where the pre-activation is >= 0; units in the order of the pattern."""
        import numpy as np

        bits = np.unpackbits(self.lists.pattern, axis=1, count=self.layers.units)
        out = np.empty_like(bits)
        out[:, self.layers.numbers] = bits
        return out

    def pattern(self, cell: int) -> str:
        """+ and - for each unit."""
        return "".join("+" if s else "-" for s in self.signs[cell])

    @cached_property
    def maps(self) -> Array:
        """cells x outputs x 3: each output as a*s + b*t + c."""
        import numpy as np

        domain = self.layers.domain
        scale, (s, t) = float(domain.scale), (float(v) for v in domain.centre)
        slopes = self.lists.map[..., :2] / scale
        constant = self.lists.map[..., 2] - slopes[..., 0] * s - slopes[..., 1] * t
        return np.concatenate([slopes, constant[..., None]], axis=-1)

    @property
    def A(self) -> Array:
        """The linear part of the maps: cells x outputs x coordinates."""
        return self.maps[..., : len(self.layers.domain.plane.names)]

    @property
    def b(self) -> Array:
        """The constants of the maps: cells x outputs."""
        return self.maps[..., 2]

    @property
    def levels(self) -> Array:
        """The sign of each output at each corner: corners x outputs, certified."""
        return self.lists.level

    @cached_property
    def owner(self) -> Array:
        """The cell of each corner."""
        import numpy as np

        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))

    @property
    def facet_owner(self) -> Array:
        """The cell of each edge: an edge follows each corner."""
        return self.owner

    @cached_property
    def next(self) -> Array:
        """The corner that follows each corner around its cell."""
        import numpy as np

        out = np.arange(1, len(self.owner) + 1)
        out[self.offsets[1:] - 1] = self.offsets[:-1]
        return out

    @cached_property
    def neighbours(self) -> Array:
        """For the edge after each corner the cell beyond it, -1 at the border of the domain."""
        from workings.geometry.fast.adjacency import neighbours

        return neighbours(self)

    @cached_property
    def areas(self) -> Array:
        """The area of each cell in (s, t); infinite where it is unbounded."""
        import numpy as np

        place = self.lists.place[:, :2]                 # inner coordinates: far from the origin (s, t) cancel
        start = place[self.offsets[:-1]][self.owner]
        p, q = place - start, place[self.next] - start
        twice = np.add.reduceat(p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0], self.offsets[:-1])
        twice = twice * float(self.layers.domain.scale) ** 2
        open_ = np.add.reduceat(self.infinite, self.offsets[:-1]) > 0
        return np.where(open_, np.inf, twice / 2)

    # --- exact numbers ---

    def unit_signs(self, cell: int) -> bytearray:
        """The signs of the units of a cell in the order of layers, for `exact`."""
        import numpy as np

        return bytearray(np.unpackbits(self.lists.pattern[cell], count=self.layers.units))

    def exact_vertex(self, corner: int) -> Point2:
        """A corner in fractions; raises `ValueError` for one at infinity."""
        if self.infinite[corner]:
            raise ValueError("the corner is at infinity")
        if corner not in self._places:
            p, q = (int(v) for v in self.lists.name[corner, :2])
            x, y, w = self.exact.vertex(p, q, self.unit_signs(int(self.owner[corner])))
            self._places[corner] = self.outer(x, y, w)
        return self._places[corner]

    def outer(self, x: int, y: int, w: int) -> Point2:
        """An inner point in (s, t)."""
        (s, t), k = self.layers.domain.centre, self.layers.domain.scale
        return s + k * Fraction(x, w), t + k * Fraction(y, w)

    def exact_cell(self, cell: int) -> list[Point2]:
        """The corners of a cell in fractions; those at infinity are left out."""
        return [self.exact_vertex(i) for i in range(self.offsets[cell], self.offsets[cell + 1]) if not self.infinite[i]]

    def exact_map(self, cell: int) -> list[tuple[Fraction, Fraction, Fraction]]:
        """Each output as (a, b, c), a*s + b*t + c, in fractions."""
        rows = self.exact.rows(len(self.layers.sizes) - 1, self.unit_signs(cell))
        return [self.outer_row(row) for row in rows]

    def inner(self, cell: int) -> Point:
        """A readable point within a cell."""
        from workings.geometry.exact_cells import inside

        return inside(*self.shape(cell))

    def sides(self, cell: int) -> list[Row]:
        """The inequalities row . (x, 1) >= 0 of a cell, none of them idle."""
        from workings.geometry.exact_cells import sides

        return sides(self, cell)

    def shape(self, cell: int) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        """The vertices and the rays of a cell, exactly."""
        from workings.geometry.exact_cells import corners

        return corners(self, cell)

    def outer_row(self, row: Sequence[int]) -> tuple[Fraction, Fraction, Fraction]:
        """An output's integer row in (s, t), in fractions."""
        (s, t), k, scale = self.layers.domain.centre, self.layers.domain.scale, self.layers.scales[-1]
        a, b = Fraction(row[0], scale) / k, Fraction(row[1], scale) / k
        return a, b, Fraction(row[2], scale) - a * s - b * t

    def exact_row(self, crease: int, cell: int) -> tuple[Fraction, Fraction, Fraction]:
        """The line of a crease, as it is in a cell, in (s, t): any positive multiple of its form."""
        (s, t), k = self.layers.domain.centre, self.layers.domain.scale
        a, b, c = self.exact.row(crease, self.unit_signs(cell))
        return a / k, b / k, c - a * s / k - b * t / k
