"""One derivative as a derivation: chain rule, local derivatives, substitution, simplification, result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from workings.derive.asked import asked, cut
from workings.derive.chain import Web, long, loops_between, statement, web
from workings.derive.chain_says import chain_says
from workings.derive.fold import folded
from workings.derive.forms import local_rule
from workings.derive.fresh import Names, taken
from workings.derive.given import put_given
from workings.derive.graph import Edge, Graph, Node, entry
from workings.derive.letters import readable
from workings.derive.opened import inside, naming, renamed, straight
from workings.derive.parts import holds, take_apart
from workings.derive.prepared import prepared
from workings.derive.put import layers_of, put_in, replace_parts
from workings.derive.ranges import bounded, with_ranges
from workings.derive.steps import Derivation, Step, equal, rel
from workings.derive.terms import Arena, Term
from workings.derive.tidy import Knowledge, tidy
from workings.derive.written import to_expr, to_term
from workings.errors import BadValue, OutOfReach
from workings.expr import (
    Call, Deriv, Div, Equation, Expr, Key, Mul, Network, Num, Ref, Rel, free_keys, preorder, same,
)
from workings.forms.stable import Found, named, sigmoid


def gradient(
    net: Network, of: Ref, wrt: Ref, *, through: Sequence[Ref] = (), names: Sequence[Equation] = (),
    verified: bool = True, signals: Mapping[str, str] | None = None,
) -> Derivation:
    """The derivative of `of` by `wrt`, step by step; the result uses the names of forward quantities.

    `names`: equations that name parts of nested ones, as a hint gives them: z = y - t, c = cosh(z).  `signals`:
    the names of error signals, z1 -> delta1, by which the derivation then goes.
    """
    return _worked(Work.derive, net, of, wrt, through, Names(taken(net), names, signals), verified)


def chain_rule(
    net: Network, of: Ref, wrt: Ref, through: Sequence[Ref] = (), *, names: Sequence[Equation] = (),
    verified: bool = True,
) -> Derivation:
    """The chain rule for the derivative of `of` by `wrt`, stated and not worked out.

    `through`: the quantities whose own derivatives are left whole, as in dE/dv = dE/da da/dv + dE/db db/dv.
    """
    return _worked(Work.state, net, of, wrt, through, Names(taken(net), names), verified)


def _worked(
    how: Callable[[Work, Network, Ref, Ref, tuple[Key, ...]], tuple[Expr, list[Step]]],
    net: Network, of: Ref, wrt: Ref, through: Sequence[Ref], names: Names, verified: bool,
) -> Derivation:
    """What `gradient` and `chain_rule` share; `how` finds the result and its steps."""
    of, wrt = asked(net, of, False), asked(net, wrt)
    work = Work(net, names)
    net = work.net
    result, steps = how(work, net, of, wrt, cut(net, of, wrt, through))
    if len(steps) == 1:
        steps.insert(0, work.starting(net, of, wrt))
    out = Derivation(of, wrt, result, work.where, steps, net, work.parts, work.opened, None, work.recurrences,
                     work.notes)
    return checked(out) if verified else out


def checked(out: Derivation) -> Derivation:
    """The derivation, once every step was done again and every line of it has held at random points."""
    from workings.derive.replay import replay
    from workings.derive.verify import verify

    replay(out)
    verify(out)
    return out


MOST_LINES = 6                # equations that a derivation begins with


class Work:
    """What one derivation knows: the names that it gave, and their meaning."""

    def __init__(self, net: Network, names: Names) -> None:
        self.net, self.implied = with_ranges(prepared(net))
        self.names = names
        self.where: list[tuple[Ref, Expr]] = []
        self.recurrences: list[tuple[Ref, Expr]] = []        # adjoints that use themselves at another step
        self.notes: list[str] = []
        self.unrolling = True                        # are adjoints of recurrences written as sums of products too?
        self.running: Any = ([], [])                 # where the letters of the statement at hand run
        self.parts: list[tuple[Ref, Expr]] = []      # names of parts, inner ones first
        self.opened: list[list[Equation]] = []       # equations taken apart
        self.found: list[tuple[Deriv, Expr]] = []    # local derivatives that took steps, worked out once

    def starting(self, net: Network, of: Ref, wrt: Ref) -> Step:
        """The equation to begin with; before a chain rule those through which the variable enters."""
        if not net.defs.get(of.key):
            raise BadValue(f"{of.name} is not defined by an equation")
        graph = Graph(net)
        between = graph.above(wrt.key) & (graph.below(of.key) | {of.key})
        entering = [e for e in net.equations if e.key in between and holds(e.rhs, wrt.key)]
        *lines, line = [rel(e) for e in entering[:MOST_LINES]] or [rel(net.defs[of.key][0])]
        says = {"of": of, "wrt": wrt, "variant": "enters" if entering and entering[0].key != of.key else ""}
        return Step("equation", says, line.args[0], line.args[1], line, lines=tuple(lines))

    # -- one derivative
    def derive(self, net: Network, of: Ref, wrt: Ref, cut: Sequence[Key] = ()) -> tuple[Expr, list[Step]]:
        """The derivative and the steps to it."""
        graph = Graph(net)
        top, bottom = _node(graph.arena, of), _node(graph.arena, wrt)
        head = Deriv(of, (wrt,))
        if top == bottom:
            return Num(1, "1"), [Step("itself", {"of": of}, head, Num(1, "1"), equal(head, Num(1, "1")))]
        if (loops := loops_between(graph, top, bottom)):
            from workings.derive.through_time import worked

            return worked(self, graph, top, bottom, (*cut, *loops))
        whole = web(graph, top, bottom, cut)
        edges = [e for n in whole.order for e in whole.edges.get(n, ())]
        if not edges:
            zero = Num(0, "0")
            return zero, [Step("independent", {"of": of, "wrt": wrt}, head, zero, equal(head, zero))]
        only = straight(graph, edges[0], top) if len(edges) == 1 else None
        if only is not None:
            return self.local(graph, only, "d")
        if not cut and (self.names.signals or long(whole)):
            from workings.derive.signals import by_stages

            if (found := by_stages(self, graph, whole, head)) is not None:
                return found
        stated = bounded(statement(graph, whole, cut), self.implied)
        steps = [self.chain_step(head, stated, whole, cut)]
        table = self.locals(graph, whole, stated, cut, steps)
        return self.finish(graph, head, stated, table, steps, {})

    def state(self, net: Network, of: Ref, wrt: Ref, cut: Sequence[Key]) -> tuple[Expr, list[Step]]:
        """The chain rule alone."""
        graph = Graph(net)
        top, bottom = _node(graph.arena, of), _node(graph.arena, wrt)
        if (loops := loops_between(graph, top, bottom)):
            from workings.derive.through_time import stated_only

            return stated_only(self, graph, top, bottom, (*cut, *loops))
        whole = web(graph, top, bottom, cut)
        head = Deriv(of, (wrt,))
        edges = [e for n in whole.order for e in whole.edges.get(n, ())]
        if not edges:
            zero = Num(0, "0")
            return zero, [Step("independent", {"of": of, "wrt": wrt}, head, zero, equal(head, zero))]
        if not cut and long(whole):
            from workings.derive.layers import state_layers

            return state_layers(self, graph, whole, head)
        place: tuple[Rel, ...] = ()
        steps: list[Step] = []
        if len(edges) == 1:
            graph, whole = self._opened(graph, edges[0], whole)
            if graph.net is not net:
                place = tuple(rel(e) for e in self.opened[-1])
                steps.append(naming(edges[0], place))
        stated = bounded(statement(graph, whole, cut), self.implied)
        return stated, [*steps, self.chain_step(head, stated, whole, cut, place)]

    def _opened(self, graph: Graph, edge: Edge, whole: Web) -> tuple[Graph, Web]:
        """A single equation with nested functions: the chain rule runs over its parts."""
        if not isinstance(edge.equation, Equation):
            return graph, whole
        lines = take_apart(edge.equation, edge.lower.key, self.names, self.net.ranges)
        if len(lines) == 1:
            return graph, whole
        self.opened.append(lines)
        self.parts += [(e.lhs, e.rhs) for e in lines[:-1]]
        small = Graph(inside(self.net, lines)).run(*self.running)
        return small, web(small, _node(small.arena, entry(edge.upper)), _node(small.arena, entry(edge.lower)))

    def chain_step(
        self, head: Deriv, stated: Expr, whole: Web, cut: Sequence[Key], place: tuple[Rel, ...] = ()
    ) -> Step:
        rule, says = chain_says(head, stated, whole, cut)
        return Step(rule, says, head, stated, equal(head, stated), place=place)

    def locals(
        self, graph: Graph, whole: Web, stated: Expr, cut: Sequence[Key], steps: list[Step],
        known: Sequence[tuple[Deriv, Expr]] = (),
    ) -> list[tuple[Deriv, Expr]]:
        """Each derivative of the statement worked out, in the order in which it stands there; some are `known`."""
        by_ends = {(e.upper, e.lower): e for es in whole.edges.values() for e in es}
        table: list[tuple[Deriv, Expr]] = list(known)
        for node in preorder(stated):
            if not isinstance(node, Deriv) or any(same(node, d) for d, _ in table):
                continue
            again = next((r for d, r in self.found if d.kind == node.kind and same(d, node)), None)
            if again is not None:
                says = {"of": node.of, "wrt": node.wrt[0]}
                steps.append(Step("again", says, node, again, equal(node, again)))
                table.append((node, again))
                continue
            upper, lower = (_node(graph.arena, r) for r in (node.of, node.wrt[0]))
            edge = by_ends.get((upper, lower)) or renamed(graph, by_ends, upper, lower)
            if edge is None or (node.kind == "d" and lower.key in cut):
                result, inner = self.derive(graph.net, _ref(node.of), _ref(node.wrt[0]))
                steps.append(self._stage(node, result, inner))
            else:
                result, inner = self.local(graph, edge, node.kind)
                if len(inner) == 1:
                    steps += inner
                elif inner:
                    steps.append(self._stage(node, result, inner))
            table.append((node, result))
        return table

    def _stage(self, head: Deriv, result: Expr, inner: list[Step]) -> Step:
        if len(inner) == 1:
            return inner[0]
        self.found.append((head, result))
        return Step("local", {"of": head.of, "wrt": head.wrt[0]}, head, result, equal(head, result), inner)

    # -- one edge
    def local(self, graph: Graph, edge: Edge, kind: str) -> tuple[Expr, list[Step]]:
        """The derivative in one equation, taken apart where it is nested."""
        head = Deriv(entry(edge.upper), (entry(edge.lower),), kind)
        if not isinstance(edge.equation, Equation):
            return head, []
        edge, noted = self._recognised(edge)
        lines = take_apart(edge.equation, edge.lower.key, self.names, self.net.ranges)  # type: ignore[arg-type]
        if len(lines) > 1:
            result, steps = self._nested(edge, lines, head)
            return result, [*noted, *steps]
        if noted:
            graph = Graph(inside(self.net, lines)).run(*self.running)
            (edge,) = (e for es in web(graph, edge.upper, edge.lower).edges.values() for e in es)
        assert isinstance(edge.equation, Equation)
        arena = graph.arena
        slope = readable(arena, _last(tidy(arena, edge.slope, Knowledge({})), edge.slope))
        result = to_expr(slope)
        rule, says = local_rule(edge)
        says["letter"] = next((x for x in "zusvpq" if x not in self.names.taken), "z")
        middle = says.pop("middle", None)
        if kind == "P":                              # of an expression every path would count
            middle = None
        line = equal(head, result) if middle is None else equal(head, middle, result)
        return result, [*noted, Step(rule, says, head, result, line, place=(rel(edge.equation),))]

    def _recognised(self, edge: Edge) -> tuple[Edge, list[Step]]:
        """1/(1 + exp(-z)) is the sigmoid, whose slope is y (1 - y)."""
        found: list[Found] = []
        equation = edge.equation
        if isinstance(equation, Equation):
            equation = named(equation, lambda e: e, self.net.functions, found, (sigmoid,))
        steps = [Step("recognised", {"written": f.written, "call": f.call}, f.written, f.call, equal(f.written, f.call))
                 for f in found]
        return (edge._replace(equation=equation), steps) if found else (edge, [])

    def _nested(self, edge: Edge, lines: list[Equation], head: Deriv) -> tuple[Expr, list[Step]]:
        """z = y - t, c = cosh(z), E = log(c): the chain rule over the parts."""
        of, wrt = _ref(head.of), _ref(head.wrt[0])
        parts = [(e.lhs, e.rhs) for e in lines[:-1]]
        self.opened.append(lines)
        self.parts += parts
        rels = tuple(rel(e) for e in lines)
        assert isinstance(edge.equation, Equation)
        steps = [naming(edge, rels)]
        graph = Graph(inside(self.net, lines)).run(*self.running)
        whole = web(graph, _node(graph.arena, of), _node(graph.arena, wrt))._replace(own=head.kind == "P")
        stated = bounded(statement(graph, whole), self.implied)
        steps.append(self.chain_step(head, stated, whole, (), rels))
        table = self.locals(graph, whole, stated, (), steps)
        result, steps = self.finish(graph, head, stated, table, steps, dict(enumerate(parts)))
        return self._folded(edge.equation, head, result, steps)

    def _folded(self, equation: Equation, head: Deriv, result: Expr, steps: list[Step]) -> tuple[Expr, list[Step]]:
        """exp(z[k])/sum(j, exp(z[j])) in the derivative of p[k] is p[k] again."""
        new = folded(self.net, equation, result)
        if same(new, result):
            return result, steps
        says = {"written": equation.rhs, "name": equation.lhs}
        return new, [*steps, Step("folded", says, result, new, equal(head, new), place=(rel(equation),))]

    # -- substitution and simplification
    def finish(
        self, graph: Graph, head: Deriv, stated: Expr, table: list[tuple[Deriv, Expr]], steps: list[Step],
        parts: dict[int, tuple[Ref, Expr]],
    ) -> tuple[Expr, list[Step]]:
        """The local derivatives put in, the outer parts put back, the rules of `tidy`, the inner parts put back."""
        outer, inner = layers_of(list(parts.values()))
        put = put_in(stated, table, outer)
        arena = Arena()
        arena.ranges.update(_ranges(arena, self.net))
        says = {"of": head.of, "wrt": head.wrt[0]}
        used = tuple(equal(d, v) for d, v in table) + tuple(equal(p, e) for p, e in outer)
        steps.append(Step("substitute", says, stated, put, equal(head, put), place=used))
        known = Knowledge(self._lines(arena, put), self._data)
        result = self._simplified(arena, head, put, known, steps)
        if inner:
            back = self._tidied(arena, replace_parts(result, inner), known)
            if not same(back, result):
                named = {**says, "names": [p for p, _ in inner]}
                place = (*(equal(p, e) for p, e in inner), *_known(known))
                steps.append(Step("put back", named, result, back, equal(head, back), place=place))
                result = back
        return result, steps

    def _simplified(self, arena: Arena, head: Deriv, put: Expr, known: Knowledge, steps: list[Step]) -> Expr:
        """The rules of `tidy`, a step each."""
        term = to_term(arena, put, self.net.functions)
        says = {"of": head.of, "wrt": head.wrt[0]}
        fired = tidy(arena, term, known)
        if not fired:
            plain = to_expr(readable(arena, term))
            if same(plain, put):
                plain = put                          # in the letters of the line just shown
            else:
                steps.append(Step("simplify", says, put, plain, equal(head, plain)))
            return self._with_given(arena, head, plain, term, steps)
        place = _known(known)
        before = put
        for step in fired:
            after = to_expr(step.after)
            steps.append(Step(step.rule, {**says, **step.says}, before, after, equal(head, after), place=place))
            before = after
        return self._with_given(arena, head, before, fired[-1].after, steps)

    def _with_given(self, arena: Arena, head: Deriv, before: Expr, term: Term, steps: list[Step]) -> Expr:
        """Sums whose values the text gives."""
        new, used = put_given(arena, self.net, term)
        if not used:
            return before
        after = to_expr(_last(tidy(arena, new, Knowledge({})), new))
        says = {"of": head.of, "wrt": head.wrt[0], "fact": used}
        steps.append(Step("given", says, before, after, equal(head, after)))
        return after

    def _tidied(self, arena: Arena, expr: Expr, known: Knowledge) -> Expr:
        term = to_term(arena, expr, self.net.functions)
        return to_expr(readable(arena, _last(tidy(arena, term, known), term)))

    @cached_property
    def _data(self) -> frozenset[str]:
        """The names that no line defines."""
        return frozenset(name for name, _ in self.net.leaves)

    @cached_property
    def _shorter(self) -> tuple[Key, ...]:
        """The lines that may say a result shorter: quotients with a name, p[i] = exp(z[i])/s, and means."""
        if not self.net.indices:
            return ()
        return tuple(e.key for e in self.net.equations
                     if isinstance(e.rhs, Div | Mul) and len(self.net.defs[e.key]) == 1)

    def _lines(self, arena: Arena, expr: Expr) -> dict[Term, Term]:
        """Lines of the text that an identity may look through: c = cosh(z)."""
        out: dict[Term, Term] = {}
        for key in dict.fromkeys((*free_keys(expr), *self._shorter)):
            lines = self.net.defs.get(key, [])
            if len(lines) == 1 and (isinstance(lines[0].rhs, Call) or key in self._shorter):
                try:
                    out[to_term(arena, lines[0].lhs)] = to_term(arena, lines[0].rhs, self.net.functions)
                except OutOfReach:
                    continue
        return out


def _node(arena: Arena, ref: Expr) -> Node:
    name = _ref(ref)
    return Node(name.name, tuple(to_term(arena, i) for i in name.indices))


def _ref(expr: Expr) -> Ref:
    assert isinstance(expr, Ref)
    return expr


def _ranges(arena: Arena, net: Network) -> dict[str, Any]:
    return {n: (to_term(arena, r.lo), to_term(arena, r.hi)) for n, r in net.ranges.items()}


def _known(known: Knowledge) -> tuple[Rel, ...]:
    """The lines that rules look through, as lines."""
    return tuple(equal(to_expr(a), to_expr(b)) for a, b in known.lines.items())


def _last(fired: list[Any], term: Term) -> Term:
    return fired[-1].after if fired else term
