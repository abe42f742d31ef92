"""Three and more inputs: the boundary as flat convex regions, and what is left of it in fewer dimensions.

Every side of every part lies in a hyperplane.  There the sides of the parts above and below are laid over one
another: a face has one label on either side.  Faces alike are put together where their union is convex.

A hyperplane of R^n is R^(n-1), one coordinate whose coefficient is not 0 being left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from workings.exact import dot, primitive
from workings.geometry.data import Part, Point, Row
from workings.geometry.frontier import holds
from workings.geometry.jumps import vanishes
from workings.geometry.merge import merged
from workings.geometry.polyhedron import Polyhedron, as_shape, crease, cut, facets, negated, slice_, space
from workings.geometry.sample import sample
from workings.geometry.sides import Label
from workings.geometry.sides import Part as Labelled

Between = tuple[str, str] | None
Seam = tuple[Polyhedron, bool]          # a cell of a crease where the network jumps; is the level met on all of it?


@dataclass(slots=True, eq=False)
class Face:
    """A convex part of a hyperplane: the label where the row is > 0, where it is < 0, and what ties on it."""

    row: Row
    body: Polyhedron                    # in the hyperplane
    above: Label | None
    below: Label | None
    ties: tuple[Label, ...] = ()
    met: bool | None = None             # on a seam: is the level met on it?

    def middle(self) -> Point:
        """A point in its interior."""
        return sample(lifted(self.body, self.row))

    def holds(self, where: Point) -> bool:
        """Does it hold a point?"""
        return holds(lifted(self.body, self.row), where)


def faces(parts: Sequence[Labelled], wanted: Callable[[Face], bool], seams: Sequence[Seam] = ()) -> list[Face]:
    """The faces between the parts that may belong to the boundary; cut also by the seams of a crease."""
    sides: dict[Row, list[tuple[Face, bool]]] = {}
    for part in parts:
        for row in facets(part.body):
            line = crease(row)
            ties = tuple(other for wall, other in part.walls if crease(wall) == line)
            up = row == line
            face = Face(line, part.body, part.label if up else None, None if up else part.label, ties)
            sides.setdefault(line, []).append((face, up))
    out: list[Face] = []
    for row, found in sides.items():
        if any(wanted(face) for face, _ in found):
            for face, _ in found:
                face.body = flattened(face.body, row)
            for face in _overlaid(found, wanted):
                out += _cut(face, seams)
    return out


def _overlaid(found: list[tuple[Face, bool]], wanted: Callable[[Face], bool]) -> Iterator[Face]:
    ups, downs = ([f for f, up in found if up == way] for way in (True, False))
    below: set[int] = set()
    for a in ups:
        alone = True
        for b in downs:
            both = Face(a.row, a.body, a.above, b.below, (*a.ties, *(t for t in b.ties if t not in a.ties)))
            common = _common(a.body, b.body)
            if common is not None:
                alone = False
                below.add(id(b))
                both.body = common
                if wanted(both):
                    yield both
        if alone and wanted(a):
            yield a
    yield from (b for b in downs if id(b) not in below and wanted(b))


def _common(a: Polyhedron, b: Polyhedron) -> Polyhedron | None:
    """What two sets share, where that has an interior."""
    for row in facets(b):
        a = cut(a, row)
        if a.empty or a.flat:
            return None
    return a


def _cut(face: Face, seams: Sequence[Seam]) -> Iterator[Face]:
    """The face by the seams that lie on it; itself where none does."""
    whole = True
    for body, met in seams:
        if vanishes(body, face.row) and body.dimension() == body.size - 1:
            common = _common(face.body, flattened(body, face.row))
            if common is not None:
                whole = False
                yield Face(face.row, common, face.above, face.below, face.ties, met)
    if whole:
        yield face


Judge = Callable[[Face], tuple[str, Between] | None]


def joined(found: Sequence[Face], judge: Judge) -> list[Part]:
    """The faces that the judge takes, those alike in one hyperplane put together."""
    groups: dict[tuple[Row, str, Between], list[Polyhedron]] = {}
    for face in found:
        verdict = judge(face)
        if verdict is not None:
            groups.setdefault((face.row, *verdict), []).append(face.body)
    return [
        Part("region", kind, (), None, as_shape(lifted(body, row)), between)
        for (row, kind, between), bodies in groups.items() for body in merged([(b, frozenset()) for b in bodies])
    ]


def thin_parts(
    found: Sequence[tuple[Polyhedron, Between]], parts: Sequence[Part], meets: Callable[[Point], bool],
    kind: Callable[[Point], str],
) -> list[Part]:
    """What the level set has in fewer dimensions than a face, and that lies on no other part of it."""
    out: list[Part] = []
    bodies = [p.shape.body for p in parts if p.shape is not None and p.shape.body is not None]
    for body, between in sorted(found, key=lambda pair: -pair[0].dimension()):
        where = sample(body)
        if not any(holds(other, where) for other in bodies) and meets(where):
            bodies.append(body)
            out.append(_thin(body, kind(where), between))
    return out


def _thin(body: Polyhedron, kind: str, between: Between) -> Part:
    shape = as_shape(body)
    if shape.dimension == 0:
        return Part("point", kind, shape.vertices, None, None, between)
    if shape.dimension > 1:
        return Part("region", kind, (), None, shape, between)
    if not shape.rays:
        return Part("segment", kind, shape.vertices, None, None, between)
    return Part("ray" if len(shape.rays) == 1 else "line", kind, shape.vertices, shape.rays[0], None, between)


# --- a hyperplane as a space of its own ---


def _left_out(row: Row) -> int:
    return max(i for i, v in enumerate(row[:-1]) if v)


def flattened(body: Polyhedron, row: Row) -> Polyhedron:
    """The side of a set that lies in the hyperplane row = 0 (or a set within it), without the coordinate left out."""
    k = _left_out(row)
    out = space(body.size - 1)
    inner = [sum(column) for column in zip(*(g for g, _ in slice_(body, row).generators))]
    for side in dict.fromkeys(body.rows[1:]):
        value = dot(side, inner)
        if value:
            turned = side if value > 0 else negated(side)
            out = cut(out, _restricted(turned, row, k))
    return out


def _restricted(side: Row, row: Row, k: int) -> Row:
    """A row on the hyperplane, the coordinate left out put in terms of the others."""
    sign = 1 if row[k] > 0 else -1
    return primitive([sign * (a * row[k] - side[k] * b) for i, (a, b) in enumerate(zip(side, row)) if i != k])


def lifted(body: Polyhedron, row: Row) -> Polyhedron:
    """A set of the hyperplane as a set of the whole space."""
    k = _left_out(row)

    def up(v: Sequence[int]) -> tuple[int, ...]:
        full = [*v[:k], 0, *v[k:]]
        full[k] = -dot(row, full)
        scale = row[k]
        moved = [full[i] * abs(scale) if i != k else full[k] * (1 if scale > 0 else -1) for i in range(len(full))]
        return primitive(moved)

    rows = [(*r[:k], 0, *r[k:]) for r in body.rows[1:]]
    return Polyhedron(
        body.size + 1, tuple(up(line) for line in body.lines),
        tuple((up(g), (tight << 1 & ~3) | tight & 1 | 2) for g, tight in body.generators), ((), row, *rows),
    )
