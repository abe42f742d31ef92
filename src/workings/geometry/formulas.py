"""Exact maps and inequalities as formulas that a person would write."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd

from workings.expr import Add, Expr, Mul, Neg, Num, Number, Ref, Rel

Rationals = Sequence[int] | Sequence[Fraction] | Sequence[int | Fraction]


def num(value: Number) -> Expr:
    """A number; a negative one carries its sign in front.

    >>> num(Fraction(-3, 2)).arg.value
    Fraction(3, 2)
    """
    whole = int(value) if value == int(value) else value
    return Neg(Num(-whole)) if whole < 0 else Num(whole)


def combination(terms: Sequence[tuple[Fraction, Expr]], const: Fraction) -> Expr:
    """The sum of coefficient * name and a constant, first where it is positive: 1 + x2, x1 + x2 - 1."""
    parts = [_term(c, e) for c, e in terms if c]
    if const > 0 and parts:
        parts.insert(0, num(const))
    elif const or not parts:
        parts.append(num(const))
    return parts[0] if len(parts) == 1 else Add(tuple(parts))


def _term(coefficient: Fraction, name: Expr) -> Expr:
    size = abs(coefficient)
    body = name if size == 1 else Mul((num(size), name))
    return Neg(body) if coefficient < 0 else body


def affine(values: Rationals, inputs: Sequence[str]) -> Expr:
    """An affine map of the inputs as an expression.

    >>> from workings.notation import plain
    >>> plain(affine((Fraction(-1), Fraction(1, 2), Fraction(1)), ["x1", "x2"]))
    '1 - x1 + 1/2*x2'
    """
    terms = [(Fraction(c), reference(name)) for c, name in zip(values, inputs)]
    return combination(terms, Fraction(values[-1]))


def reference(name: str) -> Expr:
    """The reference that a name such as x1 or x[2] stands for."""
    if not name.endswith("]"):
        return Ref(name)
    head, _, rest = name[:-1].partition("[")
    return Ref(head, tuple(Num(int(i)) for i in rest.split(",")))


def lowest(row: Sequence[int]) -> tuple[Fraction, ...]:
    """The row divided by what its slopes have in common: 2 x1 - 2 x2 < 1 is x1 - x2 < 1/2.

    >>> lowest((2, -2, -1)) == (1, -1, Fraction(-1, 2))
    True
    """
    divisor = gcd(*row[:-1]) or 1
    return tuple(Fraction(v, divisor) for v in row)


TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "=": "=", "!=": "!="}


def inequality(row: Rationals, op: str, inputs: Sequence[str]) -> Rel:
    """row op 0 with the names on the left and the constant on the right, solved where there is but one name.

    >>> from workings.notation import plain
    >>> plain(inequality((-2, 0, 1), ">=", ["x1", "x2"])), plain(inequality((1, -1, 3), "<", ["x1", "x2"]))
    ('x1 <= 1/2', 'x1 - x2 < -3')
    """
    values = [Fraction(v) for v in row]
    slopes, const = values[:-1], values[-1]
    used = [c for c in slopes if c]
    scale = Fraction(1)
    if len(used) == 1:
        scale = 1 / used[0]
    elif used and used[0] < 0:
        scale = Fraction(-1)
    left = affine((*(c * scale for c in slopes), Fraction(0)), inputs)
    if not used:
        return Rel((num(const), num(Fraction(0))), (op,))
    return Rel((left, num(-const * scale)), (op if scale > 0 else TURNED[op],))
