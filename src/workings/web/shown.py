"""A result as the page takes it: its facts, and its blocks as HTML; an error as its facts and its place."""

from __future__ import annotations

from typing import Any

from workings.errors import WorkingsError
from workings.results import Shown


def shown(result: Shown, level: str | None = None) -> dict[str, Any]:
    """The facts of a result, and its page."""
    from workings.render.html import Page

    document = (result.at_level(level) if level else result).document()
    return {"result": result.as_dict(), "html": Page(document).blocks(document.blocks)}


def described(error: WorkingsError) -> dict[str, Any]:
    """The facts of an error, with the place as offsets of the text too."""
    out = error.as_dict()
    if error.span is not None and error.source is not None:
        out["span"] = [error.span.start, max(error.span.end, error.span.start + 1)]
    return out
