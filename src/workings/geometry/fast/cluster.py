"""The walk on many machines: tiles on Dask distributed, put together in their order.

A tile is done again where its worker died; the answer is that of one process, bit for bit.
"""

from __future__ import annotations

from typing import Any

from workings.errors import BadValue, NotInstalled, OutOfReach
from workings.geometry.exact_plane import Exact
from workings.geometry.fast.complex import Complex
from workings.geometry.fast.engine import Progress, Survey, answer_of
from workings.geometry.fast.tiles import Start, Tile, gathered, starts, tile
from workings.geometry.layers import Layers, layers
from workings.geometry.plane import Domain
from workings.geometry.stack import Stack

TRIES = 5                     # a tile whose workers die so often is given up
WAIT = "10s"                  # for the scheduler to answer


def walk_on(address: str, stack: Stack, domain: Domain, *, lists: bool = True,
            progress: Progress | None = None) -> Complex:
    """The cells of a network, by the workers of a Dask scheduler such as tcp://10.0.0.1:8786.

    The workers need workings with numba.  Raises `NotInstalled` without dask, `BadValue` where no scheduler answers.
    """
    found = layers(stack, domain)
    survey = Survey(found, Exact(found), lists, None, None, progress)
    every = list(starts(found))
    gathered(survey, _done(address, found, every, lists, survey))
    return answer_of(stack, survey, "fast")


def _done(address: str, found: Layers, every: list[Start], lists: bool, survey: Survey) -> list[Tile]:
    """Every tile, in order."""
    try:
        from distributed import Client, as_completed
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise NotInstalled("a cluster needs dask", hint="pip install 'workings[cluster]'") from None
    try:
        client: Any = Client(address, timeout=WAIT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise BadValue(f"no Dask scheduler answers at {address}: {str(error)[:100]}",
                       expected="an address such as tcp://10.0.0.1:8786", hint="dask scheduler") from None
    with client:
        data: Any = client.scatter(found, broadcast=True)     # with a copy everywhere none is lost with a worker
        futures = [client.submit(tile, data, start, lists, retries=TRIES, pure=False) for start in every]
        place = {future.key: k for k, future in enumerate(futures)}
        out: list[Any] = [None] * len(futures)
        try:
            ready: Any = as_completed(futures, loop=client.loop, with_results=True)  # type: ignore[no-untyped-call]
            for done, (future, result) in enumerate(ready, start=1):
                out[place[future.key]] = result
                survey.tell(done / len(futures))
        except KilledWorker as error:
            raise OutOfReach(f"the workers died {TRIES} times over one tile: {str(error)[:100]}",
                             hint="more memory for each worker, or --count") from None
    return out
