"""A person's own answers to a sheet, parts matched by label, judged in the sheet's scopes.

What a person found wrong, or gave a name, in an earlier part of an exercise is known in its later parts: a line that
would be right had the earlier one been right follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from workings.checking.lines import Session
from workings.checking.names import known_names
from workings.checking.verdict import Judged, Labelled, Report
from workings.errors import NotReadable, Source, WorkingsError
from workings.functions import signatures
from workings.sheets.handed import handed
from workings.sheets.judge import shown_scope
from workings.sheets.labels import Labels, said
from workings.sheets.model import Sheet
from workings.sheets.read import read_sheet
from workings.sheets.remembered import Memory, Scope
from workings.sheets.rows import formulas, rows
from workings.syntax import read_lines

Key = tuple[str, str]         # number of the exercise, label of the part


@dataclass(slots=True)
class Answer:
    """What stands under one label: formulas with their offsets in the text."""

    key: Key
    at: int                   # offset of the label; -1: nothing is labelled
    known: bool = True
    lines: list[tuple[str, int]] = field(default_factory=list)
    words: bool = False       # does anything else stand there?


@dataclass(slots=True)
class Answered:
    """A judged answer: its report, and for each part the session in which it was judged."""

    report: Report
    sessions: dict[Key, Session]
    stray: bool               # does something stand under no label that the sheet knows?


def judge_answer(given: Source | Sheet, answer: Any, hint: bool = False) -> Report:
    """The verdict on each line of a person's answers; with `hint`, what comes next.

    >>> sheet = Source("# Exercise 1\\n\\nLet $E = w^2$.\\n\\n(a) Compute $dE/dw$.\\n")
    >>> [j.verdict for j in judge_answer(sheet, Source("1a\\ndE/dw = 2*w\\ndE/dw = 3*w\\n")).lines]
    ['right', 'wrong']
    """
    sheet = given if isinstance(given, Sheet) else read_sheet(given)
    source, told = handed(answer)
    out = judged(sheet, source)
    if not out.report.lines:
        raise NotReadable("no line of these answers belongs to a part of the sheet", source=source,
                          expected="parts with labels, such as: 2a", hint="the label of the part in a line of its own")
    if hint:
        from workings.sheets.hinting import hints

        out.report.next = list(hints(sheet, out))
    out.report.remarks = [*(_remark(r, source) for r in told), *out.report.remarks]
    return out.report


def judged(sheet: Sheet, source: Source, memory: Memory | None = None) -> Answered:
    """The lines of an answer, each in the scope of its part; what belongs to no part is told.

    `memory`: the verdicts on other answers to the same sheet.
    """
    memory = memory or Memory()
    parts = {(e.number, p.label): p for e in sheet.exercises for p in [e.intro, *e.parts]}
    found = answers(source, sheet)
    report = Report([], [], source, by_place=True)
    scopes: dict[Key, Scope] = {}
    for answer in found:
        if not (answer.known and answer.key in parts):
            continue
        scope = scopes.get(answer.key)
        if scope is None:
            scope = memory.open(answer.key, parts[answer.key], sheet.source)
            for key, earlier in scopes.items():
                if key[0] == answer.key[0]:
                    scope.inherit(earlier)
            scopes[answer.key] = scope
        report.lines += _judged(answer, scope, memory, source)
    for i, line in enumerate(report.lines):
        line.line = i
    for scope in scopes.values():
        report.remarks += scope.session.domains.missing()
    report.parts = _labelled(found, sheet, source)
    report.remarks += _about(found, report.parts, sheet, source)
    stray = any(not a.known or (a.at < 0 and not a.key[0]) for a in found if a.lines)
    return Answered(report, {key: scope.session for key, scope in scopes.items()}, stray)


def _judged(answer: Answer, scope: Scope, memory: Memory, source: Source) -> Iterator[Judged]:
    """The lines of one part in order."""
    starts = [at for _, at in answer.lines]
    try:
        read = read_lines([text for text, _ in answer.lines], signatures(), scope.session.written)
    except WorkingsError as error:
        raise error.located(source) from None
    for line in read:
        place = source.place(starts[line.index] + (line.span.start if line.span is not None else 0))
        line.index = place[0] - 1
        out = memory.judge(scope, line)
        out.place, out.part, out.scope = place, "".join(answer.key), shown_scope(scope.session)
        yield out


# -- the text by labels
def answers(source: Source, sheet: Sheet) -> list[Answer]:
    """What stands under each label, in order; without any label, all is for the sheet's only part."""
    labels = Labels(sheet)
    asking = [(e.number, p.label) for e in sheet.exercises for p in e.all_parts]
    here = Answer(asking[0] if len(asking) == 1 else ("", ""), -1)
    number = sheet.exercises[0].number if len(sheet.exercises) == 1 else ""
    out = [here]
    for row in rows(source.text):
        label = labels.find(row.text, number)
        start = 0
        if label is not None:
            start, number = label.end, label.number if label.known else number
            here = Answer((label.number, label.letter), row.at(0), label.known)
            out.append(here)
        names = _names(sheet, here.key)
        here.lines += formulas(row, start, lambda word, names=names: word in names)     # type: ignore[misc]
        here.words = here.words or bool(row.text[start:].strip())
    return [a for a in out if a.at >= 0 or a.lines or a.words]


def _names(sheet: Sheet, key: Key) -> set[str]:
    """The names and functions that a formula of a part may begin with."""
    exercise = next((e for e in sheet.exercises if e.number == key[0]), None)
    part = next((p for p in exercise.parts if p.label == key[1]), exercise.intro) if exercise else None
    return {*signatures(), *(known_names(part.net) | set(part.net.functions) if part else ())}


# -- what is told about labels
def _labelled(found: Sequence[Answer], sheet: Sheet, source: Source) -> list[Labelled]:
    """Each part that asks something, then the labels that the sheet does not know."""
    out: list[Labelled] = []
    for key in ((e.number, p.label) for e in sheet.exercises for p in e.all_parts):
        own = [a for a in found if a.key == key and a.known]
        status = "answered" if any(a.lines for a in own) else "no formula" if own else "missing"
        out.append(Labelled("".join(key), status, [source.place(a.at)[0] for a in own if a.at >= 0]))
    for answer in found:
        if not answer.known:
            out.append(Labelled("".join(answer.key), "unknown", [source.place(answer.at)[0]]))
    return out


def _about(found: Sequence[Answer], parts: Sequence[Labelled], sheet: Sheet, source: Source) -> Iterator[str]:
    for part in parts:
        lines = ", ".join(map(str, part.places[:-1])) + f" and {part.places[-1]}" if part.places[1:] else ""
        if part.status == "unknown":
            yield f"the sheet has no part {part.part} (line {part.places[0]}); what stands there is not judged"
        elif lines:
            yield f"{part.part} is labelled more than once, in lines {lines}; all of it is judged as one answer"
        if part.status == "no formula":
            yield f"{part.part} is labelled, and no formula stands there"
    missing = [p.part for p in parts if p.status == "missing"]
    if missing:
        yield f"there is no answer to {said((m, '') for m in missing)}"
    for answer in found:
        if answer.at < 0 and answer.key == ("", "") and answer.lines:
            yield (f"line {source.place(answer.lines[0][1])[0]} stands before any label; "
                   "it belongs to no part and is not judged")
        elif answer.known and answer.key[0] and not answer.key[1] and answer.lines and not _asks(answer.key, sheet):
            line = source.place(answer.lines[0][1])[0]
            yield f"line {line} stands under exercise {answer.key[0]}, and no part is named; it is judged by itself"


def _asks(key: Key, sheet: Sheet) -> bool:
    return any((e.number, p.label) == key for e in sheet.exercises for p in e.all_parts)


def _remark(remark: Any, source: Source) -> str:
    return remark.says if remark.span is None else f"line {source.place(remark.span.start)[0]}: {remark.says}"
