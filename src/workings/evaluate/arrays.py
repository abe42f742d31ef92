"""Arrays: entries are exact numbers or balls (dtype object), or floats.  NumPy is imported where an array is met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workings.errors import BadValue
from workings.evaluate.layers import VALUES
from workings.evaluate.numbers import Value, to_float


def is_array(value: Value) -> bool:
    """Is it a NumPy array?"""
    return hasattr(value, "ndim")


def leveled(args: list[Value]) -> list[Value]:
    """Where one of the values is an array of floats, all become floats."""
    if not any(is_array(a) and a.dtype.kind == "f" for a in args):
        return args
    return [floats(a) for a in args]


def floats(value: Value) -> Value:
    """A number or array as floats; truth values stay."""
    import numpy as np

    if is_array(value):
        if value.dtype.kind != "O":
            return value
        return np.array([to_float(x) for x in value.ravel()], dtype=float).reshape(value.shape)
    return value if isinstance(value, bool | float) else to_float(value)


def each(function: Callable[..., Value], args: list[Value]) -> Value:
    """A function of numbers, entry by entry."""
    import numpy as np

    try:
        return np.frompyfunc(function, len(args), 1)(*args)
    except ValueError:
        raise mismatch(args) from None


def mismatch(args: list[Value]) -> BadValue:
    """Arrays that do not fit each other."""
    shapes = " and ".join(" x ".join(map(str, a.shape)) for a in args if is_array(a))
    return BadValue(f"arrays of shape {shapes} do not fit each other", expected="arrays of one shape")


def stacked(args: list[Value]) -> Value:
    """A written array: numbers make a vector, vectors a matrix."""
    import numpy as np

    if any(is_array(a) for a in args):
        return np.stack([a if is_array(a) else np.array(a, dtype=object) for a in args])
    out = np.empty(len(args), dtype=object)
    out[:] = args
    return out


def product(args: list[Value]) -> Value:
    """A chain of matrix products; a number or a mere broadcast is multiplied in."""
    out = args[0]
    for a in args[1:]:
        if not (is_array(out) and is_array(a)) or 0 in (out.ndim, a.ndim):
            out = out * a
            continue
        try:
            out = out @ a
        except ValueError:
            raise mismatch([out, a]) from None
    return out


def _softmax(x: Any, exp: Callable[[Any], Any], log: Callable[[Any], Any]) -> Any:
    e = exp(x - _largest(x))
    return e / e.sum(axis=-1, keepdims=True)


def _logsumexp(x: Any, exp: Callable[[Any], Any], log: Callable[[Any], Any]) -> Any:
    top = _largest(x)
    return (log(exp(x - top).sum(axis=-1, keepdims=True)) + top)[..., 0]


def _largest(x: Any) -> Any:
    """The largest entry of the last axis; any near it serves, so balls are compared by their midpoints."""
    import numpy as np

    at = floats(x).argmax(axis=-1)
    return np.take_along_axis(x, np.expand_dims(at, -1), axis=-1)


_EXPONENTIAL = {"softmax": _softmax, "logsumexp": _logsumexp}


def _outer(a: Any, b: Any) -> Any:
    return a.reshape(-1, 1) * b.reshape(1, -1)


def _transpose(w: Any) -> Any:
    return w if w.ndim < 2 else w.swapaxes(-1, -2)


def _diag(x: Any) -> Any:
    import numpy as np

    if x.ndim == 2:
        return x.diagonal()
    out = np.zeros((len(x), len(x)), dtype=x.dtype)
    out[range(len(x)), range(len(x))] = x
    return out


def _variance(x: Any) -> Any:
    return ((x - x.sum() / x.size) ** 2).sum() / x.size


def _normed(x: Any, axis: int, eps: Any, root: Callable[[Any], Any], centred: bool = True) -> Any:
    """Entries less their mean, over the root of their mean square, along an axis."""
    n = x.shape[axis]
    x = x - x.sum(axis=axis, keepdims=True) / n if centred else x
    return x / root((x * x).sum(axis=axis, keepdims=True) / n + eps)


_NORMS: dict[str, tuple[int, bool]] = {"layer_norm": (-1, True), "rms_norm": (-1, False), "batch_norm": (0, True)}
_LOSSES: dict[str, Callable[..., Any]] = {
    "cross_entropy": lambda log, p, t: -(t * log(p)).sum(axis=-1),
    "kl": lambda log, p, q: (p * log(p / q)).sum(axis=-1),
}
_FARTHEST = {"amax": "max", "amin": "min"}


def _by_functions(name: str, args: list[Any], call: Callable[[str, list[Value]], Value]) -> Value | None:
    """Norms, losses and extremes: made of root, logarithm and maximum entry by entry."""
    if name in _NORMS:
        axis, centred = _NORMS[name]
        return _normed(args[0], axis, args[1].item() if len(args) > 1 else 0, lambda v: call("sqrt", [v]), centred)
    if name in _LOSSES:
        out = _LOSSES[name](lambda v: call("log", [v]), *args)
        return out.item() if is_array(out) and out.ndim == 0 else out
    if name in _FARTHEST and args[0].size:
        best, *rest = args[0].ravel()
        for x in rest:
            best = call(_FARTHEST[name], [best, x])
        return best
    return None


_PLAIN: dict[str, Callable[..., Any]] = {
    "T": _transpose,
    "dot": lambda a, b: (a * b).sum(),
    "outer": _outer,
    "norm2": lambda x: (x * x).sum(),
    "diag": _diag,
    "trace": lambda w: w.trace(),
    "sum": lambda x: x.sum(),
    "var": _variance,
    "mean": lambda x: x.sum() / x.size,
    "colsum": lambda w: w.sum(axis=0),
    "rowsum": lambda w: w.sum(axis=-1),
    "col": lambda x: x.reshape(-1, 1),
    "row": lambda x: x.reshape(1, -1),
}


def array_function(name: str, args: list[Value], call: Callable[[str, list[Value]], Value]) -> Value | None:
    """A function of whole arrays, or None where `name` is none; `call` gives exp and log entry by entry."""
    import numpy as np

    args = [a if is_array(a) else np.array(a, dtype=object) for a in args]
    if name in _EXPONENTIAL:
        return _EXPONENTIAL[name](np.atleast_1d(args[0]), lambda v: call("exp", [v]), lambda v: call("log", [v]))
    made = _by_functions(name, args, call)
    if made is not None:
        return made
    function = _PLAIN.get(name) or VALUES.get(name)
    if function is None:
        return None
    args = leveled(args)
    try:
        out = function(*args)
    except ValueError:
        raise mismatch(args) from None
    return out[()] if is_array(out) and out.ndim == 0 else out     # a float stays one of NumPy, an exact number itself
