"""Textbook formulas as the steady functions that they are, for programs: more than `stable.py` names on a page.

A logarithm of a sum of exponentials is taken apart into groups c exp(u), u without constants, so that constants stay
factors: log(exp(v) + exp(2)) is logsum(v, exp(2), 1), and no rounded difference is put into an exponential.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from math import isqrt

from workings.expr import Add, Call, Div, Expr, Key, Mul, Neg, Network, Num, Pow, free_refs, same
from workings.forms.likelihoods import LIKELIHOODS
from workings.forms.stable import RULES, Found, Rule, Unfold, is_call, minus, recognise, sigmoid
from workings.forms.units import LESS_ONE, UNITS, factors, less_one, number, together

ONE = Num(1, "1")


def steadied(net: Network, keep: Collection[Key] = ()) -> tuple[Network, list[Found]]:
    """The network with all spellings named that a program computes better by name, and what was found.

    Lines of `keep` stay in use.
    """
    return recognise(net, keep, (*BEFORE, *RULES, *AFTER))


def _is(expr: Expr, value: int) -> bool:
    return isinstance(expr, Num) and expr.value == value


def _square(expr: Expr) -> Expr | None:
    """The x of x^2 and of x*x."""
    if isinstance(expr, Pow) and _is(expr.exponent, 2):
        return expr.base
    if isinstance(expr, Mul) and len(expr.args) == 2 and same(expr.args[0], expr.args[1]):
        return expr.args[0]
    return None


# -- roots
def _root(node: Expr, unfold: Unfold) -> Expr | None:
    """sqrt(x^2) is |x|; sqrt(x^2 + y^2 + ...) and sqrt(x^2 + 4) are lengths"""
    inner = is_call(node, "sqrt")
    if inner is None:
        return None
    inner = unfold(inner)
    whole = _square(inner)
    if whole is not None:
        return Call("abs", (whole,), 0, node.span)
    if not isinstance(inner, Add):
        return None
    sides = [(_square(unfold(a)), number(a)) for a in inner.args]
    moving = [x for x, _ in sides if x is not None]
    fixed = [n for x, n in sides if x is None]
    if not moving or len(fixed) > 1 or (fixed and (fixed[0] is None or fixed[0] <= 0)):
        return None
    lengths = [*moving, *(_length(n) for n in fixed if n is not None)]
    out = lengths[0]
    for other in lengths[1:]:
        out = Call("hypot", (out, other), 0, node.span)
    return out


def _length(square: Fraction) -> Expr:
    """The root of a number, itself a number where it is rational."""
    top, bottom = isqrt(square.numerator), isqrt(square.denominator)
    if Fraction(top, bottom)**2 == square:
        whole = Num(top, str(top))
        return whole if bottom == 1 else Div(whole, Num(bottom, str(bottom)))
    return Call("sqrt", (Num(square, str(square)),))


def _root_less_one(node: Expr, unfold: Unfold) -> Expr | None:
    """sqrt(x^2 + 1) - 1, sqrt(x^2 + c^2) - c"""
    if not isinstance(node, Add) or len(node.args) != 2:
        return None
    for root, side in (node.args, node.args[::-1]):
        opened = unfold(root)
        length = opened.args if isinstance(opened, Call) and opened.function == "hypot" else ()
        if isinstance(side, Neg) and length:
            x, c = length
            if same(side.arg, c) or (number(c) is not None and number(side.arg) == number(c)):
                return Call("sqrt1pm1", (x,), 0, node.span) if _is(c, 1) else Mul((c, Call("sqrt1pm1", (Div(x, c),))))
    return None


# -- slopes
def _one_minus(node: Expr) -> Expr | None:
    """The x of 1 - x."""
    if isinstance(node, Add) and len(node.args) == 2:
        for one, other in (node.args, node.args[::-1]):
            if _is(one, 1) and isinstance(other, Neg):
                return other.arg
    return None


def _slope_of_tanh(node: Expr, unfold: Unfold) -> Call | None:
    """1 - tanh(z)^2"""
    inner = _one_minus(node)
    base = None if inner is None else _square(inner)
    z = None if base is None else is_call(unfold(base), "tanh")
    return None if z is None else Call("sech2", (z,), 0, node.span)


def _other_side(node: Expr, unfold: Unfold) -> Call | None:
    """1 - sigmoid(z) is sigmoid(-z)"""
    inner = _one_minus(node)
    z = None if inner is None else is_call(unfold(inner), "sigmoid")
    return None if z is None else Call("sigmoid", (minus(z),), 0, node.span)


def _slope_of_sigmoid(node: Expr, unfold: Unfold) -> Call | None:
    """sigmoid(z)*sigmoid(-z)"""
    if not isinstance(node, Mul) or len(node.args) != 2:
        return None
    z, other = (is_call(unfold(a), "sigmoid") for a in node.args)
    if z is None or other is None:
        return None
    for one, minus_one in ((z, other), (other, z)):
        if same(minus(one), minus_one):
            return Call("dsigmoid", (one,), 0, node.span)
    return None


# -- exponentials
def _tanh(node: Expr, unfold: Unfold) -> Call | None:
    """(exp(z) - exp(-z))/(exp(z) + exp(-z)), (1 - exp(-2z))/(1 + exp(-2z)), (exp(2z) - 1)/(exp(2z) + 1)"""
    if not isinstance(node, Div):
        return None
    top, bottom = less_one(unfold(node.top)), unfold(node.bottom)
    if not isinstance(top, Add) or not isinstance(bottom, Add) or len(top.args) != 2 or len(bottom.args) != 2:
        return None
    plus = [a for a in top.args if not isinstance(a, Neg)]
    less = [a.arg for a in top.args if isinstance(a, Neg)]
    if len(plus) != 1 or len(less) != 1 or not any(
            same(plus[0], a) and same(less[0], b) for a, b in (bottom.args, bottom.args[::-1])):
        return None
    up, down = _exponent(unfold(plus[0])), _exponent(unfold(less[0]))
    if up is None or down is None:
        return None
    if same(minus(up), down) or same(up, minus(down)):
        return Call("tanh", (down.arg if isinstance(down, Neg) else up,), 0, node.span)
    if isinstance(down, Num):
        return Call("tanh", (_half(up),), 0, node.span)
    return Call("tanh", (_half(minus(down)),), 0, node.span) if isinstance(up, Num) else None


def _twice_sigmoid(node: Expr, unfold: Unfold) -> Call | None:
    """2*sigmoid(2*z) - 1, with 2/(1 + exp(-2*z)) for its first term"""
    if not isinstance(node, Add) or len(node.args) != 2:
        return None
    for term, one in (node.args, node.args[::-1]):
        if isinstance(one, Neg) and _is(one.arg, 1) and isinstance(term, Mul) and _is(term.args[0], 2):
            z = is_call(unfold(term.args[1]), "sigmoid") if len(term.args) == 2 else None
            if z is not None:
                return Call("tanh", (_half(z),), 0, node.span)
    return None


def _scaled_sigmoid(node: Expr, unfold: Unfold) -> Expr | None:
    """2/(1 + exp(-z)) is 2*sigmoid(z)"""
    if isinstance(node, Div) and isinstance(node.top, Num) and node.top.value != 1:
        inner = sigmoid(Div(ONE, node.bottom, node.span), unfold)
        return None if inner is None else Mul((node.top, inner), node.span)
    return None


def _exponent(expr: Expr) -> Expr | None:
    """z of exp(z), 0 of 1."""
    return Num(0, "0") if _is(expr, 1) else is_call(expr, "exp")


def _half(expr: Expr) -> Expr:
    """z of 2*z."""
    if isinstance(expr, Neg):
        return Neg(_half(expr.arg))
    if isinstance(expr, Mul) and _is(expr.args[0], 2):
        rest = expr.args[1:]
        return rest[0] if len(rest) == 1 else Mul(rest)
    return Div(expr, Num(2, "2"))


Group = tuple[Expr | None, Expr]      # (u, c) of c exp(u); u is None for a constant


def _groups(expr: Expr, unfold: Unfold) -> list[Group] | None:
    """The terms of a sum of exponentials and positive constants, those of one exponent together."""
    expr = unfold(expr)
    count, above, below = factors(expr)
    if len(above) == 1 and not below and count > 0 and isinstance(unfold(above[0]), Add):
        expr = unfold(above[0])                      # (exp(z) + exp(-z))/2
    else:
        count = Fraction(1)
    out: list[Group] = []
    for term in expr.args if isinstance(expr, Add) else (expr,):
        found = _group(unfold(term))
        if found is not None and count != 1:
            found = (found[0], together(count, [] if _is(found[1], 1) else [found[1]]))
        if found is None:
            return None
        for n, (u, c) in enumerate(out):
            if (u is None) == (found[0] is None) and (u is None or same(u, found[0])):  # type: ignore[arg-type]
                out[n] = (u, Add((c, found[1])))
                break
        else:
            out.append(found)
    return out


def _group(term: Expr) -> Group | None:
    inner = is_call(term, "exp")
    if inner is None:
        return (None, term) if _positive(term) else _scaled(term)
    terms = inner.args if isinstance(inner, Add) else (inner,)
    fixed = [t for t in terms if not free_refs(t)]
    moving = [t for t in terms if free_refs(t)]
    factor: Expr = ONE if not fixed else Call("exp", (fixed[0] if len(fixed) == 1 else Add(tuple(fixed)),))
    if not moving:
        return None, factor
    return (moving[0] if len(moving) == 1 else Add(tuple(moving))), factor


def _scaled(term: Expr) -> Group | None:
    """2*exp(u), exp(u)/2"""
    count, above, below = factors(term)
    inner = is_call(above[0], "exp") if len(above) == 1 and not below else None
    if inner is None or count <= 0:
        return None
    found = _group(above[0])
    return None if found is None else (found[0], together(count, [] if _is(found[1], 1) else [found[1]]))


def _positive(expr: Expr) -> bool:
    """A number or constant above 0, by its look."""
    if isinstance(expr, Num):
        return expr.value > 0
    return is_call(expr, "exp") is not None and not free_refs(expr)


def _log_of_sum(node: Expr, unfold: Unfold) -> Expr | None:
    """log(exp(v) + exp(2) + 3), log(exp(v) + exp(v + 1)), log(exp(u) + exp(v))"""
    inner = is_call(node, "log")
    groups = None if inner is None else _groups(inner, unfold)
    if groups is None or all(u is None for u, _ in groups):
        return None
    return _summed(groups)


def _summed(groups: Sequence[Group]) -> Expr | None:
    """The logarithm of one or two groups."""
    moving = [(u, c) for u, c in groups if u is not None]
    fixed = [c for u, c in groups if u is None]
    if len(moving) == 1 and fixed:
        return Call("logsum", (moving[0][0], fixed[0], moving[0][1]))
    if len(moving) == 1:
        u, c = moving[0]
        return None if _is(c, 1) else Add((u, Call("log", (c,))))
    if len(moving) == 2 and not fixed:
        (u, c), (v, d) = moving
        if same(c, d) and (same(minus(u), v) or same(u, minus(v))):
            cosh = Call("logcosh", (v if isinstance(u, Neg) else u,))
            return cosh if number(c) == Fraction(1, 2) else Add((cosh, Call("log", (Mul((Num(2, "2"), c)),))))
        return Add((v, Call("logsum", (Add((u, Neg(v))), d, c))))
    return None


def _logcosh(node: Expr, unfold: Unfold) -> Expr | None:
    """abs(z) + softplus(-2*abs(z)) - log(2)"""
    if not isinstance(node, Add) or len(node.args) != 3:
        return None
    for far in node.args:
        z = is_call(far, "abs")
        if z is None:
            continue
        inner = next((z for a in node.args if (z := is_call(a, "softplus")) is not None), far)
        count, above, below = factors(inner)
        less = any(isinstance(a, Neg) and (c := is_call(a.arg, "log")) is not None and _is(c, 2) for a in node.args)
        if less and count == -2 and len(above) == 1 and not below and same(above[0], far):
            return Call("logcosh", (z,), 0, node.span)
    return None


def _log_of_share(node: Expr, unfold: Unfold) -> Expr | None:
    """log(exp(v)/(exp(v) + exp(w) + 1)) is minus the log of a sum that has 1 in it"""
    inner = is_call(node, "log")
    inner = None if inner is None else unfold(inner)
    if isinstance(inner, Call) and inner.function == "expshare":
        v, a, c = inner.args
        return Neg(Call("logsum", (minus(v), ONE, a if _is(c, 1) else Div(a, c))))
    if not isinstance(inner, Div):
        return None
    top, groups = _group(unfold(inner.top)), _groups(inner.bottom, unfold)
    if top is None or groups is None or (top[0] is None and not _positive(top[1])):
        return None
    turned: list[Group] = []
    for u, c in groups:
        factor = c if _is(top[1], 1) else Div(c, top[1])
        away = _difference(u, top[0])
        if away is None and any(v is None for v, _ in turned):
            n = next(n for n, (v, _) in enumerate(turned) if v is None)
            turned[n] = (None, Add((turned[n][1], factor)))
        else:
            turned.append((away, factor))
    call = _summed(turned)
    return None if call is None else Neg(call)


def _share(node: Expr, unfold: Unfold) -> Expr | None:
    """exp(v)/(exp(v) + exp(2) + 1)"""
    if not isinstance(node, Div):
        return None
    top, groups = _group(unfold(node.top)), _groups(node.bottom, unfold)
    if top is None or top[0] is None or groups is None or len(groups) != 2:
        return None
    v = top[0]
    own = next((c for u, c in groups if u is not None and same(u, v)), None)
    other = next(((u, c) for u, c in groups if u is None or not same(u, v)), None)
    if own is None or other is None:
        return None
    call = Call("expshare", (v if other[0] is None else Add((v, minus(other[0]))), other[1], own))
    return call if same(top[1], own) else Mul((Div(top[1], own), call))


def _difference(u: Expr | None, v: Expr | None) -> Expr | None:
    """u - v, or None where it is 0."""
    if u is None or v is None:
        return u if v is None else minus(v)
    return None if same(u, v) else Add((u, minus(v)))


# -- losses
def _cross_entropy(node: Expr, unfold: Unfold) -> Expr | None:
    """t*log sigmoid(v) + (1 - t)*log sigmoid(-v), which is minus the binary cross-entropy"""
    if not isinstance(node, Add) or len(node.args) != 2:
        return None
    parts = [_weighted(a) for a in node.args]
    if parts[0] is None or parts[1] is None:
        return None
    (t, v), (rest, other) = parts[0], parts[1]
    if not (same(minus(v), other) or same(v, minus(other))):
        return None
    one = _one_minus(rest)
    if one is not None and same(one, t):
        return Neg(Call("bce", (v, t)))
    one = _one_minus(t)
    if one is not None and same(one, rest):
        return Neg(Call("bce", (other, rest)))
    known = number(t), number(rest)
    if known[0] is not None and known[1] is not None and known[0] + known[1] == 1:
        return Neg(Call("bce", (v, t)))
    return None


def _weighted(expr: Expr) -> tuple[Expr, Expr] | None:
    """(t, v) of t*log sigmoid(v)."""
    if isinstance(expr, Mul) and len(expr.args) >= 2:
        for n, factor in enumerate(expr.args):
            v = is_call(factor, "logsigmoid")
            if v is not None:
                rest = (*expr.args[:n], *expr.args[n + 1:])
                return (rest[0] if len(rest) == 1 else Mul(rest)), v
    return None


def _xlogx(node: Expr, unfold: Unfold) -> Call | None:
    """z*log(z)"""
    if isinstance(node, Mul) and len(node.args) == 2:
        for z, log in (node.args, node.args[::-1]):
            inner = is_call(unfold(log), "log")
            if inner is not None and same(inner, z):
                return Call("xlogx", (z,), 0, node.span)
    return None


def _twice_minus(node: Expr, unfold: Unfold) -> Expr | None:
    """-(-z)"""
    return node.arg.arg if isinstance(node, Neg) and isinstance(node.arg, Neg) else None


BEFORE: tuple[Rule, ...] = (_tanh,)
AFTER: tuple[Rule, ...] = (
    _scaled_sigmoid, _twice_sigmoid, _logcosh, _log_of_share, _share, _log_of_sum, _root, _root_less_one,
    _slope_of_tanh, _other_side, _slope_of_sigmoid, _cross_entropy, _xlogx, *UNITS, *LESS_ONE, *LIKELIHOODS,
    _twice_minus,
)
