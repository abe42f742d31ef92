"""Class numbers as indices: `p[range(N), y]` picks an entry of each row, `p[range(N), y] -= 1` takes the one-hot off.

A class number y[n] of the network brings the array onehot_y[n,c] = delta(c, y[n]) with it, by which both are written
without indices: rowsum(p*onehot_y) and p - onehot_y.  Class numbers count as the network counts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from workings.checking.code_arrays import Arrays
from workings.checking.code_names import Names
from workings.checking.matrices import form
from workings.errors import NotReadable
from workings.expr import Call, Equation, Expr, Mul, Network, Num, Range, Ref, preorder, rewrite
from workings.expr.program import Assignment, Code


HOT = "onehot_"


class Classes(NamedTuple):
    """A class number with its own index letters; `size`: how many classes there are."""

    name: Ref
    size: Expr

    @property
    def hot(self) -> str:
        """The array of 0 and 1 that it stands for."""
        return f"{HOT}{self.name.name}"


def with_classes(net: Network, code: Code, of: str | None) -> tuple[Network, Code]:
    """The network with an array for each class number that the code indexes by, and the code with these arrays."""
    found = _classes(net)
    if not found:
        return net, code
    names = Names(net, of)
    rows = {a.target for a in code.lines if isinstance(a.value, Call) and a.value.function == "rows"}
    reader = _Reader(found, names, rows)
    lines = tuple(reader.line(a) for a in code.lines if a.target not in rows)
    return _extended(net, [found[n] for n in sorted(reader.used)]), Code(lines, code.arguments)


def hot_of(net: Network) -> list[tuple[str, Expr]]:
    """The arrays that were added for class numbers, each with its number: onehot_y and y[n]."""
    hot = [e for e in net.equations if e.lhs.name.startswith(HOT)]
    return [(e.lhs.name, e.rhs.args[1]) for e in hot if isinstance(e.rhs, Call)]


def _classes(net: Network) -> dict[str, Classes]:
    """The names that stand as an index, y of P[n,y[n]], with the size of the place where they stand."""
    known = Arrays(form(net))
    out: dict[str, Classes] = {}
    for e in net.equations:
        for node in (n for x in (e.lhs, e.rhs) for n in preorder(x) if isinstance(n, Ref)):
            for axis, place in enumerate(node.indices):
                if not isinstance(place, Ref) or place.name in net.ranges or net.role(place.key) in ("index", "size"):
                    continue
                letters = all(isinstance(i, Ref) and i.name in net.ranges for i in place.indices)
                try:
                    size = Names(net, None).length(node.name, axis, known)
                except NotReadable:
                    continue
                if letters:
                    out.setdefault(place.name, Classes(Ref(place.name, place.indices), size))
    return out


def _extended(net: Network, used: list[Classes]) -> Network:
    equations, ranges, shapes = list(net.equations), dict(net.ranges), dict(net.shapes)
    for c in used:
        letter = f"c_{c.name.name}"
        ranges[letter] = Range(letter, Num(1, "1"), c.size)
        lhs = Ref(c.hot, (*c.name.indices, Ref(letter)))
        equations.append(Equation(lhs, Call("delta", (Ref(letter), c.name))))
        letters = [i.name for i in c.name.indices if isinstance(i, Ref)]
        shapes[c.hot] = (*(net.ranges[x].hi for x in letters), c.size)
    return net.with_(equations=tuple(equations), ranges=ranges, shapes=shapes) if used else net


class _Reader:
    def __init__(self, found: Mapping[str, Classes], names: Names, rows: set[str]) -> None:
        self.found, self.names, self.rows = found, names, rows
        self.used: set[str] = set()

    def line(self, a: Assignment) -> Assignment:
        """The assignment without class numbers as indices."""
        if a.value is None:
            return a
        value = rewrite(a.value, self._picked)
        found = self._class(a.indices)
        if found is None:
            return replace(a, value=value)
        if a.op not in ("+=", "-="):
            problem = NotReadable(f"`{a.op}` at one entry of each row is not read", span=a.span,
                                  expected=f"{a.target}[range(N), {found.name.name}] -= 1")
            return replace(a, value=None, error=problem)
        hot = self._hot(found, a.indices)
        one = isinstance(value, Num) and value.value == 1
        left = () if self._is_rows(a.indices[0]) else a.indices[:-1]
        return replace(a, value=hot if one else Mul((value, hot)), indices=left)

    def _picked(self, node: Expr) -> Expr:
        """p[range(N), y] as rowsum(p*onehot_y)"""
        if not isinstance(node, Ref):
            return node
        found = self._class(node.indices)
        if found is None or not self._is_rows(node.indices[0]):
            return node
        return Call("rowsum", (Mul((Ref(node.name, (), node.span), self._hot(found, node.indices))),))

    def _hot(self, found: Classes, indices: tuple[Expr, ...]) -> Expr:
        self.used.add(found.name.name)
        last = indices[-1]
        return Ref(found.hot, last.indices if isinstance(last, Ref) else ())

    def _class(self, indices: tuple[Expr, ...]) -> Classes | None:
        if not indices or not isinstance(indices[-1], Ref):
            return None
        name = self.names.quantity(indices[-1].name)
        return self.found.get(name) if name is not None else None

    def _is_rows(self, place: Expr) -> bool:
        return isinstance(place, Call | Ref) and (
            place.function == "rows" if isinstance(place, Call) else place.name in self.rows)
