"""A person's own answers to a sheet, parts matched by label, judged in the sheet's scopes.

A label stands at the start of a line: 2a, 2(a), 2.a or Exercise 2; (a) belongs to the exercise named last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workings.checking.lines import Session
from workings.checking.verdict import Judged, Report
from workings.errors import NotReadable, Source, WorkingsError
from workings.functions import signatures
from workings.sheets.judge import prepared
from workings.sheets.model import Sheet
from workings.sheets.read import read_sheet
from workings.syntax import read_lines

LABEL = re.compile(
    r"[ \t]*(?:#+[ \t]*|\*\*)?(?:(?:exercise|problem|task|question|part)[ \t]+)?"
    r"(?:(?P<number>\d+)[ \t]*\.?[ \t]*(?:\((?P<a>[a-h])\)|(?P<b>[a-h])(?![\w=]))|(?P<whole>(?<=exercise )\d+)"
    r"|\((?P<c>[a-h])\)|(?P<d>[a-h])\))[ \t]*(?:\*\*)?[ \t]*[:.)]?[ \t]*", re.I)
MATHS = re.compile(r"\$\$(.+?)\$\$|\\\[(.+?)\\\]|\$((?:\\.|[^$\\])+?)\$|\\\((.+?)\\\)|`([^`\n]+)`", re.S)
STATES = re.compile(r"[=<>≤≥]|\\(?:leq?|geq?)\b")


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands under one label: lines with their places in the file."""

    number: str
    label: str
    lines: tuple[tuple[str, int], ...]


def judge_answer(given: Source | Sheet, answer: Source) -> Report:
    """The verdict on each line of a person's answers.

    >>> sheet = Source("# Exercise 1\\n\\nLet $E = w^2$.\\n\\n(a) Compute $dE/dw$.\\n")
    >>> [j.verdict for j in judge_answer(sheet, Source("1a\\ndE/dw = 2*w\\ndE/dw = 3*w\\n")).lines]
    ['right', 'wrong']
    """
    sheet = given if isinstance(given, Sheet) else read_sheet(given)
    parts = {(e.number, p.label): p for e in sheet.exercises for p in [e.intro, *e.parts]}
    lines: list[Judged] = []
    remarks: list[str] = []
    sessions: dict[tuple[str, str], Session] = {}
    for found in answers(answer, sheet):
        key = (found.number, found.label)
        if key not in parts:
            remarks.append(f"the sheet has no part {''.join(key)}; what stands there is not judged")
            continue
        if key not in sessions:
            sessions[key] = prepared(parts[key], sheet.source)
        lines += _judged(found, sessions[key], answer)
    if not lines:
        raise NotReadable("no line of these answers belongs to a part of the sheet", source=answer,
                          expected="parts with labels, such as: 2a", hint="the label of the part in a line of its own")
    for i, judged in enumerate(lines):
        judged.line = i
    for session in sessions.values():
        remarks += session.domains.missing()
    return Report(lines, remarks, answer, by_place=True)


def _judged(found: Answer, session: Session, source: Source) -> Iterator[Judged]:
    texts = [text for text, _ in found.lines]
    starts = [at for _, at in found.lines]
    try:
        read = read_lines(texts, signatures(), session.net)
    except WorkingsError as error:
        raise error.located(source) from None
    for line in read:
        place = source.place(starts[line.index])
        line.index = place[0] - 1
        judged = session.judge(line)
        judged.place = place
        yield judged


def answers(source: Source, sheet: Sheet) -> list[Answer]:
    """The labelled parts of a file of answers, in order; without any label, all is for the sheet's only part."""
    out: list[Answer] = []
    number, label, lines = "", "", list[tuple[str, int]]()
    only = [(e.number, p.label) for e in sheet.exercises for p in e.parts]
    if len(only) == 1:
        number, label = only[0]
    elif len(sheet.exercises) == 1:
        number = sheet.exercises[0].number
    at = 0
    for row in _rows(source.text):
        match = LABEL.match(row)
        start = at
        at += len(row)
        if match:
            if lines:
                out.append(Answer(number, label, tuple(lines)))
            lines = []
            number = match["number"] or match["whole"] or number
            label = (match["a"] or match["b"] or match["c"] or match["d"] or "").lower()
            start, row = start + match.end(), row[match.end() :]
        lines += list(_formulas(row, start))
    return [*out, Answer(number, label, tuple(lines))] if lines else out


def _rows(text: str) -> Iterator[str]:
    """Lines; a display or environment that goes over several is one."""
    row, open_ = "", False
    for line in text.splitlines(keepends=True):
        row += line
        open_ ^= line.count("$$") % 2 == 1
        if r"\[" in line and r"\]" not in line:
            open_ = True
        if r"\]" in line:
            open_ = False
        if not open_:
            yield row
            row = ""
    if row:
        yield row


def _formulas(row: str, start: int) -> Iterator[tuple[str, int]]:
    """The formulas of a row of words; a row without marks is one formula if it states something."""
    marked = [(m.group(m.lastindex or 0), m.start(m.lastindex or 0)) for m in MATHS.finditer(row)]
    if marked:
        # A display may be broken anywhere; only an environment says where its rows end.
        yield from ((text if r"\\" in text else " ".join(text.split()), start + at)
                    for text, at in marked if STATES.search(text))
    elif STATES.search(row) and not row.lstrip().startswith("#"):
        text = row.strip()
        yield text, start + row.index(text)
