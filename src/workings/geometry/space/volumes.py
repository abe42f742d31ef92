"""Volumes of cells in three dimensions.

A convex cell falls into tetrahedra: one for each edge and each of the two facets on it, with the middle of the facet
and the middle of the cell.  Two corners bound an edge where they share two facets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from workings.errors import OutOfReach

if TYPE_CHECKING:
    from workings.geometry.space.complex import SpaceComplex

Array = Any
AT_ONCE = 20_000              # cells


def volumes(found: SpaceComplex) -> Array:
    """The volume of each cell in doubles, in the coordinates; infinite where it is unbounded."""
    import numpy as np

    if found.size != 3:
        raise OutOfReach(f"the volumes of cells in {found.size} dimensions", expected="up to three dimensions")
    cells = len(found.offsets) - 1
    out = [_some(found, first, min(first + AT_ONCE, cells)) for first in range(0, cells, AT_ONCE)]
    total = np.concatenate(out) if out else np.zeros(0)
    open_ = np.zeros(cells, dtype=bool)
    np.logical_or.at(open_, found.owner[found.infinite], True)
    return np.where(open_, np.inf, total * float(found.layers.domain.scale) ** 3)


def in_input_space(found: SpaceComplex) -> Array:
    """The same in input space: a slanted flat stretches volumes by the root of the determinant of its gram matrix."""
    import numpy as np

    if not found.layers.domain.bounded:
        raise OutOfReach("cells that reach to infinity have no volume", hint="give a box")
    gram = np.array([[float(v) for v in row] for row in found.layers.domain.plane.gram])
    return found.areas * float(np.sqrt(np.linalg.det(gram)))


def _some(found: SpaceComplex, first: int, last: int) -> Array:
    """The volumes of the cells from first to last - 1, in inner coordinates."""
    import numpy as np

    low, high = int(found.offsets[first]), int(found.offsets[last])
    place, cell = found.lists.place[low:high], found.owner[low:high] - first
    x = np.where(found.infinite[low:high, None], 0.0, place[:, :3] / np.maximum(place[:, 3:4], 1e-300))
    x = x - x[found.offsets[first:last] - low][cell]          # nothing cancels far from the origin
    starts = found.facet_offsets[first : last + 1] - found.facet_offsets[first]
    middle = _means(x, cell, last - first)
    tight = found.lists.tight[low:high]
    on = [(np.flatnonzero(tight >> k & 1), k) for k in range(int(np.diff(starts).max(initial=0)))]
    pairs = [(starts[cell[at]] + k, at) for at, k in on]
    facet, corner = (np.concatenate([p[i] for p in pairs]) for i in (0, 1))
    centres = _means(x[corner], facet, int(starts[-1]))
    out = np.zeros(last - first)
    for a, b, common in edges(tight, cell):
        own = cell[a]
        lowest = common & -common
        for bit in (lowest, common ^ lowest):
            k = np.frexp(bit.astype(np.float64))[1] - 1
            p, q, r = x[a] - middle[own], x[b] - middle[own], centres[starts[own] + k] - middle[own]
            np.add.at(out, own, np.abs(np.einsum("ij,ij->i", p, np.cross(q, r))) / 6)
    return out


def face_areas(found: SpaceComplex) -> Array:
    """The area of each facet in doubles, in input space."""
    import numpy as np

    domain, cell = found.layers.domain, found.owner
    x = np.where(found.infinite[:, None], 0.0, found.lists.place[:, :3] / np.maximum(found.lists.place[:, 3:4], 1e-300))
    x = (x - x[found.offsets[:-1]][cell]) * float(domain.scale)
    x = x @ np.linalg.cholesky(np.array([[float(v) for v in row] for row in domain.plane.gram]))
    out = np.zeros(len(found.creases))
    tight, starts = found.lists.tight, found.facet_offsets
    on = [(np.flatnonzero(tight >> k & 1), k) for k in range(int(np.diff(starts).max(initial=0)))]
    facet, corner = (np.concatenate([(starts[cell[at]] + k, at)[i] for at, k in on]) for i in (0, 1))
    centres = _means(x[corner], facet, len(out))
    for a, b, common in edges(tight, cell):
        lowest = common & -common
        for bit in (lowest, common ^ lowest):
            own = starts[cell[a]] + np.frexp(bit.astype(np.float64))[1] - 1
            np.add.at(out, own, np.linalg.norm(np.cross(x[a] - centres[own], x[b] - centres[own]), axis=1) / 2)
    return out


def edges(tight: Array, cell: Array) -> Iterator[tuple[Array, Array, Array]]:
    """All edges of cells in three dimensions: pairs of corners, and the bits of the two facets on both."""
    import numpy as np

    most = int(np.bincount(cell).max(initial=0))
    for step in range(1, most):
        a = np.flatnonzero(cell[:-step] == cell[step:])
        common = tight[a] & tight[a + step]
        both = (common & (common - 1)) != 0
        yield a[both], a[both] + step, common[both]


def _means(x: Array, group: Array, groups: int) -> Array:
    import numpy as np

    total = np.zeros((groups, 3))
    np.add.at(total, group, x)
    return total / np.maximum(np.bincount(group, minlength=groups), 1)[:, None]
