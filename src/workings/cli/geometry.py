"""The commands of geometry: budgets, a progress bar, pictures with data, counts, and what is marked partial."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from workings.cli.options import give, network

if TYPE_CHECKING:
    from workings.regions import Boundary, Measures, Pieces

PARTIAL = 3


def show_pieces(options: dict[str, Any]) -> int:
    """`workings pieces`."""
    from workings import api
    from workings.cli.counting import counts

    count, by, data, where = options.pop("count"), options.pop("by"), options.pop("data"), _where(options)
    at = options.pop("at")
    net = network(options)
    with _Bar(options) as progress:
        found = api.pieces(net, count=count and not options["files"], progress=progress, **where)
    if at is not None:
        give(found.at(_numbers(at)), options)
        return _ended(found)
    if count:
        for name in options["files"]:
            found.save(name)
        counts(found, options)
        return _ended(found)
    _given(found, options, by, data)
    return _ended(found)


def show_boundary(options: dict[str, Any]) -> int:
    """`workings boundary`."""
    from workings import api

    output, level, data, where = options.pop("output"), options.pop("level"), options.pop("data"), _where(options)
    near = options.pop("near")
    net = network(options)
    with _Bar(options) as progress:
        found = api.boundary(net, output, level, progress=progress, **where)
    if near is not None:
        give(found.near(_numbers(near)), options)
        return _ended(found)
    _given(found, options, None, data)
    return _ended(found)


def show_same(second: str, box: str | None, slice_: str | None, options: dict[str, Any]) -> int:
    """`workings same`."""
    from workings import api

    one = network(options)
    found = api.same(one, network({"network": second}), box, slice_)
    give(found, options)
    return 0 if found.same else 1


def show_measures(options: dict[str, Any]) -> int:
    """`workings measure`."""
    from workings import api

    where = {name: options.pop(name) for name in ("box", "slice", "polygon", "seconds", "engine")}
    net = network(options)
    with _Bar(options) as progress:
        found = api.measure(net, progress=progress, **where)
    give(found, options)
    return _ended(found)


def _where(options: dict[str, Any]) -> dict[str, Any]:
    names = ("box", "slice", "polygon", "processes", "seconds", "engine", "cluster")
    return {name: options.pop(name) for name in names}


def _numbers(text: str) -> list[str]:
    """The coordinates of a point: 1/2,0.25 or (1/2, 0.25)."""
    return [part.strip() for part in text.strip().strip("()").split(",")]


def _given(found: Any, options: dict[str, Any], by: str | None, data: str | None) -> None:
    """Pictures with their colours and data points, everything else as any result."""
    shown = found._drawn(by or "", data) if by or data else found
    give(shown, options)


def _ended(found: Pieces | Boundary | Measures) -> int:
    """0, or 3 where the answer is partial."""
    partial = getattr(found.data, "partial", "")
    if partial:
        walked = getattr(found.data, "complex", getattr(found.data, "cells", found.data))
        share = float(getattr(walked, "done", 0.0))
        click.echo(f"partial: {partial}; {100 * share:.1f} % is done", err=True)
    return PARTIAL if partial else 0


class _Bar:
    """A bar on a terminal, nothing elsewhere."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.shown = sys.stderr.isatty() and not options["quiet"]
        self.drawn = False

    def __enter__(self) -> Callable[[int, float], None] | None:
        return self._tell if self.shown else None

    def _tell(self, cells: int, done: float) -> None:
        width = 30
        full = round(width * done)
        self.drawn = True
        print(f"\r{'█' * full}{'·' * (width - full)} {100 * done:5.1f} %  {cells:,} cells", end="", file=sys.stderr)

    def __exit__(self, *raised: object) -> None:
        if self.drawn:
            print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
