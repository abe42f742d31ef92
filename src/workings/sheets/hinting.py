"""`check SHEET --answer FILE --next`: what is done, and one hint for the first part that is begun and not done."""

from __future__ import annotations

from collections.abc import Iterator

from workings.checking.following import Hint, following
from workings.expr import Deriv
from workings.sheets.answered import Answered, Key
from workings.sheets.marking import found_before, targets
from workings.sheets.model import Question, Sheet

DERIVED = ("gradient", "backward", "chain rule")


def hints(sheet: Sheet, answered: Answered) -> list[Hint]:
    """The parts that are done, then one hint: for the first part begun, else for the first that is not."""
    begun = {j.part for j in answered.report.lines}
    done: list[Hint] = []
    later: list[Hint] = []
    for key, questions in _asked(sheet):
        for hint in _of_part(key, questions, sheet, answered):
            hint.part = "".join(key)
            if hint.part not in begun:
                later.append(hint)
            elif hint.kind == "done":
                done.append(hint)
            else:
                return [*done, hint]
    return [*done, *later[:1]]


def _asked(sheet: Sheet) -> Iterator[tuple[Key, list[Question]]]:
    for exercise in sheet.exercises:
        for part in exercise.all_parts:
            yield (exercise.number, part.label), [q for q in part.questions if not q.method]


def _of_part(key: Key, questions: list[Question], sheet: Sheet, answered: Answered) -> Iterator[Hint]:
    """One hint for each thing that the part asks, in order."""
    part = next(p for e in sheet.exercises if e.number == key[0] for p in e.all_parts if p.label == key[1])
    lines = [j for j in answered.report.lines if j.part == "".join(key)]
    session = answered.sessions.get(key)
    before = found_before(key, sheet, answered.report.lines)
    for question in questions:
        if question.asked not in DERIVED:
            yield Hint("general", asked=question.asked)
            continue
        for target in targets(question):
            if isinstance(target, Deriv):
                yield following(
                    part.net, target, lines, asked=question.asked, before=before,
                    names=part.named, scope=session.net if session is not None else None)
