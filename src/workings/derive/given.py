"""What a text says about its data: sum(i, t[i]) = 1, used where that sum stands in a result."""

from __future__ import annotations

from typing import NamedTuple

from workings.derive.inside import unpack
from workings.derive.terms import Arena, Term
from workings.derive.written import to_term
from workings.expr import Big, Expr, Network, Ref, Rel


class Total(NamedTuple):
    """sum(i, t[i]) = value: the family, the place of the summed index, the value, the line itself."""

    name: str
    places: int
    place: int
    value: Expr
    line: Rel


def totals(net: Network) -> list[Total]:
    """The facts that give the sum of a family of data over the whole range of one index."""
    out: list[Total] = []
    for fact in net.facts:
        if not isinstance(fact, Rel) or fact.ops != ("=",):
            continue
        big, value = fact.args
        if not isinstance(big, Big) or big.op != "sum" or big.condition is not None or not isinstance(big.body, Ref):
            continue
        letters = [i.name for i in big.body.indices if isinstance(i, Ref) and not i.indices]
        whole = len(letters) == len(big.body.indices) == len(set(letters)) and big.index in letters
        if whole and big.body.key not in net.defs and big.index in net.ranges:
            out.append(Total(big.body.name, len(letters), letters.index(big.index), value, fact))
    return out


def put_given(arena: Arena, net: Network, root: Term) -> tuple[Term, list[Rel]]:
    """Known sums replaced by their values, and the lines that say so."""
    used: list[Rel] = []
    known = totals(net) if arena.bigs else []

    def change(term: Term) -> Term:
        if term.kind != "big" or term.head[0] != "sum":
            return term
        _, _, condition, body = unpack(term)
        for total in known:
            if condition is None and body.kind == "ref" and body.key == (total.name, total.places):
                at = [n for n, i in enumerate(body.args) if i.kind == "ref" and i.head == term.head[1]]
                if at == [total.place]:
                    if total.line not in used:
                        used.append(total.line)
                    return to_term(arena, total.value)
        return term

    return arena.rewrite(root, change) if known else root, used
