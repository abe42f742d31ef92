"""Where an output has a level, or where the largest of several outputs changes, read off a sharpened complex.

    tie    an output that is 0 (a level less its level, a gap) on an edge, at a corner, or all over a cell
    label  of a cell: the sign of the one output; of several the set of the largest, those whose gap is 0 all over it
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from workings.geometry.data import Part
from workings.geometry.fast.adjacency import neighbours, vertex
from workings.geometry.fast.complex import Complex, Point2
from workings.geometry.fast.engine import Progress, complex_of
from workings.geometry.plane import Domain
from workings.geometry.sharpen import sharpened, ties
from workings.geometry.stack import Stack

Array = Any


@dataclass(eq=False)
class LevelSet:
    """The boundary on a plane: edges, isolated points and whole cells of a complex.

    `edges`, `points`: corners (an edge is the one after its corner); `crosses`: of each edge, does the label change
    across it?  `rims`: does it bound one of the whole cells?  `pairs`: of each edge and point the two outputs that are
    the largest there, (0, 0) for a level.
    """

    complex: Complex
    outputs: tuple[str, ...]            # one: its level; several: the largest of them
    level: Fraction
    edges: Array
    crosses: Array
    rims: Array
    pairs: Array
    points: Array
    point_pairs: Array
    regions: Array                      # cells

    @property
    def partial(self) -> str:
        return self.complex.partial

    @cached_property
    def segments(self) -> Array:
        """The ends of each edge in (s, t): edges x 2 x 2; at infinity a direction."""
        import numpy as np

        return np.stack([self.complex.vertices[self.edges], self.complex.vertices[self.complex.next[self.edges]]], 1)

    @cached_property
    def bounded(self) -> Array:
        """Are both ends of an edge points?"""
        far = self.complex.infinite
        return ~(far[self.edges] | far[self.complex.next[self.edges]])

    @cached_property
    def length(self) -> float | None:
        """Of all edges, in input space; None where it is infinite, and on a line."""
        if self.complex.layers.domain.plane.line or not self.bounded.all():
            return None
        return float(self.lengths.sum())

    @cached_property
    def lengths(self) -> Array:
        """Of each edge that is bounded, in input space."""
        import numpy as np

        gap = np.diff(self.segments[self.bounded], axis=1)[:, 0]
        a, b, c = (float(v) for v in self.complex.layers.domain.plane.gram)
        return np.sqrt(a * gap[:, 0] ** 2 + 2 * b * gap[:, 0] * gap[:, 1] + c * gap[:, 1] ** 2)

    def exact_ends(self, edge: int) -> tuple[Point2, Point2]:
        """The ends of the edge at this place of `edges`, in fractions."""
        corner = int(self.edges[edge])
        return self.complex.exact_vertex(corner), self.complex.exact_vertex(int(self.complex.next[corner]))

    def between(self, pair: Array) -> tuple[str, str] | None:
        """The names of the two outputs that tie."""
        if len(self.outputs) == 1:
            return None
        return self.outputs[int(pair[0])], self.outputs[int(pair[1])]

    def parts(self) -> list[Part]:
        """Every edge but those that bound a whole cell, with exact ends, the isolated points, the whole cells."""
        from workings.geometry.fast.parts import parts_of

        return parts_of(self)

    def joined(self) -> list[Part]:
        """The same, straight stretches of one kind joined."""
        from workings.geometry.fast.parts import joined_parts

        return joined_parts(self)

    def nearest(self, point: Any) -> tuple[Point2, float]:
        """The nearest point of the boundary to a point (s, t), exactly, and its distance in input space."""
        from workings.geometry.fast.parts import nearest

        return nearest(self, point)


def level_set(
    stack: Stack, domain: Domain, output: int | None = None, level: Fraction = Fraction(0), *,
    engine: str | None = None, processes: int = 1, seconds: float | None = None, progress: Progress | None = None,
) -> LevelSet:
    """The exact boundary on a plane: of one output at a level, or where the largest of several changes.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> from workings.geometry.plane import domain_of, plane_of
    >>> from workings.geometry.stacking import stack
    >>> net = stack(read("y = abs(x1) - 1/2", signatures()))
    >>> found = level_set(net, domain_of(plane_of(net.inputs), [(-1, 1)]), engine="exact")
    >>> [(part.type, part.kind, part.points) for part in found.parts()]
    [('point', 'crosses', ((Fraction(1, 2),),)), ('point', 'crosses', ((Fraction(-1, 2),),))]
    """
    sharp, names = sharpened(stack, output, level)
    found = complex_of(sharp, domain, engine=engine, processes=processes, seconds=seconds, progress=progress)
    return read_off(found, names, level)


def read_off(found: Complex, names: tuple[str, ...], level: Fraction) -> LevelSet:
    """Edges on which an output is tied, once each."""
    import numpy as np

    if len(names) > 1:
        found.lists.level = ties(found.lists.level)

    tied = found.levels == 0                                     # corners x outputs
    start = found.offsets[:-1]
    whole = np.logical_and.reduceat(tied, start) if len(start) else tied
    on_edge = tied & tied[found.next]
    lone = len(names) == 1
    region = whole[:, 0] if lone else whole.sum(axis=1) > 1
    labels = _labels(found, whole, lone)
    # ties that the cell does not have all over it; of a zero cell's edges those within the domain count too
    extra = on_edge if lone else on_edge & ~whole[found.owner]
    extra = extra | (on_edge & region[found.owner][:, None])
    edges = np.flatnonzero(extra.any(axis=1))
    beyond = neighbours(found, edges)
    own = found.owner[edges]
    keep = ((beyond < 0) & ~region[own]) | (own < beyond) | ((beyond >= 0) & ~_mutual(edges, own, beyond))
    edges, own, beyond = edges[keep], own[keep], beyond[keep]
    crosses = (beyond >= 0) & _differ(labels, own, beyond, lone)
    rims = region[own] | ((beyond >= 0) & region[beyond])
    points = _lonely(found, tied if lone else tied & ~whole[found.owner], on_edge, region)
    return LevelSet(
        found, names, level, edges, crosses, rims, _pairs(on_edge[edges], whole[own], lone), points,
        _pairs(tied[points], whole[found.owner[points]], lone), np.flatnonzero(region),
    )


def _mutual(edges: Array, own: Array, beyond: Array) -> Array:
    """Is the same edge listed from the cell beyond as well?"""
    import numpy as np

    pairs = set(zip(own.tolist(), beyond.tolist()))
    return np.array([(b, o) in pairs for o, b in zip(own.tolist(), beyond.tolist())], dtype=bool)


def _labels(found: Complex, whole: Array, lone: bool) -> Array:
    """Of a level the sign of each cell; else the first of the largest."""
    import numpy as np

    if not lone:
        return whole.argmax(axis=1)
    return np.add.reduceat(np.sign(found.levels[:, 0]).astype(np.int64), found.offsets[:-1])


def _differ(labels: Array, own: Array, beyond: Array, lone: bool) -> Array:
    import numpy as np

    here, there = labels[own], labels[beyond]
    return np.sign(here) * np.sign(there) < 0 if lone else here != there


def _pairs(tied: Array, whole: Array, lone: bool) -> Array:
    """The two outputs that are the largest: the first that is so all over the cell, and the first other."""
    import numpy as np

    if lone or not len(tied):
        return np.zeros((len(tied), 2), dtype=np.int64)
    first = whole.argmax(axis=1)
    other = tied.copy()
    other[np.arange(len(other)), first] = False
    return np.sort(np.stack([first, other.argmax(axis=1)], 1), axis=1)


def _lonely(found: Complex, tied: Array, on_edge: Array, region: Array) -> Array:
    """Corners where an output is tied and no edge or cell is: one of each point."""
    import numpy as np

    before = np.empty(len(found.next), dtype=np.int64)
    before[found.next] = np.arange(len(found.next))
    at_edge = on_edge | on_edge[before]
    alone = (tied & ~at_edge).any(axis=1) & ~region[found.owner] & ~found.infinite
    candidates = np.flatnonzero(alone)
    if not len(candidates):
        return candidates
    taken = {vertex(found, c) for c in np.flatnonzero((tied & at_edge).any(axis=1)).tolist()}
    out: dict[tuple[int, ...], int] = {}
    for c in candidates.tolist():
        place = vertex(found, c)
        if place not in taken:
            out.setdefault(place, c)
    return np.array(sorted(out.values()), dtype=np.int64)


