"""One entry of an array expression: what each operation on arrays means in indices.

    Goal(node, at, used)   the entry of `node` at the indices `at`; `used`: letters that mean something here

A rule gives the entries that it needs and how to put them together; the driver keeps them on a list, so that no
expression is too deep.  A diagonal matrix in a product passes its index on: no Kronecker delta arises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from workings.errors import OutOfReach
from workings.expr import (
    TWO, Add, All, Array, Big, Call, Claim, Deriv, Div, Expr, MatMul, Mul, Neg, Num, Pow, Ref, Rel,
)
from workings.forms.letters import Letters
from workings.forms.unfolded import unfolded
from workings.shape.axes import Shape
from workings.shape.ranks import is_array_function
from workings.shape.shapes import Shapes, size
from workings.shape.sizes import Axis

At = tuple[Expr, ...]
Build = Callable[[tuple[Expr, ...]], Expr]


class Goal(NamedTuple):
    """An entry that is wanted."""

    node: Expr
    at: At
    used: frozenset[str]


Found = tuple[Sequence[Goal], Build]


class Entries:
    """Makes entries of expressions over the shapes of a network."""

    def __init__(self, shapes: Shapes, letters: Letters) -> None:
        self.shapes, self.letters = shapes, letters
        self.notes: dict[int, Shape] = {}

    def entry(self, root: Expr, at: At, used: frozenset[str]) -> Expr:
        """The entry of an expression at some indices."""
        self.shapes.shape(root, self.notes)
        done: list[Expr] = []
        stack: list[tuple[Goal, int, Build | None]] = [(Goal(root, at, used), 0, None)]
        while stack:
            goal, count, build = stack.pop()
            if build is not None:
                cut = len(done) - count
                done[cut:] = [build(tuple(done[cut:]))]
                continue
            goals, build = self.rule(goal)
            stack.append((goal, len(goals), build))
            stack.extend((g, 0, None) for g in reversed(goals))
        return done[0]

    def axes(self, node: Expr) -> tuple[Axis, ...]:
        """The axes of a part of the expression that is looked at."""
        return self.notes[id(node)].axes

    def rule(self, goal: Goal) -> Found:
        """How one node's entry is made."""
        node = goal.node
        if isinstance(node, Ref):
            return self._ref(node, goal)
        if isinstance(node, MatMul):
            return self._chain(node, goal)
        if isinstance(node, Call) and is_array_function(node.function, self.shapes.net):
            return RULES.get(node.function, unfolded)(self, node, goal)
        if isinstance(node, Array):
            return self._written(node, goal)
        if isinstance(node, Big):
            return self._big(node, goal)
        if isinstance(node, Claim):
            return [goal._replace(node=c) for c in node.children()], lambda done: _again(node, done)
        if isinstance(node, Deriv):
            return self._deriv(node, goal)
        if not node.children():
            return (), lambda _: node
        return self._each(node, goal)

    # -- names
    def _ref(self, node: Ref, goal: Goal) -> Found:
        """An entry of a name."""
        own = filled(node, goal.at) if goal.at else node
        return (), lambda _: own

    # -- entry by entry
    def _each(self, node: Expr, goal: Goal) -> Found:
        """A sum, a function of numbers: every operand at the same indices; an axis of one entry at its one."""
        goals = [goal._replace(node=c, at=self.fitting(c, goal.at)) for c in node.children()]
        return goals, lambda done: _again(node, done)

    def fitting(self, part: Expr, at: At) -> At:
        """The indices that an operand of lower rank has: the last ones."""
        axes = self.axes(part)
        last = at[len(at) - len(axes) :] if len(axes) <= len(at) else at
        return tuple(Num(1, "1") if axis.one else index for axis, index in zip(axes, last))

    def fitting_of(self, part: Expr, at: At) -> At:
        """`fitting` of an expression that was not looked at yet."""
        self.shapes.shape(part, self.notes)
        return self.fitting(part, at)

    def _big(self, node: Big, goal: Goal) -> Found:
        """A sum of arrays is a sum at each entry; a product of matrices is ordered, and no product of entries."""
        if node.op == "prod" and len(self.axes(node.body)) > 1:
            raise OutOfReach("a product of matrices over an index is not read in indices", span=node.span,
                             hint="state it step by step: S[k] = J[k] @ S[k-1]")
        inside = goal.used | {node.index}
        ends = [Goal(e, (), goal.used) for e in (node.lo, node.hi) if e is not None]
        if node.condition is not None:
            ends.append(Goal(node.condition, (), inside))
        return [*ends, goal._replace(node=node.body, used=inside)], lambda done: _again(node, done)

    def _deriv(self, node: Deriv, goal: Goal) -> Found:
        """dE/dW at i, j is dE/dW[i,j]; the entries of what is differentiated come first."""
        goals, left = [], list(goal.at)
        for part in node.children():
            count = len(self.axes(part))
            goals.append(goal._replace(node=part, at=tuple(left[:count])))
            del left[:count]
        return goals, lambda done: node.rebuild(done)

    def _written(self, node: Array, goal: Goal) -> Found:
        """An entry of a written array: the one that a number picks, else each where its place is meant."""
        first, *rest = goal.at
        if isinstance(first, Num) and 1 <= first.value <= len(node.args):
            return [goal._replace(node=node.args[int(first.value) - 1], at=tuple(rest))], _only
        goals = [goal._replace(node=a, at=tuple(rest)) for a in node.args]

        def build(done: tuple[Expr, ...]) -> Expr:
            places = [Call("delta", (first, Num(n, str(n)))) for n in range(1, len(done) + 1)]
            terms = [Mul((d, e)) for d, e in zip(places, done) if not (isinstance(e, Num) and e.value == 0)]
            return Num(0, "0") if not terms else terms[0] if len(terms) == 1 else Add(tuple(terms))

        return goals, build

    # -- products
    def _chain(self, node: MatMul, goal: Goal) -> Found:
        """sum(j, A[i,j]*B[j,k]); a vector at the end is multiplied first, so that inner sums stay vectors."""
        first, *rest = node.args
        if len(rest) > 1:
            ends = len(self.axes(node.args[-1])) == 1 and not self.notes[id(node.args[-1])].row
            p: Expr = first if ends else self._noted(MatMul(node.args[:-1], node.span))
            q: Expr = self._noted(MatMul(tuple(rest), node.span)) if ends else node.args[-1]
        else:
            p, q = node.args
        return self.pair(p, q, goal)

    def _noted(self, node: Expr) -> Expr:
        self.shapes.shape(node, self.notes)
        return node

    def pair(self, p: Expr, q: Expr, goal: Goal) -> Found:
        """The entry of p @ q."""
        a, b = self.notes[id(p)], self.notes[id(q)]
        if not a.axes or not b.axes or (len(a.axes) == 1 and not a.row and b.row):
            return self._outer(p, q, goal)
        front = goal.at[: len(a.axes) - 1]
        back = goal.at[len(a.axes) - 1 :]
        for part, other, at in ((p, q, (*front, *back)), (q, p, (*front, *back))):
            if _is_diagonal(part) and len(self.axes(part)) == 2:
                return self._scaled(part, other, p, at, goal)
        index = self.letters.pick(a.axes[-1] if not a.axes[-1].one else b.axes[0], goal.used)
        used = goal.used | {index.name} if isinstance(index, Ref) else goal.used
        inner: At = (index, *back) if not b.row else back
        return [Goal(p, (*front, index), used), Goal(q, inner, used)], _summed([index])

    def _outer(self, p: Expr, q: Expr, goal: Goal) -> Found:
        count = len(self.axes(p))
        goals = [goal._replace(node=p, at=goal.at[:count]), goal._replace(node=q, at=goal.at[count:])]
        return goals, lambda done: Mul(_factors(done))

    def _scaled(self, part: Expr, other: Expr, p: Expr, at: At, goal: Goal) -> Found:
        """diag(v) @ A scales the rows of A, A @ diag(v) its columns."""
        assert isinstance(part, Call)
        own = at[:1] if part is p else at[-1:]
        goals = [goal._replace(node=part.args[0], at=own), goal._replace(node=other, at=at)]
        return (goals if part is p else goals[::-1]), lambda d: Mul(_factors(d))

    # -- sums over whole arrays
    def total(self, node: Call, goal: Goal, body: Callable[[tuple[Expr, ...]], Expr], axes: Sequence[Axis],
              at: Callable[[At], At] = lambda letters: letters) -> Found:
        """A sum over the given axes of something made of the entries of each argument."""
        letters: list[Expr] = []
        used = goal.used
        for axis in axes:
            letters.append(self.letters.pick(axis, used))
            used |= {x.name for x in letters if isinstance(x, Ref)}
        place = at(tuple(letters))
        goals = [Goal(a, self.fitting(a, place), used) for a in node.args]
        return goals, lambda done: _sums(letters, body(done))


def filled(ref: Ref, at: Iterable[Expr]) -> Ref:
    """A reference at further indices: its dots first, then the axes behind."""
    rest = iter(at)
    inner = tuple(next(rest, i) if isinstance(i, All) else i for i in ref.indices)
    return Ref(ref.name, (*inner, *rest), ref.span)


def _again(node: Expr, done: tuple[Expr, ...]) -> Expr:
    """The node around its entries; itself where nothing changed."""
    return node if all(a is b for a, b in zip(done, node.children(), strict=True)) else node.rebuild(done)


def _is_diagonal(node: Expr) -> bool:
    return isinstance(node, Call) and node.function == "diag"


def _only(done: tuple[Expr, ...]) -> Expr:
    return done[0]


def _sums(letters: Sequence[Expr], body: Expr) -> Expr:
    """sum(i, sum(j, body)); an index that is a number is no sum."""
    for letter in reversed(letters):
        if isinstance(letter, Ref):
            body = Big("sum", letter.name, body)
    return body


def _summed(letters: Sequence[Expr]) -> Build:
    return lambda done: _sums(letters, Mul(_factors(done)))


def _factors(done: Sequence[Expr]) -> tuple[Expr, ...]:
    return tuple(f for e in done for f in (e.args if isinstance(e, Mul) else (e,)))


# -- functions of whole arrays
def _transpose(e: Entries, node: Call, goal: Goal) -> Found:
    at = goal.at
    return [goal._replace(node=node.args[0], at=(*at[:-2], *at[-2:][::-1]))], _only


def _dot(e: Entries, node: Call, goal: Goal) -> Found:
    return e.total(node, goal, lambda d: Mul(_factors(d)), e.axes(node.args[0]))


def _outer(e: Entries, node: Call, goal: Goal) -> Found:
    return e._outer(node.args[0], node.args[1], goal)


def _norm2(e: Entries, node: Call, goal: Goal) -> Found:
    return e.total(node, goal, lambda d: Pow(d[0], TWO), e.axes(node.args[0]))


def _norm(e: Entries, node: Call, goal: Goal) -> Found:
    goals, build = _norm2(e, node, goal)
    return goals, lambda done: Call("sqrt", (build(done),), 0, node.span)


def _sum(e: Entries, node: Call, goal: Goal) -> Found:
    return e.total(node, goal, _only, e.axes(node.args[0]))


def _mean(e: Entries, node: Call, goal: Goal) -> Found:
    axes = e.axes(node.args[0])
    goals, build = _sum(e, node, goal)
    sizes = [size(a) for a in axes if not a.one]
    count = sizes[0] if len(sizes) == 1 else Mul(tuple(sizes)) if sizes else Num(1, "1")
    return goals, lambda done: Mul((Div(Num(1, "1"), count), build(done)))


def _colsum(e: Entries, node: Call, goal: Goal) -> Found:
    return e.total(node, goal, _only, e.axes(node.args[0])[:1], lambda x: (*x, *goal.at))


def _rowsum(e: Entries, node: Call, goal: Goal) -> Found:
    return e.total(node, goal, _only, e.axes(node.args[0])[-1:], lambda x: (*goal.at, *x))


def _trace(e: Entries, node: Call, goal: Goal) -> Found:
    return e.total(node, goal, _only, e.axes(node.args[0])[:1], lambda x: (*x, *x))


def _diag(e: Entries, node: Call, goal: Goal) -> Found:
    """The diagonal of a matrix; of a vector the matrix with a delta."""
    arg = node.args[0]
    if len(e.axes(arg)) == 2:
        return [goal._replace(node=arg, at=(goal.at[0], goal.at[0]))], _only
    i, j = goal.at
    return [goal._replace(node=arg, at=(i,))], lambda done: Mul((Call("delta", (i, j)), done[0]))


def _column(e: Entries, node: Call, goal: Goal) -> Found:
    own = goal.at[:1] if node.function == "col" else goal.at[-1:]
    return [goal._replace(node=node.args[0], at=own)], _only


def _softmax(e: Entries, node: Call, goal: Goal) -> Found:
    """exp(z[i])/sum(j, exp(z[j]))"""
    arg = node.args[0]
    goals, build = _exponentials(e, node, goal)
    return [goal._replace(node=arg), *goals], lambda d: Div(Call("exp", (d[0],)), build(d[1:]))


def _logsumexp(e: Entries, node: Call, goal: Goal) -> Found:
    goals, build = _exponentials(e, node, goal._replace(at=(*goal.at, Num(1))))
    return goals, lambda done: Call("log", (build(done),))


def _logsoftmax(e: Entries, node: Call, goal: Goal) -> Found:
    """z[i] - log(sum(j, exp(z[j])))"""
    goals, build = _exponentials(e, node, goal)
    return [goal._replace(node=node.args[0]), *goals], lambda d: Add((d[0], Neg(Call("log", (build(d[1:]),)))))


def _exponentials(e: Entries, node: Call, goal: Goal) -> Found:
    axes = e.axes(node.args[0])
    return e.total(node, goal, lambda d: Call("exp", d), axes[-1:], lambda x: (*goal.at[:-1], *x))


RULES: Mapping[str, Callable[[Entries, Call, Goal], Found]] = {
    "T": _transpose, "dot": _dot, "outer": _outer, "norm2": _norm2, "norm": _norm, "sum": _sum, "mean": _mean,
    "colsum": _colsum, "rowsum": _rowsum, "trace": _trace, "diag": _diag, "col": _column, "row": _column,
    "softmax": _softmax, "logsumexp": _logsumexp, "logsoftmax": _logsoftmax,
}

__all__ = ["RULES", "Entries", "Goal", "Rel"]
