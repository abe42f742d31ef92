"""Exact numbers as doubles, with the error that rounding makes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

ROUND = 2.0**-52              # two units of the last place
LEAST = 1e-300                # more than what underflow can lose


def ratio(top: int, bottom: int) -> float:
    """top / bottom to the nearest double, whatever their size.

    >>> ratio(1, 3), ratio(10**400, 10**401)
    (0.3333333333333333, 0.1)
    """
    return float(Fraction(top, bottom)) if top else 0.0


def place_of(vertex: Sequence[int]) -> list[float]:
    """(x, y, w) in doubles, w = 1 but for those far out, with a bound for the error of each."""
    x, y, w = vertex
    largest = max(abs(x), abs(y))
    if largest.bit_length() - w.bit_length() < 100:
        p, q = ratio(x, w), ratio(y, w)
        exact = Fraction(p) * w == x and Fraction(q) * w == y
        return [p, q, 1.0, 0.0 if exact else ROUND * max(abs(p), abs(q)) + LEAST]
    return [ratio(x, largest), ratio(y, largest), ratio(w, largest), ROUND]


def side_of(row: Sequence[int]) -> list[float]:
    """A side of the domain as a form (a, b, c) with its errors; what is too small beside the rest is 0."""
    largest = max(abs(v) for v in row)
    a, b, c = (ratio(v, largest) for v in row)
    return [a, b, c, ROUND * max(abs(a), abs(b)) + LEAST, ROUND * abs(c) + LEAST]
