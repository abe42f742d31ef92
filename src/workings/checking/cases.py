"""The questions over scalars that one question stands for: at each choice of sizes and of free indices.

A question about plain names is its own single case.  Families, sums and arrays are written out at several sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from workings.limits import UNROLLED_TERMS
from workings.checking.places import Outside
from workings.checking.resolver import APART
from workings.checking.names import known_names, needed
from workings.checking.search import Trial
from workings.checking.unroll import Instance
from workings.errors import OutOfReach
from workings.expr import Add, Big, Call, Equation, Expr, MatMul, Network, Num, Ref, Rel, free_refs, preorder
from workings.expr.inline import inlined
from workings.expr.nodes import Deriv, Key

TURNS = 3                     # ways to choose class numbers
MAX_CASES = 12                # choices of free indices at one choice of sizes
SHIFTS = ((3, 2), (1, 3), (2, 5))     # above the least sizes, in turn for each size, after those of `shifts_of`
ONE_SIZE = (0, 1, 2, 4, 7)                                    # the same where there is one size only
ENOUGH_SIZES = 3              # choices of sizes that are tested, where more cannot be written out
ARRAY_CALLS = frozenset("T dot outer norm2 norm diag trace sum mean colsum rowsum col row softmax logsumexp".split())


def shifts_of(count: int) -> tuple[tuple[int, ...], ...]:
    """How far above the least each of so many sizes lies: any two sizes differ in one of the first choices.

    >>> shifts_of(2)[:3], shifts_of(4)[:2]
    (((0, 1), (1, 0), (0, 0)), ((0, 1, 0, 1), (0, 0, 1, 1)))
    """
    digits = range((count - 1).bit_length())
    bits = [tuple(i >> k & 1 for i in range(count)) for k in digits]
    return (*bits, tuple(1 - b for b in bits[0]), (0,) * count, *SHIFTS)


@dataclass(eq=False)
class Case:
    """The question at one choice of sizes and free indices, over scalars."""

    net: Network
    left: Expr
    right: Expr
    facts: list[Rel]
    trial: Trial
    sizes: dict[str, int]
    instance: Instance | None = None
    env: dict[str, int] = field(default_factory=dict)

    def lowered(self, other: Expr) -> Expr | None:
        """Another side at the same sizes and indices; its definitions join those of the case."""
        if self.instance is None:
            return other
        made = self.instance.scalar(other, self.env)
        return made if isinstance(made, Expr) else None


@dataclass(eq=False)
class Cases:
    """The cases of a = b, made as they are asked for; `obstacle` says what stands in the way of (more of) them."""

    a: Expr
    b: Expr
    net: Network
    facts: Sequence[Expr]
    creases: bool = True
    bind: Mapping[str, int] = field(default_factory=dict)
    open_: frozenset[Key] = frozenset()
    most: int = UNROLLED_TERMS         # entries that are written out for one case
    obstacle: str = ""
    sampled: bool = False              # were class numbers chosen, of which there are more ways?
    _made: list[Case] = field(default_factory=list)
    _rest: Iterator[Case] | None = None

    def __post_init__(self) -> None:
        self.plain = self._is_plain()
        self.symbolic_sizes = [] if self.plain else self._symbolic_sizes()
        self._rest = self._cases()

    def first(self, count: int) -> list[Case]:
        """The first cases, at most so many."""
        while len(self._made) < count and self._rest is not None:
            try:
                self._made.append(next(self._rest))
            except StopIteration:
                self._rest = None
            except OutOfReach as problem:
                self._rest = None
                if len({tuple(c.sizes[s] for s in self.symbolic_sizes) for c in self._made}) <= ENOUGH_SIZES:
                    self.obstacle, self._made = problem.message, []
        return self._made[:count]

    def upto(self, count: int) -> Iterator[Case]:
        """The first cases, each made only when it is asked for."""
        for i in range(count):
            made = self.first(i + 1)
            if len(made) <= i:
                return
            yield made[i]

    def every(self) -> list[Case]:
        """All of them."""
        return self.first(10**6)

    @property
    def arrays(self) -> bool:
        """Do whole arrays stand in the question?"""
        return any(
            isinstance(n, MatMul) or (isinstance(n, Ref) and not n.indices and n.name in self.net.shapes)
            or (isinstance(n, Call) and n.function in ARRAY_CALLS)
            for e in self._reach() for n in preorder(e)
        )

    @property
    def known(self) -> list[str]:
        """The names that a person knows: those of the network and the line, without adjoints of ours."""
        ours = {name for name, _ in self.open_}
        return [n for n in known_names(self.net) | {r.name for e in (self.a, self.b) for r in free_refs(e)}
                if n not in ours]

    def _is_plain(self) -> bool:
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
        if self.plain:
            yield self._case(Instance(self.net, {}), {}, {})
            return
        names = self.symbolic_sizes
        least = max([2, *self._numbers()])
        free = self._free()
        shifts = shifts_of(len(names)) if len(names) > 1 else tuple((k,) for k in (ONE_SIZE if names else (0,)))
        for shift in shifts:
            sizes = {s: max(1, least + shift[i % len(shift)]) for i, s in enumerate(names)}
            if any(v < max(self._numbers(), default=0) for v in sizes.values()):
                continue
            sizes.update({k: v for k, v in self.bind.items() if k in self.net.sizes})
            instance = Instance(self.net, sizes, self.most)
            for env in self._choices(instance, free):
                data = {n: v for n, v in env.items() if n not in self.net.ranges}
                for turn in range(TURNS):
                    instance = Instance(self.net, {**sizes, **data}, self.most)
                    instance.turn = turn
                    try:
                        yield self._case(instance, {**self.bind, **env}, sizes)
                    except Outside:
                        break         # h[T+1] is not there: the line says nothing for t = T
                    self.sampled = self.sampled or instance.picked
                    if not instance.picked:
                        break

    def _numbers(self) -> list[int]:
        """Whole numbers used as indices: sizes must reach them."""
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
        ours = {n for n in out if n.endswith(APART)}          # letters that only a pass of derivation knows
        out = {n: None for n in out if n not in ours and n not in self.net.sizes and n not in self.bind}
        return [n for n in out if (n in own or n in data) and (n, 0) not in self.net.defs]

    def _choices(self, instance: Instance, free: list[str]) -> list[dict[str, int]]:
        whole = Add((self.a, self.b))
        ranges = [instance.range_of(n, whole) for n in free]
        every = [dict(zip(free, values)) for values in product(*ranges)]
        if len(every) <= MAX_CASES:
            return every
        step = max(1, len(every) // (MAX_CASES - 2))
        return [every[0], every[-1], *every[step // 2 :: step][: MAX_CASES - 2]]

    def _case(self, instance: Instance, env: dict[str, int], sizes: dict[str, int]) -> Case:
        if self.plain:
            left, right, facts = self.a, self.b, [f for f in self.facts if isinstance(f, Rel)]
            defs = {e.lhs.name: e.rhs for e in needed(self.net, [left, right, *facts])}
        else:
            left, right = instance.scalar(self.a, env), instance.scalar(self.b, env)
            left, right = _one(left, right)
            facts = self._facts(instance)
            defs = instance.defs
        own = self.net.functions
        if own:                                      # in place: an instance adds to its own table
            left, right = inlined(left, own), inlined(right, own)
            facts = [f.rebuild(tuple(inlined(a, own) for a in f.args)) for f in facts]
            defs.update({name: inlined(e, own) for name, e in defs.items()})
        equations = tuple(Equation(Ref(n), e) for n, e in defs.items())
        net = Network(equations, functions=own)
        names: dict[str, None] = {}
        for e in (left, right, *(x.rhs for x in needed(net, [left, right])), *facts):
            names.update(dict.fromkeys(r.name for r in free_refs(e) if r.name not in defs))
        trial = Trial(left, right, list(names), defs, facts, self.creases)
        return Case(net, left, right, facts, trial, {**sizes, **env}, None if self.plain else instance, env)

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


def _one(left: Any, right: Any) -> tuple[Expr, Expr]:
    """Two arrays as one scalar question: the sum of entries times independent names."""
    if isinstance(left, Expr) and isinstance(right, Expr):
        return left, right
    from workings.checking.arrays import paired

    return paired(left, right)
