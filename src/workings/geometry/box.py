"""The box that a person gives: pairs (low, high), one for each input; None or "all": no bounds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from workings.errors import BadValue
from workings.exact import rational
from workings.geometry.data import Box


def read_box(box: Any, inputs: Sequence[str]) -> Box | None:
    """The box in exact numbers; raises `BadValue` where it does not fit the inputs.

    >>> read_box([(-1, 1), ("1/2", None)], ["x1", "x2"])
    ((Fraction(-1, 1), Fraction(1, 1)), (Fraction(1, 2), None))
    """
    if box is None or (isinstance(box, str) and box.strip().lower() == "all"):
        return None
    try:
        pairs = [box[name] for name in inputs] if isinstance(box, dict) else [tuple(pair) for pair in box]
    except (TypeError, KeyError):
        raise _bad(box, inputs) from None
    if len(pairs) != len(inputs) or any(len(pair) != 2 for pair in pairs):
        raise _bad(box, inputs)
    out = tuple((_bound(low), _bound(high)) for low, high in pairs)
    for name, (low, high) in zip(inputs, out):
        if low is not None and high is not None and low >= high:
            raise BadValue(
                f"the box leaves nothing of {name}: {low} to {high}",
                expected="low < high for each input", hint="write the smaller number first",
            )
    return out if any(bound is not None for pair in out for bound in pair) else None


def _bound(value: Any) -> Fraction | None:
    if value is None or str(value).strip().lower() in ("inf", "-inf", "+inf", "infinity", "-infinity"):
        return None
    return rational(value, "a side of the box")


def _bad(box: Any, inputs: Sequence[str]) -> BadValue:
    example = ", ".join("(-1, 1)" for _ in inputs)
    return BadValue(
        f"the box {box!r} does not fit the inputs {', '.join(inputs)}",
        expected="a pair (low, high) for each input", hint=f"box=[{example}] or box=\"all\"",
    )
