"""Sums that are matrix products: z[k,c] = sum(j, W[c,j]*a[k,j]) + b[c] over whole axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workings.emit.plan import Plan, Step
from workings.expr import Add, Big, Expr, Mul, Num, Ref
from workings.notation import plain


@dataclass(slots=True, eq=False)
class Product:
    """`target[row, column] += sum over `inner` of left * right`; each has two of the three letters."""

    target: Ref
    left: Ref
    right: Ref
    row: str
    column: str
    inner: str


def product(step: Step, plan: Plan) -> tuple[Expr, Product] | None:
    """What the target starts with, and the product that is added to it; None where the statement is no such thing."""
    names = _letters(step.target)
    if step.test is not None or len(names) != 2 or set(names) != set(step.letters):
        return None
    terms = step.value.args if isinstance(step.value, Add) else (step.value,)
    sums = [(n, t) for n, t in enumerate(terms) if isinstance(t, Big)]
    factors = _factors(sums[0][1], names) if len(sums) == 1 else None
    if factors is None:
        return None
    number, (left, right, inner) = sums[0][0], factors
    if not all(_whole(ref, plan) for ref in (step.target, left, right)):
        return None
    rest = [t for n, t in enumerate(terms) if n != number]
    start = Num(0, "0.0") if not rest else rest[0] if len(rest) == 1 else Add(tuple(rest))
    return start, Product(step.target, left, right, names[0], names[1], inner)


def _factors(big: Big, names: Sequence[str]) -> tuple[Ref, Ref, str] | None:
    """The two matrices of a sum, the one with the first letter in front."""
    plain_sum = big.op == "sum" and big.lo is None and big.hi is None and big.condition is None
    if not plain_sum or not isinstance(big.body, Mul) or len(big.body.args) != 2:
        return None
    a, b = big.body.args
    for left, right in ((a, b), (b, a)):
        if isinstance(left, Ref) and isinstance(right, Ref):
            mine, other = set(_letters(left)), set(_letters(right))
            if mine == {names[0], big.index} and other == {names[1], big.index}:
                return left, right, big.index
    return None


def _letters(ref: Ref) -> tuple[str, ...]:
    if len(ref.indices) != 2 or not all(isinstance(i, Ref) and not i.indices for i in ref.indices):
        return ()
    return tuple(i.name for i in ref.indices if isinstance(i, Ref))


def _whole(ref: Ref, plan: Plan) -> bool:
    """Do the letters run along the whole of both axes?"""
    for name, axis in zip(_letters(ref), plan.fields[ref.key].axes):
        own = plan.ranges.get(name)
        if own is None or (plain(own.lo), plain(own.hi)) != (plain(axis.lo), plain(axis.hi)):
            return False
    return True
