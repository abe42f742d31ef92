"""The values of a network at a point: asked for one by one, computed once each, in whatever order is needed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workings.errors import BadValue, InputTooLarge, WorkingsError
from workings.evaluate.arrays import is_array
from workings.evaluate.code import Code
from workings.evaluate.machine import Machine
from workings.evaluate.numbers import Undefined, Value, fits, whole
from workings.evaluate.sizes import Bounds, Usage, known, stretch
from workings.expr import Big, Equation, Expr, Key, Network, Num, Ref, free_refs, preorder
from workings.functions.values import Undecided
from workings.limits import MAX_INDEX

Entry = tuple[Key, tuple[int, ...]]             # one number: a name with its index values


class Missing(Exception):
    """A value that nobody gave; `args[0]` is how the name is written."""


class Needed(Exception):
    """Entries that must be computed before this one; `args[0]` lists them."""


@dataclass(slots=True)
class Given:
    """What was given for a family: nested lists or an array, and the index of the first value of each place."""

    data: Any
    low: tuple[int, ...]


class State:
    """Implements `machine.Names` over a network; `given` holds numbers, arrays and families already read."""

    def __init__(self, net: Network, given: Mapping[Entry, Value], families: Mapping[Key, Given],
                 sizes: Mapping[str, Value], usage: Usage, exact: bool = False, last: bool = False,
                 final: bool = False) -> None:
        self.net, self.usage, self.families, self.sizes = net, usage, families, sizes
        from flint import arb, fmpq

        self.arb, self.fmpq, self.exact, self.last, self.final = arb, fmpq, exact, last, final
        self.codes: dict[int, tuple[Expr, Code]] = {}
        self.memo: dict[Entry, Value] = dict(given)
        self.failed: dict[Entry, Exception] = {}
        self.ranges: dict[tuple[int, int], range] = {}            # by the identities of the bounds
        self.sorted: dict[Key, tuple[dict[tuple[int, ...], Equation], list[Equation]]] = {}

    def equations(self, key: Key) -> tuple[dict[tuple[int, ...], Equation], list[Equation]]:
        """The equations of a family: those of single entries (h[0] = 0) by their indices, and the general ones."""
        found = self.sorted.get(key)
        if found is None:
            found = self.sorted[key] = ({}, [])
            for equation in self.net.defs.get(key, ()):
                places = equation.lhs.indices
                numbers = tuple(int(i.value) for i in places if isinstance(i, Num))
                if len(numbers) == len(places):
                    found[0][numbers] = equation
                else:
                    found[1].append(equation)
        return found

    # -- asked by the machine

    def number(self, name: str) -> Value:
        """A name with no indices: a number, an array, or a whole family as an array."""
        entry = ((name, 0), ())
        if entry in self.memo:
            return self.memo[entry]
        if name in self.sizes:
            return self.fmpq(self.sizes[name])
        if (name, 0) in self.net.defs:
            return self._later(entry)
        places = [k[1] for k in (*self.net.defs, *self.families) if k[0] == name and k[1]]
        if places:
            return self._gathered(Ref(name), [None] * places[0])
        raise Missing(name)

    def entry(self, ref: Ref, places: list[int | None]) -> Value:
        """An entry of a family or an array; a dot takes the whole of its place."""
        if None in places:
            return self._gathered(ref, places)
        at = tuple(p for p in places if p is not None)
        entry = (ref.key, at)
        if entry in self.memo:
            return self.memo[entry]
        given = self.families.get(ref.key)
        if given is not None:
            return self._picked(given, at, ref)
        if self._equation(entry) is not None:
            return self._later(entry)
        whole_array = self.memo.get(((ref.name, 0), ()))
        if whole_array is None and (ref.name, 0) in self.net.defs:
            whole_array = self._later(((ref.name, 0), ()))
        if is_array(whole_array):
            return self._picked(Given(whole_array, (1,) * len(at)), at, ref)
        raise Missing(written(ref.name, at) if self._some(ref.key) else _family(ref))

    def _some(self, key: Key) -> bool:
        """Is anything known of a family?"""
        return key in self.net.defs or any(k == key for k, _ in self.memo)

    def span(self, big: Big) -> range:
        """The values of an index of a sum without bounds: its range, or what the places it stands at give."""
        bounds = self.usage.of_index(big.index)
        if bounds is not None:
            return self.numbers(bounds)
        for node in preorder(big.body):
            if isinstance(node, Ref):
                for place, index in enumerate(node.indices):
                    if isinstance(index, Ref) and index.key == (big.index, 0):
                        found = self.extent(node.key, place)
                        if found is not None:
                            return found
        raise Missing(f"the range of {big.index}")

    def function(self, name: str) -> tuple[tuple[str, ...], Expr] | None:
        """A function that the text defines."""
        own = self.net.functions.get(name)
        return None if own is None else (own.params, own.body)

    # -- extents

    def extent(self, key: Key, place: int) -> range | None:
        """The values of an index place of a family."""
        given = self.families.get(key)
        if given is not None:
            return range(given.low[place], given.low[place] + shape_of(given.data)[place])
        array: Value = self.memo.get(((key[0], 0), ()))
        if is_array(array) and place < array.ndim:
            return range(1, array.shape[place] + 1)
        return stretch(self.usage, key, place, self.bound)

    def bound(self, expr: Expr) -> Value:
        """A bound of a range; raises KeyError where a size is not known."""
        try:
            return self.aside(expr)
        except (Missing, Needed):
            raise KeyError from None

    def machine(self, expr: Expr, bound: dict[str, Value], once: bool = False) -> Machine:
        """A machine for one expression; `once`: it is run for one entry only."""
        return Machine(self, expr, bound, self.codes, self.exact, self.last, once)

    def aside(self, expr: Expr) -> Value:
        """The value of a bound or an index, which needs nothing but sizes."""
        return self.machine(expr, {}).run()

    def numbers(self, bounds: Bounds) -> range:
        """A range in numbers; a size that is not known is missing."""
        ends = (id(bounds[0]), id(bounds[1]))
        found = self.ranges.get(ends) or known(bounds, self.bound)
        if found is not None:
            self.ranges[ends] = found
        else:
            names = [r.name for e in bounds for r in free_refs(e) if r.name not in self.sizes]
            raise Missing(names[0] if names else "a size")
        return found

    def reached(self, key: Key, place: int) -> range | None:
        """The values of a place of a family that its equations give; gh[T+1] is used, but there is none."""
        given = [known(b, self.bound) for b in self.usage.given_by(key, place)]
        whole = self.extent(key, place)
        if not given or None in given or whole is None:
            return whole
        spans = [r for r in given if r]
        return range(min(r.start for r in spans), max(r.stop for r in spans)) if spans else whole

    def places(self, key: Key) -> list[tuple[int, ...]]:
        """All index values of a family, in order."""
        extents = [self.reached(key, p) for p in range(key[1])]
        ranges = [r for r in extents if r is not None]
        if len(ranges) < len(extents):
            for equation in self.equations(key)[1]:
                for index in equation.lhs.indices:
                    for ref in free_refs(index):
                        bounds = self.usage.of_index(ref.name)
                        if bounds is None:
                            raise Missing(f"the range of {ref.name}")
                        self.numbers(bounds)
            raise Missing(f"the range of an index of {key[0]}")
        count = 1
        for r in ranges:
            count *= len(r)
        if count > MAX_INDEX:
            raise InputTooLarge(f"{key[0]} has {count} entries, more than {MAX_INDEX}")
        return list(itertools.product(*ranges))

    def _picked(self, given: Given, at: tuple[int, ...], ref: Ref) -> Value:
        inner = given.data
        for p, low, n in zip(at, given.low, shape_of(given.data)):
            if not 0 <= p - low < n:
                raise Missing(written(ref.name, at))
        inner = inner[tuple(p - low for p, low in zip(at, given.low))]
        return self.arb(float(inner)) if isinstance(inner, float) else inner

    def _gathered(self, ref: Ref, places: list[int | None]) -> Value:
        import numpy as np

        key = (ref.name, len(places))
        array: Value = self.memo.get(((ref.name, 0), ()))
        if is_array(array) and array.ndim == len(places):
            return array[tuple(slice(None) if p is None else p - 1 for p in places)]
        ranges: list[Any] = []
        for at, p in enumerate(places):
            reach = range(p, p + 1) if p is not None else self.extent(key, at)
            if reach is None:
                raise Missing(f"the range of an index of {ref.name}")
            ranges.append(reach)
        inner = Ref(ref.name, tuple(Num(0) for _ in places))
        values: list[Value] = []
        needed: list[Entry] = []
        for each in itertools.product(*ranges):
            try:
                values.append(self.entry(inner, list(each)))
            except Needed as first:
                needed += first.args[0]
        if needed:
            raise Needed(needed)
        out = np.empty(len(values), dtype=object)
        out[:] = values
        return out.reshape([len(r) for r, p in zip(ranges, places) if p is None])

    # -- computing

    def _later(self, entry: Entry) -> Value:
        if entry in self.failed:
            raise self.failed[entry]
        raise Needed([entry])

    def _equation(self, entry: Entry) -> tuple[Equation, dict[str, Value]] | None:
        """The equation of an entry and what its index letters are there."""
        key, at = entry
        if not at:
            own = self.net.defs.get(key)
            return (own[-1], {}) if own else None
        fixed, general = self.equations(key)
        if at in fixed:
            return fixed[at], {}
        for equation in general:
            bound = self._matched(equation, at)
            if bound is not None:
                return equation, bound
        return None

    def _matched(self, equation: Equation, at: tuple[int, ...]) -> dict[str, Value] | None:
        bound: dict[str, int] = {}
        for index, p in zip(equation.lhs.indices, at):
            letters = [r.name for r in free_refs(index) if not self._given(r.name)]
            if len(set(letters)) > 1:
                return None
            if not letters:
                if whole(self.aside(index), "an index") != p:
                    return None
                continue
            shift = 0 if isinstance(index, Ref) else self._shift_of(index, letters[0])
            value = p - shift
            bounds = self.usage.of_index(letters[0])
            if (bounds is not None and value not in self.numbers(bounds)) or bound.get(letters[0], value) != value:
                return None
            bound[letters[0]] = value
        return {name: self.fmpq(v) for name, v in bound.items()}

    def _given(self, name: str) -> bool:
        """Is the name a number here, and no letter of an index?"""
        return name in self.sizes or ((name, 0), ()) in self.memo

    def _shift_of(self, index: Expr, letter: str) -> int:
        at0, at1 = (whole(self.machine(index, {letter: self.fmpq(k)}).run(), "an index") for k in (0, 1))
        if at1 - at0 != 1:
            raise BadValue(f"an index of the left side is not {letter} or {letter} shifted")
        return at0

    def compute(self, entry: Entry) -> Value:
        """The value of an entry and of all that it needs; raises Missing, Undefined, Undecided or an error."""
        stack = [entry]
        begun: dict[Entry, Machine] = {}
        while stack:
            top = stack[-1]
            needed = [] if top in self.memo or top in self.failed else self._attempt(top, begun)
            if not needed:
                begun.pop(stack.pop(), None)
            for other in needed:
                if other in begun:
                    raise self._cycle(other)
            stack.extend(reversed(needed))
        if entry in self.failed:
            raise self.failed[entry]
        return self.memo[entry]

    def _attempt(self, entry: Entry, begun: dict[Entry, Machine]) -> list[Entry]:
        """Computes an entry, or says which others it needs first."""
        (name, _), at = entry
        found = None
        try:
            given = self.families.get(entry[0])
            if given is not None:
                self.memo[entry] = self._picked(given, at, Ref(name, tuple(map(Num, at))))
                return []
            found = self._equation(entry)
            if found is None:
                raise Missing(written(name, at))
            if entry not in begun:
                begun[entry] = self.machine(found[0].rhs, found[1], not found[1])
            self.memo[entry] = fits(begun[entry].run(), written(name, at))
        except Needed as needed:
            others: list[Entry] = needed.args[0]
            return others
        except (Missing, Undefined) as problem:
            self.failed[entry] = problem
        except Undecided:
            if not self.final:
                raise
            self.failed[entry] = Undefined("a comparison of two numbers too near to be told apart")
        except WorkingsError as error:
            raise error.located(self.net.source, found[0].span if found else None) from None
        return []

    def whole(self, expr: Expr) -> Value:
        """The value of an expression that is no equation of the network."""
        machine = self.machine(expr, {})
        while True:
            try:
                return fits(machine.run(), "it")
            except Needed as needed:
                for entry in needed.args[0]:
                    self.compute(entry)

    def _cycle(self, entry: Entry) -> WorkingsError:
        (name, places), at = entry
        if not places:
            _ = self.net.ordered              # says which names go round
        return BadValue(f"{written(name, at)} is defined through itself", source=self.net.source)


def written(name: str, at: tuple[int, ...]) -> str:
    """An entry as a person writes it: h[0]."""
    return f"{name}[{','.join(map(str, at))}]" if at else name


def _family(ref: Ref) -> str:
    """A family as it stands in an equation: x[i,k]."""
    return f"{ref.name}[{','.join(i.name if isinstance(i, Ref) else '.' for i in ref.indices)}]"


def shape_of(data: Any) -> tuple[int, ...]:
    """The lengths of an array."""
    return tuple(data.shape)
