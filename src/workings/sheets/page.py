"""The page of a solution: contents come from its headings; each part says what is asked, then the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from workings.answers.solution import SheetRemark, Solution, SolvedExercise, SolvedPart, Task
from workings.document import (
    Aside, Block, Code, Display, Document, Fold, Heading, Inline, Line, Math, Mono, Paragraph, Raw, Row, Strong,
    Table,
)
from workings.expr import Remark
from workings.sheets import blocks as sheet
from workings.sheets.quote import quoted
from workings.sheets.repair import Repair

# What each verb's answer is called on the page.
NAMES = {
    "draw": "The network", "run": "Its values", "pieces": "Linear pieces", "boundary": "Decision boundary",
    "gradient": "Derivative", "chain rule": "Chain rule", "backward": "Backward computations",
    "hessian": "Second derivative", "check": "To be shown", "": "Not understood",
}
VARIANTS = {"repaired": "repaired", "ambiguous": "ambiguous", "wrong line": "wrong line"}


def document(solution: Solution) -> Document:
    """The page."""
    out: list[Block] = [*_overview(solution)]
    for exercise in solution.exercises:
        out += _exercise(exercise, solution)
    parts = [p for e in solution.exercises for p in e.parts]
    shown = any(p.repair for p in parts)         # a repair stands in the part whose line proves it
    loose = [r for r in solution.remarks
             if not any(r in p.remarks for p in parts) and not (shown and r.kind == "repaired")]
    if loose:
        out += [Heading(2, ("Remarks on the sheet",), "remarks"), *(_remark(r, solution) for r in loose)]
    return Document(solution.title or "Solution", tuple(out), solution.spelling)


def _overview(solution: Solution) -> Iterator[Block]:
    solved = sum(t.status == "solved" for t in solution.tasks)
    if solution.tasks:
        number = len(solution.tasks)
        whole = "The one question is solved." if number == 1 else f"All {number} questions are solved."
        words = whole if solved == number else f"{solved} of {number} questions solved."
        yield Paragraph((words,))
    rows = tuple(
        ((_place(e.number, t.label),), (NAMES.get(t.asked, t.asked),), _about(t) or ("–",), (t.status,))
        for e in solution.exercises for t in e.tasks
    )
    if rows:
        table = Table((("Part",), ("Asked",), ("About",), ("Status",)), rows)
        yield Fold(("What is asked, part by part",), (table,), open=solved < len(rows))


def _place(number: str, label: str) -> str:
    """2a, but 2.1"""
    return f"{number}.{label}" if label.isdigit() else number + label


def _about(task: Task) -> Line:
    """What a question is about: formulas, or the words of the task where there is none."""
    if not task.subjects:
        return (Mono(task.about),) if task.about else ()
    out: list[Inline] = []
    for subject in task.subjects:
        out += [", ", Math(subject)] if out else [Math(subject)]
    return tuple(out)


def _exercise(exercise: SolvedExercise, solution: Solution) -> Iterator[Block]:
    points = f" ({_points(exercise.points)})" if exercise.points else ""
    title = f": {exercise.title}" if exercise.title else ""
    yield Heading(2, (*_titled(f"Exercise {exercise.number}{title}"), points), f"exercise-{exercise.number}")
    if exercise.statement:
        yield Aside("quote", exercise.statement)
    for part in exercise.parts:
        yield from _part(exercise, part, solution)


def _titled(title: str) -> Line:
    """A title may hold formulas between dollars."""
    parts = re.split(r"\$([^$]+)\$", title)
    return tuple(Math(Raw(p)) if i % 2 else p for i, p in enumerate(parts) if p)


def _points(points: Sequence[int | Fraction]) -> str:
    total = sum(points)
    return f"{total} point{'s' * (total != 1)}"


def _part(exercise: SolvedExercise, part: SolvedPart, solution: Solution) -> Iterator[Block]:
    names = list(dict.fromkeys(NAMES.get(t.asked, t.asked) for t in part.tasks))
    label = _place(exercise.number, part.label)
    points = "" if part.points is None or not part.label else f" ({part.points} point{'s' * (part.points != 1)})"
    yield Heading(3, (f"{label} · {', '.join(_lower(names))}{points}",), f"part-{label}")
    if part.statement and part.label:
        yield Aside("quote", part.statement)
    if part.builds_on:
        labels = " and ".join(f"({x})" for x in part.builds_on)
        yield Paragraph((f"This builds on part{'s' * (len(part.builds_on) > 1)} {labels}.",))
    yield from part.repair
    for remark in part.remarks:
        if remark.kind != "repaired" or not part.repair:
            yield _remark(remark, solution)
    for tasks in _together(part.tasks):
        yield from _points_in_one(tasks) if len(tasks) > 1 else _task(tasks[0], len(part.tasks) > 1)
    yield from part.printed


def _together(tasks: Sequence[Task]) -> list[list[Task]]:
    """The tasks, those that ask for the same values at several points in one."""
    out: list[list[Task]] = []
    for task in tasks:
        last = out[-1][0] if out else None
        same = last is not None and task.asked == last.asked == "run" and task.text == last.text
        if same and task.status == last.status == "solved":            # type: ignore[union-attr]
            out[-1].append(task)
        else:
            out.append([task])
    return out


def _points_in_one(tasks: Sequence[Task]) -> Iterator[Block]:
    """One table for several points."""
    from workings.answers.run import points_table

    yield points_table([t.result for t in tasks], [t.at for t in tasks])


def _lower(names: list[str]) -> list[str]:
    return [name if i == 0 else name[:1].lower() + name[1:] for i, name in enumerate(names)]


def _task(task: Task, several: bool) -> Iterator[Block]:
    if several:
        about = _about(task)
        yield Heading(4, (NAMES.get(task.asked, task.asked), *((": ", *about) if about else ())))
    if task.status != "solved":
        yield from _unsolved(task)
        return
    yield from task.blocks
    if task.checks:
        yield Fold(("Cross-check",), tuple(Paragraph((said,)) for said in task.checks))


def _unsolved(task: Task) -> Iterator[Block]:
    error = task.error
    head: list[Inline] = [Strong("Not understood." if task.status == "not understood" else "Out of reach.")]
    if error is not None:
        head.append(f" {error.message[:1].upper()}{error.message[1:]}.")
    inner: list[Block] = [Paragraph(tuple(head))]
    if error is not None and error.expected:
        inner.append(Paragraph((f"Expected: {error.expected}.",)))
    if error is not None and error.hint:
        inner.append(Paragraph(("Try: ", Mono(error.hint))))
    yield Aside("note", tuple(inner))


def _remark(remark: Remark, solution: Solution) -> Aside:
    first, _, rest = remark.says.partition("\n")
    place = f"Line {solution.source.place(remark.span.start)[0]}: " if remark.span else ""
    line: Line = remark.line if isinstance(remark, SheetRemark) and remark.line else (first,)
    inner: list[Block] = [Paragraph((place, *line) if place else line)]
    if rest:
        inner.append(Code(rest))
    return Aside(VARIANTS.get(remark.kind, "note"), tuple(inner))


def repair(found: Repair | None) -> tuple[Block, ...]:
    """What was restored, and the printed line that proves it."""
    if found is None:
        return ()
    place = f" in line {found.place}" if found.place else ""
    return (Aside("repaired", (
        Paragraph(("The sheet prints",)), Display((Row(found.literal),)),
        Paragraph((f"but its own solution says{place} that",)), Display((Row(found.line),)),
        Paragraph((f"which is false for the equation as printed and true for it with {found.what} restored:",)),
        Display((Row(found.restored),)),
        Paragraph(("This part, and those that build on it, are solved under the repaired reading.",)),
    )),)


def printed(blocks: Sequence[sheet.Block]) -> tuple[Block, ...]:
    """The sheet's own solution, folded away: it is quoted, not judged."""
    inner = quoted(blocks)
    return (Fold(("What the sheet itself prints after the question",), inner),) if inner else ()
