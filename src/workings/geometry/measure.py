"""What a network does over a box: its least and largest values, how steep it is, whether its class is constant.

An affine map has its extremes over a cell at corners.  Floats with proved bounds leave a few corners; these are
computed exactly, so that value, point and cell are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from workings.errors import BadValue, OutOfReach
from workings.geometry.data import Point
from workings.geometry.mesh import ULP, Array, Mesh, exact_value, values

NORMS = ("1", "2", "inf")


@dataclass(frozen=True, slots=True)
class Extreme:
    """A value with a point and a cell that attain it."""

    value: Fraction
    at: Point
    cell: int
    pattern: str


@dataclass(frozen=True, slots=True)
class Steepest:
    """The Lipschitz constant of an output for distances in a norm, and the cell that attains it.

    `squared` is exact; `value` is its root in floats.  `gradient`: by the coordinates of the complex.
    """

    output: str
    norm: str
    squared: Fraction
    value: float
    gradient: tuple[Fraction, ...]
    cell: int
    pattern: str


@dataclass(frozen=True, slots=True)
class Constancy:
    """Is the class the same everywhere?  `margin`: the least lead of the class; else two points of two classes."""

    constant: bool
    label: str
    margin: Extreme | None = None
    witness: tuple[tuple[str, Point], ...] = ()


# --- least and largest ---


def extreme(mesh: Mesh, weights: Sequence[int], largest: bool = True) -> Extreme:
    """The largest (or least) value of a sum of weight * output over all cells, exactly.

    Raises `OutOfReach` where the cells reach to infinity.
    """
    import numpy as np

    if not mesh.bounded:
        raise OutOfReach("the domain has no end: there may be no largest value", hint="give a box")
    value, error = values(mesh, weights)
    if not largest:
        value = -value
    found: Extreme | None = None
    cells = mesh.cells
    candidates = np.flatnonzero(value + error >= (value - error).max())
    candidates = candidates[np.argsort(-value[candidates], kind="stable")]
    seen: set[Point] = set()
    for corner in candidates.tolist():
        point = mesh.exact_point(corner)
        if point in seen:         # at one point all cells have the same value: the network is continuous
            continue
        seen.add(point)
        exact = exact_value(mesh, weights, int(cells[corner]), point)
        if found is None or (exact > found.value if largest else exact < found.value):
            found = Extreme(exact, point, int(cells[corner]), mesh.pattern(int(cells[corner])))
    assert found is not None
    return found


def extremes(mesh: Mesh) -> dict[str, tuple[Extreme, Extreme]]:
    """The least and the largest value of each output.

    >>> from workings.functions import signatures
    >>> from workings.geometry import pieces
    >>> from workings.geometry.mesh import mesh_of
    >>> from workings.syntax import read
    >>> low, high = extremes(mesh_of(pieces(read("y = max(0, x1) - x2", signatures()), [(-1, 1), (0, 3)])))["y"]
    >>> str(low.value), [str(v) for v in low.at], str(high.value)
    ('-3', ['0', '3'], '1')
    """
    out = {}
    for k, name in enumerate(mesh.outputs):
        weights = [int(i == k) for i in range(len(mesh.outputs))]
        out[name] = extreme(mesh, weights, False), extreme(mesh, weights)
    return out


# --- steepness ---


def lipschitz(mesh: Mesh, norm: str = "2") -> dict[str, Steepest]:
    """The Lipschitz constant of each output over the domain, for distances in the 1-, 2- or inf-norm of the inputs.

    On a convex domain it is the largest dual norm of a gradient: |g|_inf for the 1-norm, |g|_2, |g|_1 for inf.
    """
    if norm not in NORMS:
        raise BadValue(f"there is no norm {norm!r} here", expected='norm="1", "2" or "inf"')
    if mesh.gram is not None and norm != "2":
        raise OutOfReach(f"the {norm}-norm of distances within a slice", expected='norm="2"')
    return {name: _steepest(mesh, k, norm) for k, name in enumerate(mesh.outputs)}


def _steepest(mesh: Mesh, output: int, norm: str) -> Steepest:
    import numpy as np

    a = mesh.A[:, output]
    size, error = _dual(mesh, a, norm), float(mesh.map_error[output, 0])
    # a norm is at most d times as wrong as each entry; the gram matrix of a slice bends that by its condition
    bound = (a.shape[1] * error + 16 * ULP * (size + np.abs(a).sum(axis=1))) * _condition(mesh) + 1e-300
    candidates = np.flatnonzero(size + bound >= (size - bound).max())
    best: tuple[Fraction, tuple[Fraction, ...], int] | None = None
    done: set[tuple[Fraction, ...]] = set()
    for cell in candidates[np.argsort(-size[candidates], kind="stable")].tolist():
        gradient = mesh.exact_maps(cell)[output][:-1]
        if gradient not in done:
            done.add(gradient)
            squared = _exact_dual(mesh, gradient, norm)
            if best is None or squared > best[0]:
                best = squared, gradient, cell
    assert best is not None
    squared, gradient, cell = best
    return Steepest(mesh.outputs[output], norm, squared, _root(squared), gradient, cell, mesh.pattern(cell))


def _dual(mesh: Mesh, a: Array, norm: str) -> Array:
    """The dual norm of each gradient, in floats."""
    import numpy as np

    if norm == "1":
        return np.abs(a).max(axis=1)
    if norm == "inf":
        return np.abs(a).sum(axis=1)
    if mesh.gram is None:
        return np.sqrt((a * a).sum(axis=1))
    inverse = np.array([[float(v) for v in row] for row in _inverse(mesh.gram)])
    return np.sqrt(np.maximum(np.einsum("ci,ij,cj->c", a, inverse, a), 0))


def _exact_dual(mesh: Mesh, gradient: Sequence[Fraction], norm: str) -> Fraction:
    """Its square, exactly."""
    if norm == "1":
        return max(abs(v) for v in gradient) ** 2
    if norm == "inf":
        return sum((abs(v) for v in gradient), Fraction(0)) ** 2
    if mesh.gram is None:
        return sum((v * v for v in gradient), Fraction(0))
    inverse = _inverse(mesh.gram)
    return sum((u * inverse[i][j] * v for i, u in enumerate(gradient) for j, v in enumerate(gradient)), Fraction(0))


def _condition(mesh: Mesh) -> float:
    """How much larger than a gradient's own error that of its norm in a slanted plane may be."""
    if mesh.gram is None:
        return 1.0
    inverse = _inverse(mesh.gram)
    largest = max(abs(v) for row in inverse for v in row)
    smallest = min(inverse[i][i] for i in range(len(inverse)))
    return float(4 * largest / min(smallest, 1 / max(mesh.gram[i][i] for i in range(len(inverse))))) + 4.0


def _inverse(gram: Any) -> list[list[Fraction]]:
    from flint import fmpq, fmpq_mat

    size = range(len(gram))
    rows = fmpq_mat([[fmpq(v.numerator, v.denominator) for v in row] for row in gram]).inv()
    return [[Fraction(int(rows[i, j].p), int(rows[i, j].q)) for j in size] for i in size]


def _root(squared: Fraction) -> float:
    """The square root, right to the last digit: through an integer root with sixty-four more bits."""
    from math import isqrt

    if not squared:
        return 0.0
    shift = max(0, 128 - (squared.numerator.bit_length() - squared.denominator.bit_length()))
    shift += shift % 2
    return float(Fraction(isqrt((squared.numerator << shift) // squared.denominator), 1 << (shift // 2)))


# --- classes ---


def constant(mesh: Mesh) -> Constancy:
    """Is the class the same all over the domain: the sign of the one output, or the largest of several?

    Where it is, `margin` says by how little it leads where it leads least; where it is not, there is a point of each
    of two classes.
    """
    if len(mesh.outputs) == 1:
        return _one_sign(mesh)
    place = extreme(mesh, _unit(mesh, 0))
    while True:
        best = _leaders(mesh, place)
        least = _least_lead(mesh, best[0])
        if least.value >= 0:
            return Constancy(True, mesh.outputs[best[0]], least)
        others = _leaders(mesh, least)
        new = [k for k in others if k not in best]
        if new:
            return Constancy(False, "", None, ((mesh.outputs[best[0]], place.at), (mesh.outputs[new[0]], least.at)))
        place = least             # fewer lead there, and the first that led is none of them: this ends


def _unit(mesh: Mesh, k: int) -> list[int]:
    return [int(i == k) for i in range(len(mesh.outputs))]


def _leaders(mesh: Mesh, place: Extreme) -> list[int]:
    """The outputs that are the largest at a point."""
    own = [exact_value(mesh, _unit(mesh, k), place.cell, place.at) for k in range(len(mesh.outputs))]
    return [k for k, v in enumerate(own) if v == max(own)]


def _least_lead(mesh: Mesh, first: int) -> Extreme:
    """Where an output leads the others least."""
    found: Extreme | None = None
    for k in range(len(mesh.outputs)):
        if k != first:
            lead = extreme(mesh, [int(i == first) - int(i == k) for i in range(len(mesh.outputs))], False)
            if found is None or lead.value < found.value:
                found = lead
    assert found is not None
    return found


def _one_sign(mesh: Mesh) -> Constancy:
    name = mesh.outputs[0]
    low, high = extreme(mesh, [1], False), extreme(mesh, [1])
    if low.value < 0 < high.value:
        return Constancy(False, "", None, ((f"{name} < 0", low.at), (f"{name} > 0", high.at)))
    if high.value <= 0:
        return Constancy(True, f"{name} < 0" if high.value else f"{name} <= 0", high)
    return Constancy(True, f"{name} > 0" if low.value else f"{name} >= 0", low)


# --- areas ---


def areas(mesh: Mesh) -> Array:
    """The area (on a line the length) of each cell in floats; within a slice, that in input space."""
    import numpy as np

    if not mesh.bounded:
        raise OutOfReach("cells that reach to infinity have no area", hint="give a box")
    x = mesh.points
    if x.shape[1] == 1:
        low, high = (f.reduceat(x[:, 0], mesh.offsets[:-1]) for f in (np.minimum, np.maximum))
        return (high - low) * mesh.scale * (1.0 if mesh.gram is None else float(mesh.gram[0][0]) ** 0.5)
    if x.shape[1] != 2:
        raise OutOfReach(f"the volumes of cells in {x.shape[1]} dimensions", expected="one or two inputs, or a slice")
    following = np.arange(len(x)) + 1
    following[mesh.offsets[1:] - 1] = mesh.offsets[:-1]
    first = x[mesh.offsets[:-1]][mesh.cells]          # from a corner of the cell: nothing cancels far from the origin
    p, q = x - first, x[following] - first
    twice = np.add.reduceat(p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1], mesh.offsets[:-1])
    stretch = mesh.scale**2
    if mesh.gram is not None:
        (a, b), (_, d) = mesh.gram
        stretch *= float(a * d - b * b) ** 0.5
    return np.abs(twice) / 2 * stretch


def histogram(sizes: Array, bins: int = 20) -> tuple[Array, Array]:
    """How many cells have an area in each of the bins, which are equal steps of the logarithm: counts and edges."""
    import numpy as np

    found = sizes[sizes > 0]
    if bins < 1:
        raise BadValue(f"{bins} bins", expected="1 or more")
    if not len(found):
        return np.zeros(bins, dtype=np.int64), np.linspace(0.0, 1.0, bins + 1)
    low, high = np.log10(found.min()), np.log10(found.max())
    edges = np.linspace(low, high if high > low else low + 1, bins + 1)
    counts, _ = np.histogram(np.log10(found), edges)
    counts[-1] += len(found) - counts.sum()           # the largest lies on the last edge, up to rounding
    return counts, 10**edges
