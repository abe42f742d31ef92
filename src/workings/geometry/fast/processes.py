"""The walk in several processes of this machine: tiles, claimed one by one, put together in their order.

Every process walks through the first cuts and leaves out the tiles that others have claimed; this one works as well.
The answer is that of one process, bit for bit; a budget or Ctrl-C keeps the tiles that are done.  A process that dies
loses nothing: what it claimed and did not give back is done here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection, wait
from time import perf_counter
from typing import TYPE_CHECKING, Any

from workings.geometry.fast.tiles import Tile, gathered, plan, walked

if TYPE_CHECKING:
    from workings.geometry.fast.engine import Survey
    from workings.geometry.layers import Layers

LOOK = 0.2                    # seconds between two looks at what others have done


def walk_together(survey: Survey, processes: int) -> None:
    """All cells of the domain, by so many processes."""
    team = _Team(survey, *plan(survey.layers))
    try:
        team.begin(processes - 1)
        team.work()
        team.collect()
    except KeyboardInterrupt:
        survey.partial = "interrupted"
    finally:
        team.end()
    if survey.partial:
        survey.done = len(team.done) / team.many
    gathered(survey, [team.done[k] for k in sorted(team.done)])


@dataclass(eq=False)
class _Team:
    survey: Survey
    cuts: int                            # that make a tile
    many: int
    done: dict[int, Tile] = field(default_factory=dict)
    workers: list[Any] = field(default_factory=list)
    ends: list[Connection] = field(default_factory=list)
    next: Any = None                     # the tile that is claimed next, shared
    seen: float = field(default_factory=perf_counter)      # when the others were last listened to

    def begin(self, others: int) -> None:
        """The other processes; where there is fork they find everything as it is here."""
        context: Any = get_context("fork" if "fork" in get_all_start_methods() else None)
        self.next = context.Value("q", 0)
        for _ in range(min(others, self.many - 1)):
            here, there = context.Pipe(False)
            work = (self.survey.layers, self.cuts, self.many, self.next, there, self.survey.listing)
            worker = context.Process(target=_serve, args=work, daemon=True)
            worker.start()
            there.close()
            self.workers.append(worker)
            self.ends.append(here)

    def work(self) -> None:
        """Tiles done here, until none is left to be claimed or the time is over."""
        self.walk(_claims(self.next, self.many))

    def walk(self, claims: Iterator[int]) -> None:
        """The tiles with these numbers."""
        layers, listing = self.survey.layers, self.survey.listing
        for k, found in walked(layers, self.cuts, listing, claims, self.late):
            self.done[k] = found
            if perf_counter() - self.seen > LOOK:
                self.receive(0.0)
            if self.late():
                return

    def collect(self) -> None:
        """What the others still do, then what they did not give back."""
        while self.ends and not self.late():
            self.receive(LOOK)
        if not self.late() and len(self.done) < self.many:
            self.walk(k for k in range(self.many) if k not in self.done)

    def receive(self, seconds: float) -> None:
        """Tiles that others have done."""
        self.seen = perf_counter()
        for end in wait(self.ends, seconds) if self.ends else ():
            assert isinstance(end, Connection)
            try:
                self.done.update(end.recv())
            except (EOFError, OSError):
                self.ends.remove(end)

    def late(self) -> bool:
        """Is the time over while work is left?"""
        if self.survey.progress is not None:
            self.survey.progress(sum(t.counts[0] for t in self.done.values()), len(self.done) / self.many)
        if len(self.done) < self.many and self.survey.late():
            self.survey.partial = "the time was over"
        return bool(self.survey.partial)

    def end(self) -> None:
        """No process is left at work; those that are done end by themselves."""
        for worker in self.workers:
            if self.survey.partial:
                worker.terminate()
                worker.join()
        for end in self.ends:
            end.close()


def _claims(counter: Any, many: int) -> Iterator[int]:
    """Numbers of tiles, each claimed by one process."""
    while True:
        with counter.get_lock():
            k = int(counter.value)
            counter.value = k + 1
        if k >= many:
            return
        yield k


def _serve(layers: Layers, cuts: int, many: int, counter: Any, out: Connection, listing: bool) -> None:
    """What another process does; Ctrl-C is the first one's affair."""
    import signal
    from queue import SimpleQueue
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # a thread gives tiles back, so that a full pipe keeps nobody from working
    held: SimpleQueue[tuple[int, Tile] | None] = SimpleQueue()
    giver = Thread(target=_give, args=(held, out))
    giver.start()
    for one in walked(layers, cuts, listing, _claims(counter, many), lambda: False):
        held.put(one)
    held.put(None)
    giver.join()


def _give(held: Any, out: Connection) -> None:
    """Tiles as they come in, all that are there at once, until None comes."""
    more = True
    while more:
        given = [held.get()]
        while not held.empty():
            given.append(held.get())
        more = given[-1] is not None
        out.send(dict(one for one in given if one is not None))
    out.close()
