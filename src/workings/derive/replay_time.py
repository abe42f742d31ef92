"""The steps of a derivation through time done again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from workings.derive.graph import Graph, Node
from workings.derive.pieces import Cell
from workings.derive.steps import Step
from workings.derive.through_time import caps_of, put_and_tidied, step_stated
from workings.derive.written import to_term
from workings.expr import Deriv, Expr, Ref, same

if TYPE_CHECKING:
    from workings.derive.replay import Replay


def step_back(again: Replay, step: Step) -> bool:
    """The chain rule from one step to the next, where its letters run so, and its derivatives put in."""
    mark = next(e for e in (step.before, *step.line.args) if isinstance(e, Deriv))
    graph = Graph(again.net)
    top, node = (_node(graph, e) for e in (mark.of, mark.wrt[0]))
    graph.caps = caps_of(graph, top)
    graph.run(step.says["runs"], step.says["at"])
    _, stated = step_stated(graph, top, node, step.says["stop"], Cell(graph.at, graph.within), again.implied)
    if isinstance(step.before, Deriv) and same(step.before, mark) and not step.place:
        return again.equal(stated, step.after)
    table = [(cast(Deriv, r.args[0]), r.args[-1]) for r in step.place]
    if not again.equal(stated, step.before) or not all(again.stands(d, v) for d, v in table):
        return False
    return again.equal(put_and_tidied(graph, again.net.functions, stated, table), step.after)


def of_an_entry(again: Replay, step: Step) -> bool:
    """The derivative by an entry of a recurrence is its adjoint."""
    return again.stands(cast(Deriv, step.before), step.after)


def _node(graph: Graph, expr: Expr) -> Node:
    assert isinstance(expr, Ref)
    return Node(expr.name, tuple(to_term(graph.arena, i) for i in expr.indices))


RULES = {"step back": step_back, "adjoint of an entry": of_an_entry}
