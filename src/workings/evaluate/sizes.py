"""How far indices run: ranges with numbers in them, and symbolic sizes taken from the values given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from workings.evaluate.numbers import Undefined, Value, whole
from workings.expr import All, Big, Expr, Key, Network, Ref, free_refs, preorder, substitute
from workings.expr.nodes import Neg, Num

Worth = Callable[[Expr], Value]                 # the value of a bound; raises where a size is not known
Bounds = tuple[Expr, Expr]


def base_index(index: str) -> str:
    """The declared letter of a fresh index: i' and i2 run as i does."""
    return re.sub(r"[\d_']+$", "", index) or index


class Usage:
    """Where each family's places are indexed, and by what: read from the equations when it is first asked."""

    def __init__(self, net: Network, extra: Expr | None = None) -> None:
        self.net, self.extra = net, extra
        self._read = False
        self.bounds: dict[str, Bounds] = {r.index: (r.lo, r.hi) for r in net.ranges.values()}
        self.at: dict[tuple[Key, int], list[tuple[Expr, dict[str, Bounds]]]] = {}

    def usages(self, key: Key, place: int) -> list[tuple[Expr, dict[str, Bounds]]]:
        """Every index at a place of a family, with the bounds of the sums around it."""
        if not self._read:
            self._read = True
            for equation in self.net.equations:
                self._note(equation.lhs)
                self._note(equation.rhs)
            for opaque in self.net.opaque.values():
                self._note(opaque.lhs)
            if self.extra is not None:
                self._note(self.extra)
        return self.at.get((key, place), [])

    def _note(self, expr: Expr) -> None:
        bigs = [n for n in preorder(expr) if isinstance(n, Big)]
        inner = {b.index: (b.lo, b.hi) for b in bigs if b.lo is not None and b.hi is not None}
        for node in preorder(expr):
            if isinstance(node, Ref) and node.indices:
                for place, index in enumerate(node.indices):
                    self.at.setdefault((node.key, place), []).append((index, inner))

    def of_index(self, index: str, inner: dict[str, Bounds] | None = None) -> Bounds | None:
        """The bounds of an index letter: of the sum around it, declared, or those of the letter it is a copy of."""
        for table in (inner or {}, self.bounds):
            for name in (index, base_index(index)):
                if name in table:
                    return table[name]
        return None

    def extents(self, key: Key, place: int) -> Iterator[Bounds]:
        """The stretches that a place of a family is seen to take: declared axes first, then plain indices."""
        axes = self.net.shapes.get(key[0])
        if axes and place < len(axes):
            yield Num(1), axes[place]
        shifted: list[Bounds] = []
        for index, inner in self.usages(key, place):
            if isinstance(index, All):
                continue
            letters = [r.name for r in free_refs(index) if not r.indices]
            if not letters:
                shifted.append((index, index))
                continue
            ends = {name: found for name in letters if (found := self.of_index(name, inner))}
            if len(ends) < len(set(letters)):
                continue
            lo, hi = (self._still(_end(index, ends, high), inner, high) for high in (False, True))
            if isinstance(index, Ref):
                yield lo, hi
            else:
                shifted.append((lo, hi))
        yield from shifted

    def given_by(self, key: Key, place: int) -> list[Bounds]:
        """The stretches of a place that equations give: h[0] and h[t]; [] where one does not tell."""
        out: list[Bounds] = []
        for equation in self.net.defs.get(key, ()):
            index = equation.lhs.indices[place]
            letters = [r.name for r in free_refs(index) if not r.indices]
            ends = {name: found for name in letters if (found := self.of_index(name)) is not None}
            if any(n not in ends and n in self.net.indices and n not in self.net.sizes for n in letters):
                return []
            out.append((_end(index, ends, False), _end(index, ends, True)))
        return out

    def _still(self, end: Expr, inner: dict[str, Bounds], high: bool) -> Expr:
        """An end that moves with other indices, j = 1..i, where it is farthest: i at its own end."""
        for _ in range(len(inner) + len(self.bounds)):
            moving = {r.name: found for r in free_refs(end)
                      if not r.indices and (found := self.of_index(r.name, inner)) is not None}
            if not moving:
                break
            end = _end(end, moving, high)
        return end

    def reach(self, key: Key, place: int) -> list[Bounds]:
        """What the length of a place tells: its first stretch, or all of them where only sums with bounds reach it."""
        found = list(self.extents(key, place))
        seen = self.usages(key, place)
        letters = [(r.name, inner) for index, inner in seen for r in free_refs(index) if not r.indices]
        summed = all(name in inner for name, inner in letters) and not self.net.shapes.get(key[0])
        return found if summed else found[:1]


def _end(index: Expr, ends: Mapping[str, Bounds], high: bool) -> Expr:
    """The least or greatest value of i + p - 1: each index at its own end, the other one where it is taken away."""
    taken = {node.arg.name for node in preorder(index) if isinstance(node, Neg) and isinstance(node.arg, Ref)}
    return substitute(index, {name: found[high != (name in taken)] for name, found in ends.items()})


def stretch(usage: Usage, key: Key, place: int, worth: Worth) -> range | None:
    """The values of an index place: those of its plain index, made longer by numbers and shifts beside it."""
    found = [r for e in usage.extents(key, place) if (r := known(e, worth)) is not None]
    if not found:
        return None
    return range(min(r.start for r in found), max(r.stop for r in found))


def known(bounds: Bounds, worth: Worth) -> range | None:
    """A stretch in numbers, or None while a size is not known."""
    try:
        lo, hi = (whole(worth(e), "a bound") for e in bounds)
    except (KeyError, Undefined):
        return None
    return range(lo, hi + 1)


def first(usage: Usage, key: Key, place: int, length: int, worth: Worth) -> int:
    """The index of the first of `length` values given for a place."""
    ranges = [r for e in usage.extents(key, place) if (r := known(e, worth)) is not None]
    fitting = [r.start for r in ranges if len(r) == length]
    if fitting:
        return fitting[0]
    whole_stretch = stretch(usage, key, place, worth)
    if whole_stretch is not None and len(whole_stretch) == length:
        return whole_stretch.start
    return ranges[0].start if ranges else 1


def solve_sizes(usage: Usage, shapes: dict[Key, tuple[int, ...]], worth: Callable[[Expr, dict[str, int]], Value],
                sizes: dict[str, int]) -> None:
    """Adds to `sizes` every symbolic size that the lengths of the values determine: hi - lo + 1 = length."""
    pending = [
        (reach, length)
        for key, lengths in shapes.items()
        for place, length in enumerate(lengths)
        if (reach := usage.reach(key, place))
    ]
    before = -1
    while len(sizes) != before:
        before = len(sizes)
        for reach, length in pending:
            ends = [e for bounds in reach for e in bounds]
            names = [r.name for e in ends for r in free_refs(e) if not r.indices and r.name not in sizes]
            if len(set(names)) == 1 and (size := _solved(reach, length, names[0], worth, sizes)) is not None:
                sizes[names[0]] = size


_FAR = 1_000                  # a size at which the ends of several stretches stand in their order


def _solved(reach: list[Bounds], length: int, name: str, worth: Callable[[Expr, dict[str, int]], Value],
            sizes: dict[str, int]) -> int | None:
    """The size at which stretches together have this length; bounds are affine in a size."""
    def count(at: int) -> Value:
        there = {**sizes, name: at}
        return max(worth(hi, there) for _, hi in reach) - min(worth(lo, there) for lo, _ in reach) + 1

    try:
        start = count(_FAR)
        slope = count(_FAR + 1) - start
        return None if slope == 0 else whole(_FAR + (length - start) / slope, name)
    except (KeyError, Undefined):
        return None
