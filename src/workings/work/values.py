"""Numbers, points and boxes as a person gives them: int, Fraction, Decimal and text are exact."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from workings.errors import BadValue, NotReadable
from workings.expr import Network
from workings.limits import ARRAY_AXES, MAX_DIGITS
from workings.work.names import expression, plain_name, split

BoxLike = str | Sequence[Sequence[Any]] | None
PLAIN = re.compile(r"[-+−]?\d+(\.\d*)?|[-+−]?\d*\.\d+|[-+−]?\d+/0*[1-9]\d*")


def number(given: Any) -> int | Fraction | float:
    """int, Fraction, Decimal and str are exact ("0.1" is 1/10); a float stays a float.

    >>> number("0.1"), number(Decimal("-2.50")), number("1/3")
    (Fraction(1, 10), Fraction(-5, 2), Fraction(1, 3))
    """
    if isinstance(given, bool | int):
        return int(given)
    if isinstance(given, Fraction | float):
        return given
    if isinstance(given, Decimal):
        if not given.is_finite():
            raise BadValue(f"{given} is not a number")
        return Fraction(given)
    if isinstance(given, str):
        return _number_text(given)
    if hasattr(given, "item") and getattr(given, "ndim", 0) == 0:       # a NumPy or torch scalar
        return number(given.item())
    wanted = "an int, Fraction, Decimal, float or text like '1/2'"
    raise BadValue(f"a {type(given).__name__} is no number", expected=wanted)


def _number_text(text: str) -> int | Fraction | float:
    if PLAIN.fullmatch(text.strip()) and len(text) <= MAX_DIGITS:
        found: int | Fraction | float | None = _tidy(Fraction(text.strip().replace("−", "-")))
    else:
        found = _computed(text)
    if isinstance(found, bool) or not isinstance(found, int | Fraction | float):
        raise BadValue(f"{text!r} is no number", expected="a number such as -2, 0.1 or 3/4")
    return found


def _computed(text: str) -> Any:
    """The worth of a number written as a formula: 2*pi, -1/3, ½."""
    from workings.evaluate import value

    try:
        return value(expression(text), {})
    except NotReadable:
        return None


def _tidy(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def data(given: Any, depth: int = 0) -> Any:
    """Numbers, nested lists of numbers, or an array, with exact entries kept exact."""
    if depth > ARRAY_AXES:
        raise BadValue("an array is nested too deeply", expected=f"at most {ARRAY_AXES} axes")
    if isinstance(given, list | tuple):
        return [data(entry, depth + 1) for entry in given]
    if hasattr(given, "shape") and getattr(given, "ndim", 0) > 0:
        return given
    if isinstance(given, str) and given.strip()[:1] in ("(", "["):
        return data(split(given.strip()[1:-1]), depth)
    return number(given)


def values(given: Mapping[str, Any] | str | None, net: Network) -> dict[str, Any]:
    """A point: names in plain spelling, numbers exact; from a dict or from "x1=1, w13=1/2".

    >>> values("x = (1, -1), b=0.5", Network())
    {'x': [1, -1], 'b': Fraction(1, 2)}
    """
    if given is None:
        return {}
    if isinstance(given, str):
        given = dict(_assignment(part) for part in split(given))
    return {plain_name(name, net): data(value) for name, value in given.items()}


def _assignment(part: str) -> tuple[str, str]:
    name, sign, value = part.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise BadValue(f"cannot read {part!r} as a value", expected="name=number, such as x1=1 or w13=1/2")
    return name.strip(), value.strip()


def values_file(name: str) -> dict[str, Any]:
    """The values in a JSON file: {"x1": "1/2", "w": [1, 2]}; a number with a decimal point is exact too."""
    import json

    from workings.work.files import file_text

    found = file_text(Path(name))
    try:
        given = json.loads(found.text, parse_float=Fraction)
    except (ValueError, RecursionError) as error:
        raise BadValue(f"{name} is no JSON: {error}", expected='{"x1": "1/2", "w": [1, 2]}') from None
    if not isinstance(given, dict):
        raise BadValue(f"{name} holds a {type(given).__name__}", expected='an object: {"x1": "1/2", "w": [1, 2]}')
    return given


def box(given: BoxLike, net: Network) -> Any:
    """Pairs (low, high), one for each input; None for the network's own box, if it has one, else all of R^n."""
    if given is None and net.box is not None:
        return net.box
    pairs = pairs_of(given)
    if pairs is None or isinstance(pairs, str):
        return pairs
    if len(pairs) != len(net.inputs):
        inputs = ", ".join(name for name, _ in net.inputs) or "none"
        raise BadValue(f"the box has {len(pairs)} pairs, the network {len(net.inputs)} inputs ({inputs})")
    return pairs


def pairs_of(given: BoxLike) -> Any:
    """Pairs (low, high) from text or lists; None and "all" as they are."""
    if given is None or (isinstance(given, str) and given.strip().lower() == "all"):
        return given
    if isinstance(given, str):
        flat = [part if _open(part) else number(part) for part in split(given)]
        if len(flat) % 2:
            raise BadValue(f"the box has {len(flat)} numbers", expected="low,high for each input: -1,1,-1,1")
        given = list(zip(flat[::2], flat[1::2], strict=True))
    return tuple(_pair(pair) for pair in given)


def _open(end: Any) -> bool:
    return end is None or str(end).strip().lstrip("+-") == "inf"


def _pair(pair: Sequence[Any]) -> tuple[Fraction | None, Fraction | None]:
    """Both ends; None or inf: none on that side."""
    try:
        low, high = (None if _open(end) else Fraction(number(end)) for end in pair)
    except (TypeError, ValueError, OverflowError):
        raise BadValue(f"{pair!r} is no side of a box", expected="(low, high), such as (-1, 1)") from None
    if low is not None and high is not None and low >= high:
        raise BadValue(f"a side of the box runs from {low} to {high}", expected="low < high")
    return low, high
