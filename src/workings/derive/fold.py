"""What an equation names, found again in a result: exp(z[k])/sum(j, exp(z[j])) is p[k]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from workings.derive.inside import parts_first
from workings.derive.terms import Arena, Term
from workings.derive.tidy import Knowledge, tidy
from workings.derive.written import to_expr, to_term
from workings.expr import Equation, Expr, Network


class Named(NamedTuple):
    """An equation as terms: `heads` are the letters of the family."""

    name: Term
    value: Term
    heads: tuple[str, ...]


def named(name: Term, value: Term) -> Named | None:
    """Is the equation one whose right side can be recognised: a product or a quotient of more than one thing?"""
    if value.kind != "mul" or any(a.kind != "ref" or a.args for a in name.args):
        return None
    return Named(name, value, tuple(a.head for a in name.args))


def folded(net: Network, equation: Equation, result: Expr) -> Expr:
    """The result with the name of the equation where its right side stands, tidied; itself where it does not."""
    arena = Arena()
    for name, r in net.ranges.items():
        arena.ranges[name] = (to_term(arena, r.lo), to_term(arena, r.hi))
    known = named(to_term(arena, equation.lhs), to_term(arena, equation.rhs, net.functions))
    if known is None:
        return result
    term = to_term(arena, result, net.functions)
    new = fold(arena, term, known)
    if new is term:
        return result
    fired = tidy(arena, new, Knowledge({}))
    return to_expr(fired[-1].after if fired else new)


def fold(arena: Arena, root: Term, known: Named) -> Term:
    """Products that hold the right side of the equation say its name instead."""
    return arena.rewrite(root, lambda t: _folded(arena, t, known))


def _folded(arena: Arena, term: Term, known: Named) -> Term:
    if term.kind != "mul":
        return term
    for table in _instances(arena, term, known):
        value, name = arena.rename(known.value, table), arena.rename(known.name, table)
        have, want = _bag(term), _bag(value)
        if all(_has(have.get(base, 0), e) for base, e in want.items()):
            return _folded(arena, arena.mul([name, term, arena.pow(value, -1)]), known)
    return term


def _instances(arena: Arena, term: Term, known: Named) -> Iterator[dict[str, Term]]:
    """Which entries of the family might stand in a product: matched at one factor that holds all its letters."""
    if not known.heads:
        yield {}
        return
    pattern = next((f for f in known.value.args if _letters(f) >= set(known.heads)), None)
    if pattern is None:
        return
    for factor in term.args:
        table: dict[str, Term] = {}
        if _match(pattern, factor, set(known.heads), table) and len(table) == len(known.heads):
            yield table


def _letters(term: Term) -> set[str]:
    return {t.head for t in parts_first(term) if t.kind == "ref" and not t.args}


def _match(pattern: Term, term: Term, letters: set[str], table: dict[str, Term]) -> bool:
    """Is the term the pattern with other indices?"""
    stack = [(pattern, term)]
    while stack:
        p, t = stack.pop()
        if p.kind == "ref" and not p.args and p.head in letters:
            if table.setdefault(p.head, t) is not t:
                return False
        elif not p.args:
            if p is not t:
                return False
        else:
            if p.kind != t.kind or p.head != t.head or len(p.args) != len(t.args):
                return False
            stack.extend(zip(p.args, t.args, strict=True))
    return True


def _bag(term: Term) -> dict[Term, Any]:
    factors = term.args if term.kind == "mul" else (term,)
    return {(f.args[0] if f.kind == "pow" else f): (f.head if f.kind == "pow" else 1) for f in factors}


def _has(have: Any, want: Any) -> bool:
    """exp(z)^2 holds exp(z); 1/s^2 holds 1/s."""
    return bool(have >= want if want > 0 else have <= want)
