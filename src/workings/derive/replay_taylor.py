"""The steps of a Taylor expansion done again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from workings.derive.steps import Step
from workings.derive.taylor import Move, pairs_of, polynomial
from workings.expr import Deriv, Expr, Ref, same

if TYPE_CHECKING:
    from workings.derive.replay import Replay


def stated(again: Replay, step: Step) -> bool:
    """Taylor's formula in the derivatives."""
    of, moves = cast(Ref, step.before), cast(list[Move], step.says["moves"])
    first = [(m, Deriv(of, (m.variable,))) for m in moves]
    return again.equal(polynomial(of, first, [(p, q, Deriv(of, (p.variable, q.other))) for p, q in pairs_of(moves)]),
                       step.after)


def put_in(again: Replay, step: Step) -> bool:
    """The derivatives that were shown put into it."""
    of, moves = cast(Ref, step.says["of"]), cast(list[Move], step.says["moves"])

    def value(mark: Deriv) -> Expr | None:
        shown = (line for line in step.place if any(isinstance(a, Deriv) and same(a, mark) for a in line.args))
        line = next(shown, None)
        return None if line is None or not again.stands(mark, line.args[-1]) else line.args[-1]

    first = [(m, value(Deriv(of, (m.variable,)))) for m in moves]
    second = [(p, q, value(Deriv(of, (p.variable, q.other)))) for p, q in pairs_of(moves)]
    if any(c is None for *_, c in (*first, *second)):
        return False
    return again.equal(polynomial(of, first, second), step.after)  # type: ignore[arg-type]


RULES = {"taylor": stated, "taylor put in": put_in}
