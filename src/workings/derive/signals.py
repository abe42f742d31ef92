"""A derivative by error signals: delta of each pre-activation from those above it, then the gradient from these.

    delta2[i] = dE/dz2[i],  delta1[j] = dE/dz1[j] = f'(z1[j])*sum(i, w[i,j]*delta2[i]),  dE/dw[j,k] = delta1[j]*x[k]

The backpropagation formula as Bishop prints it (*Pattern Recognition and Machine Learning*, equation 5.56).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workings.derive.chain import Web, long, statement, web
from workings.derive.graph import Graph, Node, entry
from workings.derive.layers import by_layers
from workings.derive.ranges import bounded
from workings.derive.steps import Step, equal
from workings.expr import Deriv, Expr, Key, Ref, preorder, same

if TYPE_CHECKING:
    from workings.derive.derivation import Work


def by_stages(work: Work, graph: Graph, whole: Web, head: Deriv) -> tuple[Expr, list[Step]] | None:
    """By the error signals where they are asked for, else layer by layer where there are many paths."""
    found = by_signals(work, graph, whole, head) if work.names.signals else None
    return found if found is not None or not long(whole) else by_layers(work, graph, whole, head)


def by_signals(work: Work, graph: Graph, whole: Web, head: Deriv) -> tuple[Expr, list[Step]] | None:
    """The derivative and its steps; None where no pre-activation lies between, or too many paths between two."""
    keys = [n.key for n in reversed(whole.order) if n not in (whole.top, whole.bottom)]
    names = {key: work.names.signals[key[0]] for key in keys if key[0] in work.names.signals}
    stages = [n for n in reversed(whole.order) if n != whole.top and (n.key in names or n == whole.bottom)]
    webs = [web(graph, whole.top, n, [k for k in names if k != n.key]) for n in stages]
    if not names or any(map(long, webs)):
        return None
    steps: list[Step] = []
    done: list[Key] = []
    for node, part in zip(stages, webs, strict=True):
        if node.key in done:
            continue
        done.append(node.key)
        value, inner = _stage(work, graph, part, node, head, names)
        if node == whole.bottom:
            return value, [*steps, *inner]
        name = Ref(names[node.key], entry(node).indices)
        work.where.append((name, value))
        mark = Deriv(head.of, (entry(node),))
        says = {"of": head.of, "wrt": entry(node), "name": name}
        steps.append(Step("error signal", says, mark, value, equal(name, mark, value), inner))
    raise AssertionError("a web ends at its bottom")


def _stage(
    work: Work, graph: Graph, part: Web, node: Node, head: Deriv, names: dict[Key, str]
) -> tuple[Expr, list[Step]]:
    """The chain rule from one pre-activation to those above it, worked out."""
    cut = tuple(k for k in names if k != node.key)
    mark = Deriv(head.of, (entry(node),))
    edges = [e for es in part.edges.values() for e in es]
    if len(edges) == 1 and edges[0].upper == part.top and not edges[0].fresh:
        return work.local(graph, edges[0], "d")
    stated = bounded(statement(graph, part, cut), work.implied)
    steps = [work.chain_step(mark, stated, part, cut)]
    table = work.locals(graph, part, stated, (), steps, _known(stated, head, names, cut))
    return work.finish(graph, mark, stated, table, steps, {})


def _known(
    stated: Expr, head: Deriv, names: dict[Key, str], cut: tuple[Key, ...]
) -> list[tuple[Deriv, Expr]]:
    """The derivatives by pre-activations in a statement, by name."""
    out: list[tuple[Deriv, Expr]] = []
    for n in preorder(stated):
        if isinstance(n, Deriv) and n.kind == "d" and same(n.of, head.of) and isinstance(n.wrt[0], Ref) and (
                n.wrt[0].key in cut):
            out.append((n, Ref(names[n.wrt[0].key], n.wrt[0].indices)))
    return out
