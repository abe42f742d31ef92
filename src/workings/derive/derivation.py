"""One derivative as a derivation: chain rule, local derivatives, substitution, simplification, result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workings.derive.asked import asked, cut
from workings.derive.chain import Web, long, statement, web
from workings.derive.forms import local_rule
from workings.derive.fresh import Names, taken
from workings.derive.graph import Edge, Graph, Node, entry
from workings.derive.parts import take_apart
from workings.derive.ranges import bounded, with_ranges
from workings.derive.steps import Derivation, Step, equal
from workings.derive.terms import Arena, Term
from workings.derive.tidy import Knowledge, tidy
from workings.derive.written import to_expr, to_term
from workings.errors import BadValue, OutOfReach

from workings.expr import (
    Call, Deriv, Equation, Expr, Key, Mul, Network, Num, Ref, free_keys, preorder, rewrite, same,
)
from workings.forms.stable import Found, named, sigmoid


def gradient(net: Network, of: Ref, wrt: Ref, *, through: Sequence[Ref] = (), verified: bool = True) -> Derivation:
    """The derivative of `of` by `wrt`, step by step; the result uses the names of forward quantities."""
    of, wrt = asked(net, of, False), asked(net, wrt)
    work = Work(net, Names(taken(net)))
    net = work.net
    result, steps = work.derive(net, of, wrt, cut(net, of, wrt, through))
    if len(steps) == 1:
        steps.insert(0, work.starting(net, of, wrt))
    out = Derivation(of, wrt, result, work.where, steps, net, work.parts, work.opened)
    return checked(out) if verified else out


def chain_rule(net: Network, of: Ref, wrt: Ref, through: Sequence[Ref] = (), *, verified: bool = True) -> Derivation:
    """The chain rule for the derivative of `of` by `wrt`, stated and not worked out.

    `through`: the quantities whose own derivatives are left whole, as in dE/dv = dE/da da/dv + dE/db db/dv.
    """
    of, wrt = asked(net, of, False), asked(net, wrt)
    work = Work(net, Names(taken(net)))
    net = work.net
    result, steps = work.state(net, of, wrt, cut(net, of, wrt, through))
    steps.insert(0, work.starting(net, of, wrt))
    out = Derivation(of, wrt, result, work.where, steps, net, work.parts, work.opened)
    return checked(out) if verified else out


def checked(out: Derivation) -> Derivation:
    """The derivation, once every line of it has held at random points."""
    from workings.derive.verify import verify

    verify(out)
    return out


class Work:
    """What one derivation knows: the names that it gave, and their meaning."""

    def __init__(self, net: Network, names: Names) -> None:
        self.net, self.implied = with_ranges(net)
        self.names = names
        self.where: list[tuple[Ref, Expr]] = []
        self.parts: list[tuple[Ref, Expr]] = []      # names of parts, inner ones first
        self.opened: list[list[Equation]] = []       # equations taken apart
        self.found: list[tuple[Deriv, Expr]] = []    # local derivatives that took steps, worked out once

    def starting(self, net: Network, of: Ref, wrt: Ref) -> Step:
        """The equation to begin with."""
        lines = [equal(e.lhs, e.rhs) for e in net.defs.get(of.key, [])]
        if not lines:
            raise BadValue(f"{of.name} is not defined by an equation")
        line = lines[0]
        return Step("equation", {"of": of, "wrt": wrt}, line.args[0], line.args[1], line)

    # -- one derivative
    def derive(self, net: Network, of: Ref, wrt: Ref, cut: Sequence[Key] = ()) -> tuple[Expr, list[Step]]:
        """The derivative and the steps to it."""
        graph = Graph(net)
        top, bottom = _node(graph.arena, of), _node(graph.arena, wrt)
        head = Deriv(of, (wrt,))
        if top == bottom:
            return Num(1, "1"), [Step("itself", {"of": of}, head, Num(1, "1"), equal(head, Num(1, "1")))]
        whole = web(graph, top, bottom, cut)
        edges = [e for n in whole.order for e in whole.edges.get(n, ())]
        if not edges:
            zero = Num(0, "0")
            return zero, [Step("independent", {"of": of, "wrt": wrt}, head, zero, equal(head, zero))]
        if len(edges) == 1 and edges[0].upper == top and not edges[0].fresh:
            return self.local(graph, edges[0], "d")
        if not cut and long(whole):
            from workings.derive.layers import by_layers

            return by_layers(self, graph, whole, head)
        stated = bounded(statement(graph, whole, cut), self.implied)
        steps = [self._chain_step(head, stated, whole, cut)]
        table = self._locals(graph, whole, stated, cut, steps)
        return self.finish(graph, head, stated, table, steps, {})

    def state(self, net: Network, of: Ref, wrt: Ref, cut: Sequence[Key]) -> tuple[Expr, list[Step]]:
        """The chain rule alone."""
        graph = Graph(net)
        whole = web(graph, _node(graph.arena, of), _node(graph.arena, wrt), cut)
        head = Deriv(of, (wrt,))
        edges = [e for n in whole.order for e in whole.edges.get(n, ())]
        if not edges:
            zero = Num(0, "0")
            return zero, [Step("independent", {"of": of, "wrt": wrt}, head, zero, equal(head, zero))]
        if not cut and long(whole):
            from workings.derive.layers import state_layers

            return state_layers(self, graph, whole, head)
        if len(edges) == 1:
            graph, whole = self._opened(graph, edges[0], whole)
        stated = bounded(statement(graph, whole, cut), self.implied)
        return stated, [self._chain_step(head, stated, whole, cut)]

    def _opened(self, graph: Graph, edge: Edge, whole: Web) -> tuple[Graph, Web]:
        """A single equation with nested functions: the chain rule runs over its parts."""
        if not isinstance(edge.equation, Equation):
            return graph, whole
        lines = take_apart(edge.equation, edge.lower.key, self.names, self.net.ranges)
        if len(lines) == 1:
            return graph, whole
        self.opened.append(lines)
        self.parts += [(e.lhs, e.rhs) for e in lines[:-1]]
        small = Graph(_inside(self.net, lines))
        return small, web(small, _node(small.arena, entry(edge.upper)), _node(small.arena, entry(edge.lower)))

    def _chain_step(self, head: Deriv, stated: Expr, whole: Web, cut: Sequence[Key]) -> Step:
        inner = [n for n in whole.order if n not in (whole.top, whole.bottom)]
        last = list(dict.fromkeys(e.upper for e in whole.edges.get(whole.bottom, ())))
        summed = dict.fromkeys(b.index for es in whole.edges.values() for e in es for b in e.fresh)
        branches = any(len(es) > 1 for es in whole.edges.values())
        direct = len(last) > 1 and set(inner) == set(last) and whole.top not in last
        rule = "multivariate chain rule" if direct else "chain rule"
        variant = "" if direct else "paths" if branches else "sum" if summed else ""
        if whole.top in last and branches:
            variant, inner = "direct", [n for n in last if n != whole.top]
        fork = next((es for n in whole.order if len(es := whole.edges.get(n, [])) > 1), [])
        says = {
            "of": head.of, "wrt": head.wrt[0], "through": [entry(n) for n in inner],
            "last": [entry(n) for n in (last if direct else [e.upper for e in fork])],
            "summed": [Ref(i) for i in summed], "variant": variant,
        }
        return Step(rule, says, head, stated, equal(head, stated))

    def _locals(
        self, graph: Graph, whole: Web, stated: Expr, cut: Sequence[Key], steps: list[Step]
    ) -> list[tuple[Deriv, Expr]]:
        """Each derivative of the statement worked out, in the order in which it stands there."""
        by_ends = {(e.upper, e.lower): e for es in whole.edges.values() for e in es}
        table: list[tuple[Deriv, Expr]] = []
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
            edge = by_ends.get((upper, lower)) or _renamed(graph, by_ends, upper, lower)
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
            graph = Graph(_inside(self.net, lines))
            (edge,) = (e for es in web(graph, edge.upper, edge.lower).edges.values() for e in es)
        arena = graph.arena
        slope = _last(tidy(arena, edge.slope, Knowledge({}, {})), edge.slope)
        result = to_expr(slope)
        rule, says = local_rule(edge)
        says["letter"] = next((x for x in "zusvpq" if x not in self.names.taken), "z")
        middle = says.pop("middle", None)
        line = equal(head, result) if middle is None else equal(head, middle, result)
        return result, [*noted, Step(rule, says, head, result, line)]

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
        rels = tuple(equal(e.lhs, e.rhs) for e in lines)
        says = {"of": of, "names": [p for p, _ in parts], "variant": "" if parts[1:] else "one"}
        steps = [Step("name the parts", says, of, lines[-1].rhs, rels[-1], [], rels[:-1])]
        graph = Graph(_inside(self.net, lines))
        whole = web(graph, _node(graph.arena, of), _node(graph.arena, wrt))._replace(own=head.kind == "P")
        stated = bounded(statement(graph, whole), self.implied)
        steps.append(self._chain_step(head, stated, whole, ()))
        table = self._locals(graph, whole, stated, (), steps)
        return self.finish(graph, head, stated, table, steps, dict(enumerate(parts)))

    # -- substitution and simplification
    def finish(
        self, graph: Graph, head: Deriv, stated: Expr, table: list[tuple[Deriv, Expr]], steps: list[Step],
        parts: dict[int, tuple[Ref, Expr]],
    ) -> tuple[Expr, list[Step]]:
        """The local derivatives put in, the outer parts put back, the rules of `tidy`, the inner parts put back."""
        put = rewrite(stated, lambda n: _flat(_looked_up(n, table)))
        outer, inner = _layers(list(parts.values()))
        arena = Arena()
        arena.ranges.update(_ranges(arena, self.net))
        if outer:
            put = _replace(put, outer)
        says = {"of": head.of, "wrt": head.wrt[0]}
        steps.append(Step("substitute", says, stated, put, equal(head, put)))
        term = to_term(arena, put, self.net.functions)
        plain = to_expr(term)
        known = Knowledge(self._lines(arena, put), {})
        before = put
        fired = tidy(arena, term, known)
        for n, step in enumerate(fired):
            after = to_expr(step.after)
            steps.append(Step(step.rule, {**says, **step.says}, before, after, equal(head, after)))
            before = after
            del n
        if not fired and not same(plain, put):
            steps.append(Step("simplify", says, put, plain, equal(head, plain)))
            before = plain
        result = before if fired or not same(plain, put) else put
        if inner:
            back = to_expr(_last(tidy(arena, to_term(arena, _replace(result, inner)), known), to_term(
                arena, _replace(result, inner))))
            if not same(back, result):
                names = [p for p, _ in inner]
                steps.append(Step("put back", {**says, "names": names}, result, back, equal(head, back)))
                result = back
        return result, steps

    def _lines(self, arena: Arena, expr: Expr) -> dict[Term, Term]:
        """Lines of the text that an identity may look through: c = cosh(z)."""
        out: dict[Term, Term] = {}
        for key in free_keys(expr):
            lines = self.net.defs.get(key, [])
            if len(lines) == 1 and isinstance(lines[0].rhs, Call):
                try:
                    out[to_term(arena, lines[0].lhs)] = to_term(arena, lines[0].rhs, self.net.functions)
                except OutOfReach:
                    continue
        return out


def _inside(net: Network, lines: list[Equation]) -> Network:
    """The equations of one taken apart, everything else a leaf."""
    return net.with_(equations=tuple(lines), opaque={}, facts=(), classes=(), remarks=())


def _node(arena: Arena, ref: Expr) -> Node:
    name = _ref(ref)
    return Node(name.name, tuple(to_term(arena, i) for i in name.indices))


def _ref(expr: Expr) -> Ref:
    assert isinstance(expr, Ref)
    return expr


def _renamed(graph: Graph, by_ends: dict[tuple[Node, Node], Edge], upper: Node, lower: Node) -> Edge | None:
    """The edge whose ends differ only in indices that were set to the asked ones."""
    for (u, v), edge in by_ends.items():
        if u.key == upper.key and v.key == lower.key:
            swap = {a.head: b for p, q in ((u, upper), (v, lower)) for a, b in zip(p.indices, q.indices, strict=True)
                    if a.kind == "ref" and a is not b}
            return Edge(upper, lower, (), graph.arena.rename(edge.slope, swap), edge.equation)
    return None


def _looked_up(node: Expr, table: list[tuple[Deriv, Expr]]) -> Expr:
    if isinstance(node, Deriv):
        return next((value for d, value in table if d.kind == node.kind and same(d, node)), node)
    return node


def _flat(node: Expr) -> Expr:
    """A product that was put into a product loses its bracket; so does a factor in front of a sum's bracket."""
    if isinstance(node, Mul) and any(isinstance(a, Mul) for a in node.args):
        return Mul(tuple(f for a in node.args for f in (a.args if isinstance(a, Mul) else (a,))), node.span)
    return node


def _layers(
    parts: list[tuple[Ref, Expr]]
) -> tuple[list[tuple[Ref, Expr]], list[tuple[Ref, Expr]]]:
    """Parts made of parts (put back at once, c = cosh(z)) and the innermost ones (put back last, z = y - t)."""
    names = {p.key for p, _ in parts}
    outer = [(p, e) for p, e in parts if names & set(free_keys(e))]
    return outer, [(p, e) for p, e in parts if not names & set(free_keys(e))]


def _replace(expr: Expr, parts: list[tuple[Ref, Expr]]) -> Expr:
    """Names of parts replaced by what they stand for, outermost first."""
    from workings.expr import substitute

    table = {p.key: (p, e) for p, e in parts}

    def change(node: Expr) -> Expr:
        if isinstance(node, Ref) and node.key in table:
            head, body = table[node.key]
            swap = {_ref(i).name: j for i, j in zip(head.indices, node.indices, strict=True)}
            return substitute(body, swap)
        return node

    for _ in range(len(parts)):
        new = rewrite(expr, change)
        if same(new, expr):
            break
        expr = new
    return expr


def _ranges(arena: Arena, net: Network) -> dict[str, Any]:
    return {n: (to_term(arena, r.lo), to_term(arena, r.hi)) for n, r in net.ranges.items()}


def _last(fired: list[Any], term: Term) -> Term:
    return fired[-1].after if fired else term
