"""Marks for the parts of one answer: what each part asks, whether it is stated and proved, what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from workings.answers.grade import Marked, Slip, listed, number
from workings.checking.derivs import derivatives
from workings.checking.lines import strip
from workings.checking.reached import Found, Reached, alike
from workings.checking.verdict import Judged
from workings.checking.worlds import same_meaning
from workings.expr import Call, Deriv, Expr, Logic, Network, Ref, Rel
from workings.notation import plain
from workings.sheets import listed as listing
from workings.sheets.listed import NOT_RIGHT, is_edge
from workings.sheets.model import Part, Question, Sheet
from workings.sheets.prose import prose
from workings.sheets.rubric import Rubric

STATED = ("gradient", "hessian", "backward", "chain rule", "run")       # asked for in lines that can be marked
BY_EYE = {"draw": "a drawing is looked at by a person", "pieces": "whether all pieces are there is for a person to say",
          "boundary": "whether the whole boundary is there is for a person to say",
          "check": "an argument is read by a person", "": "what the sheet asks here was not understood"}
WHOLE = {"draw": "all connections", "pieces": "all pieces", "boundary": "the whole boundary"}
OPEN = {"undecided": "is undecided", "not understood": "was not understood"}


@dataclass(slots=True)
class Outcome:
    """What became of one thing asked: right | wrong | open | absent, and the line that decides."""

    asked: str
    state: str
    line: Judged | None = None
    begun: bool = False       # a right line is about it


def outcomes(part: Part, lines: Sequence[Judged], before: Sequence[Found]) -> list[Outcome]:
    """What became of each thing that the part asks; `before`: quantities that earlier parts have found."""
    read = Reached(part.net, list(before))
    wanted = [(q, target) for q in part.questions if not q.method for target in targets(q)]
    out = [Outcome(plain(target), "absent", begun=len(wanted) == 1) for _, target in wanted]
    for judged in lines:
        about = read.about(judged)
        for (question, target), outcome in zip(wanted, out, strict=True):
            if about is not None and alike(about, target):
                outcome.begun = outcome.begun or judged.verdict == "right"
                _outcome(question, judged, read, outcome)
        read.take(judged)
    return out


def listed_outcomes(part: Part, lines: Sequence[Judged]) -> dict[str, list[Outcome]]:
    """For each kind of list that the part asks for, what became of each thing in it; [] is for a person to say."""
    out: dict[str, list[Outcome]] = {}
    for asked in listing.KINDS:
        questions = [q for q in part.questions if q.asked == asked and not q.method]
        if questions:
            wrong = sum(1 for _ in uncorrected(lines))
            out[asked] = []
            for item in listing.items(questions, lines, part.net, _words(part)):
                state = "right" if item.there else "wrong" if wrong > 0 else "absent"
                wrong -= state == "wrong"
                out[asked].append(Outcome(item.says, state))
    return out


def _words(part: Part) -> str:
    """What a part says before its printed solution."""
    end = part.solution.start if part.solution is not None else None
    return prose(b for b in part.blocks if not b.printed and (end is None or b.span.start < end)).text


def targets(question: Question) -> list[Expr]:
    """The quantities whose lines answer a question."""
    if question.of is None:
        return []
    if question.asked == "run":
        return [question.of]
    if question.asked == "hessian":
        return [Deriv(question.of, tuple(question.wrt[:1] * 2 if len(question.wrt) == 1 else question.wrt))]
    return [Deriv(question.of, (w,)) for w in question.wrt]


def _outcome(question: Question, judged: Judged, read: Reached, outcome: Outcome) -> None:
    body = judged.body
    assert isinstance(body, Rel)
    sides = [strip(s) for s in body.args[1:]]
    sound: bool | None = None
    if question.asked != "chain rule":
        sound = read.sound(sides[-1]) if sides else None
    elif any(not any(alike(d, body.args[0]) for d in found) for s in sides if (found := derivatives(s))):
        sound = True
    if sound is None:
        return
    if judged.verdict == "right" and sound:
        outcome.state, outcome.line = "right", judged
    elif not (question.asked == "chain rule" and outcome.state == "right"):
        outcome.state, outcome.line = "open" if judged.verdict in OPEN else "wrong", judged


# -- marks
def marked(
    key: tuple[str, str], sheet: Sheet, every: Sequence[Judged], status: str, stray: bool, points: Fraction,
    rule: Rubric,
) -> Marked:
    """The marks of one part.

    `every`: the lines of the whole answer; `status`: answered, no formula or missing; `stray`: something stands
    under no label.
    """
    part = _parts(sheet)[key]
    name = "".join(key)
    lines = [j for j in every if j.part == name]
    out = Marked(name, points, None, "needs a person", "")
    asked = [q.asked for q in part.questions if not q.method]
    lists = listed_outcomes(part, lines)
    by_eye = next((a for a in asked if a not in STATED and not lists.get(a)), None)
    pieces = [o for found in lists.values() for o in found]
    if name.lower() in rule.by_hand:
        out.why = "this part is marked by hand, as the rubric says"
    elif by_eye is not None or not asked:
        out.why = BY_EYE.get(by_eye or "", BY_EYE[""])
    elif status == "missing":
        _missing(stray, out)
    elif status == "no formula":
        out.why = "there are only words, or a picture, under this label"
    else:
        found = [*outcomes(part, lines, found_before(key, sheet, every)), *pieces]
        _answered(found, lines, part, rule, out, Fraction(1, len(pieces) or 1), bool(pieces))
        if out.state == "right" and pieces and all(o.state == "right" for o in pieces):
            verb = "is" if [*lists] == ["boundary"] else "are"
            out.why = f"{listed([WHOLE[a] for a in lists])} {verb} there, and right"
    return out


def _parts(sheet: Sheet) -> Mapping[tuple[str, str], Part]:
    return {(e.number, p.label): p for e in sheet.exercises for p in e.all_parts}


def found_before(key: tuple[str, str], sheet: Sheet, lines: Sequence[Judged]) -> list[Found]:
    """What earlier parts of the exercise have found: what they ask, and what the person's own lines there say."""
    parts = _parts(sheet)
    out: list[Found] = [(t, True, None) for label in parts[key].builds_on if (key[0], label) in parts
                        for q in parts[key[0], label].questions if q.asked in STATED for t in targets(q)]
    for other, part in parts.items():
        if other == key:
            break
        read = Reached(part.net)
        for judged in lines:
            if other[0] == key[0] and judged.part == "".join(other):
                read.take(judged)
        out += [found for found in read.worked if same_meaning(found[0], part.net, parts[key].net)]
    return out


def _missing(stray: bool, out: Marked) -> None:
    if stray:
        out.why = "nothing stands under this label, and something stands under none"
    else:
        out.marks, out.state, out.why = Fraction(0), "no answer", "no answer"


def _answered(
    found: Sequence[Outcome], lines: Sequence[Judged], part: Part, rule: Rubric, out: Marked, weight: Fraction,
    lists: bool = False,
) -> None:
    """Marks for a part whose lines were judged.

    `weight`: what one of its lines is of the whole part; `lists`: it asks for a list, in which what is wrong counts
    although all that is right is there.
    """
    faults = list(uncorrected(lines))
    if found and all(o.state == "right" for o in found) and not (lists and faults):
        out.marks, out.state = out.points, "right"
        out.why = f"{listed([o.asked for o in found])} {'is' if len(found) == 1 else 'are'} right"
        return
    unclear = [j for j in lines if j.verdict in OPEN]
    if unclear or not found:
        first = f"line {at(unclear[0])} {OPEN[unclear[0].verdict]}" if unclear else BY_EYE[""]
        out.why = f"{first}: {unclear[0].reason}" if unclear and unclear[0].reason else first
        return
    method = [j for j in lines if is_method(j, part.net)]
    if not method and not any(j.slip or j.follows for j in lines):
        out.marks, out.state, out.why = Fraction(0), "wrong", "no line of it is right"
        return
    out.state = "right"
    parts = [*_faults(faults, rule, weight, out), *_followed(lines, bool(faults), rule, out),
             *_absences([o for o in found if o.state == "absent"], len(found), rule, out)]
    off = sum((share for share, _ in parts), Fraction(0))
    out.marks = rule.rounded(max(Fraction(0), out.points * (1 - off)))
    costs = [f"-{number(share * out.points)}" if share else "nothing off" for share, _ in parts]
    out.why = ", ".join(f"{says} ({cost})" for (_, says), cost in zip(parts, costs, strict=True))


def _faults(
    faults: Sequence[Judged], rule: Rubric, weight: Fraction, out: Marked,
) -> Iterator[tuple[Fraction, str]]:
    """What is taken off for wrong lines; the same slip again in the same part costs nothing more."""
    by_slip: dict[str, list[Judged]] = {}
    for fault in faults:
        by_slip.setdefault(fault.slip or f"\0{fault.line}", []).append(fault)
    for same_slip in by_slip.values():
        first = same_slip[0]
        out.state = "slip" if first.slip else "error"
        lines = listed(list(dict.fromkeys(str(at(j)) for j in same_slip)))
        where = f"line{'s' * (' ' in lines)} {lines}"
        yield rule.share(out.state, out.part) * weight, f"{first.slip or 'an error'} in {where}"


def _followed(lines: Sequence[Judged], faulty: bool, rule: Rubric, out: Marked) -> Iterator[tuple[Fraction, str]]:
    first = next((j for j in lines if j.follows and j.since), None)
    if first is not None:
        out.state = out.state if faulty else "follows"
        yield rule.share("follows", out.part), f"line {at(first)} follows from {origin(first)}"


def _absences(absent: Sequence[Outcome], of: int, rule: Rubric, out: Marked) -> Iterator[tuple[Fraction, str]]:
    """What is begun and not worked out loses a share; one of several things that is not there, its whole part."""
    for begun in (True, False):
        named = [o.asked for o in absent if o.begun is begun]
        if named:
            out.state = "unfinished"
            share = rule.share("unfinished", out.part) if begun else Fraction(1)
            yield share * Fraction(len(named), of), f"{listed(named)} {'not worked out' if begun else 'missing'}"


def uncorrected(lines: Sequence[Judged]) -> Iterator[Judged]:
    """Wrong lines that follow from no other and that no later right line about the same quantity replaces."""
    for i, judged in enumerate(lines):
        if judged.verdict not in NOT_RIGHT or judged.follows:
            continue
        head = _head(judged)
        later = [h for j in lines[i + 1 :] if j.verdict == "right" and (h := _head(j)) is not None]
        if head is None or not any(alike(head, h) for h in later):
            yield judged


def _head(judged: Judged) -> Expr | None:
    """What a line is about: the first side of a relation, the ends of a connection."""
    body = judged.body
    if isinstance(body, Call) and is_edge(body):
        return Call(body.function, body.args[:2])
    return body.args[0] if isinstance(body, Rel) else None


def is_method(judged: Judged, net: Network) -> bool:
    """Is it a right line that the network's own equations do not say already?"""
    body = judged.body
    if judged.verdict != "right" or not isinstance(body, Rel):
        return judged.verdict == "right" and isinstance(body, Call | Logic)
    head = body.args[0]
    return bool(derivatives(body)) or (isinstance(head, Ref) and head.key not in net.defs)


def slips(lines: Sequence[Judged]) -> Iterator[Slip]:
    """The wrong lines that follow from no other, for the overview of all answers."""
    for judged in lines:
        if judged.verdict in NOT_RIGHT and not judged.follows:
            body = judged.body
            about = plain(body.args[0]) if isinstance(body, Rel) else ""
            text = plain(body) if body is not None else judged.text
            yield Slip(judged.part, about, judged.slip or ("listed twice" if judged.verdict == "duplicate" else ""),
                       text, at(judged))


def at(judged: Judged) -> int:
    """The number by which a person finds the line."""
    return judged.place[0] if judged.place else judged.line + 1


def origin(judged: Judged) -> str:
    """Whence a line follows: "your 2a (line 3)" or "line 3"."""
    first = judged.since[0]
    return f"line {at(first)}" if first.part == judged.part else f"{first.part} (line {at(first)})"


