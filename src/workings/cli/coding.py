"""Source text on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from workings.emit.result import Code


def give_code(code: Code, options: dict[str, Any]) -> None:
    """Write the files asked for, then print the text (or JSON, or nothing)."""
    from workings.results import dumps

    saved = [code.save(name) for name in options["files"]]
    if options["as_json"]:
        click.echo(dumps({"schema": 1, "to": code.to, "code": str(code), "files": dict(code.files)}), nl=False)
    elif not options["quiet"]:
        click.echo("".join(f"wrote {path}\n" for path in saved) if saved else str(code), nl=False)
