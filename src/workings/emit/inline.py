"""Functions that a target does not know are put in by what they say."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from workings.errors import OutOfReach
from workings.expr import Call, Expr, Function, rewrite, substitute
from workings.functions import parsed, table


def inlined(expr: Expr, own: Mapping[str, Function]) -> Expr:
    """The expression with the functions that the text defines written out."""

    def change(node: Expr) -> Expr:
        function = own.get(node.function) if isinstance(node, Call) else None
        if function is None or not isinstance(node, Call):
            return node
        return inlined(substitute(function.body, dict(zip(function.params, node.args, strict=True))), own)

    return rewrite(expr, change)


def spoken(expr: Expr, known: Collection[str]) -> Expr:
    """The expression with functions of the table that are not in `known` written out by their bodies.

    Raises `OutOfReach` for a function that has no body and is not known.
    """

    def change(node: Expr) -> Expr:
        if not isinstance(node, Call) or node.function in known:
            return node
        row = table.get(node.function)
        if row is None or row.primitive or node.primes:
            raise OutOfReach(f"no program text is known for {node.function}", span=node.span)
        params, body = parsed(node.function)
        return spoken(substitute(body, dict(zip(params, node.args, strict=False))), known)

    return rewrite(expr, change)
