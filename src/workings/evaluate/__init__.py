"""What a network and an expression are worth: exactly where that can be, as balls with proved bounds, as arrays.

mode "auto": exact in, exact out where functions are rational or piecewise linear; anything else is computed in
balls, with more bits until the float is right to its last digit.  "exact": only exact values.  "float": floats.
"ball": balls of `bits` bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from workings.limits import EVALUATION_WORK
from workings.errors import BadValue, WorkingsError
from workings.evaluate.arrays import is_array
from workings.evaluate.forward import BLURRED, Found, forward, quantities
from workings.evaluate.given import Point, read_point
from workings.evaluate.numbers import Undefined, ball, out, sharp
from workings.evaluate.state import Missing, State
from workings.expr import Expr, Network
from workings.functions.values import Undecided
from workings.shape import with_given

__all__ = ["Values", "run", "value"]

LADDER = (128, 512, 2048, 8192, 32768)         # bits tried in turn
SETTLED = 2048                # bits from which a ball around 0, smaller than any float, is taken for 0
MODES = ("auto", "exact", "float", "ball")
R = TypeVar("R")


@dataclass(slots=True)
class Values:
    """Values by name (`E`; `h[t]` for a family: lists by its ranges), what was not given, and what has no value."""

    values: dict[str, Any]
    missing: list[str]
    undefined: dict[str, str] = field(default_factory=dict)


def run(net: Network, values: Mapping[str, Any], wanted: Sequence[str] | None = None, mode: str = "auto",
        bits: int = 200) -> Values:
    """Every named quantity at a point, or over arrays; with values missing, all that can be computed.

    Raises `BadValue` for a name that the network does not have and for what is no number.

    >>> from workings.expr import Equation, Mul, Network, Num, Ref
    >>> net = Network((Equation(Ref("a"), Mul((Num(2), Ref("x1")))),))
    >>> run(net, {"x1": "1/4"}).values
    {'a': Fraction(1, 2)}
    """
    try:
        point = read_point(net, values)
        arrays = with_given(net, _axes(point))
        if arrays is not net:
            net, point = arrays, read_point(arrays, values)
        keys = quantities(point, wanted)
        found = _climb(lambda state: forward(state, keys, mode == "ball"), Found.sharp, point, mode, bits, len(keys))
    except WorkingsError as error:
        raise error.located(net.source) from None
    if mode != "ball":
        found.drop_blurred()
    return Values(found.values(mode), found.missing_names(point), found.undefined)


def _axes(point: Point) -> dict[str, int]:
    """The numbers of axes of the arrays that are given."""
    return {name: value.ndim for ((name, places), at), value in point.memo.items()
            if not places and not at and is_array(value)}


def value(expr: Expr, env: Mapping[str, Any], net: Network | None = None, mode: str = "auto", bits: int = 200) -> Any:
    """What one expression is worth; names not in `env` are computed by the network's equations.

    Raises `BadValue` where a name has no value or the expression has none there.

    >>> from workings.expr import Add, Num, Ref
    >>> value(Add((Ref("x"), Num(1))), {"x": "1/2"})
    Fraction(3, 2)
    """
    point = read_point(net or Network(), env, strict=False, extra=expr)

    def compute(state: State) -> Any:
        return ball(state.whole(expr)) if mode == "ball" else state.whole(expr)

    try:
        found = _climb(compute, sharp, point, mode, bits)
    except Missing as missing:
        raise BadValue(f"no value is given for {missing.args[0]}", span=expr.span,
                       expected="a value for every name") from None
    except Undefined as problem:
        raise BadValue(f"no value: {problem}", span=expr.span) from None
    if mode != "ball" and not sharp(found):
        raise BadValue(BLURRED, span=expr.span)
    return out(found, mode)


def _climb(compute: Callable[[State], R], good: Callable[[R], bool], point: Point, mode: str, bits: int,
           count: int = 1) -> R:
    """Computes with more and more bits until the result is sharp, or more would cost too much."""
    from flint import ctx

    if mode not in MODES:
        raise BadValue(f"mode {mode!r} is not known", expected="one of " + ", ".join(MODES))
    rungs = (bits, 4 * bits, 16 * bits) if mode == "ball" else [
        b for b in LADDER if b < SETTLED or b * count < EVALUATION_WORK]
    before = ctx.prec
    try:
        for i, rung in enumerate(rungs):
            ctx.prec = rung
            final = i == len(rungs) - 1
            try:
                result = compute(point.state(mode == "exact", last=final or rung >= SETTLED, final=final))
            except Undecided:
                continue
            if final or mode == "ball" or good(result):
                return result
    finally:
        ctx.prec = before
    raise BadValue(BLURRED)
