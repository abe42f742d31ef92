"""What the commands share: the network argument, options, and how a result is given out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from workings.errors import Source
    from workings.results import Network, Shown

F = TypeVar("F", bound=Callable[..., Any])

STDIN = "<stdin>"
NETWORK = "NETWORK is an existing file, - for standard input, or the equations themselves (; separates them)."


def source(given: str) -> Source:
    """An existing file, else - for standard input, else the text itself."""
    from workings import work
    from workings.errors import Source

    if given == "-":
        return Source(work.decoded(sys.stdin.buffer.read(), Path("standard input")), STDIN)
    if "\n" not in given and len(given) < 4096 and os.path.exists(given):
        return work.file_source(Path(given))
    return work.source(given)


def network(options: dict[str, Any]) -> Network:
    """The network of a command, with the roles that its options name."""
    from workings import api, work

    roles = {key: options.pop(key, None) for key in ("inputs", "parameters", "targets")}
    given = options.pop("network")
    return api.read(given if work.is_model(given) else source(given), **roles)


def results(function: F) -> F:
    """--json, --quiet, -o and --debug, as every command has them."""
    for option in (
        click.option("--debug", is_flag=True, hidden=True, help="Show where an unforeseen fault happened."),
        click.option("--quiet", is_flag=True, help="Print nothing but errors."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."),
        click.option("-o", "files", metavar="FILE", multiple=True,
                     help="Write to FILE (.html .md .txt .json, .svg .png .tikz .dot .tex); may be repeated."),
    ):
        function = option(function)
    return function


def networks(function: F) -> F:
    """The network argument and the options that state roles."""
    for option in (
        click.option("--targets", metavar="NAMES", help="Names that are targets."),
        click.option("--parameters", metavar="NAMES", help="Names that are parameters."),
        click.option("--inputs", metavar="NAMES", help="Names that are inputs, such as x1,x2."),
        click.argument("network", metavar="NETWORK"),
    ):
        function = option(function)
    return results(function)


def columns() -> int:
    """How wide text is printed: as the terminal (or COLUMNS) says, from 40 to 80."""
    from shutil import get_terminal_size

    return max(40, min(80, get_terminal_size().columns))


def give(result: Shown, options: dict[str, Any], text: str | None = None) -> None:
    """Write the files asked for, then print the result (or JSON, or nothing)."""
    from workings.results import dumps

    saved = [result.save(name) for name in options["files"]]
    if options["as_json"]:
        click.echo(dumps(result.as_dict()), nl=False)
    elif not options["quiet"]:
        if saved:
            click.echo("".join(f"wrote {path}\n" for path in saved), nl=False)
        else:
            click.echo(result.text(width=columns()) if text is None else text)
