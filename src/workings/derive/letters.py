"""Letters of summed indices, as a reader wants them: a declared one in place of i', none that also stands outside.

The letter of a summed index says nothing, so this is no step of its own: steps are compared up to it.
"""

from __future__ import annotations

from workings.derive.inside import free_names, parts_first, unpack
from workings.derive.terms import Arena, Term


def readable(arena: Arena, root: Term) -> Term:
    """The term with summed indices that are primed, or that also stand free in it, called by a letter of their own.

    >>> arena = Arena()
    >>> arena.ranges.update(i=(arena.one, arena.ref("n")), j=(arena.one, arena.ref("n")))
    >>> p = arena.ref("p", (arena.ref("i'"),))
    >>> readable(arena, arena.big("sum", "i'", p, (None, None, None))).head[1]
    'i'
    """
    if not arena.bigs:
        return root
    order = parts_first(root)
    bigs = [t for t in order if t.kind == "big"]
    free = free_names(root)
    if not any(_wants(b, free) for b in bigs):
        return root
    taken = {b: free | _beside(b, bigs) for b in bigs}
    done: dict[Term, Term] = {}
    for term in order:
        args = tuple(done[a] for a in term.args)
        new = term if args == term.args else arena.rebuild(term, args)
        if term.kind == "big" and _wants(term, free):
            letter = _letter(arena, term.head[1], taken[term])
            for other in bigs:                       # those around it and inside it must not take the same
                if other is not term and (term in _inside(other) or other in _inside(term)):
                    taken[other] = taken[other] | {letter}
            new = _called(arena, new, letter)
        done[term] = new
    return done[root]


def _wants(big: Term, free: set[str]) -> bool:
    return big.head[1].endswith("'") or big.head[1] in free


def _inside(big: Term) -> list[Term]:
    return parts_first(big)[:-1]


def _beside(big: Term, bigs: list[Term]) -> set[str]:
    """The letters bound around and inside a sum, and those that stand free in it; its own is not among them."""
    inner = set(_inside(big))
    near = [b for b in bigs if b is not big and (b in inner or big in _inside(b))]
    free = free_names(big).union(*(free_names(b) for b in near)) - {big.head[1]}
    return free | {b.head[1] for b in near}


def _letter(arena: Arena, index: str, taken: set[str]) -> str:
    own = arena.ranges.get(index)
    bare = index.rstrip("'")
    own = own or arena.ranges.get(bare)
    alike = [n for n, ends in arena.ranges.items() if ends == own and own is not None and not n.endswith("'")]
    name = next((n for n in (bare, *alike) if n not in taken and (n == bare or n in alike)), "")
    if name:
        return name
    name = bare + "'"
    while name in taken:
        name += "'"
    return name


def _called(arena: Arena, big: Term, letter: str) -> Term:
    op, index, _ = big.head
    if letter == index:
        return big
    lo, hi, condition, body = unpack(big)
    arena.ranges.setdefault(letter, arena.ranges.get(index))
    swap = {index: arena.ref(letter)}
    condition = None if condition is None else arena.rename(condition, swap)
    return arena.big(op, letter, arena.rename(body, swap), (lo, hi, condition))
