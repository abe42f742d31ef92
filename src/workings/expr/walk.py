"""Walks over written trees, none of them recursive.  The only code that knows bound indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from workings.expr.nodes import Big, Expr, Key, Num, Ref

R = TypeVar("R")


def preorder(expr: Expr) -> Iterator[Expr]:
    """Every node, parents first, in reading order."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children()))


def fold(expr: Expr, combine: Callable[[Expr, tuple[R, ...]], R]) -> R:
    """The value that `combine(node, values of its children)` gives at the root."""
    done: list[R] = []
    stack: list[tuple[Expr, bool]] = [(expr, False)]
    while stack:
        node, ready = stack.pop()
        inner = node.children()
        if ready or not inner:
            cut = len(done) - len(inner)
            values = tuple(done[cut:])
            del done[cut:]
            done.append(combine(node, values))
        else:
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(inner))
    return done[0]


def rewrite(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The tree with `change` applied to each node once, children first; untouched parts are shared."""

    def step(node: Expr, inner: tuple[Expr, ...]) -> Expr:
        old = node.children()
        same_inner = all(a is b for a, b in zip(inner, old, strict=True))
        return change(node if same_inner else node.rebuild(inner))

    return fold(expr, step)


def free_refs(expr: Expr) -> list[Ref]:
    """Every reference to something not bound inside `expr`, in reading order.

    An index bound by a `Big` is not listed; the names inside index expressions are.
    """
    out: list[Ref] = []
    stack: list[tuple[Expr, frozenset[str]]] = [(expr, frozenset())]
    while stack:
        node, bound = stack.pop()
        if isinstance(node, Ref):
            if node.indices or node.name not in bound:
                out.append(node)
            stack.extend((c, bound) for c in reversed(node.indices))
        elif isinstance(node, Big):
            inner = bound | {node.index}
            stack.append((node.body, inner))
            if node.condition is not None:
                stack.append((node.condition, inner))
            stack.extend((c, bound) for c in (node.hi, node.lo) if c is not None)
        else:
            stack.extend((c, bound) for c in reversed(node.children()))
    return out


def scan(expr: Expr) -> tuple[list[Ref], list[Big]]:
    """The free references of an expression and its big operators, in one pass where nothing is bound."""
    refs: list[Ref] = []
    bigs: list[Big] = []
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Ref):
            refs.append(node)
            stack.extend(node.indices[::-1])
        else:
            if isinstance(node, Big):
                bigs.append(node)
            stack.extend(node.children()[::-1])
    return (free_refs(expr) if bigs else refs), bigs


def free_keys(expr: Expr) -> list[Key]:
    """The variables of `free_refs`, each once, in reading order."""
    return list(dict.fromkeys(ref.key for ref in free_refs(expr)))


def fresh(base: str, taken: frozenset[str] | set[str]) -> str:
    """`base` primed until it is not taken: i, i', i''."""
    while base in taken:
        base += "'"
    return base


def substitute(expr: Expr, table: Mapping[str, Expr]) -> Expr:
    """`expr` with each unindexed free name of `table` replaced; bound indices are renamed before they capture."""
    incoming = frozenset(name for value in table.values() for name, _ in free_keys(value))
    return _substitute(expr, dict(table), incoming)


def _substitute(expr: Expr, table: dict[str, Expr], incoming: frozenset[str]) -> Expr:
    # A work list of (node, table) pairs: a Big narrows or extends the table for its inside only.
    done: list[Expr] = []
    stack: list[tuple[Expr, dict[str, Expr], bool]] = [(expr, table, False)]
    while stack:
        node, names, ready = stack.pop()
        if isinstance(node, Ref) and not node.indices:
            done.append(names.get(node.name, node))
            continue
        inner = node.children()
        if not inner:
            done.append(node)
        elif ready:
            cut = len(done) - len(inner)
            values = tuple(done[cut:])
            del done[cut:]
            if all(a is b for a, b in zip(values, inner, strict=True)):
                done.append(node)
            else:
                done.append(node.rebuild(values))
        elif isinstance(node, Big):
            index, inside = node.index, {k: v for k, v in names.items() if k != node.index}
            if index in incoming and inside:
                index = fresh(index, incoming | {name for name, _ in free_keys(node.body)})
                inside[node.index] = Ref(index)
            # The index itself is not a child, so a renamed node is made before its children are done.
            renamed = Big(node.op, index, node.body, node.lo, node.hi, node.condition, node.span)
            stack.append((renamed, names, True))
            stack.append((node.body, inside, False))
            if node.condition is not None:
                stack.append((node.condition, inside, False))
            stack.extend((c, names, False) for c in (node.hi, node.lo) if c is not None)
        else:
            stack.append((node, names, True))
            stack.extend((child, names, False) for child in reversed(inner))
    return done[0]


def same(a: Expr, b: Expr) -> bool:
    """Are the two trees written alike, up to places and the names of bound indices?"""
    stack: list[tuple[Expr, Expr, tuple[tuple[str, str], ...]]] = [(a, b, ())]
    while stack:
        p, q, pairs = stack.pop()
        if p is q and not pairs:
            continue
        if type(p) is not type(q) or len(p.children()) != len(q.children()):
            return False
        if not _same_head(p, q, pairs):
            return False
        if isinstance(p, Big) and isinstance(q, Big):
            inside = ((p.index, q.index), *pairs)
            stack.append((p.body, q.body, inside))
            for x, y, where in ((p.condition, q.condition, inside), (p.lo, q.lo, pairs), (p.hi, q.hi, pairs)):
                if (x is None) != (y is None):
                    return False
                if x is not None and y is not None:
                    stack.append((x, y, where))
        else:
            stack.extend((x, y, pairs) for x, y in zip(p.children(), q.children(), strict=True))
    return True


def _same_head(p: Expr, q: Expr, pairs: tuple[tuple[str, str], ...]) -> bool:
    if isinstance(p, Num) and isinstance(q, Num):
        return p.value == q.value
    if isinstance(p, Ref) and isinstance(q, Ref) and not p.indices:
        for x, y in pairs:
            if p.name == x or q.name == y:
                return p.name == x and q.name == y
    heads = ("name", "op", "ops", "function", "primes", "kind", "over")
    return all(getattr(p, h, None) == getattr(q, h, None) for h in heads)
