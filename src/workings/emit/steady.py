"""The last step before a text: slopes that cancel called by name, constants as doubles, two of them where one is short.

1 - a^2 where a = tanh(z) becomes sech2(z); log(1 + exp(1)) becomes 1.3132616875182228, and beside a variable the rest
that a double cannot hold follows: v + 1.3132616875182228 + 5.6e-17 is right to the last bits where it is near 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from workings.emit.plan import Plan, Step
from workings.expr import (
    Add, Call, Const, Div, Expr, Key, Mul, Neg, Num, Pow, Ref, free_refs, preorder, rewrite, same, substitute,
)
from workings.forms.stable import minus
from workings.functions import table
from workings.notation import plain

PRECISION = 300               # bits in which constants are computed


def steady(plan: Plan, slopes: bool = True) -> Plan:
    """The plan with constants computed and, with `slopes`, cancelling slopes named, which its notes say."""
    made = {s.target.key: s for s in plan.steps if len(s.letters) == len(s.target.indices)}
    notes: dict[str, None] = {}
    steps = []
    for step in plan.steps:
        value = rewrite(step.value, lambda node: _slope(node, made, notes)) if slopes else step.value
        notes.update(dict.fromkeys(_reasons(value)))
        steps.append(step.with_(step.target, rewrite(_with_rests(value), lambda n: _constant(n, made))))
    left = _used(plan, steps)
    gone = {s.target.key for s in steps} - {s.target.key for s in left}
    fields = {key: f for key, f in plan.fields.items() if key not in gone}
    return replace(plan, steps=left, fields=fields, notes=[*plan.notes, *notes])


def _used(plan: Plan, steps: list[Step]) -> list[Step]:
    """The statements without shares that nothing uses any more, now that gaps are made of their parts."""
    wanted = {plan.of.key, *(entry.key for _, entry in plan.gradients)}
    wanted |= {r.key for step in steps for r in free_refs(step.value)}
    return [s for s in steps if s.target.key in wanted or not isinstance(s.value, Div)]


def _reasons(value: Expr) -> Iterator[str]:
    """Why a function that is called has a method of its own."""
    for node in preorder(value):
        row = table.get(node.function) if isinstance(node, Call) else None
        if row is not None and row.stable and row.kind != "array":
            yield f"{row.name}: {row.says}; {row.stable}"


# -- slopes
def _slope(node: Expr, made: Mapping[Key, Step], notes: dict[str, None]) -> Expr:
    new = (_of_tanh(node, made) or _other_side(node, made) or _of_sigmoid(node, made) or _of_softmax(node, made))
    if new is None:
        return node
    notes[f"{plain(node)} = {plain(new)}, without cancelling"] = None
    return new


def _inner(expr: Expr, name: str, made: Mapping[Key, Step]) -> Expr | None:
    """The z of name(z), also where a statement a = name(z) stands for it."""
    expr = _opened(expr, made)
    if isinstance(expr, Call) and expr.function == name and len(expr.args) == 1 and not expr.primes:
        return expr.args[0]
    return None


def _opened(expr: Expr, made: Mapping[Key, Step]) -> Expr:
    """What a statement says a quantity is."""
    if not isinstance(expr, Ref) or expr.key not in made:
        return expr
    step = made[expr.key]
    table = {i.name: own for i, own in zip(step.target.indices, expr.indices) if isinstance(i, Ref)}
    return substitute(step.value, table) if table else step.value


def _one_minus(node: Expr) -> Expr | None:
    if isinstance(node, Add) and len(node.args) == 2:
        one, other = node.args
        if isinstance(one, Num) and one.value == 1 and isinstance(other, Neg):
            return other.arg
    return None


def _of_tanh(node: Expr, made: Mapping[Key, Step]) -> Expr | None:
    """1 - a^2, also where a^2 has a name"""
    square = _one_minus(node)
    square = None if square is None else _opened(square, made)
    if not isinstance(square, Pow) or not isinstance(square.exponent, Num) or square.exponent.value != 2:
        return None
    z = _inner(square.base, "tanh", made)
    return None if z is None else Call("sech2", (z,))


def _other_side(node: Expr, made: Mapping[Key, Step]) -> Expr | None:
    """1 - a where a = sigmoid(z) is sigmoid(-z)"""
    a = _one_minus(node)
    z = None if a is None else _inner(a, "sigmoid", made)
    return None if z is None else Call("sigmoid", (minus(z),))


def _of_sigmoid(node: Expr, made: Mapping[Key, Step]) -> Expr | None:
    """a*(1 - a), which is a*sigmoid(-z) by now"""
    if not isinstance(node, Mul):
        return None
    for one in node.args:
        z = _inner(one, "sigmoid", made)
        for other in node.args if z is not None else ():
            turned = other.args[0] if isinstance(other, Call) and other.function == "sigmoid" else None
            if z is not None and turned is not None and other is not one and same(turned, minus(z)):
                rest = [x for x in node.args if x is not one and x is not other]
                slope = Call("dsigmoid", (z,))
                return Mul((*rest, slope)) if rest else slope
    return None


def _of_softmax(node: Expr, made: Mapping[Key, Step]) -> Expr | None:
    """S*share - t, also t - S*share, where share is part/(1 + rest): by what the other shares are"""
    if not isinstance(node, Add) or len(node.args) != 2:
        return None
    for one, other in (node.args, node.args[::-1]):
        sign, inner = (-1, one.arg) if isinstance(one, Neg) else (1, one)
        factors = inner.args if isinstance(inner, Mul) and not inner.each else (inner,)
        for factor in factors:
            known = _share(factor, made)
            if known is not None:
                rest = tuple(f for f in factors if f is not factor)
                total: Expr = Num(1, "1") if not rest else rest[0] if len(rest) == 1 else Mul(rest)
                gap = Call("softgap", (*known, minus(other) if sign > 0 else other, total))
                return gap if sign > 0 else Neg(gap)
    return None


def _share(expr: Expr, made: Mapping[Key, Step]) -> tuple[Expr, ...] | None:
    """The e, top, part and rest of a share, which `forms/softmaxes.py` makes."""
    opened = _opened(expr, made) if isinstance(expr, Ref) else None
    if not isinstance(opened, Div) or not isinstance(opened.top, Ref) or not isinstance(opened.bottom, Add):
        return None
    part = _opened(opened.top, made)
    rest = opened.bottom.args[-1]
    if not isinstance(part, Call) or part.function != "expdiff" or not isinstance(rest, Ref):
        return None
    return (*part.args, opened.top, rest)


# -- constants
def _fixed(node: Expr) -> bool:
    """Is it a constant that has to be computed?"""
    work = any(isinstance(n, Call | Const | Pow) for n in preorder(node))
    return work and not any(isinstance(n, Ref) for n in preorder(node)) and not _infinite(node)


def _infinite(node: Expr) -> bool:
    return any(isinstance(n, Const) and n.name == "inf" for n in preorder(node))


def _constant(node: Expr, made: Mapping[Key, Step]) -> Expr:
    if isinstance(node, Call) and node.function in GAPS and len(node.args) == len(table[node.function].params):
        return _gap(node, made)
    return node if isinstance(node, Const | Num) or not _fixed(node) else _double(node)[0]


def _odds(t: Expr) -> Expr:
    return Div(t, Add((Num(1, "1"), Neg(t))))


# functions told their root
GAPS: dict[str, Callable[..., Expr]] = {
    "sigmoidgap": lambda v, t: _log(_odds(t)), "d2expshare": lambda v, a, c: _log(Div(a, c)),
    "expgap": lambda v, k: _log(k), "sharegap": lambda v, a, c, t: _log(Mul((_odds(t), Div(a, c)))),
    "dnormalgap": lambda s, r: Mul((Call("sqrt", (Num(3, "3"),)), Call("abs", (r,)))),
    "relentgap": lambda p, q: Mul((Call("exp", (Neg(Num(1, "1")),)), q)),
}


def _log(expr: Expr) -> Expr:
    return Call("log", (expr,))


def _gap(node: Call, made: Mapping[Key, Step]) -> Expr:
    """sigmoid(v) - t knows its root, the log odds of t: in two doubles where t is a number."""
    power = GAPS[node.function](*node.args)
    known = rewrite(power, lambda n: _opened(n, made) if isinstance(n, Ref) and _fixed_line(n, made) else n)
    if not any(isinstance(n, Ref) for n in preorder(known)):
        root, rest = _double(known)
        return Call(node.function, (*node.args, root, rest))
    root = Call("logit", (node.args[1],)) if node.function == "sigmoidgap" else power
    return Call(node.function, (*node.args, root, Num(0, "0")))


def _fixed_line(ref: Ref, made: Mapping[Key, Step]) -> bool:
    """Is it a quantity that a line says to be a number?"""
    return ref.key in made and not any(isinstance(n, Ref) for n in preorder(made[ref.key].value))


def _with_rests(value: Expr) -> Expr:
    """v + c as v + c + (what a double leaves of c), where c is a constant that has to be computed."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Add):
            return node
        fixed = [a for a in node.args if _fixed(a)]
        if not fixed or len(fixed) == len(node.args):
            return node
        high, low = _double(fixed[0] if len(fixed) == 1 else Add(tuple(fixed)))
        return Add((*(a for a in node.args if not any(a is f for f in fixed)), high, low))

    return rewrite(value, change)


def _double(node: Expr) -> tuple[Expr, Expr]:
    """A constant as the nearest double, and what is left of it."""
    from workings.evaluate import value

    exact = value(node, {}, mode="ball", bits=PRECISION)
    high = float(exact.mid())
    return _literal(high), _literal(float((exact - high).mid()))


def _literal(number: float) -> Expr:
    text = repr(abs(number))
    literal = Num(Fraction(abs(number)), text if "." in text or "e" in text else f"{text}.0")
    return Neg(literal) if number < 0 else literal
