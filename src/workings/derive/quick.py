"""Lines tried at many points at once: floats, all entries of a family in one array, an axis for each letter.

A line that holds here to seven digits at eight points and for all indices has been tried; one that does not, or
that needs what is not here (steps of recurrences, second derivatives), is tried again in balls by `verify`.

Axis 0 are the points, axis 1 the two sides of a difference quotient; every letter has an axis of its own, and a
second one for its value at the place where a difference is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from workings.derive.numeric import NoValue, Point
from workings.derive.quick_values import Array, Arrays, Env, Slow
from workings.expr import (
    Add, All, Big, Deriv, Div, Equation, Expr, Mul, Neg, Num, Ref, Rel, free_refs, preorder, same, substitute,
)

CLOSE = 1e-7                  # relative to 1 + |value|; a difference quotient has twice as many digits as its step
STEP = 6e-6
EACH = 4                      # points of each span
AXES = 30                     # that an array of NumPy may have, with some to spare

class Quick(Arrays):
    """The values of one derivation at some points."""

    def __init__(self, point: Point, spans: tuple[tuple[float, float], ...], lines: list[Rel]) -> None:
        import numpy as np

        self.np, self.point, self.net = np, point, point.net
        self.slots: dict[str, int] = {}
        letters: dict[str, None] = dict.fromkeys(sorted(point.indices))
        for equation in (e for found in point.defs.values() for e in found):
            letters.update((n.index, None) for n in preorder(equation.rhs) if isinstance(n, Big))
        if point.steps or 2 + 2 * len(letters) > AXES:
            raise Slow
        self.letters = list(letters)
        self.dims = 2 + 2 * len(self.letters)
        self.slots = {x: 2 + n for n, x in enumerate(self.letters)}
        self.low = self._along(0, np.repeat([a for a, _ in spans], EACH))
        self.high = self._along(0, np.repeat([b for _, b in spans], EACH))
        self.seeds = self._along(0, np.arange(1.0, 1 + EACH * len(spans)))
        self.defs = point.defs
        self.picks = self._picked()
        self.moved: tuple[str, tuple[Array, ...]] | None = None
        self.tables: dict[str, tuple[Array, dict[str, int]]] = {}
        self.base = self.tables
        self._zero = self._along(0, [0.0])
        self.step: Array = self._zero
        self._own: Env = {}                          # the values of each letter, one array of them
        self._far: Env = {}                          # the same along its second axis
        self.lines: dict[int, tuple[Array, str, int]] = {}     # of these arrays: themselves, letter and axis
        self.spans: dict[str, range] = {}
        self.drawn: dict[tuple[object, ...], Array] = {}
        self.marks: dict[int, tuple[Deriv, Array]] = {}
        self.above: dict[str, frozenset[str]] = {}

    def holds(self, line: Rel) -> bool:
        """Does the line hold wherever it has a value?"""
        np = self.np
        free = dict.fromkeys(r.name for r in free_refs(line) if not r.indices and r.name in self.point.indices)
        env = {name: self._letter(name) for name in free}
        with np.errstate(all="ignore"):
            first, *others = [self.value(side, env) for side in line.args]
            for other in others:
                gap, scale = np.abs(first - other), 1 + np.abs(first)
                known = np.isfinite(gap)
                if not known.any() or not (gap <= CLOSE * scale)[known].all():
                    return False
        return True

    # -- axes
    def _along(self, slot: int, values: Array) -> Array:
        shape = [1] * self.dims
        shape[slot] = len(values)
        return self.np.asarray(values, dtype=float).reshape(shape)

    def _letter(self, letter: str) -> Array:
        """The values of a letter, always the same array."""
        found = self._own.get(letter)
        if found is None:
            span = self.spans[letter] = self.point.span(letter)
            slot = self.slots[letter]
            found = self._own[letter] = self._along(slot, self.np.arange(span.start, span.stop))
            far = self._far[letter] = self.np.swapaxes(found, slot, slot + len(self.letters))
            self.lines[id(found)] = (found, letter, slot)
            self.lines[id(far)] = (far, letter, slot + len(self.letters))
        return found

    # -- names
    def _leaf(self, name: str, places: tuple[Array, ...]) -> Array:
        """A number between the ends of each span that only the name and the indices fix."""
        np, total = self.np, next((t for t in self.point.totals if (t.name, t.places) == (name, len(places))), None)
        value = self._drawn(name, places)
        if total is None or not isinstance(big := total.line.args[0], Big):
            return value
        self._letter(big.index)
        span, at = self.spans[big.index], places[total.place]
        front, back = places[: total.place], places[total.place + 1 :]
        others = [self._drawn(name, (*front, at * 0 + n, *back)) for n in span[:-1]]
        return np.where(at == span[-1], self.value(total.value, {}) - sum(others), value)

    def _drawn(self, name: str, places: tuple[Array, ...]) -> Array:
        np, key = self.np, (name, *map(id, places))
        if key in self.drawn:                        # only arrays that stay have their ids in it
            return self.drawn[key]
        seed = self.seeds * 12.9898 + sum(ord(c) * (n + 1) for n, c in enumerate(name)) * 0.7853
        for n, place in enumerate(places):
            seed = seed + (place + 3.1) * (78.233 + 37.719 * n)
        part = np.sin(seed) * 43758.5453
        value = self.low + (self.high - self.low) * (part - np.floor(part))
        if all(id(p) in self.lines for p in places):
            self.drawn[key] = value
        return value

    def _picked(self) -> frozenset[tuple[str, int]]:
        """The families of data that stand where an index stands, y[k] of s[y[k]]: whole numbers."""
        exprs = (e.rhs for lines in self.defs.values() for e in lines)
        places = (p for e in exprs for n in preorder(e) if isinstance(n, Ref) for i in n.indices for p in preorder(i))
        return frozenset(p.key for p in places if isinstance(p, Ref) and p.indices and p.key not in self.defs)

    def _whole(self, ref: Ref, places: tuple[Array, ...]) -> Array:
        """A name that stands where an index stands: 1 or 2."""
        part = self.np.sin(sum((p * (n + 1.7) for n, p in enumerate(places)), 0.3 + len(ref.name))) * 917.31
        return 1 + self.np.floor(2 * (part - self.np.floor(part)))

    def _index(self, expr: Expr, env: Env) -> Array:
        if isinstance(expr, Ref):
            if not expr.indices and expr.name in env:
                return env[expr.name]
            if expr.indices:
                if expr.key in self.defs:
                    raise Slow
                return self._whole(expr, tuple(self._index(i, env) for i in expr.indices))
            return self._along(0, [self.point.size(expr.name)])
        if isinstance(expr, Num):
            return self._along(0, [float(expr.value)])
        if isinstance(expr, Add | Mul | Neg | Div):
            return self._arithmetic(expr, [self._index(c, env) for c in expr.children()])
        raise Slow

    def _name(self, ref: Ref, env: Env) -> Array:
        if not ref.indices and ref.name in env:
            return env[ref.name]
        if any(isinstance(i, All) for i in ref.indices):
            raise Slow
        places = tuple(self._index(i, env) for i in ref.indices)
        lines = self.defs.get(ref.key)
        if ref.key in self.picks:
            return self._whole(ref, places)
        if lines is None:
            if not places and (ref.name in self.net.sizes or ref.name in self.point.numbers
                               or ref.name in self.point.picks):
                return self._along(0, [self.point.size(ref.name)])
            value = self._leaf(ref.name, places)
        else:
            value = self._looked_up(ref, lines, places)
        if self.moved is not None and self.moved[0] == ref.name and len(self.moved[1]) == len(places):
            hit: Array = 1.0
            for place, target in zip(places, self.moved[1], strict=True):
                hit = hit * (place == target)
            value = value + hit * self.step
        return value

    def _looked_up(self, ref: Ref, lines: list[Equation], places: tuple[Array, ...]) -> Array:
        """Entries of the table of a family."""
        np = self.np
        if len(lines) != 1:
            raise Slow
        table, first = self._table(ref.name, lines[0])
        letters = [i.name for i in lines[0].lhs.indices if isinstance(i, Ref)]
        slots = [self.slots[x] for x in letters]
        turned = self._turned(table, letters, slots, places)
        if turned is not None:
            return turned
        index: list[Array] = [np.arange(n).reshape([-1 if s == d else 1 for s in range(self.dims)])
                              for d, n in enumerate(table.shape)]
        outside: Array = False
        for letter, slot, place in zip(letters, slots, places, strict=True):
            at = (place - first[letter]).astype(int)
            outside = outside | (at < 0) | (at >= table.shape[slot])
            index[slot] = np.clip(at, 0, max(table.shape[slot] - 1, 0))
        return np.where(outside, np.nan, table[tuple(index)])

    def _turned(self, table: Array, letters: list[str], slots: list[int], places: tuple[Array, ...]) -> Array | None:
        """The table with its axes in the place of others, where each index is a letter that runs as its own does."""
        axes = list(range(self.dims))
        for letter, slot, place in zip(letters, slots, places, strict=True):
            _, other, to = self.lines.get(id(place), (None, "", -1))
            if to < 0 or self.spans[other] != self.spans[letter]:
                return None
            if to != slot:
                if table.shape[to] != 1 or axes[to] != to or axes[slot] != slot:
                    return None
                axes[to], axes[slot] = slot, to
        return table.transpose(axes)

    def _table(self, name: str, line: Equation) -> tuple[Array, dict[str, int]]:
        """All values of a family, an axis for each of its letters, and where these begin."""
        letters = [i.name for i in line.lhs.indices if isinstance(i, Ref) and i.name in self.slots]
        if len(letters) != len(line.lhs.indices) or len(set(letters)) != len(letters):
            raise Slow
        touched = self.moved is not None and self._depends(name, self.moved[0])
        tables = self.tables if touched or self.moved is None else self.base
        if name not in tables:
            tables[name] = (self._zero, {})           # while it is made: a circle would come back here
            moved, self.moved = self.moved, self.moved if touched else None
            value = self.value(line.rhs, {x: self._letter(x) for x in letters})
            self.moved = moved
            shape = list(value.shape)
            for x in letters:
                shape[self.slots[x]] = len(self.spans[x])
            if shape != list(value.shape):
                value = self.np.broadcast_to(value, shape)
            tables[name] = (value, {x: self.spans[x].start for x in letters})
        return tables[name]

    def _depends(self, name: str, on: str) -> bool:
        """Is a name made of another, through however many lines?"""
        if name not in self.above:
            seen, stack = {name}, [name]
            while stack:
                here = stack.pop()
                for (own, _), lines in self.defs.items():
                    if own == here:
                        new = {r.name for e in lines for r in free_refs(e.rhs)} - seen
                        seen |= new
                        stack.extend(new)
            self.above[name] = frozenset(seen)
        return on in self.above[name]

    # -- differences
    def _difference(self, mark: Deriv, env: Env) -> Array:
        """A derivative as a central difference, for all values of its letters; each mark once."""
        if self.moved is not None or any(v is not self._own.get(x) for x, v in env.items()):
            raise Slow                               # inside another, or under a sum with ends of its own
        found = self.marks.get(id(mark))
        if found is None:
            found = self.marks[id(mark)] = (mark, self._quotient(mark, env))
        return found[1]

    def _quotient(self, mark: Deriv, env: Env) -> Array:
        np = self.np
        if len(mark.wrt) != 1 or not isinstance(wrt := mark.wrt[0], Ref):
            raise Slow
        far = {x: self._far[x] for x in env}
        target = tuple(self._index(i, far) for i in wrt.indices)
        with self._opened(mark):
            self.base, self.tables, outer = self.tables, {}, self.tables
            here = self._name(wrt, far)
            self.step = STEP * (1 + self.np.abs(here)) * self._along(1, [1.0, -1.0])
            self.moved = (wrt.name, target)
            try:
                if mark.kind == "P" and isinstance(mark.of, Ref):
                    value = self._own_line(mark.of, far)
                else:
                    value = self.value(mark.of, far)
            finally:
                self.moved, self.tables = None, outer
        if value.shape[1] == 1:
            slope = np.zeros_like(value)
        else:
            slope = (value[:, :1] - value[:, 1:]) / (2 * self.step[:, :1])
        for x in env:
            slope = np.swapaxes(slope, self.slots[x], self.slots[x] + len(self.letters))
        return slope

    def _own_line(self, of: Ref, far: Env) -> Array:
        """The own equation only: every other name stays at its value."""
        assert self.moved is not None
        if of.name == self.moved[0]:
            return self._name(of, far)
        lines = self.defs.get(of.key, [])
        if len(lines) != 1:
            raise Slow
        heads = lines[0].lhs.indices
        if any(not isinstance(i, Ref) or i.name not in self.slots for i in heads):
            raise Slow
        swap = {i.name: j for i, j in zip(heads, of.indices, strict=True) if isinstance(i, Ref)}
        self.above, kept = {n: frozenset((n,)) for n, _ in self.defs}, self.above
        try:
            return self.value(substitute(lines[0].rhs, swap), far)
        finally:
            self.above = kept

    @contextmanager
    def _opened(self, mark: Deriv) -> Iterator[None]:
        """Equations taken apart while a derivative by or of a part is taken."""
        back: dict[Any, list[Equation]] = {}
        for ref in (mark.of, *mark.wrt):
            lines = self.point.opened.get(ref.key) if isinstance(ref, Ref) else None
            if lines is not None:
                top = lines[-1]
                back.setdefault(top.key, self.defs.get(top.key, []))
                self.defs[top.key] = [top if e.span is top.span and same(e.lhs, top.lhs) else e
                                      for e in self.defs.get(top.key, [])]
        if back:
            kept, self.above = self.above, {}
            self.tables, tables = {}, self.tables
        try:
            yield
        finally:
            if back:
                self.above, self.tables = kept, tables
            self.defs.update(back)


def tried(point: Point, lines: list[Rel], spans: tuple[tuple[float, float], ...]) -> list[Rel]:
    """The lines that are still to be tried in balls."""
    try:
        quick = Quick(point, spans, lines)
    except Slow:
        return lines
    left = []
    for line in lines:
        try:
            if quick.holds(line):
                continue
        except (Slow, NoValue, KeyError, IndexError, ZeroDivisionError, RecursionError):
            pass
        left.append(line)
    return left
