"""Derivatives that stand in a line, replaced by what the derivation engine finds.

D(E,w) goes through every path: the adjoints of the backward pass become equations of the network, so that nothing
is expanded; all derivatives of one quantity share its adjoints.  P(a,b) is the derivative of a's own equation, all its
names held.  Derivatives of a quantity that is given by no equation stay as they are.

A name that a line gives to something made of derivatives, delta[t] = dE/dz[t], waits: it is resolved when it is needed,
in the network at hand, and with the same adjoints as what it stands beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from workings.checking.derivs import derivatives, own_equation, reaches, same_entry
from workings.checking.passes import (
    awaited, complete, depending, ends, general, head_of, keys_of, names_in, ranges_for, waiting_of,
)
from workings.checking.primed import is_primed, slope
from workings.errors import OutOfReach
from workings.expr import (
    ONE, ZERO, Add, All, Big, Call, Deriv, Equation, Expr, Mul, Neg, Network, Num, Ref, fold, free_refs, fresh,
    preorder, rewrite, same, substitute,
)
from workings.expr.nodes import Key
from workings.notation import plain

if TYPE_CHECKING:
    pass

APART = "''''''"


@dataclass(slots=True, eq=False)
class Swept:
    """The backward pass of one quantity: its letters as fixed ones, its name there, the adjoints found so far."""

    fixed: dict[str, Ref]
    of: Ref
    net: Network
    written: frozenset[Key]   # what has equations already
    adjoints: dict[Key, list[Equation]] = field(default_factory=dict)


class Conflict(Exception):
    """An adjoint of this pass is known with another equation."""


@dataclass(eq=False)
class Resolver:
    """Replaces derivatives in expressions; `net` grows by the adjoints that they need."""

    net: Network
    found: list[tuple[Deriv, Expr]] = field(default_factory=list)
    swept: dict[str, Swept] = field(default_factory=dict)
    asked: dict[str, list[Ref]] = field(default_factory=dict)              # by what a quantity is derived, in all
    meaning: dict[Key, tuple[Ref, Expr]] = field(default_factory=dict)     # of an adjoint: by what it derives
    base: Network = field(init=False)                     # without adjoints, and without what waits
    waiting: dict[Key, list[Equation]] = field(init=False)

    def __post_init__(self) -> None:
        self.waiting = waiting_of(self.net)
        if self.waiting:
            self.net = self.net.with_(equations=tuple(e for e in self.net.equations if e.key not in self.waiting))
        self.base = self.net

    def copy(self) -> Resolver:
        """Another that knows the same; what it finds burdens this one not."""
        out = copy(self)
        out.found, out.waiting, out.meaning = list(self.found), dict(self.waiting), dict(self.meaning)
        out.asked = {k: list(w) for k, w in self.asked.items()}
        out.swept = {k: replace(s, adjoints=dict(s.adjoints)) for k, s in self.swept.items()}
        return out

    def resolve(self, expr: Expr) -> Expr:
        """The expression without derivatives but opaque ones; inner derivatives first."""

        def step(node: Expr, inner: tuple[Expr, ...]) -> Expr:
            old = node.children()
            if any(a is not b for a, b in zip(inner, old, strict=True)):
                node = node.rebuild(inner)
            if is_primed(node, self.net.functions):
                assert isinstance(node, Call)
                return slope(node, self.net.functions, _alone)
            return self._derivative(node) if isinstance(node, Deriv) else node

        self.expect(expr)
        self.settle(expr)
        return fold(expr, step)

    def both(self, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        """Two sides resolved, with one pass for what both derive."""
        self.expect(left)
        self.expect(right)
        return self.resolve(left), self.resolve(right)

    def expect(self, expr: Expr) -> None:
        """Note by what each quantity is derived: one pass for all of it names its adjoints alike."""
        needed = [e.rhs for key in awaited(expr, self.net, self.waiting) for e in self.waiting[key]]
        for d in (d for e in (expr, *needed) for d in derivatives(e)):
            if isinstance(d.of, Ref) and len(d.wrt) == 1 and isinstance(d.wrt[0], Ref) and d.kind != "P":
                known = self.asked.setdefault(plain(d.of), [])
                if not any(same(w, d.wrt[0]) for w in known):
                    known.append(d.wrt[0])

    def settle(self, expr: Expr) -> None:
        """What waits and is needed by the expression joins the network, resolved."""
        for key in awaited(expr, self.net, self.waiting) if self.waiting else ():
            for e in self.waiting.pop(key):
                self._join([Equation(e.lhs, self.resolve(e.rhs), e.span, e.tag)])

    def _join(self, equations: Iterable[Equation]) -> None:
        self.net = self.net.with_(equations=(*self.net.equations, *equations))

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
                return same_entry(of, wrt) if of.key == wrt.key else Deriv(of, (wrt,), "P")
            if of.key not in self.net.defs:
                return same_entry(of, wrt)
            if of.key == wrt.key and same(of, wrt):
                return ONE
        if not self._depends(of, wrt, kind):
            return ZERO
        return self._partial(of, wrt) if kind == "P" else self._swept(of, wrt)

    def _depends(self, of: Expr, wrt: Ref, kind: str) -> bool:
        """Can `of` change with `wrt`: in its own equation, or through any path?"""
        goal = self.net.variable(wrt.key)
        if kind == "P" and isinstance(of, Ref):
            starts = [r for e in self.net.defs[of.key] for r in free_refs(e.rhs)]
        else:
            starts = free_refs(of)
        keys = [self.net.variable(r.key) for r in starts]
        return goal in keys or (kind != "P" and any(reaches(self.net, k, goal) for k in keys))

    def _partial(self, of: Expr, wrt: Ref) -> Expr:
        if isinstance(of, Ref):
            of = own_equation(self.net, of)
        # The other names are free here; as parameters they stay taken, so that no adjoint bears their name.
        free = {e.lhs.name: "parameter" for e in self.net.equations}
        held = self.net.with_(equations=(), roles={**free, **self.net.roles})
        return self._pass(self._begun(held, of), wrt)

    # -- passes
    def _swept(self, of: Expr, wrt: Ref) -> Expr:
        """The adjoint of `wrt` in the backward pass of `of`, shared with other derivatives of it where it can be."""
        net = self._own(of)
        if net is None or any(reaches(net, k, o.lhs.key) for o in net.opaque.values() for k in keys_of(of)):
            return self._pass(self._begun(self.net, of), wrt)      # an unspecified function is another for each `wrt`
        name = plain(of)
        known = self.swept.get(name)
        begun = known or self._begun(net, of)
        others = [w for w in self.asked.get(name, []) if not same(w, wrt) and self._depends(of, w, "D")]
        try:
            value = self._pass(begun, wrt, others)
        except Conflict:
            return self._pass(self._begun(self.net, of), wrt)
        self.swept[name] = begun
        return value

    def _own(self, of: Expr) -> Network | None:
        """The network without adjoints, if `of` is made of it alone; the names of the adjoints stay taken."""
        seen: set[Key] = set()
        stack = keys_of(of)
        while stack:
            key = stack.pop()
            if key in seen:
                continue
            seen.add(key)
            if key in self.net.defs and key not in self.base.defs:
                return None
            stack += [r.key for e in self.base.defs.get(key, ()) for r in free_refs(e.rhs)]
        return self.base

    def _begun(self, net: Network, of: Expr) -> Swept:
        """A pass with the free indices of `of` as fixed letters; afterwards each adjoint that depends on them has them
        as indices of its own, so that dp[i]/dz[j] is gz[j,i]."""
        names = names_in(self.net)
        extra = {e.lhs.name: "parameter" for e in self.net.equations if e.key not in net.defs}
        written = frozenset(net.defs) | frozenset(self.base.defs)
        if net is self.base and extra:
            net = net.with_(roles={**extra, **net.roles})
        # Primes enough that no sum of the pass binds the same letter.
        fixed = {x: Ref(fresh(x + APART, names)) for x in self._letters(of)}
        if fixed or not isinstance(of, Ref):
            head = Ref(fresh("quantity", names))
            net = net.with_(equations=(*net.equations, Equation(head, substitute(of, fixed))))
            of = head
        return Swept(fixed, of, net, written)

    def _pass(self, begun: Swept, wrt: Ref, others: Sequence[Ref] = ()) -> Expr:
        from workings.derive import backward

        net, slopes, held = self._through_opaque(begun.net, begun.of, wrt)
        # The network is in indices already: a bold letter must not make the door take one for an array.
        own, table = general(net, wrt)
        wanted = list({w.key: w for w in (*(general(net, w)[0] for w in others), own)}.values())
        asked = [*(end for w in wanted for end in ends(net, w)), *wanted]
        program = backward(net.with_(spelling={}, ranges=ranges_for(net, wanted)), begun.of, asked)
        statements = [s for s in (*program.forward, *program.backward) if s.name.key not in self.net.opaque]
        complete(statements, net)
        fixed = depending([(s.name, s.value) for s in statements], {r.name for r in begun.fixed.values()})
        extra = tuple(begun.fixed.values())

        def widened(expr: Expr) -> Expr:
            return rewrite(expr, lambda n: Ref(n.name, (*n.indices, *extra), n.span)
                           if isinstance(n, Ref) and n.key in fixed else n)

        def given(expr: Expr) -> Expr:
            return rewrite(expr, lambda n: Deriv(Ref(slopes[n.name][0], n.indices), (slopes[n.name][1],), "P")
                           if isinstance(n, Ref) and n.name in slopes else n)

        statements = [replace(s, value=given(s.value)) for s in statements] if slopes else statements
        new = [s for s in statements if s.name.key not in begun.written]
        for s in new:
            last = any(not isinstance(i, Ref) or i.name in self.net.sizes for i in s.name.indices)
            if isinstance(s.is_, Deriv) and not last:
                self.meaning[s.name.key] = s.name, s.is_.wrt[0]
        made = [Equation(head_of(widened(s.name)), widened(s.value)) for s in new]
        self._take(begun, held + made)
        found = next((value for name, value in program.gradients if same(name, own)), program.gradients[-1][1])
        value = substitute(widened(given(found)), table)
        return substitute(value, {r.name: Ref(x) for x, r in begun.fixed.items()})

    def _take(self, begun: Swept, equations: list[Equation]) -> None:
        """The adjoints join the network, each once."""
        new: dict[Key, list[Equation]] = {}
        for e in equations:
            known = begun.adjoints.get(e.key, [])
            if not any(same(e.lhs, k.lhs) and same(e.rhs, k.rhs) for k in known):
                # One more end of a recurrence may join it; any other equation for a known name is another quantity.
                if e.key in self.net.defs and (len(known) < 2 or any(same(e.lhs, k.lhs) for k in known)):
                    raise Conflict
                new.setdefault(e.key, []).append(e)
        for key, made in new.items():
            begun.adjoints[key] = begun.adjoints.get(key, []) + made
        self._join(e for made in new.values() for e in made)

    def _through_opaque(self, net: Network, of: Expr, wrt: Ref) -> tuple[
            Network, dict[str, tuple[str, Ref]], list[Equation]]:
        """The network with y = held y + slope * (w - held w) for each unspecified y(w), what the slopes are, and what
        the held names are worth: every value stays as it is."""
        slopes: dict[str, tuple[str, Ref]] = {}
        held: list[Equation] = []
        added: list[Equation] = []
        taken = names_in(net) | names_in(self.net)
        for o in self.net.opaque.values():
            goal = net.variable(wrt.key)
            if o.lhs.key == goal or not reaches(net, o.lhs.key, goal):
                continue
            parts: list[Expr] = []
            for u in o.args:
                if not isinstance(u, Ref) or any(isinstance(i, All) for i in u.indices):
                    continue
                if u.key != wrt.key and not reaches(net, u.key, goal):
                    continue
                slope, same_u = fresh(f"slope_{o.lhs.name}", taken), fresh(f"held_{u.name}", taken)
                taken |= {slope, same_u}
                slopes[slope] = (o.lhs.name, u)
                held.append(Equation(Ref(same_u, u.indices), u))
                parts.append(Mul((Ref(slope, o.lhs.indices), Add((u, Neg(Ref(same_u, u.indices)))))))
            if not parts:
                raise OutOfReach(f"how {o.lhs.name} depends on {wrt.name} is not stated", span=wrt.span)
            value = fresh(f"held_{o.lhs.name}", taken)
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


def _alone(net: Network, node: Deriv) -> tuple[Expr, Network]:
    """A derivative in a network of its own."""
    resolver = Resolver(net)
    return resolver.resolve(node), resolver.net
