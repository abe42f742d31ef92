"""The walk cut into tiles that may be done anywhere: each is a run of neighbouring cells of an early layer.

Every tile is reached by the same walk through the early layers, so its floats are those of one walk alone, bit for bit;
put one after the other, tiles are the answer of one process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workings.geometry.exact_plane import Exact
from workings.geometry.fast import kernel
from workings.geometry.fast.arrays import SLOT, Out
from workings.geometry.fast.chunks import Chunk
from workings.geometry.fast.machine import Machine, lists, taken
from workings.geometry.layers import Layers

if TYPE_CHECKING:
    from workings.geometry.fast.engine import Survey

ENOUGH = 64                   # cells of the early layer, below which a later one is taken
SIZE = 96                     # cells of the early layer in one tile
COUNTS = ("cells", "parts", "sides", "border", "open", "zero", "tests", "judged")
KEPT = ("forms", "rest", "sign", "count")      # beside what waits: all of it
PLACES = (kernel.CELLS, kernel.PARTS, kernel.SIDES, kernel.BORDER, kernel.OPEN, kernel.ZERO, kernel.SIGNS)


_last: list[Any] = []           # a network and its machine: one does all tiles, in each process


@dataclass(slots=True, eq=False)
class Tile:
    """What one tile gives: its chunks and what it adds to each of `COUNTS`."""

    chunks: list[Chunk]
    counts: tuple[int, ...]


@dataclass(slots=True, eq=False)
class Start:
    """A walk as it stands at the first cell of a tile, which has so many cells of the early layer or fewer."""

    layer: int
    cells: int
    state: dict[str, Any]


def starts(layers: Layers, counted: Callable[[tuple[int, ...]], None], size: int = SIZE) -> Iterator[Start]:
    """Every tile in order; `counted` is told the counts of the walk to the first."""
    layer = _early(layers)
    machine = _machine(layers)
    nothing = lists(layers.sizes[-1], layers.units, False)
    count = machine.state.count
    count[kernel.SKIP], count[kernel.STOP_AT] = 1, 1
    while machine.run(nothing, layer) != kernel.DONE:
        count = machine.state.count
        if count[kernel.STOP_AT] == 1:
            counted(_counts(machine))
        yield Start(layer, size, _saved(machine))
        count[kernel.TOP] -= 1
        count[kernel.STOP_AT] += size


def tile(layers: Layers, start: Start, listing: bool) -> Tile:
    """The cells of a tile, worked out, and the walk to the first cell of the next."""
    if not _last or _last[0] is not layers or _last[1] != listing:
        _last[:] = [layers, listing, _machine(layers), lists(layers.sizes[-1], layers.units, listing)]
    machine: Machine = _last[2]
    out: Out = _last[3]
    out.error[:] = 0.0
    _restore(machine, start.state)
    chunks: list[Chunk] = []
    count, before = machine.state.count, _counts(machine)
    count[kernel.SKIP], count[kernel.STOP_AT] = 0, count[kernel.EARLY] + start.cells
    while machine.run(out, start.layer) == kernel.FULL:
        chunks.append(taken(machine, out))
    chunks.append(taken(machine, out))
    return Tile(chunks, tuple(b - a for a, b in zip(before, _counts(machine))))


def gathered(survey: Survey, counts: Sequence[int], tiles: Sequence[Tile]) -> None:
    """All tiles in their order into one survey; `counts`: of the walk to them."""
    for own in (counts, *(one.counts for one in tiles)):
        for name, value in zip(COUNTS, own):
            setattr(survey, name, getattr(survey, name) + value)
    for one in tiles:
        for chunk in one.chunks:
            survey.take(chunk)


def _early(layers: Layers) -> int:
    """The first layer with cells enough, else the last."""
    last = len(layers.sizes) - 1
    nothing = lists(layers.sizes[-1], layers.units, False)
    for layer in range(1, last):
        machine = _machine(layers)
        machine.state.count[kernel.SKIP], machine.state.count[kernel.STOP_AT] = 1, ENOUGH
        if machine.run(nothing, layer) != kernel.DONE:
            return layer
    return last


def _machine(layers: Layers) -> Machine:
    import numpy as np

    machine = Machine.of(layers, Exact(layers))
    machine.state.count[kernel.PAUSE_AT] = np.iinfo(np.int64).max
    return machine


def _counts(machine: Machine) -> tuple[int, ...]:
    return (*(int(machine.state.count[place]) for place in PLACES), machine.judged)


def _saved(machine: Machine) -> dict[str, Any]:
    """The arrays of a walk, copied as far as they are in use."""
    import numpy as np

    state = machine.state
    task = state.task[: int(state.count[kernel.TOP]) + 1]
    corners = int((task[:, 1] + task[:, 2]).max())
    listed = int((task[:, 3] + np.maximum(task[:, 4], 0)).max())
    slots = int(task[:, SLOT].max()) + 1
    cut = {
        "task": task.copy(), "place": state.place[:corners].copy(), "name": state.name[:corners].copy(),
        "candidate": state.candidate[:listed].copy(), "sums": state.sums[:slots].copy(),
        "norm": state.norm[:slots].copy(),
    }
    return {**{name: getattr(state, name).copy() for name in KEPT}, **cut}


def _restore(machine: Machine, saved: dict[str, Any]) -> None:
    """The walk as it stood."""
    state = machine.state
    changed = {}
    for name, array in saved.items():
        own = getattr(state, name)
        room = own if all(n <= m for n, m in zip(array.shape, own.shape)) else _room(array)
        room[tuple(slice(0, n) for n in array.shape)] = array
        changed[name] = room
    machine.state = state._replace(**changed)
    machine.judged = 0


def _room(array: Any) -> Any:
    """Twice the room of an array that is larger than what a new walk has."""
    import numpy as np

    return np.zeros(tuple(2 * n if n > 8 else n for n in array.shape), dtype=array.dtype)
