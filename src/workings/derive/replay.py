"""A derivation done again: each step's rule, applied to its `before` at its `place`, gives its `after`.

The steps are data; this reads nothing else but the network.  Lines that a step uses must have been shown by a
step before it, be an equation of the network, or name a part of one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from workings.derive import replay_taylor, replay_time
from workings.derive.chain import Web, statement, web
from workings.derive.fold import folded
from workings.derive.given import put_given
from workings.derive.graph import Graph, Node
from workings.derive.inside import unpack
from workings.derive.layers import Layers
from workings.derive.put import put_in, replace_parts
from workings.derive.ranges import bounded, with_ranges
from workings.derive.steps import Derivation, Step, equal
from workings.derive.terms import Arena, Term
from workings.derive.through_time import caps_of
from workings.derive.tidy import RULES, Knowledge, applied, tidy
from workings.derive.written import to_expr, to_term
from workings.errors import OutOfReach
from workings.expr import Deriv, Equation, Expr, Network, Ref, Rel, same
from workings.forms.stable import sigmoid


def replay(derivation: Derivation) -> None:
    """Raises `OutOfReach` with the first step that does not come out again."""
    if derivation.net is None:
        return
    again = Replay(derivation)
    for step in derivation.every():
        if not again.comes_out(step):
            from workings.notation import plain

            raise OutOfReach(f"a step did not come out when it was done again: {step.rule}, {plain(step.line)}",
                             hint="please report this")
        for line in (*step.lines, step.line):
            again.shown.setdefault(_ends(line.args[0]), []).append(line)
            for side in line.args[1:-1]:
                if isinstance(side, Deriv):
                    again.shown.setdefault(_ends(side), []).append(equal(side, line.args[-1]))


class Replay:
    """The network, and the lines that were shown so far."""

    def __init__(self, derivation: Derivation) -> None:
        assert derivation.net is not None
        self.net, self.implied = with_ranges(derivation.net)
        if derivation.where:
            named = tuple(derivation.equations())
            self.net = self.net.with_(equations=(*self.net.equations, *named))
        self.derivation = derivation
        self.shown: dict[tuple[str, ...], list[Rel]] = {}     # by the names in their left sides
        self.given: dict[str, list[tuple[Ref, Expr]]] = {}
        for name, value in (*derivation.parts, *derivation.where, *derivation.recurrences):
            self.given.setdefault(name.name, []).append((name, value))
        self.adjoints = {                            # gh[t] is the derivative by h[t], delta1[j] by z1[j]
            (s.line.args[0].name, cast(Ref, s.says["of"]).name): cast(Ref, s.says["wrt"]).name
            for s in derivation.every() if s.rule in ("step back", "error signal") and isinstance(s.line.args[0], Ref)
        }
        self.layered: Layers | None = None

    def comes_out(self, step: Step) -> bool:
        """Does the rule give the same again?"""
        rule = _RULES.get(step.rule, _tidy_rule if step.rule in _TIDY else _local)
        return rule(self, step)

    # -- comparing
    def equal(self, a: Expr, b: Expr) -> bool:
        """The same term, up to the letters of bound indices."""
        if same(a, b):
            return True
        arena = self.arena()
        return _letters(arena, to_term(arena, a, self.net.functions)) is _letters(
            arena, to_term(arena, b, self.net.functions))

    def arena(self) -> Arena:
        """An arena that knows the ranges."""
        arena = Arena()
        for name, r in self.net.ranges.items():
            arena.ranges[name] = (to_term(arena, r.lo), to_term(arena, r.hi))
        return arena

    def named(self, name: Ref, value: Expr) -> bool:
        """Was the name given to this?"""
        return any(same(name, n) and same(value, v) for n, v in self.given.get(name.name, ()))

    def is_line(self, left: Ref, right: Expr) -> bool:
        """Is it an equation of the network?"""
        return any(same(left, e.lhs) and self.equal(right, e.rhs) for e in self.net.defs.get(left.key, ()))

    def stands(self, mark: Deriv, value: Expr) -> bool:
        """Was a derivative shown to be this, or is it the name of its adjoint?"""
        if any(same(value, line.args[-1]) for line in self.was_shown(mark)):
            return True
        of, (wrt, *_) = mark.of, mark.wrt
        return (
            isinstance(value, Ref) and isinstance(of, Ref) and isinstance(wrt, Ref)
            and self.adjoints.get((value.name, of.name)) == wrt.name and len(value.indices) == len(wrt.indices)
            and all(same(i, j) for i, j in zip(value.indices, wrt.indices, strict=True))
        )

    def was_shown(self, left: Expr) -> list[Rel]:
        """The lines so far about a derivative."""
        return [line for line in self.shown.get(_ends(left), ()) if same(line.args[0], left)]

    def whole(self) -> Layers:
        """What the derivation that goes layer by layer goes through."""
        if self.layered is None:
            out = self.derivation
            first = out.wrt[0] if isinstance(out.wrt, tuple) else out.wrt
            self.layered = Layers(*self.web((), out.of, first, ()))
        return self.layered

    def web(
        self, place: tuple[Rel, ...], of: Expr, wrt: Expr, cut: tuple[tuple[str, int], ...], running: Any = ((), ())
    ) -> tuple[Graph, Web]:
        """All paths, in some lines or in the whole network."""
        lines = tuple(Equation(cast(Ref, r.args[0]), r.args[-1]) for r in place)
        net = inside(self.net, lines) if lines else self.net
        graph = Graph(net)
        graph.run(*running)
        top, bottom = node_of(graph, of), node_of(graph, wrt)
        if not lines:
            graph.caps = caps_of(graph, top)
        return graph, web(graph, top, bottom, cut)


def inside(net: Network, lines: tuple[Equation, ...]) -> Network:
    """Some equations alone, everything else a leaf."""
    return net.with_(equations=lines, opaque={}, facts=(), classes=(), remarks=())


def node_of(graph: Graph, ref: Expr) -> Node:
    """The entry that a name is."""
    assert isinstance(ref, Ref)
    return Node(ref.name, tuple(to_term(graph.arena, i) for i in ref.indices))


def _letters(arena: Arena, root: Term) -> Term:
    """Bound letters renamed by what they bind, outermost last."""
    if not arena.bigs:
        return root

    def change(term: Term) -> Term:
        if term.kind != "big":
            return term
        op, index, _ = term.head
        _lo, _hi, condition, body = unpack(term)
        depth = sum(t.kind == "big" for t in _below(body))
        letter = f"\0{depth}"
        swap = {index: arena.ref(letter)}
        body = arena.rename(body, swap)
        ends = (None, None, None if condition is None else arena.rename(condition, swap))
        return arena.big(op, letter, body, ends)

    def front(term: Term) -> Term:                   # a sign in a sum is one before it
        if term.kind != "big" or term.head[0] != "sum":
            return term
        *ends, body = unpack(term)
        if body.kind != "mul" or body.head == 1:
            return term
        return arena.scale(body.head, arena.big("sum", term.head[1], arena.core(body), (ends[0], ends[1], ends[2])))

    return arena.rewrite(arena.rewrite(root, change), front)


def _below(root: Term) -> list[Term]:
    from workings.derive.inside import parts_first

    return parts_first(root)


def _ends(expr: Expr) -> tuple[str, ...]:
    """The names that a derivative is of and by."""
    if isinstance(expr, Ref):
        return (expr.name,)
    if not isinstance(expr, Deriv):
        return ()
    return (expr.kind, *(r.name for r in (expr.of, *expr.wrt) if isinstance(r, Ref)))


# -- rules
def _equation(again: Replay, step: Step) -> bool:
    return all(
        any(same(line.args[-1], e.rhs) and same(line.args[0], e.lhs) for e in again.net.equations)
        for line in (*step.lines, step.line)
    )


def _running(step: Step) -> tuple[Any, Any]:
    return step.says.get("runs", ()), step.says.get("at", ())


def _chain(again: Replay, step: Step) -> bool:
    mark = step.before
    assert isinstance(mark, Deriv)
    graph, whole = again.web(step.place, mark.of, mark.wrt[0], step.says["cut"], _running(step))
    own = bool(step.place) and mark.kind == "P"
    found = bounded(statement(graph, whole._replace(own=own), step.says["cut"]), again.implied)
    return again.equal(found, step.after)


def _nothing(again: Replay, step: Step) -> bool:
    mark = step.before
    assert isinstance(mark, Deriv)
    if step.rule == "itself":
        return same(mark.of, mark.wrt[0])
    _, whole = again.web((), mark.of, mark.wrt[0], step.says.get("cut", ()))
    return not any(whole.edges.values())


def _local(again: Replay, step: Step) -> bool:
    """A rule of differentiation, on one equation."""
    mark = step.before
    if not isinstance(mark, Deriv) or len(step.place) != 1:
        return False
    line = step.place[0]
    equation = Equation(cast(Ref, line.args[0]), line.args[-1])
    graph = Graph(inside(again.net, (equation,))).run(*_running(step))
    upper, lower = node_of(graph, mark.of), node_of(graph, mark.wrt[0])
    avoid = frozenset(r.name for i in mark.wrt[0].children() for r in _refs(i))
    for edge in graph.edges(lower, avoid, {upper.key}):
        swap = {a.head: b for a, b in zip(edge.upper.indices, upper.indices, strict=True) if a.kind == "ref"}
        slope = graph.arena.rename(edge.slope, swap)
        fired = tidy(graph.arena, slope, Knowledge({}))
        if again.equal(to_expr(fired[-1].after if fired else slope), step.after):
            return True
    return False


def _refs(expr: Expr) -> list[Ref]:
    from workings.expr import free_refs

    return free_refs(expr)


def _stage(again: Replay, step: Step) -> bool:
    return bool(step.inner) and again.equal(step.inner[-1].after, step.after)


def _again(again: Replay, step: Step) -> bool:
    return any(same(line.args[-1], step.after) for line in again.was_shown(step.before))


def _recognised(again: Replay, step: Step) -> bool:
    found = sigmoid(step.before, lambda e: e)
    return found is not None and same(found, step.after)


def _name_parts(again: Replay, step: Step) -> bool:
    parts = [(cast(Ref, r.args[0]), r.args[-1]) for r in step.lines]
    return again.equal(replace_parts(step.after, parts), step.place[0].args[-1])


def _put(again: Replay, step: Step) -> bool:
    marks = [(r.args[0], r.args[-1]) for r in step.place]
    table = [(m, v) for m, v in marks if isinstance(m, Deriv)]
    parts = [(m, v) for m, v in marks if isinstance(m, Ref)]
    if not all(again.stands(d, v) for d, v in table):
        return False
    if not all(again.named(p, v) for p, v in parts):
        return False
    return again.equal(put_in(step.before, table, parts), step.after)


def _simplify(again: Replay, step: Step) -> bool:
    return again.equal(step.before, step.after)


def _tidy_rule(again: Replay, step: Step) -> bool:
    arena = again.arena()
    known = Knowledge({to_term(arena, r.args[0]): to_term(arena, r.args[-1]) for r in step.place})
    term = to_term(arena, step.before, again.net.functions)
    return again.equal(to_expr(applied(arena, term, known, _TIDY[step.rule])), step.after)


def _put_back(again: Replay, step: Step) -> bool:
    lines = [(cast(Ref, r.args[0]), r.args[-1]) for r in step.place]
    parts = [(p, v) for p, v in lines if again.named(p, v)]
    if not all(again.named(p, v) or again.is_line(p, v) for p, v in lines):
        return False
    arena = again.arena()
    known = Knowledge({to_term(arena, p): to_term(arena, v) for p, v in lines if not again.named(p, v)})
    term = to_term(arena, replace_parts(step.before, parts), again.net.functions)
    fired = tidy(arena, term, known)
    return again.equal(to_expr(fired[-1].after if fired else term), step.after)


def _adjoint(again: Replay, step: Step) -> bool:
    """One layer of the chain rule, and its derivatives put in."""
    layers = again.whole()
    node = node_of(layers.graph, step.says["wrt"])
    stated = bounded(layers.stated(layers.layer(node)), again.implied)
    if len(step.line.args) > 1 and isinstance(step.line.args[0], Ref):
        layers.names[node] = step.line.args[0]
    if not again.equal(stated, step.before):
        return False
    if not step.place:
        return same(step.before, step.after)
    table = [(cast(Deriv, r.args[0]), r.args[-1]) for r in step.place]
    arena = again.arena()
    term = to_term(arena, put_in(step.before, table, []), again.net.functions)
    fired = tidy(arena, term, Knowledge({}))
    return again.equal(to_expr(fired[-1].after if fired else term), step.after)


def _layers(again: Replay, step: Step) -> bool:
    layers = again.whole()
    return again.equal(bounded(layers.stated(next(iter(layers))), again.implied), step.line.args[-1])


def _name(again: Replay, step: Step) -> bool:
    return again.named(cast(Ref, step.after), step.before)


def _second(again: Replay, step: Step) -> bool:
    return any(again.equal(line.args[-1], step.after) for line in again.was_shown(step.before))


def _fold(again: Replay, step: Step) -> bool:
    line = step.place[0]
    return again.equal(folded(again.net, Equation(cast(Ref, line.args[0]), line.args[-1]), step.before), step.after)


def _given(again: Replay, step: Step) -> bool:
    arena = again.arena()
    new, _ = put_given(arena, again.net, to_term(arena, step.before, again.net.functions))
    fired = tidy(arena, new, Knowledge({}))
    return again.equal(to_expr(fired[-1].after if fired else new), step.after)


def _truncated(again: Replay, step: Step) -> bool:
    """The truncated backward pass made again."""
    from workings.derive.cut_short import statements

    assert again.derivation.net is not None
    lines, name, value, _ = statements(again.derivation.net, step.says["of"], step.says["wrt"], step.says["steps"])
    shown = (*step.lines, step.line)
    made = (*lines, equal(name, value))
    return len(made) == len(shown) and all(same(a, b) for a, b in zip(made, shown, strict=True))


_TIDY = {rule.name: rule for rule in RULES}
_RULES: dict[str, Callable[[Replay, Step], bool]] = {
    "equation": _equation, "chain rule": _chain, "multivariate chain rule": _chain, "itself": _nothing,
    "independent": _nothing, "local": _stage, "again": _again, "recognised": _recognised,
    "error signal": _stage, "name the parts": _name_parts, "substitute": _put, "simplify": _simplify,
    "put back": _put_back,
    "adjoint": _adjoint, "layers": _layers, "first derivative": _stage, "name the first derivative": _name,
    "second derivative": _second, "folded": _fold, "given": _given, **replay_time.RULES,
    **replay_taylor.RULES, "truncated": _truncated,
}
