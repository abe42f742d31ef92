"""What a function is worth: exactly, as a ball, and over NumPy arrays of floats.  One entry a function.

q: an exact rational (flint fmpq).  b: a ball (flint arb): a number with a proved error bound, whose exponent is
unlimited, so that log(cosh(z)) neither overflows nor cancels.  v: an array of floats, np the module NumPy.
A composition without an entry is worth what its body is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Number = Any                  # an fmpq or an arb; python-flint has no types to say so


class Undecided(Exception):
    """A ball holds both sides of a jump: more bits are needed, or the number is exactly on it."""


@dataclass(frozen=True, slots=True)
class Worth:
    """`exact` is None where the function is not rational: then its value at a rational is a ball."""

    ball: Callable[..., Number]
    exact: Callable[..., Number] | None = None
    array: Callable[..., Any] | None = None


def positive(x: Number) -> bool:
    """x > 0; raises `Undecided` where the ball holds 0 and more."""
    if x > 0:
        return True
    if x <= 0:
        return False
    raise Undecided


def negative(x: Number) -> bool:
    """x < 0; raises `Undecided` where the ball holds 0 and more."""
    return positive(-x)


def _sign(x: Number) -> int:
    return 1 if positive(x) else -1 if negative(x) else 0


def _max(*args: Number) -> Number:
    best = args[0]
    for x in args[1:]:
        best = x if positive(x - best) else best
    return best


def _min(*args: Number) -> Number:
    best = args[0]
    for x in args[1:]:
        best = x if negative(x - best) else best
    return best


def _clip(z: Number, lo: Number, hi: Number) -> Number:
    return _min(_max(z, lo), hi)


def _leaky(z: Number, a: Number) -> Number:
    return z if positive(z) else a * z


def _floor(x: Number) -> Number:
    down = x.floor()
    if not hasattr(down, "is_exact"):
        return int(down)
    if not down.is_exact():
        raise Undecided
    return down


def _root(x: Number) -> Number:
    return x.sqrt()


def _sigmoid(b: Number) -> Number:
    # 1/(1 + exp(-b)) loses the bound of a wide ball twice; tanh loses it once.
    e = (-abs(b)).exp()
    return (1 if positive(b) else e) / (1 + e)


def _softplus(b: Number) -> Number:
    return _max(b, b * 0) + (-abs(b)).exp().log1p()


def _logcosh(b: Number) -> Number:
    # log cosh b = log1p(2 sinh(b/2)^2): no cancellation at 0, no overflow with unlimited exponents.
    return (2 * (b / 2).sinh() ** 2).log1p()


def _phi(b: Number) -> Number:
    from flint import arb

    return (-b / arb(2).sqrt()).erfc() / 2


def _log_to(base: int) -> Callable[[Number], Number]:
    def log(b: Number) -> Number:
        return b.log_base(base)

    return log


def _logs(np: Any, v: Any) -> Any:
    return np.maximum(v, 0) + np.log1p(np.exp(-np.abs(v)))


def _logcosh_array(np: Any, v: Any) -> Any:
    a = np.abs(v)
    return np.where(a < 1, np.log1p(2 * np.sinh(np.minimum(a, 1) / 2) ** 2), a + np.log1p(np.exp(-2 * a)) - np.log(2))


def _sigmoid_array(np: Any, v: Any) -> Any:
    e = np.exp(-np.abs(v))
    return np.where(v >= 0, 1, e) / (1 + e)


def _each(function: str) -> Callable[[Any, Any], Any]:
    """A function of the module math, entry by entry: NumPy has no erf."""

    def apply(np: Any, v: Any) -> Any:
        import math

        return np.vectorize(getattr(math, function), otypes=[float])(v)

    return apply


def _numpy(name: str) -> Callable[..., Any]:
    return lambda np, *v: getattr(np, name)(*v)


def _smooth(method: str, array: str = "") -> Worth:
    """A function that both flint and NumPy have."""
    return Worth(lambda b: getattr(b, method)(), None, _numpy(array or method))


def _jumps(function: Callable[..., Number], array: Callable[..., Any]) -> Worth:
    """A piecewise-linear function: one rule for exact numbers and balls."""
    return Worth(function, function, array)


def _nested(name: str) -> Callable[..., Any]:
    def fold(np: Any, *v: Any) -> Any:
        out = v[0]
        for x in v[1:]:
            out = getattr(np, name)(out, x)
        return out

    return fold


worth: Mapping[str, Worth] = {
    **{name: _smooth(name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "log1p",
                                        "expm1")},
    **{name: _smooth(name, "arc" + name[1:]) for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh")},
    "erf": Worth(lambda b: b.erf(), None, _each("erf")),
    "erfc": Worth(lambda b: b.erfc(), None, _each("erfc")),
    "Phi": Worth(_phi, None, lambda np, v: _each("erfc")(np, -v / np.sqrt(2)) / 2),
    "log2": Worth(_log_to(2), None, _numpy("log2")),
    "log10": Worth(_log_to(10), None, _numpy("log10")),
    "sech": Worth(lambda b: b.sech(), None, lambda np, v: 2 * np.exp(-np.abs(v)) / (1 + np.exp(-2 * np.abs(v)))),
    "csch": Worth(lambda b: b.csch(), None,
                  lambda np, v: np.sign(v) * 2 * np.exp(-np.abs(v)) / -np.expm1(-2 * np.abs(v))),
    "sigmoid": Worth(_sigmoid, None, _sigmoid_array),
    "softplus": Worth(_softplus, None, _logs),
    "logsigmoid": Worth(lambda b: -_softplus(-b), None, lambda np, v: -_logs(np, -v)),
    "logcosh": Worth(_logcosh, None, _logcosh_array),
    "elu": Worth(lambda b: b if positive(b) else b.expm1(), None,
                 lambda np, v: np.where(v > 0, v, np.expm1(np.minimum(v, 0)))),
    "relu": _jumps(lambda z: z if positive(z) else z * 0, lambda np, v: np.maximum(v, 0)),
    "leaky": _jumps(_leaky, lambda np, v, a: np.where(v > 0, v, a * v)),
    "abs": _jumps(abs, _numpy("abs")),
    "step": _jumps(lambda z: int(positive(z)), lambda np, v: np.where(v > 0, 1.0, v * 0)),
    "sign": _jumps(_sign, _numpy("sign")),
    "floor": _jumps(_floor, _numpy("floor")),
    "ceil": _jumps(lambda x: -_floor(-x), _numpy("ceil")),
    "max": _jumps(_max, _nested("maximum")),
    "min": _jumps(_min, _nested("minimum")),
    "clip": _jumps(_clip, lambda np, v, lo, hi: np.minimum(np.maximum(v, lo), hi)),
}
