"""Every equation and derivation line of a sheet, judged in the scope where it stands, repairs included.

A chain over several printed lines is judged line by line.  What is no error but worth knowing is a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from workings.checking.derivs import derivatives
from workings.checking.drawn import EMPTY, judge_numbers
from workings.checking.lines import Session, pairs
from workings.checking.names import unknown_names
from workings.checking.verdict import Judged, Report
from workings.errors import Source, Span
from workings.expr import Deriv, Equation, Expr, Network, Ref, Rel, Rest, free_refs, preorder, rewrite, same
from workings.notation import plain
from workings.sheets.model import Exercise, Part, Sheet
from workings.sheets.placed import judged_in
from workings.sheets.read import read_sheet
from workings.syntax import Statement

MEANT = re.compile(r"index: (\S+) where (\S+) is meant")


@dataclass(slots=True)
class Printed:
    """A line as the session takes it."""

    index: int
    text: str
    span: Span
    source: Source
    body: Expr | None
    kind: str
    error: None = None


@dataclass(slots=True)
class _Found:
    """What has been judged so far."""

    source: Source
    lines: list[Judged] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def where(self, span: Span | None) -> int:
        return self.source.place(span.start)[0] if span else 0


def judge(given: Source | Sheet) -> Report:
    """The verdict on every equation and derivation line of a sheet.

    >>> text = "# Exercise 1\\n\\nLet $E = w^2$.\\n\\n(a) Compute $dE/dw$.\\n\\n$$dE/dw = 3 w$$\\n"
    >>> [(j.verdict, j.place[0]) for j in judge(Source(text)).lines]
    [('right', 3), ('wrong', 7)]
    """
    sheet = given if isinstance(given, Sheet) else read_sheet(given)
    found = _Found(sheet.source)
    for exercise in sheet.exercises:
        seen: set[int] = set()
        for part in [exercise.intro, *exercise.parts]:
            _part(part, exercise, seen, found)
    found.lines.sort(key=lambda j: j.place or (0, 0))
    for i, judged in enumerate(found.lines):
        judged.line = i
    return Report(found.lines, found.remarks, sheet.source, by_place=True)


def _part(part: Part, exercise: Exercise, seen: set[int], found: _Found) -> None:
    _definitions(part, exercise, seen, found)
    session = Session(part.net, {})
    ours: list[tuple[Judged, Expr]] = []
    for statement in _statements(part):
        if statement.span.start in seen:
            continue
        seen.add(statement.span.start)
        if statement.kind == "equation":
            _named(statement, session, found)
        for line in _split(statement, found.source, found.where(statement.span) - 1):
            if line.body is not None and _says_nothing(line.body, part, found):
                continue
            judged = judged_in(session, part, line)
            if judged.verdict == "not understood" and _identity(statement, part):
                letters = {r.name: "input" for r in free_refs(statement.body)}
                judged = Session(Network(functions=part.net.functions, roles=letters), {}).judge(line)
            judged.part, judged.scope = f"{exercise.number}{part.label}", shown_scope(session)
            found.lines.append(judged)
            if line.body is not None:
                ours.append((judged, line.body))
    found.remarks += session.domains.missing() + _twice(part, found) + _stops(part, exercise, ours, found)
    _references(part, exercise, session, found)


def prepared(part: Part, source: Source) -> Session:
    """A session in the scope of a part, with what its hints define."""
    session, found = Session(part.net, {}), _Found(source)
    for statement in _statements(part):
        if statement.kind == "equation":
            _named(statement, session, found)
            if statement.body is not None and any(statement is s for h in part.hints for s in h.statements):
                session.judge(Printed(0, statement.text, statement.span, source, statement.body, statement.kind))
    return session


def shown_scope(session: Session) -> Network:
    """The network of a session as a person knows it: with the names that lines gave, arrays as they are written."""
    return session.net if session.form.net is session.written else session.written


def _definitions(part: Part, exercise: Exercise, seen: set[int], found: _Found) -> None:
    """The equations that make the network; one that was repaired is wrong as printed."""
    repair = part.repair
    for e in part.net.equations:
        if e.span is None or e.span.start in seen or not any(
                b.span.start <= e.span.start < b.span.end for b in part.blocks):
            continue
        seen.add(e.span.start)
        text = found.source.text[e.span.start : e.span.end]
        judged = Judged(0, text, "right", reason=f"defines {plain(e.lhs)}", place=found.source.place(e.span.start),
                        part=f"{exercise.number}{part.label}")
        judged.body = Rel((e.lhs, e.rhs), ("=",))
        if repair is not None and repair.span == e.span:
            from workings.checking import equal

            judged.verdict, judged.body = "wrong", repair.literal
            judged.slip = f"{repair.what.removeprefix('a ').removesuffix(' sign')} lost"
            judged.reason = (f"line {repair.place} proves that {plain(repair.restored)} is meant; "
                             "what follows is judged under that reading")
            judged.counterexample = equal(repair.restored.args[1], repair.literal.args[1], part.net).counterexample
        found.lines.append(judged)


def _statements(part: Part) -> list[Statement]:
    listed = [*part.claims, *(s for h in part.hints for s in h.statements)]
    listed = [s for s in listed if s.kind in ("equation", "claim", "domain") and s.body is not None]
    return sorted(listed, key=lambda s: s.span.start)


def _split(statement: Statement, source: Source, index: int) -> Iterator[Printed]:
    """The sides of a chain by the lines of the file that they stand on."""
    body, span = statement.body, statement.span
    if not isinstance(body, Rel) or len(body.args) < 3 or any(a.span is None for a in body.args):
        yield Printed(index, statement.text, span, source, body, statement.kind)
        return
    rows: dict[int, list[int]] = {}
    for i, side in enumerate(body.args):
        rows.setdefault(source.place(side.span.start)[0] if side.span else 0, []).append(i)
    groups = list(rows.values())
    if len(groups[0]) == 1 and len(groups) > 1:
        groups[0:2] = [groups[0] + groups[1]]
    for number, group in enumerate(groups):
        sides = tuple(body.args[i] for i in group)
        first, last = sides[0].span, sides[-1].span
        assert first is not None and last is not None
        here = Span(first.start, last.end)
        ops = tuple(body.ops[i - 1] for i in group if i)
        whole = Rel(sides if number == 0 else (body.args[0], *sides), ops, here)
        shown = source.text[here.start : here.end]
        yield Printed(index, shown if number == 0 else f"= {shown}", here, source, whole, statement.kind)


def _identity(statement: Statement, part: Part) -> bool:
    """Is it an identity in letters of its own, as a hint states it?"""
    hinted = any(statement is s for h in part.hints for s in h.statements)
    body = statement.body
    if not hinted or not isinstance(body, Rel) or derivatives(body):
        return False
    return {r.key for r in free_refs(body)} == {r.key for r in free_refs(body.args[0])}


# -- what lines name
def _named(statement: Statement, session: Session, found: _Found) -> None:
    """`E = log c = log cosh(z)` says what c is: the name joins the scope, and E goes through it."""
    body, net = statement.body, session.net
    if not isinstance(body, Rel) or len(body.args) < 3 or set(body.ops) != {"="}:
        return
    unknown = unknown_names(body, net)
    if len(unknown) != 1 or not isinstance(body.args[0], Ref) or body.args[0].key not in net.defs:
        return
    value = next((v for s in body.args[2:] if (v := _matched(body.args[1], s, unknown[0])) is not None), None)
    if value is None or unknown_names(value, net):
        return
    head, through = body.args[0], body.args[1]
    named = net.with_(equations=(*net.equations, Equation(Ref(unknown[0]), value)))
    if Session(named, {}).compare(head, through).kind != "equal":
        return
    changed = tuple(Equation(e.lhs, through, e.span) if e.key == head.key else e for e in named.equations)
    session.net = session.here = named.with_(equations=changed)
    found.remarks.append(f"line {found.where(statement.span)} names {unknown[0]}: it is {plain(value)}")


def _matched(pattern: Expr, tree: Expr, name: str) -> Expr | None:
    """What the name must be for the pattern to be the tree."""
    value: Expr | None = None
    stack = [(pattern, tree)]
    while stack:
        p, q = stack.pop()
        if isinstance(p, Ref) and p.name == name and not p.indices:
            if value is not None and not same(value, q):
                return None
            value = q
        elif not p.children() or type(p) is not type(q) or len(p.children()) != len(q.children()):
            if not same(p, q):
                return None
        else:
            stack += zip(p.children(), q.children())
    return value if value is not None and same(rewrite(pattern, lambda n: (
        value if isinstance(n, Ref) and n.name == name and not n.indices and value is not None else n)), tree) else None


# -- remarks
def _says_nothing(body: Expr, part: Part, found: _Found) -> bool:
    """A line whose other side is left open, perhaps with another letter for a known quantity."""
    if pairs(body) or not any(isinstance(n, Rest) for n in preorder(body)):
        return False
    said = f"line {found.where(body.span)} states nothing: its other side is left open"
    for name in unknown_names(body, part.net):
        heads = [n for n in preorder(body) if isinstance(n, Deriv) and isinstance(n.of, Ref) and n.of.name == name]
        meant = [plain(q.of) for q in part.questions if q.of is not None and any(
            same(w, v) for d in heads for w in d.wrt for v in q.wrt)]
        said += f"; it writes {name} for {meant[0]}" if meant else f"; {name} is no quantity of this network"
    found.remarks.append(said)
    return True


def _twice(part: Part, found: _Found) -> list[str]:
    """A step that is printed twice in one chain."""
    out = []
    for statement in part.claims:
        body = statement.body
        if isinstance(body, Rel):
            for a, b in zip(body.args[1:], body.args[2:]):
                if same(a, b) and a.span and b.span:
                    out.append(f"lines {found.where(a.span)} and {found.where(b.span)} are one step printed twice")
    return out


def _stops(part: Part, exercise: Exercise, ours: list[tuple[Judged, Expr]], found: _Found) -> list[str]:
    """A printed solution that states the chain rule, gives some of its factors, and not the others."""
    rules = [b for _, b in ours if isinstance(b, Rel) and isinstance(b.args[0], Deriv) and any(
        len(derivatives(s)) > 1 and all(_only_derivatives(s, r) for r in free_refs(s)) for s in b.args[1:])]
    if not rules:
        return []
    head = rules[0].children()[0]
    given: list[Expr] = []
    for judged, body in ours:
        if isinstance(body, Rel) and not derivatives(body.args[-1]):
            given.append(_meant(body.args[0], judged))
    if any(same(head, g) for g in given):
        return []
    given += [Deriv(q.of, (w,)) for p in exercise.parts if p.label in part.builds_on for q in p.questions
              if q.of is not None for w in q.wrt]
    factors = [d for d in derivatives(rules[0]) if not same(d, head)]
    missing = [d for d in factors if not any(same(d, g) for g in given)]
    if not missing or len(missing) == len(factors):
        return []
    label = f"{exercise.number}{part.label}"
    return [f"the printed solution of {label} stops before {', '.join(plain(d) for d in missing)}"]


def _only_derivatives(side: Expr, ref: Ref) -> bool:
    inside = {id(n) for d in preorder(side) if isinstance(d, Deriv) for n in preorder(d)}
    return id(ref) in inside


def _meant(head: Expr, judged: Judged) -> Expr:
    match = MEANT.fullmatch(judged.slip)
    if not match:
        return head
    return rewrite(head, lambda n: Ref(match[2], (), n.span) if isinstance(n, Ref) and n.name == match[1] else n)


def _references(part: Part, exercise: Exercise, session: Session, found: _Found) -> None:
    """"(2) and (7) are empty" of a numbered list of domains: as numbered, or once duplicates are struck out."""
    for block in part.blocks if session.domains.listed else ():
        text = found.source.text[block.span.start : block.span.end]
        for match in EMPTY.finditer(text):
            place = found.source.place(block.span.start + match.start())
            judged = Judged(0, match.group(), "wrong", place=place, part=f"{exercise.number}{part.label}")
            judge_numbers(match.group(), session.domains.listed, judged)
            if "struck out" in judged.reason:
                found.remarks.append(f"the numbers in line {place[0]} are right once the duplicate is struck out")
            found.lines.append(judged)
