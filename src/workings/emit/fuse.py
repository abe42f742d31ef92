"""Loops over one range made one, where no statement is kept waiting for what it needs.

A loop joins an earlier one over the same range if nothing between the two feeds it, and if it does not need what the
earlier loop is still adding up.  So forward and backward pass of a sample are done while its numbers are at hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from workings.emit.loops import For, Node, Set, When
from workings.emit.products import Product
from workings.expr import Expr, Key, Mul, Num, Ref, free_refs, preorder, substitute
from workings.notation import plain


def fused(nodes: Iterable[Node]) -> list[Node]:
    """The same statements in as few loops as that rule gives; starting values of sums come first."""
    starts: list[Node] = []
    out: list[Node] = []
    for node in nodes:
        if _is_start(node):
            starts.append(node)
        elif not (isinstance(node, For) and _joined(node, out)):
            out.append(node)
    return [*starts, *out]


def _is_start(node: Node) -> bool:
    """acc = 0, also under loops over an array's entries."""
    while isinstance(node, For) and len(node.body) == 1:
        node = node.body[0]
    return isinstance(node, Set) and not node.op and isinstance(node.value, Num)


def _joined(loop: For, out: list[Node]) -> bool:
    """Is the loop now part of an earlier one?"""
    needs = reads(loop)
    for number in reversed(range(len(out))):
        other = out[number]
        if isinstance(other, For) and _same_range(loop, other) and _may_join(loop, other):
            other.body = fused([*other.body, *(renamed(n, loop.letter, other.letter) for n in loop.body)])
            return True
        if needs & writes(other):
            return False
    return False


def _same_range(a: For, b: For) -> bool:
    return (plain(a.axis.lo), plain(a.axis.hi), a.down) == (plain(b.axis.lo), plain(b.axis.hi), b.down)


def _may_join(loop: For, other: For) -> bool:
    """Everything that the loop reads of the other stands there under the very same value of the index."""
    made = writes(other)
    for ref in _references(loop):
        if ref.key in made:
            places = {i for s in _sets(other) if s.target.key == ref.key for i in _places(s.target, other.letter)}
            if not places or not places <= set(_places(ref, loop.letter)):
                return False
    return True


def _places(ref: Ref, letter: str) -> list[int]:
    return [n for n, i in enumerate(ref.indices) if isinstance(i, Ref) and i.name == letter and not i.indices]


def _sets(node: Node) -> Iterable[Set]:
    if isinstance(node, Set):
        yield node
    elif isinstance(node, Product):
        yield Set(node.target, Mul((node.left, node.right)), "+")
    else:
        for inner in node.body:
            yield from _sets(inner)


def _references(node: Node) -> Iterable[Ref]:
    for one in _sets(node):
        yield from free_refs(one.value)
    for test in _tests(node):
        yield from (r for r in preorder(test) if isinstance(r, Ref))


def _tests(node: Node) -> Iterable[Expr]:
    if isinstance(node, When):
        yield node.test
    if isinstance(node, For | When):
        for inner in node.body:
            yield from _tests(inner)


def reads(node: Node) -> set[Key]:
    """The variables whose values a statement or loop uses."""
    return {r.key for r in _references(node)} | {s.target.key for s in _sets(node) if s.op}


def writes(node: Node) -> set[Key]:
    """The variables that it sets."""
    return {s.target.key for s in _sets(node)}


def renamed(node: Node, old: str, new: str) -> Node:
    """The same statements under another index letter."""
    if old == new:
        return node
    table: dict[str, Expr] = {old: Ref(new)}
    if isinstance(node, Set):
        target = Ref(node.target.name, tuple(substitute(i, table) for i in node.target.indices))
        return Set(target, substitute(node.value, table), node.op, node.note)
    if isinstance(node, Product):
        return node
    body = [renamed(n, old, new) for n in node.body]
    if isinstance(node, When):
        return When(substitute(node.test, table), body)
    assert isinstance(node, For)
    return For(node.letter, node.axis, body, node.down)


def momentary(nodes: Sequence[Node], kept: Collection[Key]) -> dict[Key, int]:
    """Arrays needed one step of a loop at a time, and the place of that loop's index: they need no such axis."""
    homes: dict[Key, set[int]] = {}
    places: dict[Key, set[int]] = {}
    for number, node in enumerate(nodes):
        for ref in [*(s.target for s in _sets(node)), *_references(node)]:
            homes.setdefault(ref.key, set()).add(number)
            found = set(_places(ref, node.letter)) if isinstance(node, For) else set()
            places[ref.key] = places.get(ref.key, found) & found
    made = {key for node in nodes for key in writes(node)} - set(kept)
    return {key: min(places[key]) for key in sorted(made) if len(homes[key]) == 1 and places.get(key)}
