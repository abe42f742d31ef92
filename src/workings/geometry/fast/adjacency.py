"""Which cell lies beyond an edge.

A pattern belongs to one cell, for units are continuous and cells convex.  Beyond an edge on the crease of unit u
lies the cell whose pattern differs in u alone, if there is one: were another unit v 0 all along the edge too, the
first such v would have the sign of the far side on all of it, and no cell would differ in u alone.  Else the edge
beyond has the same ends, exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workings.exact import primitive

if TYPE_CHECKING:
    from workings.geometry.fast.complex import Complex

Array = Any


def neighbours(found: Complex, edges: Array = None) -> Array:
    """The cell beyond each edge (the corner that it follows; None: all edges), -1 at the border of the domain."""
    import numpy as np

    edges = np.arange(len(found.owner)) if edges is None else edges
    pattern, creases, owner = found.lists.pattern, found.creases[edges], found.owner[edges]
    cells = {row.tobytes(): i for i, row in enumerate(pattern)}
    out = np.full(len(edges), -1, dtype=np.int64)
    inside = np.flatnonzero(creases < found.layers.units)
    far = pattern[owner[inside]].copy()
    unit = creases[inside]
    far[np.arange(len(inside)), unit >> 3] ^= (1 << (7 - (unit & 7))).astype(np.uint8)
    out[inside] = [cells.get(row.tobytes(), -1) for row in far]
    lost = inside[out[inside] < 0]
    if len(lost):
        _by_ends(found, edges, lost, out)
    return out


def _by_ends(found: Complex, edges: Array, lost: Array, out: Array) -> None:
    """Edges on which several units are 0: by their two ends; those of cells not asked for are looked through too."""
    import numpy as np

    every = edges if len(edges) == len(found.owner) else np.arange(len(found.owner))
    matched = set(edges[np.setdiff1d(np.arange(len(edges)), lost)].tolist()) if len(every) == len(edges) else set()
    candidates = [e for e in every.tolist() if found.creases[e] < found.layers.units and e not in matched]
    ends: dict[tuple[Any, Any], list[int]] = {}
    for e in candidates:
        ends.setdefault(_ends(found, e), []).append(int(found.owner[e]))
    for k in lost.tolist():
        here = int(found.owner[edges[k]])
        beyond = [c for c in ends.get(_ends(found, int(edges[k])), ()) if c != here]
        out[k] = beyond[0] if beyond else -1


def _ends(found: Complex, edge: int) -> tuple[Any, Any]:
    a, b = vertex(found, edge), vertex(found, int(found.next[edge]))
    return (a, b) if a < b else (b, a)


def vertex(found: Complex, corner: int) -> tuple[int, ...]:
    """A corner as integers (x, y, w) without common factor: the same for the same point."""
    p, q = (int(v) for v in found.lists.name[corner, :2])
    return primitive(found.exact.vertex(p, q, found.unit_signs(int(found.owner[corner]))))
