"""A sheet worked: each question goes to its engine, each answer is cross-checked, nothing is dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from workings.answers.solution import Solution, SolvedExercise, SolvedPart, Task
from workings.answers.spelling import spelling as spelled
from workings.document import Paragraph
from workings.errors import OutOfReach, Source, Span, WorkingsError
from workings.expr import Deriv, Expr, Remark
from workings.sheets import page
from workings.sheets.blocks import Block, Piece
from workings.sheets.crosscheck import CHECKS, Broken
from workings.sheets.model import Exercise, Part, Question, Sheet
from workings.sheets.outline import Points
from workings.sheets.prose import SENTENCE_END
from workings.sheets.quote import quoted
from workings.sheets.read import read_sheet
from workings.sheets.tasks import answer

Progress = Callable[[int, int, str], None]


def solve(given: Source | Sheet | str, progress: Progress | None = None) -> Solution:
    """The solution of a sheet as plain data; `progress(done, of, what)` is told after each question."""
    sheet = given if isinstance(given, Sheet) else read_sheet(Source(given) if isinstance(given, str) else given)
    total = sum(len(p.questions) for e in sheet.exercises for p in e.all_parts)
    done = 0
    exercises: list[SolvedExercise] = []
    spelling: dict[str, str] = {}
    for exercise in sheet.exercises:
        parts: list[SolvedPart] = []
        for part in exercise.all_parts:
            tasks: list[Task] = []
            for question in part.questions:
                if progress is not None:
                    progress(done, total, f"{exercise.number}{part.label} {question.asked}")
                shown = [t.asked for t in tasks if t.status == "solved" and t.about == question.about]
                before = _cut_before(question, part, parts)
                task = _task(question, part, sheet, [*shown, "pieces"] if before else shown)
                if before and task.status == "solved":
                    task.blocks = (Paragraph((f"The linear pieces are those of part ({before}).",)), *task.blocks)
                tasks.append(task)
                done += 1
            parts.append(_part(part, tasks, sheet, _points(exercise, part)))
            for result in (None, *(task.result for task in tasks)):
                spelling = {**spelled(result, part.net), **spelling}
        exercises.append(_exercise(exercise, parts))
    if progress is not None:
        progress(done, total, "")
    return Solution(sheet.title, exercises, list(sheet.remarks), sheet.source, spelling)


def _cut_before(question: Question, part: Part, earlier: Sequence[SolvedPart]) -> str:
    """The earlier part that has already cut the same network into its pieces."""
    if question.asked != "boundary":
        return ""
    return next((p.label for p in earlier for t in p.tasks if p.label and t.asked == "pieces" and t.status == "solved"
                 and t.about == question.about and t.net.equations == part.net.equations), "")


def _exercise(exercise: Exercise, parts: list[SolvedPart]) -> SolvedExercise:
    return SolvedExercise(exercise.number, exercise.title, exercise.points, quoted(exercise.intro.blocks), parts)


def _points(exercise: Exercise, part: Part) -> Points | None:
    if part.points:
        return sum(part.points)
    if part not in exercise.parts or len(exercise.points) != len(exercise.parts) or len(exercise.parts) == 1:
        return None
    return exercise.points[exercise.parts.index(part)]


def _part(part: Part, tasks: list[Task], sheet: Sheet, points: Points | None) -> SolvedPart:
    starts = [part.solution.start] if part.solution else []
    starts += [claim.span.start for claim in part.claims]
    lead: list[Block] = []
    end = min(starts, default=max((b.span.end for b in part.blocks), default=0))
    asked = [b for b in part.blocks if b.span.end <= end or (b.span.start < end and b.kind == "paragraph")]
    if len(asked) > 1 and end < part.blocks[-1].span.end and _leads(asked[-1], part):
        asked.pop()
    if asked and end < part.blocks[-1].span.end:
        asked, lead = _parted(asked, part)
    if any(b.printed for b in part.blocks):      # what follows a solution environment is the sheet's text again
        asked = [b for b in part.blocks if not b.printed]
    printed = [*lead, *(b for b in part.blocks if not any(b.span.start == a.span.start for a in asked))]
    own = tuple(r for r in sheet.remarks if r.span and _within(r, part))
    return SolvedPart(
        part.label, quoted(asked), tasks, part.builds_on, page.printed(printed), page.repair(part.repair), own,
        points)


def _leads(block: Block, part: Part) -> bool:
    """Does a paragraph only lead to the printed solution: "Application of the chain rule gives"?"""
    text = block.pieces[-1].text.rstrip() if block.pieces else ""
    inside = any(block.span.start <= q.span.start < block.span.end for q in part.questions)
    return block.kind == "paragraph" and not inside and len(block.pieces) == 1 and text[-1:] not in (".", "?", "!")


def _parted(asked: list[Block], part: Part) -> tuple[list[Block], list[Block]]:
    """A last sentence without an end, "We see that there is a sum over", leads to the printed solution too."""
    *before, block = asked
    last = block.pieces[-1] if block.pieces and block.kind == "paragraph" else None
    ends = list(SENTENCE_END.finditer(last.text)) if last is not None and last.kind == "words" else []
    if last is None or not ends or not last.text[ends[-1].end() :].strip(" \n*_)"):
        return asked, []
    cut = last.span.start + ends[-1].end()
    if any(cut <= q.span.start < last.span.end for q in part.questions):
        return asked, []
    first, rest = (Piece("words", Span(a, b), Span(a, b), last.text[a - last.span.start : b - last.span.start])
                   for a, b in ((last.span.start, cut), (cut, last.span.end)))
    kept = replace(block, span=Span(block.span.start, cut), pieces=(*block.pieces[:-1], first))
    return [*before, kept], [replace(block, span=rest.span, pieces=(rest,), item="")]


def _within(remark: Remark, part: Part) -> bool:
    at = remark.span.start if remark.span else -1
    return any(b.span.start <= at < max(b.span.end, b.span.start + 1) for b in part.blocks)


def _subjects(question: Question) -> tuple[Expr, ...]:
    """What a question is about, as formulas: the quantity, or its derivatives."""
    of, wrt = question.of, question.wrt
    if of is None or not wrt:
        return (of,) if of is not None else ()
    pairs = [wrt] if question.asked == "hessian" else [(w,) for w in wrt]
    return tuple(Deriv(of, pair) for pair in pairs)


def _task(question: Question, part: Part, sheet: Sheet, shown: list[str]) -> Task:
    q = question
    task = Task(
        part.label, q.asked, q.about, "solved", q.text, q.span, part.net, subjects=_subjects(q), method=q.method,
        at=q.at)
    try:
        found = answer(replace(question, names=part.named), part.net, shown)
        checks = CHECKS.get(question.asked)
        said = checks(found.result, question, part.net) if checks else ()
    except Broken as broken:
        return replace(task, status="out of reach", error=broken.located(sheet.source, question.span))
    except WorkingsError as error:
        # A question without an object is not understood; one whose object the engine cannot treat is out of reach.
        lost = question.problem is not None or not question.asked
        error.source = error.source or sheet.source
        error.span = error.span or question.span
        return replace(task, status="not understood" if lost else "out of reach", error=error)
    except Exception as error:                 # a fault of ours in one question must not cost the others their answers
        return replace(task, status="out of reach", error=_fault(error).located(sheet.source, question.span))
    return replace(task, result=found.result, answer=found.data, blocks=found.blocks, checks=said)


def _fault(error: Exception) -> WorkingsError:
    """What is said of an exception that nobody foresaw; it stays reachable as the cause."""
    words = " ".join(str(error).split())[:200]
    memory = isinstance(error, MemoryError)
    says = "there is not enough memory for this part" if memory else (
        f"a fault in workings, not in the sheet: {type(error).__name__}: {words}")
    fault = OutOfReach(says, hint="" if memory else "please report it with the sheet; --debug shows where it happened")
    fault.__cause__ = error
    return fault
