"""The edges of recurrences: which step uses which, and under what condition there is such a step."""

from __future__ import annotations

from workings.derive.bounds import Facts
from workings.derive.calculus import Bound
from workings.derive.graph import Edge, Graph, Node
from workings.derive.inside import free_names
from workings.derive.recurrences import Span
from workings.derive.sweep import Leaf
from workings.derive.terms import Arena, Term
from workings.derive.written import to_term
from workings.expr import Equation


def timed(graph: Graph, equation: Equation, lower: Node, avoid: frozenset[str]) -> list[Edge]:
    """The edges from an entry to those of one equation that use it; h[t] is used by h[t+1] where t + 1 <= T."""
    arena, domains = graph.arena, graph.domains
    heads = [to_term(arena, i) for i in equation.lhs.indices]
    own = [domains.written_out(b) for b in domains.bounds(equation)]
    facts = domains.facts(graph.within, graph.at)
    found: dict[tuple[Node, tuple[Bound, ...], tuple[Term, ...]], list[Term]] = {}
    leaves = [(leaf, s.table) for leaf in graph.places(equation, [lower.key]) if (s := graph.own(own, leaf, lower))]
    loose = _loose(arena, [table for _, table in leaves])
    for leaf, values in leaves:
        solved = {letter: value for letter, value in values.items() if letter not in loose}
        table, fresh = _letters(graph, equation, own, solved, lower, avoid)
        upper = Node(equation.lhs.name, tuple(arena.rename(h, table) for h in heads))
        tests = _inside(graph, own, table, solved, lower) + capped(graph, upper)
        known = [facts.holds(t) for t in tests]
        if False in known:
            continue
        spans = {b.index: (b.lo, b.hi) for b in fresh}
        slope = _slope(graph, leaf, lower, table, domains.facts({**graph.within, **spans}, graph.at))
        if slope is not None and slope is not arena.zero:
            left = tuple(t for t, k in zip(tests, known, strict=True) if k is None)
            fresh, left = _narrowed(graph, fresh, left)
            found.setdefault((upper, fresh, left), []).append(slope)
    return [Edge(upper, lower, fresh, arena.add(shares), equation, tests)
            for (upper, fresh, tests), shares in found.items()]


def _loose(arena: Arena, tables: list[dict[str, Term]]) -> set[str]:
    """Letters that two places of one equation solve for entries which may be one and the same.

    In z[i] = sum(j, W[i,j]*x[j]) + sum(j, W[j,i]*y[j]) an entry W[i,j] stands in z[i] and in z[j], the same at i = j:
    one sums over all z[i'], with a delta for each place.  Steps t and t + 1 differ, and stay apart.
    """
    out: set[str] = set()
    for n, one in enumerate(tables):
        for other in tables[n + 1 :]:
            gaps = {x: None if x not in one or x not in other else arena.sub(one[x], other[x])
                    for x in (*one, *(y for y in other if y not in one))}
            if not any(g is not None and g.kind == "num" and g is not arena.zero for g in gaps.values()):
                out |= {x for x, gap in gaps.items() if gap is not arena.zero}
    return out


def _inside(
    graph: Graph, own: list[Bound], table: dict[str, Term], solved: dict[str, Term], lower: Node
) -> list[Term]:
    """Conditions that the letters which must have a value may have it."""
    arena, out = graph.arena, list[Term]()
    for bound in own:
        value = solved.get(bound.index)
        if value is None:
            continue
        declared = arena.ranges.get(bound.index)
        if value.kind == "num" and _given(graph, lower, value, (bound.lo, bound.hi)):
            continue
        free = value.kind == "ref" and not value.args and value.head not in graph.domains.sizes
        unknown = free and arena.ranges.get(value.head) is None and value.head not in graph.within
        if unknown and (bound.lo, bound.hi) == declared:
            continue                                  # an undeclared letter stands for an entry that there is
        for low, high in ((bound.lo, value), (value, bound.hi)):
            if low is not None and high is not None:
                low, high = (low if low is value else arena.rename(low, table),
                             high if high is value else arena.rename(high, table))
                gap = arena.sub(high, low)
                if not (gap.kind == "num" and gap.head >= 0):
                    out.append(_solved(graph, low, high))
    return out


def _given(graph: Graph, lower: Node, value: Term, span: Span) -> bool:
    """Is there the entry because there is the lower one?  x[2] of a declared family is taken to exist, and with z[2]
    what has the same steps."""
    if lower.key not in graph.domains.group:
        return True
    heads = [e for e in graph.net.defs[lower.key] if graph.domains.of(e)]
    return value in lower.indices and any(span in graph.domains.of(e).values() for e in heads)


def _solved(graph: Graph, low: Term, high: Term) -> Term:
    """low <= high, with a letter alone on one side where that can be: t <= T - 1 for t + 1 <= T; else a size."""
    arena = graph.arena
    gap = arena.sub(high, low)
    for name in sorted(free_names(gap), key=lambda n: (n in graph.domains.sizes, n)):
        rest = arena.add((gap, arena.ref(name)))
        if name not in free_names(rest):
            return arena.make("rel", ("<=",), (arena.ref(name), rest))
        rest = arena.sub(arena.ref(name), gap)
        if name not in free_names(rest):
            return arena.make("rel", (">=",), (arena.ref(name), rest))
    return arena.make("rel", ("<=",), (low, high))


def _letters(
    graph: Graph, equation: Equation, own: list[Bound], solved: dict[str, Term], lower: Node, avoid: frozenset[str]
) -> tuple[dict[str, Term], tuple[Bound, ...]]:
    """The equation's letters: what they must be, or new ones over which one sums."""
    arena = graph.arena
    table: dict[str, Term] = {}
    fresh: list[Bound] = []
    for bound in own:
        value = solved.get(bound.index)
        if value is None:
            name = bound.index
            while name in avoid:
                name += "'"
            arena.ranges.setdefault(name, arena.ranges.get(bound.index))
            value = arena.ref(name)
            fresh.append(Bound(name, bound.lo, bound.hi))
        table[bound.index] = value
    return table, tuple(fresh)


def _slope(graph: Graph, leaf: Leaf, lower: Node, table: dict[str, Term], facts: Facts) -> Term | None:
    written = leaf._replace(context=tuple(graph.domains.written_out(b) for b in leaf.context))
    inside = _fixed(lower) and lower.key in graph.domains.group
    share = graph.share(written if inside else leaf, lower, table)
    return None if share is None else facts.decided(share)


def _fixed(node: Node) -> bool:
    """Is an index a number, which a declared range need not hold?"""
    return any(i.kind == "num" for i in node.indices)


def capped(graph: Graph, upper: Node) -> list[Term]:
    """Steps after the last one that matters are no users."""
    return [
        graph.arena.make("rel", ("<=" if cap.up else ">=",), (upper.indices[cap.places[upper.key]], cap.last))
        for cap in graph.caps if upper.key in cap.places
    ]


def _narrowed(
    graph: Graph, fresh: tuple[Bound, ...], tests: tuple[Term, ...]
) -> tuple[tuple[Bound, ...], tuple[Term, ...]]:
    """Conditions on a summed letter become its ends: sum(k, 1, t, ...); ends as declared are not written."""
    arena, left = graph.arena, list(tests)
    out: list[Bound] = []
    for bound in fresh:
        lo, hi = bound.lo, bound.hi
        for test in tests:
            index, end = test.args
            if index is arena.ref(bound.index) and bound.index not in free_names(end):
                left.remove(test)
                lo, hi = (lo, end) if test.head[0] == "<=" else (end, hi)
        declared = arena.ranges.get(bound.index)
        out.append(Bound(bound.index, None, None) if (lo, hi) == declared else Bound(bound.index, lo, hi))
    return tuple(out), tuple(left)
