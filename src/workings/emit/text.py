"""What stands around the statements in a file of any language: what it is, from which equations, whose it is."""

from __future__ import annotations

from collections.abc import Iterable

from workings.emit.plan import Field, Plan
from workings.expr import Network
from workings.notation import plain, plain_name

OWNER = "This file stands alone and is yours: use it and license it as you like."


def about(net: Network, plan: Plan, target: str) -> list[str]:
    """The lines of a file's head: what it computes and from what."""
    by = ", ".join(plain(wrt) for wrt, _ in plan.gradients)
    lines = [f"{plain(plan.of)} and its derivatives by {by}.", "", f"Written by workings for {target}, from", ""]
    for equation in net.equations:
        lines.append(f"    {plain(equation.lhs)} = {plain(equation.rhs)}")
    if plan.notes:
        lines += ["", *(f"{note}." if not note.endswith(".") else note for note in plan.notes)]
    return [*lines, "", OWNER]


def shape(field: Field) -> str:
    """How long the axes of an array are: d x h."""
    return " x ".join(size(a.lo, a.hi) for a in field.axes)


def size(lo: object, hi: object) -> str:
    """1..d is d, 0..T is T + 1."""
    low, high = plain(lo), plain(hi)                 # type: ignore[arg-type]
    if low == "1":
        return high
    return f"{high} + 1" if low == "0" else f"{high} - {low} + 1"


def arguments(plan: Plan) -> Iterable[str]:
    """One line an argument: its name, role and shape."""
    for field in plan.arguments:
        what = f"array of {shape(field)}" if field.axes else "number"
        yield f"{plain_name(field.name)}: {field.role}, {what}"
