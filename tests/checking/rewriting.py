"""Random expressions, equal ways to write them, single slips, and mpmath as the judge (it shares no code with us)."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import mpmath as mp

from workings.expr import Add, Call, Div, Expr, Mul, Neg, Num, Pow, Ref, preorder, rewrite

NAMES = ("x", "y", "z", "w")
FUNCTIONS = (
    "exp", "tanh", "sigmoid", "relu", "abs", "log", "sqrt", "cosh", "sinh", "softplus", "sin", "cos", "step",
    "logcosh", "sign",
)
ONE, TWO, HALF, MINUS = Num(1), Num(2), Num(Fraction(1, 2)), Num(-1)


def expression(r: random.Random, depth: int) -> Expr:
    k = r.random()
    if depth == 0 or k < 0.15:
        leaf = Ref(r.choice(NAMES[: r.choice([1, 2, 4])]))
        return leaf if r.random() < 0.75 else Num(r.choice([1, 2, 3, -1, Fraction(1, 2)]))
    inner = lambda: expression(r, depth - 1)  # noqa: E731
    if k < 0.42:
        return Add((inner(), inner()))
    if k < 0.62:
        return Mul((inner(), inner()))
    if k < 0.70:
        return Neg(inner())
    if k < 0.77:
        return Div(inner(), inner())
    if k < 0.83:
        return Pow(inner(), r.choice([TWO, Num(3), MINUS, HALF]))
    if k < 0.86:
        return Call("max", (inner(), inner()))
    return Call(r.choice(FUNCTIONS), (inner(),))


def call(name: str, *args: Expr) -> Call:
    return Call(name, args)


IDENTITIES: dict[str, list[Callable[[Expr], Expr]]] = {
    "tanh": [
        lambda a: Div(call("sinh", a), call("cosh", a)),
        lambda a: Add((Mul((TWO, call("sigmoid", Mul((TWO, a))))), MINUS)),
        lambda a: Neg(call("tanh", Neg(a))),
    ],
    "sigmoid": [
        lambda a: Div(ONE, Add((ONE, call("exp", Neg(a))))),
        lambda a: Add((ONE, Neg(call("sigmoid", Neg(a))))),
        lambda a: Div(Add((ONE, call("tanh", Div(a, TWO)))), TWO),
    ],
    "relu": [
        lambda a: call("max", Num(0), a),
        lambda a: Div(Add((a, call("abs", a))), TWO),
        lambda a: Add((a, call("relu", Neg(a)))),
        lambda a: Mul((a, call("step", a))),
    ],
    "abs": [
        lambda a: call("max", a, Neg(a)),
        lambda a: call("sqrt", Pow(a, TWO)),
        lambda a: Add((call("relu", a), call("relu", Neg(a)))),
    ],
    "softplus": [
        lambda a: call("log", Add((ONE, call("exp", a)))),
        lambda a: Add((a, call("log", Add((ONE, call("exp", Neg(a))))))),
    ],
    "cosh": [lambda a: Div(Add((call("exp", a), call("exp", Neg(a)))), TWO)],
    "sinh": [lambda a: Neg(call("sinh", Neg(a)))],
    "exp": [lambda a: Add((call("cosh", a), call("sinh", a))), lambda a: Pow(call("exp", Div(a, TWO)), TWO)],
    "log": [lambda a: Neg(call("log", Div(ONE, a))), lambda a: Mul((TWO, call("log", call("sqrt", a))))],
    "sqrt": [lambda a: call("exp", Div(call("log", a), TWO)), lambda a: Pow(a, HALF)],
    "logcosh": [lambda a: call("log", call("cosh", a))],
    "sin": [lambda a: Neg(call("sin", Neg(a)))],
    "cos": [lambda a: call("cos", Neg(a))],
    "step": [lambda a: Div(Add((ONE, call("sign", a))), TWO)],
}


def rewritten(r: random.Random, expr: Expr) -> Expr:
    """The same function (where both are defined, off creases), written differently."""

    def change(e: Expr) -> Expr:
        if r.random() > 0.5:
            return e
        if isinstance(e, Add):
            return Add(tuple(reversed(e.args)))
        if isinstance(e, Mul) and isinstance(e.args[0], Add):
            return Add(tuple(Mul((t, e.args[1])) for t in e.args[0].args))
        if isinstance(e, Mul):
            return Mul(tuple(reversed(e.args)))
        if isinstance(e, Neg):
            return Mul((MINUS, e.arg))
        if isinstance(e, Div):
            return Mul((e.top, Pow(e.bottom, MINUS)))
        if isinstance(e, Pow) and e.exponent is TWO:
            return Mul((e.base, e.base))
        if isinstance(e, Call) and e.function == "max":
            a, b = e.args
            return Add((b, call("relu", Add((a, Neg(b))))))
        if isinstance(e, Call) and e.function in IDENTITIES:
            return r.choice(IDENTITIES[e.function])(e.args[0])
        return e

    return rewrite(expr, change)


def damaged(r: random.Random, expr: Expr) -> Expr:
    """One slip: a sign, a factor, another name, another function, a lost term, one too many."""
    target = r.choice(list(preorder(expr)))

    def change(e: Expr) -> Expr:
        if e is not target:
            return e
        if isinstance(e, Num):
            return Num(e.value + 1)
        if isinstance(e, Ref):
            return Ref(r.choice(NAMES))
        k = r.randrange(5)
        if k == 0:
            return Neg(e)
        if k == 1:
            return Mul((TWO, e))
        if isinstance(e, Call) and len(e.args) == 1:
            return Call(r.choice(FUNCTIONS), e.args)
        return e.args[0] if isinstance(e, Add | Mul) else Add((e, ONE))

    return rewrite(expr, change)


class NoValue(Exception):
    pass


def _power(a: mp.mpf, b: mp.mpf) -> mp.mpf:
    if b == int(b):
        if abs(a) < 1e-30 and b <= 0:
            raise NoValue
        return a ** int(b)
    if a < 0:
        raise NoValue
    return mp.power(a, b)


def _positive(a: mp.mpf) -> mp.mpf:
    if a <= 1e-40:
        raise NoValue
    return a


def _off_crease(a: mp.mpf) -> mp.mpf:
    if abs(a) < 1e-35:
        raise NoValue
    return a


VALUES: dict[str, Callable[..., mp.mpf]] = {
    "exp": mp.exp, "tanh": mp.tanh, "sigmoid": lambda a: 1 / (1 + mp.exp(-a)), "relu": lambda a: max(a, mp.mpf(0)),
    "abs": abs, "log": lambda a: mp.log(_positive(a)), "sqrt": lambda a: _power(a, mp.mpf("0.5")), "cosh": mp.cosh,
    "sinh": mp.sinh, "softplus": lambda a: mp.log(1 + mp.exp(a)), "sin": mp.sin, "cos": mp.cos,
    "step": lambda a: mp.mpf(_off_crease(a) > 0), "sign": lambda a: mp.mpf(mp.sign(_off_crease(a))),
    "logcosh": lambda a: mp.log(mp.cosh(a)), "max": max,
}


def value(e: Expr, at: dict[str, mp.mpf]) -> mp.mpf:
    if isinstance(e, Num):
        return mp.mpf(Fraction(e.value).numerator) / Fraction(e.value).denominator
    if isinstance(e, Ref):
        return at[e.name]
    v = [value(c, at) for c in e.children()]
    if isinstance(e, Neg):
        return -v[0]
    if isinstance(e, Add):
        return mp.fsum(v)
    if isinstance(e, Mul):
        return mp.fprod(v)
    if isinstance(e, Div):
        return v[0] / _off_crease(v[1])
    if isinstance(e, Pow):
        return _power(v[0], v[1])
    assert isinstance(e, Call)
    if any(abs(x) > 1e5 for x in v):
        raise NoValue
    return VALUES[e.function](*v)


def judged(a: Expr, b: Expr, r: random.Random) -> str:
    """ "different", "equal" at all of many points, or "" where too few points say anything; 50 digits."""
    agreed = 0
    with mp.workdps(50):
        for _ in range(60):
            at = {n: mp.mpf(r.randint(-400, 400)) / 97 for n in NAMES}
            try:
                p, q = value(a, at), value(b, at)
            except (NoValue, OverflowError):
                continue
            if abs(p - q) > mp.mpf(10) ** -30 * max(1, abs(p), abs(q)):
                return "different"
            agreed += 1
    return "equal" if agreed > 3 else ""
