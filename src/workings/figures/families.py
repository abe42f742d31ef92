"""Families written out for a drawing: first, second, ⋮ and last of a layer of d units; constants as units.

The graph itself keeps a family as one node; only the picture shows several.  Where an index cannot be followed
through a connection, the family stays one node that stands for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from workings.expr import Add, Expr, Num, Ref, free_refs, substitute
from workings.figures.delays import folded
from workings.figures.shapes import Label
from workings.forms.affine import coefficients
from workings.forms.graphs import Edge, Graph, Loss, Neuron
from workings.notation import plain

Values = tuple[Expr, ...]


@dataclass(slots=True)
class Drawn:
    """The graph as it is drawn.  `dots`: what stands for the units left out, and the unit after which it stands."""

    graph: Graph
    dots: dict[str, str] = field(default_factory=dict)
    captions: dict[str, Label] = field(default_factory=dict)
    alone: tuple[str, ...] = ()   # the units of families: each stands for itself only
    notes: list[Label] = field(default_factory=list)
    delays: dict[str, str] = field(default_factory=dict)      # a delayed node: whose earlier value it is


def drawn(graph: Graph) -> Drawn:
    """The graph with its families in columns and its constants as units."""
    graph, captions = _with_constants(graph)
    graph, delays = folded(graph)
    members = {} if delays else _members(graph)
    if not members or any(place in members for s in graph.shared for pair in s.places for place in pair):
        return Drawn(graph, captions=captions, delays=delays)
    unrolled = _Unrolled(graph, members)
    found = unrolled.drawn()
    return Drawn(graph, captions=captions, delays=delays) if found is None else replace(found, captions=captions)


# --- constants ---


def _with_constants(graph: Graph) -> tuple[Graph, dict[str, Label]]:
    """A name with a number, x0 = 1, that biases weigh is a unit: w0*x0 stands on a connection."""
    units = [name for name, value in graph.weights.items() if isinstance(value, Num) and _weighed(graph, name)]
    if not units:
        return graph, {}
    nodes = tuple(_off_bias(n, units) if isinstance(n, Neuron) else n for n in graph.nodes)
    inputs = (*((name, Ref(name)) for name in units), *graph.inputs)
    weights = {name: value for name, value in graph.weights.items() if name not in units}
    shared = tuple(s for s in graph.shared if s.name.name not in units)
    captions: dict[str, Label] = {name: ("= ", graph.weights[name]) for name in units}
    return replace(graph, inputs=inputs, nodes=nodes, weights=weights, shared=shared), captions


def _weighed(graph: Graph, name: str) -> bool:
    """Does it stand in biases only, and there with a weight that is no number?"""
    if any(r.name == name for n in graph.neurons for e in n.edges for r in free_refs(e.weight)):
        return False
    biases = [n.bias for n in graph.neurons if any(r.name == name for r in free_refs(n.bias))]
    forms = [coefficients(bias, [(name, 0)]) for bias in biases]
    return bool(forms) and all(f is not None and (name, 0) in f.of and free_refs(f.of[name, 0]) for f in forms)


def _off_bias(node: Neuron, units: list[str]) -> Neuron:
    form = coefficients(node.bias, [(name, 0) for name in units])
    assert form is not None
    edges = tuple(Edge(name, form.of[name, 0]) for name in units if (name, 0) in form.of)
    return replace(node, edges=(*edges, *node.edges), bias=form.const)


# --- families ---


def _members(graph: Graph) -> dict[str, tuple[str, Values]]:
    """For each family that is written out: its index and the values of it that are drawn."""
    summed = {(e.source, index) for n in graph.neurons for e in n.edges for index in e.over}
    chosen: dict[str, str] = {}
    own = {name: _own(ref, graph) for name, ref in graph.refs().items()}
    for name, indices in own.items():
        node = next((n for n in graph.neurons if n.id == name), None)
        known = {r.name for e in (node.edges if node else ()) for r in _indices(e.weight)}
        known |= {r.name for r in _indices(node.bias)} if node else set()
        found = [i for i in indices if ((name, i) in summed if node is None else i in known)]
        if len(found) == 1:
            chosen[name] = found[0]
    links = [(e.source, n.id) for n in graph.neurons for e in n.edges if not e.over and e.lag is None]
    grown = True
    while grown:                             # what is joined unit by unit is written out together
        joined = [(a, chosen[b]) for pair in links for a, b in (pair, pair[::-1]) if b in chosen and a not in chosen]
        grown = False
        for name, index in joined:
            if index in own.get(name, []) and name not in chosen:
                chosen[name], grown = index, True
    return {name: (index, _values(*graph.ranges[index])) for name, index in chosen.items()}


def _own(ref: Ref, graph: Graph) -> list[str]:
    return [i.name for i in ref.indices if isinstance(i, Ref) and not i.indices and i.name in graph.ranges]


def _indices(expr: Expr) -> Iterator[Ref]:
    return (r for ref in free_refs(expr) for i in ref.indices for r in free_refs(i))


def _values(low: Expr, high: Expr) -> Values:
    """The first, the second and the last; all, where there are three or fewer."""
    if isinstance(low, Num) and isinstance(high, Num) and high.value - low.value <= 2:
        return tuple(Num(low.value + k) for k in range(int(high.value - low.value) + 1))
    second = Num(low.value + 1) if isinstance(low, Num) else Add((low, Num(1)))
    return low, second, high


class _Unrolled:
    """A graph written out."""

    def __init__(self, graph: Graph, members: Mapping[str, tuple[str, Values]]) -> None:
        self.graph, self.members = graph, members

    def drawn(self) -> Drawn | None:
        """None where a connection's indices cannot be followed."""
        operands = {s for o in self.graph.operations for s in (*o.sources, o.id)}
        if any(name in self.members for name in operands):
            return None
        nodes: list[Neuron] = []
        for node in self.graph.neurons:
            copies = self._copies(node)
            if copies is None:
                return None
            nodes += copies
        known = {n.id: n for n in self.graph.operations}
        order = [c for n in self.graph.nodes for c in ([known[n.id]] if n.id in known else self._of(n.id, nodes))]
        inputs = [(self._id(n, v), self._ref(n, ref, v)) for n, ref in self.graph.inputs for v in self._all(n)]
        outputs = {self._id(out, v): self._id(n, v) for out, n in self.graph.outputs.items() for v in self._all(n)}
        loss = tuple(self._loss(term) for term in self.graph.loss)
        graph = replace(self.graph, inputs=tuple(inputs), nodes=tuple(order), outputs=outputs, loss=loss)
        alone = tuple(self._id(name, v) for name in self.members for v in self._all(name))
        return Drawn(graph, self._dots(), {}, alone, self._notes())

    def _of(self, name: str, nodes: list[Neuron]) -> list[Neuron]:
        ids = {self._id(name, v) for v in self._all(name)}
        return [n for n in nodes if n.id in ids]

    def _all(self, name: str) -> tuple[Expr | None, ...]:
        return self.members[name][1] if name in self.members else (None,)

    def _id(self, name: str, value: Expr | None) -> str:
        """`x[1]`: ordered by `natural`, numbers before letters."""
        return name if value is None else f"{name.partition('[')[0]}[{plain(value)}]"

    def _ref(self, name: str, ref: Ref, value: Expr | None) -> Ref:
        if value is None:
            return ref
        found = substitute(ref, {self.members[name][0]: value})
        assert isinstance(found, Ref)
        return found

    def _copies(self, node: Neuron) -> list[Neuron] | None:
        out = []
        for value in self._all(node.id):
            own = {} if value is None else {self.members[node.id][0]: value}
            edges = [self._edges(node, e, value, own) for e in node.edges]
            if any(e is None for e in edges):
                return None
            out.append(replace(
                node, id=self._id(node.id, value), edges=tuple(e for group in edges for e in group or ()),
                bias=substitute(node.bias, own), out=node.out and self._ref(node.id, node.out, value),
                pre=node.pre and self._ref(node.id, node.pre, value),
            ))
        return out

    def _edges(self, node: Neuron, edge: Edge, value: Expr | None, own: dict[str, Expr]) -> list[Edge] | None:
        if edge.lag is not None and (node.id in self.members or edge.source in self.members):
            return None
        if edge.source not in self.members:
            ref = self.graph.refs().get(edge.source)
            if ref is not None and any(r.name in own for i in ref.indices for r in free_refs(i)):
                return None
            return [replace(edge, weight=substitute(edge.weight, own))]
        index, values = self.members[edge.source]
        if index in edge.over or len(edge.over) == 1:
            bound = index if index in edge.over else edge.over[0]
            rest = tuple(i for i in edge.over if i != bound)
            return [Edge(self._id(edge.source, v), substitute(edge.weight, {**own, bound: v}), rest) for v in values]
        if not edge.over and value is not None and self.members[node.id][0] == index:
            return [Edge(self._id(edge.source, value), substitute(edge.weight, own))]
        return None

    def _loss(self, term: Loss) -> Loss:
        return replace(term, sources=tuple(self._id(s, v) for s in term.sources for v in self._all(s)))

    def _dots(self) -> dict[str, str]:
        """After the second of a family whose last is not the third."""
        return {
            self._id(name, values[1]): f"{name} dots" for name, (_, values) in self.members.items()
            if len(values) == 3 and plain(values[2]) != plain(_next(values[1]))
        }

    def _notes(self) -> list[Label]:
        """The range of each index, and what is summed over it."""
        used = dict.fromkeys(index for index, _ in self.members.values())
        others = dict.fromkeys(i for ref in self.graph.refs().values() for i in _own(ref, self.graph) if i not in used)
        out: list[Label] = []
        for index in used:
            low, high = self.graph.ranges[index]
            families = [self.graph.refs()[n] for n, (i, _) in self.members.items() if i == index]
            named = [part for k, ref in enumerate(families) for part in ((", " if k else ""), ref)]
            sums = [n.pre or n.out or Ref(n.id) for n in self.graph.neurons if any(index in e.over for e in n.edges)]
            over = [part for k, ref in enumerate(sums) for part in ((", " if k else "; summed over in "), ref)]
            out.append((Ref(index), " = ", low, ", …, ", high, ": ", *named, *over))
        ranges = [(index, *self.graph.ranges[index]) for index in others]
        return out + [(Ref(index), " = ", low, ", …, ", high) for index, low, high in ranges]


def _next(value: Expr) -> Expr:
    return Num(value.value + 1) if isinstance(value, Num) else Add((value, Num(1)))
