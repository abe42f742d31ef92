"""Equal or not: a proof, a counterexample, or an honest "undecided" with the evidence.

    1  written alike
    2  different at a small point: exact numbers, or balls that do not meet
    3  equal in normal form (`normal.py`): rational functions of independent generators, in every sign pattern,
       first with the names of the network as they stand, then with as many written out as needed
    4  with sums over symbolic ranges that have no common normal form: so at several sizes, each proved ("tested")
    5  more points; then undecided
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from workings.limits import UNROLLED_TERMS
from workings.checking.names import needed
from workings.checking.numeric import Unknown
from workings.checking.patterns import Proof, prove
from workings.checking.search import Trial
from workings.checking.unroll import Instance
from workings.checking.verdict import Counterexample, Verdict
from workings.errors import OutOfReach
from workings.expr import Add, Big, Call, Div, Equation, Expr, MatMul, Network, Ref, Rel, free_refs, preorder, same
from workings.expr.nodes import Deriv, Key

FIRST_POINTS, MORE_POINTS = 3, 40
QUICK = 250                   # entries that a quick look may write out
MAX_CASES = 12                # choices of free indices at one choice of sizes
ARRAY_CALLS = frozenset("T dot outer norm2 norm diag trace sum mean colsum rowsum col row softmax logsumexp".split())


@dataclass(eq=False)
class Case:
    """The question at one choice of sizes and free indices, over scalars."""

    net: Network
    left: Expr
    right: Expr
    facts: list[Rel]
    trial: Trial
    sizes: dict[str, int]


def equal(
    a: Expr, b: Expr, net: Network | None = None, facts: Sequence[Expr] = (), *, creases: bool = True,
    bind: Mapping[str, int] | None = None, open_: frozenset[Key] = frozenset(),
) -> Verdict:
    """Is a = b wherever both are defined and the facts hold?

    `creases`: values on the jump of a step count (for derivatives they are a convention); `bind`: indices with values;
    `open_`: names that stand for nothing but their definition, such as adjoints.
    """
    net = net or Network()
    if same(a, b):
        return Verdict("equal", evidence="written alike")
    return _Question(a, b, net, list(facts), creases, dict(bind or {}), open_).answer()


@dataclass(eq=False)
class _Question:
    a: Expr
    b: Expr
    net: Network
    facts: list[Expr]
    creases: bool
    bind: dict[str, int]
    open_: frozenset[Key] = frozenset()
    most: int = UNROLLED_TERMS         # entries that are written out for one case

    def answer(self) -> Verdict:
        try:
            cases = list(self._cases())
        except OutOfReach as problem:
            cases, obstacle = [], problem.message
        else:
            obstacle = ""
        found = self._refuted(cases[:2], FIRST_POINTS, 1)
        if found:
            return found
        proof = self._symbolic(cases)
        if proof.done:
            return _proved(proof, "proved")
        found = self._refuted(cases, 4, 2, proof.open if self._plain else ())
        if found:
            return found
        if cases and not self._plain:
            proofs = self._each(cases)
            if proofs is not None:
                how = "proved" if not self._symbolic_sizes() else "tested"
                return _proved(_worst(proofs), how, cases)
        elif cases:
            found = self._refuted(cases, MORE_POINTS, 3, proof.open)
            return found or self._undecided(cases, proof.why)
        found = self._refuted(cases, MORE_POINTS // 4, 3)
        return found or self._undecided(cases, obstacle or proof.why)

    # -- cases
    @property
    def _plain(self) -> bool:
        """Are there only scalar names, so that the question itself is its one case?"""
        return not any(
            isinstance(n, (Big, MatMul, Deriv)) or (isinstance(n, Ref) and (n.indices or n.name in self.net.shapes))
            or (isinstance(n, Call) and n.function in ARRAY_CALLS)
            for e in self._reach() for n in preorder(e)
        )

    def _reach(self) -> list[Expr]:
        out = [self.a, self.b, *self.facts]
        for equation in needed(self.net, out):
            out += [equation.rhs]
            if equation.lhs.indices:
                out.append(equation.lhs)
        return out

    def _symbolic_sizes(self) -> list[str]:
        bound = {n for e in self._reach() for r in free_refs(e) for n in [r.name]}
        letters = self._letters()
        ends = [e for x in letters if x in self.net.ranges for e in (self.net.ranges[x].lo, self.net.ranges[x].hi)]
        bound |= {r.name for e in ends for r in free_refs(e)}
        bound |= {r.name for n in bound for e in self.net.shapes.get(n, ()) for r in free_refs(e)}
        return [s for s in self.net.sizes if s in bound and s not in self.bind]

    def _letters(self) -> list[str]:
        out: dict[str, None] = {}
        for e in self._reach():
            for n in preorder(e):
                if isinstance(n, Big):
                    out.setdefault(n.index)
                if isinstance(n, Ref):
                    for i in n.indices:
                        out.update(dict.fromkeys(r.name for r in free_refs(i)))
        return list(out)

    def _cases(self) -> Iterator[Case]:
        if self._plain:
            yield self._case(Instance(self.net, {}), {}, {})
            return
        names = self._symbolic_sizes()
        least = max([2, *self._numbers()])
        free = self._free()
        for shift in _SHIFTS if names else ((0,),):
            sizes = {s: max(1, least + shift[i % len(shift)]) for i, s in enumerate(names)}
            if any(v < max(self._numbers(), default=0) for v in sizes.values()):
                continue
            sizes.update({k: v for k, v in self.bind.items() if k in self.net.sizes})
            instance = Instance(self.net, sizes, self.most)
            for env in self._choices(instance, free):
                yield self._case(Instance(self.net, sizes, self.most), {**self.bind, **env}, sizes)

    def _numbers(self) -> list[int]:
        """Whole numbers used as indices: sizes must reach them."""
        from workings.expr import Num

        return [
            i.value for e in (self.a, self.b) for n in preorder(e) if isinstance(n, Ref)
            for i in n.indices if isinstance(i, Num) and isinstance(i.value, int)
        ]

    def _free(self) -> list[str]:
        """Free names that stand as an index, or that the network uses as one."""
        out: dict[str, None] = {}
        for e in self._reach():
            heads = {r.name for n in preorder(e) if isinstance(n, Ref) for i in n.indices for r in free_refs(i)}
            heads |= {r.name for n in preorder(e) if isinstance(n, Call) and n.function == "delta"
                      for i in n.args for r in free_refs(i)}
            for r in free_refs(e):
                if not r.indices and (r.name in heads or r.name in self.net.ranges):
                    out.setdefault(r.name)
        own = {r.name for e in (self.a, self.b) for r in free_refs(e) if not r.indices}
        data = {n for n in out if n not in self.net.ranges and (n, 0) not in self.net.defs}
        return [n for n in out if n not in self.net.sizes and n not in self.bind and (n in own or n in data)
                and (n, 0) not in self.net.defs]

    def _choices(self, instance: Instance, free: list[str]) -> list[dict[str, int]]:
        whole = Add((self.a, self.b))
        ranges = [instance.range_of(n, whole) for n in free]
        every = [dict(zip(free, values)) for values in product(*ranges)]
        if len(every) <= MAX_CASES:
            return every
        step = max(1, len(every) // (MAX_CASES - 2))
        return [every[0], every[-1], *every[step // 2 :: step][: MAX_CASES - 2]]

    def _case(self, instance: Instance, env: dict[str, int], sizes: dict[str, int]) -> Case:
        if self._plain:
            left, right, facts = self.a, self.b, [f for f in self.facts if isinstance(f, Rel)]
            defs = {e.lhs.name: e.rhs for e in needed(self.net, [left, right, *facts])}
        else:
            left, right = instance.scalar(self.a, env), instance.scalar(self.b, env)
            left, right = _one(left, right)
            facts = self._facts(instance)
            defs = instance.defs
        equations = tuple(Equation(Ref(n), e) for n, e in defs.items())
        net = Network(equations, functions=self.net.functions)
        names: dict[str, None] = {}
        for e in (left, right, *(x.rhs for x in needed(net, [left, right])), *facts):
            names.update(dict.fromkeys(r.name for r in free_refs(e) if r.name not in defs))
        trial = Trial(left, right, list(names), _with_functions(defs, self.net), facts, self.creases)
        return Case(net, left, right, facts, trial, {**sizes, **env})

    def _facts(self, instance: Instance) -> list[Rel]:
        out: list[Rel] = []
        for fact in self.facts:
            if not isinstance(fact, Rel):
                continue
            letters = [r.name for r in free_refs(fact) if not r.indices and r.name in self.net.ranges]
            for values in product(*[instance.range_of(x, fact) for x in dict.fromkeys(letters)]):
                made = instance.scalar(fact, dict(zip(dict.fromkeys(letters), values)))
                if isinstance(made, Rel):
                    out.append(made)
        return out

    # -- methods
    def _refuted(
        self, cases: list[Case], count: int, seed: int, hints: Sequence[Mapping[str, Fraction]] = ()
    ) -> Verdict | None:
        for case in cases:
            try:
                found = case.trial.find(count, seed, hints)
            except Unknown:
                continue
            if found:
                return Verdict("different", counterexample=_with_sizes(found, case), evidence="different at a point")
        return None

    def _symbolic(self, cases: list[Case]) -> Proof:
        if self._plain and cases:
            return _levels(self.net, self.a, self.b, self.facts, self.creases, self.open_)
        if self._has_arrays():
            return Proof(False, why="arrays are compared entry by entry")
        return _levels(self.net, self.a, self.b, self.facts, self.creases, self.open_)

    def _has_arrays(self) -> bool:
        return any(
            isinstance(n, MatMul) or (isinstance(n, Ref) and not n.indices and n.name in self.net.shapes)
            or (isinstance(n, Call) and n.function in ARRAY_CALLS)
            for e in self._reach() for n in preorder(e)
        )

    def _each(self, cases: list[Case]) -> list[Proof] | None:
        proofs = []
        for case in cases:
            proof = _levels(case.net, case.left, case.right, case.facts, self.creases)
            if not proof.done:
                return None
            proofs.append(proof)
        return proofs

    def _undecided(self, cases: list[Case], why: str) -> Verdict:
        agreed = sum(c.trial.agreed for c in cases)
        said = f"the two sides agree at {agreed} points to 100 digits" if agreed else "no point says anything"
        return Verdict("undecided", how="", evidence=f"{said}; not proved: {why}")


_SHIFTS = ((0, 1), (1, 0), (0, 0), (1, 2, 0))


def _one(left: Any, right: Any) -> tuple[Expr, Expr]:
    """Two arrays as one scalar question: the sum of entries times independent names."""
    if isinstance(left, Expr) and isinstance(right, Expr):
        return left, right
    from workings.checking.arrays import paired

    return paired(left, right)


def _with_functions(defs: Mapping[str, Expr], net: Network) -> Mapping[str, Expr]:
    return defs


def _levels(
    net: Network, a: Expr, b: Expr, facts: Sequence[Expr], creases: bool, always: frozenset[Key] = frozenset()
) -> Proof:
    """Proof with ever more names written out: none; those on the way between the two sides; all."""
    usable = {e.key for e in needed(net, [a, b, *facts]) if _openable(net, e.key)}
    last = Proof(False, why="")
    tried: set[frozenset[Key]] = set()
    always &= usable
    for opened in (always, always | _between(net, a, b) & usable, frozenset(usable)):
        if opened in tried:
            continue
        tried.add(opened)
        last = prove(net, a, b, facts, sorted(opened), creases)
        if last.done:
            return last
    return last


def _openable(net: Network, key: Key) -> bool:
    equations = net.defs[key]
    if len(equations) != 1:
        return False
    lhs, rhs = equations[0].lhs, equations[0].rhs
    plain = all(isinstance(i, Ref) and not i.indices and i.name not in net.sizes for i in lhs.indices)
    return plain and all(r.key != key for r in free_refs(rhs))


def _between(net: Network, a: Expr, b: Expr) -> frozenset[Key]:
    """The defined names that stand on one side only, and what they are made of, down to names of the other side."""
    left, right = ({r.key for r in free_refs(e)} for e in (a, b))
    out: set[Key] = set()
    todo = [k for k in left ^ right if k in net.defs]
    while todo:
        key = todo.pop()
        if key in out:
            continue
        out.add(key)
        for e in net.defs[key]:
            todo += [r.key for r in free_refs(e.rhs) if r.key in net.defs and not {r.key} <= (left & right)]
    return frozenset(out)


def _proved(proof: Proof, how: str, cases: Sequence[Case] = ()) -> Verdict:
    evidence = "the normal forms agree"
    if proof.cells > 1:
        evidence += f" in each of {proof.cells} sign patterns"
    if how == "tested":
        sizes = dict.fromkeys(", ".join(f"{k} = {v}" for k, v in c.sizes.items()) for c in cases)
        evidence += " at " + "; ".join(list(sizes)[:4])
    valid = ", ".join(["off the creases"] * bool(proof.creases) + _conditions(proof.needs))
    return Verdict("equal", how=how, where_valid=valid, evidence=evidence)


def _conditions(needs: Sequence[Expr]) -> list[str]:
    """Where quotients and logarithms are defined: x - 1 != 0, u > 0."""
    from workings.notation import plain

    said = [
        f"{plain(e.bottom)} != 0" if isinstance(e, Div) else f"{plain(e.args[0])} > 0"
        for e in needs if isinstance(e, Div | Call)
    ]
    return list(dict.fromkeys(said))


def _worst(proofs: list[Proof]) -> Proof:
    return max(proofs, key=lambda p: p.cells)


def _with_sizes(found: Counterexample, case: Case) -> Counterexample:
    found.sizes = case.sizes
    return found


def agree(a: Expr, b: Expr, net: Network, facts: Sequence[Expr] = (), bind: Mapping[str, int] | None = None) -> bool:
    """Does no point of a few tell the two apart?  Quick and no proof: for choosing what to prove."""
    for case in _Question(a, b, net, list(facts), False, dict(bind or {}), most=QUICK)._cases():
        agreed = 0
        for at in case.trial.points(8, 11):
            point = case.trial.allowed(at)
            try:
                if point is not None and case.trial.differs(point) is not None:
                    return False
            except Unknown:
                return False
            agreed = case.trial.agreed
            if agreed >= 3:
                break
        if agreed or case.trial.vacuous:
            return True
    return False


# -- values
def values(a: Expr, net: Network, bind: Mapping[str, int] | None = None) -> list[Any]:
    """The certified values of an expression that has no free names left, one for each choice of free indices."""
    from flint import ctx

    from workings.checking.numeric import NoValue, Point

    question = _Question(a, a, net, [], True, dict(bind or {}))
    out = []
    old, ctx.prec = ctx.prec, 200
    try:
        for case in question._cases():
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
