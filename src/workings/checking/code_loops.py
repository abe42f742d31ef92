"""Loops of a program as index letters: `for i in range(n)` runs over a letter k with the range 1..n, and x[i] is x[k].

How the program counts is read in one of three ways, the same throughout: from 0 for every family (`"zero"`), as the
network counts (`"same"`), or from 0 with the first step after the given one (`"after"`: h[0] is the sheet's h[1]).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workings.errors import NotReadable
from workings.expr import All, Call, Expr, Network, Num, Range, Ref, preorder, rewrite
from workings.expr.program import Assignment, Code, Loop
from workings.expr.shift import shifted
from workings.notation import plain

BASES = ("zero", "same", "after")


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A loop as a letter: the program's index is the letter less `shift`; the letter runs from `lo` to `hi`."""

    loop: Loop
    letter: str
    shift: int
    lo: Expr
    hi: Expr

    @property
    def first(self) -> Expr:
        return self.hi if self.loop.backwards else self.lo

    @property
    def last(self) -> Expr:
        return self.lo if self.loop.backwards else self.hi

    def before(self) -> Expr:
        """The letter in the iteration before."""
        return shifted(Ref(self.letter), 1 if self.loop.backwards else -1)


class Counting:
    """The lower ends of index places, and how far the program's count is from the network's."""

    def __init__(self, net: Network, base: str) -> None:
        self.net, self.base = net, base
        self.letters: dict[tuple[str, int], dict[str, None]] = {}
        self.given: dict[tuple[str, int], list[int]] = {}
        for e in net.equations:
            for node in (e.lhs, *(n for n in preorder(e.rhs) if isinstance(n, Ref))):
                for axis, place in enumerate(node.indices):
                    if isinstance(place, Ref) and place.name in net.ranges:
                        self.letters.setdefault((node.name, axis), {}).setdefault(place.name)
                    elif isinstance(place, Num) and isinstance(place.value, int) and node is e.lhs:
                        self.given.setdefault((node.name, axis), []).append(place.value)

    def offset(self, name: str, axis: int) -> int:
        """What is added to the program's index of this place."""
        if self.base == "same":
            return 0
        lows = [r.lo.value for x in self.letters.get((name, axis), ()) for r in (self.net.ranges[x],)
                if isinstance(r.lo, Num) and isinstance(r.lo.value, int)]
        given = self.given.get((name, axis), [])
        least = min([*lows, *given], default=1)
        return least + 1 if self.base == "after" and given and least == min(given) else least


class Loops:
    """The letters of all loops of a program; `ranges`: those that the network has not."""

    def __init__(self, net: Network, lines: Sequence[Assignment], sizes: Mapping[str, Expr], count: Counting,
                 quantity: Mapping[str, str], length: Callable[[str, int], Expr]) -> None:
        self.net, self.sizes, self.count, self.quantity, self.length = net, sizes, count, quantity, length
        self.turns: dict[int, Turn] = {}
        self.ranges: dict[str, Range] = {}
        self.problems: dict[int, NotReadable] = {}
        for line in lines:
            for depth, loop in enumerate(line.loops):
                if id(loop) not in self.turns and id(loop) not in self.problems:
                    try:
                        self.turns[id(loop)] = self._turn(loop, lines, line.loops[:depth])
                    except NotReadable as problem:
                        self.problems[id(loop)] = problem

    def of(self, line: Assignment) -> tuple[Turn, ...]:
        """The turns of the loops that a line stands in."""
        for loop in line.loops:
            if id(loop) in self.problems:
                raise self.problems[id(loop)]
        return tuple(self.turns[id(loop)] for loop in line.loops)

    def _turn(self, loop: Loop, lines: Sequence[Assignment], outer: Sequence[Loop]) -> Turn:
        uses = list(self._uses(loop, lines))
        usual = 0 if self.count.base == "same" else 1
        shift = max((self.count.offset(name, axis) for name, axis in uses), default=usual)
        lo, hi = shifted(self._bound(loop.start), shift), self._end(loop.stop, shift, uses)
        taken = {self.turns[id(o)].letter for o in outer if id(o) in self.turns}
        near = [x for use in uses for x in self.count.letters.get(use, ())]
        for letter in dict.fromkeys((*near, loop.index, *self.net.ranges)):
            r = self.net.ranges.get(letter) or self.ranges.get(letter)
            if r is not None and letter not in taken and plain(r.lo) == plain(lo) and plain(r.hi) == plain(hi):
                return Turn(loop, letter, shift, lo, hi)
        names = {n.name for e in self.net.equations for x in (e.lhs, e.rhs) for n in preorder(x) if isinstance(n, Ref)}
        names |= set(self.net.ranges) | set(self.ranges) | set(self.net.sizes)
        letter = loop.index                   # not k2 for k, which would have the range of k
        while letter in names:
            letter += loop.index[0]
        self.ranges[letter] = Range(letter, lo, hi)
        return Turn(loop, letter, shift, lo, hi)

    def _end(self, stop: Expr, shift: int, uses: Sequence[tuple[str, int]]) -> Expr:
        """The last value of a letter; of len(inputs), which the network has not, that of the families it runs over."""
        try:
            return shifted(self._bound(stop), shift - 1)
        except NotReadable:
            near = [self.net.ranges[x] for use in uses for x in self.count.letters.get(use, ())]
            if not (isinstance(stop, Call) and stop.function == "length") or len({plain(r.hi) for r in near}) != 1:
                raise
            return near[0].hi

    def _uses(self, loop: Loop, lines: Sequence[Assignment]) -> Iterator[tuple[str, int]]:
        """The places of families of the network that the loop's index stands in."""
        for line in lines:
            if loop not in line.loops:
                continue
            refs = [n for e in (line.value, line.mask) if e is not None for n in preorder(e) if isinstance(n, Ref)]
            for node in (Ref(line.target, line.indices), *refs):
                for axis, place in enumerate(node.indices):
                    if any(isinstance(r, Ref) and r.name == loop.index for r in preorder(place)):
                        name = self.quantity.get(node.name)
                        if name is not None:
                            yield name, axis

    def _bound(self, e: Expr) -> Expr:
        def put(node: Expr) -> Expr:
            if isinstance(node, Call) and node.function == "length" and isinstance(node.args[0], Ref):
                name, axis = self.quantity.get(node.args[0].name), node.args[1]
                if name is not None and isinstance(axis, Num):
                    return self.length(name, int(axis.value))
            if isinstance(node, Ref) and node.name in self.quantity:
                return node               # the array of len(x)
            if isinstance(node, Ref) and node.name in self.sizes:
                return self.sizes[node.name]
            if isinstance(node, Ref) and node.name not in self.net.sizes:
                raise NotReadable(f"how far the loop runs is not known: {node.name}", span=node.span,
                                  expected="a number, a size of the network, or len(x)")
            return node

        return shifted(rewrite(e, put), 0)


def placed(e: Expr, turns: Sequence[Turn]) -> Expr:
    """An index of the program in letters: i + 1 under the letter k = i + 1 is k."""
    if isinstance(e, All):
        return e
    by_index = {t.loop.index: t for t in turns}

    def put(node: Expr) -> Expr:
        turn = by_index.get(node.name) if isinstance(node, Ref) and not node.indices else None
        return shifted(Ref(turn.letter), -turn.shift) if turn is not None else node

    return shifted(rewrite(e, put), 0)


def bases(net: Network, code: Code) -> list[str]:
    """The ways of counting that differ for this network; one where nothing is counted."""
    if not any(line.loops or line.indices for line in code.lines):
        return [BASES[0]]
    counts = {base: Counting(net, base) for base in BASES}
    places = list(counts[BASES[0]].letters)
    seen: dict[tuple[int, ...], str] = {}
    for base, count in counts.items():
        seen.setdefault(tuple(count.offset(*place) for place in places), base)
    return list(seen.values())
