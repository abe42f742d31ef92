"""Taylor's formula to second order: the value, the gradient times a step, half the step on both sides of the Hessian.

    T2 = E + sum(i, dE/dw[i]*d[i]) + 1/2*sum(i, sum(j, d2E/(dw[i] dw[j])*d[i]*d[j]))

The derivatives are those of `gradient` and `hessian`, by the same engine; numbers are put in by `at_point`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from workings.derive.asked import asked
from workings.derive.derivation import Work, checked
from workings.derive.fresh import Names, taken
from workings.derive.graph import Graph
from workings.derive.kinks import Kink, kinks
from workings.derive.steps import Derivation, Step, equal, equations_of
from workings.derive.terms import Arena
from workings.derive.tidy import RULES, Knowledge, applied
from workings.derive.written import to_expr, to_term
from workings.errors import BadValue
from workings.forms.contract import whole
from workings.expr import (
    ONE, TWO, ZERO, Add, Big, Call, Deriv, Expr, Key, Mul, Neg, Network, Num, Number, Pow, Ref, preorder, same,
)

if TYPE_CHECKING:
    from workings.forms.indexed import Indexed
    from workings.derive.at_point import Numbers



HALF = Num(Fraction(1, 2), "1/2")


class Move(NamedTuple):
    """A variable with its step: w and d; `other`: another entry of the same array, with its step."""

    variable: Ref
    step: Ref
    other: Ref
    other_step: Ref


@dataclass(slots=True, eq=False)
class Expansion:
    """The second-order Taylor polynomial `name` of `of` in the steps of some variables.

    `first` and `second`: the derivatives that it is made of; `kinks`: where there is no such formula; `numbers`: at a
    point of numbers, what everything is worth there; `matrix`: the result in matrix notation.
    """

    of: Ref
    name: Ref
    moves: list[Move]
    result: Expr
    first: list[tuple[Move, Expr]]
    second: list[tuple[Move, Move, Expr]]
    kinks: list[Kink]
    derivation: Derivation
    numbers: Numbers | None = None
    matrix: Expr | None = None


def taylor(net: Network, of: Ref, wrt: Sequence[tuple[Ref, Ref]], *, verified: bool = True) -> Expansion:
    """The second-order Taylor polynomial of `of` in some variables; each with another entry of its array.

    Source: J. Nocedal and S. Wright, *Numerical Optimization*, theorem 2.1.
    """
    of = asked(net, of)
    work = Work(net, Names(taken(net)))
    work.unrolling = False
    net = work.net
    called: dict[Key, str] = {}
    moves = [_move(work, asked(net, u), v, len({w.key for w, _ in wrt}) > 1, called) for u, v in wrt]
    if any(same(p.variable, q.variable) for p, q in pairs_of(moves) if p is not q):
        raise BadValue("a variable is named twice", expected="each name once")
    name = Ref(work.names.named("T2"))
    stated = polynomial(of, [(m, Deriv(of, (m.variable,))) for m in moves],
                        [(p, q, Deriv(of, (p.variable, q.other))) for p, q in pairs_of(moves)])
    moved = [Add((m.variable, m.step)) for m in moves]
    says = {"of": of, "moved": moved, "variant": "several" if len(moves) > 1 else ""}
    steps = [Step("taylor", {**says, "moves": moves}, of, stated, equal(name, stated))]
    adjoints = {key: work.names.adjoint(key[0]) for key in called}
    found = [_first(work, net, of, m, Ref(adjoints[m.variable.key], m.variable.indices), steps) for m in moves]
    work.net = net.with_(equations=(*net.equations, *equations_of(work.recurrences, work.where)))
    first = list(zip(moves, found, strict=True))
    second = [(p, q, _second(work, of, p, q, adjoints, steps)) for p, q in pairs_of(moves)]
    result = polynomial(of, first, second)
    place = tuple(s.line for s in steps[1:])
    steps.append(Step("taylor put in", {"of": of, "moves": moves}, stated, result, equal(name, result), place=place))
    result = _without_deltas(work, name, result, steps)
    work.where.append((name, result))
    wrts = tuple(m.variable for m in moves)
    out = Derivation(of, wrts, result, work.where, steps, net, work.parts, work.opened, None, work.recurrences)
    return Expansion(of, name, moves, result, first, second, _kinks(net, of, moves), checked(out) if verified else out)


def in_notation(expansion: Expansion, form: Indexed) -> Expr | None:
    """E + dot(grad, d) + 1/2*dot(d, H @ d), where arrays are meant as wholes and there is such a form."""
    if form.shapes is None or not any(m.step.indices for m in expansion.moves):
        return None
    own = form.session()
    assert own.shapes is not None
    for m in expansion.moves:
        own.shapes.note(m.step.name, own.shapes.of(Ref(m.variable.name)))
    found = whole(expansion.result, (), own)
    return None if found is None else found.array


def _move(work: Work, variable: Ref, other: Ref, several: bool, called: dict[Key, str]) -> Move:
    """The step of a variable; entries of one family take theirs from one."""
    if variable.key not in called:
        called[variable.key] = work.names.named(*([f"d_{variable.name}"] if several else "dps"))
    name = called[variable.key]
    return Move(variable, Ref(name, variable.indices), other, Ref(name, other.indices))


def pairs_of(moves: Sequence[Move]) -> list[tuple[Move, Move]]:
    """Each pair once: the second derivatives are symmetric (Schwarz)."""
    return [(p, q) for n, p in enumerate(moves) for q in moves[n:]]


def _first(work: Work, net: Network, of: Ref, move: Move, name: Ref, steps: list[Step]) -> Expr:
    """The first derivative, which gets a name for what follows."""
    value, inner = work.derive(net, of, move.variable)
    mark = Deriv(of, (move.variable,))
    work.where.append((name, value))
    says = {"of": of, "wrt": move.variable, "name": name, "variant": "named"}
    steps.append(Step("first derivative", says, mark, value, equal(name, mark, value), inner))
    return value


def _second(work: Work, of: Ref, p: Move, q: Move, adjoints: Mapping[Key, str], steps: list[Step]) -> Expr:
    """The derivative of a first derivative."""
    name = Ref(adjoints[p.variable.key], p.variable.indices)
    value, inner = work.derive(work.net, name, q.other)
    last, head = Deriv(name, (q.other,)), Deriv(of, (p.variable, q.other))
    twice = [p.variable] if same(p.variable, q.other) else [p.variable, q.other]
    says = {"of": of, "wrt": twice, "variant": "twice" if p is q else "mixed"}
    steps.append(Step("second derivative", says, last, value, equal(head, last, value), inner))
    return value


def _without_deltas(work: Work, name: Ref, result: Expr, steps: list[Step]) -> Expr:
    """Of sums with a Kronecker delta the term that it leaves."""
    if not any(isinstance(n, Call) and n.function == "delta" for n in preorder(result)):
        return result
    rule = next(r for r in RULES if r.name == "index")
    arena = Arena()
    arena.ranges.update((n, (to_term(arena, r.lo), to_term(arena, r.hi))) for n, r in work.net.ranges.items())
    after = to_expr(applied(arena, to_term(arena, result, work.net.functions), Knowledge({}), rule))
    if same(after, result):
        return result
    steps.append(Step(rule.name, {"of": name}, result, after, equal(name, after)))
    return after


def _kinks(net: Network, of: Ref, moves: Sequence[Move]) -> list[Kink]:
    graph = Graph(net)
    between = graph.below(of.key) | {of.key}
    held = {m.variable.key for m in moves}
    moving = held.union(*(graph.above(m.variable.key) for m in moves))
    return kinks(net, [k for k in net.defs if k in between and k not in held], moving)


def polynomial(
    value: Expr, first: Sequence[tuple[Move, Expr]], second: Sequence[tuple[Move, Move, Expr]]
) -> Expr:
    """value + sum of first derivatives times steps + half the sum of second ones times two; what is 0 left out."""
    terms = [value, *(_summed((c, m.step), m.step) for m, c in first)]
    pairs = [(p, q, c) for p, q, c in second if not _zero(c)]
    if len(pairs) == 1:
        p, q, c = pairs[0]
        terms.append(_product(p, q, c, HALF if p is q else ONE))
    elif pairs:
        terms.append(Mul((HALF, added([_product(p, q, c, ONE if p is q else TWO) for p, q, c in pairs]))))
    return added(terms)


def _product(p: Move, q: Move, c: Expr, number: Num) -> Expr:
    """c*d^2; c*d[i]*d[j], summed."""
    if p is q and same(p.step, p.other_step):
        return times(number, c, Pow(p.step, TWO))
    return _summed((number, c, p.step, q.other_step), p.step, q.other_step)


def times(*factors: Expr) -> Expr:
    """A product with its sign and number in front and without factors of 1.

    >>> from workings.notation import plain
    >>> plain(times(HALF, Neg(Mul((TWO, Ref("x")))), Ref("d")))
    '-x*d'
    """
    number, rest = apart(*factors)
    if number.value == 0:
        return ZERO
    front = [] if abs(number.value) == 1 and rest else [number if number.value > 0 else _plain(-number.value)]
    whole = [*front, *rest]
    out = whole[0] if len(whole) == 1 else Mul(tuple(whole))
    return Neg(out) if number.value < 0 else out


def apart(*factors: Expr) -> tuple[Num, list[Expr]]:
    """The number of a product, and its other factors."""
    numbers: list[Num] = []
    rest: list[Expr] = []
    sign, queue = 1, list(factors)
    while queue:
        factor = queue.pop(0)
        if isinstance(factor, Neg):
            sign, queue = -sign, [factor.arg, *queue]
        elif isinstance(factor, Num):
            numbers.append(factor)
        elif isinstance(factor, Mul) and not factor.each:
            queue = [*factor.args, *queue]
        else:
            rest.append(factor)
    if len(numbers) == 1 and sign == 1:
        return numbers[0], rest
    return _plain(prod((n.value for n in numbers), start=Fraction(sign))), rest


def _plain(number: Number) -> Num:
    return Num(number.numerator if number.denominator == 1 else number)


def added(terms: Sequence[Expr]) -> Expr:
    """The sum of the terms that are not 0."""
    kept = [t for t in terms if not _zero(t)]
    return kept[0] if len(kept) == 1 else Add(tuple(kept)) if kept else ZERO


def _summed(factors: Sequence[Expr], *steps: Ref) -> Expr:
    """The sum of a product over the letters of the steps, its number in front."""
    number, rest = apart(*factors)
    letters = dict.fromkeys(i.name for s in steps for i in s.indices if isinstance(i, Ref) and not i.indices)
    if number.value == 0 or not letters:
        return times(*factors)
    body = times(*rest)
    for letter in reversed(letters):
        body = Big("sum", letter, body)
    return times(number, body)


def _zero(expr: Expr) -> bool:
    return isinstance(expr, Num) and expr.value == 0

