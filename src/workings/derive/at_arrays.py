"""An expansion at numbers for all names, some of them families or arrays: gradients are rows, Hessians matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from workings.derive.at_point import Numbers, at_kink, decimal
from workings.derive.kinks import Kink
from workings.derive.taylor import Expansion, Move, added, times
from workings.errors import BadValue, OutOfReach
from workings.expr import TWO, Add, Array, Call, Equation, Expr, MatMul, Neg, Network, Num, Pow, Ref

AXES = 1                      # of a variable whose second derivatives a matrix can hold


def put_arrays(net: Network, expansion: Expansion, at: Mapping[str, Any]) -> Numbers:
    """The expansion with everything computed; raises `BadValue` where a value is missing, `OutOfReach` at a kink."""
    for move in expansion.moves:
        if len(move.step.indices) > AXES:
            raise OutOfReach(f"the second derivatives by the entries of {move.variable.name} are no matrix",
                             hint=f"leave out the point, or name single entries: {move.variable.name}[1,2]")
    held = {m.variable.name for m in expansion.moves if m.variable.name in at}
    base = expansion.derivation.net
    assert base is not None
    lines = [e for e in base.equations if e.lhs.name not in held]
    named, wanted = _lines(expansion)
    found = _computed(base.with_(equations=(*lines, *named)), at, wanted)
    kinks = [k for k in expansion.kinks if _crosses(found, k, wanted, expansion)]
    if kinks:
        raise at_kink(expansion.of, kinks[0])
    first = [(m, _number(found[n])) for (m, _), n in zip(expansion.first, wanted[1:], strict=False)]
    after = wanted[1 + len(first) :]
    second = [(p, q, _number(found[n])) for (p, q, _), n in zip(expansion.second, after, strict=False)]
    value = _number(found[wanted[0]])
    terms, shown = (_terms(value, first, second, {m.step.name: step(m) for m in expansion.moves})
                    for step in (_bare, lambda m: _from(m, at)))
    given = [(Ref(name), _number(v)) for name, v in at.items()]
    return Numbers(given, [], value, first, second, added(terms), added(shown))


def _lines(expansion: Expansion) -> tuple[list[Equation], list[str]]:
    """Equations for all that is computed, and their names: the value, first and second derivatives, kinks."""
    out, names = [], list[str]()

    def line(name: str, indices: tuple[Expr, ...], value: Expr) -> None:
        names.append(name)
        out.append(Equation(Ref(name, indices), value))

    line("\0value", (), expansion.of)
    for n, (m, c) in enumerate(expansion.first):
        line(f"\0first{n}", m.step.indices, c)
    for n, (p, q, c) in enumerate(expansion.second):
        line(f"\0second{n}", (*p.step.indices, *q.other_step.indices), c)
    for n, kink in enumerate(expansion.kinks):
        line(f"\0kink{n}", (*kink.equation.lhs.indices, *(Ref(x) for x in kink.letters)), kink.unit)
    where = [e for e in expansion.derivation.equations() if e.lhs.name != expansion.name.name]
    return [*where, *out], names


def _computed(net: Network, at: Mapping[str, Any], wanted: Sequence[str]) -> dict[str, Any]:
    from workings.evaluate import run

    found = run(net, at, wanted)
    if found.missing:
        raise BadValue(f"at a point of arrays everything is computed, but no value is given for {found.missing[0]}",
                       expected=f"values for {', '.join(found.missing[:8])} as well")
    if found.undefined:
        why = next(iter(found.undefined.values()))
        raise BadValue(f"there is no value at this point: {why}", expected="a point of the domain")
    return {name.split("[")[0]: value for name, value in found.values.items()}


def _crosses(found: Mapping[str, Any], kink: Kink, wanted: Sequence[str], expansion: Expansion) -> bool:
    return _has_zero(found[f"\0kink{expansion.kinks.index(kink)}"])


def _has_zero(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_zero, value))
    return bool(value == 0)


def _number(value: Any) -> Expr:
    """A number or a written array of numbers; a float to six digits."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return Array(tuple(_number(v) for v in value))
    if isinstance(value, float):
        exact = Fraction(value)
        return Num(exact) if exact.denominator <= DYADIC else decimal(value)
    return Neg(Num(-value)) if value < 0 else Num(value)


DYADIC = 64                   # a float with so small a denominator is written as a fraction


def _bare(move: Move) -> Expr:
    return Ref(move.step.name)


def _from(move: Move, at: Mapping[str, Any]) -> Expr:
    """w - (1, 2) for the step of w from there."""
    name = move.variable.name
    if name not in at:
        return _bare(move)
    value = _number(at[name])
    if isinstance(value, Num) and value.value == 0:
        return Ref(name)
    return Add((Ref(name), value.arg if isinstance(value, Neg) else Neg(value)))


def _terms(value: Expr, first: Sequence[tuple[Move, Expr]], second: Sequence[tuple[Move, Move, Expr]],
           steps: Mapping[str, Expr]) -> list[Expr]:
    out = [value]
    for m, c in first:
        d = steps[m.step.name]
        out.append(Call("dot", (c, d)) if isinstance(c, Array) else times(c, d))
    for p, q, c in second:
        a, b = steps[p.step.name], steps[q.step.name]
        out.append(_pair(c, a, b, len(p.step.indices), len(q.step.indices), p is q))
    return out


def _pair(c: Expr, a: Expr, b: Expr, left: int, right: int, twice: bool) -> Expr:
    """1/2*dot(d, H @ d), or dot(a, H @ b) of two variables."""
    if left and right:
        form: Expr = Call("dot", (a, MatMul((c, b))))
    elif left or right:
        form = times(b if left else a, Call("dot", (c, a if left else b)))
    else:
        form = times(c, *((Pow(a, TWO),) if twice else (a, b)))
    return times(Num(Fraction(1, 2)), form) if twice else form
