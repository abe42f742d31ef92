"""Functions of arrays that the table states entry by entry: layer norm, cross-entropy, a convolution, taken apart.

A row's text is a small network of its own, `mu = 1/n*sum(i, x[i]); out[i] = x[i] - mu`; its letters become letters of
the expression, its sizes the sizes of the arguments, its entries x[i] the entries that are wanted of an argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workings.errors import OutOfReach
from workings.expr import Big, Call, Equation, Expr, Key, Network, Ref, rewrite, substitute
from workings.functions import table
from workings.shape.rows import text_for
from workings.shape.shapes import size
from workings.shape.sizes import Axis

if TYPE_CHECKING:
    from workings.forms.entries import Entries, Found, Goal


def unfolded(e: Entries, node: Call, goal: Goal) -> Found:
    """The entry of a function by what its row says.

    Raises `OutOfReach` for a function that the table does not state entry by entry for arguments of these axes.
    """
    found = text_for(node.function, [len(e.axes(a)) for a in node.args])
    if found is None:
        raise OutOfReach(f"{node.function} of an array has no index form yet", span=node.span)
    given = dict(zip(table[node.function].params, node.args))
    return _Unfolding(e, found[0], given, goal, found[1]).found()


class _Unfolding:
    def __init__(self, e: Entries, pattern: Network, given: dict[str, Expr], goal: Goal, front: int) -> None:
        self.e, self.pattern, self.given, self.goal = e, pattern, given, goal
        self.front = goal.at[:front]
        self.goals: list[Goal] = []
        self.axes: dict[str, Axis] = {}
        for name, sizes in pattern.shapes.items():
            for symbol, axis in zip(sizes, e.axes(given[name])[front:]):
                if isinstance(symbol, Ref):
                    self.axes.setdefault(symbol.name, axis)

    def found(self) -> Found:
        """The entries that are needed, and how the one that is wanted is made of them."""
        *before, last = self.pattern.equations
        made: dict[Key, Equation] = {}
        for equation in before:
            made[equation.key] = Equation(equation.lhs, _inlined(equation.rhs, made))
        own = {i.name: at for i, at in zip(last.lhs.indices, self.goal.at[len(self.front):]) if isinstance(i, Ref)}
        tree = self._taken(_inlined(last.rhs, made), own, self.goal.used)

        def build(done: tuple[Expr, ...]) -> Expr:
            parts = {_mark(n): part for n, part in enumerate(done)}
            # the sums of the row are meant to bind the letters of its entries: nothing is renamed
            return rewrite(tree, lambda node: parts.get(node.name, node) if isinstance(node, Ref) else node)

        return self.goals, build

    def _taken(self, node: Expr, own: dict[str, Expr], used: frozenset[str]) -> Expr:
        """The pattern's expression in letters and sizes of the network; a pattern is small, so it may call itself."""
        if isinstance(node, Ref):
            return self._ref(node, own, used)
        if isinstance(node, Big):
            return self._big(node, own, used)
        inner = tuple(self._taken(c, own, used) for c in node.children())
        return node.rebuild(inner) if inner else node

    def _ref(self, node: Ref, own: dict[str, Expr], used: frozenset[str]) -> Expr:
        if node.name in self.given and node.name not in self.pattern.shapes and not self.given[node.name].children():
            return self.given[node.name]             # eps, the number of a class: it may stand as an index
        if node.name in self.given:
            at = tuple(self._taken(i, own, used) for i in node.indices)
            place = (*self.front, *at) if node.indices else at
            self.goals.append(self.goal._replace(node=self.given[node.name], at=place, used=used))
            return Ref(_mark(len(self.goals) - 1))
        if node.name in self.axes:
            return size(self.axes[node.name])
        return own.get(node.name, node)

    def _big(self, node: Big, own: dict[str, Expr], used: frozenset[str]) -> Expr:
        """A sum over an axis of an argument, under a letter of that axis."""
        known = self.pattern.ranges.get(node.index)
        hi = known.hi if known is not None else None
        axis = self.axes.get(hi.name) if isinstance(hi, Ref) else None
        if axis is None or node.lo is not None:
            raise OutOfReach(f"a sum over {node.index} in the row of a function")
        letter = self.e.letters.pick(axis, used)
        inside = used | ({letter.name} if isinstance(letter, Ref) else frozenset())
        here = {**own, node.index: letter}
        body = self._taken(node.body, here, inside)
        condition = None if node.condition is None else self._taken(node.condition, here, inside)
        if not isinstance(letter, Ref):
            return body
        return Big(node.op, letter.name, body, None, None, condition)


def _inlined(expr: Expr, made: dict[Key, Equation]) -> Expr:
    """The expression with the pattern's own quantities written out."""

    def change(node: Expr) -> Expr:
        equation = made.get(node.key) if isinstance(node, Ref) else None
        if equation is None or not isinstance(node, Ref):
            return node
        letters: Sequence[str] = [i.name for i in equation.lhs.indices if isinstance(i, Ref)]
        return substitute(equation.rhs, dict(zip(letters, node.indices)))

    return rewrite(expr, change)


def _mark(number: int) -> str:
    return f"#{number}"
