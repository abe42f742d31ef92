"""A graph as DOT, the language of Graphviz: for those who lay networks out with tools of their own."""

from __future__ import annotations

from workings.expr import Expr
from workings.figures.activations import act_label, op_label
from workings.figures.describe import size_words, title
from workings.figures.network_layout import columns
from workings.figures.unrolled import unrolled
from workings.forms.graphs import Edge, Graph, Loss, Neuron, Operation
from workings.notation import plain

LOOK = ["rankdir=LR", 'node [shape=circle, fontname="serif"]', 'edge [fontname="serif"]']


def dot(graph: Graph) -> str:
    """The graph as a `digraph`: a node for each input, neuron, operation and error, weights on the connections.

    >>> from workings.expr import Equation, Network, Ref
    >>> from workings.forms.neurons import graph
    >>> print(dot(graph(Network((Equation(Ref("y"), Ref("x")),)))).splitlines()[5])
      "node y" [label="y\\nlinear\\nbias 0", style=filled, fillcolor="#f1efe6", tooltip="neuron"];
    """
    if graph.unroll:
        graph = unrolled(graph).graph
    shared = {place for s in graph.shared for place in s.places}
    names = {name: plain(ref) for name, ref in graph.refs().items()}
    lines = [f"digraph network {{  // {title(graph)}", *(f"  {item};" for item in LOOK)]
    sizes = {name: f"\n{size_words(axes)}" for name, axes in graph.sizes.items()}
    lines += [f"  {_id('node', name)} [label={_text(plain(ref) + sizes.get(name, ''))}, tooltip=\"input\"];"
              for name, ref in graph.inputs]
    lines += [f"  {_node(node, names, sizes.get(node.id, ''))}" for node in graph.nodes]
    lines += [f"  {{ rank=same; {'; '.join(_id('node', n) for n in column)}; }}" for column in columns(graph)]
    lines += [f"  {_edge(n.id, e, (n.id, e.source) in shared)}" for n in graph.neurons for e in n.edges]
    lines += [f"  {_id('node', s)} -> {_id('node', o.id)};" for o in graph.operations for s in o.sources if s in names]
    lines += _outputs(graph)
    lines += [f"  {line}" for number, term in enumerate(graph.loss, 1) for line in _loss(number, term, names)]
    return "\n".join([*lines, "}", ""])


def _node(node: Neuron | Operation, names: dict[str, str], size: str) -> str:
    if isinstance(node, Operation):
        sign = _words(op_label(node))
        label = f"{sign}\n{plain(node.out)}" if node.out is not None else sign
        return f'{_id("node", node.id)} [label={_text(label + size)}, shape=box, tooltip="operation"];'
    label = "\n".join((names[node.id], _words(act_label(node)), f"bias {plain(node.bias)}")) + size
    return (
        f'{_id("node", node.id)} [label={_text(label)}, style=filled, fillcolor="#f1efe6", tooltip="neuron"];'
    )


def _edge(target: str, edge: Edge, shared: bool) -> str:
    over = f" for each {', '.join(edge.over)}" if edge.over else ""
    looks = [f"label={_text(plain(edge.weight) + over)}"]
    if edge.lag is not None:
        looks += [f"taillabel={_text(plain(edge.lag))}", "style=dotted", "constraint=false"]
    if shared:
        looks += ['style="bold,dashed"', 'tooltip="shared"']
    return f"{_id('node', edge.source)} -> {_id('node', target)} [{', '.join(looks)}];"


def _outputs(graph: Graph) -> list[str]:
    """An arrow out of each output that no error takes up."""
    taken = {s for term in graph.loss for s in term.sources}
    free = [(name, node) for name, node in graph.outputs.items() if node not in taken]
    return [
        line for name, node in free for line in (
            f"  {_id('out', name)} [shape=none, label=\"\", width=0, height=0];",
            f"  {_id('node', node)} -> {_id('out', name)};",
        )
    ]


def _loss(number: int, term: Loss, names: dict[str, str]) -> list[str]:
    own = _id("error", str(number))
    label = f"{plain(term.out)} = {plain(term.formula)}"
    lines = [f'{own} [label={_text(label)}, shape=box, style="dashed,rounded", tooltip="error"];']
    lines += [f"{_id('node', s)} -> {own} [style=dashed];" for s in term.sources if s in names]
    for target in term.targets:
        lines.append(f'{_id("target", plain(target))} [label={_text(plain(target))}, style=dashed, tooltip="target"];')
        lines.append(f"{_id('target', plain(target))} -> {own} [style=dashed];")
    return lines


def _words(label: object) -> str:
    """A label in plain letters."""
    parts = label if isinstance(label, tuple) else (label,)
    return "".join(plain(p) if isinstance(p, Expr) else str(p) for p in parts)


def _id(kind: str, name: str) -> str:
    """An identifier of its own for each thing: a target may bear the name of a node."""
    return _text(f"{kind} {name}")


def _text(words: str) -> str:
    """A quoted string: quotes and backslashes escaped, lines broken in the middle."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
