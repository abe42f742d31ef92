"""What a model computes before it sees any input: shapes, and constants made of constants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workings.errors import BadValue, OutOfReach
from workings.importers.onnx_file import Node

Array = Any


def known(node: Node, inputs: Sequence[Array]) -> list[Array]:
    """The outputs of a node all of whose inputs are constants (of a quantity: an array of its shape)."""
    row = ROWS.get(node.op)
    if row is None:
        raise OutOfReach("this operator of constants is not read", expected=f"one of {', '.join(sorted(ROWS))}")
    try:
        return [row(node, *inputs)]
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise BadValue(f"its constants do not fit: {' '.join(str(error).split())[:120]}") from None


def _constant(node: Node) -> Array:
    import numpy as np

    for name in ("value", "value_float", "value_int", "value_floats", "value_ints"):
        if node.attributes.get(name) is not None:
            found = node.attributes[name]
            kind = np.float32 if name.startswith("value_float") else None
            return found if name == "value" else np.asarray(found, dtype=kind)
    raise BadValue("a constant without numbers")


def _shape(node: Node, x: Array) -> Array:
    import numpy as np

    return np.asarray(x.shape[node.attributes.get("start", 0) : node.attributes.get("end", x.ndim)], dtype=np.int64)


def _gather(node: Node, x: Array, places: Array) -> Array:
    import numpy as np

    return np.take(x, places, axis=node.attributes.get("axis", 0))


def _unsqueeze(node: Node, x: Array, axes: Array | None = None) -> Array:
    import numpy as np

    given = node.attributes.get("axes") if axes is None else axes.tolist()
    return np.expand_dims(x, tuple(given or ()))


def _squeeze(node: Node, x: Array, axes: Array | None = None) -> Array:
    import numpy as np

    given = node.attributes.get("axes") if axes is None else axes.tolist()
    return np.squeeze(x, None if given is None else tuple(given))


def _concat(node: Node, *parts: Array) -> Array:
    import numpy as np

    return np.concatenate(parts, axis=node.attributes.get("axis", 0))


def _slice(node: Node, x: Array, starts: Array, ends: Array, axes: Array | None = None,
           steps: Array | None = None) -> Array:
    count = len(starts)
    which = range(count) if axes is None else axes.tolist()
    by = [1] * count if steps is None else steps.tolist()
    cut = [slice(None)] * x.ndim
    for axis, start, end, step in zip(which, starts.tolist(), ends.tolist(), by):
        cut[axis] = slice(start, end, step)
    return x[tuple(cut)]


def _cast(node: Node, x: Array) -> Array:
    from onnx import helper

    return x.astype(helper.tensor_dtype_to_np_dtype(node.attributes["to"]))


def _arithmetic(combine: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    """Of whole numbers only: sums of float constants would have to be rounded."""
    def row(node: Node, a: Array, b: Array) -> Array:
        if a.dtype.kind not in "iu" or b.dtype.kind not in "iu":
            raise OutOfReach("arithmetic of constants that are no whole numbers", hint="simplify the model: onnxsim")
        return combine(a, b)

    return row


ROWS: dict[str, Callable[..., Array]] = {
    "Constant": _constant, "Shape": _shape, "Gather": _gather, "Unsqueeze": _unsqueeze, "Squeeze": _squeeze,
    "Concat": _concat, "Slice": _slice, "Cast": _cast, "Identity": lambda node, x: x,
    "Reshape": lambda node, x, shape: x.reshape(shape.tolist()),
    "Transpose": lambda node, x: x.transpose(node.attributes.get("perm")),
    "Add": _arithmetic(lambda a, b: a + b), "Sub": _arithmetic(lambda a, b: a - b),
    "Mul": _arithmetic(lambda a, b: a * b), "Div": _arithmetic(lambda a, b: a // b),
}
