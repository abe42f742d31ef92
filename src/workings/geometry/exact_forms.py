"""The forms of all units under given signs, in integers: a row (a, b, …, c) is a*p + b*q + … + c times a fixed number.

Forms are kept for the signs last asked for, layer by layer: a walk that goes depth first seldom changes early ones.
A unit with few weights (a convolution, a largest of a window) asks for the forms of these alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import Any

from workings.geometry.layers import Layers

Row = Any                     # integers, as many as coordinates and one more
FEW = 4                       # a unit has few weights where they are fewer than one in so many


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
        self._out: list[tuple[bytes, list[tuple[int, Row]]]] = [(b"?", [])] * len(self.sizes)
        self._few: dict[tuple[int, int], list[tuple[int, list[tuple[int, int]] | None]]] = {}
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
        key = bytes(signs[: self.starts[layer] + self.sizes[layer]])
        if self._out[layer][0] != key:
            given = (self._given(layer, j, row, signs) for j, row in enumerate(self.rows(layer, signs)))
            self._out[layer] = key, [(j, row) for j, row in enumerate(given) if row is not None]
        return self._out[layer][1]

    def _given(self, layer: int, j: int, row: Row, signs: Sequence[int]) -> Row | None:
        """What one unit gives, None for 0."""
        slope = self.layers.slopes[layer]
        factor = slope.denominator if signs[self.starts[layer] + j] else slope.numerator
        if not factor or not any(row):
            return None
        return tuple([v * factor for v in row]) if factor != 1 else row

    def _weights(self, layer: int, j: int) -> list[tuple[int, list[tuple[int, int]] | None]]:
        """For each source of a unit its places and weights that are not 0, None where they are many."""
        if (layer, j) not in self._few:
            held: list[tuple[int, list[tuple[int, int]] | None]] = []
            for i, matrix in self.layers.whole[layer][1]:
                pairs = [(k, w) for k, w in enumerate(matrix[j].tolist()) if w]
                held.append((i, pairs if FEW * len(pairs) < len(matrix[j]) else None))
            self._few[layer, j] = held
        return self._few[layer, j]

    def _one(self, layer: int, j: int, signs: Sequence[int]) -> Row:
        own, sources = self.layers.whole[layer]
        total = own[j].tolist()
        for (i, few), (_, matrix) in zip(self._weights(layer, j), sources):
            if few is None:
                weights = matrix[j].tolist()
                used = [(w, row) for k, row in self._units(i, signs) if (w := weights[k])]
            else:
                start, leaky = self.starts[i], self.layers.slopes[i].numerator
                rows = ((w, self._given(i, k, self.row(start + k, signs), signs)) for k, w in few
                        if leaky or signs[start + k])
                used = [(w, row) for w, row in rows if row is not None]
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
