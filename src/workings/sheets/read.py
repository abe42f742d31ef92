"""A sheet as it is printed, read into exercises, scopes and questions.

An exercise opens a new scope; its parts see the exercise's equations and those of earlier parts, and may define a
name anew, with a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from workings.answers.solution import SheetRemark
from workings.answers.words import plain_words, sentence
from workings.errors import InputTooLarge, Source, Span
from workings.expr import Deriv, Network, Ref, Rel, Remark, free_refs
from workings.expr.network import ClassRule
from workings.limits import MAX_SHEET
from workings.sheets.blocks import Block, blocks
from workings.sheets.model import Exercise, Hint, Part, Question, Sheet
from workings.sheets.outline import RawExercise, RawPart, outline
from workings.sheets.parse import Parser, components, declared, defined, entries, family
from workings.sheets.prose import Prose, Sentence, prose
from workings.sheets.purpose import Sorted, sort
from workings.sheets.repair import repaired
from workings.sheets.roles import Said, classes, conventions, said
from workings.sheets.targets import Scope, ancestors, command, fresh, questions, spelled
from workings.syntax import Statement

EARLIER = re.compile(
    r"\b(?:using|with|from|use|insert\w*|combin\w+)\b[^.]*\b(?:computed|above|earlier|previous|found|derived|part|results?|"
    r"obtained)\b|\bcomputed above\b|\bpart \(?[a-z]\)?|\bof \([a-z]\)|\bin \([a-z]\)", re.I)
DATA = ("equation", "function", "range", "array", "opaque", "fact", "class")      # what makes a network
DOTTED = re.compile(r"^[^=]*(?:\\[lc]?dots[a-z]?|…|\.\.\.)[^=]*$", re.S)          # a list with dots defines nothing
RECALLED = re.compile(
    r"\b(?:values?|numbers?|points?|weights?|inputs?) (?:of|in|from|as in) (?:part )?\(([a-z])\)", re.I)
NAMED_PART = re.compile(r"\(([a-z])\)")
ROLE_OF_NOUN = {"target": "target", "input": "input", "parameter": "parameter", "output": "input"}


def read_sheet(source: Source) -> Sheet:
    """Everything that a sheet says; what cannot be read is a remark and stops nothing else.

    >>> sheet = read_sheet(Source("# Exercise 1: Slope (3 P)\\n\\nLet $E = w^2$.\\n\\n(a) Compute $dE/dw$.\\n"))
    >>> [(e.title, e.points, [(p.label, [q.asked for q in p.questions]) for p in e.parts]) for e in sheet.exercises]
    [('Slope', [3], [('a', ['gradient'])])]
    """
    if len(source.text) > MAX_SHEET:
        seen = f"the sheet has {len(source.text):,} characters"
        raise InputTooLarge(
            seen, source=source, expected=f"at most {MAX_SHEET:,}", hint="solve its exercises one by one")
    source, split, told = _split(source)
    found = outline(split)
    parser = Parser(source)
    parser.remarks += [*told, *found.remarks]
    exercises = [_exercise(raw, parser) for raw in found.exercises]
    title = found.title or (source.path.rsplit("/", 1)[-1] if source.path else "Exercise sheet")
    remarks = sorted(parser.remarks, key=lambda r: r.span.start if r.span else 0)
    return Sheet(title, exercises, remarks, source)


def _split(source: Source) -> tuple[Source, list[Block], list[Remark]]:
    """The text that is read, its blocks, and remarks on the file: Markdown as it stands, LaTeX as it prints."""
    from workings.sheets.tex_text import is_tex

    if not is_tex(source):
        return source, blocks(source), []
    from workings.sheets import tex

    return tex.blocks(source)


def _exercise(raw: RawExercise, parser: Parser) -> Exercise:
    net, told, earlier = Network(source=parser.source), Said(), list[Part]()
    parts: list[Part] = []
    for raw_part in [raw.intro, *raw.parts]:
        part = _PartReader(raw_part, net, told, earlier, parser).part()
        net, told = part.net, part.said
        earlier.append(part)
        parts.append(part)
    return Exercise(raw.number, raw.title, raw.points, raw.span, parts[0], parts[1:])


class _PartReader:
    """One part against the scope that stands before it."""

    def __init__(self, raw: RawPart, base: Network, told: Said, earlier: Sequence[Part], parser: Parser) -> None:
        self.raw, self.base, self.told, self.earlier, self.parser = raw, base, told, earlier, parser
        self.prose: Prose = prose(raw.blocks)
        self.sorted: Sorted = sort(self.prose)

    def part(self) -> Part:
        net = self._data()
        told = self._roles(net)
        net = net.with_(roles=_roles(net, told), classes=self._classes(net))
        self._notes()
        claims = self._claims(net)
        net, repair = repaired(net, claims, self.parser)
        if repair is not None:
            self.parser.remarks.append(repair.remark(self.parser.plain))
        part = Part(self.raw.label, tuple(self.raw.blocks), net, claims=claims, said=told, points=self.raw.points)
        part.repair = repair
        part.hints = [self._hint(kind, sentence) for kind, sentence, _ in self.sorted.hints]
        if self.sorted.solution:
            part.solution = self.prose.span(*self.sorted.solution)
        part.questions = self._questions(net, told)
        part.builds_on = self._builds_on()
        for question in part.questions:
            question.through = self._through(question, part)
        return part

    # -- what the part says about its scope
    def _data(self) -> Network:
        """The scope with the part's equations."""
        self._families()
        found = self.parser.read([p for p in self.sorted.data if not DOTTED.search(p.text)], self.base)
        known = {*self.base.defs, *(e.key for s in found for e in defined(s))}
        for piece in self.sorted.maybe:
            statements, _ = self.parser.read_apart([piece], self.base)
            fresh = [s for s in statements if all(r.key not in known for r in defined(s)) and s.kind != "claim"]
            found += fresh
            known |= {r.key for s in fresh for r in defined(s)}
        found = [s for s in found if s.kind in DATA and not components(s)]
        self._redefinitions(found)
        return entries(self.parser.network(found, self.base)) if found else self.base

    def _families(self) -> None:
        """`x_1, …, x_N`: from here on x has an index; what it was before (a vector) is past."""
        listed = [m for p in self.prose.formulas if (m := family(p.text)) and m["last"].isalpha()]
        names = [r.name for m in listed for r in self.parser.names(m["name"], self.base)]
        kept = {name: axes for name, axes in self.base.shapes.items() if name not in names}
        self.base = self.base.with_(shapes=kept)

    def _redefinitions(self, found: Sequence[Statement]) -> None:
        """A remark for each name that an earlier part defined otherwise, and for those that it had free."""
        where = f"in part {self.raw.label} and those after it" if self.raw.label else "here"
        free = {self.base.variable(k) for k in self.base.leaves}
        made: dict[tuple[str, ...], list[Statement]] = {}
        for statement in found:
            for ref in defined(statement):
                if ref.key in self.base.defs:
                    before = self.base.defs[ref.key][0].rhs
                    self._note(f"{{of}} has a new meaning {where}; before, it was {{before}}.", statement,
                               of=ref, before=before)
                elif ref.key in free:
                    made.setdefault(_made_of(statement), []).append(statement)
            for name in declared(statement):
                if name in self.base.functions:
                    self._note(f"{{name}} is defined anew {where}.", statement, name=Ref(name))
        for of, statements in made.items():
            names = [defined(s)[0] for s in statements]
            several = len(statements) > 1
            kind = ("functions of {made}" if several else "a function of {made}") if of else "given"
            verbs = ("were", "they are") if several else ("was", "it is")
            says = f"{{names}} {verbs[0]} free before; {where} {verbs[1]} {kind}."
            self._note(says, statements[0], names=names, made=[Ref(name) for name in of])

    def _note(self, says: str, statement: Statement, **fields: Any) -> None:
        line = sentence(says, fields)
        self.parser.remarks.append(SheetRemark("note", plain_words(line).rstrip("."), statement.span, line))

    def _roles(self, net: Network) -> Said:
        end = self.sorted.solution[0] if self.sorted.solution else len(self.prose.text)
        here = said(self.prose, 0, end, lambda text, span: self.parser.names(text, net))
        return self.told.joined(here)

    def _classes(self, net: Network) -> tuple[ClassRule, ...]:
        rules = tuple(classes(self.prose, lambda text, span: self.parser.relation(text, net)))
        return rules or net.classes

    def _notes(self) -> None:
        for says, span in conventions(self.prose):
            self.parser.remarks.append(Remark("note", says, span))

    def _claims(self, net: Network) -> list[Statement]:
        """The printed solutions.  One that cannot be read is told, as `check` will have to."""
        found, errors = self.parser.read_apart(self.sorted.claims, net)
        for span, error in errors:
            piece = next((p for p in self.sorted.claims if p.inner.start == span.start), None)
            if piece is not None and piece.kind == "display":
                self.parser.unreadable(error, [piece])
        return found

    def _hint(self, kind: str, sentence: Sentence) -> Hint:
        span = self.prose.span(sentence.start, sentence.start + len(sentence.text))
        pieces = next(p for k, s, p in self.sorted.hints if s is sentence)
        statements, _ = self.parser.read_apart(pieces, self.base)
        return Hint(kind, spelled(self.prose, sentence.text), span, tuple(statements))

    # -- what it asks
    def _questions(self, net: Network, told: Said) -> list[Question]:
        scope = Scope(self.prose, net, told, self.parser, fresh(net, self.base))
        found: list[Question] = []
        point = self._point(net)
        for _, ask in self.sorted.asks:
            found += questions(ask, point, scope)
        for block in self.raw.blocks:
            if block.kind == "command":
                found += command(block.pieces[0].text, block.span, scope)
        found = _each_once(q for q in found if q.asked != "run" or q.at or not any(o.at for o in found))
        if not found and self.raw.label:
            found.append(self._not_understood())
        return found

    def _point(self, net: Network) -> dict[str, Any]:
        """The values that stand outside the clauses that ask, and those of an earlier part that is named for them."""
        inside = [self.prose.span(a.start, a.end) for _, a in self.sorted.asks]
        recalled = [label for s in self.prose.sentences for label in RECALLED.findall(s.text)]
        asked = [q for p in self.earlier if p.label in recalled for q in p.questions if q.at]
        point: dict[str, Any] = dict(asked[0].at) if asked else {}
        for piece in self.sorted.points:
            if not any(span.start <= piece.span.start < span.end for span in inside):
                point.update(self.parser.point(piece.text, net))
        return point

    def _not_understood(self) -> Question:
        text = spelled(self.prose, self.prose.sentences[0].text) if self.prose.sentences else ""
        span = self.raw.blocks[0].span if self.raw.blocks else Span(0, 0)
        return Question("", "", text, span)

    def _builds_on(self) -> tuple[str, ...]:
        """The labels of the earlier parts whose results this part uses."""
        text = " ".join(s.text for s in self.prose.sentences if EARLIER.search(s.text))
        if not text:
            return ()
        labels = [p.label for p in self.earlier if p.label]
        named = [x for x in NAMED_PART.findall(text) if x in labels]
        asked = {q.about: p.label for p in self.earlier for q in p.questions}
        marks = [r for s in self.prose.sentences if s.text in text for r in self._mentioned(s)]
        used = [asked[m] for m in marks if m in asked]
        return tuple(dict.fromkeys(named or used or labels[-1:]))

    def _through(self, question: Question, part: Part) -> tuple[Ref, ...]:
        """The names by which earlier parts derived the same quantity, where they now depend on what is asked."""
        if question.of is None or not question.wrt or question.asked not in ("gradient", "chain rule"):
            return ()
        of, wrt = question.of.key, part.net.variable(question.wrt[0].key)
        found = [w for p in self.earlier if p.label in part.builds_on for q in p.questions
                 if q.of is not None and q.of.key == of for w in q.wrt]
        return tuple(w for w in found if wrt in ancestors(part.net, w.key))

    def _mentioned(self, sentence: Sentence) -> list[str]:
        out = []
        for c in sentence.text:
            piece = self.prose.formula(c)
            for expr in self.parser.expressions(piece.text, self.base) if piece else []:
                if isinstance(expr, Deriv):
                    out += [f"d{self.parser.plain(expr.of)}/d{self.parser.plain(w)}" for w in expr.wrt]
        return out


def _made_of(statement: Statement) -> tuple[str, ...]:
    body = statement.body
    uses = free_refs(body.args[-1]) if isinstance(body, Rel) else []
    return tuple(dict.fromkeys(r.name for r in uses))


def _roles(net: Network, told: Said) -> dict[str, str]:
    """The roles of the network with those that sentences state; a defined name needs none."""
    names = {name for name, _ in (*net.leaves, *net.opaque)}
    stated = {name: ROLE_OF_NOUN[noun] for name, noun in told.nouns.items() if noun in ROLE_OF_NOUN}
    return {**net.roles, **{n: r for n, r in stated.items() if n in names and (n, 0) not in net.defs}}


def _each_once(found: Iterable[Question]) -> list[Question]:
    """The questions without repetitions; what a hint adds stands before what it is a step to."""
    out: dict[tuple[str, str, str], Question] = {}
    for question in sorted(found, key=lambda q: not q.method):
        key = (question.asked, question.about, question.text if not question.asked else repr(question.at))
        out.setdefault(key, question)
    return list(out.values())
