"""The neuron graph as data: what `neurons.graph` finds and `figures.network` draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workings.expr import Equation, Expr, Ref

Z = Ref("z")                  # the letter of a nonlinearity's formula


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """A connection; `over`: the indices it is summed over; `lag`: the earlier step it comes from (`h[t-1]`)."""

    source: str
    weight: Expr
    over: tuple[str, ...] = ()
    lag: Ref | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Neuron:
    """out = act(pre), pre = bias + sum of weight * source.

    `act` is "linear", a function's name, or "" when it is `formula`, an expression in the letter `z`.
    `pre` and `out` are the names that the text gives them, where it does.
    """

    id: str
    edges: tuple[Edge, ...]
    bias: Expr
    act: str
    formula: Expr
    pre: Ref | None = None
    out: Ref | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """What is no neuron: a product of two quantities, a softmax, a function of which only the arguments are known.

    `lags`: the sources that are taken from an earlier step, by node: C is C[t-1].
    """

    id: str
    op: str
    sources: tuple[str, ...]
    formula: Expr
    out: Ref | None = None
    lags: Mapping[str, Ref] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """An error term, kept apart: its name, its formula, the nodes and targets it compares."""

    out: Ref
    formula: Expr
    sources: tuple[str, ...]
    targets: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """A parameter in several places: (neuron, source), (neuron, "") for a bias; `through`: the weights made of it."""

    name: Ref
    places: tuple[tuple[str, str], ...]
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Nodes stand after those they use; `outputs` maps a name of the text to the node that computes it.

    `sizes`: the axes of what a node stands for, where that is an array: a layer; `matrices`: those of the parameters
    on connections and of biases; `starts`: the given first values of recurrences, by node; `unroll`: how many of its
    steps are drawn side by side, 0 if it is drawn folded.
    """

    inputs: tuple[tuple[str, Ref], ...]
    nodes: tuple[Neuron | Operation, ...]
    outputs: Mapping[str, str]
    loss: tuple[Loss, ...] = ()
    shared: tuple[Shared, ...] = ()
    weights: Mapping[str, Expr] = field(default_factory=dict)       # weights that are functions of other parameters
    ranges: Mapping[str, tuple[Expr, Expr]] = field(default_factory=dict)
    spelling: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, tuple[Expr, ...]] = field(default_factory=dict)
    matrices: Mapping[str, tuple[Expr, ...]] = field(default_factory=dict)
    starts: Mapping[str, tuple[Equation, ...]] = field(default_factory=dict)
    unroll: int = 0

    def refs(self) -> dict[str, Ref]:
        """What to write for each node: its name in the text, or its own."""
        out = dict(self.inputs)
        for node in self.nodes:
            out[node.id] = node.out or Ref(node.id)
        return out

    @property
    def neurons(self) -> tuple[Neuron, ...]:
        return tuple(n for n in self.nodes if isinstance(n, Neuron))

    @property
    def operations(self) -> tuple[Operation, ...]:
        return tuple(n for n in self.nodes if isinstance(n, Operation))

    def steps(self) -> list[tuple[str, str, Ref]]:
        """(node, the node whose earlier value it takes, that value): each connection through time."""
        edges = [(n.id, e.source, e.lag) for n in self.neurons for e in n.edges if e.lag is not None]
        return edges + [(o.id, source, lag) for o in self.operations for source, lag in o.lags.items()]


def sources(node: Neuron | Operation) -> tuple[str, ...]:
    """The nodes that a node uses at the same step."""
    if isinstance(node, Operation):
        return tuple(s for s in node.sources if s not in node.lags)
    return tuple(edge.source for edge in node.edges if edge.lag is None)
