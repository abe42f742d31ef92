"""Integers and signs: rows without common factors, simple fractions, numbers as the rationals they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from operator import mul
from typing import Any

from workings.errors import BadValue

IntVector = tuple[int, ...]


def primitive(vector: Sequence[int]) -> IntVector:
    """The integer vector divided by the greatest common divisor of its entries.

    >>> primitive((4, -6, 0))
    (2, -3, 0)
    """
    divisor = math.gcd(*vector)
    return tuple(vector) if divisor in (0, 1) else tuple(v // divisor for v in vector)


def integer_row(values: Iterable[Fraction | int]) -> IntVector:
    """The smallest integer vector that points the same way.

    >>> integer_row((Fraction(1, 2), Fraction(-1, 3)))
    (3, -2)
    """
    entries = list(values)
    scale = math.lcm(*(v.denominator for v in entries))
    return primitive([v.numerator * (scale // v.denominator) for v in entries])


def dot(a: Sequence[int], b: Sequence[int]) -> int:
    """The inner product."""
    return sum(map(mul, a, b))


def sign(value: Fraction | int) -> int:
    """-1, 0 or 1.

    >>> [sign(v) for v in (-5, 0, Fraction(1, 3))]
    [-1, 0, 1]
    """
    return (value > 0) - (value < 0)


def rank(vectors: Iterable[Sequence[int]]) -> int:
    """How many of the vectors are independent.

    >>> rank([(1, 2), (2, 4), (0, 1)])
    2
    """
    basis: list[tuple[int, IntVector]] = []       # (place of the leading entry, vector)
    for vector in vectors:
        rest = tuple(vector)
        for place, leader in basis:
            if rest[place]:
                rest = primitive([leader[place] * r - rest[place] * v for r, v in zip(rest, leader)])
        lead = next((i for i, r in enumerate(rest) if r), None)
        if lead is not None:
            basis.append((lead, rest))
    return len(basis)


def simplest(low: Fraction | None, high: Fraction | None) -> Fraction:
    """The rational of smallest denominator, then smallest size, strictly between two bounds; None: no bound.

    >>> simplest(Fraction(1, 3), Fraction(1, 2)), simplest(None, Fraction(-5, 2)), simplest(Fraction(-1), None)
    (Fraction(2, 5), Fraction(-3, 1), Fraction(0, 1))
    """
    if (low is None or low < 0) and (high is None or high > 0):
        return Fraction(0)
    if high is not None and high <= 0:
        return -simplest(-high, None if low is None else -low)
    assert low is not None
    return _between(low, high)


def _between(low: Fraction, high: Fraction | None) -> Fraction:
    """Walk down the continued fractions of 0 <= low < high, which agree up to the answer's last term."""
    terms: list[int] = []
    while True:
        whole = low.numerator // low.denominator
        if high is None or whole + 1 < high:
            terms.append(whole + 1)
            break
        terms.append(whole)
        # low = whole + f with high <= whole + 1: turn the rests over, which exchanges the bounds
        rest = low - whole
        low, high = 1 / (high - whole), (1 / rest if rest else None)
    value = Fraction(terms.pop())
    while terms:
        value = terms.pop() + 1 / value
    return value


def rational(value: Any, name: str = "a number") -> Fraction:
    """The rational that a number or its text denotes; a float is the dyadic that it stores.

    >>> rational("0.1"), rational(0.5), rational("-3/2")
    (Fraction(1, 10), Fraction(1, 2), Fraction(-3, 2))
    """
    if isinstance(value, bool):
        value = int(value)
    try:
        if isinstance(value, str | int | float | Decimal | Fraction):
            return Fraction(value.replace(" ", "") if isinstance(value, str) else value)
        if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:      # a NumPy scalar
            return Fraction(value.item())
    except (ValueError, OverflowError, ZeroDivisionError):
        pass
    raise BadValue(
        f"{name} is {value!r}",
        expected='a finite number, or a text such as "-3/2"',
        hint='give it as 0.5 or "1/2"',
    )
