"""Numbers in and out: what a person gives becomes an exact rational (fmpq), a ball (arb) or an array, and back.

A float is the dyadic that it stores, as a ball, so that what is computed from it comes out as a float.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from workings.errors import BadValue, InputTooLarge
from workings.limits import MAX_BITS, MAX_DIGITS, MAX_EXPONENT, MAX_INDEX

Value = Any                   # fmpq | arb | bool | numpy.ndarray of objects or floats
_NUMBER = re.compile(r"\s*([+-]?)\s*(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?(?:\s*/\s*([+-]?\d+\.?\d*))?\s*")


@cache
def flint() -> tuple[Any, Any]:
    """The kinds of balls and of exact rationals, imported when first needed: an import in each call would be felt."""
    from flint import arb, fmpq

    return arb, fmpq


class Undefined(Exception):
    """There is no value: a division by 0, the logarithm of a negative number."""


def exact_text(text: str) -> Fraction:
    """The rational that a written number denotes: "1/2", "0.1", "-3", "1e-3"."""
    text = text.replace("−", "-")
    match = _NUMBER.fullmatch(text)
    if not match:
        raise BadValue(f"{text!r} is not a number", expected='a number such as 3, -1/2 or "0.1"')
    if len(text) > MAX_DIGITS or (match.group(3) and abs(int(match.group(3))) > MAX_DIGITS):
        raise InputTooLarge(f"the number {text[:20]}… has more than {MAX_DIGITS} digits")
    sign, digits, power, under = match.groups()
    out = Fraction(digits) * Fraction(10) ** int(power or 0) * (-1 if sign == "-" else 1)
    if under is None:
        return out
    if not Fraction(under):
        raise BadValue(f"{text!r} divides by 0", expected="a number")
    return out / Fraction(under)


def scalar(value: Any, what: str) -> Value:
    """A given number as an fmpq, or as an arb where it is a float."""
    arb, fmpq = flint()

    if isinstance(value, str):
        value = exact_text(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise BadValue(f"{what} = {value} is not a finite number")
        value = exact_text(str(value))
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        raise BadValue(f"{what} is {value}", expected="a number")
    if isinstance(value, int | Fraction):
        return fmpq(value.numerator, value.denominator)
    if isinstance(value, float) or type(value).__module__ == "numpy":
        return _numpy_scalar(value, what)
    if isinstance(value, fmpq | arb):
        return value
    raise BadValue(f"{what} is a {type(value).__name__}", expected="a number, a list of numbers or an array")


def _numpy_scalar(value: Any, what: str) -> Value:
    arb, fmpq = flint()

    kind = getattr(getattr(value, "dtype", None), "kind", "f")
    if kind in "iu":
        return fmpq(int(value))
    if kind != "f" or value != value:
        raise BadValue(f"{what} is {value}", expected="a number")
    return arb(float(value))


def is_list(value: Any) -> bool:
    """A list, a tuple or an array with axes."""
    return isinstance(value, list | tuple) or getattr(value, "ndim", 0) > 0


def array(value: Any, what: str) -> Value:
    """A nested list as an array of exact numbers (or balls), a NumPy array of floats as it is."""
    import numpy as np

    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(float)
    sizes = shape(value, what)
    count = 1
    for n in sizes:
        count *= n
    if count > 50 * MAX_INDEX:
        raise InputTooLarge(f"{what} has {count} entries", hint="give it as a NumPy array of floats")
    flat = np.empty(count, dtype=object)
    flat[:] = [scalar(x, what) for x in _leaves(value)]
    return flat.reshape(sizes)


def shape(value: Any, what: str) -> tuple[int, ...]:
    """The lengths of a nested list; uneven rows are refused."""
    if hasattr(value, "shape"):
        return tuple(int(n) for n in value.shape)
    sizes: list[int] = []
    level = [value]
    while level and is_list(level[0]):
        lengths = {len(v) if is_list(v) else -1 for v in level}
        if len(lengths) > 1:
            raise BadValue(f"the rows of {what} have different lengths", expected="lists of one length")
        sizes.append(len(level[0]))
        level = [x for v in level for x in v]
        if len(sizes) > 16:
            raise BadValue(f"{what} is nested too deep")
    if any(is_list(v) for v in level):
        raise BadValue(f"the rows of {what} have different depths", expected="lists of one depth")
    return tuple(sizes)


def _leaves(value: Any) -> list[Any]:
    level = [value]
    while level and is_list(level[0]):
        level = [x for v in level for x in v]
    return level


def whole(value: Value, what: str) -> int:
    """An index: a number that must be an integer."""
    arb, fmpq = flint()

    if isinstance(value, fmpq) and value.q == 1:
        return int(value.p)
    if isinstance(value, arb) and (unique := value.unique_fmpz()) is not None:
        return int(unique)
    if isinstance(value, int):
        return value
    raise BadValue(f"{what} is {show(value)}, and is used as an index", expected="an integer")


def show(value: Value) -> str:
    """A value for a message."""
    from flint import fmpq

    if isinstance(value, fmpq):
        text = str(value)
        return text if len(text) < 40 else f"{float(Fraction(int(value.p), int(value.q))):.6g}"
    return f"{to_float(value):.6g}" if type(value).__name__ == "arb" else str(value)


def to_float(value: Value) -> float:
    """The float nearest to a number; infinite where it is too large."""
    arb, fmpq = flint()

    if isinstance(value, fmpq):
        value = arb(value)
    if isinstance(value, arb):
        return 0.0 if value.abs_upper() < 1e-320 else float(value.mid())
    return float(value)


def sharp(value: Value) -> bool:
    """Is a ball narrow enough to give the right float?  Exact numbers and floats are."""
    if type(value).__name__ == "ndarray":
        return value.dtype.kind != "O" or all(map(sharp, value.ravel().tolist()))
    if type(value).__name__ != "arb" or not value.is_finite():
        return True
    return bool(value.rel_accuracy_bits() > 58 or value.abs_upper() < 1e-320)


def power(base: Value, exponent: Value) -> Value:
    """base^exponent of two numbers: exact for an integer exponent, else a ball."""
    arb, fmpq = flint()

    if isinstance(exponent, fmpq) and exponent.q == 1:
        n = int(exponent.p)
        if isinstance(base, fmpq):
            return _exact_power(base, n)
        return 1 / base ** -n if n < 0 else base ** n
    if isinstance(base, fmpq) and base == 0 and isinstance(exponent, fmpq):
        if exponent < 0:
            raise Undefined("0 to a negative power")
        return arb(0)
    out = arb(base) ** arb(exponent)
    if out.is_nan() and not (base > 0):
        raise Undefined(f"{show(base)} to the power {show(exponent)}")
    return out


def _exact_power(base: Value, n: int) -> Value:
    if base == 0 and n < 0:
        raise Undefined("0 to a negative power")
    if abs(base.p) <= 1 and base.q == 1:
        return base ** (n % 2) if base == -1 else base ** min(n, 1) if base == 0 else base
    if abs(n) > MAX_EXPONENT:
        raise InputTooLarge(f"the exponent {show_int(n)} is larger than {MAX_EXPONENT}, too large for exact arithmetic",
                            hint="give the base as a float")
    if base.height_bits() * abs(n) > MAX_BITS:
        raise InputTooLarge(f"a power would have more than {MAX_BITS} bits", hint="give the base as a float")
    return base ** n


def show_int(n: int) -> str:
    """An integer for a message: long ones in short."""
    return str(n) if abs(n) < 10**12 else f"of {n.bit_length()} bits"


def fits(value: Value, what: str) -> Value:
    """The value, if it is not larger than exact arithmetic may grow."""
    if type(value).__name__ == "fmpq" and value.height_bits() > MAX_BITS:
        raise InputTooLarge(f"the exact value of {what} has more than {MAX_BITS} bits",
                            hint="give one of the values as a float")
    return value


def ball(value: Value) -> Value:
    """An exact number as a ball of the bits in force; arrays entry by entry."""
    arb, fmpq = flint()

    if type(value).__name__ == "ndarray" and value.dtype.kind == "O":
        import numpy as np

        return np.frompyfunc(ball, 1, 1)(value)
    return arb(value) if isinstance(value, fmpq) else value


def out(value: Value, mode: str) -> Any:
    """A value for the person: int or Fraction, float, ball, array or nested list."""
    kind = type(value).__name__
    if kind == "ndarray":
        if value.dtype.kind != "O":
            return value
        return _nested(value.tolist(), mode)
    if kind == "bool" or mode == "ball":
        return value
    if kind == "fmpq" and mode != "float":
        p, q = int(value.p), int(value.q)
        return p if q == 1 else Fraction(p, q)
    return to_float(value)


def _nested(value: Any, mode: str) -> Any:
    # As deep as an array has axes: sixteen at most.
    return [_nested(v, mode) for v in value] if isinstance(value, list) else out(value, mode)
