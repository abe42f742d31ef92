"""How the classes hang together: connected components and holes, by the cells on which the class is decided.

U    the open set where one class leads strictly; its complement in the domain is closed.
b0   the components of U: its cells, joined across edges that are not tied all along.
b1   its holes: the components of the complement that reach neither the border of the domain nor infinity
     (Alexander duality in the plane).  The complement's cells are joined across edges, its ties at common points.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from workings.geometry.fast.adjacency import vertex
from workings.geometry.fast.levelset import LevelSet

Array = Any


@dataclass(frozen=True, slots=True)
class ClassTopology:
    """A class with its Betti numbers: `components`, `holes`, in space `cavities`; how many `cells` it has.

    `area`: in floats; in space the volume, on a line the length.
    """

    label: str
    components: int
    holes: int
    cells: int
    area: float
    cavities: int | None = None


def classes(found: LevelSet) -> tuple[ClassTopology, ...]:
    """Components and holes of each class on the plane (on a line: components).

    >>> from fractions import Fraction
    >>> from workings.functions import signatures
    >>> from workings.geometry.fast.levelset import level_set
    >>> from workings.geometry.plane import domain_of, plane_of
    >>> from workings.geometry.stacking import stack
    >>> from workings.syntax import read
    >>> net = stack(read("y = max(abs(x1), abs(x2)) - 1/2", signatures()))
    >>> ring = level_set(net, domain_of(plane_of(net.inputs), [(-1, 1), (-1, 1)]))
    >>> [(c.label, c.components, c.holes, c.area) for c in classes(ring)]
    [('y < 0', 1, 0, 1.0), ('y > 0', 1, 1, 3.0)]
    """
    complex_ = found.complex
    areas = complex_.areas
    own, ties = decided(found.complex, found.outputs, found.level)
    out = []
    for (label, inside), tied in zip(own, ties):
        components = _components(complex_, inside, tied)
        holes = _holes(complex_, inside, tied) if components else 0
        out.append(ClassTopology(label, components, holes, int(inside.sum()), float(areas[inside].sum())))
    return tuple(out)


def cells_of(found: Any) -> list[tuple[str, Array]]:
    """Each class with its cells: a truth value for each cell."""
    return decided(found.complex, found.outputs, found.level)[0]


def decided(found: Any, outputs: tuple[str, ...], level: Fraction) -> tuple[list[tuple[str, Array]], list[Array]]:
    """For each class its label and cells; and corners x others: is another as good there?"""
    import numpy as np

    levels, start = found.levels, found.offsets[:-1]
    if len(outputs) == 1:
        name = outputs[0]
        low, high = np.minimum.reduceat(levels[:, 0], start), np.maximum.reduceat(levels[:, 0], start)
        tied = levels == 0
        return [(f"{name} < {level}", low < 0), (f"{name} > {level}", high > 0)], [tied, tied]
    zero = levels == 0
    whole = np.logical_and.reduceat(zero, start)
    alone = whole.sum(axis=1) == 1
    own, ties = [], []
    for k, name in enumerate(outputs):
        own.append((name, whole[:, k] & alone))
        ties.append(np.delete(zero, k, axis=1) & zero[:, k : k + 1])
    return own, ties


def _components(found: Any, inside: Array, tied: Array) -> int:
    """Cells of a class, joined across edges on which no other class is as good all along."""
    import numpy as np

    open_ = ~(tied & tied[found.next]).any(axis=1)
    edges = np.flatnonzero(inside[found.owner] & (found.neighbours >= 0) & open_)
    beyond = found.neighbours[edges]
    edges, beyond = edges[inside[beyond]], beyond[inside[beyond]]
    roots = joined(len(inside), found.owner[edges], beyond)
    return len(np.unique(roots[inside]))


def _holes(found: Any, inside: Array, tied: Array) -> int:
    """Components of the complement that do not reach the border."""
    import numpy as np

    owner, beyond, cells = found.owner, found.neighbours, len(inside)
    outside = ~inside[owner]
    edges = np.flatnonzero(outside & (beyond >= 0))
    edges = edges[~inside[beyond[edges]]]
    pairs = [(owner[edges], beyond[edges])]
    corners = np.flatnonzero(tied.any(axis=1))
    number = np.full(len(owner), -1, dtype=np.int64)
    points: dict[tuple[int, ...], int] = {}
    for corner in corners.tolist():
        number[corner] = cells + points.setdefault(vertex(found, corner), len(points))
    at = corners[outside[corners]]
    pairs.append((number[at], owner[at]))
    along = np.flatnonzero((tied & tied[found.next]).any(axis=1))
    pairs.append((number[along], number[found.next[along]]))
    first, second = (np.concatenate([p[i] for p in pairs]) for i in (0, 1))
    roots = joined(cells + len(points), first, second)
    border = np.flatnonzero(beyond < 0)
    reached = [roots[owner[border][outside[border]]]]
    ends = number[np.concatenate([border, found.next[border]])]
    reached.append(roots[ends[ends >= 0]])
    every = np.unique(np.concatenate([roots[:cells][~inside], roots[cells:]]))
    return len(np.setdiff1d(every, np.concatenate(reached)))


def joined(count: int, first: Array, second: Array) -> Array:
    """The number of the component of each of `count` things, of which these pairs belong together.

    Labels fall to the least of the neighbours' until nothing changes, with pointers halved: some log(count) rounds.

    >>> import numpy as np
    >>> joined(5, np.array([0, 3]), np.array([1, 4])).tolist()
    [0, 0, 2, 3, 3]
    """
    import numpy as np

    root = np.arange(count)
    while True:
        a, b = root[first], root[second]
        different = a != b
        if not different.any():
            return root
        low, high = np.minimum(a, b)[different], np.maximum(a, b)[different]
        np.minimum.at(root, high, low)
        while True:
            shorter = root[root]
            if (shorter == root).all():
                break
            root = shorter
