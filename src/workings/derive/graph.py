"""The graph of named quantities: which equation uses which entry, and with what local derivative.

A node is an entry of a variable, `y[k]`; its indices are terms.  An edge u -> v says that the equation of u
uses v; `fresh` are the indices of u over which one sums because v does not have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from workings.derive.calculus import Bound
from workings.derive.indices import Solved, solve
from workings.derive.recurrences import Domain, Domains, Span
from workings.derive.sweep import Leaf, sweep
from workings.derive.inside import free_names
from workings.derive.terms import Arena, Term
from workings.derive.written import read_apart, to_term
from workings.errors import OutOfReach
from workings.expr import Call, Deriv, Equation, Expr, Key, Network, Opaque, Ref, Rel


class Node(NamedTuple):
    """An entry of a variable."""

    name: str
    indices: tuple[Term, ...]

    @property
    def key(self) -> Key:
        return self.name, len(self.indices)


class Edge(NamedTuple):
    """`upper` uses `lower`: d upper / d lower (in upper's own equation) is `slope`."""

    upper: Node
    lower: Node
    fresh: tuple[Bound, ...]
    slope: Term
    equation: Equation | Opaque
    tests: tuple[Term, ...] = ()          # conditions on the lower entry without which there is no such edge


class Cap(NamedTuple):
    """Of a recurrence only the steps up to `last` matter: the derivative is of the entry there, which is in `span`."""

    places: dict[Key, int]
    last: Term
    up: bool
    span: Span


class Graph:
    """The equations of a network as terms of one arena, read when they are first needed."""

    def __init__(self, net: Network, arena: Arena | None = None) -> None:
        self.net = net
        self.arena = arena or Arena()
        self.roots: dict[int, Term] = {}
        self.leaves: dict[int, dict[Key, list[Leaf]]] = {}
        self.within: Domain = {}                      # where the letters of the entries at hand run
        self.at: dict[str, Term] = {}                 # and at which entry some of them stand
        self.caps: list[Cap] = []
        for name, r in net.ranges.items():
            self.arena.ranges[name] = (to_term(self.arena, r.lo), to_term(self.arena, r.hi))

    @cached_property
    def domains(self) -> Domains:
        """Where the equations of recurrences hold."""
        return Domains(self.net, self.arena)

    def run(self, runs: Sequence[tuple[Ref, Expr | None, Expr | None]], at: Sequence[Rel]) -> Graph:
        """The graph where letters run so, or stand at one entry."""
        self.within = {
            x.name: (None if lo is None else to_term(self.arena, lo), None if hi is None else to_term(self.arena, hi))
            for x, lo, hi in runs
        }
        self.at = {x.name: to_term(self.arena, r.args[1]) for r in at for x in r.args[:1] if isinstance(x, Ref)}
        return self

    # -- keys
    def uses(self) -> dict[Key, list[Equation | Opaque]]:
        """For each variable the equations that use it, in order."""
        if not hasattr(self, "_uses"):
            from workings.expr import free_keys

            out: dict[Key, dict[int, Equation | Opaque]] = {}
            for equation in self.net.equations:
                for key in free_keys(equation.rhs):
                    out.setdefault(key, {})[id(equation)] = equation
            for opaque in self.net.opaque.values():
                for arg in opaque.args:
                    out.setdefault(arg.key, {})[id(opaque)] = opaque
            self._uses = {k: list(v.values()) for k, v in out.items()}
        return self._uses

    def above(self, key: Key) -> set[Key]:
        """Every variable that uses this one, directly or not; itself only through a recurrence."""
        out: set[Key] = set()
        stack = [key]
        while stack:
            for user in self._users(stack.pop()):
                if user.lhs.key not in out:
                    out.add(user.lhs.key)
                    stack.append(user.lhs.key)
        return out

    def below(self, key: Key) -> set[Key]:
        """Every variable that this one uses, directly or not."""
        out: set[Key] = set()
        stack = [key]
        while stack:
            for lower in self.needs(stack.pop()):
                if lower not in out:
                    out.add(lower)
                    stack.append(lower)
        return out

    def needs(self, key: Key) -> list[Key]:
        """The variables in the equations of one."""
        from workings.expr import free_keys

        out: dict[Key, None] = {}
        for equation in self.net.defs.get(key, ()):
            out.update(dict.fromkeys(free_keys(equation.rhs)))
        if key in self.net.opaque:
            out.update(dict.fromkeys(a.key for a in self.net.opaque[key].args))
        return list(out)

    def _users(self, key: Key) -> list[Equation | Opaque]:
        found = self.uses().get(key, [])
        if key[1]:                                   # y[k] depends on w: on every entry of w
            found = found + [o for o in self.net.opaque.values() if (key[0], 0) in {a.key for a in o.args}]
        return found

    # -- equations
    def root(self, equation: Equation) -> Term:
        """The right side of an equation."""
        found = self.roots.get(id(equation))
        if found is None:
            heads = {r.name for i in equation.lhs.indices for r in _refs(i)}
            found = read_apart(self.arena, equation.rhs, heads, self.net.functions)
            self.roots[id(equation)] = found
            if self.net.shapes or self._whole:
                self._refuse_entries(equation)
        return found

    @cached_property
    def _whole(self) -> frozenset[str]:
        """The names that a function of whole arrays defines: p = softmax(z)."""
        from workings.functions import table

        return frozenset(
            e.lhs.name for e in self.net.equations
            if isinstance(e.rhs, Call) and not e.lhs.indices
            and e.rhs.function in table and table[e.rhs.function].kind == "array"
        )

    def refuse_entries(self, of: Key) -> None:
        """Like `_refuse_entries`, for all equations that a quantity needs."""
        if self.net.shapes or self._whole:
            for key in (of, *self.below(of)):
                for equation in self.net.defs.get(key, ()):
                    self._refuse_entries(equation)

    def _refuse_entries(self, equation: Equation) -> None:
        """An entry of an array that an equation gives as a whole is no name of its own: its derivative is not 0."""
        defs = self.net.defs
        for ref in _refs(equation.rhs):
            if ref.indices and ref.key not in defs and (ref.name, 0) in defs and (
                ref.name in self._whole or any(key[0] in self.net.shapes for key in self.needs((ref.name, 0)))
            ):
                raise OutOfReach(
                    f"an entry of the array {ref.name} cannot be differentiated yet", span=ref.span,
                    hint=f"write {ref.name} with indices: {ref.name}[i] = …",
                )

    def places(self, equation: Equation, wanted: Iterable[Key]) -> list[Leaf]:
        """Where the wanted variables stand in an equation, with the derivative there."""
        known = self.leaves.setdefault(id(equation), {})
        out: list[Leaf] = []
        for key in wanted:
            if key not in known:
                name = to_term(self.arena, equation.lhs)
                known[key] = sweep(self.arena, self.root(equation), self.arena.one, {key}, name)
            out += known[key]
        return out

    def edges(self, lower: Node, avoid: frozenset[str], keys: set[Key] | None = None) -> list[Edge]:
        """The edges from an entry to those that use it; new indices avoid the names in `avoid`."""
        out: list[Edge] = []
        for user in self._users(lower.key):
            if keys is not None and user.lhs.key not in keys:
                continue
            if isinstance(user, Opaque):
                out += self._opaque_edges(user, lower, avoid)
            else:
                out += self._equation_edges(user, lower, avoid)
        return out

    def _equation_edges(self, equation: Equation, lower: Node, avoid: frozenset[str]) -> list[Edge]:
        if equation.key in self.domains.group or lower.key in self.domains.group:
            from workings.derive.steps_between import timed

            return timed(self, equation, lower, avoid)
        arena = self.arena
        leaves = self.places(equation, [lower.key])
        heads = [to_term(arena, i) for i in equation.lhs.indices]
        own = self.domains.bounds(equation)
        upper, fresh, table = self._upper(equation, heads, own, leaves, lower, avoid)
        shares = [s for leaf in leaves if (s := self.share(leaf, lower, table)) is not None]
        slope = arena.add(shares)
        return [] if slope is arena.zero else [Edge(upper, lower, fresh, slope, equation)]

    def _upper(
        self, equation: Equation, heads: list[Term], own: list[Bound], leaves: list[Leaf], lower: Node,
        avoid: frozenset[str],
    ) -> tuple[Node, tuple[Bound, ...], dict[str, Term]]:
        """The entry of the equation's family that uses `lower`; indices that are not determined are new."""
        arena = self.arena
        tables = [{} if found is None else found.table for leaf in leaves for found in (self.own(own, leaf, lower),)]
        table: dict[str, Term] = {}
        fresh: list[Bound] = []
        for bound in own:
            values = {t.get(bound.index) for t in tables}
            value = values.pop() if len(values) == 1 else None
            if value is None:
                name = bound.index
                while name in avoid:
                    name += "'"
                arena.ranges.setdefault(name, arena.ranges.get(bound.index))
                value = arena.ref(name)
                fresh.append(Bound(name, None, None))
            table[bound.index] = value
        return Node(equation.lhs.name, tuple(arena.rename(h, table) for h in heads)), tuple(fresh), table

    def own(self, own: list[Bound], leaf: Leaf, lower: Node) -> Solved | None:
        """What the equation's own indices must be, from the places that hold no index of a sum."""
        inner = {b.index for b in leaf.context}
        pairs = [
            (p, q) for p, q in zip(leaf.ref.args, lower.indices, strict=True) if not free_names(p) & inner
        ]
        return solve(self.arena, [p for p, _ in pairs], [q for _, q in pairs], own)

    def share(self, leaf: Leaf, lower: Node, table: dict[str, Term]) -> Term | None:
        """What one place adds to d upper / d lower: sums over the inner indices that are left."""
        arena = self.arena
        clash = free_names_of(table.values()) | free_names_of(lower.indices)
        slope, ref, context = apart(arena, leaf, clash, table)
        found = solve(arena, ref.args, lower.indices, context)
        if found is None:
            return None
        out = summed(arena, slope, context, found)
        return self.domains.facts(self.within, self.at).decided(out) if self.within or self.at else out

    def _opaque_edges(self, opaque: Opaque, lower: Node, avoid: frozenset[str]) -> list[Edge]:
        arena = self.arena
        heads = [to_term(arena, i) for i in opaque.lhs.indices]
        own = [Bound(h.head, None, None) for h in heads if h.kind == "ref"]
        arg = next(a for a in opaque.args if a.name == lower.name)
        table: dict[str, Term] = {}
        fresh: list[Bound] = []
        if len(arg.indices) == len(lower.indices):
            found = solve(arena, [to_term(arena, i) for i in arg.indices], lower.indices, own)
            table = {} if found is None else found.table
        for bound in own:
            if bound.index not in table:
                name = bound.index
                while name in avoid:
                    name += "'"
                arena.ranges.setdefault(name, arena.ranges.get(bound.index))
                table[bound.index] = arena.ref(name)
                fresh.append(Bound(name, None, None))
        upper = Node(opaque.lhs.name, tuple(arena.rename(h, table) for h in heads))
        slope = arena.make("deriv", "P", (arena.ref(*upper), arena.ref(*lower)))
        return [Edge(upper, lower, tuple(fresh), slope, opaque)]


def summed(arena: Arena, slope: Term, context: tuple[Bound, ...], found: Solved) -> Term:
    """A contribution with its indices solved, summed over those that are left."""
    out = found.guard(arena, arena.rename(slope, found.table))
    for bound in reversed(context):
        if bound.index not in found.table:
            ends = (bound.lo, bound.hi, bound.condition)
            out = arena.big("sum", bound.index, out, tuple(  # type: ignore[arg-type]
                None if e is None else arena.rename(e, found.table) for e in ends))
    return out


def apart(
    arena: Arena, leaf: Leaf, clash: set[str], table: dict[str, Term]
) -> tuple[Term, Term, tuple[Bound, ...]]:
    """A place with the equation's indices put in, its inner indices renamed away from `clash`."""
    swap = dict(table)
    context: list[Bound] = []
    for bound in leaf.context:
        name = bound.index
        while name in clash:
            name += "'"
        if name != bound.index:
            arena.ranges.setdefault(name, arena.ranges.get(bound.index))
            swap[bound.index] = arena.ref(name)
        ends = [None if e is None else arena.rename(e, swap) for e in (bound.lo, bound.hi, bound.condition)]
        context.append(Bound(name, *ends))
    ref = leaf.ref
    if swap:
        return arena.rename(leaf.slope, swap), arena.rename(ref, swap), tuple(context)
    return leaf.slope, ref, tuple(context)


def free_names_of(terms: Iterable[Term]) -> set[str]:
    out: set[str] = set()
    for term in terms:
        out |= free_names(term)
    return out


def _refs(expr: Expr) -> list[Ref]:
    from workings.expr import free_refs

    return free_refs(expr)


def local(edge: Edge, kind: str = "d") -> Deriv:
    """d upper / d lower as written."""
    return Deriv(entry(edge.upper), (entry(edge.lower),), kind)


def entry(node: Node) -> Ref:
    """The reference that a node is."""
    from workings.derive.written import to_expr

    return Ref(node.name, tuple(to_expr(i) for i in node.indices) if node.indices else ())
