"""Index expressions at concrete sizes, and the values that an index runs over."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from workings.errors import OutOfReach
from workings.expr import Add, Big, Expr, Mul, Neg, Network, Num, Ref, preorder


class Outside(OutOfReach):
    """An entry that a line asks for lies above the range of its family: the line says nothing there."""


class Places:
    """Whole numbers and ranges of one network at one choice of sizes."""

    net: Network
    sizes: dict[str, int]                         # and the integers that are data: y of s[y]
    turn: int = 0                                 # which of the ways to choose class numbers y[1], y[2], …
    picked: bool = False                          # was one chosen?
    _places: dict[tuple[str, int], Any] | None = None

    def whole(self, expr: Expr, env: Mapping[str, int] | None = None) -> int:
        """The integer that an index expression is; `OutOfReach` names what is not known."""
        return self._int(expr, dict(env or {}))

    def range_of(self, index: str, expr: Expr | None = None) -> range:
        """The values of an index: as declared, else as the place where it stands in a family gives it."""
        for name in (index, index.rstrip("'0123456789")):
            if name in self.net.ranges:
                r = self.net.ranges[name]
                return range(self._int(r.lo, {}), self._int(r.hi, {}) + 1)
        for place in self._uses(index, expr):
            found = self._place_range(place)
            if found is not None:
                return found
        raise OutOfReach(f"the range of {index} is not known")

    # -- indices
    def _int(self, expr: Expr, env: Mapping[str, int]) -> int:
        if isinstance(expr, Num) and isinstance(expr.value, int):
            return expr.value
        if isinstance(expr, Neg):
            return -self._int(expr.arg, env)
        if isinstance(expr, Add):
            return sum(self._int(e, env) for e in expr.args)
        if isinstance(expr, Mul):
            return reduce(lambda a, b: a * b, (self._int(e, env) for e in expr.args))
        if isinstance(expr, Ref) and not expr.indices:
            if expr.name in env:
                return env[expr.name]
            if expr.name in self.sizes:
                return self.sizes[expr.name]
            if expr.key in self.net.defs:
                return self._int(self.net.defs[expr.key][0].rhs, {})
            if isinstance(self.net.values.get(expr.name), int):
                return int(self.net.values[expr.name])
            raise OutOfReach(f"{expr.name} has no value as an index", span=expr.span)
        if isinstance(expr, Ref) and expr.key not in self.net.defs:
            return self._class(expr, tuple(self._int(i, env) for i in expr.indices))
        raise OutOfReach("an index must be a whole number", span=expr.span)

    def _class(self, ref: Ref, at: tuple[int, ...]) -> int:
        """The class number y[2], data that stands as an index: all different, all the last, or every other one."""
        name = f"{ref.name}[{','.join(map(str, at))}]"
        if name not in self.sizes:
            places = ((n.name, k) for q in self.net.equations for n in preorder(q.rhs) if isinstance(n, Ref)
                      for k, i in enumerate(n.indices) if isinstance(i, Ref) and i.key == ref.key)
            known = next((r for r in map(self._place_range, places) if r), None)
            if known is None:
                raise OutOfReach(f"the range of {ref.name} is not known", span=ref.span)
            before = sum(n.startswith(f"{ref.name}[") for n in self.sizes)
            self.sizes[name] = known[(before, -1, 2 * before + 1)[self.turn] % len(known)]
            self.picked = True
        return self.sizes[name]

    def _uses(self, index: str, expr: Expr | None) -> list[tuple[str, int]]:
        """The (family, place) where an index stands plainly, in the expression and then in the network."""
        sources = [expr] if expr is not None else []
        sources += [e for q in self.net.equations for e in (q.lhs, q.rhs)]
        out: dict[tuple[str, int], None] = {}
        for e in sources:
            for node in preorder(e):
                if isinstance(node, Ref):
                    for i, p in enumerate(node.indices):
                        if isinstance(p, Ref) and p.name == index and not p.indices:
                            out.setdefault((node.name, i))
        return list(out)

    def _place_range(self, place: tuple[str, int]) -> range | None:
        name, i = place
        if name in self.net.shapes and i < len(self.net.shapes[name]):
            return range(1, self._int(self.net.shapes[name][i], {}) + 1)
        if self._places is None:
            self._places = {}
            for q in self.net.equations:
                for node in (n for e in (q.lhs, q.rhs) for n in preorder(e)):
                    if isinstance(node, Ref):
                        for j, p in enumerate(node.indices):
                            if isinstance(p, Ref) and p.name in self.net.ranges:
                                self._places.setdefault((node.name, j), p.name)
        letter = self._places.get(place)
        if letter is None:
            return self._bound_range(place)
        r = self.net.ranges[letter]
        return range(self._int(r.lo, {}), self._int(r.hi, {}) + 1)

    def _bound_range(self, place: tuple[str, int]) -> range | None:
        """The range that a sum of the network with written bounds gives to a place of a family."""
        for big in (n for q in self.net.equations for n in preorder(q.rhs) if isinstance(n, Big)):
            if big.lo is None or big.hi is None:
                continue
            for node in preorder(big.body):
                if isinstance(node, Ref) and node.name == place[0] and place[1] < len(node.indices):
                    at = node.indices[place[1]]
                    if isinstance(at, Ref) and at.name == big.index:
                        return range(self._int(big.lo, {}), self._int(big.hi, {}) + 1)
        return None

    def above(self, name: str, at: tuple[int, ...]) -> bool:
        """Is the entry one past the last of a family that equations define?"""
        for equation in self.net.defs.get((name, len(at)), ()):
            for place, i in zip(equation.lhs.indices, at):
                letter = place.name if isinstance(place, Ref) and not place.indices else ""
                if letter in self.net.ranges and i > self._int(self.net.ranges[letter].hi, {}):
                    return True
        return False
