"""Many convex polygons as one picture: for each pixel the number of the polygon that its middle lies in.

Every step is on whole arrays, so that a million polygons take seconds.  The picture is written as PNG here, for it is
a part of figures in every format.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

Array = Any                   # NumPy


def numbers(corners: Array, offsets: Array, low: tuple[float, float], high: tuple[float, float], width: int,
            height: int) -> Array:
    """The polygon (its number, from 0) under each pixel's middle, -1 where there is none; shape (height, width).

    `corners`: all corners, polygon after polygon, counterclockwise or clockwise; polygon i has those from offsets[i]
    to offsets[i + 1].  The first row is the upper one.

    >>> import numpy as np
    >>> numbers(np.array([[0, 0], [2, 0], [2, 1], [0, 1]]), np.array([0, 4]), (0, 0), (4, 2), 4, 2).tolist()
    [[-1, -1, -1, -1], [0, 0, -1, -1]]
    """
    import numpy as np

    out = np.full((height, width), -1, dtype=np.int32)
    x = (corners[:, 0].astype(float) - low[0]) / (high[0] - low[0]) * width
    y = (high[1] - corners[:, 1].astype(float)) / (high[1] - low[1]) * height
    owner, row, cross = _crossings(x, y, np.asarray(offsets), height)
    if not len(owner):
        return out
    first, last = _spans(owner, row, cross, height)
    span_owner, span_row = np.divmod(first[0], height)
    left = np.clip(np.ceil(first[1] - 0.5), 0, width).astype(np.int64)
    right = np.clip(np.ceil(last - 0.5), 0, width).astype(np.int64)
    count = np.maximum(right - left, 0)
    which = np.repeat(np.arange(len(count)), count)
    along = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    out[span_row[which], left[which] + along] = span_owner[which]
    return out


def _crossings(x: Array, y: Array, offsets: Array, height: int) -> tuple[Array, Array, Array]:
    """Where each side crosses the middle of each row: polygon, row, x."""
    import numpy as np

    count = np.diff(offsets)
    owner = np.repeat(np.arange(len(count)), count)
    following = np.arange(len(x)) + 1
    following[offsets[1:][count > 0] - 1] = offsets[:-1][count > 0]
    top, bottom = np.minimum(y, y[following]), np.maximum(y, y[following])
    # the rows whose middle lies in [top, bottom)
    first = np.clip(np.ceil(top - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(bottom - 0.5), 0, height).astype(np.int64)
    many = last - first
    side = np.repeat(np.arange(len(x)), many)
    row = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + first[side]
    slope = (x[following][side] - x[side]) / (y[following][side] - y[side])
    return owner[side], row, x[side] + (row + 0.5 - y[side]) * slope


def _spans(owner: Array, row: Array, cross: Array, height: int) -> tuple[tuple[Array, Array], Array]:
    """The first and last crossing of each polygon in each row: the key of both, then left and right."""
    import numpy as np

    key = owner * height + row
    order = np.lexsort((cross, key))
    key, cross = key[order], cross[order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    ends = np.r_[starts[1:], len(key)] - 1
    return (key[starts], cross[starts]), cross[ends]


def png(pixels: Array) -> bytes:
    """An array (height, width, 4) of red, green, blue and opacity, 0 to 255, as PNG.

    >>> import numpy as np
    >>> png(np.zeros((1, 1, 4), np.uint8))[:4]
    b'\\x89PNG'
    """
    import numpy as np

    height, width, _ = pixels.shape
    lines = np.zeros((height, 1 + 4 * width), dtype=np.uint8)
    lines[:, 1:] = pixels.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
