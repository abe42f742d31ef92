"""Values of convolutions, pooling and changes of shape, on arrays of floats or of exact numbers alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workings.errors import BadValue

Array = Any


def whole(number: Any, what: str) -> int:
    """A window, stride, padding or size as an integer."""
    value = number.item() if hasattr(number, "item") else number
    if value != int(value):
        raise BadValue(f"{what} is {value}", expected="a whole number")
    return int(value)


def _windows(x: Array, sizes: list[int], strides: list[int]) -> Array:
    """Every window of the last axes, as a view: … x places x window."""
    from numpy.lib.stride_tricks import sliding_window_view

    axes = len(sizes)
    if any(n > m for n, m in zip(sizes, x.shape[-axes:])):
        raise BadValue(f"a window of {sizes} is larger than an array of shape {x.shape}")
    found: Array = sliding_window_view(x, tuple(sizes), tuple(range(x.ndim - axes, x.ndim)))
    return found[(..., *(slice(None, None, s) for s in strides), *[slice(None)] * axes)]


def _padded(x: Array, pads: list[int], value: Any) -> Array:
    import numpy as np

    if not any(pads):
        return x
    widths = [(0, 0)] * (x.ndim - len(pads)) + [(p, p) for p in pads]
    return np.pad(x, widths, constant_values=value)


def conv(axes: int) -> Callable[..., Array]:
    """conv(x, k, s, d): of channels where there are as many axes more, else of one array."""
    def value(x: Array, k: Array, s: Any = 1, d: Any = 0) -> Array:
        import numpy as np

        s, d = whole(s, "the stride"), whole(d, "the padding")
        if (x.ndim, k.ndim) == (axes, axes):
            return value(x[None], k[None, None], s, d)[0]
        if (x.ndim, k.ndim) != (axes + 1, axes + 2) or x.shape[0] != k.shape[1]:
            raise BadValue(f"a kernel of shape {k.shape} does not fit an array of shape {x.shape}")
        x = _padded(x, [d] * axes, _zero(x))
        windows = _windows(x, list(k.shape[2:]), [s] * axes)
        inner = [0, *range(windows.ndim - axes, windows.ndim)]
        return np.tensordot(k, windows, ([1, *range(2, k.ndim)], inner))

    return value


def _zero(x: Array) -> Any:
    """A zero of the kind of the entries."""
    first = x.flat[0] if x.size else 0.0
    return first - first


def avg_pool(axes: int) -> Callable[..., Array]:
    """The mean of each window."""
    def value(x: Array, *numbers: Any) -> Array:
        sizes, strides, _ = _numbers(numbers, axes)
        found = _windows(x, sizes, strides)
        count = 1
        for n in sizes:
            count *= n
        return found.sum(axis=tuple(range(found.ndim - axes, found.ndim))) / count

    return value


def max_pool(axes: int) -> Callable[..., Array]:
    """The largest entry of each window; the padding is smaller than any."""
    def value(x: Array, *numbers: Any) -> Array:
        sizes, strides, pads = _numbers(numbers, axes)
        least = _least(x)
        found = _windows(_padded(x, pads, least), sizes, strides)
        return found.max(axis=tuple(range(found.ndim - axes, found.ndim)))

    return value


def _least(x: Array) -> Any:
    return x.min() if x.size else 0.0


def _numbers(given: tuple[Any, ...], axes: int) -> tuple[list[int], list[int], list[int]]:
    """Window, strides (the window's own if not said) and padding (0 if not said)."""
    whole_ = [whole(n, "a window, stride or padding") for n in given]
    sizes = whole_[:axes]
    if min(sizes, default=0) < 1 or len(sizes) < axes:
        raise BadValue(f"a window of {sizes}", expected="whole numbers above 0")
    strides = whole_[axes : 2 * axes] or sizes
    pads = whole_[2 * axes :] or [0] * axes
    if min(strides) < 1 or min(pads) < 0 or any(2 * p > n for p, n in zip(pads, sizes)):
        raise BadValue(f"strides {strides} and padding {pads} with a window of {sizes}",
                       expected="strides above 0, a padding of at most half the window")
    return sizes, strides, pads


def concat(a: Array, b: Array) -> Array:
    """One after the other along the first axis."""
    import numpy as np

    return np.concatenate([a, b])


def reshape(x: Array, *sizes: Any) -> Array:
    """The entries in another shape."""
    return x.reshape([whole(n, "a size") for n in sizes])


VALUES: dict[str, Callable[..., Array]] = {
    "conv1d": conv(1), "conv2d": conv(2), "avg_pool1d": avg_pool(1), "avg_pool2d": avg_pool(2),
    "max_pool1d": max_pool(1), "max_pool2d": max_pool(2), "concat": concat, "flatten": lambda x: x.reshape(-1),
    "reshape": reshape,
}
