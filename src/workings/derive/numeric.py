"""What an expression is worth at a point of its own making: sizes small, families with an entry for each index.

It shares the balls of `functions.values` with `evaluate` and nothing with the rules of differentiation; any
quantity can be held at another value, which is what a difference quotient needs.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any

from workings.derive.given import totals
from workings.derive.recurrences import Domains
from workings.derive.steps import Derivation, Step
from workings.derive.terms import Arena
from workings.errors import WorkingsError
from workings.expr import (
    Add, All, Big, Call, Claim, Const, Deriv, Div, Equation, Expr, Key, Logic, Mul, Neg, Network, Num, Opaque, Pow,
    Ref, Rel, free_refs, preorder, substitute,
)
from workings.functions import nested, parsed
from workings.functions.values import Undecided, worth

CLOSE = 50                    # decimal digits to which both sides of a line agree
STEP = 60                     # a difference quotient steps by 10^-STEP

Place = tuple[str, tuple[int, ...]]


class NoValue(Exception):
    """The point is outside a domain, or what is asked has no number here."""


class Point:
    """Random numbers for all leaves, and what everything else is worth there."""

    def __init__(self, net: Network, derivation: Derivation, seed: int, span: tuple[float, float]) -> None:
        from flint import arb

        self.arb, self.net, self.seed, self.between = arb, net, seed, span
        self.tolerance = arb(10) ** -CLOSE
        self.step = arb(10) ** -STEP
        self.defs: dict[Key, list[Equation]] = {k: list(v) for k, v in net.defs.items()}
        for name, value in (*derivation.recurrences, *derivation.where, *derivation.parts):
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
        asked = [derivation.of, *(derivation.wrt if isinstance(derivation.wrt, tuple) else (derivation.wrt,))]
        self.indices |= {i.name for r in asked for i in r.indices if isinstance(i, Ref)} - set(net.sizes)
        self.alike, self.totals, self.picks = _alike(net, asked), totals(net), _picks(net)
        # an adjoint gh[t] of h[k] belongs to one k; everything else holds for each
        self.adjoints = {name.key for name, _ in derivation.recurrences}
        derived = (derivation.of, *(derivation.wrt[:1] if isinstance(derivation.wrt, tuple) else ()))
        self.held = {i.name for r in derived for i in r.indices if isinstance(i, Ref)} if self.adjoints else set()
        self.runs = {id(s.line): s.says["runs"] for s in derivation.every() if s.says.get("runs")}
        self.numbers: dict[str, int] = {}
        self.steps = _steps(net)                     # letters of recurrences
        ends = [net.ranges[x] for x in self.steps if x in net.ranges]
        self.long = {r.name for e in ends for r in (*free_refs(e.lo), *free_refs(e.hi))}
        self.leaf: dict[Place, Any] = {}
        self.cache: dict[Place, Any] = {}
        self.asked: set[Place] = set()
        self._make_room()

    def _make_room(self) -> None:
        """Sizes such that no declared range is empty: n - P + 1 is at least 1."""
        for _ in self.net.ranges:
            for r in self.net.ranges.values():
                try:
                    short = self.whole(r.lo, {}) - self.whole(r.hi, {}) + 1
                except (NoValue, WorkingsError):
                    continue
                terms = r.hi.args if isinstance(r.hi, Add) else (r.hi,)
                name = next((t.name for t in terms if isinstance(t, Ref) and not t.indices), "")
                if short > 0 and name:
                    self.numbers[name] = self.size(name) + short

    # -- sizes and indices
    def size(self, name: str) -> int:
        if name not in self.numbers:
            free = name in self.alike                # the entry of a family, 1 or 2
            more = int(name in self.long)
            self.numbers[name] = 1 + self.seed % 2 if free else 2 + more + (len(self.numbers) + self.seed) % 2
        return self.numbers[name]

    def span(self, index: str) -> range:
        name = index
        while name not in self.net.ranges and name and (name[-1] == "'" or name[-1].isdigit()):
            name = name[:-1]
        known = self.net.ranges.get(name) or self.net.ranges.get(self.alike.get(name, ""))
        if known is None:
            return range(1, 4)
        return range(self.whole(known.lo, {}), self.whole(known.hi, {}) + 1)

    def about(self, line: Rel, env: Mapping[str, int]) -> bool:
        """Is a line about these entries?  A statement of a recurrence is about some steps only."""
        return all(
            (lo is None or self.whole(lo, env) <= env[x.name]) and (hi is None or env[x.name] <= self.whole(hi, env))
            for x, lo, hi in self.runs.get(id(line), ()) if x.name in env
        )

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
        self.asked.clear()
        while stack:
            here = stack[-1]
            if here in held or here in cache:
                stack.pop()
                continue
            try:
                cache[here] = self._first(here, held, cache)
                stack.pop()
            except Needs as need:
                if need.place in stack:
                    raise NoValue from None
                stack += [p for p in self._plain_needs(here) if p not in cache and p not in held]
                stack.append(need.place)
        return held[place] if place in held else cache[place]

    def _plain_needs(self, place: Place) -> list[Place]:
        """The defined names without indices in a line without cases: all of them at once, and each before the line."""
        lines = [] if place in self.asked else self.defs.get((place[0], len(place[1])), [])
        self.asked.add(place)
        cases = len(lines) != 1 or any(isinstance(n, Call) and n.function == "where" for n in preorder(lines[0].rhs))
        return [] if cases else [(r.name, ()) for r in free_refs(lines[0].rhs) if not r.indices and r.key in self.defs]

    def _first(self, place: Place, held: Mapping[Place, Any], cache: dict[Place, Any]) -> Any:
        name, at = place
        for equation in self.defs.get((name, len(at)), ()):
            env = self.match(equation.lhs, at)
            if env is not None:
                return self.value(equation.rhs, env, Names(self, held, cache))
        if (name, len(at)) in self.defs:
            raise NoValue
        if not at and (name in self.net.sizes or name in self.numbers or name in self.picks):
            return self.arb(self.size(name))
        if place not in self.leaf:
            rest = self._rest_of_total(place)
            if rest is not None:
                self.leaf[place] = rest
                return rest
            lo, hi = self.between
            drawn = random.Random(f"{self.seed} {name} {at}").uniform(lo, hi)
            self.leaf[place] = self.arb(drawn)
        return self.leaf[place]

    def _rest_of_total(self, place: Place) -> Any:
        """The last entry of a family whose sum is given is what the others leave."""
        name, at = place
        total = next((t for t in self.totals if (t.name, t.places) == (name, len(at))), None)
        if total is None:
            return None
        big = total.line.args[0]
        span = self.span(big.index) if isinstance(big, Big) else range(0)
        if at[total.place] != span[-1]:
            return None
        others = [(name, (*at[: total.place], n, *at[total.place + 1 :])) for n in span[:-1]]
        out = self.value(total.value, {}, Names(self, {}, None))
        for other in others:
            out = out - self.quantity(other, {})
        return out

    def match(self, lhs: Ref, at: tuple[int, ...]) -> dict[str, int] | None:
        env: dict[str, int] = {}
        for i, n in zip(lhs.indices, at, strict=True):
            if isinstance(i, Ref) and i.name in self.indices and not (i.name in self.held and lhs.key in self.adjoints):
                if i.name.rstrip("'") in self.steps and n not in self.span(i.name):
                    return None
                env[i.name] = n
            elif self.whole(i, env) != n:
                return None
        return env

    def worth(self, expr: Expr, env: dict[str, int]) -> Any:
        """What one side of a line is worth."""
        return self.value(expr, env, Names(self, {}, None))

    # -- expressions
    def value(self, expr: Expr, env: dict[str, int], names: Names) -> Any:
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

    def _big(self, expr: Big, env: dict[str, int], names: Names) -> Any:
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

    def _call(self, expr: Call, env: dict[str, int], names: Names) -> Any:
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

    def truth(self, expr: Expr, env: dict[str, int], names: Names) -> bool:
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

    def difference(self, mark: Deriv, env: dict[str, int]) -> Any:
        """A derivative is worth what `verify` makes of it."""
        raise NoValue


def _steps(net: Network) -> frozenset[str]:
    """The letters in which recurrences take steps; outside of their range there is nothing."""
    if not net.indices:
        return frozenset()
    domains = Domains(net, Arena())
    return frozenset(letter for group in domains.groups for letter, _ in domains.advancing(group))


class Needs(Exception):
    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.place = place


class Names:
    """Where an expression finds the values of its names."""

    __slots__ = ("cache", "held", "passing", "point")

    def __init__(
        self, point: Point, held: Mapping[Place, Any], cache: dict[Place, Any] | None, passing: bool = False
    ) -> None:
        self.point, self.held, self.cache, self.passing = point, held, cache, passing

    def get(self, place: Place) -> Any:
        if place in self.held:
            return self.held[place]
        if self.cache is None:
            return self.point.quantity(place, self.held if self.passing else {})
        if place in self.cache:
            return self.cache[place]
        raise Needs(place)


def _stand_in(opaque: Opaque) -> Equation:
    """Some smooth function of its arguments stands for one that is not given."""
    terms: list[Expr] = [r for r in opaque.args if not any(isinstance(i, All) for i in r.indices)]
    terms += list(opaque.lhs.indices) + [Num(1, "1")]
    return Equation(opaque.lhs, Call("sin", (Add(tuple(terms)),)) if len(terms) > 1 else Call("sin", (terms[0],)))


def lines_of(steps: Iterable[Step]) -> list[Rel]:
    """All lines of some steps."""
    return [line for step in steps for line in (*step.lines, step.line)]


def _picks(net: Network) -> frozenset[str]:
    """Names of data that stand where an index stands, y of s[y]: whole numbers."""
    places = (i for e in net.equations for n in preorder(e.rhs) if isinstance(n, Ref) for i in n.indices)
    return frozenset(i.name for i in places if isinstance(i, Ref) and not i.indices and (i.name, 0) in net.leaves)


def _alike(net: Network, asked: Iterable[Ref]) -> dict[str, str]:
    """Letters without a range, each with one that stands at the same place of a family and has one."""
    places: dict[tuple[Key, int], dict[str, None]] = {}
    exprs: list[Expr] = [e for line in net.equations for e in (line.lhs, line.rhs)]
    for node in (n for e in (*exprs, *asked) for n in preorder(e)):
        if isinstance(node, Ref):
            for place, i in enumerate(node.indices):
                if isinstance(i, Ref) and not i.indices:
                    places.setdefault((node.key, place), {})[i.name] = None
    out: dict[str, str] = {name: name for name in net.ranges}
    for _ in range(len(places)):
        before = len(out)
        for names in places.values():
            known = next((out[n] for n in names if n in out), None)
            if known is not None:
                out.update({n: known for n in names if n not in out})
        if len(out) == before:
            break
    return out
