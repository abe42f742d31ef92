"""The walk in several processes of this machine: tiles, put together in their order.

The answer is that of one process, bit for bit; a budget or Ctrl-C keeps the tiles that are done.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import TYPE_CHECKING

from workings.geometry.fast.tiles import Start, Tile, gathered, starts, tile

if TYPE_CHECKING:
    from workings.geometry.fast.engine import Survey
    from workings.geometry.layers import Layers

LOOK = 0.2                    # seconds between two looks at the clock
_held: dict[str, Layers] = {}


def walk_together(survey: Survey, processes: int) -> None:
    """All cells of the domain, by so many processes."""
    if not survey.layers.units:
        from workings.geometry.fast.single import walk_alone

        return walk_alone(survey)
    done: dict[int, Tile] = {}
    counts: list[tuple[int, ...]] = []
    with ProcessPoolExecutor(processes, initializer=_take, initargs=(survey.layers,)) as pool:
        waiting: dict[Future[Tile], int] = {}
        try:
            for k, start in enumerate(starts(survey.layers, counts.append)):      # work begins while tiles are found
                waiting[pool.submit(_tile, start, survey.listing)] = k
                if survey.late():
                    break
            many = len(waiting)
            _collect(survey, waiting, done, many)
        except KeyboardInterrupt:
            survey.partial, many = "interrupted", max(1, len(done) + len(waiting))
        pool.shutdown(wait=not survey.partial, cancel_futures=True)
    if survey.partial:
        survey.done = len(done) / many
    gathered(survey, counts[0] if counts else (), [done[k] for k in sorted(done)])
    return None


def _collect(survey: Survey, waiting: dict[Future[Tile], int], done: dict[int, Tile], many: int) -> None:
    """Tiles as they come, until all are there or the time is over."""
    while waiting:
        ready, _ = wait(waiting, LOOK, FIRST_COMPLETED)
        for future in ready:
            done[waiting.pop(future)] = future.result()
        if survey.progress is not None:
            survey.progress(sum(t.counts[0] for t in done.values()), len(done) / many)
        if waiting and survey.late():
            survey.partial = "the time was over"
            return


def _take(layers: Layers) -> None:
    """What every tile of a process needs, once."""
    _held["layers"] = layers


def _tile(start: Start, listing: bool) -> Tile:
    return tile(_held["layers"], start, listing)
