"""Two networks on the same inputs: their difference as one network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from workings.errors import BadValue
from workings.geometry.data import Point
from workings.geometry.measure import Extreme, extreme
from workings.geometry.mesh import Mesh
from workings.geometry.plane import Plane
from workings.geometry.space.extent import Flat
from workings.geometry.stack import Affine, Concat, Const, Input, Node, Stack, Sum, Units


@dataclass(frozen=True, slots=True)
class Agreement:
    """The largest difference of two networks over a domain, exactly: of which output, at which point.

    `first`, `second`: what each network gives there.
    """

    largest: Fraction
    output: str
    at: Point
    first: Fraction
    second: Fraction

    @property
    def same(self) -> bool:
        """Do they agree everywhere on the domain?"""
        return not self.largest


def difference(first: Stack, second: Stack) -> Stack:
    """The outputs of one network less those of another; raises `BadValue` where inputs or outputs do not fit.

    >>> from workings.functions import signatures
    >>> from workings.geometry.stacking import stack
    >>> from workings.syntax import read
    >>> a, b = (stack(read(text, signatures())) for text in ("y = max(x1, x2)", "y = x2 + relu(x1 - x2)"))
    >>> difference(a, b).values([[1, 2], [2, 1]]).tolist()
    [[0.0], [0.0]]
    """
    if len(first.inputs) != len(second.inputs):
        raise BadValue(f"one network has {len(first.inputs)} inputs, the other {len(second.inputs)}",
                       expected="two networks with the same inputs")
    if len(first.outputs) != len(second.outputs):
        raise BadValue(f"one network has {len(first.outputs)} outputs, the other {len(second.outputs)}",
                       expected="two networks with the same outputs")
    out = Stack(first.inputs, first.outputs, list(first.nodes), first.output)
    shift, units = len(first.nodes), first.size
    for node in second.nodes[1:]:
        out.add(_moved(node, shift - 1, units))
    last = second.output + shift - 1 if second.output else 0
    size = first.nodes[first.output].size
    out.output = out.add(Sum(size, (first.output, last), (1, -1)))
    return out


def _moved(node: Node, shift: int, units: int) -> Node:
    """A node of the second network: its input is that of the first, every other node comes after those."""
    def place(number: int) -> int:
        return number + shift if number else 0

    if isinstance(node, Sum | Concat):
        return replace(node, of=tuple(map(place, node.of)))
    if isinstance(node, Units):
        return replace(node, of=place(node.of), numbers=node.numbers + units)
    return replace(node, of=place(node.of)) if isinstance(node, Affine) else node


def agreement(mesh: Mesh, first: Stack, plane: Plane | Flat, equal: bool = False) -> Agreement:
    """The largest difference over the cells of `difference`, and what the first network gives there, exactly.

    `equal`: it is known to be 0 everywhere, also where the domain has no end.
    """
    if equal:
        inner = tuple(Fraction(0) for _ in mesh.names) if not mesh.bounded else mesh.exact_point(0)
        value = exact_values(first, plane.point(inner))[0]
        return Agreement(Fraction(0), mesh.outputs[0], inner, value, value)
    best: tuple[Fraction, int, Extreme] | None = None
    for k in range(len(mesh.outputs)):
        weights = [int(i == k) for i in range(len(mesh.outputs))]
        for largest in (True, False):
            found = extreme(mesh, weights, largest)
            if best is None or abs(found.value) > best[0]:
                best = abs(found.value), k, found
    assert best is not None
    size, k, found = best
    value = exact_values(first, plane.point(found.at))[k]
    return Agreement(size, mesh.outputs[k], found.at, value, value - found.value)


def exact_values(stack: Stack, point: Sequence[Fraction]) -> list[Fraction]:
    """The outputs at one point in fractions.

    >>> from workings.functions import signatures
    >>> from workings.geometry.stacking import stack
    >>> from workings.syntax import read
    >>> exact_values(stack(read("y = relu(x1)/3 - x2", signatures())), [Fraction(1), Fraction(0)])
    [Fraction(1, 3)]
    """
    import numpy as np

    from workings.geometry.layers import fractions

    x = np.empty((len(point), 1), dtype=object)
    x[:, 0] = list(point)
    held: list[Any] = []
    for node in stack.nodes:
        held.append(_exact_value(node, held, x, fractions))
    return [Fraction(v) for v in held[stack.output][:, 0].tolist()]


def _exact_value(node: Node, held: list[Any], x: Any, fractions: Any) -> Any:
    import numpy as np

    if isinstance(node, Input):
        return x
    if isinstance(node, Const):
        return fractions(node.values).reshape(-1, 1)
    if isinstance(node, Affine):
        return node.operator.product(fractions(node.operator.weights), held[node.of])
    if isinstance(node, Sum):
        total: Any = 0
        for factor, of in zip(node.factors, node.of):
            total = total + held[of] * Fraction(factor)
        return total
    if isinstance(node, Concat):
        return np.concatenate([held[of] for of in node.of])
    z = held[node.of]
    return np.where(z >= 0, z, z * Fraction(node.slope))
