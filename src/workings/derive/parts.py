"""Nested expressions taken apart: E = log(cosh(y - t)) becomes z = y - t, c = cosh(z), E = log(c).

An equation is elementary in v when one rule gives its derivative by v: v stands bare inside at most one
function, power or product, under sums and constant factors.  What is not bare gets a name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workings.derive.fresh import Names
from workings.expr import Add, Big, Call, Div, Equation, Expr, Key, Mul, Neg, Pow, Range, Ref, free_refs, same

Name = Callable[[Expr, tuple[str, ...]], Ref]


def take_apart(equation: Equation, key: Key, names: Names, ranges: Mapping[str, Range]) -> list[Equation]:
    """Equations that say the same, each elementary in `key` and the new names, inner ones first."""
    heads = tuple(r.name for i in equation.lhs.indices for r in free_refs(i))
    out: list[Equation] = []
    waiting: list[tuple[Ref, Expr]] = [(equation.lhs, equation.rhs)]
    while waiting:
        lhs, rhs = waiting.pop(0)
        named: list[tuple[Ref, Expr]] = []

        def name(expr: Expr, bound: tuple[str, ...], lhs: Ref = lhs, named: list[tuple[Ref, Expr]] = named) -> Ref:
            kind, function = _kind(expr)
            free = {r.name for r in free_refs(expr) if not r.indices}
            own = (r.name for i in lhs.indices for r in free_refs(i))        # a part within a sum has its index
            indices = tuple(Ref(i) for i in dict.fromkeys((*heads, *own, *bound)) if i in free)
            ref = names.hinted(expr, indices) or Ref(names.part(kind, function), indices)
            named.append((ref, expr))
            return ref

        opened = _Opening(key, name, ranges).of(rhs)
        out.insert(0, Equation(lhs, opened, equation.span, equation.tag if lhs is equation.lhs else ""))
        waiting = [*named, *waiting]
    return out if len(out) == 1 or not _mixed(out, key) else [equation]


def _mixed(lines: list[Equation], key: Key) -> bool:
    """Does a line hold the variable both bare and in a part?  Its partial derivative would need a sign of its own."""
    names = {e.lhs.key for e in lines[:-1]}
    return any(
        holds(e.rhs, key) and any(r.key in names for r in free_refs(e.rhs)) for e in lines
    )


def _kind(expr: Expr) -> tuple[str, str]:
    if isinstance(expr, Call):
        return "call", expr.function
    kinds: dict[type, str] = {Add: "add", Neg: "mul", Mul: "mul", Div: "mul", Pow: "pow", Big: "big"}
    return kinds.get(type(expr), ""), ""


def holds(expr: Expr, key: Key) -> bool:
    """Does the variable stand in the expression?"""
    return any(r.key == key for r in free_refs(expr))


class _Opening:
    """The expression with every compound operand of its functions, powers and products named.

    Sums, signs, constant factors, cases and sums over a declared index are looked through; other big
    operators stay whole, since a part of them would need an index that runs as theirs does.
    """

    def __init__(self, key: Key, name: Name, ranges: Mapping[str, Range]) -> None:
        self.key, self.name, self.ranges = key, name, ranges

    def of(self, expr: Expr) -> Expr:
        done: list[Expr] = []
        stack: list[tuple[Expr, tuple[str, ...], bool]] = [(expr, (), False)]
        while stack:
            node, bound, ready = stack.pop()
            if ready:
                inner = node.children()
                cut = len(done) - len(inner)
                args = tuple(done[cut:])
                del done[cut:]
                done.append(node.rebuild(args))
            elif isinstance(node, Ref) or not holds(node, self.key):
                done.append(node)
            elif isinstance(node, Add) and self._mixed(node):
                done.append(node.rebuild(tuple(
                    self.name(c, bound) if holds(c, self.key) else c for c in node.args)))
            elif self._through(node):
                stack.append((node, bound, True))
                below = (*bound, node.index) if isinstance(node, Big) else bound
                stack.extend((c, below, False) for c in reversed(node.children()))
            else:
                done.append(self._operands(node, bound))
        return done[0]

    def _operands(self, node: Expr, bound: tuple[str, ...]) -> Expr:
        if isinstance(node, Big):
            return node
        inner = [c for c in node.children() if holds(c, self.key)]
        if all(isinstance(c, Ref) for c in inner):
            return node
        table = {id(c): self.name(c, bound) for c in inner}
        return node.rebuild(tuple(table.get(id(c), c) for c in node.children()))

    def _through(self, node: Expr) -> bool:
        """Is the derivative of the node that of its operands, up to constants?"""
        if isinstance(node, Add | Neg):
            return True
        if isinstance(node, Mul):
            return sum(holds(a, self.key) for a in node.args) == 1
        if isinstance(node, Div):
            return not holds(node.bottom, self.key)
        if isinstance(node, Call):
            return node.function == "where"
        return isinstance(node, Big) and node.op == "sum" and not node.condition and self._declared(node)

    def _declared(self, node: Big) -> bool:
        if node.lo is None and node.hi is None:
            return True
        known = self.ranges.get(node.index)
        return known is not None and node.lo is not None and node.hi is not None and same(
            known.lo, node.lo) and same(known.hi, node.hi)

    def _mixed(self, expr: Add) -> bool:
        """Does a sum have some terms that one rule does, and others that need parts?"""
        deep = [self._deep(a) for a in expr.args if holds(a, self.key)]
        return any(deep) and not all(deep)

    def _deep(self, expr: Expr) -> bool:
        stack = [expr]
        while stack:
            node = stack.pop()
            if isinstance(node, Ref) or not holds(node, self.key):
                continue
            if self._through(node):
                stack.extend(node.children())
            elif not isinstance(node, Big) and any(
                holds(c, self.key) and not isinstance(c, Ref) for c in node.children()
            ):
                return True
        return False
