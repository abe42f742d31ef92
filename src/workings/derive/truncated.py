"""Truncated backpropagation through time: an adjoint is carried back over at most so many steps.

    ah[0,t] = P(E,h[t]),   ah[m,t] = ah[m-1,t+1]*P(h[t+1],h[t]),   gh[t] = sum(m, 0, K, ah[m,t])

`m` counts the steps that a contribution has come back; what would come further is left out.  What comes out is no
gradient, but an approximation of it (Williams and Peng 1990; Zhang et al., *Dive into Deep Learning*, 9.7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workings.derive.graph import Node, entry
from workings.derive.inside import parts_first
from workings.derive.pieces import pieces
from workings.derive.program import Line
from workings.derive.recurrences import Domain
from workings.derive.terms import Term
from workings.derive.written import to_expr
from workings.expr import Equation, Ref

if TYPE_CHECKING:
    from workings.derive.backward import _Pass
    from workings.derive.upstream import Target

SAYS = (
    "Truncated after {steps} step{s}: an approximation, not the gradient. What would be carried back over more steps "
    "of the recurrence of {name} is left out."
)


def around_truncated(run: _Pass, members: list[Equation], steps: int) -> None:
    """Like `around`, with at most so many steps back."""
    keys = {e.key for e in members}
    heads = {id(run.heads[id(e)]): e for e in members if id(e) in run.heads}
    inside = [t for key in run.targets if key in keys for t in run.targets[key]]
    letter = _age(run)
    run.arena.ranges[letter] = (run.arena.zero, run.arena.num(steps))
    aged: dict[str, str] = {}
    for target in inside:
        aged.setdefault(target.name, run.names.aged(target.name))
        target.entry = entry(target.node)
        target.stated = Ref(target.name, target.entry.indices)
        target.term = run.arena.ref(target.name, target.node.indices)
    direct = {id(t): t.shares for t in inside}
    for target in inside:
        target.shares = []
    wanted = run.wanted
    run.wanted, run.holding = keys, False
    for target in inside:
        if id(target) in heads:
            age = run.arena.ref(letter)
            run.pass_on(heads[id(target)], run.arena.ref(aged[target.name], (age, *target.node.indices)))
    run.wanted, run.holding = wanted - keys, True
    run.approximate = True
    for target in inside:
        within = run.domains.of(heads[id(target)]) if id(target) in heads else {}
        _state(run, target, direct[id(target)], within, aged, letter, steps)
    for target in inside:
        if id(target) in heads:
            assert target.term is not None
            run.pass_on(heads[id(target)], target.term)
    run.wanted = wanted
    s = "" if steps == 1 else "s"
    run.notes.append(SAYS.format(steps=steps, s=s, name=", ".join(dict.fromkeys(e.lhs.name for e in members))))


def _age(run: _Pass) -> str:
    """A letter for the number of steps that a contribution has come."""
    letter = next(x for x in ("m", "a", "b", "m'", "m''") if x not in run.names.taken)
    run.names.taken.add(letter)
    return letter


def _state(
    run: _Pass, target: Target, direct: list[Term], within: Domain, aged: dict[str, str], letter: str, steps: int
) -> None:
    """ah[0,t] = ..., ah[m,t] = ah[m-1,t+1]*..., gh[t] = sum(m, 0, K, ah[m,t])"""
    arena = run.arena
    age = arena.ref(letter)
    shares = [arena.mul([arena.call("delta", (age, arena.zero)), arena.add(direct)])]
    shares += [_older(run, share, target.node, set(aged.values()), letter) for share in target.shares]
    domain: Domain = {**within, letter: (arena.zero, arena.num(steps))}
    node = (age, *target.node.indices)
    name = aged[target.name]
    for cell, value in pieces(run.domains, node, domain, arena.add(shares)):
        here = Ref(name, tuple(to_expr(arena.rename(i, cell.at)) for i in node))
        run.backward.append(Line(here, value, None, to_expr(value)))
    total = arena.big("sum", letter, arena.ref(name, node), (arena.zero, arena.num(steps), None))
    assert target.stated is not None
    run.backward.append(Line(target.stated, total, None, to_expr(total)))


def _older(run: _Pass, share: Term, node: Node, aged: set[str], letter: str) -> Term:
    """A contribution from a step that has come as many steps less as it is away."""
    arena = run.arena
    lags = {_away(run, term, node) for term in parts_first(share) if term.kind == "ref" and term.head in aged}
    lag = max(lags, default=0)
    if lag == 0:
        return share
    here = arena.ref(letter)
    moved = arena.rename(share, {letter: arena.sub(here, arena.num(lag))})
    return arena.call("where", (arena.make("rel", (">=",), (here, arena.num(lag))), moved, arena.zero))


def _away(run: _Pass, term: Term, node: Node) -> int:
    """How many steps an aged adjoint is from the entry that it reaches."""
    gaps = [run.arena.sub(a, b) for a, b in zip(term.args[1:], node.indices, strict=False)]
    return max((abs(int(g.head)) for g in gaps if g.kind == "num"), default=0)
