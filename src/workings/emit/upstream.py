"""The backward pass from an upstream gradient: it enters once, where the derivatives begin, not at each result.

Adjoints are linear in each other, so a statement's terms without an adjoint are the seeds: gz = tanh(z)/N becomes
gz = upstream/N*tanh(z), and everything below follows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from workings.emit.plan import Field, Plan
from workings.errors import OutOfReach
from workings.expr import Add, Big, Call, Div, Expr, Key, Mul, Neg, Num, Ref, fold, free_keys, preorder

UPSTREAM = Ref("upstream gradient")       # no name of a person: it has a space


def seeded(plan: Plan) -> Plan:
    """The plan with the upstream gradient as one more field, which its backward statements begin with."""
    known = adjoints(plan)
    steps = [s.with_(s.target, scaled(s.value, known)) if s.target.key in known else s for s in plan.steps]
    fields = {**plan.fields, UPSTREAM.key: Field(UPSTREAM.name, (), "upstream")}
    return replace(plan, steps=steps, fields=fields)


def adjoints(plan: Plan) -> set[Key]:
    """The derivatives, and the quantities of the backward pass that contain one."""
    below = [s for s in plan.steps if s.half == "backward"]
    out = {s.target.key for s in below if s.note}
    before = -1
    while before != len(out):
        before = len(out)
        out |= {s.target.key for s in below if not out.isdisjoint(free_keys(s.value))}
    return out


@dataclass(slots=True, eq=False)
class _Part:
    """A node; `linear`: the same with the upstream gradient at its seeds, None where no adjoint is inside."""

    node: Expr
    linear: Expr | None

    def scaled(self) -> Expr:
        return _times(self.node) if self.linear is None else self.linear


def scaled(value: Expr, adjoints: Collection[Key]) -> Expr:
    """A value, linear in adjoints, times the upstream gradient: its terms without an adjoint are multiplied."""

    def combine(node: Expr, inner: tuple[_Part, ...]) -> _Part:
        if isinstance(node, Ref) and node.key in adjoints:
            return _Part(node, node)
        if all(part.linear is None for part in inner):
            return _Part(node, None)
        return _Part(node, node.rebuild(_linear(node, inner)))

    return fold(value, combine).scaled()


def _linear(node: Expr, inner: tuple[_Part, ...]) -> tuple[Expr, ...]:
    """The children of a node that holds an adjoint: all terms of a sum are scaled, one factor of a product."""
    cases = isinstance(node, Call) and node.function == "where"
    if cases:
        return (inner[0].node, *(part.scaled() for part in inner[1:]))
    if isinstance(node, Call) and node.function == "softgap":        # of the last two: total*share - t
        return (*(part.node for part in inner[:-2]), *(part.scaled() for part in inner[-2:]))
    if isinstance(node, Add):
        return tuple(part.scaled() for part in inner)
    if isinstance(node, Mul | Neg | Big | Div):
        return tuple(part.node if part.linear is None else part.linear for part in inner)
    raise OutOfReach("a backward pass that is not linear in its adjoints")


def _times(node: Expr) -> Expr:
    """upstream*node, the number in front: upstream/N*tanh(z)."""
    if isinstance(node, Num) and node.value == 0:
        return node
    if isinstance(node, Neg):
        return Neg(_times(node.arg))
    if isinstance(node, Div) and not any(isinstance(i, Ref) and i.indices for i in preorder(node.bottom)):
        rest = node.top.args if isinstance(node.top, Mul) else (node.top,)
        return Mul((Div(UPSTREAM, node.bottom), *rest))
    return Mul((UPSTREAM, *(node.args if isinstance(node, Mul) else (node,))))
