"""Functions that a target does not know are put in by what they say."""

from __future__ import annotations

from collections.abc import Collection

from workings.errors import OutOfReach
from workings.expr import Call, Expr, rewrite, substitute
from workings.functions import parsed, table


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
