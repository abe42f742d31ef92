"""What a constant is worth: log 2 - 1, sqrt(2) - 1, pi - 3 have signs that balls tell for certain.

A ball that excludes 0 proves a sign.  Nothing is ever taken to be 0 because its ball is small: that e, pi and log 2 are
independent is not known, and nothing here needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workings.checking.algebra import Arena, Gen, Poly

FIXED = frozenset(["const", "log", "exp", "root", "abs", "base", "sin", "cos", "fn"])
PRECISIONS = (128, 640)


def fixed(kind: str, head: Any, args: Any, gens: list[Gen]) -> bool:
    """Is the generator a constant: made of constants only?"""
    if kind not in FIXED or (kind == "fn" and len(args) != 1):
        return False
    return all(gens[g].fixed for f in args for g in f.gens())


def sign(arena: Arena, p: Poly) -> int | None:
    """The sign of a polynomial in constants that is not 0; None where 640 bits do not tell."""
    from flint import ctx

    old = ctx.prec
    try:
        for ctx.prec in PRECISIONS:
            worth: dict[int, Any] = {}
            value = _value(arena, p, worth)
            if value is not None and value > 0:
                return 1
            if value is not None and value < 0:
                return -1
        return None
    finally:
        ctx.prec = old


def _value(arena: Arena, p: Poly, worth: dict[int, Any]) -> Any:
    from workings.checking.algebra import terms

    ts = terms(p)
    first = sorted({g for mono, _ in ts for g, _ in mono})
    every = sorted({d for g in first for d in (g, *arena.gen_list[g].deps)})
    for g in every:               # arguments are made of generators with smaller numbers
        worth[g] = _generator(arena.gen_list[g], worth)
        if worth[g] is None:
            return None
    return _sum(ts, worth)


def _sum(ts: Any, worth: dict[int, Any]) -> Any:
    from flint import arb

    total = arb(0)
    for mono, c in ts:
        part = arb(c)
        for g, e in mono:
            part = part * worth[g] ** e
        total = total + part
    return total


def _generator(gen: Gen, worth: dict[int, Any]) -> Any:
    from flint import arb

    if gen.kind == "const":
        return arb.pi()
    [f] = gen.args
    x = _sum(f.key[0], worth) / _sum(f.key[1], worth)
    if gen.kind == "exp":
        return (x / gen.head).exp()
    if gen.kind in ("log", "root", "abs"):
        size = abs(x)
        return size.log() if gen.kind == "log" else size.root(gen.head) if gen.kind == "root" else size
    if gen.kind == "base":
        return x
    own = getattr(x, gen.head if gen.kind == "fn" else gen.kind, None)
    return own() if own is not None else None
