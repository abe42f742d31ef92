"""Short results: the counts of pieces, and the exit code of a report."""

from __future__ import annotations

from typing import Any

import click

SHORT = ("schema", "inputs", "counts", "box", "tally", "certified")


def counts(found: Any, options: dict[str, Any]) -> None:
    """How many cells, maps, vertices … there are, without the lists."""
    from workings.results import dumps

    facts = {name: value for name, value in found.as_dict().items() if name in SHORT}
    if options["as_json"]:
        click.echo(dumps(facts), nl=False)
    elif not options["quiet"]:
        for name, value in facts["counts"].items():
            if value is not None:
                click.echo(f"{name.replace('_', ' '):<20} {value}")
        tally = facts["tally"]
        click.echo(f"certified: {tally['signs']:,} signs, {tally['exact']:,} decided exactly")


def verdict(report: Any) -> int:
    """0: every line is right; 1: one is wrong or stands twice; 2: one is not understood; 3: one is undecided."""
    found = {line["verdict"] for line in report.as_dict()["lines"]}
    if found & {"wrong", "duplicate"}:
        return 1
    if "not understood" in found:
        return 2
    return 3 if "undecided" in found else 0
