"""The walk cut into tiles that may be done anywhere: each is a run of neighbouring cells of an early layer.

Every tile is reached by the same walk through the early layers, so its floats are those of one walk alone, bit for bit;
put one after the other, tiles are the answer of one process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from workings.geometry.exact_plane import Exact
from workings.geometry.fast import kernel
from workings.geometry.fast.chunks import Chunk
from workings.geometry.fast.machine import Machine, lists, taken
from workings.geometry.layers import Layers

if TYPE_CHECKING:
    from workings.geometry.fast.engine import Survey

ENOUGH = 64                   # cells of the early layer, below which a later one is taken
COUNTS = ("cells", "parts", "sides", "border", "open", "zero", "tests", "judged")
PLACES = (kernel.CELLS, kernel.PARTS, kernel.SIDES, kernel.BORDER, kernel.OPEN, kernel.ZERO, kernel.SIGNS)


@dataclass(slots=True, eq=False)
class Tile:
    """What one tile gives: its chunks and what it adds to each of `COUNTS`."""

    chunks: list[Chunk]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The early layer, how many cells it has, and the counts of the walk to them."""

    layer: int
    cells: int
    counts: tuple[int, ...]

    def ranges(self, tiles: int) -> list[tuple[int, int]]:
        """The cells of each tile, as even as can be."""
        many = max(1, min(tiles, self.cells))
        ends = [self.cells * k // many for k in range(many + 1)]
        return list(pairwise(ends))


def plan(layers: Layers) -> Plan:
    """The first layer with cells enough."""
    last = len(layers.sizes) - 1
    found = Plan(1, 0, ())
    for layer in range(1, last + 1):
        machine = _machine(layers)
        cells = sum(1 for _ in _cells(machine, layer))
        found = Plan(layer, cells, _counts(machine))
        if cells >= ENOUGH:
            break
    return found


def tile(layers: Layers, layer: int, first: int, last: int, listing: bool) -> Tile:
    """The cells from number `first` to before `last` of the early layer, worked out."""
    machine = _machine(layers)
    out = lists(layers.sizes[-1], layers.units, listing)
    chunks: list[Chunk] = []
    total = [0] * len(COUNTS)
    for number, own in enumerate(_cells(machine, layer)):
        if number >= last:
            break
        if number >= first:
            before = _counts(machine)
            own(lambda: machine.run(out), lambda: chunks.append(taken(machine, out)))
            total = [t + b - a for t, a, b in zip(total, before, _counts(machine))]
    chunks.append(taken(machine, out))
    return Tile(chunks, tuple(total))


def gathered(survey: Survey, found: Plan, tiles: Sequence[Tile]) -> None:
    """All tiles in their order into one survey."""
    for name, value in zip(COUNTS, found.counts):
        setattr(survey, name, getattr(survey, name) + value)
    for one in tiles:
        for name, value in zip(COUNTS, one.counts):
            setattr(survey, name, getattr(survey, name) + value)
        for chunk in one.chunks:
            survey.take(chunk)


def _machine(layers: Layers) -> Machine:
    import numpy as np

    machine = Machine.of(layers, Exact(layers))
    machine.state.count[kernel.PAUSE_AT] = np.iinfo(np.int64).max
    return machine


def _counts(machine: Machine) -> tuple[int, ...]:
    return (*(int(machine.state.count[place]) for place in PLACES), machine.judged)


Work = Callable[[Callable[[], int], Callable[[], None]], None]


def _cells(machine: Machine, layer: int) -> Iterator[Work]:
    """Stops at each cell of a layer; what is yielded works that cell out, and nothing else."""
    nothing = lists(machine.layers.sizes[-1], machine.layers.units, False)
    while machine.run(nothing, layer) != kernel.DONE:
        state = machine.state
        top = int(state.count[kernel.TOP])
        held = state.task[: top + 1].copy()

        def work(run: Callable[[], int], full: Callable[[], None], top: int = top, held: Any = held) -> None:
            machine.state.task[0] = held[top]
            machine.state.count[kernel.TOP] = 0
            while run() != kernel.DONE:
                full()

        yield work
        machine.state.task[: top + 1] = held
        machine.state.count[kernel.TOP] = top - 1
