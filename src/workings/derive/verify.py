"""Every line of a derivation is tried at random points before it is shown: in balls of 600 bits, agreeing to fifty
digits; with indices first in floats for all entries at once (`quick`), and in balls where that leaves a doubt.

A derivative in a line is a central difference that knows nothing of the rules: "d" and "D" hold only the named
quantity fixed, "P" every other name of its equation too.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from workings.limits import VERIFY_WORK
from workings.derive.numeric import STEP, Names, NoValue, Place, Point, lines_of
from workings.derive.quick import tried
from workings.derive.ranges import with_ranges
from workings.derive.steps import Derivation
from workings.errors import OutOfReach
from workings.expr import All, Deriv, Equation, Expr, Key, Ref, Rel, same
from workings.functions.values import Undecided

BITS = 600
POINTS = ((0.35, 1.65), (-1.4, 1.4))


def verify(derivation: Derivation) -> None:
    """Raises `OutOfReach` with the first line that does not hold."""
    net = derivation.net
    if net is None or len(net.equations) * len(derivation.steps) > VERIFY_WORK:
        return
    import flint

    net = with_ranges(net)[0] if net.indices else net
    lines = lines_of(derivation.every())
    old = flint.ctx.prec
    flint.ctx.prec = BITS
    try:
        for number, span in enumerate(POINTS):
            point = Tried(net, derivation, number, span)
            if net.indices and not number:
                lines = tried(point, lines, POINTS)
            if not lines:
                break
            for line in lines:
                _hold(point, line)
    finally:
        flint.ctx.prec = old


def holds(derivation: Derivation, line: Rel) -> None:
    """Like `verify`, for one more line."""
    import flint

    old = flint.ctx.prec
    flint.ctx.prec = BITS
    try:
        for number, span in enumerate(POINTS):
            assert derivation.net is not None
            _hold(Tried(derivation.net, derivation, number, span), line)
    finally:
        flint.ctx.prec = old


def hold_at(derivation: Derivation, lines: Sequence[Rel], given: Mapping[Place, Expr]) -> None:
    """Raises `OutOfReach` with the first line that does not hold where some names have the numbers given."""
    import flint

    assert derivation.net is not None
    old = flint.ctx.prec
    flint.ctx.prec = BITS
    try:
        for number, span in enumerate(POINTS):
            point = Tried(derivation.net, derivation, number, span)
            for place, value in given.items():
                point.defs.pop((place[0], len(place[1])), None)
                point.leaf[place] = point.worth(value, {})
            for line in lines:
                _hold(point, line)
    finally:
        flint.ctx.prec = old


def _hold(point: Tried, line: Rel) -> None:
    free = [n for n in dict.fromkeys(r.name for r in _index_refs(line)) if n in point.indices]
    choices = [dict(zip(free, values, strict=True)) for values in product(*(
        [point.size(n)] if n in point.held else point.span(n) for n in free))]
    choices = [env for env in choices if point.about(line, env)]
    for env in choices if len(choices) <= 4 else random.Random(len(choices)).sample(choices, 4):
        if _refuted(point, line, env) and not _at_kink(point, line, env):
            from workings.notation import plain

            raise OutOfReach(f"a step did not hold when it was tried: {plain(line)}", hint="please report this")


def _refuted(point: Tried, line: Rel, env: dict[str, int]) -> bool:
    """Do two sides certainly differ?  Balls too wide to tell, of towers of exp, say nothing."""
    try:
        sides = [point.worth(side, env) for side in line.args]
    except (NoValue, Undecided, ZeroDivisionError, RecursionError):
        return False
    scale = 1 + abs(sides[0])
    return any(abs(sides[0] - side) > scale * point.tolerance for side in sides[1:])


def _at_kink(point: Tried, line: Rel, env: dict[str, int]) -> bool:
    """Does a difference quotient of the line lie across a kink, as behind a unit that gives exactly 0?"""
    point.watched, found = True, False
    try:
        for side in line.args:
            point.worth(side, env)
    except (NoValue, Undecided, ZeroDivisionError, RecursionError):
        found = True
    point.watched = False
    return found


def _index_refs(line: Rel) -> list[Ref]:
    from workings.expr import free_refs

    return [r for r in free_refs(line) if not r.indices]


class Tried(Point):
    """A point with derivatives; while it is `watched` there is none across a kink."""

    watched = False

    def difference(self, mark: Deriv, env: dict[str, int]) -> Any:
        """A derivative as a central difference; a second one of such."""
        if len(mark.wrt) == 2:
            return self._second(mark, env)
        (wrt,) = mark.wrt
        if not isinstance(wrt, Ref):
            raise NoValue
        place = self._place(wrt, env)
        back = self._take_apart(mark)
        try:
            here = self._held_at(place)
            up = self._moved(mark, env, {place: here + self.step})
            down = self._moved(mark, env, {place: here - self.step})
            if self.watched and self._bent(mark, env, {place: here}, up, down):
                raise NoValue
        finally:
            self.defs.update(back)
        return (up - down) / (2 * self.step)

    def _bent(self, mark: Deriv, env: dict[str, int], held: dict[Place, Any], up: Any, down: Any) -> bool:
        """Do the quotients to either side differ?"""
        bend = abs(up - 2 * self._moved(mark, env, held) + down)
        return bool(bend > (abs(up - down) + self.step) * self.arb(10) ** -(STEP // 4))

    def _second(self, mark: Deriv, env: dict[str, int]) -> Any:
        u, v = (self._place(w, env) for w in mark.wrt if isinstance(w, Ref))
        a, b, h = self._held_at(u), self._held_at(v), self.arb(10) ** -(STEP // 2)
        if u == v:
            f = [self._moved(mark, env, {u: a + n * h}) for n in (-1, 0, 1)]
            return (f[0] - 2 * f[1] + f[2]) / h**2
        f = [self._moved(mark, env, {u: a + m * h, v: b + n * h}) for m in (-1, 1) for n in (-1, 1)]
        return (f[0] - f[1] - f[2] + f[3]) / (4 * h**2)

    def _held_at(self, place: Place) -> Any:
        return self.quantity(place, {})

    def _place(self, ref: Ref, env: dict[str, int]) -> Place:
        if any(isinstance(i, All) for i in ref.indices):
            raise NoValue
        return ref.name, tuple(self.whole(i, env) for i in ref.indices)

    def _moved(self, mark: Deriv, env: dict[str, int], held: dict[Place, Any]) -> Any:
        if isinstance(mark.of, Ref):
            place = self._place(mark.of, env)
            if place in held:
                return held[place]
            if mark.kind == "P":
                return self._own(place, held)
            return self.quantity(place, held)
        return self.value(mark.of, env, Names(self, held, None, passing=True))

    def _own(self, place: Place, held: dict[Place, Any]) -> Any:
        """The value by the own equation only: every other name stays at its value."""
        for equation in self.defs.get((place[0], len(place[1])), ()):
            env = self.match(equation.lhs, place[1])
            if env is not None:
                return self.value(equation.rhs, env, Names(self, held, None))
        raise NoValue

    def _take_apart(self, mark: Deriv) -> dict[Key, list[Equation]]:
        """Equations opened while a derivative by or of a part is taken; what to put back."""
        back: dict[Key, list[Equation]] = {}
        for ref in (mark.of, *mark.wrt):
            lines = self.opened.get(ref.key) if isinstance(ref, Ref) else None
            if lines is not None:
                top = lines[-1]
                back.setdefault(top.key, self.defs.get(top.key, []))
                self.defs[top.key] = [top if e.span is top.span and same(e.lhs, top.lhs) else e
                                      for e in self.defs.get(top.key, [])]
        return back
