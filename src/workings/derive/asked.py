"""What a derivative is asked of and by: names checked, whole families made general entries, weights found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workings.derive.graph import Graph
from workings.errors import BadValue, NotReadable, OutOfReach
from workings.expr import Key, Network, Ref, free_keys, free_refs
from workings.expr.names import split
from workings.notation import plain


def asked(net: Network, ref: Ref, derived: bool = True) -> Ref:
    """A whole family asked for is its general entry: w is w[i]; what is not `derived` by must have an equation."""
    if ref.key in net.opaque and not derived:
        raise OutOfReach(f"{ref.name} is given by no equation", hint=f"write {ref.name} = ...")
    known = {r for e in net.equations for r in (e.lhs.key, *free_keys(e.rhs))} | set(net.opaque)
    known |= {a.key for o in net.opaque.values() for a in o.args}
    if not derived:
        Graph(net).refuse_entries(ref.key)
    if ref.key in known or ref.indices:
        if ref.key not in known and not any(name == ref.name for name, _ in known):
            raise _unknown(ref, known)
        return ref
    family = [key for key in known if key[0] == ref.name]
    if len(family) != 1:
        raise _unknown(ref, known)
    return general(net, family[0])


def refuse_halves(net: Network, of: Ref, wrt: Sequence[Ref] | None = None) -> None:
    """L = (y - 1)^2 beside y[k] = w*x[k]: the y of L has no equation, and a derivative past it would come out as 0.

    Raises `NotReadable` where `of` needs such a name, and the family depends on one of `wrt` (on anything, if None).
    """
    families: dict[str, list[int]] = {}
    for name, places in net.defs:
        families.setdefault(name, []).append(places)
    open_ = [k for k in net.leaves if k[0] not in net.roles and k[0] not in net.values]
    found = [(k, f) for k in open_ if (f := _meant(families, k))]
    if not found:
        return
    graph = Graph(net)
    below = graph.below(of.key)
    by = [k for k in (*net.leaves, *net.defs) if wrt is None or k[0] in {w.name for w in wrt}]
    above = None if wrt is None else {k for w in by for k in (w, *graph.above(w))}
    for key, family in found:
        if key in below and (above is None or family in above):
            raise _half(net, key, family)


def _meant(families: Mapping[str, list[int]], key: Key) -> Key | None:
    """The defined family that an undefined name may mean: y[k] of y, p[i] of p_c."""
    if key[0] in families:
        return key[0], families[key[0]][0]
    base, _, subscripts, _ = split(key[0])
    if len(subscripts) in families.get(base, ()) and subscripts and all(s.isalpha() for s in subscripts):
        return base, len(subscripts)
    return None


def _half(net: Network, key: Key, family: Key) -> NotReadable:
    user, ref = next((e, r) for e in net.equations for r in free_refs(e.rhs) if r.key == key)
    shown, there = plain(general(net, family)), plain(ref)
    total = f", sum({plain(general(net, family).indices[0])}, ...) for all of them" if family[1] > key[1] == 0 else ""
    return NotReadable(f"{user.lhs.name} uses {there}, but the equations define {shown}", span=ref.span or user.span,
                       source=net.source, expected=f"one of the two in both places: {shown} for an entry{total}",
                       hint=f"another name, where {there} is no part of {shown}")


def _unknown(ref: Ref, known: set[Key]) -> BadValue:
    from difflib import get_close_matches

    names = sorted({name for name, _ in known})
    near = get_close_matches(ref.name, names, 3)
    return BadValue(f"{ref.name} does not occur in the equations",
                    expected="one of " + ", ".join(names[:12]), hint=f"{near[0]}?" if near else "")


def cut(net: Network, of: Ref, wrt: Ref, through: Sequence[Ref]) -> tuple[Key, ...]:
    """Where the chain rule leaves derivatives whole: as asked, else at parameters that are made of `wrt`."""
    if through:
        return tuple(asked(net, r).key for r in through)
    graph = Graph(net)
    if not any(net.role(k) == "input" for k in graph.below(of.key)):
        return ()                                    # nothing tells weights from data
    above = graph.above(wrt.key) & (graph.below(of.key) | {of.key})
    data: set[Key] = set()                           # what is made of anything but parameters
    for key in graph.below(of.key):
        if key not in net.defs and net.role(key) not in ("parameter", "index", "size"):
            data |= graph.above(key) - data
    made = above - data - {of.key}
    edge = [k for k in made if any(u.lhs.key in above and u.lhs.key not in made for u in graph.uses().get(k, ()))]
    return tuple(k for k in net.defs if k in edge)


def general(net: Network, key: Key) -> Ref:
    """w[i] for the family w, in the index letters of the text."""
    found = [r for e in net.equations for r in (e.lhs, *free_refs(e.rhs)) if r.key == key]
    letters: list[str] = []
    for n in range(key[1]):
        used = [i.name for r in found if isinstance(i := r.indices[n], Ref)]
        letters.append(next((u for u in used if u not in letters), "") or "ijklmn"[n])
    return Ref(key[0], tuple(Ref(x) for x in letters))
