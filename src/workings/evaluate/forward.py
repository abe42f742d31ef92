"""The forward pass: every wanted quantity, families by their ranges, and what stands in the way of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workings.evaluate.given import Point, unknown
from workings.evaluate.numbers import Undefined, Value, ball, out, sharp
from workings.evaluate.state import Missing, State
from workings.expr import Key, Network, Ref, free_refs


BLURRED = "its rounding errors grow so fast that no digit of it is sure"


@dataclass(slots=True)
class Found:
    """Raw values: one for a number, a list of (indices, value) for a family."""

    net: Network
    numbers: dict[Key, Value] = field(default_factory=dict)
    families: dict[Key, list[tuple[tuple[int, ...], Value]]] = field(default_factory=dict)
    undefined: dict[str, str] = field(default_factory=dict)
    without: dict[Key, str] = field(default_factory=dict)

    def sharp(self) -> bool:
        """Is every value narrow enough?"""
        return all(map(sharp, self.numbers.values())) and all(
            sharp(v) for entries in self.families.values() for _, v in entries)

    def drop_blurred(self) -> None:
        """What could not be computed to a float's digits is no value, and says so."""
        for key in [k for k, v in self.numbers.items() if not sharp(v)]:
            del self.numbers[key]
            self.undefined[_label(self.net, key)] = BLURRED
        for key in [k for k, entries in self.families.items() if not all(sharp(v) for _, v in entries)]:
            del self.families[key]
            self.undefined[_label(self.net, key)] = BLURRED

    def values(self, mode: str) -> dict[str, Any]:
        """Values as a person wants them, in the order of the equations."""
        table = {key: out(v, mode) for key, v in self.numbers.items()}
        table |= {key: _lists([(at, out(v, mode)) for at, v in entries]) for key, entries in self.families.items()}
        return {_label(self.net, key): table[key] for key in (*self.net.defs, *self.net.opaque) if key in table}

    def missing_names(self, point: Point) -> list[str]:
        """What would have to be given for the quantities that could not be computed."""
        if not self.without:
            return []
        needed = _cone(self.net, list(self.without))
        names = [_label(self.net, k) for k in (*self.net.leaves, *self.net.opaque) if k in needed and not point.has(k)]
        named = {n.split("[")[0] for n in names}
        return list(dict.fromkeys([*names, *(n for n in self.without.values() if n.split("[")[0] not in named)]))


def quantities(point: Point, wanted: Sequence[str] | None) -> list[Key]:
    """The variables asked for; all that are defined where nothing is asked."""
    net = point.net
    every = list(dict.fromkeys([*net.defs, *(k for k in net.opaque if point.has(k))]))
    if wanted is None:
        return every + [k for k in net.opaque if k not in every]
    keys: list[Key] = []
    for name in wanted:
        bare = name.split("[")[0]
        found = [k for k in (*net.defs, *net.opaque) if k[0] == bare and (k[1] > 0 or "[" not in name)]
        if not found:
            raise unknown(name, [k[0] for k in every])
        keys += found
    return keys


def forward(state: State, keys: list[Key], balls: bool = False) -> Found:
    """Computes the variables one after the other; `balls`: exact numbers come as balls too."""
    found = Found(state.net)
    form = ball if balls else (lambda v: v)
    for key in keys:
        try:
            if key[1]:
                found.families[key] = [(at, form(state.compute((key, at)))) for at in state.places(key)]
            else:
                found.numbers[key] = form(state.compute((key, ())))
        except Missing as missing:
            found.without[key] = missing.args[0]
        except Undefined as problem:
            found.undefined[_label(state.net, key)] = f"{problem} has no value"
    return found


def _label(net: Network, key: Key) -> str:
    """`E`, or `E[k]` with the letters of the equation."""
    name, places = key
    if not places:
        return name
    heads = [e.lhs for e in net.defs.get(key, ())] + ([net.opaque[key].lhs] if key in net.opaque else [])
    heads += [r for e in net.equations for r in free_refs(e.rhs) if r.key == key] if not heads else []
    for head in heads:
        if all(isinstance(i, Ref) and i.name not in net.sizes for i in head.indices):        # gh[t], not gh[T]
            return f"{name}[{','.join(i.name for i in head.indices if isinstance(i, Ref))}]"
    return f"{name}[{','.join('.' * places)}]"


def _cone(net: Network, roots: list[Key]) -> set[Key]:
    """Every variable that these depend on."""
    seen: set[Key] = set()
    stack = list(roots)
    while stack:
        key = stack.pop()
        if key not in seen:
            seen.add(key)
            stack += [net.variable(r.key) for e in net.defs.get(key, ()) for r in free_refs(e.rhs)]
    return seen


def _lists(entries: list[tuple[tuple[int, ...], Any]]) -> Any:
    """Entries in order as nested lists, one level for each index place."""
    level: list[tuple[tuple[int, ...], Any]] = entries
    while level and level[0][0]:
        grouped: dict[tuple[int, ...], list[Any]] = {}
        for at, v in level:
            grouped.setdefault(at[:-1], []).append(v)
        level = list(grouped.items())
    return level[0][1] if level else []
