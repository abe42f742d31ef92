"""Letters for the indices of arrays, as a lecturer chooses them: i and j, n for the samples of N; fresh in a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workings.expr import Big, Expr, Network, Num, Range, Ref, preorder
from workings.shape.shapes import Shapes, axis_key, size
from workings.shape.sizes import Axis, canonical

POOL = ("i", "j", "k", "l", "p", "q", "r", "s", "u", "v")
OWN = {"N": "n", "K": "k", "T": "t", "L": "l", "M": "m", "J": "j", "I": "i", "C": "c", "B": "b"}


class Letters:
    """The letters of each size: the first that is not in use where it stands; each has one range in the network."""

    def __init__(self, net: Network, shapes: Shapes) -> None:
        self.taken = names_in(net) | set(shapes.fresh)
        self.of: dict[str, list[str]] = {}
        self.ranges: dict[str, Range] = {}
        for name, r in net.ranges.items():
            if isinstance(r.lo, Num) and r.lo.value == 1:
                self.of.setdefault(canonical(r.hi), []).append(name)

    def pick(self, axis: Axis, used: frozenset[str]) -> Expr:
        """An index for an axis that is not in use here; 1 where there is but one entry."""
        if axis.one:
            return Num(1, "1")
        letters = self.of.setdefault(axis_key(axis), [])
        found = next((x for x in letters if x not in used), None)
        if found is None:
            found = self._fresh(size(axis), not letters)
            letters.append(found)
            self.ranges[found] = Range(found, Num(1, "1"), size(axis))
        return Ref(found)

    def _fresh(self, hi: Expr, first: bool) -> str:
        name = next(x for x in _candidates(hi, first) if x not in self.taken)
        self.taken.add(name)
        return name


def _candidates(hi: Expr, first: bool) -> Iterator[str]:
    if first and isinstance(hi, Ref) and hi.name in OWN:
        yield OWN[hi.name]
    yield from POOL
    n = 2
    while True:
        yield from (f"{x}{n}" for x in POOL[:4])
        n += 1


def names_in(net: Network) -> set[str]:
    """Every name that a text uses, bound indices and sizes included."""
    out = set(net.ranges) | set(net.shapes) | set(net.functions) | set(net.roles) | set(net.values) | set(net.sizes)
    trees: list[Expr] = [e for axes in net.shapes.values() for e in axes]
    for equation in net.equations:
        trees += [equation.lhs, equation.rhs]
    for opaque in net.opaque.values():
        trees += [opaque.lhs, *opaque.args]
    return out | names_of(trees) | names_of(net.facts)


def names_of(trees: Iterable[Expr]) -> set[str]:
    """The names of references and of bound indices in some expressions."""
    out: set[str] = set()
    for tree in trees:
        for node in preorder(tree):
            if isinstance(node, Ref):
                out.add(node.name)
            elif isinstance(node, Big):
                out.add(node.index)
    return out
