"""Two right sides of one name: the same quantity written in two ways, or a mistake."""

from __future__ import annotations

from collections.abc import Iterable

from workings.limits import MERGED_NODES
from workings.expr import Equation, Expr
from workings.expr.walk import fold, free_refs, same, substitute

_ROUNDS = 20                  # names put in one inside another


def kept(first: Equation, second: Equation, equations: Iterable[Equation]) -> Equation | None:
    """The one that says more by names if both are equal once these are put in, else None.

    >>> from workings.expr import Add, Equation, Mul, Ref
    >>> x, y, z, q, f = map(Ref, "xyzqf")
    >>> whole, short = Equation(f, Mul((Add((x, y)), z))), Equation(f, Mul((q, z)))
    >>> kept(whole, short, [Equation(q, Add((x, y)))]) is short
    True
    """
    if first.lhs.indices or second.lhs.indices:
        return None
    table = {e.lhs.name: e.rhs for e in equations if not e.lhs.indices and e.lhs.name != first.lhs.name}
    one, two = _written_out(first.rhs, table), _written_out(second.rhs, table)
    if one is None or two is None or not same(one, two):
        return None
    uses = [sum(r.name in table for r in free_refs(e.rhs)) for e in (first, second)]
    return second if uses[1] > uses[0] else first


def _written_out(tree: Expr, table: dict[str, Expr]) -> Expr | None:
    for _ in range(_ROUNDS):
        names = {r.name: table[r.name] for r in free_refs(tree) if not r.indices and r.name in table}
        if not names:
            return tree
        tree = substitute(tree, names)
        if int(fold(tree, lambda node, inner: 1 + sum(inner))) > MERGED_NODES:
            return None
    return None
