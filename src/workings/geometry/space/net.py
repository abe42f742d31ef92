"""Layers over forms in three coordinates in doubles, with bounds for what rounding loses."""

from __future__ import annotations

from collections.abc import Sequence
from math import ldexp
from typing import Any

from workings.geometry.fast.arrays import U
from workings.geometry.fast.machine import rounded
from workings.geometry.layers import Layers
from workings.geometry.space.arrays import Net
from workings.geometry.space.exact import Exact

Array = Any


def net_of(layers: Layers, exact: Exact) -> Net:
    """The arrays of the compiled walk."""
    import numpy as np

    first, source, place, normed = [0], [], [], []
    weights: list[Array] = []
    norms: list[Array] = []
    gamma = []
    for sources in layers.weights:
        for i, matrix in sources:
            source.append(i)
            place.append(sum(w.size for w in weights))
            normed.append(sum(n.size for n in norms))
            found = np.array(matrix, dtype=np.float64)
            weights.append(np.ascontiguousarray(found.T).reshape(-1))
            norms.append(_norms(found))
        first.append(len(source))
        gamma.append((sum(layers.sizes[i] for i, _ in sources) + 8) * U * (1 + 1e-9))
    sizes, starts, *sources_ = (
        np.array(v, dtype=np.int64) for v in (layers.sizes, layers.starts, first, source, place, normed)
    )
    near = ldexp(1.0, -min(exact.far.bit_length() - 1, 1074))
    nothing = np.zeros(1)
    return Net(
        sizes, starts, sources_[0], sources_[1], sources_[2], sources_[3],
        np.concatenate([*weights, nothing]), np.concatenate([*norms, nothing]), _own(layers, gamma),
        np.array([float(s) for s in layers.slopes]), np.array(gamma), near,
    )


def _norms(matrix: Array) -> Array:
    """The Euclidean norm of each row, rounded up."""
    import numpy as np

    largest = np.abs(matrix).max(axis=1, initial=0.0)
    scaled = matrix / np.where(largest > 0, largest, 1.0)[:, None]
    return np.sqrt((scaled * scaled).sum(axis=1)) * largest * (1 + 1e-9)


def _own(layers: Layers, gamma: Sequence[float]) -> Array:
    """Own forms rounded once; the sums that they go into round again and again."""
    import numpy as np

    out = np.zeros((6, layers.starts[-1] + layers.sizes[-1]))
    for (rows, denominator), start, size, sources, g in zip(
        layers.own, layers.starts, layers.sizes, layers.weights, gamma,
    ):
        part = out[:, start:start + size]
        part[:4] = rounded(rows, denominator).T
        error = g if sources else 2 * U
        part[4] = error * np.abs(part[:3]).max(axis=0)
        part[5] = error * np.abs(part[3])
    return out
