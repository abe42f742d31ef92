"""What a fit says: the loss, the parameters, the learning curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workings.answers.run import said
from workings.document import Block, Math, Paragraph, Picture, Strong, Table
from workings.expr import Ref
from workings.figures.curve import curve_figure
from workings.notation import plain

if TYPE_CHECKING:
    from workings.fit import Fit

SHOWN = 24                    # parameters that are numbers, in the table
NAMES = {"lbfgs": "L-BFGS on all points at once", "adam": "Adam", "sgd": "gradient descent"}


def as_dict(fit: Fit) -> dict[str, Any]:
    """The facts of a fit: loss, parameters, curve, how and why it ended."""
    o = fit.options
    return {
        "of": plain(fit.of), "value": fit.value, "gradient": fit.gradient,
        "parameters": {name: said(value) for name, value in fit.parameters.items()},
        "curve": list(fit.curve), "held_out": list(fit.held_out), "points": fit.rows, "reason": fit.reason,
        "method": o.method, "seed": o.seed, "batch": o.batch, "computed": fit.taken,
    }


def blocks(fit: Fit) -> tuple[Block, ...]:
    """The loss and how it was reached, a table of parameters, the curve."""
    o = fit.options
    what: tuple[Any, ...] = ("the mean of ", Math(fit.of)) if fit.mean else (Math(fit.of),)
    batches = f", batches of {o.batch}" if o.batch else ""
    value = (Strong(f"{fit.value:.6g}"), f" over {fit.rows} points.")
    how = f"{NAMES[o.method]}{batches}, seed {o.seed}; it ended because: {fit.reason}."
    out: list[Block] = [
        Paragraph(("After ", _steps(fit), ": ", *what, " is ", *value)),
        Paragraph((f"{how} The largest entry of the gradient is {fit.gradient:.1e}.",)),
    ]
    single = [(n, v) for n, v in fit.parameters.items() if isinstance(v, float)]
    arrays = [(n, v) for n, v in fit.parameters.items() if not isinstance(v, float)]
    rows = [((Math(Ref(n)),), (f"{v:.6g}",)) for n, v in single[:SHOWN]]
    rows += [((Math(Ref(n)),), (_array(v),)) for n, v in arrays]
    out.append(Table((("Parameter",), ("Value",)), tuple(rows)))
    if len(single) > SHOWN:
        out.append(Paragraph((f"{len(single) - SHOWN} more parameters stand in the JSON.",)))
    if len(fit.curve) > 1:
        alt = f"The loss falls from {fit.curve[0]:.4g} to {fit.curve[-1]:.4g} in {len(fit.curve)} steps."
        figure = curve_figure(fit.curve, fit.held_out, "The learning curve", alt)
        out.append(Picture(figure, ("The learning curve.",), alt, "learning-curve"))
    return tuple(out)


def _steps(fit: Fit) -> str:
    word = "step" if fit.options.method == "lbfgs" else "epoch"
    return f"{len(fit.curve)} {word}{'' if len(fit.curve) == 1 else 's'}"


def _array(value: Any) -> str:
    shape = " × ".join(str(n) for n in value.shape)
    if value.size <= 8 and value.ndim == 1:
        return "(" + ", ".join(f"{x:.5g}" for x in value) + ")"
    return f"{shape} entries from {value.min():.4g} to {value.max():.4g}" if value.size else f"{shape} entries"
