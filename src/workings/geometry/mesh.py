"""The cells of a complex as arrays, with what is exact behind them: what measures work on.

    corner   one corner of one cell; the corners of cell i are those from offsets[i] to offsets[i + 1]

Floats decide where their bounds allow it; the few that remain are decided exactly.  Floats stand in inner coordinates,
x = centre + scale * inner with a power of two as scale; exact points and maps in those of the inputs, or of the slice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workings.errors import OutOfReach
from workings.geometry.data import Map, Pieces, Point

if TYPE_CHECKING:
    from workings.geometry.fast.complex import Complex
    from workings.geometry.plane import Plane
    from workings.geometry.space.complex import SpaceComplex
    from workings.geometry.space.extent import Flat

Array = Any                   # NumPy
ULP = 2.0**-52


@dataclass(eq=False)
class Mesh:
    """Cells, their corners and maps; `point_error` and `map_error` bound what the floats are wrong by.

    `map_error`: of each output, of a coefficient and of the constant.  `gram`: scalar products of the coordinates'
    directions in input space, where the coordinates are those of a slice.
    """

    names: tuple[str, ...]
    outputs: tuple[str, ...]
    offsets: Array
    points: Array                         # corners x coordinates
    point_error: Array                    # of each corner
    A: Array                              # cells x outputs x coordinates
    b: Array                              # cells x outputs
    map_error: Array                      # outputs x 2
    pattern: Callable[[int], str]         # of a cell: +-+…
    exact_point: Callable[[int], Point]   # of a corner
    exact_maps: Callable[[int], tuple[Map, ...]]
    bounded: bool = True
    scale: float = 1.0
    gram: Any = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def cells(self) -> Array:
        """The cell of each corner."""
        import numpy as np

        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def output(self, name: str | None) -> int:
        """The place of an output; the only one if none is named."""
        from workings.errors import BadValue

        if name is None and len(self.outputs) == 1:
            return 0
        if name not in self.outputs:
            raise BadValue(f"there is no output {name}" if name else "which output?",
                           expected=f"output= one of {', '.join(self.outputs)}")
        return self.outputs.index(name)


def mesh_of(pieces: Pieces) -> Mesh:
    """The full cells of an exact answer; raises `OutOfReach` where it lists none.

    >>> from workings.functions import signatures
    >>> from workings.geometry import pieces
    >>> from workings.syntax import read
    >>> mesh = mesh_of(pieces(read("y = max(0, x1) + max(0, x2)", signatures()), [(-1, 1), (-1, 1)]))
    >>> len(mesh), mesh.points.shape, mesh.A[0, 0].tolist()
    (4, (16, 2), [1.0, 1.0])
    """
    import numpy as np

    full = pieces.full
    if not full or any(r.shape is None for r in full):
        raise OutOfReach("the cells are not listed", hint="leave --count out, or take a smaller box")
    names = tuple(output.name for output in pieces.outputs)
    corners = [r.shape.vertices for r in full if r.shape is not None]
    points = [v for own in corners for v in own]
    maps = [tuple(r.affine[n] for n in names) for r in full]
    flat = np.array([[[float(v) for v in m] for m in own] for own in maps])
    floats = np.array([[float(v) for v in p] for p in points]).reshape(len(points), len(pieces.inputs))
    wrong = ULP * np.stack([np.abs(flat[..., :-1]).max(axis=(0, 2), initial=0.0), np.abs(flat[..., -1]).max(axis=0)], 1)
    return Mesh(
        pieces.inputs, names, np.cumsum([0, *map(len, corners)]), floats, ULP * np.abs(floats).max(axis=1, initial=0.0),
        flat[..., :-1], flat[..., -1], wrong, lambda cell: full[cell].pattern, points.__getitem__, maps.__getitem__,
        all(r.shape is not None and r.shape.bounded for r in full),
    )


def mesh_of_complex(found: Complex | SpaceComplex) -> Mesh:
    """The cells of a line, a plane or a space, as the fast or the exact engine lists them."""
    domain, lists = found.layers.domain, found.lists
    size = len(domain.plane.names)
    points, wrong = _points(lists.place, len(domain.centre), size)

    def exact_maps(cell: int) -> tuple[Map, ...]:
        return tuple((*row[:size], row[-1]) for row in found.exact_map(cell))

    return Mesh(
        domain.plane.names, found.layers.outputs, found.offsets, points, wrong,
        lists.map[..., :size], lists.map[..., -1], lists.error, found.pattern,
        lambda corner: found.exact_vertex(corner)[:size], exact_maps, domain.bounded, float(domain.scale),
        _gram(domain.plane) if domain.plane.sliced else None,
    )


def _points(place: Array, size: int, names: int) -> tuple[Array, Array]:
    """Corners in inner coordinates and what they are wrong by; `place`: coordinates, w, the error of all, of w."""
    import numpy as np

    weight = np.maximum(place[:, size], 1e-100)
    points = place[:, :size] / weight[:, None]
    if place.shape[1] == size + 2:                    # of a plane w is 1
        return points[:, :names], place[:, -1]
    reach = np.abs(points).max(axis=1, initial=0.0)
    room = np.maximum(weight - place[:, -1], 1e-100)
    return points[:, :names], ((place[:, -2] + reach * place[:, -1]) / room + 4 * ULP * reach) * (1 + 1e-9)


def _gram(plane: Plane | Flat) -> Sequence[Sequence[Fraction]]:
    if not isinstance(plane.gram, tuple):
        return plane.gram
    a, b, c = plane.gram
    return [[a]] if plane.line else [[a, b], [b, c]]


def values(mesh: Mesh, weights: Sequence[int]) -> tuple[Array, Array]:
    """At each corner the sum of weight * output, and a bound for its error.

    The bound: |A| times the error of the point, the error of A times |x|, that of b, and gamma times the absolute sum
    for the rounding here (Higham, Accuracy and Stability of Numerical Algorithms, 3.1).
    """
    import numpy as np

    cells, x, size = mesh.cells, mesh.points, np.abs(mesh.points)
    w = np.asarray(weights, dtype=float)
    a, c = np.tensordot(w, mesh.A, (0, 1)), mesh.b @ w
    a_size, c_size = np.tensordot(np.abs(w), np.abs(mesh.A), (0, 1)), np.abs(mesh.b) @ np.abs(w)
    value = (a[cells] * x).sum(axis=1) + c[cells]
    error = a_size[cells].sum(axis=1) * mesh.point_error
    slope, constant = np.abs(w) @ mesh.map_error
    error += slope * (size.sum(axis=1) + x.shape[1] * mesh.point_error) + constant
    count = x.shape[1] + len(w) + 4
    error += count * ULP * ((a_size[cells] * size).sum(axis=1) + c_size[cells])
    return value, error * (1 + 1e-9) + 1e-300


def exact_value(mesh: Mesh, weights: Sequence[int], cell: int, point: Point) -> Fraction:
    """The sum of weight * output of a cell's map at a point, exactly."""
    total = Fraction(0)
    for w, own in zip(weights, mesh.exact_maps(cell)):
        if w:
            total += w * (sum((a * x for a, x in zip(own, point)), Fraction(0)) + own[-1])
    return total
