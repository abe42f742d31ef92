"""Spellings of units and of exponentials less one, for programs: SiLU, GELU in both forms, Mish, ELU, log odds.

A product is taken as a number, factors above and factors below, so that 0.5*z*(1 + erf(z/sqrt(2))), z/2*(1 + ...)
and z*(1 + ...)/2 are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from workings.expr import Add, Call, Const, Div, Expr, Logic, Mul, Neg, Num, Number, Pow, Rel, rewrite, same
from workings.forms.stable import Rule, Unfold, is_call, minus

Factors = tuple[Fraction, list[Expr], list[Expr]]        # a number, what stands above, what stands below


def number(expr: Expr) -> Fraction | None:
    """3, -3 and 1/4 as what they are."""
    if isinstance(expr, Neg):
        inner = number(expr.arg)
        return None if inner is None else -inner
    if isinstance(expr, Num):
        return Fraction(expr.value)
    if isinstance(expr, Div):
        top, bottom = number(expr.top), number(expr.bottom)
        return None if top is None or not bottom else top/bottom
    return None


def factors(expr: Expr) -> Factors:
    """A product or quotient taken apart."""
    count, above, below = Fraction(1), list[Expr](), list[Expr]()
    stack: list[tuple[Expr, bool]] = [(expr, True)]
    while stack:
        node, up = stack.pop()
        known = number(node)
        if known:
            count = count*known if up else count/known
        elif isinstance(node, Neg):
            count = -count
            stack.append((node.arg, up))
        elif isinstance(node, Mul) and not node.each:
            stack += [(a, up) for a in reversed(node.args)]
        elif isinstance(node, Div):
            stack += [(node.bottom, not up), (node.top, up)]
        else:
            (above if up else below).append(node)
    return count, above, below


def together(count: Fraction, above: Sequence[Expr], below: Sequence[Expr] = ()) -> Expr:
    """A product again, its number in front."""
    sign, size = count < 0, abs(count)
    parts = [*([_number(size)] if size != 1 or not above else []), *above]
    top: Expr = parts[0] if len(parts) == 1 else Mul(tuple(parts))
    bottom = list(below)
    out = top if not bottom else Div(top, bottom[0] if len(bottom) == 1 else Mul(tuple(bottom)))
    return Neg(out) if sign else out


def _number(x: Fraction) -> Expr:
    top = Num(x.numerator, str(x.numerator))
    return top if x.denominator == 1 else Div(top, Num(x.denominator, str(x.denominator)))


def one_and(expr: Expr, function: str, unfold: Unfold) -> Expr | None:
    """The u of 1 + f(u)."""
    expr = unfold(expr)
    if isinstance(expr, Add) and len(expr.args) == 2:
        for one, other in (expr.args, expr.args[::-1]):
            if isinstance(one, Num) and one.value == 1:
                return is_call(unfold(other), function)
    return None


def _without(parts: Sequence[Expr], gone: Expr) -> list[Expr] | None:
    """The factors without one that is `gone`, or None where there is none."""
    place = next((n for n, p in enumerate(parts) if same(p, gone)), None)
    return None if place is None else [*parts[:place], *parts[place + 1:]]


# -- units
def _silu(node: Expr, unfold: Unfold) -> Expr | None:
    """z*sigmoid(z), z/(1 + exp(-z))"""
    if not isinstance(node, Mul | Div):
        return None
    count, above, below = factors(node)
    for side, sign in ((above, 1), (below, -1)):
        for factor in side:
            u = is_call(unfold(factor), "sigmoid") if sign > 0 else one_and(factor, "exp", unfold)
            z = None if u is None else u if sign > 0 else minus(u)
            found = None if z is None else _put(Call("silu", (z,)), z, count, above, below, factor)
            if found is not None:
                return found
    return None


def _put(call: Call, z: Expr, count: Fraction, above: list[Expr], below: list[Expr], factor: Expr) -> Expr | None:
    """The product with `factor` and a factor z made into the call; -z is z and a sign, z of 2*z its number too."""
    inner, parts, under = factors(z)
    rest: list[Expr] | None = [f for f in above if f is not factor]
    for part in parts:
        rest = None if rest is None else _without(rest, part)
    if rest is None or under or not parts:
        return None
    return together(count/inner, [call, *rest], [f for f in below if f is not factor])


def _normal(node: Expr, unfold: Unfold) -> Expr | None:
    """(1 + erf(z/sqrt(2)))/2 is Phi(z)"""
    if not isinstance(node, Mul | Div):
        return None
    count, above, below = factors(node)
    for factor in above:
        u = one_and(factor, "erf", unfold)
        z = None if u is None else _less_root2(unfold(u))
        if z is not None:
            return together(2*count, [Call("Phi", (z,)), *(f for f in above if f is not factor)], below)
    return None


def _less_root2(expr: Expr) -> Expr | None:
    """The z of z/sqrt(2)."""
    count, above, below = factors(expr)
    roots = [f for f in below if _is_root(f, 2)] + [f for f in above if _is_root(f, Fraction(1, 2))]
    if len(roots) != 1:
        return None
    return together(count, [f for f in above if f is not roots[0]], [f for f in below if f is not roots[0]])


def _is_root(expr: Expr, of: Number) -> bool:
    if isinstance(expr, Pow) and number(expr.exponent) == Fraction(1, 2):
        return number(expr.base) == of
    inner = is_call(expr, "sqrt")
    return inner is not None and number(inner) == of


def _gelu(node: Expr, unfold: Unfold) -> Expr | None:
    """z*Phi(z)"""
    return _unit(node, unfold, "Phi", "gelu")


def _mish(node: Expr, unfold: Unfold) -> Expr | None:
    """z*tanh(softplus(z))"""
    if not isinstance(node, Mul | Div):
        return None
    count, above, below = factors(node)
    for factor in above:
        u = is_call(unfold(factor), "tanh")
        z = None if u is None else is_call(unfold(u), "softplus")
        found = None if z is None else _put(Call("mish", (z,)), z, count, above, below, factor)
        if found is not None:
            return found
    return None


def _unit(node: Expr, unfold: Unfold, function: str, unit: str) -> Expr | None:
    if not isinstance(node, Mul | Div):
        return None
    count, above, below = factors(node)
    for factor in above:
        z = is_call(unfold(factor), function)
        found = None if z is None else _put(Call(unit, (z,)), z, count, above, below, factor)
        if found is not None:
            return found
    return None


def _one_plus_tanh(node: Expr, unfold: Unfold) -> Expr | None:
    """1 + tanh(u) is 2*sigmoid(2*u), which does not cancel; the bracket of GELU by tanh has its z"""
    u = one_and(node, "tanh", unfold)
    if u is None:
        return None
    z = _cubic(u, unfold)
    twice = together(*_twice(factors(unfold(u))))
    inner = Call("sigmoid", (twice,)) if z is None else Div(Call("tanhgelu", (z,)), z)
    return Mul((Num(2, "2"), inner))


def _twice(taken: Factors) -> Factors:
    return 2*taken[0], taken[1], taken[2]


def _tanh_gelu(node: Expr, unfold: Unfold) -> Expr | None:
    """z/2*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z^3))): its bracket is 2*(tanhgelu(z)/z) by now"""
    if not isinstance(node, Mul | Div):
        return None
    count, above, below = factors(node)
    for factor in above:
        z = is_call(factor, "tanhgelu")
        rest = None if z is None else _without(below, z)
        if z is not None and rest is not None:
            others = _without([f for f in above if f is not factor], z)
            return None if others is None else together(count, [factor, *others], rest)
    return None


CUBIC = Fraction(44715, 1_000_000)


def _cubic(expr: Expr, unfold: Unfold) -> Expr | None:
    """The z of sqrt(2/pi)*(z + 0.044715*z^3)."""
    count, above, below = factors(unfold(expr))
    roots = [f for f in above if _two_over_pi(f)]
    sums = [unfold(f) for f in above if not _two_over_pi(f)]
    if count != 1 or below or len(roots) != 1 or not sums:
        return None
    if len(sums) == 2:                               # z*(1 + 0.044715*z^2)
        for z, bracket in (sums, sums[::-1]):
            if isinstance(bracket, Add) and any(number(a) == 1 for a in bracket.args):
                return z if any(_power(a, z, 2) for a in bracket.args) else None
        return None
    total = sums[0]
    if not isinstance(total, Add) or len(total.args) != 2:
        return None
    return next((z for z, cube in (total.args, total.args[::-1]) if _power(cube, z, 3)), None)


def _power(term: Expr, z: Expr, exponent: int) -> bool:
    """Is it 0.044715 times a power of z?"""
    count, above, below = factors(term)
    powers = 0
    for factor in above:
        if same(factor, z):
            powers += 1
        elif isinstance(factor, Pow) and same(factor.base, z) and number(factor.exponent) is not None:
            powers += int(number(factor.exponent) or 0)
        else:
            return False
    return count == CUBIC and not below and powers == exponent


def _two_over_pi(expr: Expr) -> bool:
    inner = is_call(expr, "sqrt")
    if inner is None and isinstance(expr, Pow) and number(expr.exponent) == Fraction(1, 2):
        inner = expr.base
    if inner is None:
        return False
    count, above, below = factors(inner)
    return count == 2 and not above and len(below) == 1 and isinstance(below[0], Const) and below[0].name == "pi"


def _cancelled(node: Expr, unfold: Unfold) -> Expr | None:
    """2*u/2 is u, also where 2*u is no number"""
    if not isinstance(node, Mul | Div) or len([a for a in node.children() if number(a) is not None]) == 0:
        return None
    count, above, below = factors(node)
    return above[0] if count == 1 and len(above) == 1 and not below else None


# -- exponentials less one, and cases
def _expm1(node: Expr, unfold: Unfold) -> Expr | None:
    """exp(z) - 1 and 1 - exp(z)"""
    if not isinstance(node, Add) or len(node.args) != 2:
        return None
    for one, other in (node.args, node.args[::-1]):
        if isinstance(one, Neg) and number(one.arg) == 1:
            z = is_call(unfold(other), "exp")
            return None if z is None else Call("expm1", (z,), 0, node.span)
        if number(one) == 1 and isinstance(other, Neg):
            z = is_call(unfold(other.arg), "exp")
            return None if z is None else Neg(Call("expm1", (z,), 0, node.span))
    return None


def less_one(expr: Expr) -> Expr:
    """expm1(z) as exp(z) - 1 again, for spellings that it stands in."""
    if isinstance(expr, Neg) and (z := is_call(expr.arg, "expm1")) is not None:
        return Add((Num(1, "1"), Neg(Call("exp", (z,)))))
    inner = is_call(expr, "expm1")
    return expr if inner is None else Add((Call("exp", (inner,)), Neg(Num(1, "1"))))


def _log1p(node: Expr, unfold: Unfold) -> Expr | None:
    """log(1 + u), log(1 - exp(-z)), log(p/(1 - p)), log1p(exp(z))"""
    inner = is_call(node, "log1p")
    if inner is not None:
        z = is_call(unfold(inner), "exp")
        other = unfold(inner)
        below = is_call(unfold(other.arg), "exp") if isinstance(other, Neg) else None
        if below is not None:
            return Call("log1mexp", (minus(below),), 0, node.span)
        return None if z is None else Call("softplus", (z,), 0, node.span)
    inner = is_call(node, "log")
    if inner is None:
        return None
    inner = unfold(inner)
    less = less_one(inner)
    if isinstance(less, Add) and len(less.args) == 2:
        for one, other in (less.args, less.args[::-1]):
            if number(one) == 1:
                return _log_of_one_and(node, other, unfold)
    if isinstance(inner, Div) and _one_less(unfold(inner.bottom), inner.top):
        return Call("logit", (inner.top,), 0, node.span)
    return None


def _log_of_one_and(node: Expr, other: Expr, unfold: Unfold) -> Expr:
    z = is_call(unfold(other.arg), "exp") if isinstance(other, Neg) else None
    return Call("log1p", (other,), 0, node.span) if z is None else Call("log1mexp", (minus(z),), 0, node.span)


def _one_less(expr: Expr, p: Expr) -> bool:
    """Is it 1 - p?"""
    if not isinstance(expr, Add) or len(expr.args) != 2:
        return False
    return any(number(a) == 1 and isinstance(b, Neg) and same(b.arg, p) for a, b in (expr.args, expr.args[::-1]))


def _logit(node: Expr, unfold: Unfold) -> Expr | None:
    """log(p) - log(1 - p), whose second logarithm is log1p(-p) by now"""
    if not isinstance(node, Add) or len(node.args) != 2:
        return None
    for one, other in (node.args, node.args[::-1]):
        p = is_call(unfold(one), "log")
        q = is_call(_named_log(unfold(other.arg), unfold), "log1p") if isinstance(other, Neg) else None
        if p is not None and isinstance(q, Neg) and same(p, q.arg):
            return Call("logit", (p,), 0, node.span)
    return None


def _named_log(expr: Expr, unfold: Unfold) -> Expr:
    return _log1p(expr, unfold) or expr


def _cases(node: Expr, unfold: Unfold) -> Expr | None:
    """where(z > 0, z, a*(exp(z) - 1)): the exponential counts below 0 only, and must not overflow above"""
    if not isinstance(node, Call) or node.function not in ("where", "min"):
        return None
    if node.function == "min":                       # min(0, a*(exp(z) - 1))
        if len(node.args) != 2 or not any(number(a) == 0 for a in node.args):
            return None
        args = tuple(rewrite(a, lambda e: _dipped(e, None)) for a in node.args)
    else:
        z, negative = _side(node.args[0])
        if z is None:
            return None
        args = list(node.args)                       # type: ignore[assignment]
        args[1 if negative else 2] = rewrite(unfold(args[1 if negative else 2]), lambda e: _dipped(e, z))  # type: ignore[index]
    if all(a is b for a, b in zip(args, node.args)):
        return None
    return Call(node.function, tuple(args), 0, node.span)


def _dipped(expr: Expr, z: Expr | None) -> Expr:
    inner = is_call(expr, "expm1")
    return expr if inner is None or (z is not None and not same(inner, z)) else Call("dip", (inner,))


def _side(test: Expr) -> tuple[Expr | None, bool]:
    """The z of z > 0 and z < 0, and whether it is negative where the test holds."""
    if isinstance(test, Logic) or not isinstance(test, Rel) or len(test.args) != 2 or number(test.args[1]) != 0:
        return None, False
    op = test.ops[0]
    return (test.args[0], op in ("<", "<=")) if op in ("<", "<=", ">", ">=") else (None, False)


UNITS: tuple[Rule, ...] = (_tanh_gelu, _one_plus_tanh, _normal, _gelu, _silu, _mish, _cancelled)
LESS_ONE: tuple[Rule, ...] = (_log1p, _logit, _expm1, _cases)
