"""A process that answers the page: a request in a line of JSON, its answer in another.

A fault, a flood or a hang ends only this process.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

from workings.errors import WorkingsError
from workings.limits import WEB_MEMORY
from workings.web.shown import described


def main() -> None:
    """Answers until standard input ends."""
    _limited()
    from workings.web.verbs import answer

    sys.stdin.readline()                       # how it is set up: there is nothing to set yet
    for line in sys.stdin:
        print(json.dumps(_safely(answer, json.loads(line)), allow_nan=False), flush=True)


def _limited() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (WEB_MEMORY, WEB_MEMORY))


def _safely(answer: Any, request: dict[str, Any]) -> dict[str, Any]:
    """The answer; what is wrong with the request is told, and so is a fault of ours, without its traceback."""
    try:
        return {"ok": True, **answer(request)}
    except WorkingsError as error:
        return {"ok": False, "exit": error.exit_code, "error": described(error)}
    except MemoryError:
        return _failed("InputTooLarge", "this takes too much memory")
    except RecursionError:
        return _failed("InputTooLarge", "a formula is nested too deeply")
    except Exception as error:
        return _failed("Fault", f"workings made a mistake here ({type(error).__name__}); please report this input")


def _failed(kind: str, message: str) -> dict[str, Any]:
    return {"ok": False, "exit": 3, "error": {"error": kind, "message": message}}


if __name__ == "__main__":
    main()
