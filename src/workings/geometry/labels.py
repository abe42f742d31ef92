"""What the class rules of a text say: "class 1 if y < 0" names a side; "class 1 if y > 1/2" states a level too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from workings.expr import Add, Div, Expr, Logic, Mul, Neg, Network, Num, Ref, Rel, fold, free_keys
from workings.expr.network import ClassRule
from workings.forms.affine import coefficients, number

Value = Fraction | bool | None


def label_of(net: Network, own: Sequence[Mapping[str, Fraction]], other: Sequence[Mapping[str, Fraction]]) -> str:
    """The label whose condition holds at all values of one side and at none of the others; "" where there is none."""
    for rule in net.classes:
        here = [_holds(rule.condition, values) for values in own]
        there = [_holds(rule.condition, values) for values in other]
        if all(v is True for v in here) and all(v is False for v in there):
            return rule.label
    return ""


def stated(net: Network) -> tuple[str, Fraction, ClassRule] | None:
    """The one quantity and the one level that every class rule compares it with; None where they differ."""
    found = [(*_compared(rule), rule) for rule in net.classes]
    if not found or any(level is None or not name for name, level, _ in found):
        return None
    name, level, rule = found[0]
    same = level is not None and all((n, v) == (name, level) for n, v, _ in found)
    return (name, level, rule) if same and level is not None and (name, 0) in net.defs else None


def _compared(rule: ClassRule) -> tuple[str, Fraction | None]:
    """2*y > 1 compares y with 1/2."""
    condition, names = rule.condition, list(free_keys(rule.condition))
    if not isinstance(condition, Rel) or len(condition.ops) != 1 or len(names) != 1 or names[0][1]:
        return "", None
    left, right = condition.args
    form = coefficients(Add((left, Neg(right))), names)
    slope = number(form.of[names[0]]) if form is not None and form.of else None
    const = number(form.const) if form is not None else None
    return names[0][0], None if slope is None or const is None else -Fraction(const) / Fraction(slope)


def _holds(condition: Expr, values: Mapping[str, Fraction]) -> Value:
    return fold(condition, lambda node, inner: _value(node, inner, values))


def _value(node: Expr, inner: tuple[Value, ...], values: Mapping[str, Fraction]) -> Value:
    if isinstance(node, Num):
        return Fraction(node.value)
    if isinstance(node, Ref):
        return values.get(node.name) if not node.indices else None
    if any(v is None for v in inner):
        return None
    known = [v for v in inner if v is not None]
    if isinstance(node, Logic) and node.op in ("and", "or", "not"):
        return {"and": all(known), "or": any(known), "not": not known[0]}[node.op]
    numbers = [Fraction(v) for v in known]
    if isinstance(node, Rel):
        return all(_compare(a, op, b) for a, op, b in zip(numbers, node.ops, numbers[1:]))
    return _arithmetic(node, numbers)


def _compare(a: Fraction, op: str, b: Fraction) -> bool:
    return {">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b, "=": a == b, "!=": a != b}.get(op, False)


def _arithmetic(node: Expr, known: list[Fraction]) -> Value:
    if isinstance(node, Add):
        return sum(known, Fraction(0))
    if isinstance(node, Neg):
        return -known[0]
    if isinstance(node, Div) and known[1]:
        return known[0] / known[1]
    if isinstance(node, Mul):
        out = Fraction(1)
        for v in known:
            out *= v
        return out
    return None
