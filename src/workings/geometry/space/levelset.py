"""Where an output of a space has a level, or where the largest of several outputs changes: off a sharpened complex.

As `fast.levelset` in the plane: a tie is an output that is 0 (a level less its level, a gap) on a face.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from workings.errors import OutOfReach
from workings.geometry.data import Part
from workings.geometry.merge import merged
from workings.geometry.polyhedron import Polyhedron, as_shape, crease, slice_
from workings.geometry.sharpen import sharpened, ties
from workings.geometry.solids import flattened, lifted
from workings.geometry.space.complex import SpaceComplex
from workings.geometry.space.engine import Progress, space_of
from workings.geometry.space.extent import Extent
from workings.geometry.space.volumes import edges
from workings.geometry.stack import Stack

Array = Any
Between = tuple[str, str] | None


@dataclass(eq=False)
class SpaceLevelSet:
    """The boundary in space: facets of cells, and what touches in fewer dimensions.

    `faces`: facets; `crosses`: of each, does the label change across it?  `rims`: does it bound one of the whole cells?
    `pairs`: of each the two outputs that are the largest there.  `lines`: pairs of corners, edges that lie on no face;
    `points`: corners that lie on none of these; `regions`: cells.
    """

    complex: SpaceComplex
    outputs: tuple[str, ...]            # one: its level; several: the largest of them
    level: Fraction
    faces: Array
    crosses: Array
    rims: Array
    pairs: Array
    lines: list[tuple[int, int]]
    points: list[int]
    regions: Array                      # cells

    length = None

    @property
    def partial(self) -> str:
        return self.complex.partial

    @cached_property
    def area(self) -> float | None:
        """Of all faces, in input space; None where it is infinite, and above three dimensions."""
        from workings.geometry.space.volumes import face_areas

        if self.complex.size != 3 or not self.complex.layers.domain.bounded:
            return None
        return float(face_areas(self.complex)[self.faces].sum())

    def between(self, pair: Array) -> Between:
        """The names of the two outputs that tie."""
        return None if len(self.outputs) == 1 else (self.outputs[int(pair[0])], self.outputs[int(pair[1])])

    def parts(self) -> list[Part]:
        """The faces with exact corners, those in one hyperplane joined where that is convex; lines, points, cells."""
        found = self.complex
        groups: dict[tuple[Any, str, Between], list[Polyhedron]] = {}
        for k, facet in enumerate(self.faces.tolist()):
            if not self.rims[k]:
                row = crease(found.exact_row(int(found.creases[facet]), int(found.facet_owner[facet])))
                kind = "crosses" if self.crosses[k] else "touches"
                body = flattened(found.body(int(found.facet_owner[facet])), row)
                groups.setdefault((row, kind, self.between(self.pairs[k])), []).append(body)
        out = [
            Part("region", kind, (), None, as_shape(lifted(body, row)), between)
            for (row, kind, between), bodies in groups.items() for body in merged([(b, frozenset()) for b in bodies])
        ]
        return [*out, *self._thin(), *(Part("region", "touches", (), None, as_shape(found.body(int(c))))
                                       for c in self.regions)]

    def _thin(self) -> Iterator[Part]:
        found = self.complex
        for a, b in self.lines:
            cell = int(found.owner[a])
            body = found.body(cell)
            for c in set(found.facets_at(a)) & set(found.facets_at(b)):
                body = slice_(body, found.exact_row(c, cell))
            shape = as_shape(body)
            kind = "segment" if not shape.rays else "ray" if len(shape.rays) == 1 else "line"
            yield Part(kind, "touches", shape.vertices, shape.rays[0] if shape.rays else None, None, self._ties(a, b))
        for corner in self.points:
            yield Part("point", "touches", (found.exact_vertex(corner),), None, None, self._ties(corner))

    def _ties(self, *corners: int) -> Between:
        """The first two outputs that are as good as any at all these corners."""
        tied = (self.complex.levels[list(corners)] == 0).all(axis=0).nonzero()[0]
        return None if len(self.outputs) == 1 else self.between(tied[:2])


def space_level_set(
    stack: Stack, extent: Extent, output: int | None = None, level: Fraction = Fraction(0), *,
    engine: str | None = None, seconds: float | None = None, progress: Progress | None = None,
) -> SpaceLevelSet:
    """The exact boundary in space: of one output at a level, or where the largest of several changes.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> from workings.geometry.space.extent import extent_of, flat_of
    >>> from workings.geometry.stacking import stack
    >>> net = stack(read("y = relu(x1) + x2 - x3", signatures()))
    >>> found = space_level_set(net, extent_of(flat_of(net.inputs), [(-1, 1)] * 3), engine="exact")
    >>> [(part.type, part.kind, len(part.shape.vertices)) for part in found.parts()]
    [('region', 'crosses', 4), ('region', 'crosses', 4)]
    """
    sharp, names = sharpened(stack, output, level)
    found = space_of(sharp, extent, engine=engine, seconds=seconds, progress=progress)
    return _read_off(found, names, level)


def _read_off(found: SpaceComplex, names: tuple[str, ...], level: Fraction) -> SpaceLevelSet:
    """Facets on which an output is tied, once each; then edges, then corners."""
    import numpy as np

    if found.size > 3:
        raise OutOfReach(f"the boundary by cells in {found.size} dimensions", expected="up to three dimensions")
    if len(names) > 1:
        found.lists.level = ties(found.lists.level)
    tied, lone = found.levels == 0, len(names) == 1              # corners x outputs
    whole = np.logical_and.reduceat(tied, found.offsets[:-1])
    region = whole[:, 0] if lone else whole.sum(axis=1) > 1
    on_face = facet_ties(found, tied)
    owner = found.facet_owner
    extra = (on_face if lone else on_face & ~whole[owner]) | (on_face & region[owner][:, None])
    faces = np.flatnonzero(extra.any(axis=1))
    own, beyond = owner[faces], found.neighbours[faces]
    keep = ((beyond < 0) & ~region[own]) | (own < beyond) | ((beyond >= 0) & ~np.isin(beyond, own))
    faces, own, beyond = faces[keep], own[keep], beyond[keep]
    labels = _labels(found, whole, lone)
    here, there = labels[own], labels[beyond]
    crosses = (beyond >= 0) & ((here * there < 0) if lone else (here != there))
    rims = region[own] | ((beyond >= 0) & region[beyond])
    lines, points = _thin_ties(found, tied if lone else tied & ~whole[found.owner], extra, region)
    return SpaceLevelSet(found, names, level, faces, crosses, rims, _pairs(on_face[faces], whole[own], lone), lines,
                         points, np.flatnonzero(region))


def facet_ties(found: SpaceComplex, tied: Array) -> Array:
    """facets x outputs: is it tied at every corner of the facet?"""
    import numpy as np

    out = np.ones((len(found.creases), tied.shape[1]), dtype=bool)
    first, tight = found.facet_offsets[found.owner], found.lists.tight
    for k in range(int(np.diff(found.facet_offsets).max(initial=0))):
        at = np.flatnonzero((tight >> k & 1).astype(bool))
        np.logical_and.at(out, first[at] + k, tied[at])
    return out


def _labels(found: SpaceComplex, whole: Array, lone: bool) -> Array:
    """Of a level the sign of each cell; else the first of the largest."""
    import numpy as np

    if not lone:
        return whole.argmax(axis=1)
    return np.sign(np.add.reduceat(np.sign(found.levels[:, 0]).astype(np.int64), found.offsets[:-1]))


def _pairs(tied: Array, whole: Array, lone: bool) -> Array:
    """The two outputs that are the largest: the first that is so all over the cell, and the first other."""
    import numpy as np

    if lone or not len(tied):
        return np.zeros((len(tied), 2), dtype=np.int64)
    first = whole.argmax(axis=1)
    other = tied.copy()
    other[np.arange(len(other)), first] = False
    return np.sort(np.stack([first, other.argmax(axis=1)], 1), axis=1)


def _thin_ties(found: SpaceComplex, tied: Array, on_face: Array, region: Array) -> tuple[list[Any], list[int]]:
    """Edges that are tied although no facet on them is, in any cell; then corners of the same kind."""
    import numpy as np

    covered = _covered(found, on_face, region)
    lines: dict[Any, tuple[int, int]] = {}
    ended: set[Any] = set()
    for a, b, _ in edges(found.lists.tight, found.owner):
        both = np.flatnonzero((tied[a] & tied[b]).any(axis=1))
        for i, j in zip(a[both].tolist(), b[both].tolist()):
            key = frozenset((found.inner_vertex(i), found.inner_vertex(j)))
            ended |= key
            if key not in covered and not (found.infinite[i] and found.infinite[j]):
                lines.setdefault(key, (i, j))
    points: dict[Any, int] = {}
    for corner in np.flatnonzero(tied.any(axis=1) & ~found.infinite).tolist():
        at = found.inner_vertex(corner)
        if at not in ended and frozenset((at,)) not in covered:
            points.setdefault(at, corner)
    return list(lines.values()), list(points.values())


def _covered(found: SpaceComplex, on_face: Array, region: Array) -> set[frozenset[Any]]:
    """The corners and edges that lie on a tied facet or a whole cell."""
    import numpy as np

    out: set[frozenset[Any]] = set()
    own = on_face.any(axis=1) | region[found.facet_owner]
    for facet in np.flatnonzero(own).tolist():
        corners = found.corners_on(facet)
        names = {c: found.inner_vertex(c) for c in corners}
        out |= {frozenset((names[c],)) for c in corners}
        out |= {frozenset((names[c], names[d])) for c in corners for d in corners if c < d}
    return out
