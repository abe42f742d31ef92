"""Colours of cells as arrays (red, green, blue, opacity): see-through, so that they stand on light and dark paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Array = Any
OPACITY = 150
# blue, orange, green, purple, then others that differ in lightness as well (after Okabe and Ito, 2008)
CLASSES = (
    (86, 146, 214), (230, 159, 60), (88, 176, 120), (180, 130, 200), (214, 96, 77), (120, 200, 210), (200, 190, 70),
    (140, 140, 140), (240, 150, 180), (110, 110, 200),
)
# stripes of a class: the step across and down in pixels, and the distance of the stripes; (0, 0): none
STRIPES = ((1, 1, 28), (1, -1, 28), (0, 1, 28), (1, 0, 28), (0, 0, 1), (1, 2, 40), (2, -1, 40), (1, 1, 12), (0, 1, 12),
           (1, 0, 12))


def grey(cells: int) -> Array:
    """Nothing but paper."""
    import numpy as np

    return np.zeros((cells, 4), dtype=np.uint8)


def by_direction(slopes: Array) -> Array:
    """The hue of the direction of each slope (cells x 2); where it is 0, grey."""
    import numpy as np

    out = np.empty((len(slopes), 4), dtype=np.uint8)
    out[:, :3] = hue(np.arctan2(slopes[:, 1] if slopes.shape[1] > 1 else np.zeros(len(slopes)), slopes[:, 0]))
    out[:, 3] = OPACITY
    out[~slopes.any(axis=1)] = (150, 150, 150, OPACITY)
    return out


def hue(angle: Array) -> Array:
    """A smooth circle of colours of nearly one lightness."""
    import numpy as np

    turns = [0.5 + 0.42 * np.cos(angle - shift) for shift in (0.3, 2.4, 4.5)]
    return np.round(255 * np.stack(turns, axis=-1)).astype(np.uint8)


def wheel(size: int = 104) -> Array:
    """The circle of colours, as a key."""
    import numpy as np

    y, x = np.mgrid[0:size, 0:size] - (size - 1) / 2
    out = np.zeros((size, size, 4), dtype=np.uint8)
    out[..., :3] = hue(np.arctan2(-y, x))
    out[..., 3] = np.where(np.hypot(x, y) < size / 2, OPACITY, 0)
    return out


def by_class(insides: Sequence[Array]) -> tuple[Array, Array]:
    """The colour of each cell by its class, and the number of its class; cells of none have -1 and no colour."""
    import numpy as np

    cells = len(insides[0]) if len(insides) else 0
    numbers = np.full(cells, -1, dtype=np.int64)
    for k, inside in enumerate(insides):
        numbers[inside] = k
    table = np.array([(*CLASSES[k % len(CLASSES)], OPACITY) for k in range(len(insides))] + [(0, 0, 0, 0)], np.uint8)
    return table[numbers], numbers


def stripes(pixels: Array, numbers: Array) -> Array:
    """Darker stripes over the pixels of each class, in its own direction and distance."""
    import numpy as np

    rows, columns = np.indices(numbers.shape)
    out = pixels.copy()
    for k in range(int(numbers.max(initial=-1)) + 1):
        across, down, step = STRIPES[k % len(STRIPES)]
        if (across, down) == (0, 0):
            continue
        on = (numbers == k) & ((across * columns + down * rows) % step < 4)
        out[on, 3] = 235
    return out


def swatch(k: int) -> Array:
    """A patch of a class, for the legend."""
    import numpy as np

    numbers = np.full((72, 104), k)
    pixels = np.empty((72, 104, 4), dtype=np.uint8)
    pixels[:] = (*CLASSES[k % len(CLASSES)], OPACITY)
    return stripes(pixels, numbers)
