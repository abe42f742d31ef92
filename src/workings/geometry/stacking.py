"""A network in array notation, or in scalar equations, as a `Stack`; or the smallest culprit.

    Known     numbers: an array of floats, or of ints and fractions
    Vector    a node of the stack with the axes that it is read with (the last axis runs fastest)

Scalar equations go through `lower`: a gate is a node of units of size 1.  A function of one entry at a time
(relu, leaky(z, 1/100), clip(z, 0, 6), max(a, b)) is lowered once, as a small network, and put in for all entries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from workings.errors import NotReadable, OutOfReach, Span, WorkingsError
from workings.expr import (
    Add, Array as Listed, Call, Claim, Div, Equation, Expr, MatMul, Mul, Neg, Network, Num, Ref, fold,
)
from workings.geometry import operators
from workings.geometry.embedding import combined, embedded, summed
from workings.geometry.lower import lower
from workings.geometry.names import input_names, outputs_of
from workings.geometry.program import Program
from workings.geometry.stack import Affine, Array, Concat, Const, Input, Stack, Units

Shape = tuple[int, ...]


@dataclass(slots=True, eq=False)
class Known:
    array: Array

    def __post_init__(self) -> None:
        import numpy as np

        if not isinstance(self.array, np.ndarray):        # a product of arrays without axes is a bare number
            self.array = np.array(self.array, dtype=object)


@dataclass(slots=True, eq=False)
class Vector:
    node: int
    shape: Shape

    @property
    def size(self) -> int:
        return prod(self.shape)


Value = Known | Vector


def stack(net: Network, outputs: Sequence[str] | None = None) -> Stack:
    """The network as array operations; raises `OutOfReach` with the culprit where it is not piecewise linear.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> found = stack(read("y = max(0, x1 + x2) - 1", signatures()))
    >>> found.size, found.values([[2, 3], [-1, 0]]).tolist()
    (1, [[4.0], [-1.0]])
    """
    try:
        if any(axes for axes in net.shapes.values()):
            return Stacking(net, outputs).stack()
        return of_program(lower(net, outputs))
    except WorkingsError as error:
        raise error.located(net.source) from None


def of_program(program: Program) -> Stack:
    """Forms and gates as nodes of size 1."""
    import numpy as np

    found = Stack(program.inputs, program.outputs)
    x = found.add(Input(len(program.inputs)))
    own = [found.add(Affine(1, x, operators.taken([i], len(program.inputs)))) for i in range(len(program.inputs))]
    held = embedded(found, program, own, 1, np.arange(len(program.units)).reshape(1, -1), "")
    ends = [combined(found, program.named[name], held, 1) for name in program.outputs]
    found.output = ends[0] if len(ends) == 1 else found.add(Concat(len(ends), tuple(ends)))
    return found


# --- arrays ---


class Stacking:
    def __init__(self, net: Network, outputs: Sequence[str] | None) -> None:
        self.net, self.wanted = net, outputs
        self.found = Stack(input_names(net), ())
        self.x = self.found.add(Input(len(self.found.inputs)))
        self.known: dict[str, Value] = {}
        self.units = 0
        self.place = ""

    def stack(self) -> Stack:
        self._read_inputs()
        for equation in self.net.ordered:
            self.place = equation.lhs.name
            if equation.lhs.indices:
                raise self.culprit(equation.lhs, "is a family of entries among arrays")
            self.known[self.place] = fold(equation.rhs, self._combine)
        names = tuple(self.wanted) if self.wanted is not None else outputs_of(self.net)
        ends: list[Vector] = []
        labels: list[str] = []
        for name in names:
            end = self._end(name)
            ends.append(end)
            labels += [name] if end.size == 1 else [f"{name}[{i}]" for i in range(1, end.size + 1)]
        self.found.outputs = tuple(labels)
        self.found.output = self.joined(ends).node
        return self.found

    def _end(self, name: str) -> Vector:
        head, _, inside = name.partition("[")
        found = self.known.get(head)
        if not isinstance(found, Vector):
            raise NotReadable(f"{name} is not defined by the inputs", expected=f"one of {', '.join(self.known)}")
        return self._entry(found, [int(v) for v in inside.rstrip("]").split(",")]) if inside else found

    def _read_inputs(self) -> None:
        """Names of the inputs: numbers by themselves, or arrays with their axes."""
        at = 0
        for name in dict.fromkeys(n.partition("[")[0] for n in self.found.inputs):
            count = sum(n.partition("[")[0] == name for n in self.found.inputs)
            shape = tuple(int(_axis(self.net, a)) for a in self.net.shapes.get(name, ()))
            self.known[name] = self.take(Vector(self.x, (len(self.found.inputs),)), range(at, at + count), shape)
            at += count

    def _combine(self, node: Expr, inner: tuple[Value, ...]) -> Value:
        import numpy as np

        if isinstance(node, Num):
            return Known(np.array(Fraction(node.value), dtype=object))
        if isinstance(node, Ref):
            return self._entry(self._name(node), [whole_(v) for v in inner]) if inner else self._name(node)
        rule = _RULES.get(type(node))
        if rule is None:
            raise self.culprit(node)
        return rule(self, node, inner)

    def _name(self, node: Ref) -> Value:
        import numpy as np

        if node.name in self.known:
            return self.known[node.name]
        if node.name not in self.net.values:
            raise OutOfReach(f"{node.name} has no value", span=node.span, expected=f"numbers for {node.name}",
                             hint=f"declare {node.name} as an input, or give its numbers")
        value = self.net.values[node.name]
        array = value if isinstance(value, np.ndarray) else np.array(_fractions(value), dtype=object)
        return Known(array)

    def _entry(self, value: Value, places: Sequence[int]) -> Any:
        import numpy as np

        if isinstance(value, Known):
            return Known(np.array(value.array[tuple(p - 1 for p in places)]))
        at = int(np.ravel_multi_index(tuple(p - 1 for p in places), value.shape)) if value.shape else 0
        return self.take(value, [at], ())

    def take(self, of: Vector, places: Sequence[int], shape: Shape) -> Vector:
        if list(places) == list(range(of.size)):
            return Vector(of.node, shape)
        node = Affine(len(places), of.node, operators.taken(places, of.size))
        return Vector(self.found.add(node), shape)

    def joined(self, parts: Sequence[Vector]) -> Vector:
        """One vector of several; the entries of a vector in their order are that vector."""
        import numpy as np

        nodes = [self.found.nodes[p.node] for p in parts]
        size = sum(p.size for p in parts)
        one = nodes[0]
        if all(isinstance(n, Affine) and n.of == getattr(one, "of", None) and n.size == 1 for n in nodes):
            assert isinstance(one, Affine)
            places = [int(n.operator.product(n.operator.weights, np.arange(n.operator.columns)[:, None])[0, 0])
                      for n in nodes if isinstance(n, Affine) and not n.operator.weights.size]
            if places == list(range(one.operator.columns)):
                return Vector(one.of, (size,))
        if len(parts) == 1:
            return Vector(parts[0].node, (size,))
        return Vector(self.found.add(Concat(size, tuple(p.node for p in parts))), (size,))

    # --- rules ---

    def _listed(self, node: Expr, inner: tuple[Value, ...]) -> Value:
        import numpy as np

        if all(isinstance(v, Known) for v in inner):
            return Known(np.array([v.array for v in inner if isinstance(v, Known)]))
        return self.joined([self.vector(v) for v in inner])

    def vector(self, value: Value, shape: Shape | None = None) -> Vector:
        """Numbers as a node."""
        import numpy as np

        if isinstance(value, Vector):
            return value
        shape = value.array.shape if shape is None else shape
        flat = np.broadcast_to(value.array, shape).reshape(-1)
        return Vector(self.found.add(Const(len(flat), flat)), shape)

    def _add(self, node: Expr, inner: tuple[Value, ...]) -> Value:
        import numpy as np

        if all(isinstance(v, Known) for v in inner):
            return Known(sum(exact_(v.array) for v in inner if isinstance(v, Known)))
        shape = np.broadcast_shapes(*(v.shape if isinstance(v, Vector) else v.array.shape for v in inner))
        return self.weighted([(self.spread(v, shape), Fraction(1)) for v in inner], shape)

    def weighted(self, terms: Sequence[tuple[Vector, Fraction | int]], shape: Shape) -> Vector:
        return Vector(summed(self.found, [(v.node, f) for v, f in terms], prod(shape)), shape)

    def spread(self, value: Value, shape: Shape) -> Vector:
        """Broadcast to a shape."""
        import numpy as np

        if isinstance(value, Known) or value.shape == shape:
            return self.vector(value, shape)
        places = np.broadcast_to(np.arange(value.size).reshape(value.shape), shape).reshape(-1)
        return self.take(value, places.tolist(), shape)

    def _neg(self, node: Expr, inner: tuple[Value, ...]) -> Value:
        (value,) = inner
        return Known(-value.array) if isinstance(value, Known) else self.weighted([(value, -1)], value.shape)

    def _mul(self, node: Expr, inner: tuple[Value, ...]) -> Value:
        import numpy as np

        vectors = [v for v in inner if isinstance(v, Vector)]
        if len(vectors) > 1:
            raise self.culprit(node)
        known = [v.array for v in inner if isinstance(v, Known)]
        several = len(known) > 1
        factor = Known(prod((exact_(k) for k in known[1:]), start=exact_(known[0])) if several else known[0]).array
        if not vectors:
            return Known(factor)
        if not factor.shape:
            return self.weighted([(vectors[0], Fraction(factor.item()))], vectors[0].shape)
        shape = np.broadcast_shapes(vectors[0].shape, factor.shape)
        weights = np.broadcast_to(factor, shape).reshape(-1)
        inside = self.spread(vectors[0], shape)
        return Vector(self.found.add(Affine(len(weights), inside.node, operators.diagonal(weights))), shape)

    def _div(self, node: Expr, inner: tuple[Value, ...]) -> Value:
        import numpy as np

        top, bottom = inner
        if not isinstance(bottom, Known) or not all(bottom.array.reshape(-1).tolist()):
            raise self.culprit(node)
        return self._mul(node, (top, Known(np.array(1 / exact_(bottom.array), dtype=object))))

    def matmul(self, node: Expr, inner: tuple[Value, ...]) -> Value:
        at = [i for i, v in enumerate(inner) if isinstance(v, Vector)]
        if len(at) > 1:
            raise self.culprit(node)
        if not at:
            out = exact_(getattr(inner[0], "array", None))
            for value in inner[1:]:
                assert isinstance(value, Known)
                out = out @ exact_(value.array)
            return Known(out)
        value = inner[at[0]]
        assert isinstance(value, Vector)
        if len(value.shape) != 1:
            raise self.culprit(node, "multiplies a matrix that depends on the inputs")
        for left in reversed(inner[: at[0]]):
            value = self.times(left, value, False, node)
        for right in inner[at[0] + 1 :]:
            value = self.times(right, value, True, node)
        return value

    def times(self, known: Value, value: Vector, transposed: bool, node: Expr) -> Vector:
        assert isinstance(known, Known)
        weights = known.array.T if transposed and known.array.ndim == 2 else known.array
        if weights.ndim == 1:
            weights = weights.reshape(1, -1)
        if weights.ndim != 2 or weights.shape[1] != value.size:
            raise self.culprit(node, f"multiplies {said_(weights.shape)} and {said_(value.shape)}")
        rows = weights.shape[0]
        shape: Shape = () if known.array.ndim == 1 else (rows,)
        return Vector(self.found.add(Affine(rows, value.node, operators.matrix(weights))), shape)

    def _call(self, node: Expr, inner: tuple[Value, ...]) -> Value:
        assert isinstance(node, Call)
        if node.primes:
            raise self.culprit(node)
        from workings.geometry.array_calls import CALLS

        rule = CALLS.get(node.function)
        if rule is not None and node.function not in self.net.functions:
            return rule(self, node, inner)
        return self._entrywise(node, inner)

    # --- functions of one entry at a time ---

    def _entrywise(self, node: Call, inner: tuple[Value, ...]) -> Value:
        import numpy as np

        shape = np.broadcast_shapes(*(v.shape if isinstance(v, Vector) else v.array.shape for v in inner))
        varying = [isinstance(v, Vector) or len({*map(Fraction, v.array.reshape(-1).tolist())}) > 1 for v in inner]
        if node.function == "leaky" and len(inner) == 2 and varying[1] and isinstance(inner[1], Known):
            return self._own_slopes(inner[0], np.broadcast_to(inner[1].array, shape), shape)
        names = [f"x{i}" for i in range(1, len(inner) + 1)]
        args: list[Expr] = []
        for name, value, varies in zip(names, inner, varying):
            args.append(Ref(name) if varies or isinstance(value, Vector)
                        else Num(Fraction(value.array.reshape(-1)[0])))
        used = [n for n, a in zip(names, args) if isinstance(a, Ref)]
        small = Network(
            (Equation(Ref(self.place), Call(node.function, tuple(args), 0, node.span)),),
            functions=self.net.functions, roles=dict.fromkeys(used, "input"),
        )
        try:
            program = lower(small, (self.place,))
        except OutOfReach as error:
            raise OutOfReach(error.message, span=self._span(node), expected=error.expected) from None
        size = prod(shape)
        own = [self.spread(v, shape).node for n, v in zip(names, inner) if n in used]
        inputs = [own[used.index(n)] for n in program.inputs]
        count = len(program.units)
        numbers = self.units + np.arange(size * count).reshape(size, count)
        held = embedded(self.found, program, inputs, size, numbers, self.place)
        self.units += size * count
        return Vector(combined(self.found, program.named[self.place], held, size), shape)

    def _own_slopes(self, value: Value, slopes: Array, shape: Shape) -> Vector:
        """leaky with a slope for each entry: slope * z + (1 - slope) * relu(z)."""
        import numpy as np

        inside = self.spread(value, shape)
        size = inside.size
        flat = exact_(slopes.reshape(-1))
        units = Units(size, inside.node, 0, "leaky", self.place, self.units + np.arange(size))
        self.units += size
        on = self.found.add(Affine(size, self.found.add(units), operators.diagonal(1 - flat)))
        off = self.found.add(Affine(size, inside.node, operators.diagonal(flat)))
        return self.weighted([(Vector(off, shape), 1), (Vector(on, shape), 1)], shape)

    def _span(self, node: Expr) -> Span | None:
        """Where the node stands in its equation; one that comes from the body of a function of the table: the call."""
        own = next((e for e in self.net.equations if e.lhs.name == self.place), None)
        if own is None or own.span is None or node.span is None:
            return node.span
        inside = own.span.start <= node.span.start and node.span.end <= own.span.end
        return node.span if inside else own.rhs.span

    def culprit(self, node: Expr, why: str = "is not piecewise linear") -> OutOfReach:
        from workings.notation import plain

        what = node.function if isinstance(node, Call) else plain(node)
        return OutOfReach(
            f"{what} in the equation of {self.place} {why}", span=self._span(node),
            expected="matrix products, convolutions, pooling, sums, and relu, max, min, abs, leaky, clip",
        )


def _axis(net: Network, axis: Expr) -> Any:
    return net.values.get(axis.name) if isinstance(axis, Ref) else getattr(axis, "value", None)


def whole_(value: Value) -> int:
    assert isinstance(value, Known)
    return int(value.array.item())


def exact_(array: Any) -> Array:
    """Floats as the fractions that they store."""
    import numpy as np

    if array.dtype == object:
        return array
    out = np.empty(array.shape, dtype=object)
    out.reshape(-1)[:] = [Fraction(v) for v in array.reshape(-1).tolist()]
    return out


def _fractions(value: Any) -> Any:
    from workings.exact import rational

    if isinstance(value, list | tuple):
        return [_fractions(v) for v in value]
    return Fraction(value.value) if isinstance(value, Num) else rational(value)


def said_(shape: Shape) -> str:
    return " x ".join(map(str, shape)) or "one number"


Rule = Callable[[Stacking, Any, tuple[Value, ...]], Value]

_RULES: dict[type[Expr], Rule] = {
    Add: Stacking._add, Neg: Stacking._neg, Mul: Stacking._mul, Div: Stacking._div, MatMul: Stacking.matmul,
    Call: Stacking._call, Listed: Stacking._listed, Claim: lambda s, n, inner: inner[0],
}
