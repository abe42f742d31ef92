"""Recurrences folded: a value that another node takes from the step before stands as a node of its own on the left.

A neuron that takes its own earlier value keeps its loop; every other h[t-1] becomes the delayed node h[t-1], into which
an arrow with the mark of the delay leads back from h[t].
"""

from __future__ import annotations

from dataclasses import replace

from workings.expr import Add, Ref
from workings.forms.graphs import Graph, Neuron, Operation
from workings.notation import plain


def folded(graph: Graph) -> tuple[Graph, dict[str, str]]:
    """The graph with delayed nodes as inputs, and the node that each of them is the earlier value of.

    >>> folded(Graph((), (), {}))[1]
    {}
    """
    steps = [step for step in graph.steps() if before(step[2])]
    taken = {source for target, source, _ in steps if target != source or _operation(graph, target)}
    if not taken:
        return graph, {}
    lags = {plain(lag): (source, lag) for _, source, lag in steps if source in taken}
    nodes = tuple(_neuron(n, taken) if isinstance(n, Neuron) else _of_operation(n) for n in graph.nodes)
    inputs = (*graph.inputs, *((name, lag) for name, (_, lag) in lags.items()))
    sizes = dict(graph.sizes)
    sizes.update({name: sizes[source] for name, (source, _) in lags.items() if source in sizes})
    shared = tuple(replace(s, places=tuple((n, _delayed(graph, n, source)) for n, source in s.places))
                   for s in graph.shared)
    new = replace(graph, inputs=inputs, nodes=nodes, sizes=sizes, shared=shared)
    return new, {name: source for name, (source, _) in lags.items()}


def before(lag: Ref) -> bool:
    """Is it the value some steps before, h[t-1], and not that of one certain step, h[T]?"""
    return any(isinstance(i, Add) for i in lag.indices)


def _operation(graph: Graph, name: str) -> bool:
    return any(o.id == name for o in graph.operations)


def _neuron(node: Neuron, taken: set[str]) -> Neuron:
    """All of its lagged connections come from delayed nodes, once some node needs that one."""
    edges = [replace(e, source=plain(e.lag), lag=None)
             if e.lag is not None and e.source in taken and before(e.lag) else e for e in node.edges]
    return replace(node, edges=tuple(edges))


def _of_operation(node: Operation) -> Operation:
    late = {s: lag for s, lag in node.lags.items() if before(lag)}
    sources = tuple(plain(late[s]) if s in late else s for s in node.sources)
    return replace(node, sources=sources, lags={s: lag for s, lag in node.lags.items() if s not in late})


def _delayed(graph: Graph, target: str, source: str) -> str:
    edges = [e for n in graph.neurons if n.id == target for e in n.edges]
    lag = next((e.lag for e in edges if e.source == source), None)
    return source if lag is None else plain(lag)
