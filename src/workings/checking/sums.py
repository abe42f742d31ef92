"""Sums and products over a symbolic range in a normal form.

A sum is split into its terms, factors free of the index stand before it, a Kronecker delta picks its term, nested
sums become one over several indices.  What is left is a generator of its own, known by its range and summand, the
bound indices canonically named: sum(k, a[k]) and sum(j, a[j]) are one generator.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

from workings.checking.algebra import Frac, terms
from workings.checking.budget import Budget

if TYPE_CHECKING:
    from workings.checking.normal import Normal

Bound = tuple[int, Frac, Frac]          # generator of a bound index, its lower and its upper end
MAX_BOUND = 3                           # nested indices whose order is canonical


def total(n: Normal, k: int, lo: Frac, hi: Frac, body: Frac) -> Frac:
    """The sum of `body` over k = lo..hi; k is the number of the generator that stands for the index."""
    out = n.arena.zero_now()
    for coefficient, inner in split(n, k, body):
        out = out + coefficient * _one(n, k, lo, hi, inner)
    return out


def split(n: Normal, k: int, body: Frac) -> list[tuple[Frac, Frac]]:
    """The body as a sum of (factor free of k, rest) with each rest once."""
    body = n.arena.lift(body)
    one = n.arena.ctx.constant(1)
    free_den, own_den = n.arena.number(1), n.arena.number(1)
    if not body.den.is_constant():
        _, factors = n.arena.factors(body.den)
        for p, e in factors:
            f = Frac(n.arena, p / p.leading_coefficient(), one).power(int(e))
            if f.free_of(k):
                free_den = free_den * f
            else:
                own_den = own_den * f
    groups: dict[Any, list[Any]] = {}
    for mono, c in terms(body.num):
        own = tuple((g, e) for g, e in mono if not n.arena.of(g).free_of(k))
        rest = tuple((g, e) for g, e in mono if (g, e) not in own)
        groups.setdefault(own, []).append((rest, c))
    out = []
    for own, free in groups.items():
        coefficient = Frac(n.arena, n.arena.poly(free), n.arena.ctx.constant(1)) / free_den
        inner = Frac(n.arena, n.arena.poly([(own, n.arena.rational(1))]), n.arena.ctx.constant(1)) / own_den
        out.append((coefficient, inner))
    return out


def _one(n: Normal, k: int, lo: Frac, hi: Frac, inner: Frac) -> Frac:
    if inner.free_of(k):
        return inner * (hi - lo + n.arena.one)
    picked = _picked(n, k, lo, hi, inner)
    return generator(n, [(k, lo, hi)], inner) if picked is None else picked


def _picked(n: Normal, k: int, lo: Frac, hi: Frac, inner: Frac) -> Frac | None:
    """The one term that a delta leaves, where its other index runs over the same range."""
    for g, e in terms(inner.num)[0][0]:
        gen = n.arena.gen_list[g]
        if gen.kind != "delta" or n.arena.of(g).free_of(k):
            continue
        at = gen.args[0] + n.arena.of(k)
        if not at.free_of(k):
            at = n.arena.of(k) - gen.args[0]
        if not at.free_of(k) or not n.inside(at, lo, hi):
            continue
        return n.rebind(inner / n.arena.of(g, e), {k: at})
    return None


def generator(n: Normal, bounds: list[Bound], inner: Frac) -> Frac:
    """The generator for a sum of one term over one or more indices."""
    inside = [(g, e) for g, e in inner.key[0][0][0] if n.arena.gen_list[g].kind == "sum"]
    if len(inner.key[0]) == 1 and len(inside) == 1 and inside[0][1] == 1:
        g = inside[0][0]
        if not any(n.arena.of(g).free_of(k) for k, _, _ in bounds):
            names, body, ends = unpack(n, n.arena.gen_list[g])
            rest = inner / n.arena.of(g)
            return generator(n, bounds + [(g, a, b) for g, (a, b) in zip(names, ends)], body * rest)
    if len(bounds) > MAX_BOUND:
        raise Budget
    independent = all(f.free_of(g) for g, _, _ in bounds for _, a, b in bounds for f in (a, b))
    orders = list(permutations(bounds)) if independent else [tuple(bounds)]
    level = 1 + max((n.level(g) for g in _used(n, [inner, *(f for _, a, b in bounds for f in (a, b))])), default=0)
    best: tuple[str, tuple[Frac, ...]] | None = None
    for order in orders:
        table = {g: n.arena.make("bound", (level, i)) for i, (g, _, _) in enumerate(order)}
        args = [n.rebind(inner, table)]
        for _, a, b in order:
            args += [n.rebind(a, table), n.rebind(b, table)]
        name = " ".join(n.describe(f) for f in args)
        if best is None or name < best[0]:
            best = (name, tuple(args))
    assert best is not None
    body, limits = best[1][0], best[1][1:]
    sign = body.key[0][0][1]
    if sign != 1:
        body = body / n.arena.number(sign)
    out = n.arena.make("sum", (level, len(bounds)), (body, *limits), positive=n.positive(body))
    return out * n.arena.number(sign)


def _used(n: Normal, parts: list[Frac]) -> list[int]:
    out: dict[int, None] = {}
    for f in parts:
        for g in f.gens():
            out.update(dict.fromkeys((g, *sorted(n.arena.gen_list[g].deps))))
    return list(out)


def unpack(n: Normal, gen: Any) -> tuple[list[int], Frac, list[tuple[Frac, Frac]]]:
    """A sum's indices as new generators, its summand and its ends."""
    level, count = gen.head
    canonical = [n.arena.gen("bound", (level, i)) for i in range(count)]
    new = [n.fresh() for _ in range(count)]
    table = {g: n.arena.of(h) for g, h in zip(canonical, new)}
    args = [n.rebind(f, table) for f in gen.args]
    return new, args[0], [(args[1 + 2 * i], args[2 + 2 * i]) for i in range(count)]


def rebuilt(n: Normal, head: tuple[int, int], args: tuple[Frac, ...]) -> Frac:
    """The generator of a sum whose summand or ends have changed: the order of its indices is chosen anew."""
    level, count = head
    canonical = [n.arena.gen("bound", (level, i)) for i in range(count)]
    new = [n.fresh() for _ in range(count)]
    table = {g: n.arena.of(h) for g, h in zip(canonical, new)}
    body, *ends = [n.rebind(f, table) for f in args]
    return generator(n, [(g, ends[2 * i], ends[2 * i + 1]) for i, g in enumerate(new)], body)


def combine(n: Normal, f: Frac) -> Frac:
    """`f` with sums over one range, in which it is linear, made one sum: their summands may cancel."""
    for _ in range(4):
        ranges: dict[Any, list[int]] = {}
        for g in f.gens():
            gen = n.arena.gen_list[g]
            if gen.kind == "sum" and gen.head[1] == 1:
                ranges.setdefault(tuple(a.key for a in gen.args[1:]), []).append(g)
        before = f.key
        for group in ranges.values():
            if len(group) > 1 and not f.zero:
                f = _joined(n, f, group)
        if f.zero or f.key == before:
            return f
    return f


def _joined(n: Normal, f: Frac, group: list[int]) -> Frac:
    parts: dict[int, list[Any]] = {g: [] for g in group}
    rest = []
    for mono, c in f.key[0]:
        inside = [(g, e) for g, e in mono if g in parts]
        if not inside:
            rest.append((mono, c))
        elif len(inside) == 1 and inside[0][1] == 1:
            g = inside[0][0]
            parts[g].append((tuple((h, e) for h, e in mono if h != g), c))
        else:
            return f
    k = n.fresh()
    body, ends = n.arena.zero_now(), None
    for g, ts in parts.items():
        if not ts:
            continue
        names, inner, [ends] = unpack(n, n.arena.gen_list[g])
        inner = n.rebind(inner, {names[0]: n.arena.of(k)})
        body = body + Frac(n.arena, n.arena.poly(ts), n.arena.ctx.constant(1)) * inner
    if ends is None:
        return f
    remaining = Frac(n.arena, n.arena.poly(rest), n.arena.ctx.constant(1))
    return remaining + total(n, k, ends[0], ends[1], body)


def product(n: Normal, k: int, lo: Frac, hi: Frac, body: Frac) -> Frac:
    """The product of `body` over k = lo..hi, factor by factor."""
    body = n.arena.lift(body)
    one = n.arena.ctx.constant(1)
    out = n.arena.number(1)
    count = hi - lo + n.arena.one
    for p, sense in ((body.num, 1), (body.den, -1)):
        content, factors = n.arena.factors(p)
        if content != 1:
            out = out * n.power(n.arena.number(content), count * n.arena.number(sense), whole=True)
        for q, e in factors:
            f = Frac(n.arena, q, one)
            if f.free_of(k):
                out = out * n.power(f, count * n.arena.number(int(e) * sense), whole=True)
                continue
            level = 1 + max((n.level(g) for g in _used(n, [f, lo, hi])), default=0)
            name = n.arena.make("bound", (level, 0))
            made = n.arena.make("prod", (level, 1), (n.rebind(f, {k: name}), lo, hi), positive=n.positive(f))
            out = out * made.power(int(e) * sense)
    return out
