"""The complex of a plane: walked by the compiled loop or in integers, counted, and listed on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from workings.errors import BadValue, NotInstalled
from workings.geometry.data import Counts, Tally
from workings.geometry.exact_plane import Exact, Walk
from workings.geometry.fast.chunks import CELLS, Chunk, batches, exact_chunk, joined
from workings.geometry.fast.complex import Complex
from workings.geometry.fast.maps import Distinct
from workings.geometry.layers import Layers, layers
from workings.geometry.plane import Domain
from workings.geometry.stack import Stack

Array = Any
Sink = Callable[[Chunk], None]
Progress = Callable[[int, float], None]         # cells so far, share of the domain
ENGINES = ("fast", "exact")
SLICE = 0.2                   # seconds between two looks at the clock


@dataclass(eq=False)
class Survey:
    """What is wanted of a walk, and what it has found so far."""

    layers: Layers
    exact: Exact
    keep: bool = True                   # the lists in memory
    sink: Sink | None = None            # or given away chunk by chunk
    seconds: float | None = None
    progress: Progress | None = None
    started: float = field(default_factory=perf_counter)
    chunks: list[Chunk] = field(default_factory=list)
    cells: int = 0
    parts: int = 0
    sides: int = 0
    border: int = 0
    open: int = 0
    zero: int = 0
    tests: int = 0
    judged: int = 0
    partial: str = ""
    done: float = 1.0

    def __post_init__(self) -> None:
        self.distinct = Distinct(self.layers.sizes[-1])

    @property
    def listing(self) -> bool:
        return self.keep or self.sink is not None

    def take(self, chunk: Chunk) -> None:
        """One more chunk of cells."""
        self.distinct.add(chunk.map, chunk.error)
        if self.sink is not None:
            self.sink(chunk)
        elif self.keep:
            self.chunks.append(chunk)

    def late(self) -> bool:
        """Is the time over?"""
        return self.seconds is not None and perf_counter() - self.started > self.seconds

    def tell(self, done: float) -> None:
        if self.progress is not None:
            self.progress(self.cells, done)


def complex_of(
    stack: Stack, domain: Domain, *, lists: bool = True, engine: str | None = None, processes: int = 1,
    seconds: float | None = None, progress: Progress | None = None, sink: Sink | None = None,
) -> Complex:
    """The cells of a network on a plane: counts, and with `lists` the arrays of all cells.

    engine: "fast" (doubles with proved bounds, integers in doubt; needs numba), "exact" (integers), None: the first
    that can.  After `seconds`, or Ctrl-C, the answer holds what is done and is marked partial.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> from workings.geometry.plane import domain_of, plane_of
    >>> from workings.geometry.stacking import stack
    >>> net = stack(read("y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)", signatures()))
    >>> found = complex_of(net, domain_of(plane_of(net.inputs), [(-1, 1), (-1, 1)]), engine="exact")
    >>> found.counts.cells, found.counts.maps, found.counts.vertices, found.counts.edges
    (6, 5, 9, 14)
    """
    found = layers(stack, domain)
    survey = Survey(found, Exact(found), lists and sink is None, sink, seconds, progress)
    used = chosen(engine, found)
    if used == "exact":
        _walk_exactly(survey)
    elif processes > 1:
        from workings.geometry.fast.processes import walk_together

        walk_together(survey, processes)
    else:
        from workings.geometry.fast.single import walk_alone

        walk_alone(survey)
    return answer_of(stack, survey, used)


def chosen(wanted: str | None, found: Layers) -> str:
    """The engine to use; raises `NotInstalled` where numba is asked for and not there."""
    if wanted not in (None, *ENGINES):
        raise BadValue(f"the engine {wanted!r} is not known", expected="one of " + ", ".join(ENGINES))
    if wanted == "exact":
        return wanted
    try:
        import numba  # noqa: F401
    except ImportError:
        if wanted == "fast":
            raise NotInstalled("the fast engine needs numba", hint='pip install "workings[fast]"') from None
        return "exact"
    from workings.geometry.fast.machine import fits

    return "fast" if fits(found) else "exact"


def answer_of(stack: Stack, survey: Survey, engine: str) -> Complex:
    """What a survey found, as a complex."""
    chunk = joined(survey.chunks, survey.layers.sizes[-1], survey.layers.units) if survey.keep else None
    counts = Counts(survey.cells, survey.parts, 0, survey.zero)
    if not survey.layers.domain.plane.line:
        counts.vertices, counts.edges = _vertices_and_edges(survey)
    tally = Tally(survey.tests, survey.judged)
    answer = Complex(
        stack, survey.layers, survey.exact, counts, tally, chunk, engine, perf_counter() - survey.started,
        survey.partial, survey.done,
    )
    counts.maps = survey.distinct.count(answer)
    return answer


def _vertices_and_edges(survey: Survey) -> tuple[int, int]:
    """Each side within belongs to two cells, V - E + F = 1; what stands for infinity is no part of the plane.

    A crease that ends at a side goes on beyond it, because units are continuous: no corner lies within a side.
    """
    edges = (survey.sides + survey.border) // 2
    vertices = 1 + edges - survey.cells
    if not survey.open:
        return vertices, edges
    outline = [side in survey.exact.infinite for *_, side in survey.exact.outline]
    runs = sum(here and not outline[i - 1] for i, here in enumerate(outline))
    return vertices - survey.open - runs, edges - survey.open


def _walk_exactly(survey: Survey) -> None:
    """The walk in integers."""
    layers, exact = survey.layers, survey.exact
    walk = Walk(exact)
    size = CELLS if survey.seconds is None and survey.progress is None else 64
    try:
        for batch in batches(walk.cells(), size):
            for cell in batch:
                _count(survey, cell)
            survey.take(exact_chunk(batch, layers, exact))
            survey.tell(0.0)
            if survey.late():
                survey.partial = "the time was over"
                break
    except KeyboardInterrupt:
        survey.partial = "interrupted"
    survey.tests = survey.judged = walk.tests


def _count(survey: Survey, cell: Any) -> None:
    from workings.geometry.fast.levels import parts_of

    survey.cells += 1
    survey.sides += len(cell.corners)
    survey.border += sum(edge >= survey.exact.total for *_, edge in cell.corners)
    survey.open += sum(edge in survey.exact.infinite for *_, edge in cell.corners)
    survey.zero += not any(any(row) for row in cell.outputs)
    survey.parts += parts_of([c[0] for c in cell.corners], cell.outputs)
