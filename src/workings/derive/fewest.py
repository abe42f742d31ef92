"""Mode fewest: a gradient that was just found is used again, gz = w (g - gw a) where a = tanh(z)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workings.derive.terms import Term
from workings.derive.written import to_term
from workings.expr import Equation

if TYPE_CHECKING:
    from workings.derive.backward import _Pass
    from workings.derive.upstream import Target

FEWEST = (
    "Fewest operations: a gradient just found is used again, gz = w (g - gw a). The difference cancels where the "
    "unit saturates (|a| near 1), so the mode plain is the accurate one."
)


def reuse(run: _Pass, equation: Equation, target: Target) -> bool:
    """a = tanh(z) reached only by g w, where gw = g a is asked too: gz = w (g - gw a)."""
    root = run.graph.root(equation)
    if target.asked or equation.lhs.indices or len(target.shares) != 1 or root.kind != "call":
        return False
    share = target.shares[0]
    if root.head not in (("tanh", 0), ("sigmoid", 0)) or share.kind != "mul" or len(share.args) != 2:
        return False
    arena, a = run.arena, to_term(run.arena, equation.lhs)
    for w, g in (share.args, share.args[::-1]):
        weight = _weight(run, w, arena.scale(share.head, arena.mul((g, a))))
        if weight is not None and share.head == 1:
            gw = run.state(weight)
            assert gw is not None
            rest = arena.sub(g, arena.mul((gw, a))) if root.head[0] == "tanh" else arena.mul(
                (gw, arena.sub(arena.one, a)))
            run.pass_on(equation, arena.mul((w, rest)), root.args[0])
            return True
    return False


def _weight(run: _Pass, w: Term, gradient: Term) -> Target | None:
    """The asked target that w is, if all that will ever reach it is `gradient`."""
    if w.kind != "ref" or w.args:
        return None
    found = run.targets.get(w.key, [])
    good = len(found) == 1 and found[0].asked and run.uses[w.head] == [w] and found[0].shares == [gradient]
    return found[0] if good else None
