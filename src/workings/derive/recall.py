"""What lines of the text let a result say shorter: a quotient that has a name, a sum of deviations from a mean.

A line stands for all entries of its family: p[i] = exp(z[i])/sum(j, exp(z[j])) is p[k] at z[k] as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from workings.derive.calculus import Bound
from workings.derive.indices import ends_of
from workings.derive.inside import free_names, unpack
from workings.derive.patterns import Named, bag, has, instances, named, tables
from workings.derive.terms import Arena, Term


class Mean(NamedTuple):
    """A line mu[i] = factor*sum(k, body)."""

    name: Term
    heads: tuple[str, ...]
    factor: Term
    total: Term


def recall(arena: Arena, root: Term, lines: Mapping[Term, Term]) -> Term:
    """Quotients and products by the names that lines give them, also where a sum stands between their parts."""
    quotients = [q for name, value in lines.items() if _quotient(value) and (q := named(name, value)) is not None]
    if not quotients:
        return root
    return arena.rewrite(root, lambda t: _recalled(arena, t, quotients))


def _quotient(value: Term) -> bool:
    """More than one thing, one of them under a fraction bar: exp(z)/s, (x - mu)/s; not x/2 or sum(i, x[i])/n."""
    if value.kind != "mul" or len(value.args) < 2:
        return False
    under = [f for f in value.args if f.kind == "pow" and f.head < 0]
    sums = [f for f in value.args if f.kind == "big"]
    return bool(under) and len(under) < len(value.args) and not sums


def _recalled(arena: Arena, term: Term, quotients: list[Named]) -> Term:
    if term.kind != "mul":
        return term
    for known in quotients:
        new = _with_sum(arena, term, known)
        if new is not term:
            return _recalled(arena, new, quotients)
        for table in instances(arena, term, known):
            value, name = arena.rename(known.value, table), arena.rename(known.name, table)
            if _holds(bag(term), bag(value)):
                return _recalled(arena, _called(arena, term, value, name), quotients)
    return term


def _with_sum(arena: Arena, term: Term, known: Named) -> Term:
    """1/s sum(j, exp(z[j]) f[j]) = sum(j, p[j] f[j])"""
    for factor in term.args:
        if factor.kind != "big" or factor.head[0] != "sum":
            continue
        lo, hi, condition, body = unpack(factor)
        if body.kind not in ("mul", "call", "ref", "add"):
            continue
        product = body if body.kind == "mul" else arena._bag("mul", 1, (body,))
        have, outer = bag(product), bag(term)
        for table in instances(arena, product, known):
            value, name = arena.rename(known.value, table), arena.rename(known.name, table)
            missing = {b: e for b, e in bag(value).items() if not has(have.get(b, 0), e)}
            if not missing or factor.head[1] in _names(missing) or not _holds(outer, missing):
                continue
            moved = arena.mul([arena.pow(b, e) for b, e in missing.items()])
            inner = _called(arena, arena.mul([body, moved]), value, name)
            rest = [arena.num(term.head), *(f for f in term.args if f is not factor), arena.pow(moved, -1)]
            return arena.mul([*rest, arena.big("sum", factor.head[1], inner, (lo, hi, condition))])
    return term


def _called(arena: Arena, term: Term, value: Term, name: Term) -> Term:
    """A product with the name in the place of the factors that it stands for."""
    gone = bag(value)
    at = next((n for n, f in enumerate(term.args) if (f.args[0] if f.kind == "pow" else f) in gone), 0)
    out: list[Term] = [arena.num(Fraction(term.head) / Fraction(value.head))]
    for n, factor in enumerate(term.args):
        out += [name] if n == at else []
        base, e = (factor.args[0], factor.head) if factor.kind == "pow" else (factor, 1)
        out.append(arena.pow(base, e - gone.pop(base, 0)))
    return arena.mul([*out, *(arena.pow(b, -e) for b, e in gone.items())])


def _names(factors: Mapping[Term, Any]) -> set[str]:
    return set().union(*(free_names(f) for f in factors))


def _holds(have: Mapping[Term, Any], want: Mapping[Term, Any]) -> bool:
    return all(has(have.get(base, 0), e) for base, e in want.items())


# -- means
def deviations(arena: Arena, root: Term, lines: Mapping[Term, Term]) -> Term:
    """sum(i, x[i] - mu) = 0 where mu = 1/n*sum(i, x[i])"""
    means = [m for name, value in lines.items() if (m := _mean(arena, name, value)) is not None]
    if not means:
        return root
    return arena.rewrite(root, lambda t: _cancelled(arena, t, means))


def _mean(arena: Arena, name: Term, value: Term) -> Mean | None:
    sums = [f for f in value.args if f.kind == "big" and f.head[0] == "sum"] if value.kind == "mul" else []
    total = sums[0] if len(sums) == 1 else None
    if total is None or any(a.kind != "ref" or a.args for a in name.args):
        return None
    factor = arena.mul([value, arena.pow(total, -1)])
    return Mean(name, tuple(a.head for a in name.args), factor, total)


def _cancelled(arena: Arena, term: Term, means: list[Mean]) -> Term:
    if term.kind != "big" or term.head[0] != "sum":
        return term
    index = term.head[1]
    lo, hi, condition, body = unpack(term)
    first, last = ends_of(arena, Bound(index, lo, hi))
    if body.kind != "add" or condition is not None or first is None or last is None:
        return term
    count = arena.add([last, arena.neg(first), arena.one])
    parts: list[Term] = [arena.mul([arena.num(body.head), count])] if body.head else []
    for part in body.args:
        if index not in free_names(part):
            parts.append(arena.mul([count, part]))
        else:
            parts.append(_by_name(arena, part, (first, last), index, means))
    return arena.zero if arena.add(parts) is arena.zero else term


def _by_name(arena: Arena, part: Term, ends: tuple[Term, Term], index: str, means: list[Mean]) -> Term:
    """sum(i, x[i]) as n*mu"""
    number = part.head if part.kind == "mul" else 1
    core = arena.core(part)
    for mean in means:
        lo, hi, condition, body = unpack(mean.total)
        if condition is not None or ends_of(arena, Bound(mean.total.head[1], lo, hi)) != ends:
            continue
        own = arena.rename(body, {mean.total.head[1]: arena.ref(index)})
        for table in tables(core, own, mean.heads):
            if arena.rename(own, table) is core:
                over = arena.pow(arena.rename(mean.factor, table), -1)
                return arena.mul([arena.num(number), arena.rename(mean.name, table), over])
    return arena.big("sum", index, part, (None, None, None))
