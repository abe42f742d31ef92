"""Points at which lines are judged: values of names as equations, and the sizes that they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from workings.checking.names import axis_sizes
from workings.errors import NotReadable
from workings.expr import Array, Div, Equation, Expr, Logic, Neg, Network, Num, Ref, Rel


def point_equations(name: str, value: Any) -> list[Equation]:
    """A value of a name, or of every entry of a family, as equations."""
    if not hasattr(value, "__len__") or isinstance(value, str):
        return [Equation(Ref(name), _number(value))]
    out: list[Equation] = []
    stack: list[tuple[tuple[int, ...], Any]] = [((), value)]
    while stack:
        at, v = stack.pop()
        if hasattr(v, "__len__") and not isinstance(v, str):
            stack.extend(((*at, i + 1), x) for i, x in reversed(list(enumerate(v))))
        else:
            out.append(Equation(Ref(name, tuple(Num(i) for i in at)), _number(v)))
    return out


def point_values(body: Expr) -> dict[str, Any]:
    """The values by name that `y = 2, x = (1, -1)` states; numbers are exact."""
    out: dict[str, Any] = {}
    for part in body.args if isinstance(body, Logic) else (body,):
        if not (isinstance(part, Rel) and part.ops == ("=",) and isinstance(part.args[0], Ref)):
            raise NotReadable("a point gives each name a value", span=part.span, expected="at y = 2, x = (1, -1)")
        out[part.args[0].name] = _entries(part.args[1])
    return out


def _entries(value: Expr) -> Any:
    if isinstance(value, Array):
        return [_entries(v) for v in value.args]
    if isinstance(value, Neg):
        return -_entries(value.arg)
    if isinstance(value, Div):
        return Fraction(_entries(value.top)) / _entries(value.bottom)
    if isinstance(value, Num):
        return value.value
    raise NotReadable("a coordinate of a point is a number", span=value.span, expected="a number such as 1/2")


def _number(value: Any) -> Num:
    exact = Fraction(value) if not hasattr(value, "item") else Fraction(value.item())
    return Num(int(exact) if exact.denominator == 1 else exact)


def at_point(net: Network, point: Sequence[Equation]) -> Network:
    """The network with the values of a point as equations."""
    if not point:
        return net
    fixed = {e.key for e in point}
    return net.with_(equations=(*(e for e in net.equations if e.key not in fixed), *point))


def sizes_at(net: Network, at: Mapping[str, Any]) -> dict[str, int]:
    """Sizes that the lengths of the arrays at the point give."""
    out: dict[str, int] = {}
    for name, value in at.items():
        axis, v = 0, value
        while hasattr(v, "__len__") and not isinstance(v, str) and len(v):
            for size in axis_sizes(net, name, axis):
                out.setdefault(size, len(v))
            axis, v = axis + 1, v[0]
        if name in net.sizes and not hasattr(value, "__len__"):
            out[name] = int(value)
    return out
