"""`workings grade`: where the marks go, and what is asked before anything is replaced."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from workings.cli.options import columns, source
from workings.cli.solving import progress
from workings.errors import BadValue


def grade_folder(sheet: str, folder: str, rubric: str | None, force: bool, options: dict[str, Any]) -> int:
    """Mark, write, report; 0 if every part of every answer has marks, else 3."""
    from workings import api
    from workings.results import dumps

    force = force or _may_replace([Path(name) for name in options["files"]])      # asked before the work is done
    with progress() as told:
        found = api.grade(source(sheet), folder, source(rubric) if rubric else None, progress=told)
    saved = [found.save(name, overwrite=force) if name.lower().endswith(".csv") else found.save(name)
             for name in options["files"]]
    if options["as_json"]:
        click.echo(dumps(found.as_dict()), nl=False)
    elif not options["quiet"]:
        click.echo(found.text(width=columns()))
        for path in saved:
            click.echo(f"wrote {path}")
    return 3 if any(a.waiting or a.problem for a in found.answers) else 0


def _may_replace(targets: list[Path]) -> bool:
    """On a terminal the person is asked before a file is replaced; elsewhere that needs --force."""
    from workings.render.marks import beside

    there = [p for t in targets for p in (t, *(beside(t) if t.suffix.lower() == ".csv" else ())) if p.exists()]
    if not there:
        return False
    if sys.stdin.isatty() and sys.stderr.isatty():
        return click.confirm(f"{', '.join(map(str, there))} there already. Replace?", abort=True, err=True)
    raise BadValue(f"{there[0]} is there already, and nothing is overwritten unasked", expected="a new name",
                   hint="--force replaces it")
