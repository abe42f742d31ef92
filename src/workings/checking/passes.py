"""What a backward pass for a line needs: its letters and ends, what waits for it, and whether it is complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from workings.checking.derivs import derivatives
from workings.checking.names import place_letters
from workings.errors import OutOfReach
from workings.expr import Big, Equation, Expr, Network, Num, Range, Ref, free_refs, preorder, same
from workings.expr.nodes import Key

if TYPE_CHECKING:
    from workings.derive.program import Statement


def general(net: Network, wrt: Ref) -> tuple[Ref, dict[str, Expr]]:
    """The family at its own letters, and what they are in an entry: a pass is by p[c], whichever entry is asked."""
    heads = [e.lhs for e in net.defs.get(wrt.key, ()) if all(_is_letter(i, net) for i in e.lhs.indices)]
    if heads:
        head = heads[0]
    else:
        places = place_letters(net)
        letters = [places.get((wrt.name, n), "") for n in range(len(wrt.indices))]
        if wrt.key in net.defs or not all(letters) or len(set(letters)) < len(letters):
            return wrt, {}
        head = Ref(wrt.name, tuple(Ref(x) for x in letters))
    return head, {i.name: at for i, at in zip(head.indices, wrt.indices) if isinstance(i, Ref)}


def _is_letter(index: Expr, net: Network) -> bool:
    return isinstance(index, Ref) and not index.indices and index.name not in net.sizes


def ends(net: Network, wrt: Ref) -> list[Ref]:
    """The entries of a recurrence that have equations of their own, as h[0] has: h[t-1] may be one of them."""
    places = net.defs.get(wrt.key, [])
    letters = [e for e in places if any(r.name in net.ranges for i in e.lhs.indices for r in free_refs(i))]
    if not wrt.indices or not letters:
        return []
    return [e.lhs for e in places if any(isinstance(i, Num) for i in e.lhs.indices) and not same(e.lhs, wrt)]


def waiting_of(net: Network) -> dict[Key, list[Equation]]:
    """The equations that hold derivatives, and those that use their names."""
    found = {e.key for e in net.equations if derivatives(e.rhs)}
    while found:
        more = {e.key for e in net.equations if any(r.key in found for r in free_refs(e.rhs))} - found
        if not more:
            break
        found |= more
    return {key: net.defs[key] for key in net.defs if key in found}


def awaited(expr: Expr, net: Network, waiting: Mapping[Key, list[Equation]]) -> list[Key]:
    """What waits and is needed, each after what it needs."""
    out: dict[Key, None] = {}
    stack = [(key, False) for key in keys_of(expr)]
    seen: set[Key] = set()
    while stack:
        key, ready = stack.pop()
        if ready:
            out.setdefault(key)
        elif key not in seen:
            seen.add(key)
            if key in waiting:
                stack.append((key, True))
            stack += [(k, False) for e in waiting.get(key, net.defs.get(key, [])) for k in keys_of(e.rhs)]
    return list(out)


def keys_of(expr: Expr) -> list[Key]:
    """The names in an expression, those of derivatives among them."""
    return [n.key for n in preorder(expr) if isinstance(n, Ref)]


def ranges_for(net: Network, wanted: Sequence[Ref]) -> dict[str, Range]:
    """The declared ranges, and those of primed letters: c'' runs as c does."""
    out = dict(net.ranges)
    for r in (r for w in wanted for i in w.indices for r in free_refs(i)):
        known = net.ranges.get(r.name.rstrip("'0123456789"))
        if known is not None:
            out.setdefault(r.name, Range(r.name, known.lo, known.hi))
    return out


def complete(statements: list[Statement], net: Network) -> None:
    """No statement may use an adjoint that is left open: it would pass for a free quantity."""
    given = {s.name.name for s in statements} | names_in(net) | set(net.sizes) | set(net.roles)
    for s in statements:
        bound = {n.index for n in preorder(s.value) if isinstance(n, Big)}
        for r in free_refs(s.value):
            letter = r.name.rstrip("'0123456789") in net.ranges
            if r.name.startswith(("g", "adj")) and r.name not in given and not letter and r.name not in bound:
                raise OutOfReach(f"the adjoint {r.name} is left open", span=s.name.span)


def names_in(net: Network) -> set[str]:
    """Every name and letter of a network's equations."""
    out = {n.name for e in net.equations for x in (e.lhs, e.rhs) for n in preorder(x) if isinstance(n, Ref)}
    return out | {n.index for e in net.equations for n in preorder(e.rhs) if isinstance(n, Big)} | set(net.ranges)


def head_of(expr: Expr) -> Ref:
    """A left side, which is a name."""
    assert isinstance(expr, Ref)
    return expr


def depending(statements: list[tuple[Ref, Expr]], letters: set[str]) -> set[Key]:
    """The statements whose values use the letters, themselves or through others."""
    out: set[Key] = set()
    for _ in statements if letters else ():
        before = len(out)
        for name, value in statements:
            refs = free_refs(value)
            if any(r.key in out or (r.name in letters and not r.indices) for r in refs):
                out.add(name.key)
        if len(out) == before:
            break
    return out


