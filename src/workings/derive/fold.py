"""What an equation names, found again in a result: exp(z[k])/sum(j, exp(z[j])) is p[k]."""

from __future__ import annotations

from workings.derive.patterns import Named, bag, has, instances, named
from workings.derive.terms import Arena, Term
from workings.derive.tidy import Knowledge, tidy
from workings.derive.written import to_expr, to_term
from workings.expr import Equation, Expr, Network


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
    for table in instances(arena, term, known):
        value, name = arena.rename(known.value, table), arena.rename(known.name, table)
        have, want = bag(term), bag(value)
        if all(has(have.get(base, 0), e) for base, e in want.items()):
            return _folded(arena, arena.mul([name, term, arena.pow(value, -1)]), known)
    return term
