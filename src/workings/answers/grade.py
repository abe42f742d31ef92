"""What `grade` says of a folder of answers: marks with their reasons, who needs a person, the same slip of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

from workings.document import Block, Bullets, Heading, Inline, Line, Link, Paragraph, Strong, Table

PERSON = "needs a person"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")         # what a spreadsheet takes for a formula


@dataclass(slots=True)
class Marked:
    """One part of one answer.  `marks` is None where a person has to look."""

    part: str
    points: Fraction
    marks: Fraction | None
    state: str                # right | slip | error | follows | unfinished | wrong | no answer | needs a person
    why: str


@dataclass(slots=True)
class Slip:
    """A wrong line of an answer that follows from no other: what it is about, and the slip that is proved."""

    part: str
    about: str                # dL/dy
    slip: str                 # sign; "" where no single slip explains the line
    text: str
    line: int


@dataclass(slots=True)
class Graded:
    """One answer.  `problem`: why its file could not be judged; `body` and `nav` are its feedback as HTML."""

    name: str
    file: str
    parts: list[Marked] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    problem: str = ""
    remarks: list[str] = field(default_factory=list)
    body: str = ""
    seconds: float = 0.0

    @property
    def marks(self) -> Fraction:
        """The marks so far, without the parts that need a person."""
        return sum((p.marks for p in self.parts if p.marks is not None), Fraction(0))

    @property
    def waiting(self) -> list[str]:
        """The parts that need a person."""
        return [p.part for p in self.parts if p.marks is None]


@dataclass(slots=True)
class Group:
    """The answers that have the same slip in the same place."""

    part: str
    about: str
    slip: str
    text: str                 # one of their lines
    names: list[str]


@dataclass(slots=True)
class Grades:
    """A folder of answers, graded."""

    title: str
    rubric: list[str]
    points: list[tuple[str, Fraction]]
    answers: list[Graded]
    remarks: list[str] = field(default_factory=list)

    @property
    def out_of(self) -> Fraction:
        return sum((p for _, p in self.points), Fraction(0))


def groups(found: Grades) -> list[Group]:
    """The same proven slip about the same quantity of the same part; else the same wrong line. The largest first."""
    out: dict[tuple[str, str, str], Group] = {}
    for answer in found.answers:
        for slip in answer.slips:
            key = (slip.part, slip.about, slip.slip or f"\0{slip.text}")
            group = out.setdefault(key, Group(slip.part, slip.about, slip.slip, slip.text, []))
            if answer.name not in group.names:
                group.names.append(answer.name)
    order = [part for part, _ in found.points]
    return sorted(out.values(), key=lambda g: (-len(g.names), order.index(g.part) if g.part in order else 0,
                                               g.about, g.slip, g.text))


def number(value: Fraction) -> str:
    """A mark for a spreadsheet: decimals, at most two.

    >>> number(Fraction(15, 2)), number(Fraction(1, 3)), number(Fraction(8))
    ('7.5', '0.33', '8')
    """
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> cell("=1+1"), cell("anna")
    ("'=1+1", 'anna')
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


# -- tables
def table(found: Grades, pages: dict[str, str] | None = None) -> list[list[str]]:
    """One row an answer: marks by part, their sum, what needs a person and why; the first row names the columns."""
    parts = [part for part, _ in found.points]
    out = [["answer", *map(cell, parts), "marks so far", "out of", PERSON, "reasons", "feedback"]]
    for answer in found.answers:
        by_part = {p.part: p for p in answer.parts}
        marks = [PERSON if (p := by_part.get(part)) is None or p.marks is None else number(p.marks) for part in parts]
        reasons = answer.problem or "; ".join(f"{p.part}: {p.why}" for p in answer.parts if p.why)
        waiting = ", ".join(answer.waiting or (parts if answer.problem else []))
        total = number(answer.marks) if any(p.marks is not None for p in answer.parts) else ""
        out.append([cell(answer.name), *marks, total, number(found.out_of), cell(waiting),
                    cell(reasons), cell((pages or {}).get(answer.name, ""))])
    return out


def slips_table(found: Grades) -> list[list[str]]:
    """One row a group: part, about what, which slip, how many answers, whose, and one of the lines."""
    out = [["part", "about", "slip", "answers", "names", "a line"]]
    for g in groups(found):
        out.append([cell(g.part), cell(g.about), cell(g.slip or "no single slip"), str(len(g.names)),
                    cell(", ".join(g.names)), cell(g.text)])
    return out


def as_dict(found: Grades) -> dict[str, Any]:
    """The facts as JSON.

    >>> as_dict(Grades("Sheet", [], [], []))["answers"]
    []
    """
    return {
        "title": found.title,
        "rubric": list(found.rubric),
        "points": {part: number(points) for part, points in found.points},
        "answers": [_answer(a, found) for a in found.answers],
        "groups": [asdict(g) for g in groups(found)],
        "remarks": list(found.remarks),
    }


def _answer(answer: Graded, found: Grades) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": answer.name, "file": answer.file, "marks": number(answer.marks), "out_of": number(found.out_of),
        "needs_a_person": answer.waiting,
        "parts": [{"part": p.part, "points": number(p.points), "state": p.state, "why": p.why,
                   "marks": None if p.marks is None else number(p.marks)} for p in answer.parts],
        "slips": [asdict(s) for s in answer.slips],
        "remarks": list(answer.remarks),
    }
    return {**out, "problem": answer.problem} if answer.problem else out


# -- pages
def blocks(found: Grades, pages: Mapping[str, str] | None = None) -> tuple[Block, ...]:
    """The overview: who has what, which slips are common, what waits for a person, and the rule.

    `pages`: the file of each answer's own page.
    """
    by_hand = _by_hand(found)
    waiting = [a for a in found.answers if a.problem or set(a.waiting) - set(by_hand)]
    out: list[Block] = [Paragraph((
        f"{_count(len(found.answers), 'answer')}, {number(found.out_of)} points in all. ",
        f"{_count(len(waiting), 'answer')} wait{'s' * (len(waiting) == 1)} for a person." if waiting
        else "Nothing else waits for a person." if by_hand else "Nothing waits for a person."))]
    for why in dict.fromkeys(by_hand.values()):
        parts = listed([part for part, reason in by_hand.items() if reason == why])
        verb = "are" if " and " in parts else "is"
        out.append(Paragraph((f"{parts} {verb} left to a person in every answer: {why}.",)))
    out += [Heading(2, ("Marks",)), _marks(found, pages or {})]
    same = groups(found)
    if same:
        out += [Heading(2, ("The same slip",)), _groups(same)]
    if waiting:
        items = tuple((Paragraph(_waits(a, by_hand)),) for a in waiting)
        out += [Heading(2, ("For a person to look at",)), Bullets(items)]
    out += [Heading(2, ("How the marks were given",)), Bullets(tuple((Paragraph((s,)),) for s in found.rubric))]
    return (*out, *(Paragraph((f"{r[:1].upper()}{r[1:]}.",)) for r in found.remarks))


def _by_hand(found: Grades) -> dict[str, str]:
    """The parts that wait for a person in every answer for one reason."""
    judged = [a for a in found.answers if not a.problem]
    out = {}
    for i, (part, _) in enumerate(found.points):
        reasons = {a.parts[i].why if a.parts[i].marks is None else "" for a in judged}
        if len(judged) > 1 and len(reasons) == 1 and "" not in reasons:
            out[part] = judged[0].parts[i].why
    return out


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'s' * (n != 1)}"


def _marks(found: Grades, pages: Mapping[str, str]) -> Block:
    head: tuple[Line, ...] = (("Answer",), *((part,) for part, _ in found.points), ("Marks",))
    rows: list[tuple[Line, ...]] = [(("out of",), *((number(p),) for _, p in found.points), (number(found.out_of),))]
    for a in found.answers:
        cells = ["?" if p.marks is None else number(p.marks) for p in a.parts]
        total: Line = ("?",) if a.problem else (Strong(number(a.marks)), " + ?" if a.waiting else "")
        name: Inline = Link(a.name, pages[a.name]) if a.name in pages else a.name
        rows.append(((name,), *((c,) for c in cells), total))
    return Table(head, tuple(rows), ("? is left to a person.",))


def _groups(same: Sequence[Group]) -> Block:
    head: tuple[Line, ...] = (("Part",), ("About",), ("Slip",), ("Answers",), ("Whose",))
    rows = tuple(((g.part,), (g.about,), (g.slip or f"no single slip: {g.text}",), (str(len(g.names)),),
                  (", ".join(g.names),)) for g in same)
    return Table(head, rows)


def _waits(answer: Graded, by_hand: Mapping[str, str]) -> Line:
    if answer.problem:
        return (Strong(answer.name), f": {answer.problem}")
    reasons = [f"{p.part}, {p.why}" for p in answer.parts if p.marks is None and p.part not in by_hand]
    return (Strong(answer.name), f": {'; '.join(reasons)}")


def _capital(text: str) -> str:
    """A capital letter at the start of a sentence, but not of a formula."""
    return text[:1].upper() + text[1:] if text.split(" ")[0].strip(":,").isalpha() else text


def listed(names: Sequence[str]) -> str:
    """a, b and c"""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def feedback(answer: Graded, found: Sequence[tuple[str, Fraction]]) -> list[Block]:
    """What stands on a person's own page before the lines: the marks of each part, and why."""
    total = sum((points for _, points in found), Fraction(0))
    waiting = f", and {', '.join(answer.waiting)} wait for a person" if answer.waiting else ""
    head: tuple[Line, ...] = (("Part",), ("Marks",), ("Why",))
    rows = tuple(((p.part,), (f"{'–' if p.marks is None else number(p.marks)} of {number(p.points)}",),
                  (f"{_capital(p.why)}.",)) for p in answer.parts)
    return [Paragraph((Strong(f"{number(answer.marks)} of {number(total)} points"), f"{waiting}.")), Table(head, rows)]

