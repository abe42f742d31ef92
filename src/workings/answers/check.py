"""What a checked list of lines says: JSON, and a page with the verdict beside each line.

A line is first shown as it is read, then judged: a sign and a word, the reason in one sentence, the point where it
fails; how it was proved is folded away.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

from workings.answers.hints import hint_dict, hint_lines
from workings.checking.verdict import Counterexample, Judged, Report
from workings.document import (
    Block, Bullets, Checked, Code, Display, Fold, Heading, Inline, Line, Math, Mono, Paragraph, Row, Strong,
)
from workings.errors import WorkingsError
from workings.expr import Deriv, Num, Ref, Rel, Rest, preorder
from workings.shape import ShapeError

SIGNS = {"right": "✓", "wrong": "✗", "duplicate": "=", "undecided": "?", "not understood": "…"}
READING = "true when ∂ is read as the derivative of its own equation only"
FEW = 4                       # values of a counterexample that stand one by one
MOST_STEPS = 24               # of a derivation that is folded behind a right line
MOST_EQUATIONS = 80


def as_dict(report: Report) -> dict[str, Any]:
    """The `check` object of INTERFACE.md.

    >>> as_dict(Report([]))
    {'lines': [], 'first_wrong': None, 'remarks': []}
    """
    out: dict[str, Any] = {
        "lines": [_line(j, report) for j in report.lines],
        "first_wrong": report.first_wrong,
        "remarks": list(report.remarks),
    }
    if report.parts:
        out["parts"] = [{"part": p.part, "status": p.status, "labels": list(p.places)} for p in report.parts]
    return {**out, "next": [hint_dict(h) for h in report.next]} if report.next else out


def _line(j: Judged, report: Report) -> dict[str, Any]:
    out: dict[str, Any] = {"line": j.line, "text": j.text, "verdict": j.verdict}
    if j.place is not None:
        cell = _cell(j, report)
        at = {"cell": cell[0], "line": cell[1]} if cell else {"line": j.place[0]}
        out["source"] = {**at, "column": j.place[1]}
    for key, value in (
        ("part", j.part), ("how", j.how), ("where_valid", j.where_valid), ("reason", j.reason), ("slip", j.slip),
        ("status", j.status),
    ):
        if value:
            out[key] = value
    if j.counterexample is not None:
        out["counterexample"] = _counterexample(j.counterexample)
    if j.verdict == "wrong":
        out["follows"] = j.follows
        if j.since:
            out["follows_from"] = [s.line for s in j.since]
    if j.error is not None and j.error.hint:
        out["hint"] = j.error.hint
    return out


def _cell(j: Judged, report: Report) -> tuple[int, int] | None:
    """The cell of a notebook and the line in it."""
    cell = getattr(report.source, "cell", None)
    found: tuple[int, int] | None = cell(j.place[0]) if cell is not None and j.place is not None else None
    return found


def _counterexample(c: Counterexample) -> dict[str, Any]:
    at = {name: str(value) for name, value in (*c.sizes.items(), *c.at.items())}
    return {"at": at, "yours": c.right, "true": c.left, **({"where": c.where} if c.where else {})}


def spelled(report: Report) -> dict[str, str]:
    """The LaTeX spelling of names, as the texts have it in which the lines were judged."""
    nets = {id(j.scope): j.scope for j in report.lines if j.scope is not None}
    return {name: latex for net in nets.values() for name, latex in net.spelling.items()}


# -- the page
def blocks(report: Report, proofs: bool = True) -> tuple[Block, ...]:
    """Each line with its verdict, by part; then the hint that was asked for, and remarks.  `proofs`: fold them in."""
    out: list[Block] = [_summary(report)]
    several = len({j.part for j in report.lines}) > 1
    for part, lines in groupby(report.lines, key=lambda j: j.part):
        out += [Heading(3, (part if part[-1:].isalpha() else f"Exercise {part}",))] if several and part else []
        out += [checked(j, report, proofs) for j in lines]
    if report.next:
        out += [Heading(3, ("What next",)), *map(Paragraph, hint_lines(report.next))]
    if report.remarks:
        items = tuple((Paragraph((_sentence(r),)),) for r in report.remarks)
        out += [Heading(3, ("Remarks",)), Bullets(items)]
    return tuple(out)


def _summary(report: Report) -> Block:
    counts = {v: sum(j.verdict == v for j in report.lines) for v in SIGNS}
    words = [f"{n} {v}" for v, n in counts.items() if n]
    first = report.first_wrong
    tail = f"; the first error is in {_where(report.lines[first], report).lower()}" if first is not None else ""
    said = f": {', '.join(words)}{tail}" if words else ""
    return Paragraph((f"{len(report.lines)} line{'s' * (len(report.lines) != 1)}{said}.",))


def _where(j: Judged, report: Report) -> str:
    """Line 31; of a notebook, Cell 2, line 1."""
    if not report.by_place or j.place is None:
        return f"Line {j.line + 1}"
    cell = _cell(j, report)
    return f"Cell {cell[0]}, line {cell[1]}" if cell else f"Line {j.place[0]}"


def checked(j: Judged, report: Report, proofs: bool = True) -> Checked:
    """One line: as it is read, then the verdict and why."""
    why: list[Block] = [Paragraph(_reason(j, report))]
    if j.verdict == "not understood":
        why += _caret(j)
    if j.counterexample is not None:
        why.append(Paragraph(_point(j.counterexample)))
    why += _proof(j) if proofs and j.verdict == "right" else []
    return Checked((_where(j, report),), _shown(j), j.verdict, SIGNS[j.verdict], tuple(why))


def _shown(j: Judged) -> tuple[Block, ...]:
    if j.body is not None:
        return (Display((Row(j.body),)),)
    return (Paragraph((Mono(" ".join(j.text.split())),)),)


def _caret(j: Judged) -> list[Block]:
    """The place that could not be read, what was expected there, and what to try."""
    error = j.error
    if error is None:
        return []
    rows = str(error).split("\n")[1:3] if error.source is not None and error.span is not None else []
    out: list[Block] = [Code("\n".join(row[4:] for row in rows))] if rows else []
    said = [f"{name}: {text}." for name, text in (("Expected", error.expected), ("Try", error.hint)) if text]
    return [*out, Paragraph((" ".join(said),))] if said else out


def _reason(j: Judged, report: Report) -> Line:
    if j.verdict == "right":
        return (_why_right(j),)
    if j.verdict == "wrong":
        why = "The two sides differ." if j.reason.startswith("different at") else _said(j)
        slip = f"; slip: {j.slip.replace(': ', ', ', 1)}." if j.slip else ""
        return (f"{why.removesuffix('.')}{slip}{_follows(j, report)}" if slip else f"{why}{_follows(j, report)}",)
    return (_said(j),)


def _follows(j: Judged, report: Report) -> str:
    """Whence a wrong line follows: from the person's own earlier line, perhaps of another part."""
    if not j.since:
        return " It would be right had the earlier wrong line been right." if j.follows else ""
    lines = " and ".join(_where(s, report).lower() for s in j.since)
    other = [s.part for s in j.since if s.part != j.part]
    whence = f"your {other[0]} ({lines})" if other else f"your {lines}"
    return f" It follows from {whence}: it would be right had that been right."


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
    where = f" {_sentence(c.where)}" if c.where else ""
    here: list[Inline] = ["At ", *_places(c)] if c.at or c.sizes else ["Here"]
    return (Strong("Counterexample."), " ", *here, f" yours is {c.right}, and the truth is {c.left}.{where}")


def _places(c: Counterexample) -> list[Inline]:
    """x = 1 and y = 2; of many names those of one value together, as in w13 = w23 = 1."""
    values = {**{n: Fraction(v) for n, v in c.sizes.items()}, **c.at}
    by_value: dict[Fraction, list[str]] = {}
    for name, value in values.items():
        by_value.setdefault(value, []).append(name)
    groups = [([n], v) for n, v in values.items()] if len(values) <= FEW else [(ns, v) for v, ns in by_value.items()]
    out: list[Inline] = []
    for i, (names, value) in enumerate(groups):
        out += [" and " if i == len(groups) - 1 else ", "] if i else []
        out += _equal(names, value)
    return out


def _equal(names: Sequence[str], value: Fraction) -> list[Inline]:
    """A chain a = b = 1 that may be broken at each of its names."""
    number = Num(int(value) if value.denominator == 1 else value)
    last = names[-1]
    end: Inline = Math(Rel((Ref(last), number), ("=",))) if last.isidentifier() else f"{last} = {value}"
    return [*(p for n in names[:-1] for p in (Math(Ref(n)) if n.isidentifier() else n, " = ")), end]


# -- how it was proved
def _proof(j: Judged) -> list[Block]:
    """Behind a right line about a derivative: the derivation of it, folded."""
    from workings.answers import gradient
    from workings.derive import gradient as derived

    head = j.body.args[0] if isinstance(j.body, Rel) else None
    if not isinstance(head, Deriv) or j.scope is None or len(j.scope.equations) > MOST_EQUATIONS or _open(j):
        return []
    if not isinstance(head.of, Ref) or len(head.wrt) != 1 or not isinstance(head.wrt[0], Ref):
        return []
    try:
        found = derived(j.scope, head.of, head.wrt[0])
    except WorkingsError:
        return []
    if len(found.steps) > MOST_STEPS:
        return []
    return [Fold(("How ", Math(head), " is derived"), gradient.blocks(found, result=False))]


def _open(j: Judged) -> bool:
    return j.body is None or any(isinstance(n, Rest) for n in preorder(j.body))


__all__: Sequence[str] = ["SIGNS", "as_dict", "blocks", "checked"]
