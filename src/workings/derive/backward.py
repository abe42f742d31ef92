"""The backward pass: every adjoint once, as a program with nothing computed twice.

    g<name>[indices]     the adjoint of a quantity: the derivative of the asked one by it, through every path

The equations are walked once from the asked quantity down; each passes its adjoint times its local
derivatives to what it uses (Baydin et al. 2018, "Automatic differentiation in machine learning").
"""

from __future__ import annotations

import gc
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, islice

from workings.derive.fewest import FEWEST, reuse
from workings.derive.fresh import Names, taken
from workings.derive.graph import Graph, Node, apart, entry, free_names_of, summed
from workings.derive.indices import solve
from workings.derive.ordering import circles_in, in_order
from workings.derive.prepared import prepared
from workings.derive.program import Line, Program, finish
from workings.derive.around import around
from workings.derive.ranges import bounded, with_ranges
from workings.derive.recurrences import Domains
from workings.derive.sweep import Context, Leaf, sweep
from workings.derive.inside import free_names, parts_first
from workings.derive.terms import Arena, Term
from workings.derive.tidy import Knowledge, outside, tidy
from workings.derive.truncated import around_truncated
from workings.derive.upstream import TOP, Target, asked_of
from workings.derive.written import to_expr, to_term
from workings.errors import BadValue, OutOfReach
from workings.expr import Deriv, Equation, Expr, Key, Network, Num, Ref, free_keys
from workings.forms.stable import recognise


def backward(
    net: Network, of: Ref, wrt: Sequence[Ref] | None = None, mode: str = "plain", truncate: int | None = None,
    ones: Container[tuple[str, int]] = (), steady: bool = False,
) -> Program:
    """The gradients of `of` by each of `wrt` (default: all parameters) as forward and backward statements.

    `mode="fewest"` uses a gradient just found again, which may cancel where a unit saturates.  With `truncate`
    adjoints are carried back over at most so many steps of a recurrence: an approximation, which the notes say.
    `ones`: names, each with a place, where an array has one entry only.  `steady`: with the slopes that programs call.
    """
    if truncate is not None and (not isinstance(truncate, int) or truncate < 0):
        raise BadValue(f"truncate={truncate!r} is no number of steps", expected="a whole number, 0 or more")
    if mode not in ("plain", "fewest"):
        raise BadValue(f"mode {mode!r} is not known", expected="plain or fewest")
    asked = asked_of(prepared(net), of)
    net = asked.net
    keep = {r.key for r in wrt or ()} | {of.key, asked.top}
    known, found = recognise(net, keep)
    known, implied = with_ranges(known) if net.indices else (known, {})
    with _unwatched():
        walk = _Pass(known, asked.top, asked.of, of, wrt, mode, ones)
        walk.truncate, walk.arena.steady = truncate, steady
        program = walk.run(net, found)
    program.notes += walk.notes
    if truncate is not None and not walk.notes:
        program.notes.append("There is no recurrence between: nothing is truncated, and this is the gradient.")
    if implied:
        for statement in program.backward:
            statement.value = bounded(statement.value, implied)
    if mode == "fewest":
        program.notes.append(FEWEST)
    return program


@contextmanager
def _unwatched() -> Iterator[None]:
    """The cycle collector paused: millions of small tuples are made here, and none in a cycle."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Pass:
    def __init__(
        self, net: Network, top: Key, stated: Expr, of: Ref, wrt: Sequence[Ref] | None, mode: str,
        ones: Container[tuple[str, int]],
    ) -> None:
        self.ones = ones
        self.net, self.top, self.stated, self.of, self.fewest = net, top, stated, of, mode == "fewest"
        self.graph = Graph(net)
        self.arena: Arena = self.graph.arena
        self.domains = Domains(net, self.arena)
        self.order: dict[int, list[Term]] = {}
        self.refs: dict[int, list[Term]] = {}
        self.equations = self._upstream()
        self.uses: dict[str, list[Term]] = {}        # of a name: each reference to it, an equation at a time
        for equation in self.equations:
            for ref in self.refs[id(equation)]:
                found = self.uses.get(ref.head)
                if found is None:
                    self.uses[ref.head] = [ref]
                else:
                    found.append(ref)
        self.quotients: Knowledge | None = None
        self.names = Names(taken(net, {id(e) for e in self.equations}) | set(self.uses))
        self.targets: dict[Key, list[Target]] = {}
        self.entries: list[Node] = []                # asked entries of recurrences
        self.heads: dict[int, Target] = {}
        self.forward: list[Line] = []
        self.backward: list[Line] = []
        self.notes: list[str] = []
        self.truncate: int | None = None
        self.holding, self.approximate = True, False
        self._ask(wrt)
        self._refuse_unspecified()
        self.wanted = self._carriers()

    # -- which equations
    def _upstream(self) -> list[Equation]:
        """The equations that `of` needs, each after those it uses."""
        defs = self.net.defs
        if self.top not in defs:
            if self.of.key in self.net.opaque:
                raise OutOfReach(f"{self.of.name} is given by no equation", hint=f"{self.of.name} = ...")
            raise BadValue(f"{self.of.name} is not defined", expected=_one_of(n for n, _ in defs))
        needs: dict[int, list[Equation]] = {}
        stack = list(defs[self.top])
        while stack:
            equation = stack.pop()
            if id(equation) not in needs:
                needs[id(equation)] = self._needs(equation)
                stack += needs[id(equation)]
        self.circle = circles_in(needs, self.domains.group) if self.domains else {}
        return in_order([e for e in self.net.equations if id(e) in needs], needs, self.circle)

    def _needs(self, equation: Equation) -> list[Equation]:
        root = self.graph.root(equation)
        order = self.order[id(equation)] = parts_first(root)
        refs = self.refs[id(equation)] = [t for t in order if t.kind == "ref"]
        out, defs = [], self.net.defs
        for ref in refs:
            for user in defs.get((ref.head, len(ref.args)), ()):
                if not ref.args or not self._differ(user.lhs, ref):
                    out.append(user)
        return out

    def _differ(self, lhs: Ref, ref: Term) -> bool:
        """Are they different entries, by their numbers?"""
        heads = [to_term(self.arena, i) for i in lhs.indices]
        return any(p.kind == q.kind == "num" and p is not q for p, q in zip(heads, ref.args, strict=True))

    # -- what is asked
    def _ask(self, wrt: Sequence[Ref] | None) -> None:
        if wrt is None:
            defs, variable = self.net.defs, self.net.variable
            used = [(n, len(r.args)) for n, refs in self.uses.items() for r in (refs if refs[0].args else refs[:1])]
            keys = {variable(key): None for key in used if key not in defs}
            nodes = [self._general(key) for key in keys if self.net.role(key) == "parameter"]
            if not nodes:
                raise BadValue(f"no parameter in the equations of {self.of.name}", hint="name what to differentiate by")
        else:
            nodes = [self._asked(ref) for ref in wrt]
        for node in nodes:
            if self._within(node):
                self.entries.append(node)
            elif not any(t.node == node for t in self.targets.get(node.key, ())):
                name = self.names.adjoint(node.name) if node.key != self.top else ""
                self.targets.setdefault(node.key, []).append(Target(node, name, True))

    def _within(self, node: Node) -> bool:
        """Is it an entry that an equation of a recurrence gives, whose adjoint is one of the family's?"""
        heads = [e for e in self.net.defs.get(node.key, ()) if id(e) in self.circle]
        return any(self.domains.may_hold(e, node.indices) for e in heads)

    def _refuse_unspecified(self) -> None:
        """A program needs numbers: a path through a quantity that no equation gives has none."""
        for (name, places), opaque in self.net.opaque.items():
            if not any(len(r.args) == places for r in self.uses.get(name, ())):
                continue
            reached = {name for arg in opaque.args for name, _ in (arg.key, *self.graph.below(arg.key))}
            asked = next((target for target, _ in self.targets if target in reached), None)
            if asked is not None:
                hint = f"gradient leaves it as ∂{name}/∂{asked}; or define {name} = …"
                raise OutOfReach(
                    f"{name} is given by no equation, so its derivative by {asked} has no numbers",
                    span=opaque.span, hint=hint)

    def _occurs(self, key: Key) -> bool:
        return any(key[1] in (len(r.args), 0) for r in self.uses.get(key[0], ()))

    def _asked(self, ref: Ref) -> Node:
        if not ref.indices and (ref.name, 0) not in self.net.defs and ref.name in self.net.shapes:
            return self._general((ref.name, 0))
        if ref.name not in self.uses and ref.key not in self.net.defs and not self._elsewhere(ref):
            raise BadValue(f"{ref.name} does not occur in the equations of {self.of.name}", expected=_one_of(self.uses))
        return Node(ref.name, tuple(to_term(self.arena, i) for i in ref.indices))

    def _elsewhere(self, ref: Ref) -> bool:
        """Does it stand in an equation that `of` does not need?  Then its derivative is 0."""
        return ref.key in self.net.leaves or any(name == ref.name for name, _ in self.net.leaves)

    def _general(self, key: Key) -> Node:
        """w[i] for the family w: the index letters that the equations use."""
        found = self.uses.get(key[0], [])
        if found and not key[1] and not any(r.args for r in found):
            return Node(key[0], ())
        places = max((len(r.args) for r in found), default=0)
        out: list[Term] = []
        for n in range(places):
            used = [r.args[n] for r in found if len(r.args) > n and r.args[n].kind == "ref"]
            fresh = [x for x in [*used, *map(self.arena.ref, (*"ijklmn", "i'"))] if x not in out]
            ranged = next((x for x in used if x in fresh and x.head in self.arena.ranges), fresh[0])
            out.append(self.arena.one if (key[0], n) in self.ones else ranged)
        return Node(key[0], tuple(out))

    def _carriers(self) -> set[Key]:
        """The variables whose adjoints are needed: the asked ones and all that lead up to them."""
        out = set(self.targets) | {node.key for node in self.entries}
        before = -1
        while before != len(out):                    # twice only where a recurrence carries it on
            before = len(out)
            for equation in self.equations:
                if any((r.head, len(r.args)) in out for r in self.refs[id(equation)]):
                    out.add(equation.lhs.key)
            if not self.circle:
                break
        for equation in self.equations:
            key = equation.lhs.key
            if self._carries(equation, out):
                node = Node(equation.lhs.name, tuple(to_term(self.arena, i) for i in equation.lhs.indices))
                if all(t.node != node for t in self.targets.get(key, ())):
                    name = next((t.name for t in self.targets.get(key, ())), "") or self.names.adjoint(node.name)
                    self.targets.setdefault(key, []).append(Target(node, name))
        for equation in self.equations:
            head = tuple(to_term(self.arena, i) for i in equation.lhs.indices)
            for target in self.targets.get(equation.lhs.key, ()):
                if target.node.indices == head:
                    self.heads[id(equation)] = target
        return out

    def _carries(self, equation: Equation, out: set[Key]) -> bool:
        """Has the left side an adjoint of its own?  Of a family each equation: h[0] beside h[t], where it leads on."""
        key = equation.lhs.key
        if key not in out or key == self.top:
            return False
        if (id(equation) in self.circle) if len(self.net.defs[key]) > 1 else (key not in self.targets):
            return True
        return any((r.head, len(r.args)) in out for r in self.refs[id(equation)])    # p[c] asked, and s below p[i]

    # -- the pass
    def run(self, net: Network, found: list) -> Program:  # type: ignore[type-arg]
        last = self._last_use()
        for unit in self._units():
            if id(unit[0]) in self.circle:
                around(self, unit) if self.truncate is None else around_truncated(self, unit, self.truncate)
            elif (seed := self._seed(unit[0])) is not None:
                self.pass_on(unit[0], seed)
            for key in (k for e in unit for k in last.get(id(e), ())):
                for target in self.targets[key]:
                    self.state(target)
        for targets in self.targets.values():
            for target in targets:
                if target.asked:
                    self.state(target)
        lines = [e for e in self.equations if e.lhs.name != TOP]
        self.forward += [Line(e.lhs, self.graph.root(e), None, self._written(e)) for e in lines]
        asked = [t for ts in self.targets.values() for t in ts if t.asked]
        gradients: list[tuple[Ref, Expr]] = [(t.entry or entry(t.node), t.stated or Num(1, "1")) for t in asked]
        gradients += [(entry(n), entry(Node(self.targets[n.key][0].name, n.indices))) for n in self.entries]
        idle = frozenset(net.sizes)
        return finish(self.arena, self.forward, self.backward, gradients, self.names, found, idle)

    def _units(self) -> Iterator[list[Equation]]:
        """The equations from the last to the first, those of one recurrence together."""
        for _, unit in groupby(reversed(self.equations), lambda e: self.circle.get(id(e), id(e))):
            yield list(unit)

    def _written(self, equation: Equation) -> Expr:
        """The right side as written, unless something cancelled in it that is not computed at all."""
        if self.arena.cancelled:
            used = {(r.head, len(r.args)) for r in self.refs[id(equation)]}
            if any(key in self.net.defs and key not in used for key in free_keys(equation.rhs)):
                return to_expr(self.graph.root(equation))
        return equation.rhs

    def _last_use(self) -> dict[int, list[Key]]:
        """The leaves whose adjoint is complete once an equation has passed on its own, in reading order."""
        first: dict[Key, int] = {}
        targets, defs = self.targets, self.net.defs
        for equation in self.equations:
            for ref in self.refs[id(equation)]:
                key = (ref.head, len(ref.args))
                if key in targets and key not in defs:
                    first.setdefault(key, id(equation))
        out: dict[int, list[Key]] = {}
        for key, equation_id in first.items():
            out.setdefault(equation_id, []).append(key)
        return out

    def _seed(self, equation: Equation) -> Term | None:
        """The adjoint of the equation's left side, stated."""
        arena = self.arena
        if equation.lhs.key == self.top:
            if not equation.lhs.indices:
                return arena.one
            if not hasattr(self, "given"):
                self.given = self.names.adjoint(self.of.name)
            return arena.ref(self.given, tuple(to_term(arena, i) for i in equation.lhs.indices))
        target = self.heads.get(id(equation))
        if target is None:
            return None
        if self.fewest and reuse(self, equation, target):
            return None
        return self.state(target)

    def state(self, target: Target) -> Term | None:
        """The statement of an adjoint, once all that reaches it is known."""
        if target.term is None:
            if target.name == "":
                target.term = self.arena.one
                return target.term
            shares = target.shares
            total = shares[0] if len(shares) == 1 else self.arena.add(shares[::-1])
            if total is self.arena.zero and not target.asked:
                return None
            total = self._settled(total, target)
            target.term = self.arena.ref(target.name, target.node.indices)
            here = target.entry = entry(target.node)
            name = target.stated = Ref(target.name, here.indices)
            self.backward.append(self.statement(name, total, here))
        return target.term

    def _settled(self, total: Term, target: Target) -> Term:
        """An adjoint with indices as a textbook writes it: A*(gA - sum(l, gA*A)) for a softmax, ranges for cases."""
        if not self.arena.bigs or target.node.key in self.domains.group:
            return total
        if self.quotients is None:
            roots = {to_term(self.arena, e.lhs): self.graph.root(e) for e in self.equations}
            self.quotients = Knowledge({n: r for n, r in roots.items() if r.kind == "mul" and n.args})
        fired = tidy(self.arena, total, self.quotients)
        return fired[-1].after if fired else total

    def statement(self, name: Ref, value: Term, here: Ref) -> Line:
        """The statement of an adjoint; below a truncated recurrence it is no derivative."""
        if self.approximate:
            return Line(name, value, None, to_expr(value))
        return Line(name, value, Deriv(self.stated, (here,), "D"))

    def pass_on(self, equation: Equation, seed: Term, root: Term | None = None) -> None:
        arena, whole = self.arena, self.graph.root(equation)
        order = self.order[id(equation)] if root is None else None
        name = to_term(arena, equation.lhs)
        hold = self._holder(equation) if self.holding else None
        for leaf in sweep(arena, root or whole, seed, self.wanted, name, hold, order):
            ref = leaf.ref
            for target in self.targets[ref.head, len(ref.args)]:
                if not ref.args and not leaf.context and not equation.lhs.indices:
                    target.shares.append(leaf.slope)
                else:
                    self._arrive(equation, leaf, target)

    def _arrive(self, equation: Equation, leaf: Leaf, target: Target) -> None:
        """An indexed contribution: solved for the target's indices, summed over what is left."""
        arena = self.arena
        context: Context = (*self.domains.bounds(equation), *leaf.context)
        clash = free_names_of(target.node.indices)
        slope, ref, bounds = apart(arena, Leaf(leaf.ref, context, leaf.slope), clash, {})
        unknown = bounds[::-1]
        if target.node.key in self.domains.group:    # is h[0] one of the h[t] that a sum goes over?
            unknown = tuple(self.domains.written_out(b) for b in unknown)
        found = solve(arena, ref.args, target.node.indices, unknown)
        if found is not None:
            share = outside(arena, summed(arena, slope, bounds, found))
            target.shares.append(self.domains.facts().decided(share) if self.domains else share)

    def _holder(self, equation: Equation):  # type: ignore[no-untyped-def]
        """Names a part that passes its adjoint on more than once: z = ..., gz = ..."""

        def hold(part: Term, context: Context, total: Term) -> Term:
            if any(b.lo is not None or b.condition is not None for b in context):
                return total
            if any(t.kind == "call" and t.head == ("where", 0) for t in parts_first(total)):
                return total                         # the part need not have a value where the case does not hold
            if context and not {b.index for b in context} <= free_names(total):
                return total                         # the same for each value of an inner index
            indices = [self.arena.ref(b.index) for b in self.domains.bounds(equation)]
            indices += [self.arena.ref(b.index) for b in context]
            function = part.head[0] if part.kind == "call" else ""
            node = Node(self.names.part(part.kind, function, equation.lhs.name), tuple(indices))
            adjoint = Ref(self.names.adjoint(node.name), entry(node).indices)
            self.forward.append(Line(entry(node), part, None))
            self.backward.append(self.statement(adjoint, total, entry(node)))
            return self.arena.ref(adjoint.name, node.indices)

        return hold


def _one_of(names: Iterable[str]) -> str:
    return "one of " + ", ".join(islice(names, 8))
