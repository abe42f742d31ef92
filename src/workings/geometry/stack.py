"""A network as a short list of array operations on flat vectors, whatever it was written in.

Every node is a vector of some size, held as `size x k` numbers: k columns go through the linear operations at once
(three of them are an affine form in (s, t); k points are k columns with the constants added).

    Input     the vector of all inputs, in the order of `inputs`
    Const     numbers that depend on nothing
    Affine    operator @ node: a dense matrix, or a function such as a convolution
    Sum       factor * node + factor * node + …
    Concat    nodes one below the other
    Units     u = z where z >= 0, slope * z where z < 0; z is the node (the pre-activation)

Everything else that is piecewise linear is made of these: max(a, b) = b + relu(a - b), a clip is two relus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Array = Any                   # a NumPy array: float64, or object (int, Fraction) where floats would round


@dataclass(slots=True, eq=False)
class Operator:
    """A linear map of `columns` numbers to `rows`: `product(weights, x)`, x of shape (columns, k).

    The product is linear in the weights as well: with |weights| it bounds, with integers it is exact.
    """

    rows: int
    columns: int
    weights: Array
    product: Callable[[Array, Array], Array]
    dense: bool = False       # is `weights` the matrix itself?


@dataclass(slots=True, eq=False)
class Input:
    size: int


@dataclass(slots=True, eq=False)
class Const:
    size: int
    values: Array             # shape (size,)


@dataclass(slots=True, eq=False)
class Affine:
    """operator @ of; what is added to it stands in a `Sum` with a `Const`."""

    size: int
    of: int
    operator: Operator


@dataclass(slots=True, eq=False)
class Sum:
    size: int
    of: tuple[int, ...]
    factors: tuple[Fraction | int, ...]


@dataclass(slots=True, eq=False)
class Concat:
    size: int
    of: tuple[int, ...]


@dataclass(slots=True, eq=False)
class Units:
    """`function` is the name as written (relu, leaky, maxpool2d …); `numbers` that of each unit in the pattern."""

    size: int
    of: int
    slope: Fraction | int = 0
    function: str = "relu"
    name: str = ""            # of the quantity that they make: a1
    numbers: Array = None


Node = Input | Const | Affine | Sum | Concat | Units


@dataclass(eq=False)
class Stack:
    """Nodes in order, each of earlier ones; `output` is a vector with an entry for each of `outputs`."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    nodes: list[Node] = field(default_factory=list)
    output: int = 0

    @property
    def size(self) -> int:
        """How many units there are: the length of a pattern."""
        return sum(node.size for node in self.nodes if isinstance(node, Units))

    def layers(self) -> Iterator[tuple[int, Units]]:
        """The nodes of units in order, with their number."""
        for number, node in enumerate(self.nodes):
            if isinstance(node, Units):
                yield number, node

    def add(self, node: Node) -> int:
        """One more node; its number."""
        self.nodes.append(node)
        return len(self.nodes) - 1

    def values(self, points: Array) -> Array:
        """The outputs in floats at many points, shape (points, inputs) -> (points, outputs)."""
        import numpy as np

        x = np.asarray(points, dtype=np.float64).T
        held: list[Array] = []
        for node in self.nodes:
            held.append(_value(node, held, x))
        return held[self.output].T


def _value(node: Node, held: list[Array], x: Array) -> Array:
    import numpy as np

    if isinstance(node, Input):
        return x
    if isinstance(node, Const):
        return np.repeat(node.values.astype(np.float64)[:, None], x.shape[1], axis=1)
    if isinstance(node, Affine):
        return node.operator.product(node.operator.weights.astype(np.float64), held[node.of])
    if isinstance(node, Sum):
        return sum(float(f) * held[n] for f, n in zip(node.factors, node.of))
    if isinstance(node, Concat):
        return np.concatenate([held[n] for n in node.of])
    z = held[node.of]
    return np.where(z >= 0, z, float(node.slope) * z)
