"""Reverse mode within one right side: what reaches each leaf, and under which indices."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from workings.derive.calculus import Bound, slopes
from workings.derive.inside import parts_first
from workings.derive.terms import Arena, Term
from workings.expr import Key

Context = tuple[Bound, ...]


class Leaf(NamedTuple):
    """One place where a wanted name stands: the reference, the indices it is under, the derivative by it."""

    ref: Term
    context: Context
    slope: Term


Hold = Callable[[Term, Context, Term], Term]


def sweep(
    arena: Arena,
    root: Term,
    seed: Term,
    wanted: Collection[Key],
    name: Term | None = None,
    hold: Hold | None = None,
    order: list[Term] | None = None,
) -> list[Leaf]:
    """`seed` times the derivative of `root` by each wanted reference, from the root down, each term once.

    `name` stands for the root in its own derivative (tanh'(z5) is 1 - a5^2 where a5 = tanh(z5)); `hold` may
    name what arrives at a term that passes it on more than once.
    """
    order = parts_first(root) if order is None else order
    active = _active(order, wanted)
    if root not in active:
        return []
    if not arena.bigs:
        return _flat(arena, root, seed, active, order, name, hold)
    one = arena.one
    arrived: dict[Term, dict[Context, list[Term]]] = {root: {(): [seed]}}
    out: list[Leaf] = []
    for term in reversed(order):                     # wholes before parts
        if term not in active:
            continue
        for context, shares in arrived.pop(term, {}).items():
            total = shares[0] if len(shares) == 1 else arena.add(shares)
            if term.kind == "ref":
                out.append(Leaf(term, context, total))
                continue
            if hold is not None and total.kind not in ("ref", "num") and term is not root:
                total = hold(term, context, total) if _fans_out(term, active) else total
            own = name if term is root and term.kind in ("call", "power", "big") else None
            for operand, slope, bound in slopes(arena, term):
                if operand in active:
                    if own is not None:
                        slope = arena.replace(slope, {root: own})
                    inner = context if bound is None else (*context, bound)
                    share = total if slope is one else slope if total is one else arena.mul((total, slope))
                    arrived.setdefault(operand, {}).setdefault(inner, []).append(share)
    out.reverse()
    return out


def _active(order: list[Term], wanted: Collection[Key]) -> set[Term]:
    """The terms with a wanted reference inside."""
    active: set[Term] = set()
    for term in order:
        if term.kind == "ref":
            if (term.head, len(term.args)) in wanted:
                active.add(term)
        elif not active.isdisjoint(term.args):
            active.add(term)
    return active


def _flat(
    arena: Arena, root: Term, seed: Term, active: set[Term], order: list[Term], name: Term | None, hold: Hold | None
) -> list[Leaf]:
    """The sweep where no index is bound; most equations of a large network are such."""
    one, mul = arena.one, arena.mul
    arrived: dict[Term, list[Term]] = {root: [seed]}
    out: list[Leaf] = []
    for term in reversed(order):
        shares = arrived.pop(term, None)
        if shares is None:
            continue
        total = shares[0] if len(shares) == 1 else arena.add(shares)
        kind = term.kind
        if kind == "ref":
            out.append(Leaf(term, (), total))
            continue
        if hold is not None and total.kind not in ("ref", "num") and term is not root and _fans_out(term, active):
            total = hold(term, (), total)
        if kind == "add":
            for operand in term.args:
                if operand in active:
                    arrived.setdefault(operand, []).append(total)
            continue
        if kind == "mul" and term.head == 1 and len(term.args) == 2:      # the product rule, the commonest by far
            u, v = term.args
            if u in active:
                arrived.setdefault(u, []).append(v if total is one else mul((total, v)))
            if v in active:
                arrived.setdefault(v, []).append(u if total is one else mul((total, u)))
            continue
        own = name if term is root and kind in ("call", "power") else None
        for operand, slope, _ in slopes(arena, term):
            if operand in active:
                if own is not None:
                    slope = arena.replace(slope, {root: own})
                share = total if slope is one else slope if total is one else mul((total, slope))
                arrived.setdefault(operand, []).append(share)
    out.reverse()
    return out


def _fans_out(term: Term, active: set[Term]) -> bool:
    return sum(a in active for a in term.args) > 1
