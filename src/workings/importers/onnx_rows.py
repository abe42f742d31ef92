"""The operators of ONNX that are read, a row each: what it writes through `Layers` for one sample.

Source: onnx.ai/onnx/operators.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workings.errors import BadValue, OutOfReach
from workings.importers.activations import without_softmax
from workings.importers.layers import said
from workings.importers.onnx_file import Node

if TYPE_CHECKING:
    from workings.importers.from_onnx import Walk

Row = Callable[["Walk", Node], str]


# --- products ---


def gemm(w: Walk, node: Node) -> str:
    """alpha * A @ B + beta * C with A the samples."""
    if node.attributes.get("transA"):
        raise OutOfReach("the samples are transposed")
    weight = w.needed(node, 1, 2)
    weight = weight if node.attributes.get("transB") else weight.T
    bias = w.numbers(node, 2)
    alpha, beta = node.attributes.get("alpha", 1.0), node.attributes.get("beta", 1.0)
    if bias is not None:
        bias = _times(_vector(bias, weight.shape[0]), beta)
    return w.layers.affine(w.x(node), _times(weight, alpha), bias)


def _vector(array: Any, size: int) -> Any:
    """A bias as a vector, repeated where it is one number."""
    import numpy as np

    flat = array.reshape(-1)
    if flat.size not in (1, size):
        raise BadValue(f"a bias of {said(array.shape)}", expected=f"{size} numbers")
    return np.repeat(flat, size) if flat.size != size else flat


def _times(array: Any, factor: float) -> Any:
    if factor == 1:
        return array
    exact = array.astype(object)
    return exact * Fraction(factor) if array.dtype.kind == "O" else _fractions(exact) * Fraction(factor)


def _fractions(array: Any) -> Any:
    import numpy as np

    return np.frompyfunc(Fraction, 1, 1)(array)


def matmul(w: Walk, node: Node) -> str:
    """x @ W is W^T @ x of one sample."""
    return w.layers.affine(w.x(node), w.needed(node, 1, 2).T)


def conv(w: Walk, node: Node) -> str:
    kernel = w.needed(node, 1)
    axes = kernel.ndim - 2
    strides, dilations = w.whole(node, "strides", axes, 1), w.whole(node, "dilations", axes, 1)
    sizes = [(k - 1) * d + 1 for k, d in zip(kernel.shape[2:], dilations)]
    pads = _pads(w, node, sizes, strides)
    bias = w.numbers(node, 2, 1)
    return w.layers.conv(w.x(node), kernel, bias, strides, pads, dilations, node.attributes.get("group", 1))


def _pads(w: Walk, node: Node, sizes: Sequence[int], strides: Sequence[int]) -> list[tuple[int, int]]:
    """Before and after each axis, as said or as `auto_pad` computes it."""
    how, axes = node.attributes.get("auto_pad", "NOTSET"), len(sizes)
    if how in ("NOTSET", ""):
        flat = w.whole(node, "pads", 2 * axes, 0)
        return list(zip(flat[:axes], flat[axes:]))
    if how == "VALID":
        return [(0, 0)] * axes
    if how not in ("SAME_UPPER", "SAME_LOWER"):
        raise OutOfReach(f"auto_pad is {how}")
    out = []
    for n, k, s in zip(w.shape(node.inputs[0])[1:], sizes, strides):
        total = max(0, (-(-n // s) - 1) * s + k - n)
        small, large = total // 2, total - total // 2
        out.append((small, large) if how == "SAME_UPPER" else (large, small))
    return out


def norm(w: Walk, node: Node) -> str:
    if node.attributes.get("training_mode"):
        raise OutOfReach("batch normalisation in training mode", expected="evaluation mode: model.eval()")
    gamma, beta, mean, variance = (w.needed(node, i, 1) for i in range(1, 5))
    return w.layers.norm(w.x(node), gamma, beta, mean, variance, node.attributes.get("epsilon", 1e-5))


def pool(kind: str) -> Row:
    def row(w: Walk, node: Node) -> str:
        kernel = list(node.attributes.get("kernel_shape", ()))
        strides = w.whole(node, "strides", len(kernel), 1)
        if any(d != 1 for d in w.whole(node, "dilations", len(kernel), 1)):
            raise OutOfReach("pooling with dilations")
        pads = _pads(w, node, kernel, strides)
        if node.attributes.get("ceil_mode") and any(
            (n + sum(p) - k) % s for n, k, s, p in zip(w.shape(node.inputs[0])[1:], kernel, strides, pads)
        ):
            raise OutOfReach("pooling with windows that reach over the end (ceil_mode)")
        if kind == "avg" and any(map(any, pads)) and not node.attributes.get("count_include_pad"):
            raise OutOfReach("a mean that leaves its padding out", expected="count_include_pad=1, or no padding")
        return w.layers.pool(kind, w.x(node), kernel, strides, pads)

    return row


def global_pool(kind: str) -> Row:
    def row(w: Walk, node: Node) -> str:
        kernel = w.shape(node.inputs[0])[1:]
        return w.layers.pool(kind, w.x(node), kernel, kernel, [(0, 0)] * len(kernel))

    return row


# --- shapes ---


def flatten(w: Walk, node: Node) -> str:
    if node.attributes.get("axis", 1) not in (1, -len(w.shape(node.inputs[0]))):
        raise OutOfReach(f"flatten with axis {node.attributes['axis']}", expected="axis 1")
    return w.layers.flatten(w.x(node))


def reshape(w: Walk, node: Node) -> str:
    return w.layers.reshape_to(w.x(node), [int(n) for n in w.needed(node, 1).reshape(-1)])


def transpose(w: Walk, node: Node) -> str:
    own = (1, *w.shape(node.inputs[0]))
    order = list(node.attributes.get("perm") or range(len(own))[::-1])
    moved = [i for i in order if own[i] != 1]
    if sorted(order) != list(range(len(own))) or moved != sorted(moved) or order[0] != 0:
        raise OutOfReach(f"a transpose of the axes {order}", expected="one that leaves the order of the numbers")
    return w.layers.reshape(w.x(node), tuple(own[i] for i in order[1:]))


def squeeze(w: Walk, node: Node) -> str:
    own = w.shape(node.inputs[0])
    axes = node.attributes.get("axes") or (w.needed(node, 1).tolist() if len(node.inputs) > 1 else None)
    rank = len(own) + 1
    gone = [a % rank for a in axes] if axes is not None else [i + 1 for i, n in enumerate(own) if n == 1]
    if 0 in gone or any(own[a - 1] != 1 for a in gone):
        raise OutOfReach(f"a squeeze of the axes {gone}")
    return w.layers.reshape(w.x(node), tuple(n for i, n in enumerate(own, 1) if i not in gone) or (1,))


def unsqueeze(w: Walk, node: Node) -> str:
    own = list(w.shape(node.inputs[0]))
    axes = node.attributes.get("axes") or w.needed(node, 1).tolist()
    for axis in sorted(int(a) % (len(own) + 1 + len(axes)) for a in axes):
        if axis == 0:
            raise OutOfReach("a new axis before that of the samples")
        own.insert(axis - 1, 1)
    return w.layers.reshape(w.x(node), tuple(own))


def concat(w: Walk, node: Node) -> str:
    parts = [w.x(node, i) for i in range(len(node.inputs))]
    axis = node.attributes.get("axis", 1)
    return w.layers.concat(parts, (axis % (len(w.shape(node.inputs[0])) + 1)) - 1)


def identity(w: Walk, node: Node) -> str:
    return w.x(node)


def cast(w: Walk, node: Node) -> str:
    """Between kinds of floats that hold a double or a float32; what would round is refused."""
    if node.attributes.get("to") not in (1, 11):
        raise OutOfReach(f"a cast to type {node.attributes.get('to')}", expected="float32 or float64")
    return w.x(node)


# --- entry by entry ---


def arithmetic(sign: str) -> Row:
    def row(w: Walk, node: Node) -> str:
        varying = [name in w.names for name in node.inputs]
        if all(varying):
            return w.layers.combined(sign, w.x(node), w.x(node, 1))
        place = varying.index(True)
        array = w.needed(node, 1 - place)
        rank = len(w.shape(node.inputs[place]))
        if array.ndim == rank + 1 and array.shape[0] == 1:
            array = array[0]                   # the axis of the samples
        only = w.model.uses[node.inputs[place]] == 1
        if sign in "+*" or place == 1:
            return w.layers.with_constant(sign, w.x(node, place), array, first=sign != "+", only=only)
        return w.layers.with_constant(sign, w.x(node, place), array)

    return row


def function(name: str) -> Row:
    def row(w: Walk, node: Node) -> str:
        return w.layers.function(name, w.x(node))

    return row


def negative(w: Walk, node: Node) -> str:
    return w.layers.say("q", f"-{w.x(node)}", w.shape(node.inputs[0]))


def leaky(w: Walk, node: Node) -> str:
    slope = w.layers.number(Fraction(node.attributes.get("alpha", 0.01)))
    return w.layers.function("leaky", w.x(node), slope)


def prelu(w: Walk, node: Node) -> str:
    slope = w.needed(node, 1)
    if slope.size != 1:
        raise OutOfReach("one slope a channel", expected="one slope for all")
    return w.layers.function("leaky", w.x(node), w.layers.number(slope.reshape(-1)[0]))


def clip(w: Walk, node: Node) -> str:
    """Ends stand in inputs, in old models in attributes."""
    low, high = (_end(w, node, i, name) for i, name in ((1, "min"), (2, "max")))
    if low is None and high is None:
        return w.x(node)
    if low is None or high is None:
        name, end = ("min", high) if low is None else ("max", low)
        return w.layers.function(name, w.x(node), end)
    return w.layers.function("clip", w.x(node), low, high)


def _end(w: Walk, node: Node, place: int, name: str) -> Any:
    found = w.numbers(node, place) if place < len(node.inputs) and node.inputs[place] else node.attributes.get(name)
    if found is None:
        return None
    value = found.reshape(-1)[0] if hasattr(found, "reshape") else found
    return None if abs(float(value)) >= 3e38 else w.layers.number(value)


def extreme(name: str) -> Row:
    """The entrywise maximum or minimum of two or more."""
    def row(w: Walk, node: Node) -> str:
        parts = []
        for place, given in enumerate(node.inputs):
            if given in w.names:
                parts.append(w.x(node, place))
                continue
            array = w.needed(node, place)
            if array.size != 1:
                raise OutOfReach("an array of constants", expected="one constant")
            parts.append(w.layers.number(array.reshape(-1)[0]))
        parts.sort(key=lambda p: p not in w.layers.shapes)
        return w.layers.function(name, *parts) if len(parts) > 1 else parts[0]

    return row


def softmax(w: Walk, node: Node) -> str:
    if not w.ends(node):
        raise OutOfReach(f"a {node.op} inside the network", expected=f"{node.op} at the end only")
    w.layers.notes.append(without_softmax(node.op))
    return w.x(node)


def argmax(w: Walk, node: Node) -> str:
    if node.outputs[0] not in w.model.outputs:
        raise OutOfReach("an argmax inside the network", expected="ArgMax at the end only")
    w.layers.notes.append("The ArgMax at the end is left out: the class is the index of the largest output.")
    return w.x(node)


ROWS: dict[str, Row] = {
    "Gemm": gemm, "MatMul": matmul, "Conv": conv, "BatchNormalization": norm,
    "AveragePool": pool("avg"), "MaxPool": pool("max"), "GlobalAveragePool": global_pool("avg"),
    "GlobalMaxPool": global_pool("max"),
    "Flatten": flatten, "Reshape": reshape, "Transpose": transpose, "Squeeze": squeeze, "Unsqueeze": unsqueeze,
    "Concat": concat, "Identity": identity, "Dropout": identity, "Cast": cast,
    "Add": arithmetic("+"), "Sub": arithmetic("-"), "Mul": arithmetic("*"), "Div": arithmetic("/"),
    "Relu": function("relu"), "Abs": function("abs"), "Sign": function("sign"), "Neg": negative,
    "Tanh": function("tanh"), "Sigmoid": function("sigmoid"), "Softplus": function("softplus"), "Exp": function("exp"),
    "LeakyRelu": leaky, "PRelu": prelu, "Clip": clip, "Max": extreme("max"), "Min": extreme("min"),
    "Softmax": softmax, "LogSoftmax": softmax, "ArgMax": argmax,
}
