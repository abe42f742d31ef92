"""The door of the room: `shapes(net)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from weakref import WeakKeyDictionary

from workings.errors import NotReadable, WorkingsError
from workings.expr import All, Array, Call, Equation, Expr, Key, MatMul, Network, Ref
from workings.functions import table
from workings.shape.axes import Axes, Shape
from workings.shape.ranks import BOLD, ROW, Ranks
from workings.shape.sizes import Axis, canonical

SIZES = ("n", "m", "d", "p", "q", "r", "s", "h", "K", "M", "L")       # names of sizes that nothing names


class Shapes:
    """The sizes of the axes of every name and expression.

    `ranks.guessed`: the names that no line declares, whose rank their place and letter told; `fresh`: the
    sizes that got a name here.
    """

    def __init__(self, net: Network, given: Mapping[str, int] | None = None) -> None:
        self.net = net
        self.ranks = Ranks(net, given)
        self.axes = Axes(net, self.ranks)
        self.fresh: list[str] = []
        try:
            for equation in _in_order(net):
                self.axes.define(equation)
        except WorkingsError as error:
            raise error.located(net.source) from None
        self._name()

    def _name(self) -> None:
        """Every axis that nothing tells the size of gets a fresh name for it."""
        taken = set(self.net.ranges) | set(self.net.sizes) | {n for n, _ in (*self.net.defs, *self.net.leaves)}
        taken |= set(self.net.indices) | set(self.net.functions)
        for axes in self.axes.names.values():
            for axis in axes:
                root = axis.root()
                if root.size is None:
                    name = next((s for s in SIZES if s not in taken), "")
                    n = 1
                    while not name:
                        name = f"n{n}" if f"n{n}" not in taken else ""
                        n += 1
                    taken.add(name)
                    self.fresh.append(name)
                    root.size = Ref(name)

    def of(self, expr: Expr) -> tuple[Expr, ...]:
        """The size of each axis of an expression; () of a number.  Raises `ShapeError` where parts do not fit.

        >>> from workings.expr import Equation
        >>> net = Network((Equation(Ref("z"), MatMul((Ref("W"), Ref("x")))),), shapes={"W": (Ref("m"), Ref("n"))})
        >>> [s.name for s in shapes(net).of(Ref("x"))], [s.name for s in shapes(net).of(Ref("z"))]
        (['n'], ['m'])
        """
        return tuple(size(a) for a in self.axes.of(expr).axes)

    def shape(self, expr: Expr, note: dict[int, Shape] | None = None) -> Shape:
        """Like `of`, with axes that know each other, and those of every part in `note`."""
        return self.axes.of(expr, note)

    def adopt(self, name: Ref, value: Expr) -> None:
        """A name that no equation knows has the axes of its value, behind those of its own index places."""
        unit = self.ranks.unit(name.key)
        if unit in self.ranks.total:
            return
        found = self.axes.of(value)
        places = tuple(Axis() for _ in name.indices)
        self.ranks.total[unit] = ROW if found.row and not places else len(places) + len(found.axes)
        self.axes.names[unit] = (*places, *found.axes)

    def note(self, name: str, sizes: Sequence[Expr]) -> None:
        """A name that stands for an array of these sizes, such as an adjoint."""
        self.ranks.total[name] = len(sizes)
        self.axes.names[name] = tuple(Axis(s) for s in sizes)

    def copy(self) -> Shapes:
        """Shapes that may adopt names of their own."""
        out = copy(self)
        out.ranks, out.axes = copy(self.ranks), copy(self.axes)
        out.ranks.total, out.axes.names = dict(self.ranks.total), dict(self.axes.names)
        out.axes.ranks = out.ranks
        return out

    def name(self, key: Key) -> tuple[Axis, ...]:
        """All axes of a name, the places of a family first."""
        return self.axes.whole(key)

    def names(self) -> Iterator[tuple[Key, tuple[Axis, ...]]]:
        """Every name with the axes that its own index places leave, in the order of the text."""
        for key in dict.fromkeys((*self.net.defs, *self.net.leaves)):
            yield key, self.axes.whole(key)[key[1] :]


def _in_order(net: Network) -> Sequence[Equation]:
    """Each equation after those it uses, where there is such an order: a recurrence has none."""
    try:
        return net.ordered
    except NotReadable:
        return net.equations


def size(axis: Axis) -> Expr:
    """The size of an axis."""
    found = axis.value
    return Ref("?") if found is None else found


def axis_key(axis: Axis) -> str:
    """What two axes of one size have in common."""
    return canonical(size(axis))


_KNOWN: WeakKeyDictionary[Network, Shapes] = WeakKeyDictionary()


def shapes(net: Network) -> Shapes:
    """The sizes of every defined name and every expression of a network.

    Raises `ShapeError`, which names both shapes and the place.
    """
    found = _KNOWN.get(net)
    if found is None:
        found = _KNOWN[net] = Shapes(net)
    return found


def has_arrays(net: Network) -> bool:
    """Does anything in the network have axes of its own?"""
    if any(net.shapes.values()) or any(latex.startswith(BOLD) for latex in net.spelling.values()):
        return True
    for body in (*(e.rhs for e in net.equations), *(f.body for f in net.functions.values())):
        stack = [body]
        while stack:
            node = stack.pop()
            kind = type(node)
            if kind is MatMul or kind is Array or kind is All:
                return True
            if kind is Call and node.function in _ARRAY and node.function not in net.functions:  # type: ignore[attr-defined]
                return True
            stack += node.children()
    return False


_ARRAY = frozenset(name for name, row in table.items() if row.kind == "array")
