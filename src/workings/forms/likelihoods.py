"""Spellings of losses that are logarithms of likelihoods, for programs: Bernoulli, Poisson, binomial, normal, focal.

Each is a sum whose derivative is a difference; the function it is made knows where that difference is 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from workings.expr import Add, Call, Div, Expr, Mul, Neg, Num, Pow, same
from workings.forms.stable import Rule, Unfold, is_call, minus
from workings.forms.units import factors, number, together

ZERO = Num(0, "0")


def _pairs(node: Expr) -> Iterator[tuple[Expr, Expr, list[Expr]]]:
    """Two terms of a sum, in each order, and the others."""
    if isinstance(node, Add):
        for m, one in enumerate(node.args):
            for n, other in enumerate(node.args):
                if m != n:
                    yield one, other, [a for k, a in enumerate(node.args) if k not in (m, n)]


def _beside(call: Expr, rest: list[Expr]) -> Expr:
    return Add((call, *rest)) if rest else call


def _times(term: Expr, v: Expr, unfold: Unfold) -> Expr | None:
    """The t of -t*v, which must not hold v."""
    if not isinstance(term, Neg) and not isinstance(term, Mul | Div):
        return None
    count, above, below = factors(term)
    place = next((n for n, f in enumerate(above) if same(f, v) or same(unfold(f), v)), None)
    if count >= 0 or place is None:
        return None
    return together(-count, [*above[:place], *above[place + 1:]], below)


def _bernoulli(node: Expr, unfold: Unfold) -> Expr | None:
    """softplus(v) - t*v, and max(v, 0) - t*v + softplus(-abs(v))"""
    for one, other, rest in _pairs(node):
        v = is_call(unfold(one), "softplus")
        t = None if v is None else _times(other, v, unfold)
        if v is not None and t is not None:
            return _beside(Call("bce", (v, t)), rest)
        v = _positive_part(unfold(one))
        t = None if v is None else _times(other, v, unfold)
        far = next((r for r in rest if (a := is_call(unfold(r), "softplus")) is not None and v is not None
                    and isinstance(a, Neg) and (b := is_call(unfold(a.arg), "abs")) is not None and same(b, v)), None)
        if v is not None and t is not None and far is not None:
            return _beside(Call("bce", (v, t)), [r for r in rest if r is not far])
    return None


def _positive_part(expr: Expr) -> Expr | None:
    """The v of max(v, 0) and relu(v)."""
    if isinstance(expr, Call) and expr.function == "max" and len(expr.args) == 2:
        return next((a for a, b in (expr.args, expr.args[::-1]) if number(b) == 0), None)
    return is_call(expr, "relu")


def _poisson(node: Expr, unfold: Unfold) -> Expr | None:
    """exp(v) - k*v, and r - k*log(r)"""
    for one, other, rest in _pairs(node):
        v = is_call(unfold(one), "exp")
        k = None if v is None else _times(other, v, unfold)
        if v is not None and k is not None:
            return _beside(Call("poisson", (v, k)), rest)
        k = _times(other, Call("log", (one,)), unfold)
        if k is not None:
            return _beside(Call("poissonrate", (one, k)), rest)
    return None


def _binomial(node: Expr, unfold: Unfold) -> Expr | None:
    """n*log(a + c*exp(v)) - k*v, of the negative binomial distribution too"""
    for one, other, rest in _pairs(node):
        count, above, below = factors(one)
        call = next((f for f in above if isinstance(unfold(f), Call) and unfold(f).function == "logsum"), None)  # type: ignore[attr-defined]
        if call is None or count <= 0:
            continue
        v, a, c = unfold(call).args                  # type: ignore[attr-defined]
        k = _times(other, v, unfold)
        if k is not None:
            n = together(count, [f for f in above if f is not call], below)
            known = number(n), number(k)
            share = Div(k, n) if None in known else together(known[1]/known[0], [])     # type: ignore[operator]
            return _beside(Mul((n, Call("shareloss", (v, a, c, share)))), rest)
    return None


def _normal(node: Expr, unfold: Unfold) -> Expr | None:
    """r^2/(2*s^2) + log(s)"""
    for one, other, rest in _pairs(node):
        s = is_call(unfold(other), "log")
        if s is None or number(s) is not None:
            continue
        count, above, below = factors(unfold(one))
        if count*2 != 1 or len(below) != 1 or not _is_square(below[0], s) or len(above) > 1:
            continue
        r = Num(1, "1") if not above else above[0].base if isinstance(above[0], Pow) and _two(above[0]) else None
        if r is not None:
            return _beside(Call("normalloss", (s, r)), rest)
    return None


def _two(expr: Pow) -> bool:
    return number(expr.exponent) == 2


def _is_square(expr: Expr, of: Expr) -> bool:
    return isinstance(expr, Pow) and _two(expr) and same(expr.base, of)


def _focal(node: Expr, unfold: Unfold) -> Expr | None:
    """sigmoid(-v)^g*logsigmoid(v), of which (1 - p)^g*log(p) is made"""
    if not isinstance(node, Mul):
        return None
    count, above, below = factors(node)
    for power in above:
        if not isinstance(power, Pow) or (number(power.exponent) or 0) <= 0:
            continue
        m = is_call(unfold(power.base), "sigmoid")
        for log in above:
            v = is_call(unfold(log), "logsigmoid")
            if m is not None and v is not None and (same(minus(v), m) or same(minus(m), v)):
                rest = [f for f in above if f is not power and f is not log]
                return together(-count, [Call("focal", (v, power.exponent)), *rest], below)
    return None


def _log_ratio(node: Expr, unfold: Unfold) -> Expr | None:
    """log(a/b), which is 0 where a = b"""
    inner = is_call(node, "log")
    inner = None if inner is None else unfold(inner)
    if not isinstance(inner, Div) or number(inner.top) == 1 or number(inner) is not None:
        return None
    return Call("logratio", (inner.top, inner.bottom), 0, node.span)


def _relative_entropy(node: Expr, unfold: Unfold) -> Expr | None:
    """p*log(p/q)"""
    if not isinstance(node, Mul):
        return None
    count, above, below = factors(node)
    for factor in above:
        ratio = unfold(factor)
        if isinstance(ratio, Call) and ratio.function == "logratio":
            p, q = ratio.args
            rest = [f for f in above if f is not factor]
            place = next((n for n, f in enumerate(rest) if same(f, p)), None)
            if place is not None:
                return together(count, [Call("relent", (p, q)), *rest[:place], *rest[place + 1:]], below)
    return None


LIKELIHOODS: tuple[Rule, ...] = (_bernoulli, _poisson, _binomial, _normal, _focal, _log_ratio, _relative_entropy)
