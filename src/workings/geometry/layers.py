"""A stack on a plane (or in space) as layers of units over affine forms in (p, q): for doubles and for integers.

    F_l = own_l + sum over earlier layers i of W_li (s_i * F_i)        s: 1 where a unit is on, its slope elsewhere

Rows are forms (a, b, c): a*p + b*q + c.  In integers everything is held times a fixed positive factor, `scales[l]`:

    G_l = scales[l] * F_l = own'_l + sum of W'_li (s'_i * G_i)         s' = (denominator, numerator) of the slope
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any, Protocol

from workings.errors import InputTooLarge
from workings.geometry.operators import entries_of
from workings.geometry.stack import Affine, Array, Concat, Const, Input, Stack, Sum, Units
from workings.limits import MAX_DENSE

Exact = Array                 # object array of ints


class Framed(Protocol):
    """Where a network is looked at: the inputs as forms in inner coordinates."""

    @property
    def centre(self) -> Sequence[Fraction]: ...
    def frame(self) -> Sequence[Sequence[Fraction]]: ...


@dataclass(eq=False)
class Layers:
    """Layers of units in order, the outputs last; `weights[l]`: (earlier layer, matrix), in float64 or exact."""

    domain: Any                         # a Domain of a plane, an Extent of a space
    sizes: list[int]
    slopes: list[Fraction]
    own: list[tuple[Exact, int]]        # rows and their common denominator
    weights: list[list[tuple[int, Array]]]
    numbers: Array                      # of each unit: its place in a pattern
    outputs: tuple[str, ...]

    @property
    def units(self) -> int:
        return sum(self.sizes[:-1])

    @cached_property
    def starts(self) -> list[int]:
        """The number of the first unit of each layer."""
        out = [0]
        for size in self.sizes[:-1]:
            out.append(out[-1] + size)
        return out

    @cached_property
    def scales(self) -> list[int]:
        """The factor that makes every form of a layer whole."""
        out: list[int] = []
        for (_, denominator), sources in zip(self.own, self.weights):
            scale = denominator
            for i, matrix in sources:
                scale = lcm(scale, _denominator(matrix) * self.slopes[i].denominator * out[i])
            out.append(scale)
        return out

    @cached_property
    def whole(self) -> list[tuple[Exact, list[tuple[int, Exact]]]]:
        """own' and W' of each layer, in integers."""
        out = []
        for scale, (rows, denominator), sources in zip(self.scales, self.own, self.weights):
            pairs = [
                (i, times(matrix, Fraction(scale, self.scales[i] * self.slopes[i].denominator)))
                for i, matrix in sources
            ]
            out.append((rows * (scale // denominator), pairs))
        return out

    @cached_property
    def largest(self) -> int:
        """No entry of any integer form is larger."""
        sizes: list[int] = []
        for (own, sources), _ in zip(self.whole, self.scales):
            bound = max((abs(int(v)) for v in own.reshape(-1)), default=0)
            for i, matrix in sources:
                slope = self.slopes[i]
                rows = abs(matrix).sum(axis=1)
                bound += max(rows, default=0) * sizes[i] * max(slope.denominator, abs(slope.numerator))
            sizes.append(int(bound))
        return max(sizes, default=1)


def layers(stack: Stack, domain: Framed) -> Layers:
    """The layers of a stack on a domain; raises `InputTooLarge` where its matrices are too many numbers.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> from workings.geometry.plane import domain_of, plane_of
    >>> from workings.geometry.stacking import stack
    >>> net = stack(read("y = max(0, x1) - max(0, x2 - 1/2)", signatures()))
    >>> found = layers(net, domain_of(plane_of(net.inputs), [(-1, 1), (-1, 1)]))
    >>> found.sizes, found.own[0][0].tolist(), found.own[0][1]
    ([2, 1], [[2, 0, 0], [0, 2, -1]], 2)
    """
    return _Making(stack, domain).layers()


# --- making ---

# what a node is: its own forms (rows, denominator), and for each node of units a matrix (None: the unit itself)
Parts = tuple[tuple[Exact, int] | None, dict[int, Any]]


class _Making:
    def __init__(self, stack: Stack, domain: Framed) -> None:
        self.stack, self.domain = stack, domain
        self.size = [node.size for node in stack.nodes]
        self.width = len(domain.centre) + 1

    def layers(self) -> Layers:
        parts: list[Parts] = []
        level: dict[int, int] = {}
        for number, node in enumerate(self.stack.nodes):
            parts.append(self._parts(node, number, parts))
            if isinstance(node, Units):
                level[number] = 1 + max((level[u] for u in parts[node.of][1]), default=-1)
            if sum(_count(m) for m in parts[-1][1].values()) > MAX_DENSE:
                raise InputTooLarge(f"a layer has more than {MAX_DENSE} weights once it is written as a matrix",
                                    expected="fewer units")
        groups = self._groups(level)
        return self._assembled(groups, parts)

    def _groups(self, level: dict[int, int]) -> list[list[int]]:
        """Nodes of units with the same depth and the same slope, in order."""
        found: dict[tuple[int, Fraction], list[int]] = {}
        for number, depth in level.items():
            node = self.stack.nodes[number]
            assert isinstance(node, Units)
            found.setdefault((depth, Fraction(node.slope)), []).append(number)
        return [found[key] for key in sorted(found, key=lambda k: (k[0], found[k][0]))]

    def _assembled(self, groups: list[list[int]], parts: list[Parts]) -> Layers:
        import numpy as np

        place = {n: (g, sum(self.size[m] for m in group[:k])) for g, group in enumerate(groups)
                 for k, n in enumerate(group)}
        sizes = [sum(self.size[n] for n in group) for group in groups] + [self.size[self.stack.output]]
        own, weights = [], []
        for group in [*groups, None]:
            ends = [self.stack.output] if group is None else [_of(self.stack.nodes[n]) for n in group]
            own.append(_below([parts[e][0] or _nothing(self.size[e], self.width) for e in ends]))
            weights.append(self._matrices(ends, parts, place, sizes))
        slopes = [Fraction(_slope(self.stack.nodes[group[0]])) for group in groups] + [Fraction(0)]
        numbers = [_numbers(self.stack.nodes[n]) for group in groups for n in group]
        return Layers(
            self.domain, sizes, slopes, own, weights,
            np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int64), self.stack.outputs,
        )

    def _matrices(
        self, ends: list[int], parts: list[Parts], place: dict[int, tuple[int, int]], sizes: list[int],
    ) -> list[tuple[int, Array]]:
        """For each earlier layer the matrix from its units to the ends, one below the other."""
        sources = sorted({place[u][0] for e in ends for u in parts[e][1]})
        out = []
        for g in sources:
            blocks = [(r, place[u][1], m, self.size[u]) for r, e in enumerate(ends)
                      for u, m in parts[e][1].items() if place[u][0] == g]
            if len(ends) == 1 and len(blocks) == 1 and blocks[0][3] == sizes[g]:
                out.append((g, _written(blocks[0][2], sizes[g])))
                continue
            out.append((g, _blocks(blocks, [self.size[e] for e in ends], sizes[g])))
        return out

    def _parts(self, node: Any, number: int, parts: list[Parts]) -> Parts:
        if isinstance(node, Input):
            return self._frame(), {}
        if isinstance(node, Const):
            return _constants(node.values, self.width), {}
        if isinstance(node, Units):
            return None, {number: None}
        if isinstance(node, Affine):
            own, units = parts[node.of]
            return _applied(node, own), {u: _composed(node, m, self.size[u]) for u, m in units.items()}
        if isinstance(node, Sum):
            return self._added(node, parts)
        assert isinstance(node, Concat)
        return self._concatenated(node, parts)

    def _added(self, node: Sum, parts: list[Parts]) -> Parts:
        own: list[tuple[Exact, int]] = []
        units: dict[int, Any] = {}
        for of, factor in zip(node.of, node.factors):
            mine, matrices = parts[of]
            if mine is not None:
                own.append((mine[0] * Fraction(factor).numerator, mine[1] * Fraction(factor).denominator))
            for u, m in matrices.items():
                scaled = times(_written(m, self.size[u]), Fraction(factor), keep=True) if factor != 1 else m
                both = u in units
                units[u] = plus(_written(units[u], self.size[u]), _written(scaled, self.size[u])) if both else scaled
        return (_total(own) if own else None), units

    def _concatenated(self, node: Concat, parts: list[Parts]) -> Parts:
        own = _below([parts[o][0] or _nothing(self.size[o], self.width) for o in node.of])
        units: dict[int, Any] = {}
        heights = [self.size[o] for o in node.of]
        for u in dict.fromkeys(u for o in node.of for u in parts[o][1]):
            blocks = [(k, 0, parts[o][1][u], self.size[u]) for k, o in enumerate(node.of) if u in parts[o][1]]
            units[u] = _blocks(blocks, heights, self.size[u])
        return own, units

    def _frame(self) -> tuple[Exact, int]:
        """The inputs as forms in inner coordinates."""
        return _cleared(self.domain.frame())


def _of(node: Any) -> int:
    assert isinstance(node, Units)
    return node.of


def _slope(node: Any) -> Any:
    return node.slope


def _numbers(node: Any) -> Array:
    return node.numbers


def _count(matrix: Any) -> int:
    return 0 if matrix is None else int(matrix.size)


def _nothing(size: int, width: int) -> tuple[Exact, int]:
    import numpy as np

    return np.zeros((size, width), dtype=object), 1


def _cleared(rows: Sequence[Sequence[Fraction]]) -> tuple[Exact, int]:
    """Rows of fractions as integers over one denominator."""
    import numpy as np

    scale = lcm(*(v.denominator for row in rows for v in row)) if rows else 1
    out = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        out[i] = [v.numerator * (scale // v.denominator) for v in row]
    return out, scale


def _constants(values: Array, width: int) -> tuple[Exact, int]:
    import numpy as np

    whole, scale = integers(values)
    out = np.zeros((len(values), width), dtype=object)
    out[:, -1] = whole
    return out, scale


def _applied(node: Affine, own: tuple[Exact, int] | None) -> tuple[Exact, int] | None:
    if own is None:
        return None
    weights, scale = integers(node.operator.weights)
    return node.operator.product(weights, own[0]), own[1] * scale


def _composed(node: Affine, matrix: Any, size: int) -> Array:
    """The matrix after one more operator."""
    if matrix is None:
        return entries_of(node.operator, size)
    weights, scale = integers(node.operator.weights)
    inner, other = integers(matrix)
    return _divided(node.operator.product(weights, inner), scale * other)


def _below(parts: Sequence[tuple[Exact, int]]) -> tuple[Exact, int]:
    """Rows one below the other."""
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    scale = lcm(*(d for _, d in parts))
    return np.concatenate([rows * (scale // d) for rows, d in parts]), scale


def _total(parts: Sequence[tuple[Exact, int]]) -> tuple[Exact, int]:
    scale = lcm(*(d for _, d in parts))
    total = parts[0][0] * (scale // parts[0][1])
    for rows, d in parts[1:]:
        total = total + rows * (scale // d)
    return total, scale


def _written(matrix: Any, size: int) -> Array:
    """The matrix itself; None is the unit matrix."""
    import numpy as np

    return np.eye(size) if matrix is None else matrix


def _blocks(blocks: Sequence[tuple[int, int, Any, int]], heights: Sequence[int], width: int) -> Array:
    """A matrix of blocks (which of the heights, first column, matrix, columns)."""
    import numpy as np

    plain = all(m is None or m.dtype == np.float64 for _, _, m, _ in blocks)
    out = np.zeros((sum(heights), width), dtype=np.float64 if plain else object)
    for k, column, matrix, size in blocks:
        top = sum(heights[:k])
        found = _written(matrix, size)
        out[top:top + heights[k], column:column + size] = found if plain else fractions(found)
    return out


# --- exact matrices ---


def fractions(array: Array) -> Array:
    """Floats as ints and fractions."""
    import numpy as np

    if array.dtype == object:
        return array
    out = np.empty(array.shape, dtype=object)
    out.reshape(-1)[:] = [int(v) if v.is_integer() else Fraction(v) for v in array.reshape(-1).tolist()]
    return out


def integers(array: Array) -> tuple[Exact, int]:
    """Integers and their common denominator; the shape stays."""
    import numpy as np

    if not array.size:
        return array, 1
    if array.dtype == np.float64:
        return _dyadic(array)
    flat = array.reshape(-1).tolist()
    scale = lcm(*(v.denominator for v in flat))
    out = np.empty(len(flat), dtype=object)
    out[:] = [int(v * scale) for v in flat] if scale == 1 else [v.numerator * (scale // v.denominator) for v in flat]
    return out.reshape(array.shape), scale


def _dyadic(array: Array) -> tuple[Exact, int]:
    """Floats as integers over a power of two."""
    import numpy as np

    mantissa, exponent = np.frexp(array)
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    low = np.where(whole == 0, 0, exponent - 53)
    # trailing zeros need not be carried along
    lowest_bit = np.where(whole == 0, 1, whole & -whole)
    zeros = np.round(np.log2(lowest_bit.astype(np.float64))).astype(np.int64)
    whole, low = whole >> zeros, low + np.where(whole == 0, 0, zeros)
    least = min(int(low.min()), 0)
    out = np.empty(array.size, dtype=object)
    out[:] = [w << (e - least) for w, e in zip(whole.reshape(-1).tolist(), low.reshape(-1).tolist())]
    return out.reshape(array.shape), 1 << -least


def _denominator(matrix: Array) -> int:
    return integers(matrix)[1]


def times(matrix: Array, factor: Fraction, keep: bool = False) -> Array:
    """factor * matrix exactly; whole numbers unless `keep`: then floats stay floats where that is exact."""
    import numpy as np

    power = factor.numerator in (1, -1) and factor.denominator & (factor.denominator - 1) == 0
    if keep and matrix.dtype == np.float64 and power and np.abs(matrix[matrix != 0]).min(initial=1.0) > 1e-250:
        return matrix * float(factor)
    whole, scale = integers(matrix)
    return _divided(whole * factor.numerator, scale * factor.denominator)


def _divided(whole: Exact, denominator: int) -> Array:
    """Integers over a denominator: ints where it goes in, else fractions."""
    import numpy as np

    if denominator == 1:
        return whole
    out = np.empty(whole.size, dtype=object)
    out[:] = [
        v // denominator if v % denominator == 0 else Fraction(v, denominator) for v in whole.reshape(-1).tolist()
    ]
    return out.reshape(whole.shape)


def plus(a: Array, b: Array) -> Array:
    """a + b exactly."""
    return fractions(a) + fractions(b)
