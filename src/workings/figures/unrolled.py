"""Recurrences unrolled: the steps t-1, t, t+1 side by side between two "…", each step from its inputs upwards.

A step whose recurrent part is more than one node (LSTM, GRU) shows that part as one cell; what it hands on stands on
the arrow to the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workings.errors import BadValue, OutOfReach
from workings.expr import Add, Expr, Neg, Num, Ref, free_refs, substitute
from workings.figures.delays import before
from workings.figures.shapes import Label
from workings.forms.graphs import Edge, Graph, Neuron, Operation, sources
from workings.notation import plain

MOST_STEPS = 7
EARLIER, LATER = "… before", "… after"


@dataclass(slots=True)
class Steps:
    """The unrolled graph.  `column`: the step of each node, from 0; `handed`: what stands on an arrow between cells."""

    graph: Graph
    letter: str
    column: dict[str, int] = field(default_factory=dict)
    handed: Mapping[tuple[str, str], Label] = field(default_factory=dict)


def unrolled(graph: Graph) -> Steps:
    """The graph written out for `graph.unroll` neighbouring steps; raises `OutOfReach` where nothing recurs."""
    count = graph.unroll
    if not 1 <= count <= MOST_STEPS:
        raise BadValue(f"unroll={count}", expected=f"a number of steps from 1 to {MOST_STEPS}")
    letter = _letter(graph)
    if letter is None:
        raise OutOfReach("nothing in this network recurs", hint="a recurrence such as h[t] = tanh(w*h[t-1] + u*x[t])")
    whole, labels = _with_cells(graph, letter)
    return _Unrolling(whole, letter, count, labels).steps()


def _letter(graph: Graph) -> str | None:
    """The index that steps: t of h[t-1]."""
    for _, _, lag in graph.steps():
        for place in lag.indices:
            if isinstance(place, Add):
                return next((r.name for r in free_refs(place) if not r.indices), None)
    return None


# -- cells
def _with_cells(graph: Graph, letter: str) -> tuple[Graph, dict[str, Label]]:
    """The graph with each recurrent part of several nodes made one, and what each such cell hands on."""
    used = {n.id: set(sources(n)) for n in graph.nodes}
    lagged = [(target, source) for target, source, lag in graph.steps() if before(lag)]
    for target, source in lagged:
        used[target].add(source)
    below = {name: _reached(used, start) for name, start in used.items()}
    handed: dict[str, Label] = {}
    done: set[str] = set()
    for node in tuple(graph.nodes):
        part = [n.id for n in graph.nodes if n.id in below[node.id] and node.id in below.get(n.id, ())]
        if len(part) < 2 or done.intersection(part):
            continue
        done.update(part)
        name = f"cell{len(handed) + 1 if handed else ''}[{letter}]"
        carried = dict.fromkeys(source for target, source in lagged if source in part)
        label: list[str | Expr] = []
        for source in carried:
            label += [", ", graph.refs()[source]] if label else [graph.refs()[source]]
        handed[name] = tuple(label)
        graph = _with_cell(graph, part, name, letter)
    return graph, handed


def _with_cell(graph: Graph, part: list[str], name: str, letter: str) -> Graph:
    inside = set(part)
    known = {n.id: n for n in graph.nodes}
    outside = dict.fromkeys(s for n in part for s in sources(known[n]) if s not in inside)
    lag = next(lag for target, source, lag in graph.steps() if source in inside and target in inside and before(lag))
    bare = name.partition("[")[0]
    cell = Operation(name, "cell", (*outside, name), Ref("cell"), Ref(bare, (Ref(letter),)), {name: lag})
    nodes: list[Neuron | Operation] = []
    for node in graph.nodes:
        if node.id == part[-1]:
            nodes.append(cell)
        elif node.id not in inside:
            nodes.append(_redirected(node, inside, name))
    outputs = {out: name if n in inside else n for out, n in graph.outputs.items()}
    return replace(graph, nodes=tuple(nodes), outputs=outputs, shared=(), loss=())


def _reached(edges: Mapping[str, set[str]], start: set[str]) -> set[str]:
    out: set[str] = set()
    waiting = sorted(start)
    while waiting:
        name = waiting.pop()
        if name not in out:
            out.add(name)
            waiting += sorted(edges.get(name, ()))
    return out


def _redirected(node: Neuron | Operation, inside: set[str], name: str) -> Neuron | Operation:
    if isinstance(node, Operation):
        return replace(node, sources=tuple(name if s in inside else s for s in node.sources))
    return replace(node, edges=tuple(replace(e, source=name) if e.source in inside else e for e in node.edges))


# -- steps
class _Unrolling:
    """The copies of a graph at some steps."""

    def __init__(self, graph: Graph, letter: str, count: int, handed: Mapping[str, Label]) -> None:
        self.graph, self.letter, self.handed = graph, letter, handed
        self.offsets = list(range(-((count - 1) // 2), count - (count - 1) // 2))
        self.refs = graph.refs()
        self.timed = {n.id for n in graph.nodes} | {n for n, ref in graph.inputs if self._in_time(ref)}
        self.once = {n.id for n in graph.nodes if n.out is not None and not self._in_time(n.out)}
        self.timed -= self.once
        self.inputs: list[tuple[str, Ref]] = []
        self.nodes: list[Neuron | Operation] = []
        self.column: dict[str, int] = {}
        self.labels: dict[tuple[str, str], Label] = {}

    def steps(self) -> Steps:
        self.inputs.append((EARLIER, Ref(EARLIER)))
        self.column[EARLIER] = 0
        for number, offset in enumerate(self.offsets, 1):
            for name, ref in self.graph.inputs:
                if name in self.timed:
                    self._put(self._id(name, offset), number)
                    self.inputs.append((self._id(name, offset), self._at(ref, offset)))
            for node in self.graph.nodes:
                if node.id in self.timed:
                    copy = self._copy(node, offset)
                    self._put(copy.id, number)
                    self.nodes.append(copy)
        self._after(len(self.offsets) + 1)
        outputs = {f"{out} {o}": self._id(n, o) for out, n in self.graph.outputs.items() if n in self.timed
                   for o in self.offsets}
        outputs |= {out: n for out, n in self.graph.outputs.items() if n in self.once and n in self.column}
        sizes = {self._id(n, o): axes for n, axes in self.graph.sizes.items() if n in self.timed for o in self.offsets}
        sizes |= {n: axes for n, axes in self.graph.sizes.items() if n in self.once}
        graph = replace(self.graph, inputs=tuple(self.inputs), nodes=tuple(self.nodes), outputs=outputs, sizes=sizes,
                        shared=(), loss=(), starts={})
        return Steps(graph, self.letter, self.column, self.labels)

    def _after(self, number: int) -> None:
        """What follows the last step: the dots, and the nodes that take the last value of all."""
        carried = dict.fromkeys(s for _, s, lag in self.graph.steps() if before(lag))
        last = [Edge(self._id(s, self.offsets[-1]), self._weight(s)) for s in carried]
        self.nodes.append(Neuron(LATER, tuple(last), Num(0), "linear", Ref("z"), out=Ref(LATER)))
        self.column[LATER] = number
        for source, edge in zip(carried, last):
            if source in self.handed:
                self.labels[edge.source, LATER] = self._label(source, self.offsets[-1])
        for node in self.graph.nodes:                     # a sum over all steps is not drawn: each step shows its share
            if isinstance(node, Neuron) and node.id in self.once:
                edges = tuple(replace(e, source=LATER, lag=None) for e in node.edges if e.lag is not None)
                if edges:
                    self.nodes.append(replace(node, edges=edges))
                    self.column[node.id] = number + 1

    def _weight(self, source: str) -> Expr:
        """The weight with which the next step takes a value."""
        edges = [e for n in self.graph.neurons for e in n.edges if e.source == source and e.lag is not None]
        return edges[0].weight if edges else Num(1)

    def _copy(self, node: Neuron | Operation, offset: int) -> Neuron | Operation:
        name = self._id(node.id, offset)
        own = node.out
        if own is None and isinstance(node, Neuron):          # h1 of the picture, at each step
            own = Ref(node.id, (Ref(self.letter),))
        out = None if own is None else self._at(own, offset)
        if isinstance(node, Operation):
            operands = tuple(self._source(s, node.lags.get(s), offset, name) for s in node.sources)
            return replace(node, id=name, sources=operands, formula=self._moved(node.formula, offset), out=out, lags={})
        edges = tuple(Edge(self._source(e.source, e.lag, offset, name), self._moved(e.weight, offset), e.over)
                      for e in node.edges)
        pre = None if node.pre is None else self._at(node.pre, offset)
        return replace(node, id=name, edges=edges, bias=self._moved(node.bias, offset), out=out, pre=pre)

    def _source(self, source: str, lag: Ref | None, offset: int, target: str) -> str:
        if lag is None:
            return self._id(source, offset)
        first = offset == self.offsets[0]
        found = EARLIER if first else self._id(source, offset - 1)
        if source in self.handed:
            self.labels[found, target] = self._label(source, offset - 1)
        return found

    def _label(self, source: str, offset: int) -> Label:
        handed = self.handed[source]
        parts = handed if isinstance(handed, tuple) else (handed,)
        return tuple(self._moved(p, offset) if isinstance(p, Expr) else p for p in parts)

    def _put(self, name: str, number: int) -> None:
        self.column[name] = number

    def _in_time(self, ref: Ref) -> bool:
        return any(r.name == self.letter for i in ref.indices for r in free_refs(i))

    def _id(self, name: str, offset: int) -> str:
        if name not in self.timed:
            return name
        ref = self.refs[name]
        return plain(self._at(ref, offset)) if self._in_time(ref) else f"{name} {offset}"

    def _at(self, ref: Ref, offset: int) -> Ref:
        found = self._moved(ref, offset)
        assert isinstance(found, Ref)
        return found

    def _moved(self, expr: Expr, offset: int) -> Expr:
        if not offset:
            return expr
        step = Num(offset) if offset > 0 else Neg(Num(-offset))
        return substitute(expr, {self.letter: Add((Ref(self.letter), step))})
