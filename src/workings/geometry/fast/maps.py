"""How many different affine maps there are: doubles tell most apart, integers the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workings.geometry.fast.complex import Complex

Array = Any


class Distinct:
    """Maps as they come in; of several outputs one weighted sum, which differs only where the maps do."""

    def __init__(self, outputs: int) -> None:
        import numpy as np

        self.weights = np.ones(1) if outputs == 1 else np.random.default_rng(1).uniform(0.5, 1.5, outputs)
        self.held: list[Array] = []
        self.error = np.zeros(2)

    def add(self, maps: Array, error: Array) -> None:
        """More maps, cells x outputs x (coordinates and 1), none further off than `error` (outputs x 2)."""
        import numpy as np

        self.held.append(np.einsum("k,ckj->cj", self.weights, maps) if len(self.weights) > 1 else maps[:, 0, :])
        size = np.abs(maps).max(axis=(0, 2), initial=0.0)
        rounding = 2.0**-50 * len(self.weights) * float(self.weights @ size) if len(self.weights) > 1 else 0.0
        self.error = np.maximum(self.error, self.weights @ error + rounding)

    def groups(self) -> tuple[Array, Array]:
        """For each cell the number of its group, and how many cells each group has: maps of two groups differ."""
        import numpy as np

        found = np.concatenate(self.held) if self.held else np.zeros((0, 3))
        wrongs = [self.error[0]] * (found.shape[1] - 1) + [self.error[1]]
        if len(found) and np.diff(np.sort(found[:, 0])).min(initial=np.inf) > 2.0 * self.error[0]:
            return np.arange(len(found)), np.ones(len(found), dtype=np.int64)
        group = np.zeros(len(found), dtype=np.int64)
        for column, wrong in enumerate(wrongs):
            order = np.lexsort((found[:, column], group))
            values, before = found[order, column], group[order]
            new = np.ones(len(found), dtype=bool)
            new[1:] = (before[1:] != before[:-1]) | (np.diff(values) > 2.0 * wrong)
            group[order] = np.cumsum(new) - 1
        return group, np.bincount(group) if len(group) else np.zeros(0, dtype=np.int64)

    def count(self, answer: Complex) -> int:
        """The number of different maps, exactly."""
        from workings.geometry.fast.again import rows_of

        total, decided = self.total(lambda cells: rows_of(answer, cells))
        answer.tally.exact += decided
        answer.tally.signs += decided
        return total

    def total(self, rows: Callable[[Array], Iterable[Any]]) -> tuple[int, int]:
        """The number of different maps, and of how many cells integers decided: `rows` gives those of cells."""
        import numpy as np

        group, sizes = self.groups()
        unclear = np.flatnonzero(sizes[group] > 1)
        if not len(unclear):
            return len(sizes), 0
        seen: dict[int, set[Any]] = {}
        for cell, own in zip(unclear.tolist(), rows(unclear)):
            seen.setdefault(int(group[cell]), set()).add(own)
        return int((sizes == 1).sum()) + sum(len(s) for s in seen.values()), len(unclear)
