"""The forms of all units under given signs, in integers: a row (a, b, …, c) is a*p + b*q + … + c times a fixed number.

Forms are kept for the signs last asked for, layer by layer: a walk that goes depth first seldom changes early ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import Any

from workings.geometry.layers import Layers

Row = Any                     # integers, as many as coordinates and one more


class Forms:
    """What every engine asks in integers; `sides`: the rows of the domain, creases from `total` on."""

    sides: list[Row]

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.starts, self.sizes = layers.starts, layers.sizes
        self.total = layers.starts[-1] + layers.sizes[-1]
        self.sides = []
        self._keys: list[bytes] = [b"?"] * len(self.sizes)
        self._rows: list[list[Row | None]] = [[] for _ in self.sizes]
        self._full: list[bool] = [False] * len(self.sizes)
        self._matrices: dict[tuple[int, int], Any] = {}
        self._layer = [layer for layer, size in enumerate(self.sizes) for _ in range(size)]

    def row(self, crease: int, signs: Sequence[int]) -> Row:
        """The row of a crease under the signs of the units before it."""
        if crease >= self.total:
            return self.sides[crease - self.total]
        layer = self._layer[crease]
        rows = self._at(layer, signs)
        found = rows[crease - self.starts[layer]]
        if found is None:
            found = rows[crease - self.starts[layer]] = self._one(layer, crease - self.starts[layer], signs)
        return found

    def rows(self, layer: int, signs: Sequence[int]) -> list[Row]:
        """All rows of a layer."""
        rows = self._at(layer, signs)
        if not self._full[layer]:
            rows[:] = self._product(layer, signs)
            self._full[layer] = True
        return rows

    def _at(self, layer: int, signs: Sequence[int]) -> list[Row | None]:
        """What is known of a layer under these signs."""
        key = bytes(signs[: self.starts[layer]])
        if self._keys[layer] != key:
            self._keys[layer], self._full[layer] = key, False
            self._rows[layer] = [None] * self.sizes[layer]
        return self._rows[layer]

    def _units(self, layer: int, signs: Sequence[int]) -> list[tuple[int, Row]]:
        """What the units of a layer give: those that are not 0, with their place."""
        slope, start = self.layers.slopes[layer], self.starts[layer]
        on, off = slope.denominator, slope.numerator
        out = []
        for j, row in enumerate(self.rows(layer, signs)):
            factor = on if signs[start + j] else off
            if factor and any(row):
                out.append((j, tuple([v * factor for v in row]) if factor != 1 else row))
        return out

    def _one(self, layer: int, j: int, signs: Sequence[int]) -> Row:
        own, sources = self.layers.whole[layer]
        total = own[j].tolist()
        for i, matrix in sources:
            weights = matrix[j].tolist()
            used = [(w, row) for k, row in self._units(i, signs) if (w := weights[k])]
            if used:
                ws = [w for w, _ in used]
                total = [v + sum(map(mul, ws, column)) for v, column in zip(total, zip(*(row for _, row in used)))]
        return tuple(total)

    def _product(self, layer: int, signs: Sequence[int]) -> list[Row]:
        from flint import fmpz_mat

        own, sources = self.layers.whole[layer]
        total = fmpz_mat(own.tolist())
        for i, matrix in sources:
            if (layer, i) not in self._matrices:
                self._matrices[layer, i] = fmpz_mat(matrix.tolist())
            held = [[0] * own.shape[1]] * self.sizes[i]
            for k, row in self._units(i, signs):
                held[k] = list(row)
            total += self._matrices[layer, i] * fmpz_mat(held)
        return [tuple(map(int, row)) for row in total.tolist()]
