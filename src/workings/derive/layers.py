"""The chain rule layer by layer: where paths are many, the derivative by each quantity gets a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workings.derive.chain import Web, kind_of
from workings.derive.graph import Edge, Graph, Node, entry
from workings.derive.ranges import bounded
from workings.derive.steps import Step, equal
from workings.derive.terms import Arena, Term
from workings.derive.tidy import Knowledge, tidy
from workings.derive.written import to_expr, to_term
from workings.expr import Add, Big, Deriv, Expr, Mul, Ref, Rel

if TYPE_CHECKING:
    from workings.derive.derivation import Work


def by_layers(work: Work, graph: Graph, whole: Web, head: Deriv, state: bool = False) -> tuple[Expr, list[Step]]:
    """The derivative and its steps, from the top down; `state`: the chain rule only, locals left as they are."""
    first, *rest = [n for n in reversed(whole.order) if n != whole.top]
    steps: list[Step] = []
    names: dict[Node, Expr] = {}
    for node in (first, *rest):
        inner: list[Step] = []
        stated, value, place = _layer(work, graph, whole, node, names, inner, state)
        here = Deriv(head.of, (entry(node),))
        says = {"of": head.of, "wrt": entry(node), "last": [entry(e.upper) for e in whole.edges[node]]}
        sides: list[Expr] = [here, stated] if state else [here, stated, value]
        if node == whole.bottom:
            steps.append(Step("adjoint", says, stated, value, equal(*sides), inner, (), place))
            return (stated if state else value), [_intro(head, steps[0]), *steps]
        name = Ref(work.names.adjoint(node.name), entry(node).indices)
        work.where.append((name, stated if state else value))
        names[node] = name
        steps.append(Step("adjoint", says, stated, value, equal(name, *sides), inner, (), place))
    raise AssertionError("a web ends at its bottom")


def _intro(head: Deriv, first: Step) -> Step:
    """The first line again, with the sentence that explains the names."""
    return Step("layers", {"of": head.of, "wrt": head.wrt[0]}, head, first.line.args[0], equal(*first.line.args[:2]))


def state_layers(work: Work, graph: Graph, whole: Web, head: Deriv) -> tuple[Expr, list[Step]]:
    """The chain rule alone, layer by layer."""
    return by_layers(work, graph, whole, head, state=True)


def _layer(
    work: Work, graph: Graph, whole: Web, node: Node, names: dict[Node, Expr], inner: list[Step], state: bool
) -> tuple[Expr, Expr, tuple[Rel, ...]]:
    """D(top, node) as the sum over those that use it, worked out, and the derivatives put in."""
    stated = bounded(layer_stated(whole, node, names), work.implied)
    if state:
        return stated, stated, ()
    place: list[Rel] = []
    worked: list[Expr] = []
    for edge in whole.edges[node]:
        kind = kind_of(whole, edge)
        mark = Deriv(entry(edge.upper), (entry(node),), kind)
        value, steps = work.local(graph, edge, kind)
        inner += steps if len(steps) < 2 else [Step(
            "local", {"of": mark.of, "wrt": mark.wrt[0]}, mark, value, equal(mark, value), steps)]
        place.append(equal(mark, value))
        worked.append(_summed(edge, names.get(edge.upper), value))
    whole_worked = bounded(worked[0] if len(worked) == 1 else Add(tuple(worked)), work.implied)
    return stated, _tidied(work, whole_worked), tuple(place)


def layer_stated(whole: Web, node: Node, names: Mapping[Node, Expr]) -> Expr:
    """The chain rule from a quantity to those that use it, whose derivatives have names."""
    stated = [
        _summed(edge, names.get(edge.upper), Deriv(entry(edge.upper), (entry(node),), kind_of(whole, edge)))
        for edge in whole.edges[node]
    ]
    return stated[0] if len(stated) == 1 else Add(tuple(stated))


def _summed(edge: Edge, above: Expr | None, factor: Expr) -> Expr:
    out = factor if above is None else Mul((above, factor))
    for bound in reversed(edge.fresh):
        out = Big("sum", bound.index, out)
    return out


def _tidied(work: Work, expr: Expr) -> Expr:
    arena = Arena()
    for name, r in work.net.ranges.items():
        arena.ranges[name] = (to_term(arena, r.lo), to_term(arena, r.hi))
    term: Term = to_term(arena, expr, work.net.functions)
    fired: list[Any] = tidy(arena, term, Knowledge({}))
    return to_expr(fired[-1].after if fired else term)
