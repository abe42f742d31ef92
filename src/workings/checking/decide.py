"""Equal or not: a proof, a counterexample, or an honest "undecided" with the evidence.

    1  written alike
    2  different at a small point: exact numbers, or balls that do not meet
    3  equal in normal form (`normal.py`): rational functions of independent generators, in every sign pattern,
       first with the names of the network as they stand, then with as many written out as needed
    4  polynomials too large to write out: equal modulo random primes, the error bounded ("tested")
    5  with sums over symbolic ranges that have no common normal form: so at several sizes, each proved ("tested")
    6  more points; then undecided
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from workings.checking import modular
from workings.checking.budget import Work
from workings.checking.cases import ENOUGH_SIZES, Case, Cases
from workings.checking.domain import conditions
from workings.checking.names import needed, openable
from workings.checking.numeric import NoValue, Point, Unknown
from workings.checking.parting import where
from workings.checking.patterns import Proof, prove
from workings.checking.stepped import stepped
from workings.checking.verdict import Counterexample, Verdict
from workings.errors import OutOfReach
from workings.expr import Expr, Network, free_refs, same
from workings.expr.nodes import Key

FIRST_POINTS, MORE_POINTS = 3, 40
SIZES_SAID = 5


def equal(
    a: Expr, b: Expr, net: Network | None = None, facts: Sequence[Expr] = (), *, creases: bool = True,
    bind: Mapping[str, int] | None = None, open_: frozenset[Key] = frozenset(), place: bool = False,
    work: Work | None = None,
) -> Verdict:
    """Is a = b wherever both are defined and the facts hold, those of the network among them?

    `creases`: values on the jump of a step count (for derivatives they are a convention); `bind`: indices with values;
    `open_`: names that stand for nothing but their definition, such as adjoints; `place`: a counterexample says at
    which unit or part the two sides part.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read_expression
    >>> a, b = (read_expression(e, signatures()) for e in ("1 - tanh(x)^2", "1/cosh(x)^2"))
    >>> equal(a, b).kind
    'equal'
    """
    net = net or Network()
    if same(a, b):
        return Verdict("equal", evidence="written alike")
    cases = Cases(a, b, net, [*net.facts, *facts], creases, dict(bind or {}), open_)
    return _Question(cases, place, work or Work()).answer()


@dataclass(eq=False)
class _Question:
    cases: Cases
    place: bool
    work: Work = field(default_factory=Work)

    def answer(self) -> Verdict:
        cases = self.cases
        found = self._refuted(cases.upto(2), FIRST_POINTS, 1)
        if found:
            return found
        proof = self._symbolic()
        if proof.done:
            return self._proved(proof, "proved")
        tested = self._modular(proof)
        if tested:
            return tested
        found = self._refuted(cases.every(), 4, 2, proof.open if cases.plain else ())
        if found:
            return found
        return self._last(proof)

    def _last(self, proof: Proof) -> Verdict:
        cases = self.cases
        made = cases.every()
        if made and not cases.plain:
            proofs = self._each(made)
            if proofs is not None:
                how = "tested" if cases.symbolic_sizes or cases.sampled else "proved"
                return self._proved(_worst(proofs), how, made[: len(proofs)])
        elif made:
            found = self._refuted(made, MORE_POINTS, 3, proof.open)
            return found or self._undecided(made, proof.why)
        found = self._refuted(made, MORE_POINTS // 4, 3)
        return found or self._undecided(made, cases.obstacle or proof.why)

    # -- methods
    def _refuted(
        self, cases: Iterable[Case], count: int, seed: int, hints: Sequence[Mapping[str, Fraction]] = ()
    ) -> Verdict | None:
        for case in cases:
            try:
                found = case.trial.find(count, seed, hints)
            except Unknown:
                continue
            if found:
                return Verdict("different", counterexample=self._placed(found, case), evidence="different at a point")
        return None

    def _placed(self, found: Counterexample, case: Case) -> Counterexample:
        found.sizes = case.sizes
        if self.place:
            named = {e.lhs.name: e.rhs for e in self.cases.net.equations if not e.lhs.indices}
            found.where = where(case.left, case.right, case.trial.defs, found.at, self.cases.known, named)
        return found

    def _symbolic(self) -> Proof:
        q = self.cases
        if not (q.plain and q.first(1)) and q.arrays:
            return Proof(False, why="arrays are compared entry by entry")
        return _levels(q.net, q.a, q.b, q.facts, q.creases, self.work, q.open_)

    def _modular(self, proof: Proof) -> Verdict | None:
        """Equal modulo primes, where exact polynomials are too large."""
        q = self.cases
        if not (q.plain and proof.too_large):
            return None
        for opened in _openings(q.net, q.a, q.b, q.facts, q.open_):
            said = modular.by_primes(q.net, q.a, q.b, opened)
            if said:
                return Verdict("equal", "tested", ", ".join(self._conditions(proof)), evidence=said)
        return None

    def _each(self, cases: list[Case]) -> list[Proof] | None:
        proofs: list[Proof] = []
        ours = {name for name, _ in self.cases.open_}
        for case in cases:
            always = frozenset(k for k in case.net.defs if k[0].partition("[")[0] in ours)
            proof = _levels(case.net, case.left, case.right, case.facts, self.cases.creases, self.work, always)
            if not proof.done:
                # Past the budget the sizes proved so far are enough, if they are several.
                return proofs if proof.too_large and self._whole_sizes(cases, len(proofs)) >= ENOUGH_SIZES else None
            proofs.append(proof)
        return proofs

    def _proved(self, proof: Proof, how: str, cases: Sequence[Case] = ()) -> Verdict:
        evidence = "the normal forms agree"
        if proof.cells > 1:
            evidence += f" in each of {proof.cells} sign patterns"
        elif proof.patterns:
            evidence += " in every sign pattern"
        if how == "tested":
            sizes = dict.fromkeys(", ".join(f"{k} = {v}" for k, v in c.sizes.items()) for c in cases)
            evidence += " at " + "; ".join(list(sizes)[:SIZES_SAID])
        valid = ["off the creases"] * bool(proof.creases) + self._conditions(proof)
        return Verdict("equal", how=how, where_valid=", ".join(valid), evidence=evidence)

    def _conditions(self, proof: Proof) -> list[str]:
        """What the two sides ask for, and the definitions that the proof has opened."""
        q = self.cases
        ours = {key for key in proof.opened if key not in q.open_}
        return conditions(q.net, [q.a, q.b, *(e.rhs for e in needed(q.net, [q.a, q.b]) if e.key in ours)], q.facts)

    def _whole_sizes(self, cases: Sequence[Case], done: int) -> int:
        """How many choices of sizes have all of their cases among the first `done`."""
        sizes = [tuple(c.sizes.get(s) for s in self.cases.symbolic_sizes) for c in cases]
        return len(set(sizes[:done]) - {sizes[done]})

    def _undecided(self, cases: list[Case], why: str) -> Verdict:
        agreed = sum(c.trial.agreed for c in cases)
        said = f"the two sides agree at {agreed} points to 100 digits" if agreed else "no point says anything"
        return Verdict("undecided", how="", evidence=f"{said}; not proved: {why}")


def _levels(
    net: Network, a: Expr, b: Expr, facts: Sequence[Expr], creases: bool, work: Work,
    always: frozenset[Key] = frozenset(),
) -> Proof:
    """Proof with ever more names written out; then with steps of recurrences put in."""
    last = Proof(False, why="")
    for opened in _openings(net, a, b, facts, always):
        last = prove(net, a, b, facts, opened, creases, work)
        if last.done or work.spent:
            return last
    part = Work(work.left // 4)              # the rest is for proofs at several sizes
    for p, q in stepped(net, a, b):
        for opened in _openings(net, p, q, facts, always):
            proof = prove(net, p, q, facts, opened, creases, part)
            if proof.done:
                return proof
            if part.spent:
                return last
    return last


def _openings(
    net: Network, a: Expr, b: Expr, facts: Sequence[Expr], always: frozenset[Key]
) -> Iterator[list[Key]]:
    """The names to write out: none but those that stand for nothing else; those that one side only names; those on the
    way down to names that both sides share; all."""
    usable = frozenset(e.key for e in needed(net, [a, b, *facts]) if openable(net, e.key))
    always &= usable
    yield sorted(always)
    tried = {always}
    for opening in (_one_sided, _between, _everything):
        opened = always | opening(net, a, b, always, usable)
        if opened not in tried:
            tried.add(opened)
            yield sorted(opened)


def _everything(net: Network, a: Expr, b: Expr, always: frozenset[Key], usable: frozenset[Key]) -> frozenset[Key]:
    return usable


def _one_sided(net: Network, a: Expr, b: Expr, always: frozenset[Key], usable: frozenset[Key]) -> frozenset[Key]:
    """Names that one side only is written in, opened until both are written in the same."""
    opened = always
    while True:
        left, right = (_written_in(net, e, opened) for e in (a, b))
        more = (left ^ right) & usable - opened
        if not more:
            return opened
        opened |= more


def _written_in(net: Network, expr: Expr, opened: frozenset[Key]) -> frozenset[Key]:
    """The names in an expression once those opened are written out."""
    seen: set[Key] = set()
    todo = [r.key for r in free_refs(expr)]
    while todo:
        key = todo.pop()
        if key not in seen:
            seen.add(key)
            todo += [r.key for e in net.defs[key] for r in free_refs(e.rhs)] if key in opened else []
    return frozenset(seen - opened)


def _between(net: Network, a: Expr, b: Expr, always: frozenset[Key], usable: frozenset[Key]) -> frozenset[Key]:
    """The defined names on each side that the other is not made of: what is left are names that both sides share."""
    sides = [{r.key for r in free_refs(e)} for e in (a, b)]
    whole = [_made_of(net, keys, frozenset()) for keys in sides]
    return (_made_of(net, sides[0], whole[1]) | _made_of(net, sides[1], whole[0])) & usable


def _made_of(net: Network, keys: Iterable[Key], but: frozenset[Key]) -> frozenset[Key]:
    """The defined names among these, and those in their equations, down to those of `but`."""
    out: set[Key] = set()
    todo = list(keys)
    while todo:
        key = todo.pop()
        if key in net.defs and key not in out and key not in but:
            out.add(key)
            todo += [r.key for e in net.defs[key] for r in free_refs(e.rhs)]
    return frozenset(out)


def _worst(proofs: list[Proof]) -> Proof:
    return max(proofs, key=lambda p: p.cells)


# -- values
def values(a: Expr, net: Network, bind: Mapping[str, int] | None = None) -> list[Any]:
    """The certified values of an expression that has no free names left, one for each choice of free indices."""
    from flint import ctx

    out = []
    old, ctx.prec = ctx.prec, 200
    try:
        for case in Cases(a, a, net, (), True, dict(bind or {})).every():
            if case.trial.leaves:
                return []
            out.append(Point({}, case.trial.defs).value(case.left))
    except (NoValue, Unknown, OutOfReach):
        return []
    finally:
        ctx.prec = old
    return out


def within(value: Any, number: Fraction, half: Fraction) -> bool:
    """Is |value - number| <= half for certain?"""
    from flint import fmpq

    d = value - fmpq(number.numerator, number.denominator)
    bound = fmpq(half.numerator, half.denominator)
    return bool(d <= bound) and bool(-bound <= d)
