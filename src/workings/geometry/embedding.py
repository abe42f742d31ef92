"""Gates of a small program put into a stack, once for every entry of a vector."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from workings.errors import OutOfReach
from workings.expr import Call, Expr
from workings.geometry.linear import Form, plus, proportional
from workings.geometry.program import Program
from workings.geometry.stack import Array, Const, Stack, Sum, Units




def embedded(stack: Stack, program: Program, inputs: list[int], size: int, numbers: Array, name: str) -> list[int]:
    """The nodes of the inputs and gates of a program, each entry of a vector of `size` entries being one copy of it."""
    held = list(inputs)
    for gate, form in zip(program.gates, program.forms):
        if gate.jumps:
            raise OutOfReach(f"{gate.call and _function(gate.call)} jumps", expected="continuous functions",
                             hint="step and sign are cut exactly by the engine for small networks")
        steps = _steps([program.pres[u] for u in form.units], form.values)
        if steps is None:
            raise OutOfReach(f"{_function(gate.call)} is no sum of kinks", expected="relu, max, min, abs, leaky, clip")
        rest, kinks = steps
        terms = [(combined(stack, rest, held, size), Fraction(1))] if rest.of or rest.const else []
        for u, (factor, slope) in zip(form.units, kinks):
            pre = combined(stack, program.pres[u], held, size)
            function = program.units[u].function
            terms.append((stack.add(Units(size, pre, slope, function, name, numbers[:, u].copy())), factor))
        held.append(summed(stack, terms, size))
    return held


def _function(call: Expr) -> str:
    return call.function if isinstance(call, Call) else "the function"


def _steps(pres: list[Form], values: Any) -> tuple[Form, list[tuple[Fraction, Fraction]]] | None:
    """A gate as  rest + sum of factor * (pre where pre >= 0, slope * pre elsewhere)."""
    if len(pres) == 1:
        on, off = _multiple(values["+"], pres[0]), _multiple(values["-"], pres[0])
        if on and off is not None:
            return Form(), [(on, off / on)]
    kinks, count = [], len(pres)
    for i, pre in enumerate(pres):        # creases in order: +++, ++-, +--, ---
        upper, lower_ = values["+" * (i + 1) + "-" * (count - 1 - i)], values["+" * i + "-" * (count - i)]
        step = _multiple(plus(upper, lower_, -1), pre)
        if step is None:
            return None
        kinks.append((step, Fraction(0)))
    return values["-" * count], kinks


def _multiple(form: Form, of: Form) -> Fraction | None:
    """k with form = k * of."""
    if not form.of and not form.const:
        return Fraction(0)
    if not proportional(form, of) or not of.of:
        return None
    v = next(iter(of.of))
    return form.of[v] / of.of[v]


def combined(stack: Stack, form: Form, held: Sequence[int], size: int) -> int:
    """The node of a form over the nodes held."""
    terms = [(held[v], c) for v, c in sorted(form.of.items())]
    if form.const or not terms:
        terms.append((_const(stack, form.const, size), Fraction(1)))
    return summed(stack, terms, size)


def summed(stack: Stack, terms: Sequence[tuple[int, Fraction | int]], size: int) -> int:
    if len(terms) == 1 and terms[0][1] == 1:
        return terms[0][0]
    return stack.add(Sum(size, tuple(n for n, _ in terms), tuple(f for _, f in terms)))


def _const(stack: Stack, value: Any, size: int) -> int:
    import numpy as np

    values = np.empty(size, dtype=object)
    values[:] = value
    return stack.add(Const(size, values))
