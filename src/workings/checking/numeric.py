"""The value of a scalar expression at a point: an exact rational while it is one, else a ball that surely holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workings.limits import POWER_BITS
from workings.expr import Call, Claim, Const, Div, Expr, Logic, Mul, Neg, Add, Num, Pow, Ref, Rel, preorder

Value = Any                   # flint.fmpq or flint.arb


class NoValue(Exception):
    """The expression has no value here, or its sign cannot be told: the point is no evidence."""


class Unknown(Exception):
    """Something whose value cannot be computed at all."""


class Point:
    """Values of names at one point.  `defs`: definitions of names, each of names before it or of `at`.

    `kink` becomes true where a step, a sign or a case was asked exactly at its jump.
    """

    def __init__(self, at: Mapping[str, Any], defs: Mapping[str, Expr]) -> None:
        self.at: dict[str, Value] = dict(at)
        self.defs = defs
        self.kink = False

    def value(self, expr: Expr) -> Value:
        """The value; `NoValue` where there is none."""
        self._prepare(expr)
        return self._value(expr)

    def leaf(self, name: str) -> Value:
        """The value of a name that nothing gives."""
        raise Unknown(name)

    def _prepare(self, expr: Expr) -> None:
        """Values of all names that are needed, innermost first."""
        stack: list[tuple[Expr, str]] = [(expr, "")]
        while stack:
            node, name = stack.pop()
            if name in self.at:
                continue
            missing = [n for n in plan(node).names if n not in self.at]
            if not missing:
                if name:
                    self.at[name] = self._value(node)
                continue
            stack.append((node, name))
            for n in missing:
                if n in self.defs:
                    stack.append((self.defs[n], n))
                else:
                    self.at[n] = self.leaf(n)
            if len(stack) > 200_000:
                raise Unknown("cycle")

    def _value(self, expr: Expr) -> Value:
        done: list[Value] = []
        for node, inner in plan(expr).steps:
            if isinstance(node, Call) and node.function in ("where", "ind"):
                done.append(self._case(node))
            else:
                done.append(self._node(node, [done[i] for i in inner]))
        return done[-1]

    def _case(self, node: Call) -> Value:
        if node.function == "ind":
            return _number(int(self.holds(node.args[0])))
        return self._value(node.args[1] if self.holds(node.args[0]) else node.args[2])

    def _node(self, node: Expr, v: list[Value]) -> Value:
        if isinstance(node, Num):
            return _number(node.value)
        if isinstance(node, Ref):
            return self.at[node.name]
        if isinstance(node, Neg):
            return -v[0]
        if isinstance(node, Add):
            return _total(v)
        if isinstance(node, Mul):
            out = v[0]
            for x in v[1:]:
                out = out * x
            return out
        if isinstance(node, Div):
            return _quotient(v[0], v[1])
        if isinstance(node, Pow):
            return _power(v[0], v[1])
        if isinstance(node, Call):
            return self._call(node, v)
        if isinstance(node, Const) and node.name in ("pi", "e"):
            from flint import arb

            return arb.pi() if node.name == "pi" else arb(1).exp()
        raise Unknown(type(node).__name__)

    def _call(self, node: Call, v: list[Value]) -> Value:
        name = node.function
        if node.primes:
            from workings.functions import derivative, table

            if node.primes == 1 and name in table and len(v) == 1 and table[name].derivative:
                return self._inside(table[name].params, derivative(name, 0), v)
            raise Unknown(name)
        if name in SMOOTH:
            return _smooth(name, v[0])
        if name in CREASED:
            return self._creased(name, v)
        from workings.functions import parsed, table

        if name in table and not table[name].primitive:
            params, body = parsed(name)
            return self._inside(params, body, v)
        raise Unknown(name)

    def _inside(self, params: tuple[str, ...], body: Expr, v: list[Value]) -> Value:
        inner = Point(dict(zip(params, v)), {})
        out = inner.value(body)
        self.kink = self.kink or inner.kink
        return out

    def sign(self, v: Value, jump: bool = False) -> int:
        """The sign of a value; `NoValue` where a ball holds 0."""
        if not _exact(v):
            if v > 0:
                return 1
            if v < 0:
                return -1
            raise NoValue
        if v == 0 and jump:
            self.kink = True
        return int(v > 0) - int(v < 0)

    def _creased(self, name: str, v: list[Value]) -> Value:
        if name in ("step", "sign"):
            s = self.sign(v[0], jump=True)
            return _number(s if name == "sign" else int(s > 0))
        if name == "abs":
            return v[0] if self.sign(v[0]) >= 0 else -v[0]
        if name == "relu":
            return v[0] if self.sign(v[0]) > 0 else _number(0)
        if name == "leaky":
            return v[0] if self.sign(v[0]) > 0 else v[0] * v[1]
        if name == "clip":
            return self._creased("min", [self._creased("max", v[:2]), v[2]])
        best = v[0]
        for x in v[1:]:
            if (self.sign(best - x) < 0) == (name == "max"):
                best = x
        return best

    def holds(self, condition: Expr) -> bool:
        """Does a condition hold at this point?"""
        if isinstance(condition, Logic):
            parts = [self.holds(c) for c in condition.args]
            if condition.op == "not":
                return not parts[0]
            return all(parts) if condition.op == "and" else any(parts)
        if not isinstance(condition, Rel):
            raise Unknown("condition")
        sides = [self._value(c) for c in condition.args]
        for op, a, b in zip(condition.ops, sides, sides[1:]):
            s = self.sign(a - b, jump=op not in ("=", "!="))
            good = {">": s > 0, ">=": s >= 0, "<": s < 0, "<=": s <= 0, "=": s == 0, "!=": s != 0}
            if op not in good:
                raise Unknown(op)
            if not good[op]:
                return False
        return True


SMOOTH = frozenset(
    "exp log sqrt sin cos tan tanh sinh cosh sigmoid erf asin acos atan asinh acosh atanh".split()
)
CREASED = frozenset("max min abs relu step sign leaky clip".split())


@dataclass(slots=True, eq=False)
class Plan:
    """An expression as steps, each a node and the places of its arguments; equal parts are one step."""

    expr: Expr                # kept, so that its id stays its own
    steps: list[tuple[Expr, tuple[int, ...]]]
    names: list[str]


_PLANS: dict[int, Plan] = {}


def plan(expr: Expr) -> Plan:
    """The steps of an expression; the last few hundred are remembered."""
    found = _PLANS.get(id(expr))
    if found is None:
        if len(_PLANS) > 400:
            _PLANS.clear()
        found = _PLANS[id(expr)] = _planned(expr)
    return found


def _planned(expr: Expr) -> Plan:
    steps: list[tuple[Expr, tuple[int, ...]]] = []
    places: dict[tuple[object, ...], int] = {}
    done: list[int] = []
    stack: list[tuple[Expr, bool]] = [(expr, False)]
    while stack:
        node, ready = stack.pop()
        if isinstance(node, Claim):
            stack.append((node.inner, False))
            continue
        lazy = isinstance(node, Call) and node.function in ("where", "ind")
        children = () if lazy else node.children()
        if children and not ready:
            stack.append((node, True))
            stack.extend((c, False) for c in reversed(children))
            continue
        inner = tuple(done[len(done) - len(children) :])
        del done[len(done) - len(children) :]
        head = (getattr(node, "value", None), getattr(node, "name", None), getattr(node, "function", None),
                getattr(node, "primes", None), getattr(node, "ops", None), id(node) if lazy else None)
        key = (type(node), *head, inner)
        if key not in places:
            places[key] = len(steps)
            steps.append((node, inner))
        done.append(places[key])
    names = list(dict.fromkeys(n.name for n in preorder(expr) if isinstance(n, Ref)))
    return Plan(expr, steps, names)


def _number(value: Any) -> Value:
    from flint import fmpq

    if isinstance(value, int):
        return fmpq(value)
    return fmpq(value.numerator, value.denominator)


def _exact(v: Value) -> bool:
    return hasattr(v, "q")


def _ball(v: Value) -> Value:
    from flint import arb

    return arb(v) if _exact(v) else v


def _total(v: list[Value]) -> Value:
    out = v[0]
    for x in v[1:]:
        out = out + x
    return out


def _finite(v: Value) -> Value:
    if not v.is_finite():
        raise NoValue
    return v


def _quotient(a: Value, b: Value) -> Value:
    if _exact(b):
        if b == 0:
            raise NoValue
        return a / b
    return _finite(_ball(a) / b)


def _power(a: Value, e: Value) -> Value:
    if _exact(e) and e.q == 1:
        return _integer_power(a, int(e.p))
    if _exact(a) and a == 0:
        if _exact(e) and e > 0:
            return a
        raise NoValue
    if not a > 0:
        raise NoValue
    if _exact(e) and _exact(a) and e.q == 2 and abs(e.p) < 64:
        return _integer_power(_smooth("sqrt", a), int(e.p))
    return _finite(_ball(a) ** _ball(e))


def _integer_power(a: Value, n: int) -> Value:
    if _exact(a):
        if a == 0 and n <= 0:
            raise NoValue
        bits = max(int(a.p).bit_length(), int(a.q).bit_length())
        if bits * abs(n) < POWER_BITS or bits <= 1:
            return a**n if n >= 0 else 1 / a**-n
    return _finite(_ball(a) ** n)


def _smooth(name: str, v: Value) -> Value:
    if _exact(v) and v == 0 and name in _AT_ZERO:
        return _number(_AT_ZERO[name])
    if name == "log" and _exact(v) and v == 1:
        return _number(0)
    if name in ("log", "sqrt") and not (v > 0 or (name == "sqrt" and _exact(v) and v == 0)):
        raise NoValue
    if name == "sqrt" and _exact(v):
        top, bottom = int(v.p), int(v.q)
        from math import isqrt

        if isqrt(top) ** 2 == top and isqrt(bottom) ** 2 == bottom:
            from fractions import Fraction

            return _number(Fraction(isqrt(top), isqrt(bottom)))
    x = _ball(v)
    if name == "sigmoid":
        return _finite(1 / (1 + (-x).exp()))
    return _finite(getattr(x, name)())


_AT_ZERO = {
    "exp": 1, "sin": 0, "cos": 1, "tan": 0, "tanh": 0, "sinh": 0, "cosh": 1, "erf": 0, "asin": 0, "atan": 0,
    "asinh": 0, "atanh": 0, "sqrt": 0,
}
