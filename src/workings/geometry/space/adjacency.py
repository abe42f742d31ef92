"""Which cell lies beyond a facet: by the pattern that differs in its unit alone, else by its corners.

As in the plane (`fast.adjacency`): units are continuous, so beyond a facet on the crease of unit u lies the cell whose
pattern differs in u alone, if there is one; else the facet beyond has the same corners, exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workings.geometry.space.complex import SpaceComplex

Array = Any


def neighbours(found: SpaceComplex) -> Array:
    """The cell beyond each facet, -1 at the border."""
    import numpy as np

    creases, owner = found.creases, found.facet_owner
    cells = {row.tobytes(): i for i, row in enumerate(found.packed)}
    out = np.full(len(creases), -1, dtype=np.int64)
    inside = np.flatnonzero(creases < found.layers.units)
    far = found.packed[owner[inside]].copy()
    unit = creases[inside]
    far[np.arange(len(inside)), unit >> 3] ^= (1 << (7 - (unit & 7))).astype(np.uint8)
    out[inside] = [cells.get(row.tobytes(), -1) for row in far]
    lost = inside[out[inside] < 0]
    ends: dict[Any, list[int]] = {}
    for facet in lost.tolist():
        ends.setdefault(_ends(found, facet), []).append(facet)
    for same in ends.values():
        for facet in same:
            beyond = [int(owner[f]) for f in same if owner[f] != owner[facet]]
            out[facet] = beyond[0] if beyond else -1
    return out


def _ends(found: SpaceComplex, facet: int) -> Any:
    return tuple(sorted(found.inner_vertex(c) for c in found.corners_on(facet)))
