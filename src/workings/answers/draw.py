"""What a drawing says: the graph as JSON, and the picture with its table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workings.document import Block, Inline, Line, Math, Paragraph, Picture, Table
from workings.expr import Expr, Ref, Rel
from workings.figures import Measure
from workings.figures.activations import act_label, op_word
from workings.figures.describe import describe, recurrences, size_words, title
from workings.figures.network import network_figure
from workings.forms.affine import plus
from workings.figures.network_layout import columns
from workings.forms.graphs import Edge, Graph, Neuron, Operation, sources
from workings.notation import plain

Axes = tuple[Expr, ...]
MANY = 6                      # connections into a neuron above which its weights stand in a table of their own
DRAWN = 300                   # nodes above which a network is counted, not drawn


def as_dict(graph: Graph) -> dict[str, Any]:
    """The `draw` object of INTERFACE.md; beside it the error, the shared parameters and the weights made of others.

    >>> from workings.expr import Equation, Network, Ref
    >>> from workings.forms.neurons import graph
    >>> as_dict(graph(Network((Equation(Ref("y"), Ref("x")),))))["neurons"]
    [{'id': 'y', 'in': {'x': '1'}, 'bias': '0', 'act': 'linear', 'out': 'y'}]
    """
    out: dict[str, Any] = {
        "inputs": [name for name, _ in graph.inputs],
        "neurons": [_neuron(n) for n in graph.neurons],
        "operations": [_operation(n) for n in graph.operations],
        "outputs": dict(graph.outputs),
    }
    if graph.loss:
        out["loss"] = [
            {"name": plain(term.out), "value": plain(term.formula), "in": list(term.sources),
             "targets": [plain(t) for t in term.targets]}
            for term in graph.loss
        ]
    if graph.shared:
        out["shared"] = [
            {"weight": plain(s.name), "times": len(s.places), "at": [list(p) for p in s.places],
             "through": list(s.through)}
            for s in graph.shared
        ]
    if graph.sizes:
        out["layers"] = [{"id": name, "size": list(map(plain, axes))} for name, axes in graph.sizes.items()]
        out["matrices"] = {name: list(map(plain, axes)) for name, axes in graph.matrices.items()}
    if graph.steps():
        out["recurrences"] = [
            {"into": target, "of": source, "from": plain(lag),
             "given": [f"{plain(e.lhs)} = {plain(e.rhs)}" for e in graph.starts.get(source, ())]}
            for target, source, lag in graph.steps()
        ]
    if graph.weights:
        out["weights"] = {name: plain(value) for name, value in graph.weights.items()}
    return out


def _neuron(node: Neuron) -> dict[str, Any]:
    weights: dict[str, Expr] = {}
    for edge in node.edges:                  # two connections from one node count as one, from two entries as two
        other = edge.lag is not None and edge.source in weights
        source = plain(edge.lag) if other and edge.lag is not None else edge.source
        before = weights.get(source)
        weights[source] = edge.weight if before is None else plus([before, edge.weight])
    out: dict[str, Any] = {
        "id": node.id,
        "in": {source: plain(weight) for source, weight in weights.items()},
        "bias": plain(node.bias),
        "act": node.act or plain(node.formula),
    }
    if node.pre is not None:
        out["pre"] = plain(node.pre)
    if node.out is not None:
        out["out"] = plain(node.out)
    summed = {e.source: list(e.over) for e in node.edges if e.over}
    steps = {e.source: plain(e.lag) for e in node.edges if e.lag is not None}
    return out | ({"over": summed} if summed else {}) | ({"from": steps} if steps else {})


def _operation(node: Operation) -> dict[str, Any]:
    out = {"id": node.id, "op": node.op, "in": list(node.sources), "out": node.id}
    return out | ({"from": {s: plain(lag) for s, lag in node.lags.items()}} if node.lags else {})


# --- the page ---


def blocks(graph: Graph, measure: Measure | None = None) -> tuple[Block, ...]:
    """The picture, and the table of its neurons: the same facts for eyes and for ears.

    >>> from workings.expr import Equation, Network, Ref
    >>> from workings.forms.neurons import graph
    >>> [type(b).__name__ for b in blocks(graph(Network((Equation(Ref("y"), Ref("x")),))))]
    ['Picture', 'Table']
    """
    if len(graph.nodes) > DRAWN:
        return _summary(graph)
    picture = Picture(network_figure(graph, measure), (f"{title(graph)}.",), describe(graph), "network")
    found: list[Block] = [picture, _table(graph), *_matrices(graph)]
    if graph.operations:
        found.append(_operations(graph))
    return (*found, *(Paragraph(line) for line in _remarks(graph)))


def _summary(graph: Graph) -> tuple[Block, ...]:
    """A network too large to be looked at: its layers."""
    rows: list[tuple[Line, ...]] = []
    known = {n.id: n for n in graph.nodes}
    for depth, names in enumerate(columns(graph)):
        nodes = [known[name] for name in names if name in known]
        acts = dict.fromkeys(_act(n) for n in nodes)
        edges = sum(len(sources(n)) for n in nodes)
        rows.append(((str(depth),), (str(len(names)),), (", ".join(acts) or "inputs",), (str(edges),)))
    said = f"{title(graph)}: more than the {DRAWN} that a picture can show."
    head: tuple[Line, ...] = (("layer",), ("nodes",), ("nonlinearity",), ("connections in",))
    return Paragraph((said,)), Table(head, tuple(rows))


def _act(node: Neuron | Operation) -> str:
    return (node.act or plain(node.formula)) if isinstance(node, Neuron) else op_word(node)


def _table(graph: Graph) -> Table:
    head: tuple[Line, ...] = (("neuron",), ("pre-activation",), ("bias",), ("nonlinearity",), ("weights in",))
    named = any(n.pre is not None for n in graph.neurons)
    refs = graph.refs()
    rows = [_row(refs, n, graph.matrices) for n in graph.neurons]
    if not named:                            # a column of dashes says nothing
        head, rows = (head[0], *head[2:]), [(r[0], *r[2:]) for r in rows]
    if graph.sizes:
        head = (head[0], ("size",), *head[1:])
        rows = [(r[0], (_size(graph, n.id),), *r[1:]) for r, n in zip(rows, graph.neurons)]
    return Table(head, tuple(rows))


def _size(graph: Graph, name: str) -> str:
    return size_words(graph.sizes[name]) if name in graph.sizes else "1"


def _matrices(graph: Graph) -> list[Table]:
    """The weights between two layers that have many connections: a row a neuron, a column a source."""
    refs = graph.refs()
    known = {n.id: n for n in graph.neurons}
    out: list[Table] = []
    for names in columns(graph):
        neurons = [known[name] for name in names if name in known and _many(known[name])]
        heads = list(dict.fromkeys(e.source for n in neurons for e in n.edges))
        rows = [((Math(refs[n.id]),), *(_cell(n, source) for source in heads)) for n in neurons]
        if neurons:
            head: tuple[Line, ...] = (("into",), *(("from ", Math(refs[source])) for source in heads))
            out.append(Table(head, tuple(rows), ("The weights of the connections.",)))
    return out


def _many(node: Neuron) -> bool:
    """Are its weights read more easily in a table?"""
    plain_edges = all(e.lag is None and not e.over for e in node.edges)
    return plain_edges and len({e.source for e in node.edges}) == len(node.edges) > MANY


def _cell(node: Neuron, source: str) -> Line:
    return next(((Math(e.weight),) for e in node.edges if e.source == source), ("–",))


def _row(refs: dict[str, Ref], node: Neuron, matrices: Mapping[str, Axes]) -> tuple[Line, ...]:
    weights: list[list[Inline]] = [_incoming(refs, edge, matrices) for edge in node.edges]
    if _many(node):
        weights = [[f"{len(weights)}, in the table of weights"]]
    return (
        (Math(refs[node.id]),),
        (Math(node.pre),) if node.pre is not None else ("–",),
        (Math(node.bias),),
        _nonlinearity(node),
        tuple(_joined(weights)),
    )


def _nonlinearity(node: Neuron) -> Line:
    label = act_label(node)
    return (label,) if isinstance(label, str) else (Math(node.formula), " of its pre-activation ", Math(Ref("z")))


def _incoming(refs: dict[str, Ref], edge: Edge, matrices: Mapping[str, Axes]) -> list[Inline]:
    source = edge.lag if edge.lag is not None else refs[edge.source]
    over: list[Inline] = [" for each ", *_refs([Ref(i) for i in edge.over])] if edge.over else []
    axes = matrices.get(plain(edge.weight), ())
    size: list[Inline] = [f" ({size_words(axes)})"] if len(axes) > 1 else []
    return [Math(source), ": ", Math(edge.weight), *size, *over]


def _joined(parts: list[list[Inline]]) -> list[Inline]:
    return [item for i, part in enumerate(parts) for item in ([", ", *part] if i else part)]


def _refs(refs: list[Ref]) -> list[Inline]:
    return _joined([[Math(ref)] for ref in refs])


def _operations(graph: Graph) -> Table:
    refs = graph.refs()
    rows: list[tuple[Line, ...]] = [
        ((Math(refs[o.id]),), (op_word(o),), tuple(_refs([o.lags.get(s, refs[s]) for s in o.sources if s in refs])))
        for o in graph.operations
    ]
    return Table((("operation",), ("what",), ("of",)), tuple(rows), ("No neurons: functions of several quantities.",))


def _remarks(graph: Graph) -> list[Line]:
    """What is said beside the picture: shared parameters, weights made of others, the error."""
    lines: list[Line] = []
    for s in graph.shared:
        many = f"{len(s.places)} places"
        through: list[Inline] = [", through ", *_refs([Ref(name) for name in s.through])] if s.through else []
        lines.append((Math(s.name), f" is shared: it stands in {many}", *through, "."))
    lines += [(f"{sentence}.",) for sentence in recurrences(graph)]
    for name, value in graph.weights.items():
        lines.append((Math(Rel((Ref(name), value), ("=",))), " is a weight: it is made of parameters only."))
    for term in graph.loss:
        formula: Expr = Rel((term.out, term.formula), ("=",))
        lines.append(("The error ", Math(formula), " is no part of the network; it is drawn apart, dashed."))
    return lines
