"""The neuron graph as data: what `neurons.graph` finds and `figures.network` draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workings.expr import Expr, Ref

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
    """What is no neuron: a product of two quantities, a softmax, a function of which only the arguments are known."""

    id: str
    op: str
    sources: tuple[str, ...]
    formula: Expr
    out: Ref | None = None


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
    """Nodes stand after those they use; `outputs` maps a name of the text to the node that computes it."""

    inputs: tuple[tuple[str, Ref], ...]
    nodes: tuple[Neuron | Operation, ...]
    outputs: Mapping[str, str]
    loss: tuple[Loss, ...] = ()
    shared: tuple[Shared, ...] = ()
    weights: Mapping[str, Expr] = field(default_factory=dict)       # weights that are functions of other parameters
    ranges: Mapping[str, tuple[Expr, Expr]] = field(default_factory=dict)
    spelling: Mapping[str, str] = field(default_factory=dict)

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


def sources(node: Neuron | Operation) -> tuple[str, ...]:
    """The nodes that a node uses at the same step."""
    if isinstance(node, Operation):
        return node.sources
    return tuple(edge.source for edge in node.edges if edge.lag is None)
