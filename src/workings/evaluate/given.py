"""What a person gives for a network: names in any spelling, numbers, nested lists, arrays; sizes follow."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workings.errors import BadValue, WorkingsError
from workings.evaluate.numbers import Value, array, is_list, scalar, shape, whole
from workings.evaluate.sizes import Usage, first, known, solve_sizes
from workings.evaluate.state import Entry, Given, State
from workings.expr import Expr, Key, Network, Num, Ref, free_refs
from workings.expr.names import natural

_PLAIN = re.compile(r"([A-Za-z]\w*'*)(?:\[([^\]]*)\])?")


@dataclass(slots=True)
class Point:
    """Values that were given, read: numbers and entries, families, and the sizes that their lengths determine."""

    net: Network
    usage: Usage
    memo: dict[Entry, Value] = field(default_factory=dict)
    families: dict[Key, Given] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def state(self, exact: bool = False, last: bool = False, final: bool = False) -> State:
        """A fresh start at this point."""
        return State(self.net, self.memo, self.families, self.sizes, self.usage, exact, last, final)

    def has(self, key: Key) -> bool:
        """Was something given for this variable?"""
        return key in self.families or (key, ()) in self.memo or (not key[1] and key[0] in self.sizes) or \
            (key[1] > 0 and any(k == key for k, _ in self.memo))


def read_point(net: Network, values: Mapping[str, Any], strict: bool = True, extra: Expr | None = None) -> Point:
    """The values by name; `strict`: a name that the network does not know is an error."""
    point = Point(net, Usage(net, extra))
    places = _places(net, extra)
    lists: dict[Key, Any] = {}
    for source, checked in ((net.values, False), (values, strict)):
        for text, given in source.items():
            _read_one(point, places, lists, str(text), given, checked)
    _settle(point, lists)
    return point


def _places(net: Network, extra: Expr | None) -> dict[str, list[int]]:
    """The numbers of index places with which each name stands in the network."""
    out: dict[str, dict[int, None]] = {}
    keys = [*net.defs, *net.opaque, *net.leaves, *((n, 0) for n in (*net.sizes, *net.shapes))]
    if extra is not None:
        keys += [net.variable(r.key) for r in free_refs(extra)]
    for name, n in keys:
        out.setdefault(name, {}).setdefault(n)
    return {name: list(counts) for name, counts in out.items()}


def _read_one(point: Point, places: dict[str, list[int]], lists: dict[Key, Any], text: str, given: Any,
              strict: bool) -> None:
    name, indices = _name(point.net, places, text)
    if name not in places:
        numbered = _numbered(name, places) if is_list(given) else []
        if numbered and shape(given, text) == (len(numbered),):
            for part, value in zip(numbered, given):
                point.memo[(part, 0), ()] = scalar(value, part)
            return
        if strict:
            raise unknown(text, list(places))
        places[name] = [len(shape(given, text)) if is_list(given) else 0]
    if indices:
        point.memo[(name, len(indices)), indices] = scalar(given, text)
        return
    depth = len(shape(given, text)) if is_list(given) else 0
    known_places = places[name]
    if depth and depth in known_places:
        lists[name, depth] = array(given, text)
    elif 0 in known_places:
        read = array(given, text) if depth else scalar(given, text)
        point.memo[(name, 0), ()] = read
        if depth and name in point.net.shapes:
            lists[name, 0] = read
    else:
        wanted = " or ".join(f"{n} index place{'s' * (n > 1)}" for n in known_places)
        seen = f"a list of depth {depth}" if depth else "one number"
        raise BadValue(f"{name} has {wanted}, but {seen} is given", expected="lists as deep as it has index places")


def _numbered(name: str, places: dict[str, list[int]]) -> list[str]:
    """The names that a list gives all at once: x = (1, -1) is x1 = 1, x2 = -1."""
    return sorted((n for n in places if re.fullmatch(re.escape(name) + r"_?\d+", n) and 0 in places[n]), key=natural)


def _name(net: Network, places: dict[str, list[int]], text: str) -> tuple[str, tuple[int, ...]]:
    """The plain name, and the indices of one entry: `x[1]`, `h_{0}`; letters and dots stand for the whole family."""
    match = _PLAIN.fullmatch(text.strip())
    if match and (match.group(1) in places or match.group(2) is not None):
        inside = [p.strip() for p in (match.group(2) or "").split(",") if p.strip()]
        numbers = tuple(int(p) for p in inside if re.fullmatch(r"-?\d+", p))
        return match.group(1), numbers if len(numbers) == len(inside) else ()
    for plain, latex in net.spelling.items():
        if latex == text:
            return plain, ()
    return _as_read(net, text)


def _as_read(net: Network, text: str) -> tuple[str, tuple[int, ...]]:
    from workings.functions import signatures
    from workings.syntax import read_expression

    try:
        tree = read_expression(text, signatures(), net)
    except WorkingsError:
        return text, ()
    if not isinstance(tree, Ref):
        return text, ()
    numbers = tuple(int(i.value) for i in tree.indices if isinstance(i, Num))
    return tree.name, numbers if len(numbers) == len(tree.indices) else ()


def unknown(text: str, names: list[str]) -> BadValue:
    """The complaint about a name that is not there, with the nearest one that is."""
    near = difflib.get_close_matches(text, names, 1, 0.5)
    listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return BadValue(f"the network has no {text}", expected=f"one of {listed}" if names else "",
                    hint=near[0] if near else "")


def _settle(point: Point, lists: dict[Key, Any]) -> None:
    """Finds sizes from lengths, then where each list begins."""
    if not lists:
        return
    state = point.state()

    def worth(expr: Expr, sizes: dict[str, int]) -> Value:
        state.sizes = sizes
        return state.bound(expr)

    shapes = {key: tuple(data.shape) for key, data in lists.items()}
    given = {name: whole(v, name) for ((name, n), _), v in point.memo.items() if not n and name in point.net.sizes}
    sizes = dict(given)
    solve_sizes(point.usage, shapes, worth, sizes)
    point.sizes = sizes
    for key, lengths in shapes.items():
        low = tuple(first(point.usage, key, p, n, lambda e: worth(e, sizes)) for p, n in enumerate(lengths))
        _check(point, key, lengths, lambda e: worth(e, sizes))
        if key[1]:
            point.families[key] = Given(lists[key], low)


def _check(point: Point, key: Key, lengths: tuple[int, ...], worth: Any) -> None:
    """A length that no range of its place has is an error."""
    axes = point.net.shapes.get(key[0])
    if axes and len(axes) != len(lengths):
        raise BadValue(f"{key[0]} has {len(axes)} axes, but a list of depth {len(lengths)} is given")
    for place, length in enumerate(lengths):
        ranges = [r for e in point.usage.extents(key, place) if (r := known(e, worth)) is not None]
        if not ranges:
            continue
        longest = range(min(r.start for r in ranges), max(r.stop for r in ranges))
        if length not in (len(ranges[0]), len(longest)) and not any(len(r) == length for r in ranges):
            raise BadValue(
                f"{key[0]} has {length} values along place {place + 1}, where its index runs over "
                f"{ranges[0].start} … {ranges[0].stop - 1}",
                expected=f"{len(ranges[0])} values",
            )
