"""The backward pass around a recurrence: an adjoint that arrives at a step goes on to the step before.

    h[t] = f(h[t-1])        gh[T] = dE/dh[T] = P(E,h[T]),   gh[t] = dE/dh[t] = P(E,h[t]) + gh[t+1]*P(h[t+1],h[t])

Backpropagation through time (Werbos 1990, "Backpropagation through time: what it does and how to do it").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workings.derive.graph import entry
from workings.derive.pieces import pieces
from workings.derive.written import to_expr
from workings.expr import Equation, Ref

if TYPE_CHECKING:
    from workings.derive.backward import _Pass
    from workings.derive.upstream import Target


def around(run: _Pass, members: list[Equation]) -> None:
    """Passes through all equations of a recurrence, then states their adjoints, each in its pieces."""
    targets = [(e, run.heads[id(e)]) for e in members if id(e) in run.heads]
    for _, target in targets:                         # an adjoint is used before all that reaches it is known
        target.term = run.arena.ref(target.name, target.node.indices)
        target.entry = entry(target.node)
        target.stated = Ref(target.name, target.entry.indices)
    before = len(run.backward)
    for equation, target in targets:
        assert target.term is not None
        run.pass_on(equation, target.term)
    parts = run.backward[before:]
    del run.backward[before:]
    for equation, target in targets:
        _state(run, equation, target)
    run.backward += parts


def _state(run: _Pass, equation: Equation, target: Target) -> None:
    """gh[T] = ..., gh[t] = ... + gh[t+1]*..."""
    total = run.arena.add(target.shares[::-1])
    for cell, value in pieces(run.domains, target.node.indices, run.domains.of(equation), total):
        here = Ref(target.node.name, tuple(to_expr(run.arena.rename(i, cell.at)) for i in target.node.indices))
        run.backward.append(run.statement(Ref(target.name, here.indices), value, here))
