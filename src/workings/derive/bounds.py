"""What is known of indices and sizes: an index lies in its range, and no range is empty.

Conditions such as t + 1 <= T are decided by adding up such facts (a small Farkas proof: a combination of
things that are at least 0); what cannot be decided stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from workings.derive.inside import parts_first
from workings.derive.terms import Arena, Term

DEPTH = 6                     # facts that one proof may use


class Linear(NamedTuple):
    """constant + sum of coefficient times name"""

    constant: Fraction
    of: Mapping[str, Fraction]

    def less(self, other: Linear, times: Fraction) -> Linear:
        """self - times*other"""
        of = dict(self.of)
        for name, c in other.of.items():
            of[name] = of.get(name, Fraction(0)) - times * c
        return Linear(self.constant - times * other.constant, {n: c for n, c in of.items() if c})


class Facts:
    """Things that are at least 0.

    >>> arena = Arena()
    >>> t, T, one = arena.ref("t"), arena.ref("T"), arena.one
    >>> known = Facts(arena, [(one, T)], {"t": (one, arena.sub(T, one))})
    >>> known.holds(arena.make("rel", ("<=",), (arena.add((t, one)), T)))
    True
    """

    def __init__(
        self, arena: Arena, spans: Iterable[tuple[Term | None, Term | None]] = (),
        within: Mapping[str, tuple[Term | None, Term | None]] | None = None,
    ) -> None:
        self.arena = arena
        self.known: list[Linear] = []
        self.within = dict(within or {})
        for name, (lo, hi) in self.within.items():
            index = arena.ref(name)
            self._add(lo, index)
            self._add(index, hi)
        for lo, hi in spans:
            self._add(lo, hi)

    def _add(self, low: Term | None, high: Term | None) -> None:
        if low is not None and high is not None:
            fact = linear(self.arena.sub(high, low))
            if fact is not None and fact.of:
                self.known.append(fact)

    def at_least(self, term: Term, bound: int = 0) -> bool:
        """Is the term proved to be at least `bound`?"""
        found = linear(term)
        return found is not None and self._proved(found.less(Linear(Fraction(bound), {}), Fraction(1)), DEPTH)

    def _proved(self, goal: Linear, depth: int) -> bool:
        if not goal.of:
            return goal.constant >= 0
        if depth == 0:
            return False
        name, c = next(iter(goal.of.items()))
        return any(
            self._proved(goal.less(fact, c / fact.of[name]), depth - 1)
            for fact in self.known if fact.of.get(name, Fraction(0)) * c > 0
        )

    def holds(self, condition: Term) -> bool | None:
        """Does a condition hold always (True), never (False), or is it not known (None)?"""
        if condition.kind == "logic" and condition.head in ("and", "or"):
            sides = [self.holds(a) for a in condition.args]
            stop: bool = condition.head == "or"
            if any(s is stop for s in sides):
                return stop
            return None if None in sides else not stop
        if condition.kind != "rel" or len(condition.args) != 2:
            return None
        a, b = condition.args
        return self._compared(condition.head[0], self.arena.sub(a, b))

    def _compared(self, op: str, gap: Term) -> bool | None:
        if op in (">", ">="):
            op, gap = {">": "<", ">=": "<="}[op], self.arena.neg(gap)
        minus = self.arena.neg(gap)
        if op in ("<", "<="):
            strict = int(op == "<")
            return True if self.at_least(minus, strict) else False if self.at_least(gap, 1 - strict) else None
        apart = self.at_least(gap, 1) or self.at_least(minus, 1)
        equal = gap is self.arena.zero
        if not apart and not equal:
            return None
        return equal if op == "=" else apart

    def decided(self, root: Term) -> Term:
        """The term with the cases and deltas decided that can be."""
        return self.arena.rewrite(root, self._decided)

    def _decided(self, term: Term) -> Term:
        if term.kind == "big" and term.head[0] == "sum" and term.args[-1] is self.arena.zero:
            return self.arena.zero
        if term.kind != "call":
            return term
        arena = self.arena
        if term.head == ("where", 0):
            return self._case(term)
        if term.head == ("delta", 0):
            same = self._compared("=", arena.sub(*term.args))
            return term if same is None else arena.one if same else arena.zero
        return term

    def _case(self, term: Term) -> Term:
        condition, a, b = term.args
        if condition.kind == "logic" and condition.head == "and":
            open_ = [c for c in condition.args if self.holds(c) is not True]
            if 0 < len(open_) < len(condition.args) and not any(self.holds(c) is False for c in open_):
                left = open_[0] if len(open_) == 1 else self.arena.make("logic", "and", tuple(open_))
                return self.arena.call("where", (left, a, b))
        known = self.holds(condition)
        return term if known is None else a if known else b


def linear(term: Term) -> Linear | None:
    """A term that is affine in names, as such; None for any other."""
    constant, of = Fraction(0), dict[str, Fraction]()
    parts = term.args if term.kind == "add" else (term,)
    if term.kind == "add":
        constant += Fraction(term.head)
    elif term.kind == "mul" and len(term.args) == 1 and term.args[0].kind == "add":
        inner = linear(term.args[0])
        return None if inner is None else Linear(Fraction(0), {}).less(inner, Fraction(-term.head))
    for part in parts:
        if part.kind == "num":
            constant += Fraction(part.head)
            continue
        factor, core = (part.head, part.args[0]) if part.kind == "mul" and len(part.args) == 1 else (1, part)
        if core.kind != "ref" or core.args:
            return None
        of[core.head] = of.get(core.head, Fraction(0)) + Fraction(factor)
    return Linear(constant, {n: c for n, c in of.items() if c})


def conditions(root: Term) -> list[Term]:
    """The conditions of the cases inside, and of each delta the equality that it asks for."""
    out: dict[Term, None] = {}
    for term in parts_first(root):
        if term.kind == "call" and term.head == ("where", 0):
            condition = term.args[0]
            simple = condition.args if condition.kind == "logic" else (condition,)
            out.update(dict.fromkeys(simple))
        elif term.kind == "call" and term.head == ("delta", 0):
            out.setdefault(term)
    return list(out)
