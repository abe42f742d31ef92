"""Of what, by what, at which point: a clause that asks, with the scope it stands in, becomes questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from workings.derive.asked import general
from workings.errors import NotReadable, Span, WorkingsError
from workings.expr import Deriv, Expr, Key, Network, Ref, Rel, free_refs
from workings.sheets.asks import MEANS, Ask
from workings.sheets.model import Question
from workings.sheets.parse import Parser
from workings.sheets.points import listed, points_of
from workings.sheets.prose import MARK, Prose
from workings.sheets.roles import NAME, NOUNS, Said

BY = re.compile(
    r"\b(?:with respect to|with regard to|w\.?\s?r\.?\s?t\.?|wrt|by its|depends? on|reacts? to|changes? with|in)(?=\W)",
    re.I)
REFERS = re.compile(
    r"\b(?:in terms of|using|with the help of|by means of|by the|through the|"
    r"(?:to|by|from|and) the (?:partial |local )?derivatives|"
    r"(?:that|which) you|you have|computed (?:above|before|in)|as a (?:function|formula)|based on|to (?=[-]))", re.I)
LINKS = re.compile(r"\b(?:links?|relates?|connects?|expresses)\b", re.I)
FLOW = re.compile(r"\bfrom\b(?P<of>.*?)\b(?:back\s+)?(?:to|into|onto)\b(?P<wrt>.*)", re.I | re.S)
PROSE_DERIVATIVE = re.compile(r"(?<!\w)[d∂]\s?(?P<of>[A-Za-z]\w*)\s?/\s?[d∂]\s?(?P<wrt>[A-Za-z]\w*)")
LEVEL = re.compile(r"\blevel\b\D{0,12}?(?P<level>[-−]?\d+(?:[./]\d+)?)", re.I)
ALL_PARAMETERS = re.compile(rf"\b(?:{NOUNS['parameter']})\b", re.I)
INPUTS = re.compile(rf"\b(?:{NOUNS['input']})\b", re.I)
ERROR = re.compile(rf"\b(?:{NOUNS['error']})\b", re.I)
OUTPUT = re.compile(rf"\b(?:{NOUNS['output']})\b", re.I)


@dataclass(slots=True)
class Scope:
    """What a clause is resolved in."""

    prose: Prose
    net: Network
    said: Said
    parser: Parser
    fresh: tuple[Ref, ...] = ()          # what the part itself defines and nothing uses: "its" means that

    def known(self, ref: Ref) -> bool:
        """Does the network have the name, as an entry, a family, or a declared array?"""
        key = self.net.variable(ref.key)
        keys: set[Key] = {*self.net.defs, *self.net.opaque, *self.net.leaves}
        return key in keys or any(name == ref.name for name, _ in keys)

    def refs(self, start: int, end: int) -> list[Ref]:
        """The names of the network in a stretch of the text, each once, in order."""
        found: dict[tuple[str, str], Ref] = {}
        text = self.prose.text[start:end]
        for match in re.finditer(NAME, text):
            for ref in self._token(start + match.start(), match.group()):
                if self.known(ref):
                    found.setdefault((ref.name, repr(ref.indices)), ref)
        return list(found.values())

    def _token(self, at: int, token: str) -> list[Ref]:
        piece = self.prose.formula(token) if len(token) == 1 else None
        if piece is not None:
            return self.parser.names(piece.text, self.net)
        return self.parser.names(token, self.net)


def loss(net: Network, said: Said) -> Ref | None:
    """The error: the name that the sheet calls so, else what no equation uses and most depends on."""
    for ref in reversed(said.of_noun.get("error", [])):
        if ref.key in net.defs:
            return net.defs[ref.key][0].lhs
    sinks = _sinks(net)
    targets = set(net.targets)
    reached = [s for s in sinks if targets & ancestors(net, s)]
    best = (reached or sinks)[-1:]
    return net.defs[best[0]][0].lhs if best else None


def output(net: Network, said: Said) -> Ref | None:
    """The output: the name that the sheet calls so, that a class rule speaks of, or the last that is no error."""
    for ref in reversed(said.of_noun.get("output", [])):
        if ref.key in net.defs or ref.key in net.opaque:
            return ref
    for rule in net.classes:
        for ref in free_refs(rule.condition):
            if ref.key in net.defs:
                return ref
    error = loss(net, said) if net.targets or "error" in said.of_noun else None
    keys = [k for k in _sinks(net) if error is None or k != error.key]
    if not keys and error is not None:
        inner = [k for k in (r.key for r in free_refs(net.defs[error.key][0].rhs)) if k in net.defs]
        keys = inner[:1] or [error.key]
    return net.defs[keys[-1]][0].lhs if keys else None


def fresh(net: Network, before: Network) -> tuple[Ref, ...]:
    """What is defined here and not before, that nothing uses and no target enters."""
    new = [key for key in _sinks(net) if key not in before.defs and before.defs]
    return tuple(net.defs[key][0].lhs for key in new if not set(net.targets) & ancestors(net, key))


def _sinks(net: Network) -> list[Key]:
    used = {ref.key for e in net.equations for ref in free_refs(e.rhs)}
    return [key for key in net.defs if key not in used]


def ancestors(net: Network, key: Key) -> set[Key]:
    """Everything that a quantity depends on."""
    seen, todo = set[Key](), [key]
    while todo:
        for equation in net.defs.get(todo.pop(), ()):
            for ref in free_refs(equation.rhs):
                if (k := net.variable(ref.key)) not in seen:
                    seen.add(k)
                    todo.append(k)
    return seen


def questions(ask: Ask, points: dict[str, Any], scope: Scope) -> list[Question]:
    """The questions of one clause; a clause whose object is not found keeps its verb and says what is missing."""
    span = scope.prose.span(ask.start, ask.start + len(ask.text.rstrip()))
    words = spelled(scope.prose, ask.text)
    base = Question(ask.asked, "", words, span, method=ask.method)
    if ask.asked in ("gradient", "chain rule", "hessian", "backward"):
        here = points_of(ask.lead + " " + ask.text, scope.prose, scope.net, scope.parser)
        found = list(_derivatives(ask, base, scope))
        return [replace(q, at={**points, **(here[0] if here else {})}) for q in found]
    if not ask.asked:
        return [base]
    target = _object(ask, scope)
    if ask.asked in ("boundary", "pieces"):
        target, base.level = _level(ask, scope, target)
        base.output = target.name if target else None
    base.of = target
    base.about = "" if target is None else scope.parser.plain(target)
    if ask.asked != "run":
        return [base]
    places = points_of(ask.lead + " " + ask.text, scope.prose, scope.net, scope.parser) or [{}]
    several = len(places) > 1
    return [replace(base, at={**points, **at}, about=f"{base.about} at {listed(at)}" if several else base.about)
            for at in places]


def _object(ask: Ask, scope: Scope) -> Ref | None:
    """The quantity that a clause is about: the one that it names, what its part has just defined, else the output."""
    if ask.asked != "draw":
        named = [r for r in scope.refs(ask.start, ask.end) if r.key in scope.net.defs]
        if len(named) == 1 or (named and ask.asked == "run"):
            return named[0]
        if scope.fresh and not OUTPUT.search(ask.text):
            return scope.fresh[-1]
    return output(scope.net, scope.said)


def _level(ask: Ask, scope: Scope, target: Ref | None) -> tuple[Ref | None, Any]:
    """`y = 1` in the question: that output, at that level."""
    for mark in re.findall(MARK, ask.text):
        piece = scope.prose.formula(mark)
        relation = scope.parser.relation(piece.text, scope.net) if piece else None
        if relation is not None and relation.ops == ("=",) and isinstance(relation.args[0], Ref):
            value = scope.parser.number(relation.args[1])
            if value is not None and relation.args[0].key in scope.net.defs:
                return relation.args[0], value
    match = LEVEL.search(ask.text)
    if match:
        return target, scope.parser.fraction(match["level"])
    return target, None


def spelled(prose: Prose, text: str) -> str:
    """The words as the sheet has them, formulas between dollars."""
    out = "".join(f"${p.text.strip()}$" if (p := prose.formula(c)) else c for c in text)
    return re.sub(r"\s+", " ", out).strip()


def _derivatives(ask: Ask, base: Question, scope: Scope) -> Iterator[Question]:
    pairs = list(_pairs(ask, scope))
    pairs = [(of, wrt) for of, wrt in pairs if scope.known(of)]
    if not pairs:
        base.problem = NotReadable(
            "it is not clear of what, or by what, the derivative is meant", span=base.span,
            expected="a derivative such as dE/dw, or “the gradient of E with respect to w” with names of the exercise")
        yield base
        return
    if ask.asked == "backward":
        yield _question(base, pairs[0][0], tuple(wrt for of, wrt in pairs if of.key == pairs[0][0].key), scope)
        return
    if ask.asked == "hessian":
        written = list(_twice(ask.start, ask.start + _reach(ask, scope), scope))
        yield from (_question(base, of, wrt, scope) for of, wrt in written) if written else _second(pairs, base, scope)
        return
    for of, wrt in pairs:
        yield _question(base, of, (wrt,), scope)


def _twice(start: int, end: int, scope: Scope) -> Iterator[tuple[Ref, tuple[Ref, ...]]]:
    """Second derivatives that stand there as such."""
    for mark in re.findall(MARK, scope.prose.text[start:end]):
        piece = scope.prose.formula(mark)
        for expr in scope.parser.expressions(piece.text, scope.net) if piece else []:
            head = expr.args[0] if isinstance(expr, Rel) else expr
            if isinstance(head, Deriv) and isinstance(head.of, Ref) and len(head.wrt) == 2 and scope.known(head.of):
                yield head.of, tuple(w for w in head.wrt if isinstance(w, Ref))


def _second(pairs: list[tuple[Ref, Ref]], base: Question, scope: Scope) -> Iterator[Question]:
    if len(pairs) == 1:
        yield _question(base, pairs[0][0], (pairs[0][1], pairs[0][1]), scope)
        return
    for i, (of, u) in enumerate(pairs):
        for _, v in pairs[i:]:
            yield _question(base, of, (u, v), scope)


def _question(base: Question, of: Ref, wrt: tuple[Ref, ...], scope: Scope) -> Question:
    name = scope.parser.plain
    about = f"d2{name(of)}/({' '.join('d' + name(w) for w in wrt)})" if base.asked == "hessian" else ", ".join(
        f"d{name(of)}/d{name(w)}" for w in wrt)
    return Question(base.asked, about, base.text, base.span, of, wrt, method=base.method)


def _pairs(ask: Ask, scope: Scope) -> Iterator[tuple[Ref, Ref]]:
    """(of, by what) of every derivative that the clause asks for."""
    start, end = ask.start, ask.start + _reach(ask, scope)
    found = [*_written(start, end, scope)]
    if found:
        yield from _once(found)
        return
    text = scope.prose.text[start:end]
    whole = scope.prose.text[start : ask.start + len(ask.text)]
    by, flow = BY.search(text), FLOW.search(whole)
    if by:
        ofs = _things(start, start + by.start(), scope, default="error")
        wrts = _things(start + by.end(), end, scope, default="parameter")
    elif flow:
        ofs = [r for r in [loss(scope.net, scope.said)] if r]
        wrts = _things(start + flow.start("wrt"), start + flow.end("wrt"), scope, default="parameter")
    else:
        ofs = _things(start, end, scope, default="error", only_defined=True)
        wrts = _parameters(scope.net)
    yield from _once([(of, wrt) for of in ofs[:1] for wrt in wrts])


def _once(pairs: list[tuple[Ref, Ref]]) -> list[tuple[Ref, Ref]]:
    seen: dict[str, tuple[Ref, Ref]] = {}
    for of, wrt in pairs:
        seen.setdefault(f"{of!r} {wrt!r}", (of, wrt))
    return list(seen.values())


def _reach(ask: Ask, scope: Scope) -> int:
    """How much of the clause names what is asked: not what it refers back to, nor the means."""
    text = ask.text
    end = len(text)
    for pattern in (REFERS, MEANS):
        match = pattern.search(text, 6)
        if match:
            end = min(end, match.start())
    links = LINKS.search(text)
    if links:
        to = re.search(r"\b(?:to|with)\b", text[links.end() :])
        end = min(end, links.end() + to.start()) if to else end
    return end


def _written(start: int, end: int, scope: Scope) -> Iterator[tuple[Ref, Ref]]:
    """Derivatives that stand there as such, in dollars or in prose."""
    text = scope.prose.text[start:end]
    for match in re.finditer(rf"{MARK}|{PROSE_DERIVATIVE.pattern}", text):
        piece = scope.prose.formula(match.group()) if len(match.group()) == 1 else None
        for expr in scope.parser.expressions(piece.text if piece else match.group(), scope.net):
            yield from _of_deriv(expr)


def _of_deriv(expr: Expr) -> Iterator[tuple[Ref, Ref]]:
    head = expr.args[0] if isinstance(expr, Rel) else expr
    if isinstance(head, Deriv) and isinstance(head.of, Ref):
        for wrt in head.wrt:
            if isinstance(wrt, Ref):
                yield head.of, wrt


def _things(start: int, end: int, scope: Scope, default: str, only_defined: bool = False) -> list[Ref]:
    """The names in a stretch, else what its nouns stand for."""
    refs = scope.refs(start, end)
    if only_defined or default == "error":
        refs = [r for r in refs if r.key in scope.net.defs or r.key in scope.net.opaque]
    if refs:
        return refs
    text = scope.prose.text[start:end]
    if default == "error":
        of_output = OUTPUT.search(text) and not ERROR.search(text)
        found = (output if of_output else loss)(scope.net, scope.said)
        return [found] if found else []
    if OUTPUT.search(text):
        found = output(scope.net, scope.said) or scope.said.last("output")
        return [found] if found else []
    if INPUTS.search(text) and not ALL_PARAMETERS.search(text):
        return [general(scope.net, key) for key in scope.net.inputs]
    return _parameters(scope.net)


def _parameters(net: Network) -> list[Ref]:
    return [general(net, key) for key in net.parameters]


def command(body: str, span: Span, scope: Scope) -> list[Question]:
    """`> workings: gradient E wrt w13`: a question in so many words."""
    words = body.strip()
    verb = re.match(r"(chain rule|[a-z]+)\b\s*(.*)", words, re.S)
    asked = verb.group(1) if verb else ""
    rest = verb.group(2) if verb else words
    question = Question(asked, "", words, span)
    try:
        _fill(question, rest, scope)
    except WorkingsError as error:
        question.problem = error
    if asked in ("gradient", "chain rule") and question.of is not None and question.problem is None:
        return [_question(question, question.of, (wrt,), scope) for wrt in question.wrt]
    return [question]


COMMANDS = ("draw", "run", "pieces", "boundary", "gradient", "chain rule", "backward", "hessian")


def _fill(question: Question, rest: str, scope: Scope) -> None:
    if question.asked not in COMMANDS:
        question.asked, seen = "", question.asked
        raise NotReadable(f"no verb “{seen}”", span=question.span, expected=", ".join(COMMANDS))
    names, by, at, level = _options(rest)
    refs = [r for n in names for r in scope.parser.names(n, scope.net)]
    question.of = refs[0] if refs else (
        loss(scope.net, scope.said) if question.asked in ("gradient", "chain rule", "backward", "hessian")
        else output(scope.net, scope.said))
    if question.of is None or not scope.known(question.of):
        raise NotReadable(f"no quantity {' '.join(names)} in this exercise".replace("  ", " "), span=question.span)
    question.about = scope.parser.plain(question.of)
    question.output, question.level = question.of.name, scope.parser.fraction(level) if level else None
    question.at = scope.parser.point(at, scope.net)
    if question.asked in ("gradient", "chain rule", "backward", "hessian"):
        wrt = [r for n in by for r in scope.parser.names(n, scope.net)] or _parameters(scope.net)
        if question.asked == "hessian" and len(wrt) == 1:
            wrt *= 2
        filled = _question(question, question.of, tuple(wrt), scope)
        question.wrt, question.about = filled.wrt, filled.about


def _options(rest: str) -> tuple[list[str], list[str], str, str]:
    """(of, by, at, level) of a command's words: "E wrt w13, v", "--of E --wrt v", "y at x1 = 1", "y level 1"."""
    parts = re.split(r"(?:^|\s)(?:--)?(of|output|wrt|at|level|for)(?:\s+|=)", " " + rest)
    options = {"of": parts[0]}
    for key, value in zip(parts[1::2], parts[2::2]):
        options[{"output": "of", "for": "at"}.get(key, key)] = value
    def split(text: str) -> list[str]:
        return [n for n in re.split(r"[,\s]+", text.strip().strip("$")) if n]
    return split(options["of"]), split(options.get("wrt", "")), options.get("at", ""), options.get("level", "").strip()
