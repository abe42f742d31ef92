"""An expression in the infix notation that Python, C and their like share; a language says what differs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from workings.emit.axes import Axis
from workings.emit.plan import Plan
from workings.errors import OutOfReach
from workings.expr import (
    Add, Call, Const, Div, Expr, Key, Logic, Mul, Neg, Num, Number, Pow, Ref, Rel, fold,
)
from workings.notation import plain

OR, AND, NOT, REL, ADD, MUL, NEG, POW, ATOM = range(9)


class Said(NamedTuple):
    """A text, how tightly it holds; of whole arrays the index of each axis, and of a product its factors."""

    text: str
    holds: int
    letters: tuple[str, ...] = ()
    factors: tuple[Said, ...] = ()


@dataclass(slots=True)
class Position:
    """A whole number as a sum of names and a constant: t - 1."""

    parts: dict[str, int] = field(default_factory=dict)
    const: int = 0

    def plus(self, other: Position, times: int = 1) -> Position:
        """The sum with `times` the other."""
        parts = dict(self.parts)
        for name, n in other.parts.items():
            parts[name] = parts.get(name, 0) + times * n
        return Position({k: v for k, v in parts.items() if v}, self.const + times * other.const)

    def __str__(self) -> str:
        terms = [(n, name if abs(n) == 1 else f"{abs(n)}*{name}") for name, n in self.parts.items()]
        if self.const or not terms:
            terms.append((self.const, str(abs(self.const))))
        terms.sort(key=lambda term: term[0] < 0)     # a name that is added comes first
        text = " ".join(f"{'-' if n < 0 else '+'} {word}" for n, word in terms)
        return text[2:] if text.startswith("+") else "-" + text[2:]


class Speaker:
    """Says expressions of one program; loop variables count from 0, whatever the index counts from."""

    functions: Mapping[str, str] = {}
    words: Mapping[str, str] = {"and": " and ", "or": " or ", "not": "not ", "!=": "!="}
    momentary: Mapping[Key, int] = {}                # arrays of which one sample at a time is kept: the place it has

    def __init__(self, plan: Plan, names: Mapping[Key, str], accumulators: Iterable[str] = ()) -> None:
        self.axes = {key: field.axes for key, field in plan.fields.items()}
        self.axes |= {(name, 0): () for name in accumulators}
        self.ranges, self.names = dict(plan.ranges), names

    # -- what languages say in their own way
    def kept(self, key: Key) -> list[Axis]:
        """The axes that an array really has."""
        return [axis for place, axis in enumerate(self.axes[key]) if self.momentary.get(key) != place]

    def entry(self, name: str, places: list[str], key: Key) -> str:
        """An entry of an array."""
        return name + "".join(f"[{p}]" for p in places)

    def number(self, value: Number) -> Said:
        """An exact number."""
        if isinstance(value, Fraction) and value.denominator != 1:
            return Said(f"{value.numerator}.0/{value.denominator}.0", MUL)
        return Said(f"{value}.0", ATOM if value >= 0 else NEG)

    def literal(self, text: str) -> Said:
        """A number with a decimal point, as it stands."""
        return Said(text, ATOM)

    def constant(self, name: str) -> str:
        """pi or inf."""
        raise OutOfReach(f"the constant {name} in a program")

    def power(self, base: Said, exponent: Expr, said: Said) -> Said:
        """A power; a square is a product where the base is a name."""
        if isinstance(exponent, Num) and exponent.value == 2 and base.holds == ATOM and base.text.isidentifier():
            return Said(f"{base.text}*{base.text}", MUL)
        if isinstance(exponent, Num) and isinstance(exponent.value, int):
            return Said(f"{at(base, ATOM)}**{exponent.value}", POW)
        return Said(f"{at(base, ATOM)}**{at(said, POW)}", POW)

    def cases(self, test: Said, yes: Said, no: Said) -> Said:
        """where(c, a, b)"""
        return Said(f"({yes.text} if {test.text} else {no.text})", ATOM)

    def counted(self, position: Position) -> Said:
        """An index or a size used as a number."""
        return Said(str(position), ATOM if str(position).isidentifier() else ADD)

    def extreme(self, function: str, a: str, b: str) -> str:
        """The larger or smaller of two whole numbers."""
        return f"{function}({a}, {b})"

    # -- what they share
    def say(self, expr: Expr) -> str:
        """The text of an expression."""
        return fold(expr, self._say).text

    @contextmanager
    def within(self, letter: str, axis: Axis) -> Iterator[None]:
        """Inside a loop, where its letter runs along the loop's own axis."""
        outer = self.ranges.get(letter)
        self.ranges[letter] = axis
        yield
        if outer is not None:
            self.ranges[letter] = outer

    def name(self, key: Key) -> str:
        """The identifier of a variable, an index or a size."""
        return self.names.get(key, key[0])

    def position(self, expr: Expr) -> Position | None:
        """A place as a sum of loop variables, sizes and a constant; None where it is no such sum."""
        match expr:
            case Num() if isinstance(expr.value, int):
                return Position({}, expr.value)
            case Ref() if not expr.indices:
                own = Position({self.name(expr.key): 1})
                axis = self.ranges.get(expr.name)
                start = None if axis is None else self.position(axis.lo)
                return own if start is None else own.plus(start)
            case Neg():
                inner = self.position(expr.arg)
                return None if inner is None else Position().plus(inner, -1)
            case Add():
                return self._total([self.position(a) for a in expr.args])
            case Call() if expr.function in ("max", "min") and len(expr.args) == 2:
                a, b = (self.position(x) for x in expr.args)
                return None if a is None or b is None else Position({self.extreme(expr.function, str(a), str(b)): 1})
            case Mul():
                return _multiple([self.position(a) for a in expr.args])
        return None

    def _total(self, parts: list[Position | None]) -> Position | None:
        out = Position()
        for part in parts:
            if part is None:
                return None
            out = out.plus(part)
        return out

    def length(self, axis: Axis) -> str:
        """How many values an axis has."""
        lo, hi = self.position(axis.lo), self.position(axis.hi)
        if lo is None or hi is None:
            raise OutOfReach(f"the range {plain(axis.lo)} to {plain(axis.hi)} in a program", span=axis.hi.span)
        return str(hi.plus(lo, -1).plus(Position({}, 1)))

    def _say(self, node: Expr, inner: tuple[Said, ...]) -> Said:
        match node:
            case Num():
                literal = re.fullmatch(r"\d+\.\d+(e[-+]?\d+)?|\d+e[-+]?\d+", node.text)
                return self.literal(node.text) if literal else self.number(node.value)
            case Const():
                return Said(self.constant(node.name), ATOM)
            case Ref():
                return self._ref(node, inner)
            case Neg():
                return Said("-" + at(inner[0], MUL), NEG)
            case Add():
                return Said(_sum(inner), ADD)
            case Mul():
                return Said(product(inner), MUL)
            case Div():
                return self._quotient(node, inner)
            case Pow():
                return self.power(inner[0], node.exponent, inner[1])
            case Call():
                return self._call(node, inner)
            case Rel():
                return self._chain(node, inner)
            case Logic():
                return self._logic(node, inner)
        raise OutOfReach(f"{type(node).__name__} in a program", span=node.span)

    def _quotient(self, node: Div, inner: tuple[Said, ...]) -> Said:
        return Said(f"{at(inner[0], MUL)}/{at(inner[1], POW)}", MUL)

    def _ref(self, node: Ref, inner: tuple[Said, ...]) -> Said:
        if not node.indices:
            if node.key not in self.axes:
                found = self.position(node)
                assert found is not None
                return self.counted(found)
            return Said(self.name(node.key), ATOM)
        places = [self.place(i, axis, said) for i, axis, said in zip(node.indices, self.axes[node.key], inner)]
        if node.key in self.momentary:
            del places[self.momentary[node.key]]
        return Said(self.entry(self.name(node.key), places, node.key) if places else self.name(node.key), ATOM)

    def place(self, index: Expr, axis: Axis, said: Said) -> str:
        """Where an index stands in an axis, counted from 0."""
        found, start = self.position(index), self.position(axis.lo)
        if start is None:
            raise OutOfReach(f"an array that starts at {plain(axis.lo)}", span=axis.lo.span)
        if found is None:
            away = str(Position().plus(start, -1))
            return said.text if away == "0" else f"{at(said, ADD)} {'- ' + away[1:] if away[0] == '-' else '+ ' + away}"
        return str(found.plus(start, -1))

    def _call(self, node: Call, inner: tuple[Said, ...]) -> Said:
        if node.function == "where":
            return self.cases(*inner)
        template = self.functions.get(node.function)
        if template is None or node.primes:
            raise OutOfReach(f"{node.function} in a program", span=node.span)
        words = [p.text for p in inner]
        return Said(template.format(*words, all=", ".join(words)), ATOM)

    def _chain(self, node: Rel, inner: tuple[Said, ...]) -> Said:
        ops = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
        links = [
            f"{at(a, ADD)} {ops[op]} {at(b, ADD)}" for a, op, b in zip(inner, node.ops, inner[1:]) if op in ops
        ]
        if len(links) != len(node.ops):
            raise OutOfReach("this relation in a program", span=node.span)
        return Said(links[0], REL) if len(links) == 1 else Said(self.words["and"].join(links), AND)

    def _logic(self, node: Logic, inner: tuple[Said, ...]) -> Said:
        if node.op == "not":
            return Said(self.words["not"] + at(inner[0], ATOM), NOT)
        if node.op not in ("and", "or"):
            raise OutOfReach(f"{node.op} in a program", span=node.span)
        least = REL if node.op == "and" else AND
        return Said(self.words[node.op].join(at(p, least) for p in inner), AND if node.op == "and" else OR)


def at(said: Said, least: int) -> str:
    """The text, in brackets where it holds less tightly than asked."""
    return said.text if said.holds >= least else f"({said.text})"


def product(factors: Sequence[Said]) -> str:
    """The factors between stars."""
    return "*".join([at(factors[0], MUL), *(at(p, POW) for p in factors[1:])])


def _sum(inner: tuple[Said, ...]) -> str:
    text = at(inner[0], ADD)
    for part in inner[1:]:
        if part.holds in (MUL, NEG) and part.text.startswith("-"):
            text += f" - {part.text[1:]}"
        else:
            text += f" + {at(part, MUL)}"
    return text


def _multiple(parts: list[Position | None]) -> Position | None:
    """A whole number times a position."""
    out = Position({}, 1)
    for part in parts:
        if part is None or (part.parts and out.parts):
            return None
        out = Position().plus(part, out.const) if not out.parts else Position().plus(out, part.const)
    return out
