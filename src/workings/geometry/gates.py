"""Gates as they are found: each piecewise linear function at its arguments once, its units numbered in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workings.exact import sign
from workings.expr import Add, Call, Expr, Logic, Neg, Num, Ref, Rel, rewrite
from workings.geometry.data import Gate, Unit
from workings.geometry.linear import Form, plus, proportional, variable


@dataclass(slots=True, eq=False)
class Value:
    """A form; the same as written, gates by name; does it use an input as written?"""

    form: Form
    shown: Expr
    varies: bool


@dataclass(slots=True, eq=False)
class GateForm:
    units: tuple[int, ...]
    values: Mapping[str, Form]
    crease: Form | None


class Gates:
    """The gates of one network in the order in which reading meets them."""

    def __init__(self, size: int, letter: str) -> None:
        self.size, self.letter = size, letter
        self.units: list[Unit] = []
        self.pres: list[Form] = []
        self.gates: list[Gate] = []
        self.forms: list[GateForm] = []
        self._seen: dict[object, Value] = {}

    def add(
        self, function: str, call: Expr, pres: list[Value], values: Mapping[str, Value], crease: Value | None,
    ) -> Value:
        """The value of a gate; one of numbers alone is a number, and an equal one is not made twice."""
        if not any(pre.varies for pre in pres):
            return _decided(pres, values, crease)
        key = (tuple(p.form.key for p in pres), tuple((k, v.form.key) for k, v in values.items()),
               crease.form.key if crease else None)
        if key not in self._seen:
            self._seen[key] = self._made(function, call, pres, values, crease)
        return self._seen[key]

    def _made(
        self, function: str, call: Expr, pres: list[Value], values: Mapping[str, Value], crease: Value | None,
    ) -> Value:
        start = len(self.units)
        for pre in pres:
            self.units.append(Unit(f"{self.letter}{len(self.units) + 1}", function, _tidy(pre.shown)))
            self.pres.append(pre.form)
        jumps = False
        if len(pres) == 1:
            on, off, kink = values["+"].form, values["-"].form, pres[0].form
            if crease is not None and proportional(plus(crease.form, on, -1), kink):
                crease = None
            jumps = crease is not None or not proportional(plus(on, off, -1), kink)
        name, units = self.units[-1].name, tuple(range(start, len(self.units)))
        self.gates.append(Gate(name, units, call, {k: v.shown for k, v in values.items()},
                               crease.shown if crease else None, jumps))
        self.forms.append(GateForm(units, {k: v.form for k, v in values.items()}, crease.form if crease else None))
        return Value(variable(self.size + len(self.gates) - 1), Ref(name), True)


def _tidy(shown: Expr) -> Expr:
    """Arguments put into a body, tidied: x - (-1) as x + 1, x - 0 as x, (a + b) - c as a + b - c."""

    def step(node: Expr) -> Expr:
        if isinstance(node, Neg) and isinstance(node.arg, Neg):
            return node.arg.arg
        if isinstance(node, Neg) and isinstance(node.arg, Num) and node.arg.value < 0:
            return Num(-node.arg.value)
        return _sum(node) if isinstance(node, Add) else node

    return rewrite(shown, step)


def _sum(node: Add) -> Expr:
    terms = [t for arg in node.args for t in (arg.args if isinstance(arg, Add) else (arg,))]
    kept = [t for t in terms if not _zero(t)] or terms[:1]
    return kept[0] if len(kept) == 1 else Add(tuple(kept), node.span)


def _zero(term: Expr) -> bool:
    inner = term.arg if isinstance(term, Neg) else term
    return isinstance(inner, Num) and not inner.value


def _decided(pres: list[Value], values: Mapping[str, Value], crease: Value | None) -> Value:
    if crease is not None and not pres[0].form.const:
        return crease
    return values["".join("-" if pre.form.const < 0 else "+" for pre in pres)]


# --- conditions ---

# For p op q with d = p - q: does it hold where d > 0, d = 0, d < 0?
TRUTH = {
    ">=": (True, True, False), ">": (True, False, False), "<": (False, False, True),
    "<=": (False, True, True), "=": (False, True, False), "!=": (True, False, True),
}


@dataclass(slots=True, eq=False)
class Decision:
    """One of two values, by comparisons of the values of their sides (by the identity of the side's node)."""

    gates: Gates
    sides: Mapping[int, Value]

    def choose(self, condition: Expr, yes: Value, no: Value) -> Value:
        """Nested gates; conditions are no deeper than a person's brackets."""
        if isinstance(condition, Rel):
            for left, op, right in reversed(list(zip(condition.args, condition.ops, condition.args[1:]))):
                yes = self._compare(self.sides[id(left)], op, self.sides[id(right)], yes, no)
            return yes
        assert isinstance(condition, Logic)
        if condition.op == "not":
            return self.choose(condition.args[0], no, yes)
        if condition.op == "implies":
            first, second = condition.args
            return self.choose(first, self.choose(second, yes, no), yes)
        for part in reversed(condition.args):
            chosen = self.choose(part, yes, no)
            yes, no = (chosen, no) if condition.op == "and" else (yes, chosen)
        return yes if condition.op == "and" else no

    def _compare(self, left: Value, op: str, right: Value, yes: Value, no: Value) -> Value:
        above, level, below = (yes if truth else no for truth in TRUTH[op])
        pre = difference(left, right)
        call = Call("where", (Rel((left.shown, right.shown), (op,)), yes.shown, no.shown))
        crease = None if level is above else level
        if not pre.varies:
            return (below, level, above)[sign(pre.form.const) + 1]
        return self.gates.add("where", call, [pre], {"+": above, "-": below}, crease)


def difference(left: Value, right: Value) -> Value:
    """left - right, written without what is 0."""
    form, varies = plus(left.form, right.form, -1), left.varies or right.varies
    if right.form.constant and not right.form.const and not right.varies:
        return Value(form, left.shown, varies)
    if isinstance(right.shown, Neg):
        shown: Expr = Add((left.shown, right.shown.arg))
    elif isinstance(right.shown, Num) and right.shown.value < 0:
        shown = Add((left.shown, Num(-right.shown.value)))
    else:
        shown = Add((left.shown, Neg(right.shown)))
    return Value(form, shown, varies)
