"""Arrays put together in matrix notation: entry by entry, as chains of products, turned round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from workings.expr import Call, Expr, MatMul, Mul, Neg, same


class Factor(NamedTuple):
    """An array and the letters of its axes."""

    array: Expr
    letters: tuple[str, ...] = ()


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
