"""Derivatives that stand in a line, replaced by what the derivation engine finds.

D(E,w) goes through every path: the adjoints of the backward pass become equations of the network, so that nothing
is expanded.  P(a,b) is the derivative of a's own equation, all its names held.  Derivatives of a quantity that is
given by no equation stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from workings.errors import OutOfReach
from workings.expr import (
    ONE, ZERO, Add, All, Big, Call, Deriv, Equation, Expr, Mul, Neg, Network, Num, Range, Ref, fold, free_refs, fresh,
    preorder, rewrite, same, substitute,
)
from workings.expr.nodes import Key

if TYPE_CHECKING:
    from workings.derive.program import Statement


APART = "''''''"


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
        return self._swept(self.net, of, wrt)

    def _partial(self, of: Expr, wrt: Ref) -> Expr:
        if isinstance(of, Ref):
            of = own_equation(self.net, of)
        # The other names are free here; as parameters they stay taken, so that no adjoint bears their name.
        free = {e.lhs.name: "parameter" for e in self.net.equations}
        return self._swept(self.net.with_(equations=(), roles={**free, **self.net.roles}), of, wrt)

    def _swept(self, net: Network, of: Expr, wrt: Ref) -> Expr:
        """The adjoint of `wrt` in the backward pass of `of`; the statements of the pass join the network.

        The free indices of `of` are fixed letters during the pass; afterwards each adjoint that depends on them
        has them as indices of its own, so that dp[i]/dz[j] is gz[j,i].
        """
        from workings.derive import backward

        # Primes enough that no sum of the pass binds the same letter.
        fixed = {x: Ref(fresh(x + APART, _names(net) | _names(self.net))) for x in self._letters(of)}
        if fixed or not isinstance(of, Ref):
            head = Ref(fresh("quantity", _names(self.net)))
            net = net.with_(equations=(*net.equations, Equation(head, substitute(of, fixed))))
            of = head
        net, slopes, held = self._through_opaque(net, of, wrt)
        # The network is in indices already: a bold letter must not make the door take one for an array.
        program = backward(net.with_(spelling={}, ranges=_ranges(net, wrt)), of, [wrt])
        statements = [s for s in (*program.forward, *program.backward) if s.name.key not in self.net.opaque]
        _complete(statements, net)
        depending = _depending([(s.name, s.value) for s in statements], {r.name for r in fixed.values()})
        extra = tuple(fixed.values())

        def widened(expr: Expr) -> Expr:
            return rewrite(expr, lambda n: Ref(n.name, (*n.indices, *extra), n.span)
                           if isinstance(n, Ref) and n.key in depending else n)

        def given(expr: Expr) -> Expr:
            return rewrite(expr, lambda n: Deriv(Ref(slopes[n.name][0], n.indices), (slopes[n.name][1],), "P")
                           if isinstance(n, Ref) and n.name in slopes else n)

        statements = [replace(s, value=given(s.value)) for s in statements] if slopes else statements
        known = self.net.defs
        new = held + [Equation(_head(widened(s.name)), widened(s.value)) for s in statements if s.name.key not in known]
        self.net = self.net.with_(equations=(*self.net.equations, *new))
        value = widened(given(program.gradients[-1][1]))
        return substitute(value, {r.name: Ref(x) for x, r in fixed.items()})

    def _through_opaque(self, net: Network, of: Expr, wrt: Ref) -> tuple[
            Network, dict[str, tuple[str, Ref]], list[Equation]]:
        """The network with y = held y + slope * (w - held w) for each unspecified y(w), what the slopes are, and what
        the held names are worth: every value stays as it is."""
        slopes: dict[str, tuple[str, Ref]] = {}
        held: list[Equation] = []
        added: list[Equation] = []
        taken = _names(net) | _names(self.net)
        for o in self.net.opaque.values():
            goal = net.variable(wrt.key)
            if o.lhs.key == goal or not _reaches(net, o.lhs.key, goal):
                continue
            parts: list[Expr] = []
            for u in o.args:
                if not isinstance(u, Ref) or any(isinstance(i, All) for i in u.indices):
                    continue
                if u.key != wrt.key and not _reaches(net, u.key, goal):
                    continue
                slope, same_u = fresh(f"slope_{o.lhs.name}", taken), fresh(f"{u.name}_held", taken)
                taken |= {slope, same_u}
                slopes[slope] = (o.lhs.name, u)
                held.append(Equation(Ref(same_u, u.indices), u))
                parts.append(Mul((Ref(slope, o.lhs.indices), Add((u, Neg(Ref(same_u, u.indices)))))))
            if not parts:
                raise OutOfReach(f"how {o.lhs.name} depends on {wrt.name} is not stated", span=wrt.span)
            value = fresh(f"{o.lhs.name}_held", taken)
            taken |= {value}
            held.append(Equation(Ref(value, o.lhs.indices), o.lhs))
            added.append(Equation(o.lhs, Add((Ref(value, o.lhs.indices), *parts))))
        if added:
            opaque = {k: o for k, o in net.opaque.items() if k not in {e.key for e in added}}
            net = net.with_(equations=(*net.equations, *added), opaque=opaque)
        return net, slopes, held

    def _letters(self, expr: Expr) -> list[str]:
        """The free indices of an expression, in reading order."""
        out: dict[str, None] = {}
        for q in free_refs(expr):
            out.update(dict.fromkeys(r.name for i in q.indices for r in free_refs(i) if self._letter(r)))
            if self._letter(q):
                out.setdefault(q.name)
        bound = {n.index for n in preorder(expr) if isinstance(n, Big)}
        return [x for x in out if x not in bound or any(r.name == x and not r.indices for r in free_refs(expr))]

    def _letter(self, r: Ref) -> bool:
        return not r.indices and r.key not in self.net.defs and (
            r.name in self.net.indices or r.name.rstrip("'0123456789") in self.net.ranges
        ) and r.name not in self.net.sizes


def _ranges(net: Network, wrt: Ref) -> dict[str, Range]:
    """The declared ranges, and those of primed letters: c'' runs as c does."""
    out = dict(net.ranges)
    for r in (r for i in wrt.indices for r in free_refs(i)):
        known = net.ranges.get(r.name.rstrip("'0123456789"))
        if known is not None:
            out.setdefault(r.name, Range(r.name, known.lo, known.hi))
    return out


def _complete(statements: list[Statement], net: Network) -> None:
    """No statement may use an adjoint that is left open: it would pass for a free quantity."""
    given = {s.name.name for s in statements} | _names(net) | set(net.sizes) | set(net.roles)
    for s in statements:
        bound = {n.index for n in preorder(s.value) if isinstance(n, Big)}
        for r in free_refs(s.value):
            letter = r.name.rstrip("'0123456789") in net.ranges
            if r.name.startswith(("g", "adj")) and r.name not in given and not letter and r.name not in bound:
                raise OutOfReach(f"the adjoint {r.name} is left open", span=s.name.span)


def _names(net: Network) -> set[str]:
    out = {n.name for e in net.equations for x in (e.lhs, e.rhs) for n in preorder(x) if isinstance(n, Ref)}
    return out | {n.index for e in net.equations for n in preorder(e.rhs) if isinstance(n, Big)} | set(net.ranges)


def _head(expr: Expr) -> Ref:
    assert isinstance(expr, Ref)
    return expr


def _depending(statements: list[tuple[Ref, Expr]], letters: set[str]) -> set[Key]:
    """The statements whose values use the letters, themselves or through others."""
    out: set[Key] = set()
    for _ in statements if letters else ():
        before = len(out)
        for name, value in statements:
            refs = free_refs(value)
            if any(r.key in out or (r.name in letters and not r.indices) for r in refs):
                out.add(name.key)
        if len(out) == before:
            break
    return out


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
