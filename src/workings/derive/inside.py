"""Looking inside terms: parts in order, names that are free, what a big operator holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workings.derive.terms import Term


REMEMBERED = 400              # parts of a term, above which the list of them is made anew each time


def unpack(term: Term) -> tuple[Term | None, Term | None, Term | None, Term]:
    """lo, hi, condition and body of a big operator."""
    rest = list(term.args)
    ends = [rest.pop(0) if given else None for given in term.head[2]]
    return ends[0], ends[1], ends[2], rest[0]


def parts_first(root: Term, stop: Callable[[Term], bool] | None = None) -> list[Term]:
    """Every term inside, each once, parts before wholes; the insides of a `stop` are not entered.

    The rules of `tidy` look through one term after the other: the parts of a small one are remembered.
    """
    if stop is None and root.parts is not None:
        return root.parts
    seen: set[Term] = {root}
    stack, out = [root], []
    while stack:
        term = stack.pop()
        out.append(term)
        if stop is not None and stop(term):
            continue
        for arg in term.args:
            if arg not in seen:
                seen.add(arg)
                stack.append(arg)
    out.sort(key=_number)
    if stop is None and len(out) <= REMEMBERED:
        root.parts = out
    return out


def _number(term: Term) -> int:
    return term.number


def names_in(root: Term) -> set[str]:
    """The names of all refs inside, bound ones too."""
    return {t.head for t in parts_first(root) if t.kind == "ref"}


def free_names(root: Term) -> set[str]:
    """The names inside that no big operator binds."""
    out: set[str] = set()
    stack: list[tuple[Term, frozenset[str]]] = [(root, frozenset())]
    seen: set[tuple[Term, frozenset[str]]] = set()
    while stack:
        item = stack.pop()
        if item in seen:
            continue
        seen.add(item)
        term, bound = item
        if term.kind == "ref" and (term.args or term.head not in bound):
            out.add(term.head)
        if term.kind == "big":
            lo, hi, condition, body = unpack(term)
            inner = bound | {term.head[1]}
            stack.append((body, inner))
            if condition is not None:
                stack.append((condition, inner))
            stack.extend((e, bound) for e in (lo, hi) if e is not None)
        else:
            stack.extend((a, bound) for a in term.args)
    return out


def names_outside(root: Term) -> set[str]:
    """The plain names of an index expression, k and p of k + p - y[i]; those inside of entries are not among them."""
    out: set[str] = set()
    stack = [root]
    while stack:
        term = stack.pop()
        if term.kind == "ref" and not term.args:
            out.add(term.head)
        elif term.kind in ("add", "mul"):
            stack.extend(term.args)
    return out
