"""Sizes of axes: symbolic, equal where their polynomials are, unknown until something tells them.

    Axis     one axis, a node of a forest: `size` once it is known
    unify    two axes become one; False where their sizes differ
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import floor, prod

from workings.expr import Add, Call, Div, Expr, Mul, Neg, Num, Pow, Ref, fold
from workings.limits import MAX_EXPONENT

Monomial = tuple[str, ...]
Polynomial = dict[Monomial, Fraction]


class Axis:
    """One axis of an array; `size` is None until it is known.  `first` is where its index begins."""

    __slots__ = ("first", "parent", "size")

    def __init__(self, size: Expr | None = None, first: int = 1) -> None:
        self.parent: Axis | None = None
        self.size, self.first = size, first

    def root(self) -> Axis:
        """The axis that stands for all those it was found equal to."""
        node = self
        while node.parent is not None:
            if node.parent.parent is not None:
                node.parent = node.parent.parent
            node = node.parent
        return node

    @property
    def value(self) -> Expr | None:
        """Its size, if it is known."""
        return self.root().size

    @property
    def one(self) -> bool:
        """Is there just one entry along it?"""
        size = self.value
        return isinstance(size, Num) and size.value == 1


def counted(size: Expr) -> Expr:
    """A size as a number, where all in it are numbers, 28 - 3 + 1 or a rounding down; any other as it is.

    >>> from workings.expr import Call
    >>> counted(Add((Call("floor", (Div(Num(25), Num(2)),)), Num(1)))).value
    13
    """
    value = fold(size, _counted)
    return size if value is None or value.denominator != 1 else Num(int(value), str(int(value)))


def _counted(node: Expr, inner: tuple[Fraction | None, ...]) -> Fraction | None:
    parts = [p for p in inner if p is not None]
    if len(parts) < len(inner):
        return None
    if isinstance(node, Num):
        return Fraction(node.value)
    if isinstance(node, Add):
        return sum(parts, Fraction(0))
    if isinstance(node, Neg):
        return -parts[0]
    if isinstance(node, Mul):
        return prod(parts, start=Fraction(1))
    if isinstance(node, Div) and parts[1]:
        return parts[0] / parts[1]
    return Fraction(floor(parts[0])) if isinstance(node, Call) and node.function == "floor" else None


def unify(a: Axis, b: Axis) -> bool:
    """Makes two axes one; False where both sizes are known and differ."""
    a, b = a.root(), b.root()
    if a is b:
        return True
    if a.size is not None and b.size is not None:
        return same_size(a.size, b.size)
    if a.size is None:
        a, b = b, a
    b.parent = a
    return True


def same_size(a: Expr, b: Expr) -> bool:
    """Are two sizes the same polynomial?

    >>> n = Ref("n")
    >>> same_size(Mul((Num(2), n)), Add((n, n)))
    True
    """
    return a is b or canonical(a) == canonical(b)


def canonical(size: Expr) -> str:
    """A size as a string that is the same for equal polynomials: what tells axes apart."""
    terms = sorted((m, c) for m, c in polynomial(size).items() if c)
    return " + ".join(f"{c}*{'*'.join(m)}" for m, c in terms)


def polynomial(size: Expr) -> Polynomial:
    """A size as monomials with their coefficients; what is none of our operations is a name of its own."""

    def combine(node: Expr, inner: tuple[Polynomial, ...]) -> Polynomial:
        if isinstance(node, Num):
            return {(): Fraction(node.value)}
        if isinstance(node, Neg):
            return {m: -c for m, c in inner[0].items()}
        if isinstance(node, Add):
            return _sum(inner)
        if isinstance(node, Mul):
            return _product(inner)
        if isinstance(node, Div) and list(inner[1]) == [()] and inner[1][()]:
            return {m: c / inner[1][()] for m, c in inner[0].items()}
        if isinstance(node, Pow) and list(inner[1]) == [()] and 0 <= inner[1][()] <= 8:
            return _product([inner[0]] * int(inner[1][()]))
        name = node.name if isinstance(node, Ref) and not inner else repr(node)[:MAX_EXPONENT]
        return {(name,): Fraction(1)}

    return fold(size, combine)


def _sum(parts: Iterable[Polynomial]) -> Polynomial:
    out: Polynomial = {}
    for part in parts:
        for m, c in part.items():
            out[m] = out.get(m, Fraction(0)) + c
    return out


def _product(parts: Iterable[Polynomial]) -> Polynomial:
    out: Polynomial = {(): Fraction(1)}
    for part in parts:
        out = _sum({tuple(sorted((*m, *k))): c * d} for m, c in out.items() for k, d in part.items())
    return out
