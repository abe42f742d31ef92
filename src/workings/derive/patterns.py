"""Entries of families as patterns: which p[k] is it that a line p[i] = exp(z[i])/s says?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from workings.derive.inside import parts_first
from workings.derive.terms import Arena, Term


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


def instances(arena: Arena, term: Term, known: Named) -> Iterator[dict[str, Term]]:
    """Which entries of the family might stand in a term: for each head letter the index at its place."""
    return tables(term, known.value, known.heads)


def tables(term: Term, value: Term, heads: tuple[str, ...]) -> Iterator[dict[str, Term]]:
    """What the letters of `value` would be in `term`, read off entries of one family that have all of them."""
    if not heads:
        yield {}
        return
    pattern = next((t for t in parts_first(value) if t.kind == "ref" and _letters(t) >= set(heads)), None)
    if pattern is None:
        return
    seen: list[dict[str, Term]] = []
    for ref in parts_first(term):
        if ref.kind == "ref" and ref.key == pattern.key:
            table = {p.head: t for p, t in zip(pattern.args, ref.args, strict=True) if p.head in heads and not p.args}
            if len(table) == len(heads) and table not in seen:
                seen.append(table)
                yield table


def _letters(ref: Term) -> set[str]:
    return {i.head for i in ref.args if i.kind == "ref" and not i.args}


def bag(term: Term) -> dict[Term, Any]:
    factors = term.args if term.kind == "mul" else (term,)
    return {(f.args[0] if f.kind == "pow" else f): (f.head if f.kind == "pow" else 1) for f in factors}


def has(have: Any, want: Any) -> bool:
    """exp(z)^2 holds exp(z); 1/s^2 holds 1/s."""
    return bool(have >= want if want > 0 else have <= want)
