"""`workings grade`: where the marks go, and what is asked before anything is replaced."""

from __future__ import annotations

import sys
from collections.abc import Sequence
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

    targets = _outputs(options["files"])
    force = force or _may_replace(targets)      # asked before the work is done
    with progress() as told:
        found = api.grade(source(sheet), folder, source(rubric) if rubric else None, leave=targets, progress=told)
    saved = [found.save(name, overwrite=force) if name.lower().endswith(".csv") else found.save(name)
             for name in options["files"]]
    if options["as_json"]:
        click.echo(dumps(found.as_dict()), nl=False)
    elif not options["quiet"]:
        click.echo(found.text(width=columns()))
        for path in saved:
            click.echo(f"wrote {path}")
    return 3 if any(a.waiting or a.problem for a in found.answers) else 0


def _outputs(names: Sequence[str]) -> list[Path]:
    """Every file and folder that is written; they are no answers, should they lie among them."""
    from workings.render.marks import beside

    return [p for t in map(Path, names) for p in (t, *(beside(t) if t.suffix.lower() == ".csv" else ()))]


def _may_replace(targets: Sequence[Path]) -> bool:
    """On a terminal the person is asked before a file is replaced; elsewhere that needs --force."""
    there = [p for p in targets if p.exists()]
    if not there:
        return False
    if sys.stdin.isatty() and sys.stderr.isatty():
        return click.confirm(f"{', '.join(map(str, there))} there already. Replace?", abort=True, err=True)
    raise BadValue(f"{there[0]} is there already, and nothing is overwritten unasked", expected="a new name",
                   hint="--force replaces it")
