"""The coefficients of an expression that is affine in given names.

    x1*w13 + 2*(x2 - 1)/3   in x1, x2   is   w13 * x1 + 2/3 * x2 - 2/3

`const`: the part free of the names; `of`: the coefficient of each name.  Coefficients are expressions
free of the names, numbers among them folded; nothing else is tidied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from workings.expr import (
    ZERO, Add, Big, Call, Claim, Const, Div, Expr, Key, MatMul, Mul, Neg, Num, Number, Pow, Ref, fold, same,
)

MAX_FOLDED_EXPONENT = 64      # a number's power is folded up to here, else kept as written


@dataclass(slots=True, eq=False)
class Affine:
    """const + sum of of[key] * key; a name that cancels out has no entry."""

    const: Expr
    of: dict[Key, Expr] = field(default_factory=dict)
    where: dict[Key, Ref] = field(default_factory=dict, repr=False)   # the reference itself, with its indices


def coefficients(expr: Expr, names: Iterable[Key]) -> Affine | None:
    """The coefficients of `expr` in `names`, or None where it is not affine in them.

    A family's name stands for the one entry that `expr` uses; two entries of one family are not told apart: None.

    >>> x, w = Ref("x"), Ref("w")
    >>> form = coefficients(Mul((w, Add((x, Neg(Num(1)))))), [("x", 0)])
    >>> form.of[("x", 0)].name, form.const.arg.name
    ('w', 'w')
    """
    wanted = dict.fromkeys(names)

    def step(node: Expr, inner: tuple[Affine | None, ...]) -> Affine | None:
        return _combine(node, inner, wanted)

    found = fold(expr, step)
    if found is None:
        return None
    return Affine(found.const, {k: found.of[k] for k in wanted if k in found.of}, found.where)


def _combine(node: Expr, inner: tuple[Affine | None, ...], wanted: dict[Key, None]) -> Affine | None:
    known = [part for part in inner if part is not None]
    if len(known) < len(inner):
        return None
    free = not any(part.of for part in known)
    if isinstance(node, Ref):
        return _name(node, free, wanted)
    if isinstance(node, Claim):
        return known[0]
    if free:
        return Affine(_folded(node, known))
    return _arithmetic(node, known)


def _name(node: Ref, free: bool, wanted: dict[Key, None]) -> Affine | None:
    if not free:
        return None
    if node.key in wanted:
        return Affine(ZERO, {node.key: Num(1, "1")}, {node.key: node})
    return Affine(node)


def _arithmetic(node: Expr, known: list[Affine]) -> Affine | None:
    """A node with at least one name of the wanted ones below it."""
    if isinstance(node, Add):
        return _sum(known)
    if isinstance(node, Neg):
        return _scaled(known[0], [Num(-1)])
    if isinstance(node, Mul):
        busy = [part for part in known if part.of]
        return _product(known) if len(busy) == 1 else None
    if isinstance(node, Div):
        top, bottom = known
        return None if bottom.of or number(bottom.const) == 0 else _divided(top, bottom.const)
    if isinstance(node, Pow):
        return known[0] if not known[1].of and number(known[1].const) == 1 else None
    if isinstance(node, Big):
        return _summed(node, known)
    return None


def _sum(parts: list[Affine]) -> Affine | None:
    terms: dict[Key, list[Expr]] = {}
    where: dict[Key, Ref] = {}
    for part in parts:
        if not _join(where, part.where):
            return None
        for key, coefficient in part.of.items():
            terms.setdefault(key, []).append(coefficient)
    of = {key: plus(found) for key, found in terms.items()}
    return Affine(plus([p.const for p in parts]), {k: e for k, e in of.items() if number(e) != 0}, where)


def _join(where: dict[Key, Ref], more: dict[Key, Ref]) -> bool:
    """Take over the references; false where one family is meant at two entries."""
    return all(same(where.setdefault(key, ref), ref) for key, ref in more.items())


def _product(parts: list[Affine]) -> Affine:
    """One part holds names, the others are its factors, in the order written."""
    at = next(i for i, part in enumerate(parts) if part.of)
    before, after = [p.const for p in parts[:at]], [p.const for p in parts[at + 1 :]]
    return _scaled(parts[at], before, after)


def _scaled(form: Affine, before: Sequence[Expr], after: Sequence[Expr] = ()) -> Affine:
    of = {key: times([*before, e, *after]) for key, e in form.of.items()}
    const = times([*before, form.const, *after])
    return Affine(const, {k: e for k, e in of.items() if number(e) != 0}, form.where)


def _divided(form: Affine, bottom: Expr) -> Affine:
    return Affine(over(form.const, bottom), {k: over(e, bottom) for k, e in form.of.items()}, form.where)


def _summed(node: Big, known: list[Affine]) -> Affine | None:
    """sum(i, body): affine only in names that are the same in every term."""
    body = known[-1]
    if node.op != "sum" or any(part.of for part in known[:-1]):
        return None
    if any(ref.indices for ref in body.where.values()):
        return None

    def total(e: Expr) -> Expr:
        return e if number(e) == 0 else Big("sum", node.index, e, node.lo, node.hi, node.condition)

    return Affine(total(body.const), {k: total(e) for k, e in body.of.items()}, body.where)


def _folded(node: Expr, known: list[Affine]) -> Expr:
    """A node free of the names: a number where it is one, else as written."""
    parts = [part.const for part in known]
    if isinstance(node, Num | Const | Call | MatMul) or not parts:
        return node
    values = [number(p) for p in parts]
    numbers = [v for v in values if v is not None]
    if len(numbers) < len(values):
        return node
    value = _value(node, numbers)
    return node if value is None else Num(value)


def _value(node: Expr, values: list[Number]) -> Number | None:
    if isinstance(node, Neg):
        return -values[0]
    if isinstance(node, Add):
        return whole(sum(values, Fraction(0)))
    if isinstance(node, Mul):
        return _multiplied(values)
    if isinstance(node, Div):
        return whole(Fraction(values[0]) / values[1]) if values[1] else None
    if isinstance(node, Pow):
        base, power = values
        small = isinstance(power, int) and abs(power) <= MAX_FOLDED_EXPONENT
        return whole(Fraction(base) ** int(power)) if small and (base or power > 0) else None
    return None


# --- sums and products of coefficients: numbers folded, nothing else ---


def number(expr: Expr) -> Number | None:
    """The rational that an expression is written as: 3, 1/2, -3."""
    if isinstance(expr, Num):
        return expr.value
    if isinstance(expr, Neg) and isinstance(expr.arg, Num):
        return -expr.arg.value
    return None


def whole(value: Number) -> Number:
    """The same rational, an int where it is one."""
    return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value


def _multiplied(values: Iterable[Number]) -> Number:
    out = Fraction(1)
    for value in values:
        out *= value
    return whole(out)


def plus(terms: Sequence[Expr]) -> Expr:
    """The sum of terms; numbers are added up and stand last."""
    flat = [t for term in terms for t in (term.args if isinstance(term, Add) else (term,))]
    rest = [t for t in flat if number(t) is None]
    constant = whole(sum((number(t) or 0 for t in flat if number(t) is not None), Fraction(0)))
    if constant or not rest:
        rest.append(Num(constant))
    return rest[0] if len(rest) == 1 else Add(tuple(rest))


def times(factors: Sequence[Expr]) -> Expr:
    """The product of factors; numbers are multiplied and stand first, -1 as a sign."""
    rest: list[Expr] = []
    numbers: list[Number] = []
    for factor in factors:
        negative = isinstance(factor, Neg)
        inner = factor.arg if isinstance(factor, Neg) else factor
        numbers.append(-1 if negative else 1)
        for part in inner.args if isinstance(inner, Mul) else (inner,):
            value = number(part)
            if value is None:
                rest.append(part)
            else:
                numbers.append(value)
    return _with_number(_multiplied(numbers), rest)


def _with_number(value: Number, rest: list[Expr]) -> Expr:
    if value == 0 or not rest:
        return Num(value)
    if value in (1, -1):
        body = rest[0] if len(rest) == 1 else Mul(tuple(rest))
        return body if value == 1 else Neg(body)
    return Mul((Num(value), *rest))


def over(top: Expr, bottom: Expr) -> Expr:
    """The quotient; a number divides the numbers above it."""
    divisor = number(bottom)
    if divisor is not None and divisor != 0:
        return times([Num(whole(1 / Fraction(divisor))), top])
    return top if number(top) == 0 else Div(top, bottom)
