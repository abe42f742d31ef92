"""Functions of arrays as nodes of a stack: convolutions, pooling, changes of shape."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

from workings.expr import Call
from workings.geometry import operators
from workings.geometry.stack import Affine, Array, Units
from workings.geometry.stacking import Known, Shape, Stacking, Value, Vector, exact_, whole_


def _conv(s: Stacking, node: Call, inner: tuple[Value, ...]) -> Value:
    image, kernel = inner[0], inner[1]
    if not isinstance(image, Vector) or not isinstance(kernel, Known):
        raise s.culprit(node)
    stride, padding = ([whole_(v) for v in inner[2:]] + [1, 0][len(inner) - 2 :])[:2]
    plane, plain_kernel = node.function == "conv2d", kernel.array
    axes = 2 if plane else 1
    shape = image.shape if len(image.shape) > axes else (1, *image.shape)
    if plain_kernel.ndim == axes:
        plain_kernel = plain_kernel.reshape(1, 1, *plain_kernel.shape)
    if plane:
        operator, out = operators.convolution(plain_kernel, shape, stride, padding)
    else:                             # a line of three rows' padding above and below would be 0
        operator, out = _line(plain_kernel, shape, stride, padding)
    if len(image.shape) == axes:
        out = out[1:]
    return Vector(s.found.add(Affine(operator.rows, image.node, operator)), out)


def _pool(s: Stacking, node: Call, inner: tuple[Value, ...]) -> Value:
    import numpy as np

    image = inner[0]
    if not isinstance(image, Vector):
        raise s.culprit(node)
    axes = 2 if node.function.endswith("2d") else 1
    given = [whole_(v) for v in inner[1:]]
    size = given[:axes]
    strides = given[axes : 2 * axes] or size
    padding = given[2 * axes : 3 * axes] or [0] * axes
    shape = image.shape if len(image.shape) > axes else (1, *image.shape)
    if axes == 1:
        held, full = operators.windows((shape[0], 1, shape[1]), (1, *size), (1, *strides), (0, *padding))
        out: Shape = (full[0], full[2])
    else:
        held, out = operators.windows(shape, size, strides, padding)
    out = out if len(image.shape) > axes else out[1:]
    if node.function.startswith("avg"):
        mean = Fraction(1, prod(size))
        return s.weighted([(s.take(image, held[:, k].tolist(), out), mean) for k in range(held.shape[1])], out)
    first = held[np.arange(len(held)), (held >= 0).argmax(axis=1)]
    return _largest(s, image, np.where(held < 0, first[:, None], held), out)


def _largest(s: Stacking, image: Vector, held: Array, out: Shape) -> Vector:
    """max(a, b) = b + relu(a - b), nested from the left."""
    import numpy as np

    size, many = held.shape
    last = s.take(image, held[:, 0].tolist(), out)
    for k in range(1, many):
        entry = s.take(image, held[:, k].tolist(), out)
        gap = s.weighted([(last, 1), (entry, -1)], out)
        numbers = s.units + np.arange(size) * (many - 1) + k - 1
        node = s.found.add(Units(size, gap.node, 0, "max", s.place, numbers))
        last = s.weighted([(entry, 1), (Vector(node, out), 1)], out)
    s.units += size * (many - 1)
    return last


def _flatten(s: Stacking, node: Call, inner: tuple[Value, ...]) -> Value:
    value = inner[0]
    if isinstance(value, Known):
        return Known(value.array.reshape(-1))
    shape = (value.size,) if node.function == "flatten" else tuple(whole_(v) for v in inner[1:])
    return Vector(value.node, shape)


def _concat(s: Stacking, node: Call, inner: tuple[Value, ...]) -> Value:
    parts = [s.vector(v) for v in inner]
    shape = (sum(p.shape[0] for p in parts), *parts[0].shape[1:])
    return Vector(s.joined(parts).node, shape)


def _total(s: Stacking, node: Call, inner: tuple[Value, ...]) -> Value:
    import numpy as np

    if node.function == "dot":
        return s.matmul(node, inner)
    (value,) = inner
    if isinstance(value, Known):
        return Known(np.array(exact_(value.array).sum()))
    return s.times(Known(np.ones(value.size, dtype=object)), Vector(value.node, (value.size,)), False, node)


def _transposed(s: Stacking, node: Call, inner: tuple[Value, ...]) -> Value:
    (value,) = inner
    return Known(value.array.T) if isinstance(value, Known) else value


def _line(kernel: Array, shape: Shape, stride: int, padding: int) -> tuple[Any, Shape]:
    """A 1-D convolution: that of an image of one row, its ends taken from a padded line."""
    out, channels, a = kernel.shape
    length = shape[1] + 2 * padding
    columns = (length - a) // stride + 1
    inside = [i - padding if padding <= i < padding + shape[1] else -1 for i in range(length)]
    held = [c * shape[1] + i if i >= 0 else -1 for c in range(channels) for i in inside]
    pad = operators.taken(held, prod(shape))
    operator, _ = operators.convolution(kernel.reshape(out, channels, 1, a), (channels, 1, length), stride, 0)
    operator.columns = prod(shape)
    product = operator.product
    operator.product = lambda w, x: product(w, pad.product(w, x))
    return operator, (out, columns)


CALLS: dict[str, Callable[[Stacking, Call, tuple[Value, ...]], Value]] = {
    "conv1d": _conv, "conv2d": _conv,
    "max_pool1d": _pool, "max_pool2d": _pool,
    "avg_pool1d": _pool, "avg_pool2d": _pool,
    "flatten": _flatten, "reshape": _flatten, "concat": _concat,
    "sum": _total, "dot": _total, "T": _transposed,
}
