"""Arrays put together in matrix notation: entry by entry, as chains of products, turned round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from workings.expr import All, Big, Call, Expr, MatMul, Mul, Neg, Ref, same


class Factor(NamedTuple):
    """An array and the letters of its axes."""

    array: Expr
    letters: tuple[str, ...] = ()


UNITS = ("1r", "1c")          # stand for the index of an axis of one entry, rows and columns: w[i,1] of an n x 1 matrix
EYE = Call("delta", ())       # the identity matrix, which has no name of its own


class NoForm(Exception):
    """There is no matrix notation for it."""


class Product(NamedTuple):
    """A product of entries, summed over the letters `sums`, outer ones first.

    `source`: the sum as it was written; `inside`: the sign of what stands in it.
    """

    sign: int
    factors: tuple[Factor, ...]
    sums: tuple[str, ...] = ()
    source: Expr | None = None
    inside: int = 1

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of all factors but those summed over; those of a matrix as they stand in it."""
        found = sorted((f for f in self.factors), key=lambda f: -len(f.letters))
        return tuple(dict.fromkeys(x for f in found for x in f.letters if x not in self.sums))


def scaled(left: list[Expr], core: Expr, right: list[Expr]) -> Expr:
    """diag(v) @ M scales rows, M @ diag(v) columns."""
    parts = [*([Call("diag", (entrywise(left),))] if left else []), core]
    parts += [Call("diag", (entrywise(right),))] if right else []
    return parts[0] if len(parts) == 1 else times(*parts)


def grouped(mats: list[Factor]) -> list[Factor]:
    """Matrices at the same two letters are multiplied entry by entry."""
    groups: dict[frozenset[str], list[Factor]] = {}
    for f in mats:
        groups.setdefault(frozenset(f.letters), []).append(f)
    return [Factor(entrywise([oriented(f, fs[0].letters) for f in fs]), fs[0].letters) for fs in groups.values()]


def inner(vectors: list[Expr]) -> Expr:
    """sum(a), norm2(a), dot(a, b)"""
    parts = [p for v in vectors for p in (v.args if isinstance(v, Mul) and v.each else (v,))]
    if len(parts) == 1:
        return Call("sum", (parts[0],))
    if len(parts) == 2 and same(*parts):
        return Call("norm2", (parts[0],))
    return Call("dot", (entrywise(parts[:-1]), parts[-1]))


def entrywise(parts: Sequence[Expr]) -> Expr:
    if len(parts) == 1:
        return parts[0]
    return Mul(tuple(f for p in parts for f in (p.args if isinstance(p, Mul) and p.each else (p,))), None, True)


def flat(parts: Sequence[Expr]) -> tuple[Expr, ...]:
    """Numbers and one array as a flat product."""
    return tuple(f for p in parts for f in (p.args if isinstance(p, Mul) and not p.each else (p,)))


def times(*parts: Expr) -> Expr:
    """A chain of matrix products."""
    return MatMul(tuple(f for p in parts for f in (p.args if isinstance(p, MatMul) else (p,))))


def oriented(f: Factor, order: tuple[str, ...]) -> Expr:
    """A matrix with its axes in this order."""
    return f.array if f.letters == order else transposed(f.array)


def transposed(expr: Expr) -> Expr:
    """The transpose, put as far inside as products and sums go: T(A @ B) is T(B) @ T(A)."""
    if isinstance(expr, Call) and expr.function == "T":
        return expr.args[0]
    if isinstance(expr, Call) and expr.function == "outer":
        return Call("outer", expr.args[::-1])
    if isinstance(expr, Call) and expr.function == "diag":
        return expr
    if isinstance(expr, Neg):
        return Neg(transposed(expr.arg))
    if isinstance(expr, Big):
        return Big(expr.op, expr.index, transposed(expr.body), expr.lo, expr.hi, expr.condition)
    if isinstance(expr, Mul) and not expr.each:          # numbers stand in front
        return Mul((*expr.args[:-1], transposed(expr.args[-1])))
    if isinstance(expr, MatMul):
        return MatMul(tuple(transposed(a) for a in reversed(expr.args)))
    return Call("T", (expr,))


def renamed(f: Factor, old: str, new: str) -> Factor:
    letters = tuple(new if x == old else x for x in f.letters)
    if len(set(letters)) < len(letters):
        return Factor(Call("diag", (f.array,)), letters[:1])
    return Factor(f.array, letters)


def narrowed(p: Product, order: tuple[str, ...]) -> Product:
    """An axis of one entry that two factors have and the result has not is summed over: x[i,1]*y[j,1] is x @ T(y)."""
    gone = tuple(x for x in p.letters if x in UNITS and x not in order)
    if any(sum(x in f.letters for f in p.factors) < 2 for x in gone):
        raise NoForm
    return p._replace(sums=(*p.sums, *gone)) if gone else p


def taken_at(f: Factor, letter: str) -> Factor:
    """The row x[t] of an array at the index of a family."""
    if letter not in f.letters:
        return f
    if not isinstance(f.array, Ref) or f.letters.index(letter) or any(isinstance(i, All) for i in f.array.indices):
        raise NoForm
    return Factor(Ref(f.array.name, (*f.array.indices, Ref(letter)), f.array.span), f.letters[1:])


def order_of(parts: Iterable[Product]) -> tuple[str, ...]:
    """The axes of a sum: those of its first matrix, else in order of first use."""
    longest = sorted((p.letters for p in parts), key=lambda x: -len(x))
    return tuple(dict.fromkeys(x for letters in longest for x in letters))


def softmax_of(top: Product, bottom: Product) -> Product | None:
    """exp(z[i])/sum(j, exp(z[j]))"""
    if len(top.factors) != 1 or len(bottom.factors) != 1:
        return None
    above, below = top.factors[0], bottom.factors[0]
    inside = exponentials(below.array)
    if inside is None or not isinstance(above.array, Call) or above.array.function != "exp":
        return None
    if not same(above.array.args[0], inside) or above.letters[:-1] != below.letters:
        return None
    return Product(top.sign * bottom.sign, (Factor(Call("softmax", (inside,)), above.letters),))


def exponentials(expr: Expr) -> Expr | None:
    """z of sum(exp(z)), the sum over the last axis."""
    if isinstance(expr, Call) and expr.function in ("sum", "rowsum"):
        arg = expr.args[0]
        if isinstance(arg, Call) and arg.function == "exp":
            return arg.args[0]
    return None
