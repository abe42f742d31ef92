"""The compiled walk in one process: chunk by chunk, with a look at the clock in between."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Any

from workings.geometry.exact_plane import Exact
from workings.geometry.fast import kernel
from workings.geometry.fast.engine import SLICE, Survey
from workings.geometry.fast.machine import Machine, lists, taken
from workings.geometry.layers import Layers

Array = Any
FIRST = 2_000_000               # sign tests before the first look at the clock


def walk_alone(survey: Survey) -> None:
    """All cells of the domain."""
    machine = Machine.of(survey.layers, survey.exact)
    try:
        drive(machine, survey)
    except KeyboardInterrupt:
        survey.partial, survey.done = "interrupted", done_share(machine)


def drive(machine: Machine, survey: Survey) -> None:
    """Walk what the machine holds; everything goes into the survey."""
    out = lists(survey.layers.sizes[-1], survey.layers.units, survey.listing)
    count, step, before = machine.state.count, FIRST, perf_counter()
    why = kernel.PAUSE
    try:
        while why != kernel.DONE:
            count[kernel.PAUSE_AT] = count[kernel.SIGNS] + step
            why = machine.run(out)
            count = machine.state.count
            if why != kernel.PAUSE:
                survey.take(taken(machine, out))
                continue
            now = perf_counter()
            step = int(step * min(4.0, max(0.25, SLICE / max(now - before, 1e-3))))
            before = now
            survey.cells = int(count[kernel.CELLS])
            survey.tell(done_share(machine) if survey.progress is not None else 0.0)
            if survey.late():
                survey.partial, survey.done = "the time was over", done_share(machine)
                survey.take(taken(machine, out))
                return
    finally:
        gather(machine, survey)


def gather(machine: Machine, survey: Survey) -> None:
    """The counts of a machine into the survey, once."""
    count = machine.state.count
    survey.cells, survey.parts = int(count[kernel.CELLS]), int(count[kernel.PARTS])
    survey.sides, survey.border, survey.open = (int(count[k]) for k in (kernel.SIDES, kernel.BORDER, kernel.OPEN))
    survey.zero, survey.tests, survey.judged = int(count[kernel.ZERO]), int(count[kernel.SIGNS]), machine.judged


def done_share(machine: Machine) -> float:
    """The share of the domain's area that is not waiting on the stack."""
    state = machine.state
    total = _area(machine.outline)
    waiting = sum(
        _area(state.place[first:first + n])
        for _, first, n, *_ in state.task[: int(state.count[kernel.TOP]) + 1].tolist()
    )
    return max(0.0, min(1.0, 1.0 - waiting / total)) if total > 0 else 0.0


def _area(place: Array) -> float:
    """Of a polygon; one that reaches far out is measured by its directions."""
    import numpy as np

    x, y = place[:, 0], place[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def patterns(layers: Layers, exact: Exact, cells: Array) -> Iterator[Array]:
    """The packed signs of the cells with these numbers, in ascending order, by one more walk."""
    import numpy as np

    machine = Machine.of(layers, exact)
    machine.state.count[kernel.PAUSE_AT] = np.iinfo(np.int64).max
    out = lists(layers.sizes[-1], layers.units, True)
    first, why = 0, kernel.FULL
    while why != kernel.DONE:
        why = machine.run(out)
        chunk = taken(machine, out)
        chosen = cells[(cells >= first) & (cells < first + chunk.cells)] - first
        yield from chunk.pattern[chosen]
        first += chunk.cells
