"""Weights made of other parameters, and parameters that stand in several places of a graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workings.expr import Expr, Key, Network, Ref, free_refs
from workings.expr.names import natural
from workings.forms.graphs import Neuron, Operation, Shared

Place = tuple[str, str]       # (neuron, source), or (neuron, "") for its bias


def derived_weights(net: Network, nodes: Sequence[Neuron | Operation]) -> dict[str, Expr]:
    """The right-hand sides of the weights and biases that the text defines: w13 = log(1 + exp(v))."""
    used = dict.fromkeys(ref.key for _, weight in _places(nodes) for ref in free_refs(weight))
    return {key[0]: net.defs[key][0].rhs for key in used if key in net.defs and not key[1]}


def shared(net: Network, nodes: Sequence[Neuron | Operation]) -> tuple[Shared, ...]:
    """Every name that stands on several connections or biases, itself or through weights made of it."""
    places: dict[Key, dict[Place, None]] = {}
    through: dict[Key, dict[str, None]] = {}
    refs: dict[Key, Ref] = {}
    for place, weight in _places(nodes):
        for ref in free_refs(weight):
            if net.role(ref.key) not in ("parameter", "defined"):
                continue
            refs.setdefault(ref.key, ref)
            places.setdefault(ref.key, {})[place] = None
            for inner in _below(net, ref.key):
                refs.setdefault(inner.key, inner)
                places.setdefault(inner.key, {})[place] = None
                through.setdefault(inner.key, {})[ref.name] = None
    return tuple(
        Shared(refs[key], tuple(where), tuple(sorted(through.get(key, ()), key=natural)))
        for key, where in places.items()
        if len(where) > 1 and not _only_within_one(key, places, through)
    )


def _only_within_one(key: Key, places: dict[Key, dict[Place, None]], through: dict[Key, dict[str, None]]) -> bool:
    """Is all there is to say said of the one weight that it is part of?"""
    outer = list(through.get(key, ()))
    return len(outer) == 1 and list(places[key]) == list(places.get((outer[0], 0), ()))


def _places(nodes: Sequence[Neuron | Operation]) -> Iterator[tuple[Place, Expr]]:
    seen: set[str] = set()                   # two functions of one pre-activation share nothing but that
    for node in nodes:
        if isinstance(node, Neuron) and not (node.pre is not None and node.pre.name in seen):
            seen |= {node.pre.name} if node.pre is not None else set()
            yield from (((node.id, edge.source), edge.weight) for edge in node.edges)
            yield (node.id, ""), node.bias


def _below(net: Network, key: Key) -> list[Ref]:
    """The names that a defined weight is made of, all the way down."""
    found: dict[Key, Ref] = {}
    waiting = [e.rhs for e in net.defs.get(key, ())]
    while waiting:
        for ref in free_refs(waiting.pop()):
            if ref.key not in found and net.role(ref.key) in ("parameter", "defined"):
                found[ref.key] = ref
                waiting.extend(e.rhs for e in net.defs.get(ref.key, ()))
    return list(found.values())
