"""What a walk lists, some thousand cells at a time: plain arrays, in the order of the walk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from workings.geometry.exact_plane import Cell, Exact, Triple
from workings.geometry.fast.doubles import place_of, ratio
from workings.geometry.layers import Layers

Array = Any
T = TypeVar("T")
CELLS, CORNERS = 16_384, 131_072      # of one chunk


@dataclass(slots=True, eq=False)
class Chunk:
    """Cells with their corners one after the other; coordinates are the inner (p, q)."""

    offset: Array             # cells + 1
    place: Array              # corners x 4: x, y, w, and a bound for the error of each
    name: Array               # corners x 3: the two creases that meet, and that of the edge that follows
    level: Array              # corners x outputs: signs of the outputs
    pattern: Array            # cells x bytes: bit k, from the highest of the first byte on, is unit k
    map: Array                # cells x outputs x 3
    error: Array              # outputs x 2: no entry of `map` is further off

    @property
    def cells(self) -> int:
        return len(self.offset) - 1


def joined(parts: Sequence[Chunk], outputs: int, units: int) -> Chunk:
    """All chunks as one."""
    import numpy as np

    if not parts:
        return Chunk(
            np.zeros(1, np.int64), np.zeros((0, 4)), np.zeros((0, 3), np.int32), np.zeros((0, outputs), np.int8),
            np.zeros((0, (units + 7) // 8), np.uint8), np.zeros((0, outputs, 3)), np.zeros((outputs, 2)),
        )
    if len(parts) == 1:
        return parts[0]
    ends = np.cumsum([0, *(len(p.place) for p in parts)])
    offset = np.concatenate([parts[0].offset[:1], *(p.offset[1:] + e for p, e in zip(parts, ends))])
    rest = [f.name for f in fields(Chunk)][1:-1]
    joined_: list[Array] = [np.concatenate([getattr(p, name) for p in parts]) for name in rest]
    place, name, level, pattern, map_ = joined_
    return Chunk(offset, place, name, level, pattern, map_, np.max([p.error for p in parts], axis=0))


def exact_chunk(found: Sequence[Cell], layers: Layers, exact: Exact) -> Chunk:
    """Cells of the walk in integers, rounded."""
    import numpy as np

    outputs, scale = layers.sizes[-1], layers.scales[-1]
    corners = [c for cell in found for c in cell.corners]
    sizes = [len(cell.corners) for cell in found]
    maps = np.array([[[ratio(v, scale) for v in row] for row in cell.outputs] for cell in found])
    signs = np.frombuffer(b"".join(cell.signs for cell in found), np.uint8).reshape(len(found), layers.units)
    level = np.array([[_sign(row, v) for row in cell.outputs] for cell in found for v, *_ in cell.corners], np.int8)
    maps = maps.reshape(len(found), outputs, 3)
    error = np.zeros((outputs, 2))
    if maps.size:
        error[:, 0], error[:, 1] = np.abs(maps[..., :2]).max(axis=(0, 2)), np.abs(maps[..., 2]).max(axis=0)
    return Chunk(
        np.cumsum([0, *sizes]), np.array([place_of(v) for v, *_ in corners]).reshape(-1, 4),
        np.array([c[1:] for c in corners], np.int32).reshape(-1, 3), level.reshape(-1, outputs),
        np.packbits(signs, axis=1), maps, error * 2.0**-52,
    )


def _sign(row: Triple, vertex: Triple) -> int:
    value = row[0] * vertex[0] + row[1] * vertex[1] + row[2] * vertex[2]
    return (value > 0) - (value < 0)


def batches(found: Iterator[T], size: int) -> Iterator[list[T]]:
    """Lists of so many cells."""
    batch: list[T] = []
    for cell in found:
        batch.append(cell)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
