"""A whole number added to an index, with the numbers in it taken together."""

from __future__ import annotations

from workings.expr.nodes import Add, Expr, Neg, Num


def shifted(e: Expr, k: int) -> Expr:
    """e + k, a number where it is one.

    >>> from workings.expr.nodes import Ref
    >>> shifted(Add((Ref("n"), Neg(Num(1)))), 1).name
    'n'
    """
    terms: list[Expr] = []
    for term in e.args if isinstance(e, Add) else (e,):
        terms += term.args if isinstance(term, Add) else (term,)
    rest: list[Expr] = []
    for term in terms:
        inner = term.arg if isinstance(term, Neg) else term
        if isinstance(inner, Num) and isinstance(inner.value, int):
            k += -inner.value if isinstance(term, Neg) else inner.value
        else:
            rest.append(term)
    if k:
        rest.append(Num(k, str(k)) if k > 0 else Neg(Num(-k, str(-k))))
    return rest[0] if len(rest) == 1 else Add(tuple(rest)) if rest else Num(0, "0")
