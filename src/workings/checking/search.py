"""Looking for a point where two expressions differ: certified by exact numbers or balls, then made small."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from workings.limits import SEARCH_WORK
from workings.checking.numeric import NoValue, Point, Unknown, Value, plan
from workings.checking.verdict import Counterexample
from workings.expr import Expr, Rel
from workings.expr.names import natural

SMALL = [Fraction(v) for v in ("1", "2", "-1", "1/2", "3", "-2", "-1/2", "3/2", "-3", "5/2", "5", "-3/2", "4", "1/3")]
SIMPLE = [Fraction(v) for v in ("1", "0", "2", "-1", "1/2", "-2", "3")]
PRECISIONS = (96, 400)


@dataclass(eq=False)
class Trial:
    """Two scalar expressions over `leaves`, with definitions and facts; points that say nothing are counted."""

    left: Expr
    right: Expr
    leaves: Sequence[str]
    defs: Mapping[str, Expr]
    facts: Sequence[Rel] = ()
    creases: bool = True      # points on a jump count
    agreed: int = 0
    vacuous: int = 0
    skipped: int = 0
    _solvable: list[tuple[Rel, str]] | None = field(default=None)

    # -- one point
    def differs(self, at: Mapping[str, Fraction]) -> tuple[Value, Value] | None:
        """The two values where they surely differ; counts the point as evidence otherwise."""
        from flint import ctx

        old = ctx.prec
        try:
            for precision in PRECISIONS:
                ctx.prec = precision
                point = Point({n: flint(v) for n, v in at.items()}, self.defs)
                try:
                    a, b = point.value(self.left), point.value(self.right)
                except NoValue:
                    if precision == PRECISIONS[-1]:
                        self.skipped += 1
                        return None
                    continue
                if point.kink and not self.creases:
                    self.skipped += 1
                    return None
                d = a - b
                if hasattr(d, "q"):
                    if d != 0:
                        return a, b
                    self.vacuous += a == 0
                    self.agreed += a != 0
                    return None
                if not d.contains(0):
                    return a, b
            self.agreed += 1
            return None
        finally:
            ctx.prec = old

    def fails(self, relation: Rel, at: Mapping[str, Fraction]) -> Counterexample | None:
        """The point with the two values, if the relation surely fails there."""
        try:
            point = Point({n: flint(v) for n, v in at.items()}, self.defs)
            point._prepare(relation)
            if point.holds(relation):
                return None
            left, right = (point.value(e) for e in (self.left, self.right))
        except (NoValue, Unknown):
            return None
        return Counterexample(dict(at), shown(left), shown(right))

    # -- points
    def allowed(self, at: dict[str, Fraction]) -> dict[str, Fraction] | None:
        """The point with its last names changed so that the facts hold; None if that fails."""
        if not self.facts:
            return at
        at = dict(at)
        for fact, name in self._equations():
            value = self._root(fact, name, at)
            if value is None:
                return None
            at[name] = value
        try:
            point = Point({n: flint(v) for n, v in at.items()}, self.defs)
            for fact in self.facts:
                point._prepare(fact)
                if not point.holds(fact):
                    return None
        except (NoValue, Unknown):
            return None
        return at

    def _equations(self) -> list[tuple[Rel, str]]:
        if self._solvable is None:
            self._solvable = []
            taken: set[str] = set()
            for fact in self.facts:
                if fact.ops == ("=",):
                    used = self._used(fact)
                    names = [n for n in self.leaves if n in used and n not in taken]
                    if names:
                        taken.add(names[-1])
                        self._solvable.append((fact, names[-1]))
        return self._solvable

    def _used(self, fact: Rel) -> set[str]:
        """The names on which a fact depends, through definitions too."""
        out: set[str] = set()
        stack: list[Expr] = [fact]
        while stack:
            for name in plan(stack.pop()).names:
                if name not in out:
                    out.add(name)
                    stack += [self.defs[name]] if name in self.defs else []
        return out

    def _gap(self, fact: Rel, at: Mapping[str, Fraction]) -> Any:
        try:
            point = Point({n: flint(v) for n, v in at.items()}, self.defs)
            return point.value(fact.args[0]) - point.value(fact.args[1])
        except (NoValue, Unknown):
            return None

    def _root(self, fact: Rel, name: str, at: Mapping[str, Fraction]) -> Fraction | None:
        g = [self._gap(fact, {**at, name: Fraction(k)}) for k in (0, 1, 2)]
        if any(v is None or not hasattr(v, "q") for v in g) or g[2] - g[1] != g[1] - g[0] or g[1] == g[0]:
            return None
        root = -g[0] / (g[1] - g[0])
        return Fraction(int(root.p), int(root.q))

    def points(self, count: int, seed: int = 1) -> Iterator[dict[str, Fraction]]:
        """Small points, all different, of both signs and then positive ones."""
        rng = random.Random(seed)
        positive = [v for v in SMALL if v > 0]
        for i in range(count):
            pool = positive if i % 3 == 1 else SMALL if i < 24 else [v * 7 for v in SMALL] + SMALL
            yield {n: rng.choice(pool) for n in self.leaves}

    # -- the search
    def find(self, count: int, seed: int = 1, hints: Sequence[Mapping[str, Fraction]] = ()) -> Counterexample | None:
        """A counterexample among the hints and `count` small points, made small."""
        base = {n: Fraction(1) for n in self.leaves}
        for hint in hints:
            if set(hint) <= set(self.leaves):
                found = self._try({**base, **hint}) or self._try({**{n: Fraction(2) for n in self.leaves}, **hint})
                if found:
                    return found
        size = len(plan(self.left).steps) + len(plan(self.right).steps)
        for at in self.points(max(2, min(count, SEARCH_WORK // (1 + size))), seed):
            found = self._try(at)
            if found:
                return found
        return None

    def _try(self, at: dict[str, Fraction]) -> Counterexample | None:
        point = self.allowed(at)
        if point is None:
            self.skipped += 1
            return None
        values = self.differs(point)
        return self._shrunk(point, values) if values else None

    def _shrunk(self, at: dict[str, Fraction], values: tuple[Value, Value]) -> Counterexample:
        """The same failure at simpler numbers: each name in turn, simplest first."""
        budget = 120
        for name in self.leaves:
            here = SIMPLE.index(at[name]) if at[name] in SIMPLE else len(SIMPLE)
            for value in SIMPLE[:here]:
                if budget <= 0:
                    break
                budget -= 1
                other = self.allowed({**at, name: value})
                better = self.differs(other) if other is not None else None
                if other is not None and better:
                    at, values = other, better
                    break
        ordered = sorted(self.leaves, key=natural)
        return Counterexample({n: at[n] for n in ordered}, shown(values[0]), shown(values[1]))


def shown(v: Value) -> str:
    """A value for a reader: an exact fraction, or a decimal with six digits that surely hold."""
    if hasattr(v, "q"):
        top, bottom = str(v.p), str(v.q)
        if len(top) + len(bottom) > 24:
            from flint import arb

            return str(arb(v).str(8, radius=False))
        return top if bottom == "1" else f"{top}/{bottom}"
    return "0" if v.contains(0) else str(v.str(6, radius=False))


def flint(v: Fraction) -> Value:
    """An exact rational of flint."""
    from flint import fmpq

    return fmpq(v.numerator, v.denominator)
