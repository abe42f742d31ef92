"""How each torch operation of the table is written as an expression; arguments are named as torch names them.

A row takes the walk and the arguments of the call (nodes of torch.fx, or numbers) and returns the expression.  A row
of `MODULES` takes the module and its path before them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workings.errors import OutOfReach
from workings.expr import Add, All, Call, Div, Expr, MatMul, Mul, Neg, Num, Pow, Ref

from workings.importers.torch_losses import (
    bce, bce_with_logits, cross_entropy, embedding, huber_loss, l1_loss, layer_norm, mse_loss, nll_loss, rms_norm,
    smooth_l1_loss,
)

if TYPE_CHECKING:
    from workings.importers.from_torch import Walk

Table = Mapping[str, Callable[..., Expr]]

ACTIVATIONS = {
    "relu": "relu", "tanh": "tanh", "sigmoid": "sigmoid", "softplus": "softplus", "silu": "silu", "mish": "mish",
    "elu": "elu", "selu": "selu", "hardtanh": "hardtanh", "relu6": "relu6", "softsign": "softsign",
    "logsigmoid": "logsigmoid",
}
FUNCTIONS = {
    "exp": "exp", "log": "log", "sqrt": "sqrt", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh":
    "cosh", "abs": "abs", "erf": "erf", "sign": "sign", "square": "square", "log1p": "log1p", "expm1": "expm1",
    "atan": "atan",
}
CLASSES = {
    "ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "SiLU": "silu", "Mish": "mish", "SELU": "selu",
    "ReLU6": "relu6", "Softsign": "softsign", "LogSigmoid": "logsigmoid",
}
ARITHMETIC = frozenset("add sub mul truediv div neg pow matmul rsub".split())
LIGHT = frozenset("t T transpose getattr contiguous detach clone dropout permute".split())
GROUPS = {
    "affine": ("linear", "matmul", "bmm", "mm", "mv", "addmm"),
    "activation": (*ACTIVATIONS, *FUNCTIONS, *(c.lower() for c in CLASSES), "gelu", "leaky_relu", "leakyrelu", "clamp"),
    "softmax": ("softmax", "log_softmax", "logsumexp", "scaled_dot_product_attention"),
    "norm": ("layer_norm", "layernorm", "rms_norm", "rmsnorm", "batch_norm"),
    "sum": ("add", "sub"),
}


# -- products
def linear(w: Walk, input: Any, weight: Any, bias: Any = None) -> Expr:
    """x W^T + b for rows of samples; W x + b for one sample."""
    axes = w.at_most(input, 2, "linear")
    matrix, x = w.expr(weight), w.expr(input)
    made = MatMul((matrix, x)) if axes == 1 else MatMul((x, Call("T", (matrix,))))
    return made if bias is None else Add((made, w.expr(bias)))


def matmul(w: Walk, input: Any, other: Any) -> Expr:
    """A product of vectors and matrices; of two vectors the inner product."""
    axes = w.at_most(input, 2, "matmul"), w.at_most(other, 2, "matmul")
    a, b = w.expr(input), w.expr(other)
    return Call("dot", (a, b)) if axes == (1, 1) else MatMul((a, b))


def addmm(w: Walk, input: Any, mat1: Any, mat2: Any) -> Expr:
    """input + mat1 mat2."""
    return Add((matmul(w, mat1, mat2), w.expr(input)))


def transpose(w: Walk, input: Any, dim0: int = 0, dim1: int = 1) -> Expr:
    """The transpose of a matrix."""
    axes = len(w.shape(input))
    if axes < 2 or dim0 % axes == dim1 % axes:
        return w.expr(input)
    w.at_most(input, 2, "transpose")
    return Call("T", (w.expr(input),))


def permute(w: Walk, input: Any, *dims: Any) -> Expr:
    """The transpose of a matrix, or nothing."""
    given = dims[0] if len(dims) == 1 and isinstance(dims[0], tuple | list) else dims
    order = [d % len(w.shape(input)) for d in given]
    return w.expr(input) if order == sorted(order) else transpose(w, input)


def attribute(w: Walk, input: Any, name: str) -> Expr:
    """x.T; sizes are numbers and come from elsewhere."""
    if name in ("T", "mT"):
        return transpose(w, input)
    raise OutOfReach(f"the attribute {name} of a tensor has no equation here")


# -- arithmetic
def add(w: Walk, input: Any, other: Any, alpha: float = 1) -> Expr:
    """a + alpha b."""
    right = w.expr(other) if alpha == 1 else Mul((w.expr(alpha), w.expr(other)))
    return Add((w.expr(input), right))


def sub(w: Walk, input: Any, other: Any, alpha: float = 1) -> Expr:
    """a - alpha b."""
    return Add((w.expr(input), Neg(w.expr(other) if alpha == 1 else Mul((w.expr(alpha), w.expr(other))))))


def rsub(w: Walk, input: Any, other: Any) -> Expr:
    """b - a."""
    return sub(w, other, input)


def mul(w: Walk, input: Any, other: Any) -> Expr:
    """The elementwise product."""
    return Mul((w.expr(input), w.expr(other)))


def div(w: Walk, input: Any, other: Any) -> Expr:
    """The elementwise quotient."""
    return Div(w.expr(input), w.expr(other))


def neg(w: Walk, input: Any) -> Expr:
    """-a."""
    return Neg(w.expr(input))


def power(w: Walk, input: Any, exponent: Any) -> Expr:
    """a^b; a^0.5 is its root."""
    if exponent == 0.5:
        return Call("sqrt", (w.expr(input),))
    return Pow(w.expr(input), w.expr(exponent))


# -- sums over axes
def total(w: Walk, input: Any, dim: Any = None, keepdim: bool = False) -> Expr:
    """The sum of all entries, or over one axis of a matrix."""
    x, axes = w.expr(input), len(w.shape(input))
    if axes == 0:
        return x
    which = _axis(dim, axes)
    if axes == 1 or which is None:
        if keepdim:
            raise OutOfReach("a sum that keeps its axis is written for the rows of a matrix only")
        return Call("sum", (x,))
    w.at_most(input, 2, "sum")
    made = Call("rowsum" if which else "colsum", (x,))
    return Call("col" if which else "row", (made,)) if keepdim else made


def mean(w: Walk, input: Any, dim: Any = None, keepdim: bool = False) -> Expr:
    """The mean of all entries, or over one axis of a matrix."""
    axes = len(w.shape(input))
    which = _axis(dim, axes) if axes else None
    if (which is None or axes == 1) and not keepdim:
        return Call("mean", (w.expr(input),)) if axes else w.expr(input)
    return Div(total(w, input, dim, keepdim), w.size(input, which or 0))


def _axis(dim: Any, axes: int) -> int | None:
    if isinstance(dim, tuple | list):
        found = sorted({d % axes for d in dim})
        if found == list(range(axes)):
            return None
        if len(found) > 1:
            raise OutOfReach(f"a sum over the axes {tuple(dim)} is not written")
        dim = found[0]
    return None if dim is None else int(dim) % axes


# -- functions
def elementwise(function: str) -> Callable[..., Expr]:
    """A function of each entry."""
    def row(w: Walk, input: Any, inplace: bool = False) -> Expr:
        return Call(function, (w.expr(input),))

    return row


def gelu(w: Walk, input: Any, approximate: str = "none") -> Expr:
    """z Phi(z)."""
    if approximate != "none":
        raise OutOfReach(f"gelu with approximate={approximate!r} is another function", hint="approximate='none'")
    return Call("gelu", (w.expr(input),))


def leaky(w: Walk, input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Expr:
    """z for z > 0, else a slope times z."""
    return Call("leaky", (w.expr(input), w.expr(negative_slope)))


def elu(w: Walk, input: Any, alpha: float = 1.0, inplace: bool = False) -> Expr:
    """The exponential linear unit with alpha = 1."""
    if alpha != 1:
        raise OutOfReach(f"elu with alpha={alpha}", hint="alpha=1")
    return Call("elu", (w.expr(input),))


def softplus(w: Walk, input: Any, beta: float = 1, threshold: float = 20) -> Expr:
    """log(1 + exp(z)); torch's own shortcut above the threshold is left out."""
    if beta != 1:
        raise OutOfReach(f"softplus with beta={beta}", hint="beta=1")
    return Call("softplus", (w.expr(input),))


def clamp(w: Walk, input: Any, min: Any = None, max: Any = None) -> Expr:
    """max(lo, min(z, hi)) with one or both ends."""
    made = w.expr(input)
    if min is not None and max is not None:
        return Call("clip", (made, w.expr(min), w.expr(max)))
    return Call("max" if max is None else "min", (made, w.expr(min if max is None else max)))


def along_last(function: str) -> Callable[..., Expr]:
    """softmax and its kin over the last axis."""
    def row(w: Walk, input: Any, dim: Any = None, dtype: Any = None, keepdim: bool = False,
            _stacklevel: int = 3) -> Expr:
        axes = w.at_most(input, 2, function)
        which = _axis(dim, axes)
        if keepdim or (which is None and axes == 2):
            raise OutOfReach(f"{function} without one axis is not written", hint="dim=-1")
        x = w.expr(input)
        if which == axes - 1 or axes == 1:
            return Call(function, (x,))
        turned = Call(function, (Call("T", (x,)),))
        return turned if function == "logsumexp" else Call("T", (turned,))

    return row


def attention(w: Walk, query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0,
              is_causal: bool = False, scale: Any = None) -> Expr:
    """softmax(Q K^T / sqrt(d)) V."""
    if attn_mask is not None or is_causal:
        raise OutOfReach("attention with a mask is not written", hint="add the mask to the scores as data")
    for part in (query, key, value):
        if w.at_most(part, 2, "attention") != 2:
            raise OutOfReach("attention of a vector", expected="matrices whose rows are positions")
    product = MatMul((w.expr(query), Call("T", (w.expr(key),))))
    scores = Mul((product, w.expr(scale))) if scale is not None else Div(product, Call("sqrt", (w.size(query, -1),)))
    square = (w.shape(query)[0], w.shape(key)[0])
    weights = w.line("p", Call("softmax", (w.line("s", scores, square),)), square)
    return MatMul((weights, w.expr(value)))


# -- shapes
def same_shape(w: Walk, input: Any, *dims: Any, **more: Any) -> Expr:
    """A change of shape that changes nothing."""
    before, after = w.shape(input), _goal(w, dims)
    if after is not None and before != after:
        raise OutOfReach(f"a change of shape from {before} to {after} is not written", hint="trace it for one sample")
    return w.expr(input)


def _goal(w: Walk, dims: tuple[Any, ...]) -> tuple[int, ...] | None:
    found = dims[0] if len(dims) == 1 and isinstance(dims[0], tuple | list) else dims
    return tuple(found) if found and all(isinstance(d, int) and d >= 0 for d in found) else None


def flatten(w: Walk, input: Any, start_dim: int = 0, end_dim: int = -1) -> Expr:
    """Nothing, for a vector; samples stay samples."""
    axes = len(w.shape(input))
    if axes <= 1 or (axes == 2 and start_dim % 2 == 1):
        return w.expr(input)
    raise OutOfReach("flatten of a matrix is not written", hint="trace it for one sample")


def squeeze(w: Walk, input: Any, dim: Any = None) -> Expr:
    """The one entry of a vector, the one column of a matrix."""
    shape, x = w.shape(input), w.expr(input)
    axis = None if dim is None else int(dim) % max(1, len(shape))
    if not shape or (axis is not None and shape[axis] != 1) or 1 not in shape:
        return x
    if not isinstance(x, Ref) or len(shape) > 2:
        raise OutOfReach("squeeze of this is not written")
    first = Num(1)
    if len(shape) == 1:
        return Ref(x.name, (first,))
    return Ref(x.name, (All(), first)) if shape[1] == 1 else Ref(x.name, (first, All()))


def identity(w: Walk, input: Any, *rest: Any, **more: Any) -> Expr:
    """What changes nothing in evaluation mode."""
    return w.expr(input)


ROWS: Table = {
    "linear": linear, "matmul": matmul, "mm": matmul, "mv": matmul, "dot": matmul, "addmm": addmm,
    "transpose": transpose, "t": transpose, "swapaxes": transpose, "permute": permute, "getattr": attribute,
    "add": add, "sub": sub, "rsub": rsub, "mul": mul, "truediv": div, "div": div, "neg": neg, "pow": power,
    "sum": total, "mean": mean,
    **{name: elementwise(function) for name, function in (ACTIVATIONS | FUNCTIONS).items()},
    "gelu": gelu, "leaky_relu": leaky, "elu": elu, "softplus": softplus, "clamp": clamp, "clip": clamp,
    "softmax": along_last("softmax"), "log_softmax": along_last("logsoftmax"), "logsumexp": along_last("logsumexp"),
    "scaled_dot_product_attention": attention,
    "mse_loss": mse_loss, "l1_loss": l1_loss, "huber_loss": huber_loss, "smooth_l1_loss": smooth_l1_loss,
    "binary_cross_entropy": bce, "binary_cross_entropy_with_logits": bce_with_logits,
    "cross_entropy": cross_entropy, "nll_loss": nll_loss, "embedding": embedding,
    "layer_norm": layer_norm, "rms_norm": rms_norm,
    "reshape": same_shape, "view": same_shape, "expand": same_shape, "flatten": flatten, "squeeze": squeeze,
    "contiguous": identity, "detach": identity, "clone": identity, "dropout": identity, "float": identity,
}


# -- modules
def _linear(w: Walk, module: Any, path: str, input: Any) -> Expr:
    weight = w.parameter(f"{path}.weight", "W")
    bias = None if module.bias is None else w.parameter(f"{path}.bias", "b")
    return linear(w, input, weight, bias)


def _plain(row: Callable[..., Expr], *names: str) -> Callable[..., Expr]:
    """A module without parameters: its attributes are the arguments of the function."""
    def build(w: Walk, module: Any, path: str, *inputs: Any) -> Expr:
        return row(w, *inputs, **{n: getattr(module, n) for n in names})

    return build


def _norm(row: Callable[..., Expr], letters: str) -> Callable[..., Expr]:
    def build(w: Walk, module: Any, path: str, input: Any) -> Expr:
        names = dict(zip(("weight", "bias"), letters))
        given = {n: w.parameter(f"{path}.{n}", x) for n, x in names.items() if getattr(module, n, None) is not None}
        return row(w, input, tuple(module.normalized_shape), eps=module.eps, **given)

    return build


def _embedding(w: Walk, module: Any, path: str, input: Any) -> Expr:
    weight = w.parameter(f"{path}.weight", "E")
    return embedding(w, input, weight, module.padding_idx, module.max_norm)


MODULES: Table = {
    "LayerNorm": _norm(layer_norm, "gb"), "RMSNorm": _norm(rms_norm, "g"), "Embedding": _embedding,
    "HuberLoss": _plain(huber_loss, "reduction", "delta"), "SmoothL1Loss": _plain(smooth_l1_loss, "reduction", "beta"),
    "BCELoss": _plain(bce, "reduction"), "BCEWithLogitsLoss": _plain(bce_with_logits, "reduction"),
    "CrossEntropyLoss": _plain(cross_entropy, "reduction", "label_smoothing"), "NLLLoss": _plain(nll_loss, "reduction"),
    "Linear": _linear,
    "Identity": _plain(identity), "Dropout": _plain(identity),
    **{name: _plain(elementwise(function)) for name, function in CLASSES.items()},
    "GELU": _plain(gelu, "approximate"), "LeakyReLU": _plain(leaky, "negative_slope"), "ELU": _plain(elu, "alpha"),
    "Softplus": _plain(softplus, "beta"), "Softmax": _plain(ROWS["softmax"], "dim"),
    "LogSoftmax": _plain(ROWS["log_softmax"], "dim"),
    "MSELoss": _plain(mse_loss, "reduction"), "L1Loss": _plain(l1_loss, "reduction"),
}
