"""A plan as loops: what every language that computes one number at a time writes down.

    For    an index runs through its axis, upwards, or downwards for the adjoint of a recurrence
    Set    an entry becomes a value, or takes one in (op +, *, max, min)
    When   a body where a condition holds
    Product  a matrix product is added to an array

Each sum becomes an accumulator that stands as far outside as its indices allow; equal sums of one statement are one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from workings.emit.axes import Axis
from workings.emit.plan import Plan, Step
from workings.emit.products import Product, product
from workings.emit.recurrences import Group, grouped
from workings.errors import OutOfReach
from workings.expr import Big, Const, Expr, Neg, Num, Ref, free_refs, rewrite
from workings.notation import plain

START: dict[str, Expr] = {"sum": Num(0, "0.0"), "prod": Num(1, "1.0"), "max": Neg(Const("inf")), "min": Const("inf")}
TAKES = {"sum": "+", "prod": "*", "max": "max", "min": "min"}


@dataclass(slots=True, eq=False)
class Set:
    """`target op= value`; an op of "" assigns."""

    target: Ref
    value: Expr
    op: str = ""
    note: str = ""


@dataclass(slots=True, eq=False)
class For:
    """`letter` runs through `axis`."""

    letter: str
    axis: Axis
    body: list[Node] = field(default_factory=list)
    down: bool = False


@dataclass(slots=True, eq=False)
class When:
    """`body` where `test` holds."""

    test: Expr
    body: list[Node]


Node = Set | For | When | Product


@dataclass(slots=True, eq=False)
class Loops:
    """The statements as loops, and the accumulators that they use, each a number."""

    forward: list[Node]
    backward: list[Node]
    locals: list[str]


def loops(plan: Plan, taken: Collection[str], fixed: Sequence[str] = (), products: bool = False) -> Loops:
    """The loops of a plan, in its order; equations of a recurrence share the loop over its steps.

    Accumulators get names that are not in `taken`; loops over the letters `fixed` stand around already; with
    `products` a sum that is a matrix product stays one.
    """
    maker = _Maker(plan, taken, products)
    halves: dict[str, list[Node]] = {"forward": [], "backward": []}
    for group in [Group(plan.steps)] if fixed else grouped(plan.steps):
        halves[group.steps[0].half] += maker.group(group, fixed)
    return Loops(halves["forward"], halves["backward"], maker.locals)


class _Maker:
    def __init__(self, plan: Plan, taken: Collection[str], products: bool) -> None:
        self.plan, self.taken, self.products = plan, set(taken), products
        data, weights = ({_text(a) for f in plan.arguments if (f.role == "parameter") == w for a in f.axes}
                         for w in (False, True))
        self.samples = data - weights                # what only the data run through
        self.locals: list[str] = []

    def group(self, group: Group, fixed: Sequence[str] = ()) -> list[Node]:
        if group.letter is None:
            return [node for step in group.steps for node in self.step(step, fixed)]
        axis = self.axis(group.letter, None)
        body = [node for step in group.steps for node in self.step(step, (group.letter,))]
        return [For(group.letter, axis, body, group.down)]

    def step(self, step: Step, around: Sequence[str]) -> list[Node]:
        """The loops of one statement, inside loops over the letters `around`."""
        letters = [n for n in step.letters if n not in around]
        letters.sort(key=lambda n: _text(self.axis(n, None)) not in self.samples)      # one sample after the other
        if self.products and not around and (found := product(step, self.plan)) is not None:
            return [*self._entry(Set(step.target, found[0], "", step.note), letters, None), found[1]]
        sums, body = _gathered(step.value, letters)
        if not letters or not any(_text(self.axis(big.index, big)) in self.samples for big in sums):
            return self._entry(Set(step.target, step.value, "", step.note), letters, step.test)
        nodes = self._entry(Set(step.target, body, "+"), letters, step.test)
        for big in reversed(sums):                   # gw[i] = sum(k, …): the entries take each sample in as it comes
            nodes = self._big_loop(big, nodes)
        return [*self._entry(Set(step.target, START["sum"], "", step.note), letters, step.test), *nodes]

    def _entry(self, last: Set, letters: Sequence[str], test: Expr | None) -> list[Node]:
        """One assignment under loops over its letters, its sums in front of it."""
        before: list[list[Node]] = [[] for _ in range(len(letters) + 1)]
        value = self._hoisted(last.value, letters, before)
        body: list[Node] = [*before[-1], Set(last.target, value, last.op, last.note)]
        if test is not None:
            body = [When(test, body)]
        for depth in reversed(range(len(letters))):
            body = [*before[depth], For(letters[depth], self.axis(letters[depth], None), body)]
        return body

    def _hoisted(self, expr: Expr, letters: Sequence[str], before: list[list[Node]]) -> Expr:
        """`expr` with each of its outermost sums replaced by an accumulator that `before` fills."""
        known: dict[str, Ref] = {}

        def replaced(big: Big) -> Ref:
            text = plain(big)
            if text not in known:
                known[text] = self._name()
                depth = _depth(big, letters)
                before[depth] += self._accumulate(known[text], big)
            return known[text]

        return _outermost(expr, replaced)

    def _accumulate(self, name: Ref, big: Big) -> list[Node]:
        inner: list[list[Node]] = [[]]
        value = self._hoisted(big.body, [], inner)
        start: Node = Set(name, START[big.op])
        return [start, *self._big_loop(big, [*inner[0], Set(name, value, TAKES[big.op])])]

    def _big_loop(self, big: Big, body: list[Node]) -> list[Node]:
        if big.condition is not None:
            body = [When(big.condition, body)]
        return [For(big.index, self.axis(big.index, big), body)]

    def axis(self, letter: str, big: Big | None) -> Axis:
        """Where an index runs: as its sum says, else as declared."""
        if big is not None and big.lo is not None and big.hi is not None:
            return Axis(big.lo, big.hi)
        found = self.plan.ranges.get(letter) or self.plan.ranges.get(letter.rstrip("'"))
        if found is None:
            raise OutOfReach(f"nothing says where the index {letter} runs", hint=f"state its range: {letter} = 1..n")
        return found

    def _name(self) -> Ref:
        number = len(self.locals) + 1
        while f"s_{number}" in self.taken:
            number += 1
        name = f"s_{number}"
        self.taken.add(name)
        self.locals.append(name)
        return Ref(name)


def _gathered(value: Expr, letters: Sequence[str]) -> tuple[list[Big], Expr]:
    """The sums that a value is, from the outside in, as far as their ends do not need the letters; what they add."""
    sums: list[Big] = []
    while isinstance(value, Big) and value.op == "sum":
        ends = [e for e in (value.lo, value.hi) if e is not None]
        if any(r.name in letters for e in ends for r in free_refs(e)):
            break
        sums.append(value)
        value = value.body
    return sums, value


def _text(axis: Axis) -> str:
    return f"{plain(axis.lo)}..{plain(axis.hi)}"


def _depth(big: Big, letters: Sequence[str]) -> int:
    """How many of the loops a sum must stand in."""
    used = {r.name for r in free_refs(big) if not r.indices}
    return max((i + 1 for i, letter in enumerate(letters) if letter in used), default=0)


def _outermost(expr: Expr, replaced: Callable[[Big], Expr]) -> Expr:
    """The expression with its outermost sums replaced; what stands inside them is left to them."""
    bigs: dict[int, Big] = {}
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Big):
            bigs[id(node)] = node
        else:
            stack.extend(reversed(node.children()))
    if not bigs:
        return expr
    inside = {id(n) for b in bigs.values() for n in _below(b)}

    def change(node: Expr) -> Expr:
        found = bigs.get(id(node))
        return node if found is None or id(node) in inside else replaced(found)

    return rewrite(expr, change)


def _below(big: Expr) -> Iterable[Expr]:
    stack = list(big.children())
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.children())
