"""The cells of a space: walked by the compiled loop (three dimensions) or in integers (any number), counted, listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from workings.errors import OutOfReach
from workings.geometry.data import Counts, Tally
from workings.geometry.fast.chunks import batches
from workings.geometry.fast.engine import SLICE, chosen
from workings.geometry.fast.maps import Distinct
from workings.geometry.layers import Layers, layers
from workings.geometry.space.complex import SpaceComplex
from workings.geometry.space.exact import Cell, Exact, Walk, halves, values_at
from workings.geometry.space.extent import Extent
from workings.geometry.space.lists import CELLS, Chunk, exact_chunk, joined
from workings.geometry.stack import Stack
from workings.limits import MAX_SPACE

Array = Any
Progress = Callable[[int, float], None]         # cells so far, share of the walk
FIRST = 200_000               # sign tests before the first look at the clock


@dataclass(eq=False)
class Survey:
    """What is wanted of a walk, and what it has found so far."""

    layers: Layers
    exact: Exact
    keep: bool
    seconds: float | None
    progress: Progress | None
    started: float = field(default_factory=perf_counter)
    chunks: list[Chunk] = field(default_factory=list)
    packed: list[Array] = field(default_factory=list)
    cells: int = 0
    parts: int = 0
    zero: int = 0
    tests: int = 0
    judged: int = 0
    partial: str = ""
    done: float = 1.0

    def __post_init__(self) -> None:
        self.distinct = Distinct(self.layers.sizes[-1])

    def take(self, chunk: Chunk) -> None:
        """One more chunk of cells."""
        self.distinct.add(chunk.map, chunk.error)
        self.packed.append(chunk.pattern)
        if self.keep:
            self.chunks.append(chunk)

    def goes_on(self, done: float) -> bool:
        """Is there time left?  The share that is done is told."""
        if self.progress is not None:
            self.progress(self.cells, done)
        if self.seconds is not None and perf_counter() - self.started > self.seconds:
            self.partial, self.done = "the time was over", done
        return not self.partial


def space_of(
    stack: Stack, extent: Extent, *, lists: bool = True, engine: str | None = None, seconds: float | None = None,
    progress: Progress | None = None,
) -> SpaceComplex:
    """The cells of a network in a box of three dimensions or more: counts, and with `lists` the arrays of all cells.

    engine: as `complex_of`; doubles serve three dimensions.  After `seconds`, or Ctrl-C, the answer is partial.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> from workings.geometry.space.extent import extent_of, flat_of
    >>> from workings.geometry.stacking import stack
    >>> net = stack(read("y = relu(x1) + relu(x2) - relu(x3)", signatures()))
    >>> space_of(net, extent_of(flat_of(net.inputs), [(-1, 1)] * 3), engine="exact").counts.cells
    8
    """
    if extent.size > MAX_SPACE:
        raise OutOfReach(f"the cells of a space of {extent.size} dimensions", expected=f"at most {MAX_SPACE}",
                         hint="a slice: a plane through three points of the input space")
    found = layers(stack, extent)
    if engine == "fast" and extent.size != 3:
        raise OutOfReach(f"doubles in {extent.size} dimensions", expected="two or three", hint="--engine exact")
    used = chosen(engine, found) if extent.size == 3 else "exact"
    survey = Survey(found, Exact(found), lists, seconds, progress)
    if used == "fast" and not _walk_fast(survey):
        used, survey = "exact", Survey(found, survey.exact, lists, seconds, progress, survey.started)
    if used == "exact":
        _walk_exactly(survey)
    return _answer(stack, survey, used)


def _answer(stack: Stack, survey: Survey, engine: str) -> SpaceComplex:
    import numpy as np

    sizes, units = survey.layers.sizes, survey.layers.units
    chunk = joined(survey.chunks, survey.exact.size, sizes[-1], units) if survey.keep else None
    packed = np.concatenate(survey.packed) if survey.packed else np.zeros((0, (units + 7) // 8), np.uint8)
    counts = Counts(survey.cells, survey.parts, 0, survey.zero)
    answer = SpaceComplex(
        stack, survey.layers, survey.exact, counts, Tally(survey.tests, survey.judged), chunk, packed, engine,
        perf_counter() - survey.started, survey.partial, survey.done,
    )
    counts.maps, decided = survey.distinct.total(answer.output_rows)
    answer.tally.exact += decided
    answer.tally.signs += decided
    return answer


# --- in doubles ---


def _walk_fast(survey: Survey) -> bool:
    """The compiled walk; False where a cell has more facets than it can hold."""
    from workings.geometry.space import arrays
    from workings.geometry.space.machine import DONE, OVER, PAUSE, Machine, lists, taken

    machine = Machine.of(survey.layers, survey.exact)
    out = lists(survey.layers.sizes[-1], survey.layers.units, survey.keep)
    step, before, why = FIRST, perf_counter(), PAUSE
    try:
        while why != DONE and not survey.partial:
            count = machine.state.count
            count[arrays.PAUSE_AT] = count[arrays.SIGNS] + step
            why = machine.run(out)
            if why == OVER:
                return False
            if why != PAUSE:
                survey.take(taken(machine, out))
                continue
            now = perf_counter()
            step = int(step * min(4.0, max(0.25, SLICE / max(now - before, 1e-3))))
            before, survey.cells = now, int(machine.state.count[arrays.CELLS])
            if not survey.goes_on(_done(machine)):
                survey.take(taken(machine, out))
    except KeyboardInterrupt:
        survey.take(taken(machine, out))
        survey.partial, survey.done = "interrupted", _done(machine)
    count = machine.state.count
    survey.cells, survey.parts, survey.zero = (int(count[k]) for k in (arrays.CELLS, arrays.PARTS, arrays.ZERO))
    survey.tests, survey.judged = int(count[arrays.SIGNS]), machine.judged
    return True


def _done(machine: Any) -> float:
    """The share of the walk that is not waiting: a cut halves what is to be done."""
    from workings.geometry.space import arrays

    return float(1.0 - machine.state.share[: int(machine.state.count[arrays.TOP]) + 1].sum())


# --- in integers ---


def _walk_exactly(survey: Survey) -> None:
    layers, exact = survey.layers, survey.exact
    walk = Walk(exact)
    size = CELLS if survey.seconds is None and survey.progress is None else 64
    try:
        for batch in batches(walk.cells(), size):
            for cell in batch:
                _count(survey, cell)
            survey.take(exact_chunk(batch, exact.size, layers.sizes[-1], layers.units, layers.scales[-1]))
            if not survey.goes_on(1.0 - walk.left):
                break
    except KeyboardInterrupt:
        survey.partial, survey.done = "interrupted", 1.0 - walk.left
    survey.tests = survey.judged = walk.tests


def _count(survey: Survey, cell: Cell) -> None:
    survey.cells += 1
    survey.parts += sum(1 for _ in _parts(cell, survey.exact.size))
    survey.zero += not any(any(row) for row in cell.outputs)


def _parts(cell: Cell, size: int) -> Iterator[Any]:
    """The cell cut also where an output is 0."""
    parts = [(cell.corners, cell.facets)]
    for number, row in enumerate(cell.outputs):
        new = []
        for corners, facets in parts:
            values = values_at(row, [p for p, _ in corners])
            cuts = min(values) < 0 < max(values)
            new += halves(corners, facets, values, -1 - number, size) if cuts else [(corners, facets)]
        parts = new
    return iter(parts)


