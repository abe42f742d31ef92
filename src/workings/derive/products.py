"""Products with brackets in them: multiplied out where that is shorter; powers of one base collected."""

from __future__ import annotations

from typing import Any

from workings.derive.terms import Arena, Term

LARGEST = 24                  # terms that a bracket may have once it is multiplied out
POWER = 3                     # powers of brackets up to this are multiplied out


def multiply_out(arena: Arena, root: Term, known: Any = None) -> Term:
    """(1/p - 1) p = 1 - p: a bracket is multiplied out where the result is shorter"""
    return arena.rewrite(root, lambda t: _shorter(arena, t))


def _shorter(arena: Arena, term: Term) -> Term:
    if term.kind not in ("mul", "add"):
        return term
    best, least = term, size(term)
    for candidate in (_distributed(arena, term), _expanded(arena, term), _one_fraction(arena, term)):
        if candidate is None:
            continue
        candidate = deltas(arena, same_base(arena, candidate))
        if (n := size(candidate)) < least:
            best, least = candidate, n
    return best


def _distributed(arena: Arena, term: Term) -> Term | None:
    """The factors of a product brought into its bracket, where they cancel."""
    if term.kind != "mul":
        return None
    bracket = next((f for f in term.args if f.kind == "add" and _cancels(term, f)), None)
    if bracket is None:
        return None
    rest = arena.mul([arena.num(term.head), *(f for f in term.args if f is not bracket)])
    return arena.add([arena.mul([rest, t]) for t in _terms(arena, bracket)])


def _one_fraction(arena: Arena, term: Term) -> Term | None:
    """1 - q/(1 + q) = 1/(1 + q): a sum over the bracket that stands under one of its fraction bars."""
    if term.kind != "add":
        return None
    under = next((f for part in term.args if part.kind == "mul" for f in part.args
                  if f.kind == "pow" and f.head == -1 and f.args[0].kind == "add"), None)
    if under is None:
        return None
    bracket = under.args[0]
    over = [[arena.mul([part, bracket])] if part.kind == "mul" and under in part.args else
            [arena.mul([part, t]) for t in _terms(arena, bracket)] for part in _terms(arena, term)]
    top = arena.add([t for terms in over for t in terms])
    return arena.mul([top, under]) if top.kind == "num" else None    # p - 1 of a softmax stays


def _cancels(term: Term, bracket: Term) -> bool:
    """Does a factor outside stand under a fraction bar inside, or is there a delta inside?"""
    outside = {f.args[0] if f.kind == "pow" else f for f in term.args if f is not bracket}
    for part in bracket.args:
        for f in part.args if part.kind == "mul" else (part,):
            if (f.kind == "pow" and f.head < 0 and f.args[0] in outside) or (f.kind == "call" and f.head[0] == "delta"):
                return True
    return False


def _expanded(arena: Arena, term: Term) -> Term | None:
    """Everything multiplied out, first the brackets that cancel."""
    first = _distributed(arena, term)
    if first is None and term.kind == "mul":
        return None                                  # 2 (y - t) x stays as it is
    parts: list[Term] = []
    for part in _terms(arena, term if first is None else first):
        opened = [part] if _over(part) else _opened(arena, part)
        if opened is None or len(parts) + len(opened) > LARGEST:
            return None
        parts += opened
    return arena.add(parts)


def _over(term: Term) -> bool:
    """Is there a fraction bar?  (1 - t)/s stays one fraction."""
    return any(f.kind == "pow" and f.head < 0 for f in (term.args if term.kind == "mul" else (term,)))


def _opened(arena: Arena, term: Term) -> list[Term] | None:
    """The terms of a product multiplied out; None where they are too many."""
    out = [arena.num(term.head) if term.kind == "mul" else arena.one]
    for factor in term.args if term.kind == "mul" else (term,):
        base, e = (factor.args[0], factor.head) if factor.kind == "pow" else (factor, 1)
        if base.kind != "add" or not isinstance(e, int) or not 0 < e <= POWER:
            out = [arena.mul([o, factor]) for o in out]
            continue
        for _ in range(e):
            if len(out) * (len(base.args) + 1) > LARGEST:
                return None
            out = [arena.mul([o, t]) for o in out for t in _terms(arena, base)]
    return out


def _terms(arena: Arena, term: Term) -> list[Term]:
    if term.kind != "add":
        return [term]
    return [*term.args, arena.num(term.head)] if term.head else list(term.args)


def size(root: Term) -> int:
    """How long a term is when it is written."""
    out = 0
    stack = [root]
    while stack:
        term = stack.pop()
        out += 1
        if term.kind in ("mul", "add") and abs(term.head) not in (0, 1):
            out += 1
        if term.kind == "add" and abs(term.head) == 1:
            out += 1
        if term.kind == "pow":
            out += term.head not in (-1, 1)
        stack.extend(term.args)
        if out > 4000:
            break
    return out


def deltas(arena: Arena, root: Term, known: Any = None) -> Term:
    """p[k] delta(c, k)/p[c] = delta(c, k): beside a delta both letters are the same"""
    return arena.rewrite(root, lambda t: _same_letters(arena, t))


def _same_letters(arena: Arena, term: Term) -> Term:
    if term.kind != "mul":
        return term
    for delta in term.args:
        if delta.kind != "call" or delta.head != ("delta", 0):
            continue
        rest = arena.mul([arena.num(term.head), *(f for f in term.args if f is not delta)])
        for a, b in (delta.args, delta.args[::-1]):
            if b.kind == "ref" and not b.args:
                new = arena.mul([arena.rename(rest, {b.head: a}), delta])
                if size(new) < size(term):
                    return new
    return term


def same_base(arena: Arena, root: Term, known: Any = None) -> Term:
    """s s^(g - 1) = s^g"""
    return arena.rewrite(root, lambda t: _collected(arena, t))


def _collected(arena: Arena, term: Term) -> Term:
    if term.kind != "mul" or not any(f.kind == "power" for f in term.args):
        return term
    exponents: dict[Term, list[Term]] = {}
    for f in term.args:
        base, e = (f.args if f.kind == "power" else (f.args[0], arena.num(f.head)) if f.kind == "pow"
                   else (f, arena.one))
        exponents.setdefault(base, []).append(e)
    if all(len(es) == 1 for es in exponents.values()):
        return term
    return arena.mul([arena.num(term.head), *(arena.power(b, arena.add(es)) for b, es in exponents.items())])
