"""The steps of a derivation through time done again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from workings.derive.graph import Graph, Node
from workings.derive.jacobians import summed
from workings.derive.pieces import Cell
from workings.derive.steps import Step
from workings.derive.through_time import Stage, caps_of, put_and_tidied, step_stated
from workings.derive.unrolled import Way, build, slope_stated, with_names_out
from workings.derive.written import to_term
from workings.expr import Call, Deriv, Expr, Ref, same

if TYPE_CHECKING:
    from workings.derive.replay import Replay


def step_back(again: Replay, step: Step) -> bool:
    """The chain rule from one step to the next, where its letters run so, and its derivatives put in."""
    mark = next(e for e in (step.before, *step.line.args) if isinstance(e, Deriv))
    graph = Graph(again.net)
    top, node = (_node(graph, e) for e in (mark.of, mark.wrt[0]))
    graph.caps = caps_of(graph, top)
    graph.run(step.says["runs"], step.says["at"])
    cell = Cell(graph.at, graph.within)
    _, stated = step_stated(graph, top, node, step.says["stop"], cell, again.implied)
    if isinstance(step.before, Deriv) and same(step.before, mark) and not step.place:
        return again.equal(stated, step.after)
    table = [(cast(Deriv, r.args[0]), r.args[-1]) for r in step.place]
    if not again.equal(stated, step.before) or not all(again.stands(d, v) for d, v in table):
        return False
    return again.equal(put_and_tidied(graph, again.net.functions, stated, table, cell), step.after)


def of_an_entry(again: Replay, step: Step) -> bool:
    """The derivative by an entry of a recurrence is its adjoint."""
    value = step.after
    if isinstance(value, Call) and value.function == "where":   # 0 by an entry that comes later
        value = value.args[1]
    return again.stands(cast(Deriv, step.before), value)


def _node(graph: Graph, expr: Expr) -> Node:
    assert isinstance(expr, Ref)
    return Node(expr.name, tuple(to_term(graph.arena, i) for i in expr.indices))


def part_of_a_step(again: Replay, step: Step) -> bool:
    """The slope from one step to the next, or what is taken from a step itself."""
    says = step.says
    graph = Graph(again.net)
    top, node = _node(graph, says["of"]), _node(graph, says["wrt"])
    graph.caps = caps_of(graph, top)
    graph.run(says["runs"], says["at"])
    cell = Cell(graph.at, graph.within)
    whole, stated = step_stated(graph, top, node, says["stop"], cell, again.implied, node.key)
    if says["mark"] is not None:
        slope = slope_stated(Stage(node, cell, whole, stated), node.key, matrix=True)
        stated = step.before if slope is None else slope
    elif not again.equal(stated, step.before):
        return False
    table = [(cast(Deriv, r.args[0]), r.args[-1]) for r in step.place]
    return all(again.stands(d, v) for d, v in table) and again.equal(
        put_and_tidied(graph, again.net.functions, stated, table, cell), step.after)


def unrolled(again: Replay, step: Step) -> bool:
    """The sum of products built again from the slope and from what each step is given."""
    slope, general, *special = step.inner
    way = cast(Way, step.says["way"])
    arena = again.arena()
    for attribute, side in (("before", step.before), ("after", step.after)):
        parts = [getattr(s, attribute) for s in (slope, general, *special)]
        made = way._replace(slope=parts[0], direct=parts[1], at_last=parts[2] if special else None)
        if not again.equal(build(arena, made, step.says["letters"]), side):
            return False
    return True


def by_jacobians(again: Replay, step: Step) -> bool:
    """The sum of Jacobians built again from what each step is given."""
    _, *directs = step.inner
    return all(again.equal(summed(again.arena(), step.says["steps"], *(getattr(d, side) for d in directs)), whole)
               for side, whole in (("before", step.before), ("after", step.after)))


def put_unrolled(again: Replay, step: Step) -> bool:
    """Names replaced by what they stand for."""
    known = [(cast(Ref, r.args[0]), r.args[-1]) for r in step.place]
    return all(again.named(n, v) for n, v in known) and again.equal(with_names_out(step.before, known), step.after)


RULES = {
    "step back": step_back, "adjoint of an entry": of_an_entry, "one step on": part_of_a_step,
    "taken from a step": part_of_a_step, "unrolled": unrolled,
    "unrolled by Jacobians": by_jacobians, "sums of products": put_unrolled,
}
