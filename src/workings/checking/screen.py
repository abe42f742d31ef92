"""Quick looks: is it worth while to prove that two sides are equal?  Points only, and no proof.

A `Screen` knows one side at two points, and keeps what the network is worth there.  A candidate costs only its own
evaluation: a slip is looked for among hundreds of them.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workings.limits import SEARCH_WORK
from workings.checking.cases import Case, Cases
from workings.checking.numeric import NoValue, Point, Unknown, Value, plan
from workings.checking.places import Outside
from workings.checking.search import SMALL, flint
from workings.errors import OutOfReach
from workings.expr import Expr, Network

POINTS = 2
TRIES = 6
QUICK = 250                   # entries that a quick look may write out
PRECISION = 96


class Drawing(Point):
    """A point whose coordinates are drawn when they are first asked for, by name: the same for every candidate."""

    def __init__(self, at: Mapping[str, Any], defs: Mapping[str, Expr], seed: int) -> None:
        super().__init__(at, defs)
        self.seed = seed

    def leaf(self, name: str) -> Value:
        """A small number of its own for each name; positive ones at every second point."""
        drawn = random.Random(f"{self.seed} {name}").choice(SMALL)
        return flint(abs(drawn) if self.seed % 2 else drawn)


@dataclass(eq=False)
class Seen:
    """One side at one point."""

    case: Case
    point: Drawing
    value: Value


class Screen:
    """One side of a question, known at a few points."""

    def __init__(self, a: Expr, net: Network, facts: Sequence[Expr], bind: Mapping[str, int]) -> None:
        self.cases = Cases(a, a, net, [*net.facts, *facts], False, dict(bind), most=QUICK)
        self.seen: list[Seen] = []
        self.defs = {e.lhs.name: e.rhs for e in net.equations if not e.lhs.indices} if self.cases.plain else {}
        for case in _apart(self.cases):
            self._look(case)

    def _look(self, case: Case) -> None:
        """Values at points that say something: the side has one there, which is not 0, off the creases."""
        found = 0
        defs = {**self.defs, **case.trial.defs} if self.defs else case.trial.defs
        for seed in range(1, TRIES):
            at = case.trial.allowed({n: Drawing({}, {}, seed).leaf(n) for n in case.trial.leaves}) if (
                case.trial.facts) else {}
            if at is None:
                continue
            point = Drawing({n: flint(v) if not hasattr(v, "q") else v for n, v in at.items()}, defs, seed)
            value = _worth(point, case.left)
            if value is not None and not point.kink and not _zero(value):
                self.seen.append(Seen(case, point, value))
                found += 1
            if found == POINTS:
                return

    def alike(self, b: Expr) -> bool:
        """Does no point tell b from the side?  False where nothing can be told."""
        if len(plan(b).steps) > SEARCH_WORK:
            return False
        told = False
        for seen in self.seen:
            try:
                said = seen.case.lowered(b)
            except Outside:
                continue              # h[T+1] is not there: nothing is said for t = T
            except OutOfReach:
                return False
            told = True
            value = _worth(seen.point, said) if said is not None else None
            if value is not None and not _meet(seen.value, value):
                return False
        return told


def _apart(cases: Cases) -> list[Case]:
    """The first case, and the one whose indices differ most from each other: at i = j much looks alike."""
    made = cases.first(4)
    return [made[0], max(made[1:], key=lambda c: len(set(c.env.values())))] if len(made) > 1 else made


def _worth(point: Point, expr: Expr) -> Value | None:
    from flint import ctx

    old, ctx.prec = ctx.prec, PRECISION
    try:
        return point.value(expr)
    except (NoValue, Unknown):
        return None
    finally:
        ctx.prec = old


def _zero(v: Value) -> bool:
    return bool(v == 0 if hasattr(v, "q") else v.contains(0))


def _meet(a: Value, b: Value) -> bool:
    return _zero(a - b)
