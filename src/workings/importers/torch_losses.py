"""Losses, norms and look-ups of torch as expressions; arguments are named as torch names them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workings.errors import OutOfReach
from workings.expr import TWO, Add, All, Big, Call, Div, Expr, MatMul, Mul, Neg, Num, Pow, Ref, Rel

if TYPE_CHECKING:
    from workings.importers.from_torch import Walk


# -- losses
def mse_loss(w: Walk, input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
             weight: Any = None) -> Expr:
    """The mean (or sum) of squared differences."""
    _as_target(w, target)
    return _reduced(w, input, Pow(Add((w.expr(input), Neg(w.expr(target)))), TWO), reduction)


def l1_loss(w: Walk, input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
            weight: Any = None) -> Expr:
    """The mean (or sum) of absolute differences."""
    _as_target(w, target)
    return _reduced(w, input, Call("abs", (Add((w.expr(input), Neg(w.expr(target)))),)), reduction)


def huber_loss(w: Walk, input: Any, target: Any, reduction: str = "mean", delta: float = 1.0,
               weight: Any = None) -> Expr:
    """Half the square up to delta, then delta times what is beyond."""
    _as_target(w, target)
    r = Call("abs", (Add((w.expr(input), Neg(w.expr(target)))),))
    d = w.expr(delta)
    half = Num(Fraction(1, 2), "1/2")
    beyond = Mul((d, Add((r, Neg(Mul((half, d)))))))
    each = Call("where", (Rel((r, d), ("<=",)), Mul((half, Pow(r, TWO))), beyond))
    return _reduced(w, input, each, reduction)


def smooth_l1_loss(w: Walk, input: Any, target: Any, size_average: Any = None, reduce: Any = None,
                   reduction: str = "mean", beta: float = 1.0) -> Expr:
    """The Huber loss over its delta."""
    if beta != 1:
        raise OutOfReach(f"smooth_l1_loss with beta={beta}", hint="huber_loss")
    return huber_loss(w, input, target, reduction)


def bce_with_logits(w: Walk, input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None,
                    reduction: str = "mean", pos_weight: Any = None) -> Expr:
    """softplus(z) - t z: the cross-entropy of sigmoid(z)."""
    _as_target(w, target)
    z = w.expr(input)
    return _reduced(w, input, Add((Call("softplus", (z,)), Neg(Mul((w.expr(target), z))))), reduction)


def bce(w: Walk, input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None,
        reduction: str = "mean") -> Expr:
    """The cross-entropy of probabilities p and targets t, class by class."""
    _as_target(w, target)
    p, t = w.expr(input), w.expr(target)
    one = Num(1, "1")
    other = Mul((Add((one, Neg(t))), Call("log", (Add((one, Neg(p))),))))
    return _reduced(w, input, Neg(Add((Mul((t, Call("log", (p,)))), other))), reduction)


def cross_entropy(w: Walk, input: Any, target: Any, weight: Any = None, size_average: Any = None,
                  ignore_index: int = -100, reduce: Any = None, reduction: str = "mean",
                  label_smoothing: float = 0.0) -> Expr:
    """The cross-entropy of softmax(z): with probabilities t, or with the number t of the true class, counted from 0."""
    if weight is not None or label_smoothing or reduction == "none":
        raise OutOfReach("cross_entropy with weights, smoothing or without a reduction is not written")
    _as_target(w, target)
    z, t, axes = w.expr(input), w.expr(target), w.at_most(input, 2, "cross_entropy")
    if w.shape(input) == w.shape(target):
        whole = Call("rowsum" if axes == 2 else "sum", (t,))
        top = Mul((Call("logsumexp", (z,)), whole))
        total = Add((Call("sum", (top,)) if axes == 2 else top, Neg(Call("sum", (Mul((t, z)),)))))
        return total if axes == 1 or reduction == "sum" else Div(total, w.size(input, 0))
    if not isinstance(z, Ref) or not isinstance(t, Ref):
        raise OutOfReach("cross_entropy of this is not written", hint="give the scores a name of their own")
    if axes == 1:
        return Add((Call("logsumexp", (z,)), Neg(Ref(z.name, (plus_one(t),)))))
    letter, size = w.letter("n", (z, t)), w.size(input, 0)
    true = Big("sum", letter, Ref(z.name, (Ref(letter), plus_one(Ref(t.name, (Ref(letter),))))), Num(1, "1"), size)
    total_ = Add((Call("sum", (Call("logsumexp", (z,)),)), Neg(true)))
    return total_ if reduction == "sum" else Div(total_, size)


def nll_loss(w: Walk, input: Any, target: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100,
             reduce: Any = None, reduction: str = "mean") -> Expr:
    """Minus the entry of the true class, counted from 0."""
    _as_target(w, target)
    z, t, axes = w.expr(input), w.expr(target), w.at_most(input, 2, "nll_loss")
    if weight is not None or reduction == "none" or not isinstance(z, Ref) or not isinstance(t, Ref):
        raise OutOfReach("nll_loss with weights or without a reduction is not written")
    if axes == 1:
        return Neg(Ref(z.name, (plus_one(t),)))
    letter, size = w.letter("n", (z, t)), w.size(input, 0)
    true = Big("sum", letter, Ref(z.name, (Ref(letter), plus_one(Ref(t.name, (Ref(letter),))))), Num(1, "1"), size)
    return Neg(true) if reduction == "sum" else Neg(Div(true, size))


def plus_one(e: Expr) -> Expr:
    """torch counts from 0, the sheet from 1."""
    return Add((e, Num(1, "1")))


def embedding(w: Walk, input: Any, weight: Any, padding_idx: Any = None, max_norm: Any = None, norm_type: float = 2.0,
              scale_grad_by_freq: bool = False, sparse: bool = False) -> Expr:
    """Rows of the table, by their numbers, counted from 0."""
    if max_norm is not None or padding_idx is not None:
        raise OutOfReach("embedding with padding or a largest norm is not written")
    table, i, axes = w.expr(weight), w.expr(input), len(w.shape(input))
    if not isinstance(table, Ref) or not isinstance(i, Ref) or axes > 1:
        raise OutOfReach("embedding of this is not written", expected="one number, or a vector of them")
    if axes == 0:
        return Ref(table.name, (plus_one(i), All()))
    t, j = w.letter("t", (table, i)), w.letter("j", (table, i))
    entry = Ref(table.name, (plus_one(Ref(i.name, (Ref(t),))), Ref(j)))
    return w.family((t, j), (w.size(input, 0), w.size(weight, 1)), entry)


# -- norms
def layer_norm(w: Walk, input: Any, normalized_shape: Any = None, weight: Any = None, bias: Any = None,
               eps: float = 1e-5) -> Expr:
    """The entries of the last axis less their mean, over their deviation; then scaled and shifted."""
    if normalized_shape is not None and len(normalized_shape) != 1:
        raise OutOfReach("layer_norm over several axes is not written")
    centred = w.line("c", Add((w.expr(input), Neg(_mean(w, input, w.expr(input))))), w.shape(input))
    spread = _mean(w, input, Pow(centred, TWO))
    return _scaled(w, Div(centred, Call("sqrt", (Add((spread, w.expr(eps))),))), weight, bias,
                   len(w.shape(input)) == 2)


def _mean(w: Walk, input: Any, each: Expr) -> Expr:
    """The mean over the last axis, as a column of the rows' means where there are rows."""
    rows = w.at_most(input, 2, "a norm") == 2
    total = Call("col", (Call("rowsum", (each,)),)) if rows else Call("sum", (each,))
    return Div(total, w.size(input, -1))


def rms_norm(w: Walk, input: Any, normalized_shape: Any = None, weight: Any = None, eps: Any = None) -> Expr:
    """The entries of the last axis over their root mean square; then scaled."""
    if eps is None:
        raise OutOfReach("rms_norm without eps uses the smallest number of its type", hint="rms_norm(..., eps=1e-6)")
    spread = Add((_mean(w, input, Pow(w.expr(input), TWO)), w.expr(eps)))
    return _scaled(w, Div(w.expr(input), Call("sqrt", (spread,))), weight, None, len(w.shape(input)) == 2)


def _scaled(w: Walk, made: Expr, weight: Any, bias: Any, rows: bool) -> Expr:
    if weight is not None:                    # of rows, each column is scaled
        scale = Call("diag", (w.expr(weight),))
        made = MatMul((made, scale) if rows else (scale, made))
    return made if bias is None else Add((made, w.expr(bias)))


def _reduced(w: Walk, input: Any, each: Expr, reduction: str) -> Expr:
    if not w.shape(input) or reduction == "none":
        return each
    return Call(reduction, (each,))


def _as_target(w: Walk, target: Any) -> None:
    name = w.expr(target)
    if getattr(target, "op", "") == "placeholder" and isinstance(name, Ref):
        w.roles[name.name] = "target"
