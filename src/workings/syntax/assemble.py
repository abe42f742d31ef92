"""Statements into a network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workings.errors import InputTooLarge, NotReadable, Source, Span, WorkingsError
from workings.expr import (
    Add, Big, Deriv, Div, Equation, Expr, Function, Key, Mul, Neg, Network, Num, Opaque, Pow, Range, Ref, Rel, Remark,
)
from workings.expr.network import ClassRule
from workings.expr.walk import free_keys, preorder, same
from workings.limits import MAX_EQUATIONS
from workings.syntax.advice import advised
from workings.syntax.finish import finish
from workings.syntax.merging import kept
from workings.syntax.pratt import deep
from workings.syntax.scope import Scope, Signatures
from workings.syntax.statements import Statement, find, settle_all
from workings.syntax.survey import Found, classify, survey
from workings.syntax.wording import words_in

_A = {"update": "an", "expression": "an", "edge": "an", "empty": "an"}
NAMES = Sequence[str] | None


class _Builder:
    """Collects what statements say, on top of a base."""

    def __init__(self, base: Network | None, scope: Scope, source: Source | None) -> None:
        self.base, self.scope, self.source = base or Network(), scope, source
        self.equations: list[Equation] = []
        self.entries: dict[str, Equation] = {}
        self.at: dict[Key, list[Equation]] = {}
        self.functions: dict[str, Function] = {}
        self.ranges: dict[str, Range] = {}
        self.shapes: dict[str, tuple[Expr, ...]] = {}
        self.opaque: dict[Key, Opaque] = {}
        self.facts: list[Expr] = []
        self.classes: list[ClassRule] = []
        self.remarks: list[Remark] = []
        self.again: list[tuple[Equation, Equation]] = []        # two right sides of one name
        self.said: list[tuple[Rel, Statement]] = []             # sums without a definition: facts about the data
        self.brackets: dict[str, tuple[str, ...]] = {}
        self.numbers: list[str] = []
        self.members: dict[str, tuple[tuple[Expr, ...], tuple[Expr, ...]]] = {}

    def add(self, statement: Statement) -> None:
        if statement.kind == "equation":
            self._equation(statement)
        elif statement.kind == "fact":
            self.facts.extend(statement.parts)
        elif statement.kind == "words" and statement.found is not None:
            self.remarks.append(Remark("note", words_in(statement.found.draft), statement.span))
        elif statement.kind in ("claim", "update", "expression", "domain", "edge", "empty", "point"):
            self._aside(statement)
        for meaning in statement.meaning:
            self._meaning(meaning)

    def _equation(self, statement: Statement) -> None:
        body = statement.body
        if body is statement.read_body:
            equation = statement.meaning[0]
            assert isinstance(equation, Equation)
        else:
            assert isinstance(body, Rel) and isinstance(body.args[0], Ref)
            equation = Equation(body.args[0], body.args[1], statement.span, statement.tag)
        self._listed(statement, equation)
        other = self.entries.setdefault(repr(equation.lhs) if equation.lhs.indices else equation.lhs.name, equation)
        if other is not equation:
            if not same(other.rhs, equation.rhs):
                self.again.append((other, equation))
            return
        self.at.setdefault(equation.key, []).append(equation)
        self.equations.append(equation)

    def _listed(self, statement: Statement, equation: Equation) -> None:
        """What the bracket after a defined name lists, in its order."""
        args = statement.found.head.args if statement.found and statement.found.head else None
        if args and not equation.lhs.indices and all(isinstance(a, Ref) and not a.indices for a in args):
            self.brackets.setdefault(equation.lhs.name, tuple(a.name for a in args if isinstance(a, Ref)))

    def _settled(self, equations: tuple[Equation, ...]) -> tuple[Equation, ...]:
        """Of two right sides of one name the one that uses more names, if they are equal once these are put in."""
        for first, second in self.again:
            one = kept(first, second, equations)
            if one is None:
                raise self._twice(first, second)
            other = second if one is first else first
            self.remarks.append(Remark("note", f"{one.lhs.name} is defined twice, and both are the same: "
                                       f"{self._shown(one)}", other.span))
            equations = tuple(one if e is first else e for e in equations)
        return equations

    def _shown(self, equation: Equation) -> str:
        span = equation.span or Span(0, 0)
        text = self.source.text[span.start : span.end] if self.source else equation.lhs.name
        return " ".join(text.split())

    def _twice(self, first: Equation, second: Equation) -> NotReadable:
        return NotReadable(
            f"{second.lhs.name} is defined twice: {self._shown(first)} and {self._shown(second)}",
            span=second.span,
            source=self.source,
            expected="one equation for each name",
            hint=f"give one of them another name, such as {second.lhs.name}new",
        )

    def _meaning(self, meaning: object) -> None:
        if isinstance(meaning, Function):
            before = self.functions.get(meaning.name)
            if before is not None and not same(before.body, meaning.body):
                raise NotReadable(f"the function {meaning.name} is defined twice", span=meaning.span,
                                  source=self.source, expected="one definition for each function")
            self.functions[meaning.name] = meaning
        elif isinstance(meaning, Range):
            self.ranges[meaning.index] = meaning
        elif isinstance(meaning, Opaque):
            self.opaque[meaning.lhs.key] = meaning
        elif isinstance(meaning, ClassRule):
            self.classes.append(meaning)
        elif isinstance(meaning, tuple):
            name, axes, places = meaning
            if axes and places:
                self.members[name] = (places, axes)
            elif axes:
                self.shapes[name] = axes
            else:
                self.numbers.append(name)

    def _aside(self, statement: Statement) -> None:
        """What is no definition stays out of the network, and the person hears of it."""
        if statement.kind == "expression":
            raise NotReadable("this says nothing: there is no = in it", span=statement.span, source=self.source,
                              expected="an equation such as z3 = x1*w13 + x2*w23")
        body = statement.body
        if isinstance(body, Rel) and isinstance(body.args[0], Big) and not _has_derivative(body):
            self.said.append((body, statement))
            return
        left = statement.parts[0] if statement.kind == "claim" and statement.parts else None
        if statement.continues or (isinstance(left, Num | Add | Mul | Neg | Div | Pow) and not _has_derivative(left)):
            raise NotReadable(
                "the left side of this equation is no name", span=statement.span, source=self.source,
                expected="a name on the left, such as z3 = x1*w13 + x2*w23",
            )
        kind = f"{_A.get(statement.kind, 'a')} {statement.kind}"
        self.remarks.append(Remark("note", f"read as {kind}, not as a definition: {statement.text}", statement.span))

    def network(self) -> Network:
        base, scope = self.base, self.scope
        equations = self._settled(self._merged())
        defined = {e.key for e in equations}
        self._facts(defined)
        opaque = {**base.opaque, **self.opaque}
        for key, (lhs, args) in scope.opaque.items():
            opaque.setdefault(key, Opaque(lhs, args, lhs.span))
        return base.with_(
            equations=equations,
            functions={**base.functions, **self.functions},
            ranges={**base.ranges, **self.ranges},
            shapes={**base.shapes, **self.shapes},
            opaque={k: v for k, v in opaque.items() if k not in defined},
            facts=(*base.facts, *self.facts),
            classes=(*(c for c in base.classes if c.label not in {d.label for d in self.classes}), *self.classes),
            spelling={**scope.spelling},
            brackets={**base.brackets, **self.brackets},
            members={**base.members, **self.members},
            numbers=tuple(dict.fromkeys((*base.numbers, *self.numbers))),
            remarks=(*base.remarks, *scope.remarks.values(), *self.remarks),
            source=self.source or base.source,
        )

    def _facts(self, defined: set[Key]) -> None:
        """`sum(i, t[i]) = 1` is a fact where only given names stand in it; of computed ones it is a claim."""
        for body, statement in self.said:
            fact = not any(k in defined for k in free_keys(body))
            self.facts.extend([body] if fact else [])
            kind = "fact about what is given" if fact else "claim"
            self.remarks.append(Remark("note", f"read as a {kind}, not as a definition: {statement.text}",
                                       statement.span))

    def _merged(self) -> tuple[Equation, ...]:
        """The base's equations but for those that are defined anew."""
        if not self.base.equations:
            return tuple(self.equations)
        kept: list[Equation] = []
        for equation in self.base.equations:
            news = self.at.get(equation.key)
            if news is None:
                kept.append(equation)
            elif not any(same(n.lhs, equation.lhs) and same(n.rhs, equation.rhs) for n in news):
                self.remarks.append(Remark("note", f"{equation.lhs.name} is defined anew from here on", news[0].span))
        return (*kept, *self.equations)


def _has_derivative(tree: Expr) -> bool:
    return any(isinstance(n, Deriv) for n in preorder(tree))


def read(
    text: str,
    signatures: Signatures,
    *,
    source: Source | None = None,
    inputs: NAMES = None,
    parameters: NAMES = None,
    targets: NAMES = None,
    base: Network | None = None,
) -> Network:
    r"""The network that a text defines, in plain notation, in LaTeX, or in both mixed.

    >>> from workings.functions import signatures
    >>> net = read(r"z_3 = x1*w13; a3 = \tanh(z_3)", signatures())
    >>> [e.lhs.name for e in net.equations], net.inputs
    (['z3', 'a3'], (('x1', 0),))
    """
    source = source or Source(text)
    with deep():
        found = find(source)
        scope = _scope(signatures, base)
        survey(found, scope)
        net = _build(settle_all(found, scope, source), base, scope, source, inputs, parameters, targets)
    if not (net.equations or net.functions or net.opaque):
        why = next((r for r in net.remarks if r.kind == "note"), None)
        advice = why.says if why and not why.says.startswith("read as") else ""
        raise advised(NotReadable("there is no equation in this text",
                                  span=why.span if why else Span(0, 1) if text.strip() else None,
                                  expected="an equation such as z3 = x1*w13 + x2*w23", hint=advice), source)
    return net


def assemble(
    statements: Sequence[Statement],
    *,
    base: Network | None = None,
    source: Source | None = None,
    inputs: NAMES = None,
    parameters: NAMES = None,
    targets: NAMES = None,
) -> Network:
    """The network of some statements on top of `base`, each read again with what all of them define."""
    signatures: Signatures = next((s.signatures for s in statements if s.signatures), {})
    source = source or (base.source if base else None)
    with deep():
        scope = _scope(signatures, base)
        found = [Found(s.found.draft, s.found.text, classify(s.found.draft)) for s in statements if s.found]
        survey(found, scope)
        again = iter(settle_all(found, scope, source or Source("")))
        fresh = [_kept(s, next(again)) if s.found else s for s in statements]
        return _build(fresh, base, scope, source, inputs, parameters, targets)


def _kept(before: Statement, again: Statement) -> Statement:
    """The new reading, unless the body was changed since (a repair)."""
    return again if before.body is before.read_body else before


def _scope(signatures: Signatures, base: Network | None) -> Scope:
    scope = Scope(signatures)
    if base is not None:
        scope.add_network(base)
    return scope


def _build(
    statements: Iterable[Statement], base: Network | None, scope: Scope, source: Source | None,
    inputs: NAMES, parameters: NAMES, targets: NAMES,
) -> Network:
    builder = _Builder(base, scope, source)
    try:
        for statement in statements:
            builder.add(statement)
    except WorkingsError as error:
        raise advised(error, source) from None
    if len(builder.equations) > MAX_EQUATIONS:
        raise InputTooLarge(f"the network has {len(builder.equations):,} equations; at most {MAX_EQUATIONS:,} are read")
    net = builder.network()
    try:
        return finish(net, scope, {"input": inputs, "parameter": parameters, "target": targets})
    except WorkingsError as error:
        raise advised(error, source) from None
