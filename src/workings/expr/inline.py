"""Functions that a text defines, written out where they are called."""

from __future__ import annotations

from collections.abc import Mapping

from workings.expr.network import Function
from workings.expr.nodes import Call, Expr
from workings.expr.walk import preorder, rewrite, substitute


def inlined(expr: Expr, own: Mapping[str, Function]) -> Expr:
    """The expression with the functions of the text written out; a derivative f' stays.

    >>> from workings.expr.nodes import Num, Pow, Ref
    >>> square = Function("f", ("s",), Pow(Ref("s"), Num(2)))
    >>> inlined(Call("f", (Ref("x"),)), {"f": square}).base.name
    'x'
    """
    if not own or not any(isinstance(n, Call) and n.function in own for n in preorder(expr)):
        return expr

    def change(node: Expr) -> Expr:
        function = own.get(node.function) if isinstance(node, Call) and not node.primes else None
        if function is None or not isinstance(node, Call) or len(function.params) != len(node.args):
            return node
        return inlined(substitute(function.body, dict(zip(function.params, node.args))), own)

    return rewrite(expr, change)
