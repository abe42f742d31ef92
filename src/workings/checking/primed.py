"""rho'(z) and tanh''(z): derivatives of functions that the text defines, and higher ones, by the one engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from workings.errors import OutOfReach
from workings.expr import Call, Deriv, Equation, Expr, Network, Ref, free_refs, substitute
from workings.expr.inline import inlined

if TYPE_CHECKING:
    from workings.expr.network import Function

Resolve = Callable[[Network, Deriv], tuple[Expr, Network]]
PARAM = "argument"
MOST = 4                      # primes


def is_primed(node: Expr, own: Mapping[str, Function]) -> bool:
    """Is it a derivative that the table does not state?"""
    return isinstance(node, Call) and node.primes > 0 and (node.function in own or node.primes > 1)


def slope(node: Call, own: Mapping[str, Function], resolve: Resolve) -> Expr:
    """The derivative of a function of one argument as an expression in the argument; raises `OutOfReach` for others."""
    from workings.functions import derivative, table

    primes = node.primes
    if len(node.args) != 1 or primes > MOST:
        raise OutOfReach(f"{node.function}{chr(39) * primes} is not derived here", span=node.span)
    if node.function in own:
        body = substitute(own[node.function].body, {own[node.function].params[0]: Ref(PARAM)})
    elif node.function in table and table[node.function].derivative:
        body, primes = derivative(node.function, 0), primes - 1
        body = substitute(body, {table[node.function].params[0]: Ref(PARAM)})
    else:
        raise OutOfReach(f"the derivative of {node.function} is not known", span=node.span)
    body = inlined(body, own)
    for _ in range(primes):
        body = _derived(body, resolve)
    return substitute(body, {PARAM: node.args[0]})


def _derived(body: Expr, resolve: Resolve) -> Expr:
    """The derivative of an expression in the argument, the names that the engine gives to parts written out."""
    head = Ref("quantity")
    value, net = resolve(Network((Equation(head, body),)), Deriv(head, (Ref(PARAM),), "D"))
    table = {e.lhs.name: e.rhs for e in net.equations}
    for _ in table:
        inside = {r.name: table[r.name] for r in free_refs(value) if r.name in table}
        if not inside:
            break
        value = substitute(value, inside)
    return value
