"""How each layer of torch is written: `MODULES` by class, `FUNCTIONS` by name; arguments are named as torch names them.

Every row takes the walk, then the arguments of the call; `ends`: nothing follows but the output.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from workings.errors import OutOfReach
from workings.importers.activations import without_softmax
from workings.importers.layer_walk import LayerWalk, Quantity, pair
from workings.importers.writing import numbers

Row = Callable[..., Any]


def decimal(number: Any) -> str:
    """A number of the code, as the decimal that the code says."""
    exact = Fraction(repr(float(number)))
    text = str(exact.numerator) if exact.denominator == 1 else format(float(number), "f") if "e" in repr(
        float(number)) else repr(float(number))
    return f"({text})" if exact < 0 else text


def _numbers(tensor: Any, name: str, axes: int) -> Any:
    return None if tensor is None else numbers(tensor, name, axes)


# --- products ---


def linear(w: LayerWalk, input: Quantity, weight: Any, bias: Any = None, ends: bool = False) -> Quantity:
    if len(w.shape(input)) != 1:
        raise OutOfReach(f"a linear layer of {w.shape(input)}", expected="a vector: flatten it before")
    return Quantity(w.layers.affine(input, _numbers(weight, "the weight", 2), _numbers(bias, "the bias", 1)))


def convolution(axes: int) -> Row:
    def row(w: LayerWalk, input: Quantity, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
            dilation: Any = 1, groups: int = 1, ends: bool = False) -> Quantity:
        kernel = _numbers(weight, "the kernel", axes + 2)
        dilations = pair(dilation, axes)
        pads = _padding(padding, kernel.shape[2:], dilations, axes)
        made = w.layers.conv(input, kernel, _numbers(bias, "the bias", 1), pair(stride, axes), pads, dilations, groups)
        return Quantity(made)

    return row


def _padding(padding: Any, kernel: Sequence[int], dilations: Sequence[int], axes: int) -> list[tuple[int, int]]:
    if padding == "valid":
        padding = 0
    if padding == "same":
        totals = [(k - 1) * d for k, d in zip(kernel, dilations)]
        return [(t // 2, t - t // 2) for t in totals]
    return [(p, p) for p in pair(padding, axes)]


def _conv_module(axes: int) -> Row:
    def build(w: LayerWalk, module: Any, input: Quantity, ends: bool = False) -> Any:
        if module.padding_mode != "zeros":
            raise OutOfReach(f"padding_mode={module.padding_mode!r}", expected="padding_mode='zeros'")
        return convolution(axes)(w, input, module.weight, module.bias, module.stride, module.padding, module.dilation,
                                 module.groups)

    return build


def batch_norm(w: LayerWalk, input: Quantity, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None,
               training: bool = False, momentum: Any = None, eps: float = 1e-5, ends: bool = False) -> Quantity:
    import numpy as np

    if training or running_mean is None:
        raise OutOfReach("batch normalisation by the statistics of a batch", expected="module.eval()")
    mean, variance = _numbers(running_mean, "the mean", 1), _numbers(running_var, "the variance", 1)
    gamma = np.ones(len(mean)) if weight is None else _numbers(weight, "gamma", 1)
    beta = np.zeros(len(mean)) if bias is None else _numbers(bias, "beta", 1)
    return Quantity(w.layers.norm(input, gamma, beta, mean, variance, eps))


def _norm_module(w: LayerWalk, module: Any, input: Quantity, ends: bool = False) -> Quantity:
    return batch_norm(w, input, module.running_mean, module.running_var, module.weight, module.bias, eps=module.eps)


# --- pooling ---


def pooling(kind: str, axes: int) -> Row:
    def row(w: LayerWalk, input: Quantity, kernel_size: Any, stride: Any = None, padding: Any = 0, *rest: Any,
            ends: bool = False, ceil_mode: bool = False, count_include_pad: bool = True, dilation: Any = 1,
            return_indices: bool = False, divisor_override: Any = None) -> Quantity:
        kernel = pair(kernel_size, axes)
        strides = pair(stride, axes) if stride else kernel
        pads = pair(padding, axes)
        over = any((n + 2 * p - k) % s for n, k, s, p in zip(w.shape(input)[1:], kernel, strides, pads))
        if rest or return_indices or divisor_override or any(d != 1 for d in pair(dilation, axes)):
            raise OutOfReach("pooling with dilations, indices or a divisor of its own")
        if ceil_mode and over:
            raise OutOfReach("pooling with windows that reach over the end", expected="ceil_mode=False")
        if kind == "avg" and any(pads) and not count_include_pad:
            raise OutOfReach("a mean that leaves its padding out", expected="count_include_pad=True")
        return Quantity(w.layers.pool(kind, input, kernel, strides, [(p, p) for p in pads]))

    return row


def _pool_module(kind: str, axes: int) -> Row:
    names = ("ceil_mode", "return_indices", "dilation") if kind == "max" else (
        "ceil_mode", "count_include_pad", "divisor_override")

    def build(w: LayerWalk, module: Any, input: Quantity, ends: bool = False) -> Any:
        more = {name: getattr(module, name) for name in names if hasattr(module, name)}
        return pooling(kind, axes)(w, input, module.kernel_size, module.stride, module.padding, **more)

    return build


def adaptive(kind: str, axes: int) -> Row:
    """To a number of windows that divides the axis."""
    def row(w: LayerWalk, input: Quantity, output_size: Any, ends: bool = False) -> Quantity:
        own = w.shape(input)[1:]
        goal = [n if g is None else int(g) for n, g in zip(own, _each(output_size, axes))]
        if len(own) != axes or any(n % g for n, g in zip(own, goal)):
            raise OutOfReach(f"adaptive pooling of {own} to {goal}", expected="windows of one size")
        kernel = [n // g for n, g in zip(own, goal)]
        return Quantity(w.layers.pool(kind, input, kernel, kernel, [(0, 0)] * axes))

    return row


def _each(value: Any, count: int) -> list[Any]:
    return list(value) if isinstance(value, Sequence) else [value] * count


# --- shapes ---


def flatten(w: LayerWalk, input: Quantity, start_dim: int = 0, end_dim: int = -1, ends: bool = False) -> Quantity:
    axes = len(w.shape(input)) + 1
    if start_dim % axes != 1 or end_dim % axes != axes - 1:
        raise OutOfReach(f"flatten from axis {start_dim} to {end_dim}", expected="start_dim=1")
    return Quantity(w.layers.flatten(input))


def reshape(w: LayerWalk, input: Quantity, *sizes: Any, ends: bool = False, shape: Any = None) -> Quantity:
    goal = shape or (sizes[0] if len(sizes) == 1 and isinstance(sizes[0], Sequence) else sizes)
    return Quantity(w.layers.reshape_to(input, [int(n) for n in goal]))


def size(w: LayerWalk, input: Quantity, dim: Any = None, ends: bool = False) -> Any:
    """The sizes with one sample."""
    found = [1, *w.shape(input)]
    return found if dim is None else found[dim]


def attribute(w: LayerWalk, input: Quantity, name: str, ends: bool = False) -> Any:
    if name != "shape":
        raise OutOfReach(f"the attribute {name} of a tensor")
    return size(w, input)


def item(w: LayerWalk, input: Any, place: Any, ends: bool = False) -> Any:
    if isinstance(input, Quantity):
        raise OutOfReach("a part of a tensor")
    return input[place]


def concat(w: LayerWalk, tensors: Any, dim: int = 0, ends: bool = False) -> Quantity:
    axes = len(w.shape(tensors[0])) + 1
    return Quantity(w.layers.concat(list(tensors), dim % axes - 1))


def mean(w: LayerWalk, input: Quantity, dim: Any = None, keepdim: bool = False, ends: bool = False) -> Quantity:
    """The mean over all rows and columns."""
    own = w.shape(input)
    if sorted(d % (len(own) + 1) for d in _each(dim, 1)) != list(range(2, len(own) + 1)) or len(own) < 2:
        raise OutOfReach(f"a mean over the axes {dim}", expected="over all rows and columns: dim=(2, 3)")
    kernel = own[1:]
    pooled = w.layers.pool("avg", input, kernel, kernel, [(0, 0)] * len(kernel))
    return Quantity(pooled if keepdim else w.layers.flatten(pooled))


# --- entry by entry ---


def arithmetic(sign: str) -> Row:
    def row(w: LayerWalk, input: Any, other: Any, alpha: Any = 1, ends: bool = False) -> Any:
        if not isinstance(input, Quantity) and not isinstance(other, Quantity):
            return {"+": lambda: input + other, "-": lambda: input - other, "*": lambda: input * other,
                    "/": lambda: input / other}[sign]()
        if alpha != 1:
            raise OutOfReach(f"alpha={alpha}", expected="alpha=1")
        if isinstance(input, Quantity) and isinstance(other, Quantity):
            return Quantity(w.layers.combined(sign, input, other))
        first = not isinstance(input, Quantity)
        x, constant = (other, input) if first else (input, other)
        return Quantity(_with(w, sign, x, constant, first and sign != "+"))

    return row


def _with(w: LayerWalk, sign: str, x: Quantity, constant: Any, first: bool) -> str:
    if isinstance(constant, int | float):
        text = decimal(constant)
        return w.layers.say("q", f"{text} {sign} {x}" if first else f"{x} {sign} {text}", w.shape(x))
    array = numbers(constant, "a constant", constant.ndim)
    if array.ndim == len(w.shape(x)) + 1 and array.shape[0] == 1:
        array = array[0]
    return w.layers.with_constant(sign, x, array, first=first)


def negative(w: LayerWalk, input: Quantity, ends: bool = False) -> Quantity:
    return Quantity(w.layers.say("q", f"-{input}", w.shape(input)))


def function(name: str) -> Row:
    def row(w: LayerWalk, input: Quantity, inplace: bool = False, ends: bool = False) -> Quantity:
        return Quantity(w.layers.function(name, input))

    return row


def leaky(w: LayerWalk, input: Quantity, negative_slope: float = 0.01, inplace: bool = False,
          ends: bool = False) -> Quantity:
    return Quantity(w.layers.function("leaky", input, decimal(negative_slope)))


def clip(w: LayerWalk, input: Quantity, min: Any = None, max: Any = None, inplace: bool = False,
         ends: bool = False) -> Quantity:
    if min is None or max is None:
        name, end = ("min", max) if min is None else ("max", min)
        return Quantity(w.layers.function(name, input, decimal(end)))
    return Quantity(w.layers.function("clip", input, decimal(min), decimal(max)))


def hardtanh(w: LayerWalk, input: Quantity, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False,
             ends: bool = False) -> Quantity:
    return clip(w, input, min_val, max_val)


def extreme(name: str) -> Row:
    def row(w: LayerWalk, input: Quantity, other: Quantity, ends: bool = False) -> Quantity:
        return Quantity(w.layers.function(name, input, other))

    return row


def softmax(word: str) -> Row:
    def row(w: LayerWalk, input: Quantity, *rest: Any, ends: bool = False, **more: Any) -> Quantity:
        if not ends:
            raise OutOfReach(f"a {word} inside the network", expected=f"{word} at the end only")
        w.layers.notes.append(without_softmax(word))
        return input

    return row


def identity(w: LayerWalk, input: Quantity, *rest: Any, ends: bool = False, **more: Any) -> Quantity:
    return input


def _plain(row: Row, *names: str) -> Row:
    """A module without parameters: its attributes are arguments of the function."""
    def build(w: LayerWalk, module: Any, *inputs: Any, ends: bool = False) -> Any:
        return row(w, *inputs, **{name: getattr(module, name) for name in names}, ends=ends)

    return build


def _linear_module(w: LayerWalk, module: Any, input: Quantity, ends: bool = False) -> Quantity:
    return linear(w, input, module.weight, module.bias)


ELEMENTWISE = {
    "ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "SiLU": "silu", "Mish": "mish", "SELU": "selu",
    "Softsign": "softsign", "ReLU6": "relu6",
}

FUNCTIONS: dict[str, Row] = {
    "linear": linear, "conv1d": convolution(1), "conv2d": convolution(2), "batch_norm": batch_norm,
    **{f"{kind}_pool{axes}d": pooling(kind, axes) for kind in ("avg", "max") for axes in (1, 2)},
    **{f"adaptive_{kind}_pool{axes}d": adaptive(kind, axes) for kind in ("avg", "max") for axes in (1, 2)},
    "boolean_dispatch": pooling("max", 2),
    "flatten": flatten, "view": reshape, "reshape": reshape, "size": size, "getattr": attribute, "getitem": item,
    "cat": concat, "concat": concat, "mean": mean, "contiguous": identity, "dropout": identity, "detach": identity,
    "add": arithmetic("+"), "iadd": arithmetic("+"), "sub": arithmetic("-"), "mul": arithmetic("*"),
    "imul": arithmetic("*"), "truediv": arithmetic("/"), "div": arithmetic("/"), "neg": negative,
    **{name.lower(): function(name.lower()) for name in ELEMENTWISE}, "abs": function("abs"), "sign": function("sign"),
    "leaky_relu": leaky, "clamp": clip, "clip": clip, "hardtanh": hardtanh, "maximum": extreme("max"),
    "minimum": extreme("min"), "softmax": softmax("softmax"), "log_softmax": softmax("log_softmax"),
}

MODULES: dict[str, Row] = {
    "Linear": _linear_module, "Conv1d": _conv_module(1), "Conv2d": _conv_module(2),
    "BatchNorm1d": _norm_module, "BatchNorm2d": _norm_module,
    **{f"{kind.title()}Pool{axes}d": _pool_module(kind, axes) for kind in ("avg", "max") for axes in (1, 2)},
    **{f"Adaptive{kind.title()}Pool{axes}d": _plain(adaptive(kind, axes), "output_size")
       for kind in ("avg", "max") for axes in (1, 2)},
    "Flatten": _plain(flatten, "start_dim", "end_dim"),
    "Dropout": _plain(identity), "Dropout1d": _plain(identity), "Dropout2d": _plain(identity),
    "Identity": _plain(identity),
    **{name: _plain(function(value)) for name, value in ELEMENTWISE.items()},
    "LeakyReLU": _plain(leaky, "negative_slope"), "Hardtanh": _plain(hardtanh, "min_val", "max_val"),
    "Softmax": _plain(softmax("softmax")), "LogSoftmax": _plain(softmax("log_softmax")),
}
