"""Linear maps of a stack: matrices, entries taken out, one factor an entry, convolutions.

Each is a product of weights and a matrix x (columns x k) that is linear in both, in whatever numbers they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from workings.geometry.stack import Array, Operator

Shape = tuple[int, ...]


def matrix(weights: Array) -> Operator:
    """W @ x."""
    rows, columns = weights.shape
    return Operator(rows, columns, weights, lambda w, x: w @ x, True)


def taken(entries: Sequence[int], columns: int) -> Operator:
    """The entries of x at these places; -1 gives 0."""
    import numpy as np

    places = np.asarray(entries, dtype=np.int64)

    def product(weights: Array, x: Array) -> Array:
        out = x[places]
        out[places < 0] = 0
        return out

    return Operator(len(places), columns, np.zeros(0), product)


def diagonal(weights: Array) -> Operator:
    """Each entry times its own factor."""
    return Operator(len(weights), len(weights), weights, lambda w, x: w[:, None] * x)


def convolution(kernel: Array, shape: Shape, stride: int, padding: int) -> tuple[Operator, Shape]:
    """The cross-correlation of an image (channels, rows, columns) with a kernel (out, channels, a, b).

    >>> import numpy as np
    >>> operator, shape = convolution(np.ones((1, 1, 2, 2)), (1, 3, 3), 1, 0)
    >>> shape, operator.product(operator.weights, np.ones((9, 1)))[:, 0].tolist()
    ((1, 2, 2), [4.0, 4.0, 4.0, 4.0])
    """
    out, _, a, b = kernel.shape
    channels, height, width = shape
    rows, columns = (height + 2 * padding - a) // stride + 1, (width + 2 * padding - b) // stride + 1

    def product(weights: Array, x: Array) -> Array:
        k = x.shape[1]
        image = _padded(x.reshape(channels, height, width, k), padding)
        total: Any = 0
        for p in range(a):
            for q in range(b):
                part = image[:, p:p + stride * rows:stride, q:q + stride * columns:stride]
                total = total + weights[:, :, p, q] @ part.reshape(channels, -1)
        return total.reshape(out * rows * columns, k)

    return Operator(out * rows * columns, prod(shape), kernel, product), (out, rows, columns)


def _padded(image: Array, padding: int) -> Array:
    import numpy as np

    if not padding:
        return image
    channels, height, width, k = image.shape
    out = np.zeros((channels, height + 2 * padding, width + 2 * padding, k), dtype=image.dtype)
    out[:, padding:padding + height, padding:padding + width] = image
    return out


def windows(shape: Shape, size: Sequence[int], strides: Sequence[int], padding: Sequence[int]) -> tuple[Array, Shape]:
    """Which entries of an image (channels, rows, columns) each pooling window holds: outputs x window; -1: outside."""
    import numpy as np

    channels, *lengths = shape
    counts = [(n + 2 * p - k) // s + 1 for n, k, s, p in zip(lengths, size, strides, padding)]
    places = [
        np.arange(c)[:, None] * s + np.arange(k)[None, :] - p for c, k, s, p in zip(counts, size, strides, padding)
    ]
    inside = [(v >= 0) & (v < n) for v, n in zip(places, lengths)]
    row, column = places[0][:, None, :, None], places[1][None, :, None, :]
    good = inside[0][:, None, :, None] & inside[1][None, :, None, :]
    flat = np.where(good, row * lengths[1] + column, -1).reshape(counts[0] * counts[1], size[0] * size[1])
    step = lengths[0] * lengths[1]
    shifted = np.where(flat[None] >= 0, flat[None] + step * np.arange(channels)[:, None, None], -1)
    return shifted.reshape(channels * counts[0] * counts[1], -1), (channels, *counts)


def entries_of(operator: Operator, count: int) -> Array:
    """The matrix of an operator, exactly: it is applied to the unit vectors."""
    import numpy as np

    if operator.dense:
        return operator.weights
    # with one 1 a column every entry is a weight or 0: floats lose nothing
    plain = operator.weights.dtype == np.float64
    return operator.product(operator.weights, np.eye(count, dtype=np.float64 if plain else object))
