"""What a derivative is asked of and by: names checked, whole families made general entries, weights found."""

from __future__ import annotations

from collections.abc import Sequence

from workings.derive.graph import Graph
from workings.errors import BadValue, OutOfReach
from workings.expr import Key, Network, Ref, free_keys


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
    from workings.expr import free_refs

    found = [r for e in net.equations for r in (e.lhs, *free_refs(e.rhs)) if r.key == key]
    letters: list[str] = []
    for n in range(key[1]):
        used = [i.name for r in found if isinstance(i := r.indices[n], Ref)]
        letters.append(next((u for u in used if u not in letters), "") or "ijklmn"[n])
    return Ref(key[0], tuple(Ref(x) for x in letters))
