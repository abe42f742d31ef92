"""An expansion at a point of numbers: what its quantities and derivatives are worth there, exactly where they can be.

Numbers of the network alone are put into its equations one after the other; what they do not settle stays a formula,
tanh(1/2) or t.  Where a family or an array is among them, everything is computed, so that all of it must be given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from workings.derive.inside import parts_first
from workings.derive.kinks import Kink
from workings.derive.numeric import Place
from workings.derive.steps import Step, equal
from workings.derive.taylor import Expansion, Move, added, times
from workings.derive.terms import Arena, Term
from workings.derive.written import to_expr, to_term
from workings.errors import BadValue, OutOfReach
from workings.expr import (
    TWO, Deriv, Expr, Key, Neg, Network, Num, Pow, Ref, Rel, free_keys, same,
)

INLINE = 30                   # parts of a formula that is put in where its name stood


@dataclass(slots=True, eq=False)
class Numbers:
    """What an expansion is at a point.

    `at`: what was given; `lines`: quantities on the way; `first`, `second`: the derivatives there; `result`: the
    polynomial in the steps, `shown` in the variables, `rounded` that in decimals; `open`: units of kinks that are not
    known to be away from 0.
    """

    at: list[tuple[Ref, Expr]]
    lines: list[tuple[Ref, Expr]]
    value: Expr
    first: list[tuple[Move, Expr]]
    second: list[tuple[Move, Move, Expr]]
    result: Expr
    shown: Expr
    open: list[Kink] = field(default_factory=list)
    rounded: Expr | None = None


def put_numbers(net: Network, expansion: Expansion, at: Mapping[str, Any]) -> Numbers:
    """The expansion at numbers for some names; raises `OutOfReach` at a kink, `BadValue` where there is no value."""
    whole = expansion.derivation.net or net
    if any(isinstance(v, list) or hasattr(v, "shape") for v in at.values()) or whole.indices:
        from workings.derive.at_arrays import put_arrays

        return put_arrays(net, expansion, at)
    return Scalars(net, expansion, at).numbers()


class Scalars:
    """Numbers put into equations without indices."""

    def __init__(self, net: Network, expansion: Expansion, at: Mapping[str, Any]) -> None:
        self.expansion, self.arena = expansion, Arena()
        own = [e for e in expansion.derivation.equations() if e.lhs.name != expansion.name.name]
        self.net, self.own = net.with_(equations=(*net.equations, *own)), {e.key for e in own}
        self.at = {name: to_term(self.arena, Num(v) if isinstance(v, int | Fraction) else Num(Fraction(v)))
                   for name, v in at.items()}
        self.known: dict[Term, Term] = {self.arena.ref(name): value for name, value in self.at.items()}
        self.lines: list[tuple[Ref, Expr]] = []

    def numbers(self) -> Numbers:
        """Everything at the point."""
        out = self.expansion
        self._forward(free_keys_of(out))
        value, first = self.worth(out.of), [(m, self.worth(c)) for m, c in out.first]
        second = [(p, q, self.worth(c)) for p, q, c in out.second]
        result = self._polynomial(value, first, second, {m.step.name: m.step for m in out.moves})
        steps = {m.step.name: self._step(m) for m in out.moves}
        shown = self._polynomial(value, first, second, steps)
        at = [(Ref(name), to_expr(value)) for name, value in self.at.items()]
        return Numbers(at, self.lines, to_expr(value), [(m, to_expr(c)) for m, c in first],
                       [(p, q, to_expr(c)) for p, q, c in second], result, shown, self._open(out.kinks),
                       self._rounded(value, first, second, steps))

    def _forward(self, keys: Sequence[Key]) -> None:
        """The quantities that change with what is given, in the order of the equations."""
        wanted, stack = set[Key](), [*keys]
        while stack:
            key = stack.pop()
            if key not in wanted and key[0] not in self.at:
                wanted.add(key)
                stack += [k for e in self.net.defs.get(key, ()) for k in free_keys(e.rhs)]
        for equation in self.net.ordered:
            name = self.arena.ref(equation.lhs.name)
            if name in self.known or equation.key not in wanted:
                continue
            before = to_term(self.arena, equation.rhs, self.net.functions)
            after = self._settled(before)
            if after is not before:
                if equation.key not in self.own:
                    self.lines.append((equation.lhs, to_expr(after)))
                if len(parts_first(after)) <= INLINE:
                    self.known[name] = after

    def worth(self, expr: Expr) -> Term:
        """An expression at the point."""
        return self._settled(to_term(self.arena, expr, self.net.functions))

    def _settled(self, term: Term) -> Term:
        out = self.arena.rewrite(self.arena.replace(term, self.known), self._exact)
        if any(t.kind == "pow" and t.args[0] is self.arena.zero for t in parts_first(out)):
            raise BadValue("there is no value at this point: a division by 0", expected="a point of the domain")
        return out

    def _exact(self, term: Term) -> Term:
        """A function of numbers whose value is a number that balls find exactly: tanh(0), exp(0), sqrt(4)."""
        if term.kind not in ("call", "power") or not term.args or any(a.kind not in ("num", "rel") for a in term.args):
            return term
        found = exactly(to_expr(term))
        return term if found is None else self.arena.num(found)

    def _step(self, move: Move) -> Expr:
        """w - 1 for the step of w from 1."""
        value = self.at.get(move.variable.name)
        if value is None:
            return move.step
        return to_expr(self.arena.sub(self.arena.ref(move.variable.name), value))

    def _polynomial(self, value: Term, first: Sequence[tuple[Move, Term]], second: Sequence[tuple[Move, Move, Term]],
                    steps: Mapping[str, Expr]) -> Expr:
        arena, terms = self.arena, [to_expr(value)]
        for m, c in first:
            terms.append(times(to_expr(c), steps[m.step.name]))
        for p, q, c in second:
            half = arena.scale(Fraction(1, 2), c) if p is q else c
            a, b = steps[p.step.name], steps[q.step.name]
            terms.append(times(to_expr(half), Pow(a, TWO)) if p is q else times(to_expr(half), a, b))
        return added(terms)

    def _rounded(self, value: Term, first: Sequence[tuple[Move, Term]], second: Sequence[tuple[Move, Move, Term]],
                 steps: Mapping[str, Expr]) -> Expr | None:
        """The polynomial in decimals, where everything is a number and not all of them are fractions."""
        from workings.evaluate import value as worth

        terms = [value, *(c for _, c in first), *(self.arena.scale(Fraction(1, 2), c) if p is q else c
                                                  for p, q, c in second)]
        if all(t.kind == "num" for t in terms) or any(p.kind == "ref" for t in terms for p in parts_first(t)):
            return None
        numbers = [to_expr(t) if t.kind == "num" else decimal(float(worth(to_expr(t), {}, mode="float")))
                   for t in terms]
        moves: list[tuple[Expr, ...]] = [(steps[m.step.name],) for m, _ in first]
        moves += [(Pow(steps[p.step.name], TWO),) if p is q else (steps[p.step.name], steps[q.step.name])
                  for p, q, _ in second]
        return added([numbers[0], *(times(c, *step) for c, step in zip(numbers[1:], moves, strict=True))])

    def _open(self, found: Sequence[Kink]) -> list[Kink]:
        out: list[Kink] = []
        for kink in found:
            unit = self.worth(kink.unit)
            if unit.kind != "num":
                out.append(kink._replace(unit=to_expr(unit)))
            elif unit.head == 0:
                raise at_kink(self.expansion.of, kink)
        return out


def at_kink(of: Ref, kink: Kink) -> OutOfReach:
    """The refusal where a unit of a kink is 0."""
    from workings.notation import plain

    unit, name = plain(kink.unit), plain(kink.equation.lhs)
    where = f"in {name} = {plain(kink.equation.rhs)} the value of {unit} is 0"
    return OutOfReach(
        f"there is a kink at this point: {where}, and Taylor's formula for {plain(of)} does not hold there",
        span=kink.equation.span, hint=f"a point where {unit} is not 0")


def exactly(expr: Expr) -> int | Fraction | None:
    """The rational value that an expression of numbers has, if a ball around it is a point."""
    from workings.evaluate import value

    try:
        found = value(expr, {}, mode="ball")
    except (BadValue, ZeroDivisionError):
        raise BadValue("there is no value at this point", expected="a point of the domain") from None
    if isinstance(found, int | Fraction):
        return found
    if not hasattr(found, "is_exact") or not found.is_exact() or not found.is_finite():
        return None
    mantissa, exponent = found.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def free_keys_of(expansion: Expansion) -> list[Key]:
    """The quantities that the value and the derivatives use."""
    exprs = [expansion.of, *(c for _, c in expansion.first), *(c for _, _, c in expansion.second)]
    exprs += [k.unit for k in expansion.kinks]
    return list(dict.fromkeys(key for e in exprs for key in free_keys(e)))


def decimal(value: float) -> Expr:
    """A float as a number of six digits."""
    text = f"{abs(value):.6g}"
    if "e" in text:
        text = f"{abs(value):.12f}".rstrip("0").rstrip(".")
    out = Num(Fraction(text), text)
    return Neg(out) if value < 0 else out


def at_numbers(net: Network, expansion: Expansion, at: Mapping[str, Any]) -> Expansion:
    """The expansion with its numbers, and the steps that put them in, each tried at that point."""
    numbers = expansion.numbers = put_numbers(net, expansion, at)
    out, name = expansion.derivation, expansion.name
    rows = [equal(n, v) for n, v in (*numbers.at, *numbers.lines)]
    if not any(same(n, expansion.of) for n, _ in numbers.lines):
        rows.append(equal(expansion.of, numbers.value))
    rows += [equal(Deriv(expansion.of, (m.variable,)), c) for m, c in numbers.first]
    rows += [equal(Deriv(expansion.of, (p.variable, q.other)), c) for p, q, c in numbers.second]
    *lines, last = rows
    says = {"of": expansion.of, "at": numbers.at}
    here = Step("at the point", says, last.args[0], last.args[1], last, lines=tuple(lines))
    steps = [(m.variable, m.step, v) for m in expansion.moves for n, v in numbers.at if n.name == m.variable.name]
    put = Step("numbers put in", {**says, "steps": steps}, expansion.result, numbers.shown,
               equal(name, numbers.result, numbers.shown))
    if not net.indices and not (out.net and out.net.indices):
        _tried(expansion, [*rows, equal(name, numbers.result)])
    out.steps += [here, put]
    return expansion


def _tried(expansion: Expansion, lines: Sequence[Rel]) -> None:
    """Raises `OutOfReach` where a line does not hold at the point, whatever is not given."""
    from workings.derive.verify import hold_at

    assert expansion.numbers is not None
    given: dict[Place, Expr] = {(name.name, ()): value for name, value in expansion.numbers.at}
    hold_at(expansion.derivation, lines, given)
