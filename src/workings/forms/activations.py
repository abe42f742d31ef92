"""The name of a nonlinearity: of the table where it is one, else a formula in z."""

from __future__ import annotations

from workings.expr import Call, Expr, Network, Num, Ref, rewrite, same, substitute
from workings.forms.graphs import Z
from workings.forms.stable import sigmoid


def activation(net: Network, formula: Expr) -> tuple[str, Expr]:
    """(name of the table, formula), or ("", formula) for a function with no name there.

    The text's own functions are written out: with rho(z) = max(0, z), rho is relu; with s(z) = 1/(1 + exp(-z)), s is
    sigmoid.
    """

    def opened(node: Expr) -> Expr:
        function = net.functions.get(node.function) if isinstance(node, Call) and not node.primes else None
        if function is None or not isinstance(node, Call):
            return node
        return substitute(function.body, dict(zip(function.params, node.args)))

    for _ in net.functions:                  # the body of one may call those before it
        formula = rewrite(formula, opened)
    formula = rewrite(rewrite(formula, _as_relu), _as_known)
    if isinstance(formula, Call) and not formula.primes and len(formula.args) == 1 and same(formula.args[0], Z):
        return formula.function, formula
    return ("linear" if formula is Z else ""), formula


def _as_relu(node: Expr) -> Expr:
    """max(0, z) and max(z, 0) are relu(z)."""
    if isinstance(node, Call) and node.function == "max" and len(node.args) == 2 and not node.primes:
        rest = [a for a in node.args if not (isinstance(a, Num) and a.value == 0)]
        if len(rest) == 1 and isinstance(rest[0], Ref):
            return Call("relu", (rest[0],), 0, node.span)
    return node


def _as_known(node: Expr) -> Expr:
    """1/(1 + exp(-z)) is sigmoid(z)."""
    return sigmoid(node, lambda e: e) or node
