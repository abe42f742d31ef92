"""The page of a solution: contents come from its headings; each part says what is asked, then the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from workings.answers.solution import Solution, SolvedExercise, SolvedPart, Task
from workings.document import (
    Aside, Block, Code, Display, Document, Fold, Heading, Inline, Line, Math, Mono, Paragraph, Raw, Row, Strong,
    Table,
)
from workings.expr import Remark
from workings.sheets import blocks as sheet
from workings.sheets.outline import BARE
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
        words = f"{solved} of {len(solution.tasks)} questions solved." if solved < len(solution.tasks) else (
            f"All {len(solution.tasks)} questions are solved.")
        yield Paragraph((words,))
    rows = tuple(
        ((e.number + t.label,), (NAMES.get(t.asked, t.asked),), _about(t) or ("–",), (t.status,))
        for e in solution.exercises for t in e.tasks
    )
    if rows:
        table = Table((("Part",), ("Asked",), ("About",), ("Status",)), rows)
        yield Fold(("What is asked, part by part",), (table,), open=solved < len(rows))


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
    return f"{'+'.join(map(str, points))}={total} points" if len(points) > 1 else f"{total} points"


def _part(exercise: SolvedExercise, part: SolvedPart, solution: Solution) -> Iterator[Block]:
    names = list(dict.fromkeys(NAMES.get(t.asked, t.asked) for t in part.tasks))
    label = f"{exercise.number}{part.label}"
    yield Heading(3, (f"{label} · {', '.join(_lower(names))}",), f"part-{label}")
    if part.statement and part.label:
        yield Aside("quote", part.statement)
    if part.builds_on:
        labels = " and ".join(f"({x})" for x in part.builds_on)
        yield Paragraph((f"This builds on part{'s' * (len(part.builds_on) > 1)} {labels}.",))
    yield from part.repair
    for remark in part.remarks:
        if remark.kind != "repaired" or not part.repair:
            yield _remark(remark, solution)
    for task in part.tasks:
        yield from _task(task, len(part.tasks) > 1)
    yield from part.printed


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
    inner: list[Block] = [Paragraph((f"{place}{first}",))]
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


def quoted(blocks: Iterable[sheet.Block]) -> tuple[Block, ...]:
    """What the sheet says, as blocks: words and formulas as they stand there."""
    out: list[Block] = []
    for block in blocks:
        text = block.pieces[0].text if len(block.pieces) == 1 else ""
        if BARE.fullmatch(text):
            label = text.strip(" ().,;\n")
            if label and out and isinstance(out[-1], Display):      # a number that stands below its display
                out[-1] = Display((*out[-1].rows[:-1], replace(out[-1].rows[-1], tag=label)))
        elif block.kind == "display":
            out += [Display((Row(Raw(_shown(p.text)), tag=_tag(p.text)),)) for p in block.pieces]
        elif block.kind in ("paragraph", "heading"):
            out += _paragraph(block, bool(out) and isinstance(out[-1], Display))
        elif block.kind == "code":
            out += [Code(p.text) for p in block.pieces]
    return tuple(out)


def _paragraph(block: sheet.Block, after_display: bool) -> Iterator[Block]:
    """A paragraph; a comma that ended the display before it is dropped."""
    line: list[Inline] = []
    for piece in block.pieces:
        if piece.kind == "display":
            if line:
                yield Paragraph(tuple(line))
            line = []
            yield Display((Row(Raw(_shown(piece.text)), tag=_tag(piece.text)),))
        elif piece.kind == "maths":
            line.append(Math(Raw(piece.text.strip())))
        else:
            words = _words(piece.text)
            line.append(re.sub(r"^\s*[,;.]\s*", "", words) if after_display and not line else words)
    if any(not isinstance(p, str) or p.strip() for p in line):
        yield Paragraph(tuple(line))


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("**", "").replace("*", ""))


TAG = re.compile(r"\\tag\*?\s*\{([^{}]*)\}|\\label\{[^{}]*\}")


def _shown(latex: str) -> str:
    return TAG.sub("", latex).strip()


def _tag(latex: str) -> str:
    match = TAG.search(latex)
    return match.group(1) or "" if match else ""
