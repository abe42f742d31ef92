"""Slips of one step of algebra: what the line before, or the side before in a chain, becomes by a usual mistake.

`of_step` yields (name, what the side before becomes); `slips.py` names one only where it is proved to be what the
person wrote.  These are edits of the truth itself: a sum taken apart where it may not be, a bracket lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from workings.checking.edits import Edit, put
from workings.expr import ONE, Add, Call, Div, Expr, Mul, Neg, Num, Pow, preorder
from workings.notation import plain

LINEAR = frozenset(["T", "sum", "mean", "diag", "dot", "outer", "trace", "colsum", "rowsum"])
MOST = 120                    # edits of one side


def of_step(side: Expr) -> Iterator[Edit]:
    """The side after one wrong step, the likeliest first.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read_expression
    >>> [says for says, _ in of_step(read_expression("(y - t)^2", signatures()))][0]
    'bracket: (y - t)^2 taken apart into powers'
    """
    count = 0
    for node in preorder(side):
        for says, new in _of_node(node):
            yield says, put(side, node, new)
            count += 1
            if count >= MOST:
                return


def _of_node(node: Expr) -> Iterator[Edit]:
    if isinstance(node, Pow) and isinstance(node.base, Add):
        yield f"bracket: {plain(node)} taken apart into powers", _over(node.base, lambda t: Pow(t, node.exponent))
    elif isinstance(node, Pow) and isinstance(node.base, Mul):
        yield from _power_of_product(node, node.base)
    elif isinstance(node, Mul):
        yield from _product(node)
    elif isinstance(node, Div):
        yield from _quotient(node)
    elif isinstance(node, Neg) and isinstance(node.arg, Add):
        first, *rest = node.arg.args
        yield f"bracket: the minus before {plain(node.arg)} reaches its first term only", Add((Neg(first), *rest))
    elif isinstance(node, Call) and len(node.args) == 1 and isinstance(node.args[0], Add | Mul | Neg):
        yield from _call(node, node.args[0])
    elif isinstance(node, Add):
        for i, term in enumerate(node.args):
            others = node.args[:i] + node.args[i + 1 :]
            yield f"lost term: {plain(term)}", others[0] if len(others) == 1 else Add(others)


def _over(total: Add, change: Callable[[Expr], Expr]) -> Add:
    return Add(tuple(Neg(change(t.arg)) if isinstance(t, Neg) else change(t) for t in total.args))


def _power_of_product(node: Pow, base: Mul) -> Iterator[Edit]:
    for i, factor in enumerate(base.args):
        alone = (*base.args[:i], Pow(factor, node.exponent), *base.args[i + 1 :])
        yield f"bracket: the power of {plain(node)} on {plain(factor)} only", Mul(alone)


def _product(node: Mul) -> Iterator[Edit]:
    for i, factor in enumerate(node.args):
        rest = node.args[:i] + node.args[i + 1 :]
        front = rest[0] if len(rest) == 1 else Mul(rest)
        if isinstance(factor, Add):
            for k, term in enumerate(factor.args):
                said = f"bracket: in {plain(node)} the factor reaches {plain(_bare(term))} only"
                yield said, Add((*factor.args[:k], _times(front, term), *factor.args[k + 1 :]))
        yield f"lost factor: {plain(factor)}", front


def _times(front: Expr, term: Expr) -> Expr:
    return Neg(Mul((front, term.arg))) if isinstance(term, Neg) else Mul((front, term))


def _bare(term: Expr) -> Expr:
    return term.arg if isinstance(term, Neg) else term


def _quotient(node: Div) -> Iterator[Edit]:
    if isinstance(node.bottom, Add):
        yield f"bracket: {plain(node)} taken apart at the sum below", _over(
            node.bottom, lambda t: Div(node.top, t))
    if isinstance(node.top, Add):
        for k, term in enumerate(node.top.args):
            alone = Neg(Div(term.arg, node.bottom)) if isinstance(term, Neg) else Div(term, node.bottom)
            yield f"bracket: in {plain(node)} only {plain(_bare(term))} is divided", Add(
                (*node.top.args[:k], alone, *node.top.args[k + 1 :]))
    yield f"quotient upside down: {plain(node)}", Div(node.bottom, node.top)


def _call(node: Call, arg: Expr) -> Iterator[Edit]:
    f = node.function
    if f in LINEAR or node.primes:
        return
    if isinstance(arg, Add):
        yield f"bracket: {plain(node)} taken apart into {f} of each term", _over(arg, lambda t: Call(f, (t,)))
    elif isinstance(arg, Mul):
        yield f"bracket: {plain(node)} taken apart into {f} of each factor", Mul(
            tuple(Call(f, (a,)) for a in arg.args))
        numbers = [a for a in arg.args if isinstance(a, Num)]
        if numbers:
            rest = [a for a in arg.args if not isinstance(a, Num)] or [ONE]
            inner = rest[0] if len(rest) == 1 else Mul(tuple(rest))
            yield f"bracket: {plain(numbers[0])} taken out of {plain(node)}", Mul((*numbers, Call(f, (inner,))))
    elif isinstance(arg, Neg):
        yield f"sign: of the argument of {plain(node)}", Call(f, (arg.arg,))
