"""Every line of a derivation is tried at random points, in balls of 400 bits, before it is shown.

Sizes are small numbers, families have an entry for each index.  A derivative in a line is a central
difference that knows nothing of the rules: "d" and "D" hold only the named quantity fixed, "P" every
other name of its equation too.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from workings.derive.steps import Derivation, Step
from workings.errors import OutOfReach, WorkingsError
from workings.expr import (
    Add, All, Big, Call, Claim, Const, Deriv, Div, Equation, Expr, Key, Logic, Mul, Neg, Network, Num, Opaque, Pow,
    Ref, Rel, preorder, substitute,
)
from workings.functions import nested, parsed
from workings.functions.values import Undecided, worth

BITS = 400
CLOSE = 30                    # decimal digits to which both sides agree
STEP = 40                     # the difference quotient steps by 10^-STEP
POINTS = ((0.35, 1.65), (-1.4, 1.4))
BUDGET = 60_000               # lines times equations above which a derivation is not tried

Place = tuple[str, tuple[int, ...]]


class NoValue(Exception):
    """The point is outside a domain, or what is asked has no number here."""


def verify(derivation: Derivation) -> None:
    """Raises `OutOfReach` with the first line that does not hold."""
    net = derivation.net
    if net is None or len(net.equations) * len(derivation.steps) > BUDGET:
        return
    import flint

    lines = lines_of(derivation.every())
    old = flint.ctx.prec
    flint.ctx.prec = BITS
    try:
        for number, span in enumerate(POINTS):
            point = _Point(net, derivation, number, span)
            for line in lines:
                _hold(point, line)
    finally:
        flint.ctx.prec = old


def _hold(point: _Point, line: Rel) -> None:
    free = [n for n in dict.fromkeys(r.name for r in _index_refs(line)) if n in point.indices]
    choices = list(product(*(point.span(n) for n in free)))
    for values in choices if len(choices) <= 4 else random.Random(len(choices)).sample(choices, 4):
        env = dict(zip(free, values, strict=True))
        try:
            sides = [point.worth(side, env) for side in line.args]
        except (NoValue, Undecided, ZeroDivisionError, RecursionError):
            continue
        for side in sides[1:]:
            gap = abs(sides[0] - side)
            scale = 1 + abs(sides[0])
            if not (gap < scale * point.tolerance):
                from workings.notation import plain

                raise OutOfReach(f"a step did not hold when it was tried: {plain(line)}", hint="please report this")


def _index_refs(line: Rel) -> list[Ref]:
    from workings.expr import free_refs

    return [r for r in free_refs(line) if not r.indices]


class _Point:
    """Random numbers for all leaves, and what everything else is worth there."""

    def __init__(self, net: Network, derivation: Derivation, seed: int, span: tuple[float, float]) -> None:
        from flint import arb

        self.arb, self.net, self.seed, self.between = arb, net, seed, span
        self.tolerance = arb(10) ** -CLOSE
        self.step = arb(10) ** -STEP
        self.defs: dict[Key, list[Equation]] = {k: list(v) for k, v in net.defs.items()}
        for name, value in (*derivation.where, *derivation.parts):
            self.defs.setdefault(name.key, []).append(Equation(name, value))
        for opaque in net.opaque.values():
            self.defs.setdefault(opaque.lhs.key, []).append(_stand_in(opaque))
        self.opened = {e.key: lines for lines in derivation.opened for e in lines[:-1]}
        self.indices = set(net.ranges) | set(net.indices)
        for line in lines_of(derivation.every()):
            self.indices |= {n.index for n in preorder(line) if isinstance(n, Big)}
        for head in (r.lhs for r in net.equations):
            self.indices |= {i.name for i in head.indices if isinstance(i, Ref)}
        self.indices -= set(net.sizes)
        self.numbers: dict[str, int] = {}
        self.leaf: dict[Place, Any] = {}
        self.cache: dict[Place, Any] = {}

    # -- sizes and indices
    def size(self, name: str) -> int:
        if name not in self.numbers:
            self.numbers[name] = 2 + (len(self.numbers) + self.seed) % 2
        return self.numbers[name]

    def span(self, index: str) -> range:
        name = index
        while name not in self.net.ranges and name and (name[-1] == "'" or name[-1].isdigit()):
            name = name[:-1]
        known = self.net.ranges.get(name)
        if known is None:
            return range(1, 4)
        return range(self.whole(known.lo, {}), self.whole(known.hi, {}) + 1)

    def whole(self, expr: Expr, env: Mapping[str, int]) -> int:
        """An integer: an index or a bound."""
        match expr:
            case Num() if isinstance(expr.value, int):
                return expr.value
            case Ref() if not expr.indices:
                return env[expr.name] if expr.name in env else self.size(expr.name)
            case Neg():
                return -self.whole(expr.arg, env)
            case Add():
                return sum(self.whole(a, env) for a in expr.args)
            case Mul():
                out = 1
                for a in expr.args:
                    out *= self.whole(a, env)
                return out
        raise NoValue

    # -- quantities
    def quantity(self, place: Place, held: Mapping[Place, Any]) -> Any:
        """What a name is worth, some quantities held at other values; iterative along the equations."""
        cache = self.cache if not held else {}
        stack = [place]
        while stack:
            here = stack[-1]
            if here in held or here in cache:
                stack.pop()
                continue
            try:
                cache[here] = self._first(here, held, cache)
                stack.pop()
            except _Needs as need:
                if need.place in stack:
                    raise NoValue from None
                stack.append(need.place)
        return held[place] if place in held else cache[place]

    def _first(self, place: Place, held: Mapping[Place, Any], cache: dict[Place, Any]) -> Any:
        name, at = place
        for equation in self.defs.get((name, len(at)), ()):
            env = self.match(equation.lhs, at)
            if env is not None:
                return self.value(equation.rhs, env, _Names(self, held, cache))
        if (name, len(at)) in self.defs:
            raise NoValue
        if not at and (name in self.net.sizes or name in self.numbers):
            return self.arb(self.size(name))
        if place not in self.leaf:
            lo, hi = self.between
            drawn = random.Random(f"{self.seed} {name} {at}").uniform(lo, hi)
            self.leaf[place] = self.arb(drawn)
        return self.leaf[place]

    def match(self, lhs: Ref, at: tuple[int, ...]) -> dict[str, int] | None:
        env: dict[str, int] = {}
        for i, n in zip(lhs.indices, at, strict=True):
            if isinstance(i, Ref) and i.name in self.indices:
                env[i.name] = n
            elif self.whole(i, env) != n:
                return None
        return env

    def worth(self, expr: Expr, env: dict[str, int]) -> Any:
        """What one side of a line is worth."""
        return self.value(expr, env, _Names(self, {}, None))

    # -- expressions
    def value(self, expr: Expr, env: dict[str, int], names: _Names) -> Any:
        kind = type(expr)
        if isinstance(expr, Ref):
            if not expr.indices and expr.name in env:
                return self.arb(env[expr.name])
            return names.get((expr.name, tuple(self.whole(i, env) for i in expr.indices)))
        if isinstance(expr, Num):
            return self.arb(expr.value.numerator) / self.arb(expr.value.denominator)
        if isinstance(expr, Const):
            if expr.name == "pi":
                return self.arb.pi()
            raise NoValue
        if isinstance(expr, Deriv):
            return self.difference(expr, env)
        if isinstance(expr, Big):
            return self._big(expr, env, names)
        if isinstance(expr, Call):
            return self._call(expr, env, names)
        if isinstance(expr, Rel | Logic):
            raise NoValue
        if isinstance(expr, Claim):
            return self.value(expr.inner, env, names)
        args = []
        for child in expr.children():
            args.append(self.value(child, env, names))
        if kind is Add:
            return sum(args[1:], args[0])
        if kind is Mul:
            out = args[0]
            for a in args[1:]:
                out = out * a
            return out
        if kind is Neg:
            return -args[0]
        if kind is Div:
            if args[1].contains(0):
                raise NoValue
            return args[0] / args[1]
        if isinstance(expr, Pow):
            return self._pow(expr, args)
        raise NoValue

    def _pow(self, expr: Pow, args: list[Any]) -> Any:
        e: Expr = expr.exponent
        sign = 1
        if isinstance(e, Neg):
            e, sign = e.arg, -1
        if isinstance(e, Num) and isinstance(e.value, int):
            return self._finite(args[0] ** (sign * e.value))
        return self._finite(args[0] ** args[1])

    def _finite(self, value: Any) -> Any:
        if not value.is_finite():
            raise NoValue
        return value

    def _big(self, expr: Big, env: dict[str, int], names: _Names) -> Any:
        lo, hi = expr.lo, expr.hi
        span = self.span(expr.index) if lo is None or hi is None else range(
            self.whole(lo, env), self.whole(hi, env) + 1)
        values = []
        for n in span:
            inner = {**env, expr.index: n}
            if expr.condition is None or self.truth(expr.condition, inner, names):
                values.append(self.value(expr.body, inner, names))
        if expr.op in ("max", "min"):
            return self.arb(worth[expr.op].ball(*values))
        out = self.arb(0 if expr.op == "sum" else 1)
        for v in values:
            out = out + v if expr.op == "sum" else out * v
        return out

    def _call(self, expr: Call, env: dict[str, int], names: _Names) -> Any:
        name = expr.function
        if expr.primes:
            raise NoValue
        if name in ("where", "ind"):
            holds = self.truth(expr.args[0], env, names)
            if name == "ind":
                return self.arb(int(holds))
            return self.value(expr.args[1 if holds else 2], env, names)
        if name == "delta":
            return self.arb(int(self.whole(expr.args[0], env) == self.whole(expr.args[1], env)))
        own = self.net.functions.get(name)
        if own is not None:
            return self.value(substitute(own.body, dict(zip(own.params, expr.args, strict=True))), env, names)
        if name in worth:
            args = []
            for a in expr.args:
                args.append(self.value(a, env, names))
            return self._finite(self.arb(worth[name].ball(*args)))
        if len(expr.args) > 2:
            expr = nested(expr)
        try:
            params, body = parsed(name)
        except WorkingsError:
            raise NoValue from None
        return self.value(substitute(body, dict(zip(params, expr.args, strict=True))), env, names)

    def truth(self, expr: Expr, env: dict[str, int], names: _Names) -> bool:
        """Does a condition hold?"""
        if isinstance(expr, Logic):
            sides = [self.truth(a, env, names) for a in expr.args]
            return {"and": all(sides), "or": any(sides), "not": not sides[0]}.get(expr.op, False)
        if not isinstance(expr, Rel):
            raise NoValue
        values = [self.value(a, env, names) for a in expr.args]
        for op, a, b in zip(expr.ops, values, values[1:], strict=False):
            gap = a - b
            near = gap.contains(0)
            if near and not gap.is_exact() and gap.rad() > 0 and op not in ("=", "!="):
                raise Undecided
            if not {"=": near, "!=": not near, "<": gap < 0, "<=": gap <= 0, ">": gap > 0, ">=": gap >= 0}[op]:
                return False
        return True

    # -- derivatives
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
        finally:
            self.defs.update(back)
        return (up - down) / (2 * self.step)

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
        return self.value(mark.of, env, _Names(self, held, None, passing=True))

    def _own(self, place: Place, held: dict[Place, Any]) -> Any:
        """The value by the own equation only: every other name stays at its value."""
        for equation in self.defs.get((place[0], len(place[1])), ()):
            env = self.match(equation.lhs, place[1])
            if env is not None:
                return self.value(equation.rhs, env, _Names(self, held, None))
        raise NoValue

    def _take_apart(self, mark: Deriv) -> dict[Key, list[Equation]]:
        """Equations opened while a derivative by or of a part is taken; what to put back."""
        back: dict[Key, list[Equation]] = {}
        for ref in (mark.of, *mark.wrt):
            lines = self.opened.get(ref.key) if isinstance(ref, Ref) else None
            if lines is not None:
                top = lines[-1]
                back.setdefault(top.key, self.defs.get(top.key, []))
                self.defs[top.key] = [top if e.span is top.span and _alike(e.lhs, top.lhs) else e
                                      for e in self.defs.get(top.key, [])]
        return back


class _Needs(Exception):
    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.place = place


class _Names:
    """Where an expression finds the values of its names."""

    __slots__ = ("cache", "held", "passing", "point")

    def __init__(
        self, point: _Point, held: Mapping[Place, Any], cache: dict[Place, Any] | None, passing: bool = False
    ) -> None:
        self.point, self.held, self.cache, self.passing = point, held, cache, passing

    def get(self, place: Place) -> Any:
        if place in self.held:
            return self.held[place]
        if self.cache is None:
            return self.point.quantity(place, self.held if self.passing else {})
        if place in self.cache:
            return self.cache[place]
        raise _Needs(place)


def _alike(a: Ref, b: Ref) -> bool:
    from workings.expr import same

    return same(a, b)


def _stand_in(opaque: Opaque) -> Equation:
    """Some smooth function of its arguments stands for one that is not given."""
    terms: list[Expr] = [r for r in opaque.args if not any(isinstance(i, All) for i in r.indices)]
    terms += list(opaque.lhs.indices) + [Num(1, "1")]
    return Equation(opaque.lhs, Call("sin", (Add(tuple(terms)),)) if len(terms) > 1 else Call("sin", (terms[0],)))


def lines_of(steps: Iterable[Step]) -> list[Rel]:
    """All lines of some steps."""
    return [line for step in steps for line in (*step.lines, step.line)]
