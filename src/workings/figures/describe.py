"""A network in sentences: what a screen reader speaks, and what stands in place of the picture."""

from __future__ import annotations

from workings.figures.activations import act_label, op_word
from workings.forms.graphs import Edge, Graph, Loss, Neuron, Operation, Shared
from workings.expr import Expr, Ref
from workings.notation import plain


def title(graph: Graph) -> str:
    """The network in one line."""
    layers = sum(n.id in graph.sizes for n in graph.neurons)
    counts = [_count(len(graph.inputs), "input")]
    counts += [_count(layers, "layer")] if layers else []
    counts += [_count(len(graph.neurons) - layers, "neuron")] if layers < len(graph.neurons) or not layers else []
    if graph.operations:
        counts.append(_count(len(graph.operations), "operation"))
    steps = f", {_count(graph.unroll, 'step')} of it" if graph.unroll else ""
    return f"Network with {_listed(counts)}{steps}"


def describe(graph: Graph) -> str:
    """The whole network, node by node."""
    names = {name: plain(ref) for name, ref in graph.refs().items()}
    edges = sum(len(n.edges) for n in graph.neurons)
    said = [f"{title(graph)}; {_count(edges, 'weighted connection')}."]
    said.append(f"Inputs: {_listed([_sized(name, ref, graph) for name, ref in graph.inputs])}.")
    said += [f"{node_title(node, names, graph)}." for node in graph.nodes]
    said += [f"{sentence}." for sentence in recurrences(graph)]
    said += [f"{name}, defined as {plain(value)}, is a weight." for name, value in graph.weights.items()]
    said += [shared_title(s, names) + "." for s in graph.shared]
    said += [loss_title(term, names) + "." for term in graph.loss]
    return " ".join(said)


def _sized(name: str, ref: Ref, graph: Graph) -> str:
    axes = graph.sizes.get(name, ())
    return f"{plain(ref)} ({size_words(axes)})" if axes else plain(ref)


def size_words(axes: tuple[Expr, ...]) -> str:
    """The size of an array: m units, n × k."""
    if len(axes) == 1:
        return f"{plain(axes[0])} unit{'' if plain(axes[0]) == '1' else 's'}"
    return " × ".join(map(plain, axes))


def recurrences(graph: Graph) -> list[str]:
    """Which values are taken from an earlier step, and what the first ones are."""
    out = []
    for source, lag in {source: lag for _, source, lag in graph.steps()}.items():
        first = [f"{plain(e.lhs)} = {plain(e.rhs)}" for e in graph.starts.get(source, ())]
        given = f"; given: {', '.join(first)}" if first else ""
        out.append(f"Recurrence: {plain(lag)} is an earlier value of {plain(graph.refs()[source])}{given}")
    return out


def node_title(node: Neuron | Operation, names: dict[str, str], graph: Graph) -> str:
    """One node: "Neuron a3: pre-activation z3, bias 0, tanh; from x1 with weight w13"."""
    name = names[node.id]
    axes = graph.sizes.get(node.id, ())
    size = f" of {size_words(axes)}" if axes else ""
    if isinstance(node, Operation):
        of = [plain(node.lags[s]) if s in node.lags else names.get(s, s) for s in node.sources]
        return f"Operation {name}{f', {size_words(axes)}' if axes else ''}: {op_word(node)} of {_listed(of)}"
    pre = f"pre-activation {plain(node.pre)}, " if node.pre is not None else ""
    act = act_label(node)
    says = f"nonlinearity {act if isinstance(act, str) else plain(node.formula)}"
    sources = [_from(edge, names) for edge in node.edges]
    noun = "layer" if axes else "neuron"
    kind = f"Linear {noun}" if node.act == "linear" else noun.capitalize()
    name += size
    middle = f"{pre}bias {plain(node.bias)}" + ("" if node.act == "linear" else f", {says}")
    return f"{kind} {name}: {middle}; from {_listed(sources)}" if sources else f"{kind} {name}: {middle}"


def _from(edge: Edge, names: dict[str, str]) -> str:
    source = plain(edge.lag) if edge.lag is not None else names.get(edge.source, edge.source)
    over = f", summed over {', '.join(edge.over)}" if edge.over else ""
    return f"{source} with weight {plain(edge.weight)}{over}"


def edge_title(edge: Edge, target: str, names: dict[str, str]) -> str:
    """One connection."""
    source = plain(edge.lag) if edge.lag is not None else names.get(edge.source, edge.source)
    return f"from {source} to {names[target]}, weight {plain(edge.weight)}"


def shared_title(shared: Shared, names: dict[str, str]) -> str:
    """Where a parameter stands more than once."""
    through = f" through {_listed(list(shared.through))}" if shared.through else ""
    biases = sum(1 for _, source in shared.places if not source)
    edges = len(shared.places) - biases
    where = [_count(n, what) for n, what in ((edges, "connection"), (biases, "bias")) if n]
    return f"{plain(shared.name)} is shared{through}: it stands on {_listed(where)}"


def loss_title(term: Loss, names: dict[str, str]) -> str:
    """An error, kept apart."""
    compared = [names.get(s, s) for s in term.sources] + [f"the target {plain(t)}" for t in term.targets]
    return f"Apart from the network, the error {plain(term.out)} = {plain(term.formula)} compares {_listed(compared)}"


def _count(many: int, what: str) -> str:
    plural = what + ("es" if what.endswith("s") else "s")
    return f"{many} {what if many == 1 else plural}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else "none"
