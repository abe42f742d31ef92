"""How lines become marks: a short rule with few numbers, which a teacher may change in a text file.

    slip: 1/4          # share of a part's points taken off for a slip that is named by proof
    2a: 12             # points of a part
    3b slip: 1/10      # the rule for one part
    3a: by hand        # left to a person
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from workings.errors import NotReadable, Source, Span
from workings.sheets.model import Exercise, Sheet

SHARES = {"slip": Fraction(1, 4), "error": Fraction(1, 2), "unfinished": Fraction(1, 2), "follows": Fraction(0)}
ROUND = Fraction(1, 2)
BY_HAND = "by hand"
ROW = re.compile(r"(?P<name>[^:#]+):(?P<value>[^#]*)")
SAYS = {
    "slip": "a slip that is named by proof (a sign, a lost factor, …): {} off",
    "error": "a wrong line that no single slip explains: {} off",
    "unfinished": "the method is right and what is asked is not worked out: {} off",
    "follows": "a line that follows from an earlier wrong one: {} off",
}


@dataclass(frozen=True, slots=True)
class Rubric:
    """Shares of a part's points that are taken off, the step of rounding, points and rules of single parts."""

    shares: Mapping[str, Fraction] = field(default_factory=lambda: dict(SHARES))
    round: Fraction = ROUND
    points: Mapping[str, Fraction] = field(default_factory=dict)
    by_hand: frozenset[str] = frozenset()
    own: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)

    def share(self, kind: str, part: str) -> Fraction:
        """What is taken off for this kind of fault in this part, as a share of its points."""
        return self.own.get((part, kind), self.shares[kind])

    def rounded(self, marks: Fraction) -> Fraction:
        """The nearest step, a tie upwards."""
        return Fraction((marks / self.round + Fraction(1, 2)).__floor__()) * self.round

    def sentences(self) -> list[str]:
        """The rule in words, as every output states it."""
        out = ["What a part asks, stated and proved right: all of its points."]
        for kind, words in SAYS.items():
            share = self.shares[kind]
            amount = "nothing" if share == 0 else f"{share} of the part's points"
            out.append(f"{words[:1].upper()}{words[1:].format(amount)}.")
        out.append("One of several things asked that is not there: its share of the points.")
        out.append("The same slip again in the same part: nothing more off.")
        out.append("No right line and no slip that is named: 0. No answer under a label: 0.")
        out.append(f"Marks are rounded to the nearest {self.round} and are never below 0.")
        out.append("What is undecided, not understood, drawn or in a file that cannot be read is left to a person, "
                   "and never counts as 0.")
        out += [f"In {part}, {kind}: {share} off." for (part, kind), share in sorted(self.own.items())]
        return out


def rubric(source: Source | None) -> Rubric:
    """The default rule, changed by what a text says.

    >>> rubric(Source("slip: 10 %\\n2a: 12\\n3a: by hand")).share("slip", "2a")
    Fraction(1, 10)
    """
    shares, own, points = dict(SHARES), dict[tuple[str, str], Fraction](), dict[str, Fraction]()
    step, by_hand, at = ROUND, list[str](), 0
    for line in source.text.splitlines(keepends=True) if source is not None else ():
        span, at = Span(at, at + len(line.rstrip())), at + len(line)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = ROW.match(line)
        if match is None:
            raise _odd("this line says no rule", source, span)
        name, value = " ".join(match["name"].lower().split()), match["value"].strip()
        part, _, kind = name.rpartition(" ")
        if name in shares:
            shares[name] = _share(value, source, span)
        elif name == "round":
            step = _number(value, source, span)
        elif value.lower() == BY_HAND:
            by_hand.append(name)
        elif part and kind in shares:
            own[part, kind] = _share(value, source, span)
        elif re.fullmatch(r"[\w.]+", name) and name[0].isdigit():
            points[name] = _number(value, source, span, least=0)
        else:
            raise _odd(f"there is no rule {name!r}", source, span)
    return Rubric(shares, step, points, frozenset(by_hand), own)


def _number(text: str, source: Source | None, span: Span, least: int | None = None) -> Fraction:
    try:
        percent = text.endswith("%")
        value = Fraction(text.rstrip("% ").replace(",", ".")) / (100 if percent else 1)
    except (ValueError, ZeroDivisionError):
        raise _odd(f"{text!r} is no number", source, span) from None
    if value < 0 or (value == 0 and least is None) or value > 10**6:
        raise _odd(f"{text} is too {'large' if value > 1 else 'small'}", source, span)
    return value


def _share(text: str, source: Source | None, span: Span) -> Fraction:
    value = _number(text, source, span, least=0)
    if value > 1:
        raise _odd(f"{text} is more than all points of a part", source, span)
    return value


def _odd(says: str, source: Source | None, span: Span) -> NotReadable:
    return NotReadable(f"the rubric cannot be read: {says}", source=source, span=span,
                       expected=f"{', '.join(SHARES)}, round or a part, a colon, and a number or '{BY_HAND}'",
                       hint="slip: 1/4   or   2a: 10   or   3b slip: 1/10")


def points(sheet: Sheet, rule: Rubric) -> tuple[dict[tuple[str, str], Fraction], list[str]]:
    """The points of every part that asks something, and what must be said of them."""
    out: dict[tuple[str, str], Fraction] = {}
    told: list[str] = []
    for exercise in sheet.exercises:
        shares, says = _printed(exercise)
        told += says
        for part, share in zip(exercise.all_parts, shares, strict=True):
            name = f"{exercise.number}{part.label}"
            out[exercise.number, part.label] = rule.points.get(name.lower(), share)
    names = {"".join(key).lower() for key in out}
    for name in sorted({*rule.points, *rule.by_hand, *(part for part, _ in rule.own)}):
        if name not in names:
            told.append(f"the rubric speaks of {name}, and the sheet has no such part")
    return out, told


def _printed(exercise: Exercise) -> tuple[list[Fraction], list[str]]:
    parts = exercise.all_parts
    own = [Fraction(sum(p.points)) for p in parts if p.points]
    if own and len(own) == len(parts):
        return own, []
    if len(exercise.points) == len(parts):
        return [Fraction(p) for p in exercise.points], []
    total = Fraction(sum(exercise.points))
    if total and parts:
        said = f"exercise {exercise.number} prints {total} points for {len(parts)} parts: each counts the same"
        return [total / len(parts)] * len(parts), [said]
    said = f"exercise {exercise.number} prints no points: each part counts 1"
    return [Fraction(1)] * len(parts), [said] if parts else []
