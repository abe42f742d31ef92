"""Square roots inside square roots, where they come apart: sqrt(3 + 2 sqrt 2) = 1 + sqrt 2.

    sqrt(P + Q r) = |sqrt A + sgn(Q) sqrt B|   with r^2 = c, s^2 = P^2 - Q^2 c, A = (P + s)/2, B = (P - s)/2

(Borodin, Fagin, Hopcroft, Tompa 1985), wherever P^2 - Q^2 c is the square of a rational function.  A and B have one
sign, as A B = Q^2 c/4, and it is that of A + B = P, which is not negative where P + Q r is not.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from workings.checking.algebra import Frac

if TYPE_CHECKING:
    from workings.checking.functions import Functions

MOST_TERMS = 40


def denested(n: Functions, u: Frac) -> Frac | None:
    """sqrt(u) without the root inside it, or None where it does not come apart so."""
    u = n.arena.lift(u)
    if len(u.num) > MOST_TERMS or len(u.den) > MOST_TERMS:
        return None
    for r in u.gens():
        gen = n.arena.gen_list[r]
        if gen.kind == "root" and gen.head == 2 and r in n.arena.relations:
            found = _apart(n, u, r)
            if found is not None:
                return found
    return None


def _apart(n: Functions, u: Frac, r: int) -> Frac | None:
    one = n.arena.ctx.constant(1)
    if any(g == r for mono, _ in u.key[1] for g, _ in mono):
        return None
    parts: dict[int, list[object]] = {0: [], 1: []}
    for mono, c in u.key[0]:
        parts[dict(mono).get(r, 0)].append((tuple((g, e) for g, e in mono if g != r), c))
    below = Frac(n.arena, u.den, one)
    p, q = (Frac(n.arena, n.arena.poly(parts[k]), one) / below for k in (0, 1))     # type: ignore[arg-type]
    if p.zero or q.zero:
        return None
    s = _square_root(p * p - q * q * n.arena.relations[r][1])
    if s is None:
        return None
    half = n.arena.one / n.arena.number(2)
    a, b = (p + s) * half, (p - s) * half
    side = n.sign(q)
    if side is None or a.zero or b.zero:
        return None
    x, y = n.power(a, half), n.power(b, half)
    if side > 0:
        return x + y
    larger = n.sign(x - y)
    return None if larger is None else x - y if larger >= 0 else y - x


def _square_root(f: Frac) -> Frac | None:
    """g with g^2 = f, where f is the square of a rational function."""
    if f.zero:
        return f
    f = f.arena.lift(f)
    out = f.arena.number(1)
    one = f.arena.ctx.constant(1)
    for poly, up in ((f.num, True), (f.den, False)):
        content, factors = f.arena.factors(poly)
        top, bottom = int(content.p), int(content.q)
        if top < 0 or isqrt(top) ** 2 != top or isqrt(bottom) ** 2 != bottom or any(e % 2 for _, e in factors):
            return None
        root = f.arena.number(isqrt(top)) / f.arena.number(isqrt(bottom))
        for factor, e in factors:
            root = root * Frac(f.arena, factor, one).power(int(e) // 2)
        out = out * root if up else out / root
    return out
