"""Derivatives that stand in a line, replaced by what the derivation engine finds.

D(E,w) goes through every path: the adjoints of the backward pass become equations of the network, so that nothing
is expanded.  P(a,b) is the derivative of a's own equation, all its names held.  Derivatives of a quantity that is
given by no equation stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workings.errors import OutOfReach
from workings.expr import (
    ONE, ZERO, Call, Deriv, Equation, Expr, Mul, Network, Num, Ref, fold, free_refs, fresh, preorder, same, substitute,
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


@dataclass(eq=False)
class Resolver:
    """Replaces derivatives in expressions; `net` grows by the adjoints that they need."""

    net: Network
    found: list[tuple[Deriv, Expr]] = field(default_factory=list)

    def resolve(self, expr: Expr) -> Expr:
        """The expression without derivatives but opaque ones; inner derivatives first."""

        def step(node: Expr, inner: tuple[Expr, ...]) -> Expr:
            old = node.children()
            if any(a is not b for a, b in zip(inner, old, strict=True)):
                node = node.rebuild(inner)
            return self._derivative(node) if isinstance(node, Deriv) else node

        return fold(expr, step)

    def _derivative(self, node: Deriv) -> Expr:
        for known, value in self.found:
            if same(known, node):
                return value
        value = self._first(node.of, node.wrt[0], node.kind)
        for wrt in node.wrt[1:]:
            value = self._first(value, wrt, node.kind)
        self.found.append((node, value))
        return value

    def _first(self, of: Expr, wrt: Expr, kind: str) -> Expr:
        if isinstance(of, Num):
            return ZERO
        if not isinstance(wrt, Ref):
            raise OutOfReach("a derivative is by a name", span=wrt.span)
        if isinstance(of, Ref):
            if of.key in self.net.opaque:
                return _same_entry(of, wrt) if of.key == wrt.key else Deriv(of, (wrt,), "P")
            if of.key not in self.net.defs:
                return _same_entry(of, wrt)
            if of.key == wrt.key and same(of, wrt):
                return ONE
        if not self._depends(of, wrt, kind):
            return ZERO
        return self._partial(of, wrt) if kind == "P" else self._total(of, wrt)

    def _depends(self, of: Expr, wrt: Ref, kind: str) -> bool:
        """Can `of` change with `wrt`: in its own equation, or through any path?"""
        goal = self.net.variable(wrt.key)
        if kind == "P" and isinstance(of, Ref):
            starts = [r for e in self.net.defs[of.key] for r in free_refs(e.rhs)]
        else:
            starts = free_refs(of)
        keys = [self.net.variable(r.key) for r in starts]
        return goal in keys or (kind != "P" and any(_reaches(self.net, k, goal) for k in keys))

    def _total(self, of: Expr, wrt: Ref) -> Expr:
        if not isinstance(of, Ref):
            of = self._name(of)
        return self._swept(self.net, of, wrt)

    def _partial(self, of: Expr, wrt: Ref) -> Expr:
        if isinstance(of, Ref):
            of = own_equation(self.net, of)
        own = self._name(of)
        # The other names are free here; as parameters they stay taken, so that no adjoint bears their name.
        free = {e.lhs.name: "parameter" for e in self.net.equations if e.key != own.key}
        alone = self.net.with_(
            equations=tuple(e for e in self.net.equations if e.key == own.key), roles={**free, **self.net.roles},
        )
        return self._swept(alone, own, wrt)

    def _name(self, expr: Expr) -> Ref:
        """A fresh name for an expression, with its free indices."""
        taken = {r.name for e in self.net.equations for r in (e.lhs, *free_refs(e.rhs))}
        name = fresh("quantity", taken)
        letters = {r.name for r in free_refs(expr) if not r.indices and self._letter(r)}
        letters |= {r.name for q in free_refs(expr) for i in q.indices for r in free_refs(i) if self._letter(r)}
        head = Ref(name, tuple(Ref(x) for x in sorted(letters)))
        self.net = self.net.with_(equations=(*self.net.equations, Equation(head, expr)))
        return head

    def _letter(self, r: Ref) -> bool:
        return not r.indices and r.key not in self.net.defs and (
            r.name in self.net.indices or r.name.rstrip("'0123456789") in self.net.ranges
        )

    def _swept(self, net: Network, of: Ref, wrt: Ref) -> Expr:
        from workings.derive import backward

        program = backward(net, of, [wrt])
        self._take(program)
        return program.gradients[-1][1]

    def _take(self, program: object) -> None:
        known = self.net.defs
        new = [
            Equation(s.name, s.value)
            for s in (*program.forward, *program.backward)  # type: ignore[attr-defined]
            if s.name.key not in known
        ]
        self.net = self.net.with_(equations=(*self.net.equations, *new))


def _same_entry(of: Ref, wrt: Ref) -> Expr:
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
        if fits and (len(equations) == 1 or not table or not _given_apart(equations, of)):
            return substitute(equation.rhs, table)
    raise OutOfReach(f"the own equation of {of.name} is not plain", span=of.span)


def _given_apart(equations: list[Equation], of: Ref) -> bool:
    """Has this very entry an equation of its own?"""
    return any(all(same(i, j) for i, j in zip(e.lhs.indices, of.indices)) for e in equations)


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
    return key in own and any(_reaches(net, k, key) for k in own if k != key)


def _reaches(net: Network, start: Key, goal: Key) -> bool:
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
