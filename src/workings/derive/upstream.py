"""What a backward pass is of: a number; an entry of a family; or a whole array, whose adjoint is an input."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from workings.derive.fresh import Names, taken
from workings.derive.graph import Node
from workings.derive.recurrences import recurrent
from workings.derive.terms import Term
from workings.expr import Big, Equation, Expr, Key, Mul, Network, Ref, free_refs

TOP = "\0"                    # the name of a quantity that only the pass knows


class Asked(NamedTuple):
    """The network, the quantity that is derived in it, and what the derivatives are of."""

    net: Network
    top: Key
    of: Expr


def asked_of(net: Network, of: Ref) -> Asked:
    """An entry h[T] gets an equation; of an array h[t] the pass is that of sum(t, gh[t]*h[t]), gh an input.

    >>> t = Ref("t")
    >>> net = Network((Equation(Ref("y", (t,)), Ref("w")),))
    >>> asked_of(net, Ref("y", (t,))).top
    ('y', 1)
    """
    if not of.indices or of.key not in net.defs:
        return Asked(net, of.key, of)
    letters = _letters(net, of)
    if not letters:
        return _with_equation(net, of, of)
    total: Expr = Mul((Ref(Names(taken(net)).adjoint(of.name), of.indices), of))
    for letter in reversed(letters):
        total = Big("sum", letter, total)
    if any(of.key in group for group in recurrent(net)):
        return _with_equation(net, total, total)
    return Asked(net, of.key, total)


def _with_equation(net: Network, value: Expr, of: Expr) -> Asked:
    line = Equation(Ref(TOP), value)
    return Asked(net.with_(equations=(*net.equations, line)), (TOP, 0), of)


def _letters(net: Network, of: Ref) -> list[str]:
    """The indices of the entry that run: letters that are no size."""
    names = [r.name for i in of.indices for r in free_refs(i) if not r.indices]
    return [n for n in dict.fromkeys(names) if n in net.ranges or (n not in net.sizes and (n, 0) not in net.defs)]


@dataclass(slots=True)
class Target:
    """An entry whose adjoint is wanted, and what reaches it."""

    node: Node
    name: str
    asked: bool = False
    shares: list[Term] = field(default_factory=list)
    term: Term | None = None
    entry: Ref | None = None
    stated: Ref | None = None
