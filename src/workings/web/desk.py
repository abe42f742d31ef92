"""The processes that do the work: each answers one request at a time and is ended at its limit."""

from __future__ import annotations

import asyncio
import json
import sys
from base64 import b64encode
from typing import Any

from starlette.concurrency import run_in_threadpool

from workings.limits import WEB_SECONDS, WEB_WAITING, WEB_WARMING, WEB_WORKERS
from workings.sheets.grade import Worker

# -P: a file of the folder that this runs in is never taken for a module
COMMAND = (sys.executable, "-P", "-m", "workings.web.worker")
Answer = dict[str, Any]
MODEL = {"input_dim": 2, "box": [[-1, 1], [-1, 1]], "layers": [
    {"W": [[1, 2], [2, -1], [1, 1]], "b": [0, 1, -1], "act": "relu"}, {"W": [[1, 1, 1]], "b": [0], "act": "id"}]}
SMALL = {"verb": "look", "want": ["plane"], "network": {
    "name": "small.json", "data": b64encode(json.dumps(MODEL).encode()).decode("ascii")}}


class Desk:
    """So many workers, and a queue of bounded length before them."""

    def __init__(self, workers: int = WEB_WORKERS, seconds: float = WEB_SECONDS, waiting: int = WEB_WAITING) -> None:
        self.seconds, self.waiting = seconds, waiting
        self.free: asyncio.LifoQueue[Worker | None] = asyncio.LifoQueue()    # the last one's memory is warm
        for _ in range(workers):
            self.free.put_nowait(None)
        self.inside = 0

    async def ask(self, request: Answer, seconds: float | None = None) -> tuple[int, Answer]:
        """The status and the body of an answer."""
        seconds = seconds or self.seconds
        if self.inside >= self.waiting:
            return 503, refused("busy", "more is asked than this page can answer", "wait a second, then try again")
        self.inside += 1
        try:
            worker = await self.free.get()
            try:
                if worker is None:
                    worker = await run_in_threadpool(Worker, COMMAND, "{}")
                found = await run_in_threadpool(worker.ask, json.dumps(request), seconds)
                if found is None:
                    await run_in_threadpool(worker.end)
                    worker = None
                    seen = f"this took more than {seconds:g} seconds or too much memory, and was ended"
                    return 504, refused("too long", seen, "ask for less: a smaller network, a smaller box")
                return (200 if found.get("ok") else 422), found
            finally:
                self.free.put_nowait(worker)
        finally:
            self.inside -= 1

    async def warm(self) -> None:
        """The first worker is started, and has loaded what it needs, before a person has typed anything."""
        await self.ask({"verb": "look", "network": "y = relu(x1 - x2)"})
        await self.ask(SMALL, WEB_WARMING)       # numba compiles once for each machine, and keeps what it has compiled

    def end(self) -> None:
        """All processes end."""
        while not self.free.empty():
            worker = self.free.get_nowait()
            if worker is not None:
                worker.end()


def refused(kind: str, message: str, hint: str = "") -> Answer:
    """An answer that says why there is none."""
    return {"ok": False, "error": {"error": kind, "message": message, **({"hint": hint} if hint else {})}}
