"""What the solution of a sheet says: the data, and its JSON as INTERFACE.md fixes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from workings.document import Block, Line
from workings.errors import Source, Span, WorkingsError
from workings.expr import Expr, Network, Remark

STATUSES = ("solved", "not understood", "out of reach")


@dataclass(slots=True, eq=False)
class SheetRemark(Remark):
    """A remark on a sheet; `line` is what it says with its formulas, where it has any."""

    line: Line = ()


@dataclass(slots=True)
class Task:
    """One thing asked and its answer.

    `answer` is the verb's `as_dict`, `blocks` what the page shows of it, `checks` the cross-checks that
    held, in words; `error` says why there is no answer.
    """

    label: str
    asked: str
    about: str
    status: str
    text: str
    span: Span
    net: Network
    result: Any = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    checks: tuple[str, ...] = ()
    error: WorkingsError | None = None
    subjects: tuple[Expr, ...] = ()     # `about` as formulas
    method: bool = False
    at: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class SolvedPart:
    """A part of the sheet: what it says, as blocks, and its tasks."""

    label: str
    statement: tuple[Block, ...]
    tasks: list[Task]
    builds_on: tuple[str, ...] = ()
    printed: tuple[Block, ...] = ()     # the sheet's own solution, to be judged by `check` in time
    repair: tuple[Block, ...] = ()
    remarks: tuple[Remark, ...] = ()
    points: int | Fraction | None = None


@dataclass(slots=True)
class SolvedExercise:
    number: str
    title: str
    points: list[int | Fraction]
    statement: tuple[Block, ...]
    parts: list[SolvedPart]

    @property
    def tasks(self) -> list[Task]:
        return [task for part in self.parts for task in part.tasks]


@dataclass(slots=True)
class Solution:
    title: str
    exercises: list[SolvedExercise]
    remarks: list[Remark]
    source: Source
    spelling: Mapping[str, str] = field(default_factory=dict)

    @property
    def tasks(self) -> list[Task]:
        return [task for exercise in self.exercises for task in exercise.tasks]

    @property
    def solved(self) -> bool:
        """Is every task solved?"""
        return all(task.status == "solved" for task in self.tasks)


def as_dict(solution: Solution) -> dict[str, Any]:
    """The JSON of `solve`."""
    return {
        "schema": 1,
        "title": solution.title,
        "exercises": [_exercise(e, solution.source) for e in solution.exercises],
        "remarks": [_remark(r, solution.source) for r in solution.remarks],
    }


def _exercise(exercise: SolvedExercise, source: Source) -> dict[str, Any]:
    return {
        "number": exercise.number,
        "title": exercise.title,
        "points": [p if isinstance(p, int) else str(p) for p in exercise.points],
        "tasks": [_task(task, source) for task in exercise.tasks],
    }


def _task(task: Task, source: Source) -> dict[str, Any]:
    line, _ = source.place(task.span.start)
    out: dict[str, Any] = {
        "label": task.label, "asked": task.asked, "about": task.about, "status": task.status,
        "text": task.text, "source": {"line": line}, "answer": dict(task.answer),
    }
    if task.error is not None:
        out["reason"] = task.error.as_dict()
    if task.checks:
        out["checks"] = list(task.checks)
    return out


def _remark(remark: Remark, source: Source) -> dict[str, Any]:
    out: dict[str, Any] = {"source": {"line": 0}, "kind": remark.kind, "says": remark.says}
    if remark.span is not None:
        line, column = source.place(remark.span.start)
        out["source"] = {"line": line, "column": column}
    return out

