"""Derivatives that stand in a line: which they are, and how each may be read."""

from __future__ import annotations

from workings.errors import OutOfReach
from workings.expr import (
    ONE, ZERO, Call, Deriv, Equation, Expr, Mul, Network, Ref, fold, free_refs, preorder, same, substitute,
)
from workings.expr.nodes import Key

def derivatives(expr: Expr) -> list[Deriv]:
    """The distinct derivatives in an expression, in reading order."""
    out: list[Deriv] = []
    for node in preorder(expr):
        if isinstance(node, Deriv) and not any(same(node, d) for d in out):
            out.append(node)
    return out


def opaque(net: Network, node: Deriv) -> bool:
    """Is it the derivative of something that no equation gives?"""
    return isinstance(node.of, Ref) and node.of.key in net.opaque


def same_entry(of: Ref, wrt: Ref) -> Expr:
    """1, 0 or a Kronecker delta: the derivative of one free name by another."""
    if of.key != wrt.key:
        return ZERO
    deltas = [Call("delta", (i, j)) for i, j in zip(of.indices, wrt.indices) if not same(i, j)]
    if not deltas:
        return ONE
    return deltas[0] if len(deltas) == 1 else Mul(tuple(deltas))


def own_equation(net: Network, of: Ref) -> Expr:
    """The right-hand side of the equation of an entry, its indices put in."""
    equations = net.defs[of.key]
    for equation in equations:
        table: dict[str, Expr] = {}
        fits = True
        for place, at in zip(equation.lhs.indices, of.indices):
            if isinstance(place, Ref) and not place.indices:
                table[place.name] = at
            else:
                fits = fits and same(place, at)
        if fits and (len(equations) == 1 or not table or not _given_apart(equations, equation, of)):
            return substitute(equation.rhs, table)
    raise OutOfReach(f"the own equation of {of.name} is not plain", span=of.span)


def _given_apart(equations: list[Equation], but: Equation, of: Ref) -> bool:
    """Has this very entry another equation of its own?"""
    return any(all(same(i, j) for i, j in zip(e.lhs.indices, of.indices)) for e in equations if e is not but)


# -- readings
def readings(expr: Expr, net: Network) -> list[Expr]:
    """The expression with its printed derivatives through every path; then with some as the direct partial.

    Only where the variable stands in the quantity's own equation and reaches it by another way too do the two differ.
    """
    twofold = [d for d in derivatives(expr) if d.kind in ("d", "grad") and _ambiguous(net, d)]
    out = []
    for choice in range(2 ** min(len(twofold), 3)):
        direct = [d for i, d in enumerate(twofold[:3]) if choice >> i & 1]
        out.append(_read_as(expr, direct))
    return out


def _read_as(expr: Expr, direct: list[Deriv]) -> Expr:
    def step(node: Expr, inner: tuple[Expr, ...]) -> Expr:
        old = node.children()
        new = node if all(a is b for a, b in zip(inner, old, strict=True)) else node.rebuild(inner)
        if isinstance(node, Deriv) and node.kind in ("d", "grad"):
            assert isinstance(new, Deriv)
            kind = "P" if any(same(node, d) for d in direct) else "D"
            return Deriv(new.of, new.wrt, kind, new.span)
        return new

    return fold(expr, step)


def _ambiguous(net: Network, d: Deriv) -> bool:
    if len(d.wrt) != 1 or not isinstance(d.of, Ref) or not isinstance(d.wrt[0], Ref) or d.of.key not in net.defs:
        return False
    key = d.wrt[0].key
    own: dict[Key, None] = {}
    for equation in net.defs[d.of.key]:
        own.update(dict.fromkeys(net.variable(r.key) for r in free_refs(equation.rhs)))
    key = net.variable(key)
    return key in own and any(reaches(net, k, key) for k in own if k != key)


def reaches(net: Network, start: Key, goal: Key) -> bool:
    """Does the quantity depend on the other, through any path?"""
    seen: set[Key] = set()
    stack = [start]
    while stack:
        key = stack.pop()
        if key == goal:
            return True
        if key not in seen:
            seen.add(key)
            stack += [net.variable(r.key) for e in net.defs.get(key, ()) for r in free_refs(e.rhs)]
            if key in net.opaque:
                stack += [net.variable(r.key) for r in net.opaque[key].args]
    return False
