"""Cases over indices, where(j <= i, a, 0): drawn together, and into the range of a sum where there is one.

A case is one over indices if its condition compares indices and sizes, not quantities: where(z > 0, ...) stays.
sum(i, g[i]*where(1 <= j - i + 1 and j - i + 1 <= P, k[j-i+1], 0)) is a sum from max(1, j - P + 1) to min(j, n).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from workings.derive.bounds import Facts
from workings.derive.calculus import Bound
from workings.derive.indices import ends_of
from workings.derive.inside import free_names, names_outside, parts_first, unpack
from workings.derive.terms import Arena, Term

_TURNED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}
Ends = tuple[Term | None, Term | None]


def guards(arena: Arena, root: Term, known: Any = None) -> Term:
    """The cases over indices of a whole term, drawn outwards."""
    order = parts_first(root)
    if not any(_is_case(t) for t in order):
        return root
    places = (names_outside(i) for t in order if t.kind == "ref" for i in t.args)
    drawing = _Drawing(arena, set(arena.ranges).union(*places))
    return arena.rewrite(root, drawing.drawn)


def _is_case(term: Term) -> bool:
    return bool(term.kind == "call" and term.head == ("where", 0))


def _parts(condition: Term) -> tuple[Term, ...]:
    return condition.args if condition.kind == "logic" and condition.head == "and" else (condition,)


def _terms(arena: Arena, total: Term) -> list[Term]:
    return [*total.args, arena.num(total.head)] if total.head else list(total.args)


class _Drawing:
    """`letters`: the names that count as indices, declared or standing where an index stands."""

    def __init__(self, arena: Arena, letters: set[str]) -> None:
        self.arena, self.letters = arena, letters

    def drawn(self, term: Term) -> Term:
        """One term, its parts being drawn already."""
        if term.kind == "mul":
            return self._product(term)
        if term.kind == "add":
            return self._sum(term)
        if _is_case(term):
            return self._case(term)
        return self._range(term) if term.kind == "big" and term.head[0] == "sum" else term

    # -- conditions
    def _over_indices(self, condition: Term) -> bool:
        """Does each part of a condition compare something with an index, j <= i or j != y[k]?"""
        return all(
            c.kind == "rel" and len(c.args) == 2 and not self.letters.isdisjoint(
                n for side in c.args for n in names_outside(side))
            for c in _parts(condition))

    def _guard(self, term: Term) -> tuple[Term, Term] | None:
        """Condition and value of where(c, value, 0) over indices."""
        if _is_case(term) and term.args[2] is self.arena.zero and self._over_indices(term.args[0]):
            return term.args[0], term.args[1]
        return None

    def _both(self, conditions: list[Term]) -> Term:
        parts = list(dict.fromkeys(p for c in conditions for p in _parts(c)))
        return parts[0] if len(parts) == 1 else self.arena.make("logic", "and", tuple(parts))

    def _where(self, conditions: list[Term], value: Term) -> Term:
        facts = self._facts([n for c in conditions for n in sorted(free_names(c))])
        conditions = [p for c in conditions for p in _parts(c) if facts.holds(p) is not True]
        if not conditions or value is self.arena.zero:
            return value
        return self.arena.call("where", (self._both(conditions), value, self.arena.zero))

    # -- one kind of term each
    def _product(self, term: Term) -> Term:
        """a where(c, b, 0) = where(c, a b, 0)"""
        found = [(f, self._guard(f)) for f in term.args]
        if not any(g for _, g in found):
            return term
        value = self.arena.mul([self.arena.num(term.head), *(f if g is None else g[1] for f, g in found)])
        return self._where([g[0] for _, g in found if g is not None], value)

    def _sum(self, term: Term) -> Term:
        """where(c, a, 0) + where(c, b, 0) = where(c, a + b, 0); where(j != y, a, 0) + delta(j, y) b has two cases"""
        arena = self.arena
        cases: dict[Term, list[Term]] = {}
        rest: list[Term] = [arena.num(term.head)] if term.head else []
        for part in term.args:
            if _is_case(part) and self._over_indices(part.args[0]):
                cases.setdefault(part.args[0], []).append(part)
            else:
                rest.append(part)
        others = {c: self._deltas(c, rest) for c in cases}
        if all(len(parts) == 1 and not others[c] for c, parts in cases.items()):
            return term
        for condition, parts in cases.items():
            a = arena.add([p.args[1] for p in parts])
            b = arena.add([*(p.args[2] for p in parts), *(value for _, value in others[condition])])
            rest = [r for r in rest if all(r is not part for part, _ in others[condition])]
            rest.append(a if a is b else arena.call("where", (condition, a, b)))
        return arena.add(rest)

    def _deltas(self, condition: Term, parts: list[Term]) -> list[tuple[Term, Term]]:
        """Of a condition j != y the parts delta(j, y)*b, each with its b."""
        if condition.kind != "rel" or condition.head != ("!=",):
            return []
        delta = self.arena.call("delta", condition.args)
        out = []
        for part in parts:
            if part is delta:
                out.append((part, self.arena.one))
            elif part.kind == "mul" and delta in part.args:
                out.append((part, self.arena.mul([part, self.arena.pow(delta, -1)])))
        return out

    def _case(self, term: Term) -> Term:
        """where(c, where(d, a, 0), 0) = where(c and d, a, 0)"""
        condition, a, b = term.args
        inner = self._guard(a) if b is self.arena.zero and self._over_indices(condition) else None
        return term if inner is None else self._where([condition, inner[0]], inner[1])

    # -- ranges
    def _range(self, term: Term) -> Term:
        """sum(j, where(j <= i, a[j], 0)) = sum(j, 1, i, a[j]): what speaks of other indices stands before the sum"""
        index = term.head[1]
        lo, hi, condition, body = unpack(term)
        opened = self._opened(body, index)
        if opened is not None:
            return self.drawn(self.arena.add(
                [self._range(self.arena.big("sum", index, self.drawn(p), (lo, hi, condition))) for p in opened]))
        found = self._guard(body)
        if found is None:
            return term
        outside = [t for t in _parts(found[0]) if index not in free_names(t)]
        ends = ends_of(self.arena, Bound(index, lo, hi))
        left: list[Term] = [] if condition is None else [condition]
        for test in _parts(found[0]):
            if test not in outside:
                ends = self._narrowed(ends, test, index, left)
        own = ends_of(self.arena, Bound(index, None, None))
        given = (None, None) if ends == own and lo is None else ends
        inner = self.arena.big("sum", index, found[1], (*given, self._both(left) if left else None))
        return self._where(outside, inner)

    def _opened(self, body: Term, index: str) -> list[Term] | None:
        """The terms of a sum, or of a bracket times something, of which one is a case over the index."""
        def over(part: Term) -> bool:
            found = self._guard(part)
            return found is not None and index in free_names(found[0])

        if body.kind == "add" and any(map(over, body.args)):
            return _terms(self.arena, body)
        if body.kind == "mul":
            for n, f in enumerate(body.args):
                if f.kind == "add" and any(map(over, f.args)):
                    front, back = [self.arena.num(body.head), *body.args[:n]], body.args[n + 1 :]
                    return [self.arena.mul([*front, t, *back]) for t in _terms(self.arena, f)]
        return None

    def _narrowed(self, ends: Ends, test: Term, index: str, left: list[Term]) -> Ends:
        """The range with a condition taken in; what is no bound is added to `left`."""
        first, last = ends
        end = self._end(test, index)
        if end is None or first is None or last is None:
            left.append(self._turned(test, index))
            return ends
        if end[0] == ">=":
            return self._further("max", first, end[1]), last
        return first, self._further("min", last, end[1])

    def _turned(self, test: Term, index: str) -> Term:
        """j != i with the summed index in front"""
        a, b = test.args if test.kind == "rel" and len(test.args) == 2 else (test, test)
        i = self.arena.ref(index)
        return self.arena.make("rel", test.head, (b, a)) if b is i and test.head == ("!=",) else test

    def _further(self, op: str, end: Term, other: Term) -> Term:
        """The later of two beginnings, the earlier of two ends; max(1, j - 1) where neither is proved."""
        arena = self.arena
        facts = self._facts(sorted(free_names(other) | free_names(end)))
        gap = arena.sub(other, end) if op == "max" else arena.sub(end, other)
        if facts.at_least(gap):
            return other
        return end if facts.at_least(arena.neg(gap)) else arena.call(op, (end, other))

    def _facts(self, names: list[str]) -> Facts:
        """What the ranges say of some letters and sizes."""
        arena = self.arena
        within = {n: ends_of(arena, Bound(n, None, None)) for n in names}
        return Facts(arena, [e for e in arena.ranges.values() if e is not None], within)

    def _end(self, test: Term, index: str) -> tuple[str, Term] | None:
        """i >= j - P + 1 from j - i + 1 <= P: the side on which the index stands alone."""
        arena, op = self.arena, test.head[0] if test.kind == "rel" and len(test.args) == 2 else ""
        if op not in _TURNED:
            return None
        gap, i = arena.sub(*test.args), arena.ref(index)
        slope = _coefficient(gap, i)
        if slope is None or index in free_names(rest := arena.sub(gap, arena.scale(slope, i))):
            return None
        op = op if slope > 0 else _TURNED[op]
        value = arena.scale(Fraction(-1, slope), rest)
        if abs(slope) == 1:
            return op[0] + "=", arena.add((value, arena.num({"<": -1, ">": 1}.get(op, 0))))
        return (op, arena.call("floor" if op == "<=" else "ceil", (value,))) if op in ("<=", ">=") else None


def _coefficient(gap: Term, i: Term) -> int | None:
    """The whole number before an index in a sum of indices."""
    times = 1
    if gap.kind == "mul" and len(gap.args) == 1 and gap.args[0].kind == "add" and isinstance(gap.head, int):
        times, gap = gap.head, gap.args[0]
    for part in gap.args if gap.kind == "add" else (gap,):
        if part is i:
            return times
        if part.kind == "mul" and part.args == (i,) and isinstance(part.head, int):
            return times * part.head
    return None
