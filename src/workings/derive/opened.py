"""An equation taken apart: the step that says so, the network of its lines, and an edge with other indices."""

from __future__ import annotations

from workings.derive.graph import Edge, Graph, Node
from workings.derive.steps import Step, rel
from workings.expr import Equation, Network, Rel


def naming(edge: Edge, lines: tuple[Rel, ...]) -> Step:
    """z = y - t, c = cosh(z), E = log(c): the equation of an edge taken apart."""
    assert isinstance(edge.equation, Equation)
    *parts, last = lines
    of = edge.equation.lhs
    says = {"of": of, "names": [p.args[0] for p in parts], "variant": "" if parts[1:] else "one"}
    return Step("name the parts", says, of, last.args[-1], last, [], tuple(parts), (rel(edge.equation),))


def inside(net: Network, lines: list[Equation]) -> Network:
    """The equations of one taken apart, everything else a leaf."""
    return net.with_(equations=tuple(lines), opaque={}, facts=(), classes=(), remarks=())


def straight(graph: Graph, edge: Edge, top: Node) -> Edge | None:
    """The edge as one to the derived entry itself, p[i'] being p[i]; None where it leads elsewhere as well."""
    if edge.upper.key != top.key or edge.tests:
        return None
    fresh = {b.index for b in edge.fresh if b.lo is None and b.condition is None}
    swap = {a.head: b for a, b in zip(edge.upper.indices, top.indices, strict=True) if a is not b and a.kind == "ref"}
    if len(swap) != len(edge.fresh) or set(swap) != fresh:
        return None
    return Edge(top, edge.lower, (), graph.arena.rename(edge.slope, swap), edge.equation)


def renamed(graph: Graph, by_ends: dict[tuple[Node, Node], Edge], upper: Node, lower: Node) -> Edge | None:
    """The edge whose ends differ only in indices that were set to the asked ones."""
    for (u, v), edge in by_ends.items():
        if u.key == upper.key and v.key == lower.key:
            swap = {a.head: b for p, q in ((u, upper), (v, lower)) for a, b in zip(p.indices, q.indices, strict=True)
                    if a.kind == "ref" and a is not b}
            return Edge(upper, lower, (), graph.arena.rename(edge.slope, swap), edge.equation)
    return None
