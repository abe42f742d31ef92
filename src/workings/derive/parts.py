"""Nested expressions taken apart: E = log(cosh(y - t)) becomes z = y - t, c = cosh(z), E = log(c).

An equation is elementary in v when one rule gives its derivative by v: v stands bare inside at most one
function, power or product, under sums and constant factors.  What is not bare gets a name.
"""

from __future__ import annotations

from collections.abc import Callable

from workings.derive.fresh import Names
from workings.expr import Add, Big, Call, Div, Equation, Expr, Key, Mul, Neg, Pow, Ref, free_refs

Name = Callable[[Expr, tuple[str, ...]], Ref]


def take_apart(equation: Equation, key: Key, names: Names) -> list[Equation]:
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
            indices = tuple(Ref(i) for i in (*heads, *bound) if i in free)
            ref = Ref(names.part(kind, function), indices)
            named.append((ref, expr))
            return ref

        out.insert(0, Equation(lhs, _opened(rhs, key, name), equation.span, equation.tag if lhs is equation.lhs else ""))
        waiting = [*named, *waiting]
    return out


def _kind(expr: Expr) -> tuple[str, str]:
    if isinstance(expr, Call):
        return "call", expr.function
    kinds: dict[type, str] = {Add: "add", Neg: "mul", Mul: "mul", Div: "mul", Pow: "pow", Big: "big"}
    return kinds.get(type(expr), ""), ""


def holds(expr: Expr, key: Key) -> bool:
    """Does the variable stand in the expression?"""
    return any(r.key == key for r in free_refs(expr))


def _opened(expr: Expr, key: Key, name: Name) -> Expr:
    """The expression with every compound operand of its functions, powers and products named.

    Sums, signs, constant factors, cases and sums over an index are looked through.
    """
    direct = isinstance(expr, Add) and _mixed(expr, key)
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
        elif not holds(node, key) or isinstance(node, Ref):
            done.append(node)
        elif direct and node is not expr and not _through(node, key):
            done.append(name(node, bound))
        elif _through(node, key):
            stack.append((node, bound, True))
            below = (*bound, node.index) if isinstance(node, Big) else bound
            stack.extend((c, below, False) for c in reversed(node.children()))
        else:
            args = tuple(_operand(c, key, bound, name) for c in node.children())
            done.append(node.rebuild(args))
    return done[0]


def _operand(expr: Expr, key: Key, bound: tuple[str, ...], name: Name) -> Expr:
    if isinstance(expr, Ref) or not holds(expr, key):
        return expr
    return name(expr, bound)


def _through(node: Expr, key: Key) -> bool:
    """Is the derivative of the node that of its operands, up to constants?"""
    if isinstance(node, Add | Neg):
        return True
    if isinstance(node, Mul):
        return sum(holds(a, key) for a in node.args) == 1
    if isinstance(node, Div):
        return not holds(node.bottom, key)
    if isinstance(node, Call):
        return node.function == "where"
    return isinstance(node, Big) and node.op == "sum" and node.lo is None and node.hi is None and not node.condition


def _mixed(expr: Add, key: Key) -> bool:
    """Does a sum have some terms that one rule does, and others that need parts?"""
    terms = [a for a in expr.args if holds(a, key)]
    deep = [_deep(a, key) for a in terms]
    return any(deep) and not all(deep)


def _deep(expr: Expr, key: Key) -> bool:
    found: list[Expr] = []

    def name(inner: Expr, bound: tuple[str, ...]) -> Ref:
        found.append(inner)
        return Ref("'")

    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Ref) or not holds(node, key):
            continue
        if _through(node, key):
            stack.extend(node.children())
        else:
            for child in node.children():
                _operand(child, key, (), name)
    return bool(found)
