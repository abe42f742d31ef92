"""The walk cut into tiles that may be done anywhere: each is one polygon of its first cuts.

Every tile is reached by the same walk through the first cuts, so its floats are those of one walk alone, bit for bit;
put one after the other, tiles are the answer of one process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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

TILES = 128                   # at least, where there are as many cells
STEP = 4_000_000              # sign tests between two looks at the clock
COUNTS = ("cells", "parts", "sides", "border", "open", "zero", "tests", "judged")
KEPT = ("forms", "rest", "sign", "count")      # beside what waits: all of it
PLACES = (kernel.CELLS, kernel.PARTS, kernel.SIDES, kernel.BORDER, kernel.OPEN, kernel.ZERO, kernel.SIGNS)
NEVER = 1 << 62


_last: list[Any] = []           # a network and its machine: one does all tiles, in each process


@dataclass(slots=True, eq=False)
class Tile:
    """What one tile gives: its chunks and what it adds to each of `COUNTS`."""

    chunks: list[Chunk]
    counts: tuple[int, ...]


@dataclass(slots=True, eq=False)
class Start:
    """A walk as it stands before a tile, and after how many cuts a polygon is one."""

    cuts: int
    state: dict[str, Any]
    judged: int                          # signs that integers decided on the way


def plan(layers: Layers, least: int = TILES) -> tuple[int, int]:
    """After how many cuts polygons are tiles, so that there are enough, and how many there are."""
    cuts = (least - 1).bit_length()              # fewer cannot be enough
    many, before = _tiles(layers, cuts), 0
    while before < many < least:
        cuts += 1
        many, before = _tiles(layers, cuts), many
    return cuts, many


def _tiles(layers: Layers, cuts: int) -> int:
    """How many polygons there are after so many cuts."""
    machine = _machine(layers)
    machine.state.count[kernel.SKIP], machine.state.count[kernel.STOP_AT] = 1, NEVER
    machine.run(lists(layers.sizes[-1], layers.units, False), cuts)
    return int(machine.state.count[kernel.ITEMS])


def starts(layers: Layers, least: int = TILES) -> Iterator[Start]:
    """The walk as it stands before every tile, in order."""
    cuts, many = plan(layers, least)
    machine = _machine(layers)
    nothing = lists(layers.sizes[-1], layers.units, False)
    for k in range(many):
        _skip(machine, nothing, cuts, k)
        yield Start(cuts, _saved(machine), machine.judged)


def tile(layers: Layers, start: Start, listing: bool) -> Tile:
    """One tile from where the walk stands, and the walk to the next."""
    if not _last or _last[0] is not layers or _last[1] != listing:
        _last[:] = [layers, listing, _machine(layers), lists(layers.sizes[-1], layers.units, listing)]
    machine: Machine = _last[2]
    _restore(machine, start)
    found = _one(machine, _last[3], start.cuts, lambda: False)
    assert found is not None
    return found


def walked(layers: Layers, cuts: int, listing: bool, claims: Iterable[int],
           late: Callable[[], bool]) -> Iterator[tuple[int, Tile]]:
    """The tiles with these numbers, ascending, by one walk that leaves out the others; ends once it is late."""
    machine = _machine(layers)
    out = lists(layers.sizes[-1], layers.units, listing)
    for k in claims:
        _skip(machine, out, cuts, k)
        found = _one(machine, out, cuts, late)
        if found is None:
            return
        yield k, found


def gathered(survey: Survey, tiles: Iterable[Tile]) -> None:
    """All tiles in their order into one survey."""
    for one in tiles:
        for name, value in zip(COUNTS, one.counts):
            setattr(survey, name, getattr(survey, name) + value)
        for chunk in one.chunks:
            survey.take(chunk)


def _skip(machine: Machine, out: Out, cuts: int, k: int) -> None:
    """From where the walk stands, before a tile or at its beginning, to tile k."""
    count = machine.state.count
    at = int(count[kernel.ITEMS]) - 1
    if at == k:
        return
    count[kernel.TOP] -= at >= 0
    count[kernel.SKIP], count[kernel.STOP_AT], count[kernel.PAUSE_AT] = 1, k + 1, NEVER
    machine.run(out, cuts)
    machine.state.count[kernel.SKIP] = 0


def _one(machine: Machine, out: Out, cuts: int, late: Callable[[], bool]) -> Tile | None:
    """The tile before which the walk stands; None where it is late.  The first counts the way to it as well."""
    first = int(machine.state.count[kernel.ITEMS])
    before = _counts(machine) if first > 1 else (0,) * len(COUNTS)
    machine.state.count[kernel.STOP_AT] = first + 1
    out.error[:] = 0.0
    chunks: list[Chunk] = []
    while True:
        machine.state.count[kernel.PAUSE_AT] = machine.state.count[kernel.SIGNS] + STEP
        why = machine.run(out, cuts)
        if why == kernel.FULL:
            chunks.append(taken(machine, out))
        elif why == kernel.DONE or machine.state.count[kernel.ITEMS] > first:
            chunks.append(taken(machine, out))
            return Tile(chunks, tuple(b - a for a, b in zip(before, _counts(machine))))
        elif late():
            return None


def _machine(layers: Layers) -> Machine:
    machine = Machine.of(layers, Exact(layers))
    machine.state.count[kernel.PAUSE_AT] = NEVER
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


def _restore(machine: Machine, start: Start) -> None:
    """The walk as it stood."""
    state = machine.state
    changed = {}
    for name, array in start.state.items():
        own = getattr(state, name)
        room = own if all(n <= m for n, m in zip(array.shape, own.shape)) else _room(array)
        room[tuple(slice(0, n) for n in array.shape)] = array
        changed[name] = room
    machine.state = state._replace(**changed)
    machine.judged = start.judged


def _room(array: Any) -> Any:
    """Twice the rows of an array that has more than a new walk."""
    import numpy as np

    return np.zeros((2 * len(array), *array.shape[1:]), dtype=array.dtype)
