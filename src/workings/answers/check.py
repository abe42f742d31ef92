"""What a checked list of lines says: JSON, and a page with the verdict beside each line."""

from __future__ import annotations

from typing import Any

from workings.checking.verdict import Counterexample, Judged, Report
from workings.shape import ShapeError
from workings.document import Aside, Block, Inline, Line, Math, Mono, Paragraph, Strong

SIGNS = {"right": "✓", "wrong": "✗", "duplicate": "=", "undecided": "?", "not understood": "…"}
READING = "true when ∂ is read as the derivative of its own equation only"


def as_dict(report: Report) -> dict[str, Any]:
    """The `check` object of INTERFACE.md.

    >>> as_dict(Report([]))
    {'lines': [], 'first_wrong': None, 'remarks': []}
    """
    return {
        "lines": [_line(j, report) for j in report.lines],
        "first_wrong": report.first_wrong,
        "remarks": list(report.remarks),
    }


def _line(j: Judged, report: Report) -> dict[str, Any]:
    out: dict[str, Any] = {"line": j.line, "text": j.text, "verdict": j.verdict}
    if j.place is not None:
        out["source"] = {"line": j.place[0], "column": j.place[1]}
    for key, value in (
        ("how", j.how), ("where_valid", j.where_valid), ("reason", j.reason), ("slip", j.slip), ("status", j.status),
    ):
        if value:
            out[key] = value
    if j.counterexample is not None:
        out["counterexample"] = _counterexample(j.counterexample)
    if j.verdict == "wrong":
        out["follows"] = j.follows
    if j.error is not None and j.error.hint:
        out["hint"] = j.error.hint
    return out


def _counterexample(c: Counterexample) -> dict[str, Any]:
    at = {name: str(value) for name, value in (*c.sizes.items(), *c.at.items())}
    where = {"where": c.where} if c.where else {}
    return {"at": at, "yours": c.right, "true": c.left, **where}


def blocks(report: Report) -> tuple[Block, ...]:
    """Each line with its verdict as sign and word, the reason in one sentence, and the point where it fails."""
    out: list[Block] = [_summary(report)]
    for j in report.lines:
        number = f"Line {j.place[0]}: " if report.by_place and j.place else f"{j.line + 1}. "
        head: tuple[Inline, ...] = (number, Strong(f"{SIGNS[j.verdict]} {j.verdict}"), *_shown(j))
        inner: list[Block] = [Paragraph((*head, ". ", *_reason(j)))]
        if j.counterexample is not None:
            inner.append(Paragraph(_point(j.counterexample)))
        out.append(Aside("wrong line", tuple(inner)) if j.verdict in ("wrong", "duplicate") else inner[0])
    out += [Paragraph((_sentence(r),)) for r in report.remarks]
    return tuple(out)


def _summary(report: Report) -> Block:
    counts = {v: sum(j.verdict == v for j in report.lines) for v in SIGNS}
    words = [f"{n} {v}" for v, n in counts.items() if n]
    first = report.first_wrong
    place = report.lines[first].place if first is not None and report.by_place else None
    number = place[0] if place else None if first is None else first + 1
    tail = f"; the first error is in line {number}" if number is not None else ""
    return Paragraph((f"{len(report.lines)} line{'s' * (len(report.lines) != 1)}: {', '.join(words)}{tail}.",))


def _shown(j: Judged) -> Line:
    if j.body is not None:
        return (": ", Math(j.body))
    return (": ", Mono(j.text.strip()))


def _reason(j: Judged) -> Line:
    if j.verdict == "right":
        return (_why_right(j),)
    if j.verdict == "wrong":
        slip = f" {j.slip[0].upper()}{j.slip[1:]}." if j.slip else ""
        follows = " It would be right had the earlier wrong line been right." if j.follows else ""
        why = "The two sides differ." if j.reason.startswith("different at") else _said(j)
        return (f"{why}{slip}{follows}",)
    return (_said(j),)


def _said(j: Judged) -> str:
    """The reason as a sentence; one that begins with a name, as that of shapes does, keeps its letters."""
    return f"{j.reason}." if isinstance(j.error, ShapeError) else _sentence(j.reason)


def _why_right(j: Judged) -> str:
    if j.how == "rounded":
        said = "The value rounds to the number given"
    elif j.how == "reading: partial":
        said = READING[0].upper() + READING[1:]
    elif j.how == "tested":
        said = f"Tested, not proved for every size: {j.reason}"
    else:
        said = j.reason or "Proved"
    valid = f", where {j.where_valid}" if j.where_valid else ""
    return _sentence(said + valid)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "." * (not text.endswith(".")) if text else ""


def _point(c: Counterexample) -> Line:
    places = [f"{n} = {v}" for n, v in (*c.sizes.items(), *c.at.items())]
    here = f"At {', '.join(places)}" if places else "Here"
    where = f" {c.where[0].upper()}{c.where[1:]}." if c.where else ""
    return (f"{here} yours is {c.right}, and the truth is {c.left}.{where}",)


