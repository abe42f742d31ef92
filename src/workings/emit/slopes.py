"""Values and slopes together: what a function is taken of gets a name, for its slope needs it too.

Where a library is slow in exponentials, a = tanh(z) and 1 - a^2 come from one, in the forward pass (`paired`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workings.emit.plan import Field, Plan, Step
from workings.emit.recurrences import grouped
from workings.expr import Big, Call, Equation, Expr, Key, Network, Ref, fresh, preorder, rewrite
from workings.notation import plain


@dataclass(slots=True, eq=False)
class Pair:
    """The statement a = tanh(z), and the name of its slope."""

    step: Step
    slope: Ref

    @property
    def inner(self) -> Ref:
        """z"""
        assert isinstance(self.step.value, Call) and isinstance(self.step.value.args[0], Ref)
        return self.step.value.args[0]


def paired(plan: Plan) -> tuple[Plan, Mapping[Key, Pair]]:
    """The plan with a slope for each tanh that the backward pass differentiates, and the pairs by their z."""
    found = _pairs(plan)
    used: set[Key] = set()
    steps = []
    for step in plan.steps:
        value = step.value
        if step.half == "backward":
            value = rewrite(value, lambda node: _named(node, found, used))
        steps.append(step.with_(step.target, value))
    pairs = {key: pair for key, pair in found.items() if key in used}
    return replace(plan, steps=_placed(steps, pairs), fields=_fields(plan, pairs)), pairs


def arguments_named(net: Network) -> Network:
    """The network with a name for each sum that a function is taken of: its slope needs the sum once more.

    a[k,j] = tanh(sum(i, w[j,i]*x[k,i])) becomes z_a[k,j] = sum(i, …) and a[k,j] = tanh(z_a[k,j]).
    """
    names = {name for name, _ in (*net.defs, *net.leaves)} | set(net.ranges) | set(net.sizes)
    out = []
    for equation in net.equations:
        rhs = equation.rhs
        if isinstance(rhs, Call) and len(rhs.args) == 1 and any(isinstance(n, Big) for n in preorder(rhs.args[0])):
            z = Ref(fresh(f"z_{equation.lhs.name}", names), equation.lhs.indices)
            names.add(z.name)
            out.append(Equation(z, rhs.args[0], rhs.args[0].span))
            equation = replace(equation, rhs=rhs.rebuild((z,)))
        out.append(equation)
    return net.with_(equations=tuple(out))


def by_values(plan: Plan) -> Plan:
    """The plan with slopes by the value that is there: tanh_slope(z, a) for sech2(z) where a = tanh(z)."""
    pairs = _pairs(plan)

    def change(node: Expr) -> Expr:
        found = _pair_of(node, pairs)
        return node if found is None else Call("tanh_slope", (found[1], _at(found[0].step, found[1])))

    return plan.only([s.with_(s.target, rewrite(s.value, change)) for s in plan.steps])


def _pairs(plan: Plan) -> dict[Key, Pair]:
    alone = [g.steps[0] for g in grouped(plan.steps) if g.letter is None]
    out = {}
    for step in alone:
        value = step.value
        if step.half == "forward" and step.test is None and isinstance(value, Call) and value.function == "tanh":
            z, target = value.args[0], step.target
            whole = isinstance(z, Ref) and [plain(i) for i in z.indices] == list(step.letters)
            if whole and [plain(i) for i in target.indices] == list(step.letters):
                assert isinstance(z, Ref)
                out[z.key] = Pair(step, Ref(f"slope_{target.name}", target.indices))
    return out


def _named(node: Expr, pairs: Mapping[Key, Pair], used: set[Key]) -> Expr:
    """sech2(z[k,j]) as slope_a[k,j]"""
    found = _pair_of(node, pairs)
    if found is None:
        return node
    pair, z = found
    used.add(z.key)
    return Ref(pair.slope.name, _at(pair.step, z).indices)


def _pair_of(node: Expr, pairs: Mapping[Key, Pair]) -> tuple[Pair, Ref] | None:
    """The pair whose slope sech2(z) is, and its z."""
    if not isinstance(node, Call) or node.function != "sech2" or not isinstance(node.args[0], Ref):
        return None
    z = node.args[0]
    pair = pairs.get(z.key)
    return None if pair is None else (pair, z)


def _at(step: Step, z: Ref) -> Ref:
    """a[k,j] where z stands at these places."""
    table = dict(zip(step.letters, z.indices))
    return Ref(step.target.name, tuple(table[plain(i)] for i in step.target.indices))


def _placed(steps: list[Step], pairs: Mapping[Key, Pair]) -> list[Step]:
    """Each slope behind its value."""
    out = []
    for step in steps:
        out.append(step)
        for pair in pairs.values():
            if step.half == "forward" and step.target.key == pair.step.target.key:
                note = f"d{plain(pair.step.target)}/d{plain(pair.inner)}"
                out.append(replace(step, target=pair.slope, value=Call("sech2", (pair.inner,)), note=note))
    return out


def _fields(plan: Plan, pairs: Mapping[Key, Pair]) -> dict[Key, Field]:
    """The slopes are quantities of the forward pass."""
    made = {p.slope.key: Field(p.slope.name, plan.fields[p.step.target.key].axes, "forward") for p in pairs.values()}
    return {**plan.fields, **made}
