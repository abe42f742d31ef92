"""Families that use themselves at another step, h[t] = tanh(w*h[t-1] + u*x[t]), alone or several together.

Where an equation of such a family holds is its *domain*: the declared range of its letters, less the entries
that have an equation of their own (h[0], and gh[T] of an adjoint that runs down).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from workings.derive.bounds import Facts
from workings.derive.calculus import Bound
from workings.derive.indices import ends_of
from workings.derive.terms import Arena, Term
from workings.derive.written import to_term
from workings.errors import OutOfReach
from workings.expr import Equation, Key, Network, Ref, free_keys, free_refs, same

Span = tuple[Term | None, Term | None]
Domain = dict[str, Span]      # of an equation: where each letter of its left side runs
H = TypeVar("H", bound=Hashable)


def recurrent(net: Network) -> list[tuple[Key, ...]]:
    """The groups of families that need one another in a circle, in the order of the text.

    >>> from workings.expr import Add, Num, Neg
    >>> last = Ref("h", (Add((Ref("t"), Neg(Num(1)))),))
    >>> recurrent(Network((Equation(Ref("h", (Ref("t"),)), last),)))
    [(('h', 1),)]
    """
    needs = {
        key: [k for k in dict.fromkeys(k for e in lines for k in free_keys(e.rhs)) if k[1] and k in net.defs]
        for key, lines in net.defs.items() if key[1]
    }
    return [
        tuple(k for k in needs if k in group) for group in circles(needs)
        if any(_runs(e, net) for k in group for e in net.defs[k])
    ]


def _runs(equation: Equation, net: Network) -> bool:
    """Is there a letter in the left side, h[t] or h[t+1], or only entries with numbers?"""
    return any(r.name in net.ranges or r.name not in net.sizes for i in equation.lhs.indices for r in free_refs(i))


def circles(needs: Mapping[H, Sequence[H]]) -> list[set[H]]:
    """The strongly connected parts with a circle inside (Tarjan 1972), each after those it needs."""
    number: dict[H, int] = {}
    low: dict[H, int] = {}
    held: list[H] = []
    on: set[H] = set()
    out: list[set[H]] = []
    for root in needs:
        stack: list[tuple[H, int]] = [] if root in number else [(root, 0)]
        while stack:
            key, at = stack.pop()
            if at == 0:
                number[key] = low[key] = len(number)
                held.append(key)
                on.add(key)
            for n in range(at, len(needs[key])):
                inner = needs[key][n]
                if inner not in number:
                    stack += [(key, n + 1), (inner, 0)]
                    break
                if inner in on:
                    low[key] = min(low[key], number[inner])
            else:
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[key])
                if low[key] == number[key]:
                    cut = held.index(key)
                    group = set(held[cut:])
                    del held[cut:]
                    on -= group
                    if len(group) > 1 or key in needs[key]:
                        out.append(group)
    return out


def letters_of(equation: Equation, net: Network) -> list[str]:
    """The letters of the left side that run: bare names that are no size."""
    return [
        i.name for i in equation.lhs.indices
        if isinstance(i, Ref) and not i.indices and (i.name in net.ranges or i.name not in net.sizes)
    ]


def lags_of(arena: Arena, ref: Ref, letters: Sequence[str]) -> dict[str, int] | None:
    """h[t-1] is one step back in t."""
    out: dict[str, int] = {}
    for index in ref.indices:
        names = [r.name for r in free_refs(index) if r.name in letters]
        if not names:
            continue
        gap = arena.sub(arena.ref(names[0]), to_term(arena, index))
        if gap.kind != "num" or not isinstance(gap.head, int):
            return None
        out[names[0]] = gap.head
    return out


class Domains:
    """Where the equations of a network hold."""

    def __init__(self, net: Network, arena: Arena) -> None:
        self.net, self.arena = net, arena
        self.groups = recurrent(net)
        self.group = {key: group for group in self.groups for key in group}
        self.known: dict[int, Domain] = {}
        self.sizes = set(net.sizes) - set(net.ranges)
        self.spans = [s for s in arena.ranges.values() if s is not None]

    def __bool__(self) -> bool:
        return bool(self.groups)

    def of(self, equation: Equation) -> Domain:
        """The domain of an equation of a recurrent family."""
        found = self.known.get(id(equation))
        if found is None:
            found = self.known[id(equation)] = self._domain(equation)
        return found

    def bounds(self, equation: Equation) -> list[Bound]:
        """The letters of the left side, with their ends where these are not the declared ones."""
        arena = self.arena
        if equation.key not in self.group:
            heads = (to_term(arena, i) for i in equation.lhs.indices)
            return [Bound(h.head, None, None) for h in heads if h.kind == "ref" and h.head not in self.sizes]
        domain = self.of(equation)
        return [
            Bound(x, None, None) if domain.get(x) in (None, arena.ranges.get(x)) else Bound(x, *domain[x])
            for x in letters_of(equation, self.net)
        ]

    def advancing(self, group: Sequence[Key]) -> list[tuple[str, bool]]:
        """The letters in which a recurrence takes steps, and whether they go up."""
        steps: dict[str, set[bool]] = {}
        for equation in (e for key in group for e in self.net.defs[key]):
            letters = letters_of(equation, self.net)
            for ref in _refs(equation):
                if ref.key in group:
                    for letter, lag in (lags_of(self.arena, ref, letters) or {}).items():
                        if lag:
                            steps.setdefault(letter, set()).add(lag > 0)
        return [(letter, True in ups) for letter, ups in steps.items() if len(ups) == 1]

    def written_out(self, bound: Bound) -> Bound:
        """An index with its ends, also where these are the declared ones."""
        lo, hi = ends_of(self.arena, bound)
        return bound._replace(lo=lo, hi=hi)

    def may_hold(self, equation: Equation, indices: Sequence[Term]) -> bool:
        """Can the entry be one that the equation gives?"""
        heads = [to_term(self.arena, i) for i in equation.lhs.indices]
        domain = self.of(equation)
        known = self.facts()
        for head, index in zip(heads, indices, strict=True):
            if head.kind != "ref" or head.head not in domain:
                if head is not index:
                    return False
                continue
            for lower, upper in zip((domain[head.head][0], index), (index, domain[head.head][1]), strict=True):
                if lower is not None and upper is not None and known.at_least(self.arena.sub(lower, upper), 1):
                    return False
        return True

    def facts(self, within: Domain | None = None, at: Mapping[str, Term] | None = None) -> Facts:
        """What is known where the letters run so, some of them at one entry of where they run."""
        within, spans = within or {}, list(self.spans)
        for letter, value in (at or {}).items():
            lo, hi = within.get(letter, (None, None))
            spans += [(lo, value), (value, hi)]
        declared = {x: span for x, span in self.arena.ranges.items() if span is not None}
        letters = {x: span for x, span in {**declared, **within}.items() if x not in (at or {})}
        return Facts(self.arena, spans, letters)

    def _domain(self, equation: Equation) -> Domain:
        out: Domain = {}
        for place, index in enumerate(equation.lhs.indices):
            term = to_term(self.arena, index)
            if term.kind == "ref" and term.head in letters_of(equation, self.net):
                span = self.arena.ranges.get(term.head)
                if span is None:
                    if self._advances(equation, place):
                        raise OutOfReach(f"it is not said where {term.head} runs", span=equation.lhs.span,
                                         hint=f"write its range: {term.head} = 1..T")
                    continue
                out[term.head] = self._less(span, equation, place)
        return out

    def _advances(self, equation: Equation, place: int) -> bool:
        """Does the equation use its own group at another step of this place?"""
        group = self.group.get(equation.key, ())
        return any(
            ref.key in group and not any(same(i, equation.lhs.indices[place]) for i in ref.indices)
            for ref in _refs(equation)
        )

    def _less(self, span: Span, equation: Equation, place: int) -> Span:
        """The span without the ends at which the family has an equation of its own."""
        others = (self._override(other, equation, place) for other in self.net.defs[equation.key])
        fixed = [value for value in others if value is not None]
        lo, hi = span
        arena = self.arena
        for _ in range(len(fixed)):
            if lo is not None and lo in fixed:
                lo = arena.add((lo, arena.one))
            if hi is not None and hi in fixed:
                hi = arena.sub(hi, arena.one)
        return lo, hi

    def _override(self, other: Equation, equation: Equation, place: int) -> Term | None:
        """The value at `place` for which another equation of the family, otherwise as general, is meant instead."""
        if other is equation:
            return None
        mine, theirs = letters_of(equation, self.net), letters_of(other, self.net)
        for n, (p, q) in enumerate(zip(other.lhs.indices, equation.lhs.indices, strict=True)):
            fixed, loose = not _in(p, theirs), _in(q, mine)
            if n == place:
                if not fixed:
                    return None
            elif fixed and (loose or to_term(self.arena, p) is not to_term(self.arena, q)):
                return None
        return to_term(self.arena, other.lhs.indices[place])


def _in(index: object, letters: Sequence[str]) -> bool:
    return isinstance(index, Ref) and not index.indices and index.name in letters


def _refs(equation: Equation) -> list[Ref]:
    return [r for r in free_refs(equation.rhs) if r.indices]
