"""`workings solve`: where the solution goes, what is said about it, a progress bar on long work."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workings.cli.options import STDIN, columns
from workings.errors import BadValue, NotReadable

if TYPE_CHECKING:
    from workings.errors import Source
    from workings.results import Solution

PATIENCE = 1.0                # seconds before a progress bar appears


def solve_sheet(sheet: Source, options: dict[str, Any]) -> int:
    """Solve, write, report; 0 if every part is solved, else 3."""
    from workings import sheets
    from workings.expr import Network
    from workings.results import Solution

    with progress() as told:
        found = sheets.solve(sheet, progress=told)
    for task in found.tasks:
        if options["debug"] and task.error is not None and task.error.__cause__ is not None:
            raise task.error.__cause__
    if not found.tasks:
        raise _nothing_asked(sheet)
    if sheet.path == STDIN and found.title == STDIN:
        found.title = ""
    solution = Solution(chosen(found, options["exercise"]), Network()).at_level(options["level"])
    _give(solution, sheet, options)
    return 0 if all(task.status == "solved" for task in solution.tasks) else 3


def _nothing_asked(sheet: Source) -> NotReadable:
    return NotReadable(
        "no question was found in this sheet",
        source=sheet,
        expected="an exercise that asks something, such as: (a) Draw the neural network.",
        hint="a line of its own such as  > workings: draw",
    )


def chosen(found: Any, numbers: tuple[str, ...]) -> Any:
    """The solution of the exercises asked for."""
    from dataclasses import replace

    if not numbers:
        return found
    there = [exercise.number for exercise in found.exercises]
    for number in numbers:
        if number not in there:
            raise BadValue(f"the sheet has no exercise {number}", expected=f"one of {', '.join(there) or 'none'}")
    return replace(found, exercises=[e for e in found.exercises if e.number in numbers])


def _give(solution: Solution, sheet: Source, options: dict[str, Any]) -> None:
    from workings.results import dumps

    in_file = bool(sheet.path) and sheet.path != STDIN
    names = list(options["files"])
    if not names and in_file and not options["as_json"]:
        names = [str(Path(sheet.path).with_suffix(".solution.html"))]
    saved = [solution.save(name) for name in names]
    if options["as_json"]:
        click.echo(dumps(solution.as_dict()), nl=False)
    elif not saved and not options["quiet"]:
        click.echo(solution.text(width=columns()))
    elif not options["quiet"]:
        click.echo("\n".join(summary(solution)))
        for path in saved:
            click.echo(f"wrote {path}")
    if not options["as_json"]:
        for line in unsolved(solution):
            click.echo(line, err=True)


def summary(solution: Solution) -> list[str]:
    """One line for each thing asked, then the remarks."""
    out = [solution.title] if solution.title else []
    for exercise in solution.exercises:
        for task in exercise.tasks:
            out.append(f"  {exercise.number + task.label:<5} {task.asked:<12} {task.about[:40]:<40} {task.status}")
    for remark in solution.remarks:
        line = ""
        if remark.span is not None:
            line = f"line {solution.source.place(remark.span.start)[0]}: "
        out.append(f"  {remark.kind}: {line}{remark.says}")
    return out


def unsolved(solution: Solution) -> Iterator[str]:
    """Why a part is not solved, one line each."""
    for exercise in solution.exercises:
        for task in exercise.tasks:
            if task.status != "solved":
                why = task.error.message if task.error else task.status
                hint = f" (try: {task.error.hint})" if task.error and task.error.hint else ""
                yield f"{exercise.number}{task.label} {task.asked} {task.status}: {why}{hint}"


@contextmanager
def progress() -> Iterator[Callable[..., None] | None]:
    """A function that is told (done, of, what); a bar only on a terminal, and only after a second of work."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = Bar()
    try:
        yield bar.told
    finally:
        bar.close()


class Bar:
    """A progress bar that does not appear for what is done at once."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.bar: Any = None
        self.task: Any = None

    def told(self, done: int, of: int, what: str = "") -> None:
        """So much is done."""
        if self.bar is None and time.monotonic() - self.start > PATIENCE:
            self._open()
        if self.bar is not None:
            self.bar.update(self.task, completed=done, total=of, description=what[:40])

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self.bar = Progress(console=Console(stderr=True), transient=True)
        self.bar.start()
        self.task = self.bar.add_task("solving")

    def close(self) -> None:
        """The bar goes away."""
        if self.bar is not None:
            self.bar.stop()
