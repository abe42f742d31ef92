"""Sums, products, quotients and powers of affine forms; None where the result is not affine."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from workings.expr import Add, Div, Expr, Mul, Neg, Pow
from workings.geometry.linear import Form, times
from workings.limits import MAX_EXPONENT

Combine = Callable[[list[Form]], Form | None]


def _product(forms: list[Form]) -> Form | None:
    out = forms[0]
    for form in forms[1:]:
        if not out.constant and not form.constant:
            return None
        out = times(out, form.const) if form.constant else times(form, out.const)
    return out


def _sum(forms: list[Form]) -> Form:
    out = Form(dict(forms[0].of), forms[0].const)
    for form in forms[1:]:
        for v, c in form.of.items():
            out.of[v] = out.of.get(v, Fraction(0)) + c
        out.const += form.const
    return Form({v: c for v, c in out.of.items() if c}, out.const)


def _quotient(forms: list[Form]) -> Form | None:
    top, bottom = forms
    return times(top, 1 / bottom.const) if bottom.constant and bottom.const else None


def _power(forms: list[Form]) -> Form | None:
    base, exponent = forms
    if not exponent.constant or exponent.const.denominator != 1:
        return None
    power = int(exponent.const)
    if power in (0, 1):
        return base if power else Form(const=Fraction(1))
    if not base.constant or abs(power) > MAX_EXPONENT or (power < 0 and not base.const):
        return None
    return Form(const=base.const**power)


ARITHMETIC: dict[type[Expr], Combine] = {
    Add: _sum, Mul: _product, Div: _quotient, Pow: _power, Neg: lambda f: times(f[0], -1),
}
