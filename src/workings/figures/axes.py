"""The frame of a plane with its ticks, and how numbers and equations of lines are written there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd

from workings.expr import Add, Expr, Mul, Neg, Num, Ref, Rel
from workings.figures.plane_view import View, ticks
from workings.figures.shapes import Shape, Text, line, rectangle
from workings.geometry.formulas import reference

LEFT, TOP = 44.0, 14.0        # of the frame, beside which tick labels stand
TICK, TICK_TEXT, AXIS_TEXT = 4.0, 10.5, 14.0


def number(value: Fraction | int) -> Expr:
    """An exact number as a tree."""
    value = Fraction(value)
    whole = int(value) if value.denominator == 1 else value
    return Num(whole) if whole >= 0 else Neg(Num(-whole))


def _decimal(value: Fraction) -> str:
    """A tick's number: ticks are short decimals."""
    return f"{float(value):.10g}".replace("-", "−")


def axes(shown: View, inputs: Sequence[str]) -> list[Shape]:
    """The frame, its ticks with their numbers, thin lines through 0, and the names of the inputs."""
    right, bottom = shown.left + shown.width, shown.top + shown.height
    shapes: list[Shape] = []
    for value in ticks(shown.low[0], shown.high[0]):
        x = shown.at((value, 0))[0]
        shapes.append(line([(x, shown.top), (x, bottom)], "axis" if value == 0 else "grid"))
        shapes.append(line([(x, bottom), (x, bottom + TICK)], "tick"))
        shapes.append(Text(_decimal(value), x, bottom + TICK + 9, "tick-label", size=TICK_TEXT))
    for value in ticks(shown.low[1], shown.high[1]):
        y = shown.at((0, value))[1]
        shapes.append(line([(shown.left, y), (right, y)], "axis" if value == 0 else "grid"))
        shapes.append(line([(shown.left - TICK, y), (shown.left, y)], "tick"))
        shapes.append(Text(_decimal(value), shown.left - TICK - 3, y, "tick-label", "end", TICK_TEXT))
    shapes.append(rectangle(shown.left, shown.top, shown.width, shown.height, "frame"))
    shapes.append(Text(reference(inputs[0]), right + 8, bottom, "label", "start", AXIS_TEXT))
    shapes.append(Text(reference(inputs[1]), shown.left, shown.top - 10, "label", "middle", AXIS_TEXT))
    return shapes


def sum_of(coefficients: Sequence[Fraction], names: Sequence[str], const: Fraction = Fraction(0)) -> Expr:
    """An affine map as a tree: -x1 + 1/2*x2 + 1; the constant stands first where it is positive: 1 + x2."""
    terms = [_term(Fraction(c), name) for c, name in zip(coefficients, names) if c]
    if const > 0:
        terms.insert(0, number(const))
    elif const < 0:
        terms.append(number(const))
    return Num(0) if not terms else terms[0] if len(terms) == 1 else Add(tuple(terms))


def _term(coefficient: Fraction, name: str) -> Expr:
    body: Expr = Ref(name) if abs(coefficient) == 1 else Mul((number(abs(coefficient)), Ref(name)))
    return body if coefficient > 0 else Neg(body)


def equation(normal: Sequence[Fraction | int], const: Fraction | int, names: Sequence[str]) -> Rel:
    """The line normal * x = const, in integers without a common factor, the first coefficient positive."""
    values = [Fraction(v) for v in (*normal, const)]
    scale = 1
    for value in values:
        scale = scale * value.denominator // gcd(scale, value.denominator)
    whole = [int(v * scale) for v in values]
    common = gcd(*whole[:-1]) or 1
    first = next(v for v in whole if v)
    sign = 1 if first > 0 else -1
    *left, right = [Fraction(sign * v, common) for v in whole]
    return Rel((sum_of(left, names), number(right)), ("=",))
