"""Why inequalities contradict: multipliers under which they add up to something false.

    g_i(x) >= 0, some of them g_i(x) > 0   have no common point   if and only if   there are m_i >= 0 with
    sum m_i g_i = a constant that is < 0, or 0 with some strict m_i > 0        (Motzkin's transposition theorem)

Adding the true fact 1 > 0 with multiplier t, these m are the m_i, t >= 0 for which every coefficient of
sum m_i g_i + t is 0 and the strict ones add up to 1: a feasibility problem, solved by the first phase of
the simplex method in fractions with Bland's rule, which cannot cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from workings.exact import integer_row
from workings.geometry.data import Row

Strict = tuple[Row, bool]               # a row that must be >= 0, or > 0


def contradiction(facts: Sequence[Strict]) -> tuple[int, ...] | None:
    """Integer multipliers, one a fact, mostly 0; None where the facts have a common point.

    >>> contradiction([((1, 0, 0), False), ((0, 1, 0), False), ((-1, -1, 0), True)])
    (1, 1, 1)
    """
    return _alone(facts) or _two(facts) or _many(facts)


def total(facts: Sequence[Strict], multipliers: Sequence[int]) -> int | None:
    """The constant that the combination comes to if it is a contradiction, else None: the whole proof."""
    if any(m < 0 for m in multipliers) or not facts:
        return None
    *linear, constant = (sum(m * v for m, v in zip(multipliers, column)) for column in zip(*(row for row, _ in facts)))
    if any(linear):
        return None
    strict = any(m and s for m, (_, s) in zip(multipliers, facts))
    return constant if constant < 0 or (constant == 0 and strict) else None


def _alone(facts: Sequence[Strict]) -> tuple[int, ...] | None:
    """One fact that no point satisfies: -3 >= 0, 0 > 0."""
    for i, (row, strict) in enumerate(facts):
        if not any(row[:-1]) and (row[-1] < 0 or (strict and row[-1] == 0)):
            return tuple(int(j == i) for j in range(len(facts)))
    return None


def _two(facts: Sequence[Strict]) -> tuple[int, ...] | None:
    """Two facts with opposite directions, the shortest thing to read; the last fact is looked at first."""
    for j in range(len(facts) - 1, 0, -1):
        for i in range(j):
            pair = _opposite(facts[i][0], facts[j][0])
            if pair and total([facts[i], facts[j]], pair) is not None:
                out = [0] * len(facts)
                out[i], out[j] = pair
                return tuple(out)
    return None


def _opposite(a: Row, b: Row) -> tuple[int, int] | None:
    """Positive integers p, q with p a + q b constant."""
    at = next((k for k, v in enumerate(a[:-1]) if v), None)
    if at is None or a[at] * b[at] >= 0:
        return None
    p, q = integer_row((Fraction(abs(b[at])), Fraction(abs(a[at]))))
    return (p, q) if all(p * x + q * y == 0 for x, y in zip(a[:-1], b[:-1])) else None


def _many(facts: Sequence[Strict]) -> tuple[int, ...] | None:
    columns = [[*map(Fraction, row), Fraction(int(strict))] for row, strict in facts]
    size = len(facts[0][0]) if facts else 1
    columns.append([Fraction(0)] * (size - 1) + [Fraction(1), Fraction(1)])
    solution = _feasible(columns, [Fraction(0)] * size + [Fraction(1)])
    if solution is None or not any(solution[:-1]):
        return None
    return integer_row(solution[:-1])


def _feasible(columns: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """Some m >= 0 with sum m_j columns[j] = right >= 0, a vertex of that set; None where there is none."""
    count, height = len(columns), len(right)
    # One artificial unknown a row, in the basis at first; the last row holds the reduced costs of their sum.
    table = [
        [c[i] for c in columns] + [Fraction(int(k == i)) for k in range(height)] + [right[i]] for i in range(height)
    ]
    basis = list(range(count, count + height))
    zero = Fraction(0)
    cost = [-sum((row[j] for row in table), zero) for j in range(count)] + [zero] * height + [-sum(right, zero)]
    while True:
        entering = next((j for j in range(count) if cost[j] < 0), None)
        if entering is None:
            break
        rows = [i for i in range(height) if table[i][entering] > 0]
        leaving = min(rows, key=lambda i: (table[i][-1] / table[i][entering], basis[i]))
        _pivot(table, cost, leaving, entering)
        basis[leaving] = entering
    if cost[-1] != 0:
        return None
    out = [Fraction(0)] * count
    for i, j in enumerate(basis):
        if j < count:
            out[j] = table[i][-1]
    return out


def _pivot(table: list[list[Fraction]], cost: list[Fraction], row: int, column: int) -> None:
    pivot = table[row]
    scale = pivot[column]
    table[row] = pivot = [v / scale for v in pivot]
    for i, other in enumerate(table):
        if i != row and other[column]:
            factor = other[column]
            table[i] = [a - factor * b for a, b in zip(other, pivot)]
    factor = cost[column]
    cost[:] = [a - factor * b for a, b in zip(cost, pivot)]
