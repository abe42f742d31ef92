"""Cells looked up by their number where they were not listed: the walk is the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workings.geometry.fast.complex import Complex

Array = Any


def rows_of(answer: Complex, cells: Array) -> Iterator[tuple[tuple[int, int, int], ...]]:
    """The integer rows of the outputs in each of the cells, which are given in ascending order."""
    last = len(answer.layers.sizes) - 1
    for signs in _signs(answer, cells):
        yield tuple(answer.exact.rows(last, signs))


def _signs(answer: Complex, cells: Array) -> Iterator[bytearray]:
    """The signs of the units in each cell, in the order of layers."""
    import numpy as np

    units = answer.layers.units
    if answer.chunk is not None:
        for cell in cells.tolist():
            yield answer.unit_signs(cell)
        return
    if answer.engine == "exact":
        from workings.geometry.exact_plane import Walk

        wanted = set(cells.tolist())
        for number, cell in enumerate(Walk(answer.exact).cells()):
            if number in wanted:
                yield bytearray(cell.signs)
        return
    from workings.geometry.fast.single import patterns

    for packed in patterns(answer.layers, answer.exact, cells):
        yield bytearray(np.unpackbits(packed, count=units))
