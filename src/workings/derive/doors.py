"""The doors of derivation: what is written in arrays is derived in indices, by the one engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workings.derive import backward as _backward
from workings.derive import derivation as _derivation
from workings.derive import hessian as _hessian
from workings.derive import tangents as _tangents
from workings.derive import taylor as _taylor
from workings.derive.asked import refuse_halves
from workings.derive.at_point import at_numbers
from workings.derive.cut_short import cut_short
from workings.derive.deltas import signals, wanted
from workings.derive.jacobians import in_notation as jacobians_in_notation
from workings.derive.program import Program
from workings.derive.steps import Derivation
from workings.derive.taylor import Expansion, in_notation
from workings.derive.whole import checked_layout, in_matrices, program_in_matrices
from workings.expr import Equation, Network, Ref, same
from workings.forms.indexed import Indexed, indexed


def gradient(
    net: Network, of: Ref, wrt: Ref, *, through: Sequence[Ref] = (), names: Sequence[Equation] = (),
    verified: bool = True, layout: str | None = None, adjoints: str = "g", truncate: int | None = None,
) -> Derivation:
    """The derivative of `of` by `wrt`, step by step; the result uses the names of forward quantities.

    `names`: equations that name parts of nested ones, as a hint gives them: z = y - t, c = cosh(z).  `layout`:
    "denominator" (the shape of `wrt`) or "numerator", of the result in matrix notation.  `adjoints`: "delta" goes by
    the error signals of the pre-activations.  `truncate`: adjoints are carried back over at most so many steps of a
    recurrence, an approximation.
    """
    form, layout = indexed(net), checked_layout(layout)
    deltas = signals(form.net) if wanted(adjoints) else None
    top, bottom = entries(form, of, wrt)
    refuse_halves(form.net, top, [bottom])
    out = _derivation.gradient(form.net, top, bottom, through=through, names=names, verified=verified,
                               signals=deltas)
    if truncate is not None:
        out = cut_short(form.net, out, truncate)
    out.matrix = in_matrices(out, form, of, wrt, layout) if out.approximate is None else None
    jacobians_in_notation(out, form)
    return out


def chain_rule(
    net: Network, of: Ref, wrt: Ref, through: Sequence[Ref] = (), *, names: Sequence[Equation] = (),
    verified: bool = True,
) -> Derivation:
    """The chain rule for the derivative of `of` by `wrt`, stated and not worked out.

    `through`: the quantities whose own derivatives are left whole, as in dE/dv = dE/da da/dv + dE/db db/dv.
    """
    form = indexed(net)
    of, wrt = entries(form, of, wrt)
    refuse_halves(form.net, of, [wrt])
    return _derivation.chain_rule(form.net, of, wrt, through, names=names, verified=verified)


def backward(
    net: Network, of: Ref, wrt: Sequence[Ref] | None = None, mode: str = "plain", truncate: int | None = None,
    layout: str | None = None, steady: bool = False,
) -> Program:
    """The gradients of `of` by each of `wrt` (default: all parameters) as forward and backward statements.

    `mode="fewest"` uses a gradient just found again, which may cancel where a unit saturates.  `truncate`: adjoints
    are carried back over at most so many steps of a recurrence, an approximation.  `layout`: of the derivatives in
    matrix notation, "denominator" or "numerator".  `steady`: with the slopes that programs call.
    """
    form, layout = indexed(net), checked_layout(layout)
    asked = None if wrt is None else [entry(form, w) for w in wrt]
    top = entry(form, of)
    refuse_halves(form.net, top, asked)
    ones = {(name, n) for name, axes in form.axes.items() for n, letter in enumerate(axes) if letter == "1"}
    program = _backward.backward(form.net, top, asked, mode, truncate, ones, steady)
    program_in_matrices(program, form, layout)
    return program


def hessian(net: Network, of: Ref, wrt: tuple[Ref, Ref], *, verified: bool = True) -> Derivation:
    """The second derivative of `of` by the two names, step by step."""
    form = indexed(net)
    of, *pair = entries(form, of, *wrt)
    refuse_halves(form.net, of, pair)
    return _hessian.hessian(form.net, of, (pair[0], pair[1]), verified=verified)


def taylor(
    net: Network, of: Ref, wrt: Sequence[tuple[Ref, Ref]], at: Mapping[str, Any] | None = None, *,
    verified: bool = True,
) -> Expansion:
    """The second-order Taylor polynomial of a number, in symbols or at numbers `at`.

    `wrt`: each variable with another entry of its family; of an array both are its name.  Raises `OutOfReach` at a
    kink, `BadValue` where there is no value.
    """
    form = indexed(net)
    firsts = [entries(form, of, u)[1] for u, _ in wrt]
    others = [entries(form, of, *firsts, v)[-1] if same(u, v) else v for u, v in wrt]
    out = _taylor.taylor(form.net, of, list(zip(firsts, others, strict=True)), verified=verified)
    out.matrix = in_notation(out, form)
    return at_numbers(form.net, out, at) if at else out


def hvp(net: Network, of: Ref, wrt: Sequence[Ref], along: Sequence[str] = ()) -> Program:
    """The second derivatives of `of` by `wrt`, times a direction, as a program; `along` names the direction."""
    form = indexed(net)
    return _tangents.hvp(form.net, entry(form, of), [entry(form, w) for w in wrt], along)


def jacobian(net: Network, of: Ref, wrt: Ref) -> Program:
    """All derivatives of an array by an array as a program, by the mode that takes fewer passes, which is said."""
    form = indexed(net)
    top, bottom = entries(form, of, wrt)
    return _tangents.jacobian(form.net, top, bottom)


def entry(form: Indexed, ref: Ref) -> Ref:
    """The general entry of an array that is named as a whole."""
    return entries(form, ref)[0]


def entries(form: Indexed, *refs: Ref) -> tuple[Ref, ...]:
    """Like `entry`, with letters that differ from one name to the next."""
    out: list[Ref] = []
    for ref in refs:
        at = form.free(ref, *out)
        out.append(Ref(ref.name, (*ref.indices, *at), ref.span) if at else ref)
    return tuple(out)
