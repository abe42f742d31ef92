"""What a walk through space lists, some thousand cells at a time: plain arrays, in the order of the walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workings.geometry.fast.doubles import ratio
from workings.geometry.space.exact import Cell

Array = Any
CELLS = 4096                  # of one chunk
WORD = 62                     # facets of one cell that `tight` has bits for


@dataclass(slots=True, eq=False)
class Chunk:
    """Cells with their corners and facets, one after the other; coordinates are the inner ones.

    A map is wrong by `error` at most: of each output, of its slopes and of its constant.
    """

    offset: Array             # cells + 1
    place: Array              # corners x (d + 3): the coordinates and w, the errors of these and of w
    tight: Array              # of each corner the bits of the facets of its cell
    facets: Array             # cells + 1: where the facets of each cell begin
    facet: Array              # creases
    level: Array              # corners x outputs: signs of the outputs
    pattern: Array            # cells x bytes
    map: Array                # cells x outputs x (d + 1)
    error: Array              # outputs x 2

    @property
    def cells(self) -> int:
        return len(self.offset) - 1


def joined(parts: Sequence[Chunk], size: int, outputs: int, units: int) -> Chunk:
    """All chunks as one."""
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    if not parts:
        return exact_chunk([], size, outputs, units, 1)
    held: dict[str, Any] = {}
    for name, of in (("offset", "place"), ("facets", "facet")):
        ends = np.cumsum([0, *(len(getattr(p, of)) for p in parts)])
        held[name] = np.concatenate([[0], *(getattr(p, name)[1:] + e for p, e in zip(parts, ends))])
    for name in ("place", "tight", "facet", "level", "pattern", "map"):
        held[name] = np.concatenate([getattr(p, name) for p in parts])
    return Chunk(**held, error=np.max([p.error for p in parts], axis=0))


def exact_chunk(found: Sequence[Cell], size: int, outputs: int, units: int, scale: int) -> Chunk:
    """Cells of the walk in integers, rounded; with more facets than a word has bits `tight` holds integers."""
    import numpy as np

    corners = [c for cell in found for c in cell.corners]
    word = np.int64 if all(len(cell.facets) <= WORD for cell in found) else object
    maps = np.array([[[ratio(v, scale) for v in row] for row in cell.outputs] for cell in found])
    maps = maps.reshape(len(found), outputs, size + 1)
    signs = np.frombuffer(b"".join(cell.signs for cell in found), np.uint8).reshape(len(found), units)
    level = [[_sign(row, v) for row in cell.outputs] for cell in found for v, _ in cell.corners]
    error = np.zeros((outputs, 2))
    if len(found):
        error[:, 0], error[:, 1] = np.abs(maps[..., :-1]).max(axis=(0, 2)), np.abs(maps[..., -1]).max(axis=0)
    return Chunk(
        np.cumsum([0, *(len(cell.corners) for cell in found)]),
        np.array([_place(v) for v, _ in corners]).reshape(-1, size + 3), np.array([t for _, t in corners], dtype=word),
        np.cumsum([0, *(len(cell.facets) for cell in found)]),
        np.array([f for cell in found for f in cell.facets], np.int32),
        np.array(level, np.int8).reshape(-1, outputs), np.packbits(signs, axis=1), maps, error * 2.0**-52,
    )


def _place(vertex: Sequence[int]) -> list[float]:
    """The vertex with largest entry 1, and what rounding may have lost."""
    largest = max(abs(v) for v in vertex)
    own = [ratio(v, largest) for v in vertex]
    return [*own, 2.0**-53, 2.0**-53 * own[-1] + 1e-300]


def _sign(row: Sequence[int], vertex: Sequence[int]) -> int:
    value = sum(a * b for a, b in zip(row, vertex))
    return (value > 0) - (value < 0)


