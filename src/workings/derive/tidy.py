"""Rules that bring a derivative into the form in which a textbook prints it, in the order in which they fire.

Each rule is a rewriting of terms with a name; `tidy` lists what fired.  Numbers are collected, ones dropped
and signs moved to the front by the terms themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from math import gcd
from typing import Any, NamedTuple

from workings.derive.calculus import Bound
from workings.derive.guards import guards
from workings.derive.indices import ends_of, solve
from workings.derive.letters import readable
from workings.derive.products import deltas, multiply_out, same_base
from workings.derive.inside import free_names, names_outside, parts_first, unpack
from workings.derive.recall import deviations, recall
from workings.derive.terms import Arena, Term


class Fired(NamedTuple):
    """A rule that changed something, with the fields of its sentence and the term after it."""

    rule: str
    says: Mapping[str, Any]
    after: Term


class Knowledge(NamedTuple):
    """Right sides of names that identities may look through, c = cosh(z); `data`: names that no line defines."""

    lines: Mapping[Term, Term]
    data: frozenset[str] = frozenset()


Rewriting = Callable[[Arena, Term, Knowledge], Term]


class Rule(NamedTuple):
    """A rewriting with its name (`answers.gradient.SAYS` has its words) and an example, with the `lines` it needs."""

    name: str
    rewriting: Rewriting
    before: str
    after: str
    lines: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()                      # kinds of terms and functions without which it changes nothing


def tidy(arena: Arena, term: Term, known: Knowledge) -> list[Fired]:
    """The rules that changed the term, one after the other."""
    out: list[Fired] = []
    has = _kinds(term)
    settled: dict[str, Term] = {}                    # what each rule has nothing more to do on
    for _ in range(ROUNDS):
        start = term
        for rule in RULES:
            if not has.issuperset(rule.needs) or (rule.lines and not known.lines) or settled.get(rule.name) is term:
                continue
            new, ended = _run(arena, term, known, rule)
            if ended:
                settled[rule.name] = new
            if new is not term:
                term, has = new, _kinds(new)
                out.append(Fired(rule.name, {}, term))
        if term is start:
            break
    if out:
        out[-1] = out[-1]._replace(after=readable(arena, term))
    return out


def _kinds(root: Term) -> set[str]:
    """The kinds of terms inside, and the functions."""
    return {t.head[0] if t.kind == "call" else t.kind for t in parts_first(root)}


def applied(arena: Arena, term: Term, known: Knowledge, rule: Rule) -> Term:
    """One rule as often as it changes anything."""
    return _run(arena, term, known, rule)[0]


def _run(arena: Arena, term: Term, known: Knowledge, rule: Rule) -> tuple[Term, bool]:
    """The term after a rule, and whether the rule has nothing more to do on it."""
    for _ in range(TIMES):
        new = rule.rewriting(arena, term, known)
        if new is term:
            return term, True
        term = new
    return term, False


def finished(arena: Arena, term: Term, known: Knowledge) -> str:
    """The first rule that would still change a result; "" when it is in the form that a textbook prints."""
    return next((r.name for r in RULES if r.rewriting(arena, term, known) is not term), "")


# -- identities
def hyperbolic(arena: Arena, root: Term, known: Knowledge) -> Term:
    """sinh(z)/cosh(z) = tanh(z), also where a line says c = cosh(z)"""
    return arena.rewrite(root, lambda t: _quotient(arena, t, known, "sinh", "cosh", "tanh"))


def circular(arena: Arena, root: Term, known: Knowledge) -> Term:
    """sin(z)/cos(z) = tan(z)"""
    return arena.rewrite(root, lambda t: _quotient(arena, t, known, "sin", "cos", "tan"))


def _quotient(arena: Arena, term: Term, known: Knowledge, top: str, bottom: str, whole: str) -> Term:
    if term.kind != "mul":
        return term
    for under in term.args:
        if under.kind != "pow" or under.head != -1:
            continue
        inner = known.lines.get(under.args[0], under.args[0])
        if inner.kind != "call" or inner.head != (bottom, 0):
            continue
        over = arena.call(top, inner.args)
        for factor in term.args:
            if factor is over or known.lines.get(factor) is over:
                new = arena.call(whole, inner.args)
                rest = [new if f is factor else f for f in term.args if f is not under]
                return arena.mul([arena.num(term.head), *rest])
    return term


def roots(arena: Arena, root: Term, known: Knowledge) -> Term:
    """sqrt(u)^2 = u, 1/sqrt(u)^2 = 1/u"""
    return arena.rewrite(root, lambda t: _rooted(arena, t))


def _rooted(arena: Arena, term: Term) -> Term:
    if term.kind != "pow" or not isinstance(term.head, int) or term.head % 2 or term.args[0].kind != "call":
        return term
    inner = term.args[0]
    return arena.pow(inner.args[0], term.head // 2) if inner.head == ("sqrt", 0) else term


# -- lines of the text
def by_name(arena: Arena, root: Term, known: Knowledge) -> Term:
    """(x[i] - mu)/s = xhat[i], where a line says so"""
    return recall(arena, root, known.lines)


def by_mean(arena: Arena, root: Term, known: Knowledge) -> Term:
    """sum(i, x[i] - mu) = 0 where mu = 1/n*sum(i, x[i])"""
    return deviations(arena, root, known.lines)


# -- sums
def same_sums(arena: Arena, root: Term, known: Knowledge) -> Term:
    """Sums that differ in the letter of their index only are one"""
    if not arena.bigs:
        return root
    first: dict[tuple[Any, ...], Term] = {}
    blank = arena.ref("\0")

    def change(term: Term) -> Term:
        if term.kind != "big":
            return term
        op, index, given = term.head
        lo, hi, condition, body = unpack(term)
        swap = {index: blank}
        kept = None if condition is None else arena.rename(condition, swap)
        ends = ends_of(arena, Bound(index, lo, hi))
        return first.setdefault((op, given, ends, kept, arena.rename(body, swap)), term)

    return arena.rewrite(root, change)


# -- cases
def cases(arena: Arena, root: Term, known: Knowledge) -> Term:
    """where(c, 1, 0) a + where(c, 0, 1) b = where(c, a, b)"""
    return arena.rewrite(root, lambda t: _merged(arena, t))


def _merged(arena: Arena, term: Term) -> Term:
    if term.kind == "mul" and term.head == -1 and len(term.args) == 1 and term.args[0].kind == "call" and (
        term.args[0].head == ("where", 0)
    ):
        condition, a, b = term.args[0].args          # a sign goes into the cases
        return arena.call("where", (condition, arena.neg(a), arena.neg(b)))
    if term.kind != "add":
        return term
    sides: dict[Term, dict[bool, list[Term]]] = {}
    rest: list[Term] = [arena.num(term.head)] if term.head else []
    for part in term.args:
        case = next((f for f in (part.args if part.kind == "mul" else (part,)) if _case(arena, f) is not None), None)
        if case is None:
            rest.append(part)
        else:
            other = arena.mul([part, arena.pow(case, -1)])
            first = _case(arena, case)
            assert first is not None
            sides.setdefault(case.args[0], {True: [], False: []})[first].append(other)
    for condition, both in sides.items():
        a, b = arena.add(both[True]), arena.add(both[False])
        same = [arena.pow(base, e) for base, e in _bag(a).items() if _bag(b).get(base) == e and base.kind != "num"]
        under = arena.pow(arena.mul(same), -1) if same else arena.one      # what both cases have stands in front
        rest.append(arena.mul([*same, arena.call("where", (condition, arena.mul([a, under]), arena.mul([b, under])))]))
    return arena.add(rest) if sides else term


def _case(arena: Arena, term: Term) -> bool | None:
    """Is it where(c, 1, 0), or where(c, 0, 1)?"""
    if term.kind != "call" or term.head != ("where", 0):
        return None
    if term.args[1:] == (arena.one, arena.zero):
        return True
    return False if term.args[1:] == (arena.zero, arena.one) else None


# -- indices
def collapse(arena: Arena, root: Term, known: Knowledge) -> Term:
    """Of a sum over k of f(k) delta(k, m) the term k = m remains"""
    return arena.rewrite(root, lambda t: _collapsed(arena, t))


def _collapsed(arena: Arena, term: Term) -> Term:
    if term.kind != "big" or term.head[0] != "sum":
        return term
    lo, hi, condition, body = unpack(term)
    index = term.head[1]
    if body.kind == "add" and any(_delta(arena, a, index) for a in body.args):
        parts = [*body.args, arena.num(body.head)] if body.head else list(body.args)
        return arena.add([_collapsed(arena, arena.big("sum", index, p, (lo, hi, condition))) for p in parts])
    if body.kind == "big":
        return _exchanged(arena, term, body, (lo, hi, condition))
    delta = _delta(arena, body, index)
    if delta is None:
        return _opened(arena, term, body, index, (lo, hi, condition))
    bound = Bound(index, lo, hi, condition)
    for place, wanted in (delta.args, delta.args[::-1]):
        if index in free_names(wanted):
            continue
        found = solve(arena, (place,), (wanted,), (bound,))
        if found is None:
            return arena.zero                        # t + 1 = 0 while t runs from 0
        if index in found.table:
            rest = arena.mul([body, arena.pow(delta, -1)]) if body.kind == "mul" else arena.one
            return found.guard(arena, arena.rename(rest, found.table))
    return term


def _exchanged(arena: Arena, term: Term, body: Term, ends: tuple[Any, Any, Any]) -> Term:
    """Of two sums the inner one goes outside where the delta belongs to the outer one."""
    index = term.head[1]
    lo, hi, condition, inner = unpack(body)
    if body.head[0] != "sum" or any(e is not None and index in free_names(e) for e in (lo, hi, condition)):
        return term
    if any(e is not None and body.head[1] in free_names(e) for e in ends):
        return term
    swapped = arena.big("sum", index, inner, ends)
    done = _collapsed(arena, swapped)
    return term if done is swapped else arena.big("sum", body.head[1], done, (lo, hi, condition))


def _opened(arena: Arena, term: Term, body: Term, index: str, ends: tuple[Any, Any, Any]) -> Term:
    """A bracket with a delta inside is multiplied out: p (delta - q)"""
    if body.kind != "mul":
        return term
    for factor in body.args:
        if factor.kind == "add" and any(_delta(arena, a, index) for a in factor.args):
            at = body.args.index(factor)
            front, back = [arena.num(body.head), *body.args[:at]], body.args[at + 1 :]
            terms = [*factor.args, arena.num(factor.head)] if factor.head else list(factor.args)
            return arena.add(
                [_collapsed(arena, arena.big("sum", index, arena.mul([*front, t, *back]), ends)) for t in terms])
    return term


def _delta(arena: Arena, term: Term, index: str) -> Term | None:
    """A delta that is solved for the index; delta(y[k], i) is not solved for k."""
    factors = term.args if term.kind == "mul" else (term,)
    return next((f for f in factors if f.kind == "call" and f.head == ("delta", 0)
                 and any(index in names_outside(a) for a in f.args)), None)


# -- sums and common factors
def constants_out(arena: Arena, root: Term, known: Knowledge) -> Term:
    """A factor without the index stands before the sum"""
    return arena.rewrite(root, lambda t: outside(arena, t))


def outside(arena: Arena, term: Term) -> Term:
    """Constant factors taken out of one sum."""
    if term.kind != "big" or term.head[0] != "sum":
        return term
    lo, hi, condition, body = unpack(term)
    index = term.head[1]
    if body.kind != "mul":
        return term
    free = [f for f in body.args if index not in free_names(f)]
    if not free and body.head == 1:
        return term
    inner = [f for f in body.args if index in free_names(f)]
    if not inner and condition is None and (lo is None or hi is None):
        inner = [arena.one]
    whole = arena.big("sum", index, arena.mul(inner) if inner else arena.one, (lo, hi, condition))
    return arena.mul([arena.num(body.head), *free, whole])


def common_factors(arena: Arena, root: Term, known: Knowledge) -> Term:
    """a b + a c = a (b + c)"""
    return arena.rewrite(root, lambda t: factored(arena, t, known.data))


def factored(arena: Arena, term: Term, data: frozenset[str] = frozenset()) -> Term:
    """The factors that all terms of a sum share, taken out: p*(c - s), but (p - t)*x where x is data."""
    if term.kind != "add" or term.head or len(term.args) < 2:
        return term
    parts = _with_roots(arena, term.args)
    bags = [_bag(a) for a in parts]
    shared: list[Term] = []
    for base, _e in bags[0].items():
        low = _least([bag.get(base, 0) for bag in bags])
        if low and base.kind != "num":
            shared.append(arena.pow(base, low))
    number = _content([a.head if a.kind == "mul" else 1 for a in parts])
    if not shared and number == 1:
        return term
    bases = {_base(f) for f in shared}
    out = arena.mul([arena.num(number), *shared])
    under = arena.pow(out, -1)
    bracket = arena.add([arena.mul([a, under]) for a in parts])
    order = list(bags[0])
    first = next((n for n, b in enumerate(order) if b not in bases), 0)
    after = [f for f in shared if f.kind == "ref" and f.head in data and order.index(f) > first]
    return arena.mul([arena.num(number), *(f for f in shared if f not in after), bracket, *after])


def _with_roots(arena: Arena, parts: tuple[Term, ...]) -> tuple[Term, ...]:
    """1/u beside 1/sqrt(u) is 1/sqrt(u)^2, so that both have 1/sqrt(u) in common."""
    bases = [{_base(f): f for f in (a.args if a.kind == "mul" else (a,))} for a in parts]
    roots = {b.args[0]: b for bag in bases for b in bag if b.kind == "call" and b.head == ("sqrt", 0)}
    if not any(u in bag for u in roots for bag in bases):
        return parts
    return tuple(
        arena.mul([arena.num(a.head) if a.kind == "mul" else arena.one,
                   *(arena.pow(roots[_base(f)], 2 * f.head) if f.kind == "pow" and _base(f) in roots else f
                     for f in (a.args if a.kind == "mul" else (a,)))])
        for a in parts)


def _base(term: Term) -> Term:
    return term.args[0] if term.kind == "pow" else term


def _bag(term: Term) -> dict[Term, Any]:
    factors = term.args if term.kind == "mul" else (term,)
    return {(f.args[0] if f.kind == "pow" else f): (f.head if f.kind == "pow" else 1) for f in factors}


def _least(exponents: list[Any]) -> Any:
    """The power that all have: the least of positive ones, the greatest of negative ones."""
    if all(e > 0 for e in exponents):
        return min(exponents)
    if all(e < 0 for e in exponents):
        return max(exponents)
    return 0


def _content(numbers: list[Any]) -> Any:
    """The number that divides all: 2 of 2 and 4, 1/2 of 1/2 and -1/2."""
    exact = [Fraction(n) for n in numbers]
    if len({q.denominator for q in exact}) > 1:
        return 1
    top = reduce(gcd, (abs(q.numerator) for q in exact))
    out = Fraction(top, exact[0].denominator)
    if all(q < 0 for q in exact):
        out = -out
    return out


RULES: tuple[Rule, ...] = (
    Rule("index", collapse, "sum(k, f[k]*delta(k, m))", "f[m]", needs=("big", "delta")),
    Rule("same sums", same_sums, "sum(i, f[i]) + sum(k, f[k])", "2*sum(i, f[i])", needs=("big",)),
    Rule("cases", cases, "where(c > 0, 1, 0)*a + where(c > 0, 0, 1)*b", "where(c > 0, a, b)", needs=("where",)),
    Rule("range", guards, "sum(k, 1, n, f[k]*where(k <= i, 1, 0))", "sum(k, 1, min(n, i), f[k])", needs=("where",)),
    Rule("tanh identity", hyperbolic, "1/cosh(z)*sinh(z)", "tanh(z)", needs=("mul", "pow")),
    Rule("tan identity", circular, "sin(z)/cos(z)", "tan(z)", needs=("mul", "pow")),
    Rule("same base", same_base, "s*s^(g - 1)", "s^g", needs=("power",)),
    Rule("delta", deltas, "p[k]*delta(k, c)/p[c]", "delta(k, c)", needs=("mul", "delta")),
    Rule("deviations", by_mean, "sum(i, 1, n, x[i] - mu)", "0", ("mu = 1/n*sum(i, 1, n, x[i])",), ("big", "add")),
    Rule("multiply out", multiply_out, "(t/p - (1 - t)/(1 - p))*p*(1 - p)", "t - p", needs=("add",)),
    Rule("constants out", constants_out, "sum(k, a*f[k]/N)", "1/N*a*sum(k, f[k])", needs=("big",)),
    Rule("common factor", common_factors, "a*b + a*c", "a*(b + c)", needs=("add",)),
    Rule("named", by_name, "x[k]*exp(z[k])/sum(j, exp(z[j]))", "x[k]*p[k]",
         ("p[i] = exp(z[i])/sum(j, exp(z[j]))",), ("mul", "pow")),
    Rule("root", roots, "sqrt(v + e)^2", "v + e", needs=("pow", "sqrt")),
)
ROUNDS = 4                    # times that the list of rules is gone through
TIMES = 8                     # a rule fires at most this often in one step
