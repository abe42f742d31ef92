"""The walk in several processes of this machine: tiles, taken one by one, put together in their order.

This process works as well.  The answer is that of one process, bit for bit; a budget or Ctrl-C keeps the tiles that are
done.  A process that dies loses nothing: what it took and did not give back is done here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from workings.geometry.fast.tiles import Start, Tile, gathered, starts, tile

if TYPE_CHECKING:
    from workings.geometry.fast.engine import Survey
    from workings.geometry.layers import Layers

LOOK = 0.2                    # seconds between two looks at the clock, once nothing is left to do here


def walk_together(survey: Survey, processes: int) -> None:
    """All cells of the domain, by so many processes."""
    if not survey.layers.units:
        from workings.geometry.fast.single import walk_alone

        return walk_alone(survey)
    counts: list[tuple[int, ...]] = []
    every = list(starts(survey.layers, counts.append))
    team = _Team(survey, every)
    try:
        team.begin(processes - 1)
        team.work()
        team.collect()
    except KeyboardInterrupt:
        survey.partial = "interrupted"
    finally:
        team.end()
    if survey.partial:
        survey.done = len(team.done) / len(every)
    gathered(survey, counts[0], [team.done[k] for k in sorted(team.done)])
    return None


@dataclass(eq=False)
class _Team:
    survey: Survey
    every: Sequence[Start]
    done: dict[int, Tile] = field(default_factory=dict)
    workers: list[Any] = field(default_factory=list)
    ends: list[Connection] = field(default_factory=list)
    next: Any = None                     # the tile that is taken next, shared

    def begin(self, others: int) -> None:
        """The other processes; where there is fork they find everything as it is here."""
        context: Any = get_context("fork" if "fork" in get_all_start_methods() else None)
        self.next = context.Value("q", 0)
        for _ in range(min(others, len(self.every) - 1)):
            here, there = context.Pipe(False)
            work = (self.survey.layers, self.every, self.next, there, self.survey.listing)
            worker = context.Process(target=_serve, args=work, daemon=True)
            worker.start()
            there.close()
            self.workers.append(worker)
            self.ends.append(here)

    def work(self) -> None:
        """Tiles done here, until none is left to be taken or the time is over."""
        for k in _taken(self.next, len(self.every)):
            self.done[k] = tile(self.survey.layers, self.every[k], self.survey.listing)
            self.receive(0.0)
            if self.late():
                return

    def collect(self) -> None:
        """What the others still do, then what they did not give back."""
        while self.ends and not self.late():
            self.receive(LOOK)
        for k in range(len(self.every)):
            if k not in self.done and not self.late():
                self.done[k] = tile(self.survey.layers, self.every[k], self.survey.listing)

    def receive(self, seconds: float) -> None:
        """Tiles that others have done."""
        for end in wait(self.ends, seconds) if self.ends else ():
            assert isinstance(end, Connection)
            try:
                k, found = end.recv()
                self.done[k] = found
            except (EOFError, OSError):
                self.ends.remove(end)

    def late(self) -> bool:
        """Is the time over while work is left?"""
        self.survey.cells = sum(t.counts[0] for t in self.done.values()) if self.survey.progress is not None else 0
        self.survey.tell(len(self.done) / len(self.every))
        self.survey.cells = 0
        if len(self.done) < len(self.every) and self.survey.late():
            self.survey.partial = "the time was over"
        return bool(self.survey.partial)

    def end(self) -> None:
        """No process is left behind."""
        for worker in self.workers:
            if self.survey.partial:
                worker.terminate()
            worker.join()
        for end in self.ends:
            end.close()


def _taken(counter: Any, many: int) -> Any:
    """Numbers of tiles, each taken by one process."""
    while True:
        with counter.get_lock():
            k = int(counter.value)
            counter.value = k + 1
        if k >= many:
            return
        yield k


def _serve(layers: Layers, every: Sequence[Start], counter: Any, out: Connection, listing: bool) -> None:
    """What another process does; Ctrl-C is the first one's affair."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for k in _taken(counter, len(every)):
        out.send((k, tile(layers, every[k], listing)))
    out.close()
