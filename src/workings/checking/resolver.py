"""Derivatives that stand in a line, replaced by what the derivation engine finds.

D(E,w) goes through every path: the adjoints of the backward pass become equations of the network, so that nothing
is expanded; all derivatives of one quantity share its adjoints.  P(a,b) is the derivative of a's own equation, all its
names held.  Derivatives of a quantity that is given by no equation stay as they are.

A name that a line gives to something made of derivatives, delta[t] = dE/dz[t], waits: it is resolved when it is needed,
in the network at hand, and with the same adjoints as what it stands beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from workings.checking.derivs import derivatives, own_equation, reaches, same_entry
from workings.checking.names import place_letters
from workings.checking.primed import is_primed, slope
from workings.errors import OutOfReach
from workings.expr import (
    ONE, ZERO, Add, All, Big, Call, Deriv, Equation, Expr, Mul, Neg, Network, Num, Range, Ref, fold, free_refs, fresh,
    preorder, rewrite, same, substitute,
)
from workings.expr.nodes import Key
from workings.notation import plain

if TYPE_CHECKING:
    from workings.derive.program import Statement

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
        self.waiting = _waiting(self.net)
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
        needed = [e.rhs for key in _awaited(expr, self.net, self.waiting) for e in self.waiting[key]]
        for d in (d for e in (expr, *needed) for d in derivatives(e)):
            if isinstance(d.of, Ref) and len(d.wrt) == 1 and isinstance(d.wrt[0], Ref) and d.kind != "P":
                known = self.asked.setdefault(plain(d.of), [])
                if not any(same(w, d.wrt[0]) for w in known):
                    known.append(d.wrt[0])

    def settle(self, expr: Expr) -> None:
        """What waits and is needed by the expression joins the network, resolved."""
        for key in _awaited(expr, self.net, self.waiting) if self.waiting else ():
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
        if net is None or any(reaches(net, k, o.lhs.key) for o in net.opaque.values() for k in _keys(of)):
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
        stack = _keys(of)
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
        names = _names(self.net)
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
        general, table = _general(net, wrt)
        wanted = list({w.key: w for w in (*(_general(net, w)[0] for w in others), general)}.values())
        asked = [*(end for w in wanted for end in _ends(net, w)), *wanted]
        program = backward(net.with_(spelling={}, ranges=_ranges(net, wanted)), begun.of, asked)
        statements = [s for s in (*program.forward, *program.backward) if s.name.key not in self.net.opaque]
        _complete(statements, net)
        depending = _depending([(s.name, s.value) for s in statements], {r.name for r in begun.fixed.values()})
        extra = tuple(begun.fixed.values())

        def widened(expr: Expr) -> Expr:
            return rewrite(expr, lambda n: Ref(n.name, (*n.indices, *extra), n.span)
                           if isinstance(n, Ref) and n.key in depending else n)

        def given(expr: Expr) -> Expr:
            return rewrite(expr, lambda n: Deriv(Ref(slopes[n.name][0], n.indices), (slopes[n.name][1],), "P")
                           if isinstance(n, Ref) and n.name in slopes else n)

        statements = [replace(s, value=given(s.value)) for s in statements] if slopes else statements
        new = [s for s in statements if s.name.key not in begun.written]
        for s in new:
            ends = any(not isinstance(i, Ref) or i.name in self.net.sizes for i in s.name.indices)
            if isinstance(s.is_, Deriv) and not ends:
                self.meaning[s.name.key] = s.name, s.is_.wrt[0]
        made = [Equation(_head(widened(s.name)), widened(s.value)) for s in new]
        self._take(begun, held + made)
        own = next((value for name, value in program.gradients if same(name, general)), program.gradients[-1][1])
        value = substitute(widened(given(own)), table)
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
        taken = _names(net) | _names(self.net)
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


def _general(net: Network, wrt: Ref) -> tuple[Ref, dict[str, Expr]]:
    """The family at its own letters, and what they are in an entry: a pass is by p[c], whichever entry is asked."""
    heads = [e.lhs for e in net.defs.get(wrt.key, ()) if all(_is_letter(i, net) for i in e.lhs.indices)]
    if heads:
        head = heads[0]
    else:
        places = place_letters(net)
        letters = [places.get((wrt.name, n), "") for n in range(len(wrt.indices))]
        if wrt.key in net.defs or not all(letters) or len(set(letters)) < len(letters):
            return wrt, {}
        head = Ref(wrt.name, tuple(Ref(x) for x in letters))
    return head, {i.name: at for i, at in zip(head.indices, wrt.indices) if isinstance(i, Ref)}


def _is_letter(index: Expr, net: Network) -> bool:
    return isinstance(index, Ref) and not index.indices and index.name not in net.sizes


def _ends(net: Network, wrt: Ref) -> list[Ref]:
    """The entries of a recurrence that have equations of their own, as h[0] has: h[t-1] may be one of them."""
    places = net.defs.get(wrt.key, [])
    letters = [e for e in places if any(r.name in net.ranges for i in e.lhs.indices for r in free_refs(i))]
    if not wrt.indices or not letters:
        return []
    return [e.lhs for e in places if any(isinstance(i, Num) for i in e.lhs.indices) and not same(e.lhs, wrt)]


def _waiting(net: Network) -> dict[Key, list[Equation]]:
    """The equations that hold derivatives, and those that use their names."""
    found = {e.key for e in net.equations if derivatives(e.rhs)}
    while found:
        more = {e.key for e in net.equations if any(r.key in found for r in free_refs(e.rhs))} - found
        if not more:
            break
        found |= more
    return {key: net.defs[key] for key in net.defs if key in found}


def _awaited(expr: Expr, net: Network, waiting: Mapping[Key, list[Equation]]) -> list[Key]:
    """What waits and is needed, each after what it needs."""
    out: dict[Key, None] = {}
    stack = [(key, False) for key in _keys(expr)]
    seen: set[Key] = set()
    while stack:
        key, ready = stack.pop()
        if ready:
            out.setdefault(key)
        elif key not in seen:
            seen.add(key)
            if key in waiting:
                stack.append((key, True))
            stack += [(k, False) for e in waiting.get(key, net.defs.get(key, [])) for k in _keys(e.rhs)]
    return list(out)


def _keys(expr: Expr) -> list[Key]:
    """The names in an expression, those of derivatives among them."""
    return [n.key for n in preorder(expr) if isinstance(n, Ref)]


def _ranges(net: Network, wanted: Sequence[Ref]) -> dict[str, Range]:
    """The declared ranges, and those of primed letters: c'' runs as c does."""
    out = dict(net.ranges)
    for r in (r for w in wanted for i in w.indices for r in free_refs(i)):
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


