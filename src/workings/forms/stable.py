"""Textbook spellings of functions whose naive value or slope loses digits, recognised by name.

log(cosh(z)) is logcosh(z), log(1 + exp(v)) softplus(v), 1/(1 + exp(-z)) sigmoid(z): in one expression, or
through named lines (c = cosh(z), E = log(c)).  Naming them makes value and derivatives stable, and cheaper.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from workings.expr import (
    Add, Call, Div, Equation, Expr, Function, Key, Mul, Neg, Network, Num, Pow, Ref, rewrite, same, substitute,
)

DEEP = 6                      # spellings that are one inside the other, of one node
Unfold = Callable[[Expr], Expr]
Rule = Callable[[Expr, Unfold], Expr | None]


@dataclass(frozen=True, slots=True)
class Found:
    """A spelling that was recognised in the equation of `name`: `written` is `call`."""

    name: Ref
    written: Expr
    call: Expr


def recognise(
    net: Network, keep: Collection[Key] = (), rules: Sequence[Rule] | None = None
) -> tuple[Network, list[Found]]:
    """The network with stable functions called by name, and what was recognised; lines of `keep` stay in use.

    `rules`: other spellings than those that a page names, looked for in every equation.
    """
    lines = {e.key: e for e in net.equations if len(net.defs[e.key]) == 1 and e.key not in keep}

    def unfold(expr: Expr) -> Expr:
        """c -> cosh(z) where a scalar line says so; one line deep."""
        if isinstance(expr, Ref) and not expr.indices and expr.key in lines:
            return lines[expr.key].rhs
        return expr

    found: list[Found] = []
    equations = []
    for equation in net.equations:
        looked = rules is not None or _candidate(equation.rhs, net.functions)
        equations.append(named(equation, unfold, net.functions, found, rules or RULES) if looked else equation)
        if rules is not None and equation.key in lines:
            lines[equation.key] = equations[-1]      # s = log(1 + exp(z)) is softplus(z) where tanh(s) is looked at
    return (net.with_(equations=tuple(equations)), found) if found else (net, [])


def named(
    equation: Equation,
    unfold: Unfold,
    own: Mapping[str, Function],
    found: list[Found],
    rules: Sequence[Rule] = (),
) -> Equation:
    """The equation with the spellings in it called by name; `found` is added to."""

    def change(node: Expr) -> Expr:
        written = last = _written_out(node, own)
        for _ in range(DEEP):                        # z/2*(1 + erf(...)) is z*Phi(z), which is gelu(z)
            calls = (rule(last, unfold) for rule in rules or RULES)
            call = next((c for c in calls if c is not None), None)
            if call is None or (isinstance(call, Call) and call.function in own):
                break
            last = call
        if last is written:
            return node
        found.append(Found(equation.lhs, written, last))
        return last

    rhs = rewrite(equation.rhs, change)
    return equation if rhs is equation.rhs else Equation(equation.lhs, rhs, equation.span, equation.tag)


def _written_out(node: Expr, own: Mapping[str, Function]) -> Expr:
    """sigma(z) as 1/(1 + exp(-z)) where the text defines sigma so."""
    function = own.get(node.function) if isinstance(node, Call) and not node.primes else None
    if function is None or not isinstance(node, Call) or len(function.params) != len(node.args):
        return node
    return substitute(function.body, dict(zip(function.params, node.args)))


def _candidate(expr: Expr, own: Mapping[str, Function]) -> bool:
    """Has it a function or a quotient at all?  Most equations of a large network have none that matters."""
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Div | Pow) or (isinstance(node, Call) and (node.function == "log" or node.function in own)):
            return True
        stack += [c for c in node.children() if type(c) is not Ref]
    return False


def is_call(expr: Expr, name: str) -> Expr | None:
    """The z of name(z)."""
    if isinstance(expr, Call) and expr.function == name and len(expr.args) == 1 and not expr.primes:
        return expr.args[0]
    return None


def _one_plus(expr: Expr, unfold: Unfold) -> Expr | None:
    """The z of 1 + exp(z)."""
    expr = unfold(expr)
    if not isinstance(expr, Add) or len(expr.args) != 2:
        return None
    for one, other in (expr.args, expr.args[::-1]):
        if isinstance(one, Num) and one.value == 1:
            return is_call(unfold(other), "exp")
    return None


def minus(expr: Expr) -> Expr:
    """-z, the sign taken off where there is one."""
    if isinstance(expr, Neg):
        return expr.arg
    if isinstance(expr, Mul) and isinstance(expr.args[0], Neg):
        return Mul((expr.args[0].arg, *expr.args[1:]), expr.span)
    return Neg(expr)


def _logcosh(node: Expr, unfold: Unfold) -> Call | None:
    """log(cosh(z))"""
    inner = is_call(node, "log")
    z = None if inner is None else is_call(unfold(inner), "cosh")
    return None if z is None else Call("logcosh", (z,), 0, node.span)


def _softplus(node: Expr, unfold: Unfold) -> Call | None:
    """log(1 + exp(z))"""
    inner = is_call(node, "log")
    z = None if inner is None else _one_plus(inner, unfold)
    return None if z is None else Call("softplus", (z,), 0, node.span)


def sigmoid(node: Expr, unfold: Unfold) -> Call | None:
    """1/(1 + exp(-z)), exp(z)/(1 + exp(z)), (1 + exp(-z))^(-1)"""
    if isinstance(node, Pow) and _is_minus_one(node.exponent):
        top, bottom = None, node.base
    elif isinstance(node, Div):
        top, bottom = node.top, node.bottom
    else:
        return None
    z = _one_plus(bottom, unfold)
    if z is None:
        return None
    if top is None or (isinstance(top, Num) and top.value == 1):
        return Call("sigmoid", (minus(z),), 0, node.span)
    up = is_call(unfold(top), "exp")
    return Call("sigmoid", (z,), 0, node.span) if up is not None and same(up, z) else None


def _is_minus_one(expr: Expr) -> bool:
    if isinstance(expr, Neg):
        return isinstance(expr.arg, Num) and expr.arg.value == 1
    return isinstance(expr, Num) and expr.value == -1


def _log_sigmoid(node: Expr, unfold: Unfold) -> Call | None:
    """log(sigmoid(z)): the inner spelling has its name by now"""
    inner = is_call(node, "log")
    z = None if inner is None else is_call(unfold(inner), "sigmoid")
    return None if z is None else Call("logsigmoid", (z,), 0, node.span)


def _tanh(node: Expr, unfold: Unfold) -> Call | None:
    """sinh(z)/cosh(z)"""
    if not isinstance(node, Div):
        return None
    top, bottom = is_call(unfold(node.top), "sinh"), is_call(unfold(node.bottom), "cosh")
    return Call("tanh", (top,), 0, node.span) if top is not None and bottom is not None and same(top, bottom) else None


RULES: tuple[Callable[[Expr, Unfold], Call | None], ...] = (_logcosh, _softplus, _log_sigmoid, sigmoid, _tanh)
