"""How the classes hang together in space: components, tunnels and cavities, the Betti numbers b0, b1 and b2.

U    the open set where one class leads strictly
b0   its components: cells, joined across facets that are not tied all over
b2   its cavities: the components of the complement that do not reach the border of the domain (Alexander duality)
b1   b0 + b2 - chi(U).  U without the border of the domain is an open manifold of three dimensions, so
     chi(U) = -sum of (-1)^k over the open faces of dimension k in it (Poincaré duality).
"""

from __future__ import annotations

from typing import Any

from workings.errors import OutOfReach
from workings.geometry.space.complex import SpaceComplex
from workings.geometry.space.levelset import SpaceLevelSet, facet_ties
from workings.geometry.space.volumes import edges
from workings.geometry.topology import ClassTopology, decided, joined

Array = Any


def space_classes(found: SpaceLevelSet) -> tuple[ClassTopology, ...]:
    """Components, tunnels and cavities of each class.

    >>> from workings.functions import signatures
    >>> from workings.geometry.space.extent import extent_of, flat_of
    >>> from workings.geometry.space.levelset import space_level_set
    >>> from workings.geometry.stacking import stack
    >>> from workings.syntax import read
    >>> net = stack(read("y = max(abs(x1), abs(x2), abs(x3)) - 1/2", signatures()))
    >>> shell = space_level_set(net, extent_of(flat_of(net.inputs), [(-1, 1)] * 3), engine="exact")
    >>> [(c.label, c.components, c.holes, c.cavities, c.area) for c in space_classes(shell)]
    [('y < 0', 1, 0, 0, 1.0), ('y > 0', 1, 0, 1, 7.0)]
    """
    if found.complex.size != 3:
        raise OutOfReach(f"Betti numbers in {found.complex.size} dimensions", expected="up to three dimensions")
    own, ties = decided(found.complex, found.outputs, found.level)
    lattice = _Lattice(found.complex)
    volumes = found.complex.areas
    out = []
    for (label, inside), tied in zip(own, ties):
        components = lattice.components(inside, tied)
        cavities = lattice.cavities(inside, tied) if components else 0
        tunnels = components + cavities - lattice.characteristic(inside, tied)
        out.append(ClassTopology(label, components, tunnels, int(inside.sum()), float(volumes[inside].sum()), cavities))
    return tuple(out)


class _Lattice:
    """The faces of all cells, each corner with the number of its point: that of all corners at the same place."""

    def __init__(self, found: SpaceComplex) -> None:
        import numpy as np

        self.found = found
        places: dict[Any, int] = {}
        self.point = np.array([places.setdefault(found.inner_vertex(c), len(places)) for c in range(len(found.owner))])
        self.points = len(places)
        self.edges = [(a, b) for a, b, _ in edges(found.lists.tight, found.owner)]
        self.border = found.creases >= found.exact.total
        # a cell may meet the border in a corner or an edge alone: its neighbours tell
        bits = self._bits()
        self.border_points = np.zeros(self.points, dtype=bool)
        self.border_points[self.point[bits != 0]] = True
        sides = [self.keys(a[on], b[on]) for a, b in self.edges for on in [(bits[a] & bits[b]) != 0]]
        self.border_edges = np.unique(np.concatenate(sides)) if sides else np.zeros(0, dtype=np.int64)

    def keys(self, a: Array, b: Array) -> Array:
        """Edges between corners by their points: one number each."""
        import numpy as np

        p, q = self.point[a], self.point[b]
        return np.minimum(p, q) * self.points + np.maximum(p, q)

    def _bits(self) -> Array:
        """Of each corner the facets of its cell that meet there and lie on the border."""
        import numpy as np

        found = self.found
        bits = np.zeros(len(found.owner), dtype=found.lists.tight.dtype)
        first = found.facet_offsets[found.owner]
        for k in range(int(np.diff(found.facet_offsets).max(initial=0))):
            at = np.minimum(first + k, len(self.border) - 1)
            here = (first + k < found.facet_offsets[found.owner + 1]) & self.border[at]
            bits |= np.where(here, found.lists.tight & (1 << k), 0)
        return bits

    def components(self, inside: Array, tied: Array) -> int:
        """Cells of a class, joined across facets on which no other class is as good all over."""
        import numpy as np

        found, owner = self.found, self.found.facet_owner
        open_ = ~facet_ties(found, tied).any(axis=1)
        at = np.flatnonzero(inside[owner] & (found.neighbours >= 0) & open_)
        at = at[inside[found.neighbours[at]]]
        roots = joined(len(inside), owner[at], found.neighbours[at])
        return len(np.unique(roots[inside]))

    def cavities(self, inside: Array, tied: Array) -> int:
        """Components of the complement that do not reach the border."""
        import numpy as np

        found, cells, owner = self.found, len(inside), self.found.facet_owner
        at = np.flatnonzero(~inside[owner] & (found.neighbours >= 0))
        at = at[~inside[found.neighbours[at]]]
        pairs = [(owner[at], found.neighbours[at])]
        lost = tied.any(axis=1) | ~inside[found.owner]             # corners of the complement
        outside = np.flatnonzero(~inside[found.owner])
        pairs.append((found.owner[outside], cells + self.point[outside]))
        for a, b in self.edges:                                    # a tied facet hangs together by its edges
            both = np.flatnonzero((tied[a] & tied[b]).any(axis=1))
            pairs.append((cells + self.point[a[both]], cells + self.point[b[both]]))
        first, second = (np.concatenate([p[i] for p in pairs]) for i in (0, 1))
        roots = joined(cells + self.points, first, second)
        held = np.concatenate([roots[:cells][~inside], roots[cells + self.point[lost]]])
        reached = [roots[owner[self.border & ~inside[owner]]]]
        reached.append(roots[cells + self.point[lost & self.border_points[self.point]]])
        return len(np.setdiff1d(np.unique(held), np.concatenate(reached)))

    def characteristic(self, inside: Array, tied: Array) -> int:
        """chi(U): open faces of the class within the domain, each once."""
        import numpy as np

        found = self.found
        own = inside[found.owner]
        corners = np.unique(self.point[own & ~self.border_points[self.point] & ~tied.any(axis=1)])
        sides = [self.keys(a[keep], b[keep]) for a, b in self.edges
                 for keep in [own[a] & ~(tied[a] & tied[b]).any(axis=1)]]
        every = np.unique(np.concatenate(sides)) if sides else np.zeros(0, dtype=np.int64)
        many = len(np.setdiff1d(every, self.border_edges))
        open_ = np.flatnonzero(~facet_ties(found, tied).any(axis=1) & ~self.border & inside[found.facet_owner])
        beyond = found.neighbours[open_]
        twice = int((inside[beyond] & (beyond >= 0)).sum())
        facets = len(open_) - twice // 2
        return -(len(corners) - many + facets - int(inside.sum()))
