"""One result of the page as a file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from workings.errors import BadValue
from workings.results import Shown
from workings.web import made
from workings.web.asked import Request

SUFFIXES = ("svg", "png", "tikz", "html", "txt", "json", "tex", "dot")
RESULTS: dict[str, Callable[[Request], Shown]] = {
    "read": made.read, "draw": made.draw, "pieces": made.pieces, "boundary": made.boundary, "gradient": made.gradient,
    "backward": made.backward, "solve": made.solve,
}
TARGETS = {"python": ".py", "numpy": ".py", "numba": ".py", "jax": ".py", "torch": ".py", "c": ".c"}


def exported(request: Request) -> tuple[str, bytes]:
    """The file's name and its bytes; it is written to a folder of its own and read again."""
    what = request.get("what") or "draw"
    if what == "code":
        return f"network{TARGETS.get(request.get('to') or 'numpy', '.txt')}", made.code(request).encode()
    suffix = request.get("as") or "svg"
    if suffix not in SUFFIXES:
        raise BadValue(f"{suffix[:20]} is no format of the page", expected=", ".join(SUFFIXES))
    if what not in RESULTS:
        raise BadValue(f"the page exports no {what[:20]}", expected=", ".join((*RESULTS, "code")))
    result = RESULTS[what](request)
    with tempfile.TemporaryDirectory(prefix="workings-") as folder:
        name = f"{what}.{suffix}"
        return name, result.save(Path(folder) / name).read_bytes()
