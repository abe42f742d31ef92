"""The chain rule over named quantities: all paths from one to another, stated with common parts factored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from workings.derive.calculus import Bound
from workings.derive.graph import Edge, Graph, Node, entry, free_names_of
from workings.derive.indices import solve
from workings.derive.terms import Arena, Term
from workings.derive.written import to_expr
from workings.expr import Add, Big, Call, Deriv, Expr, Key, Logic, Mul, Num, substitute
from workings.limits import MAX_PATHS, PATH_LENGTH, PATH_SUMS



class Web(NamedTuple):
    """All entries on a path from `bottom` up to `top`: for each the edges to those that use it."""

    top: Node
    bottom: Node
    edges: dict[Node, list[Edge]]
    order: list[Node]          # from the bottom up
    beyond: frozenset[Key] = frozenset()      # the variables above those where paths stop
    loops: frozenset[Key] = frozenset()       # the families of recurrences
    own: bool = False          # one equation taken apart: what it takes from the bottom is partial


def web(graph: Graph, top: Node, bottom: Node, stop: Collection[Key] = ()) -> Web:
    """The entries between; the keys of `stop` end a path as `top` does."""
    keys = graph.below(top.key) | {top.key}
    edges: dict[Node, list[Edge]] = {}
    below: dict[Node, frozenset[str]] = {bottom: frozenset(free_names_of((*bottom.indices, *top.indices)))}
    place = {e.lhs.key: n for n, e in enumerate(graph.net.equations)} if graph.arena.ranges else {}
    stack = [bottom]
    while stack:
        # An entry comes after all that it is made of, so that its new letters differ from those of every path to it.
        at = min(range(len(stack)), key=lambda n: place.get(stack[n].key, -1)) if place else -1
        node = stack.pop(at)
        if node in edges or (node is not bottom and (node.key in stop or _ends_at(graph, node, top))) or node == top:
            continue
        edges[node] = []
        for edge in graph.edges(node, below[node], keys):
            edges[node].append(edge)
            names = below[node] | free_names_of(edge.upper.indices)
            if edge.upper not in below or (place and edge.upper not in edges):
                below[edge.upper] = names | below.get(edge.upper, frozenset())
            stack.append(edge.upper)
    found = _trimmed(Web(top, bottom, edges, []), stop)
    loops = frozenset(graph.domains.group) if place else frozenset()
    return found._replace(beyond=frozenset(k for key in stop for k in graph.above(key)), loops=loops)


def loops_between(graph: Graph, top: Node, bottom: Node) -> tuple[Key, ...]:
    """The families of recurrences through which the one acts on the other."""
    group = graph.domains.group
    if not group or top == bottom:
        return ()
    above = graph.above(bottom.key) | {bottom.key}
    below = graph.below(top.key) | {top.key}
    return tuple(key for key in group if key in above and key in below)


def _ends_at(graph: Graph, node: Node, top: Node) -> bool:
    """Is the entry the asked one, or may it be?  h[1] on the way to h[2] is not."""
    return node.key == top.key and (len(graph.net.defs.get(top.key, ())) == 1 or not any(
        graph.arena.call("delta", pair) is graph.arena.zero for pair in zip(node.indices, top.indices, strict=True)))


def _trimmed(full: Web, stop: Collection[Key]) -> Web:
    """Only what leads to the top (or to a stop), tops of other indices made the asked one."""
    users: dict[Node, list[Edge]] = {}
    for edges in full.edges.values():
        for edge in edges:
            users.setdefault(edge.upper, []).append(edge)
    ends = [n for n in users if n.key in stop or (n.key == full.top.key and not full.edges.get(n))]
    if full.bottom == full.top:
        ends.append(full.bottom)
    good = set(ends)
    stack = list(ends)
    while stack:
        for edge in users.get(stack.pop(), ()):
            if edge.lower not in good:
                good.add(edge.lower)
                stack.append(edge.lower)
    kept = {n: [e for e in es if e.upper in good] for n, es in full.edges.items() if n in good}
    return Web(full.top, full.bottom, kept, _bottom_up(full.bottom, kept))


def _bottom_up(bottom: Node, edges: dict[Node, list[Edge]]) -> list[Node]:
    """The entries, each after those that it uses."""
    done: list[Node] = []
    seen: set[Node] = set()
    stack = [(bottom, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            done.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((e.upper, False) for e in edges.get(node, ()))
    return done[::-1]


def paths(whole: Web) -> int:
    """How many paths there are, counted up to a bound only."""
    count = {whole.bottom: 1}
    total = 0
    for node in whole.order:
        n = count.get(node, 0)
        edges = whole.edges.get(node, ())
        if not edges:
            total = min(total + n, MAX_PATHS + 1)
        for edge in edges:
            count[edge.upper] = min(count.get(edge.upper, 0) + n, MAX_PATHS + 1)
    return total


def listed(whole: Web) -> list[list[Edge]]:
    """Every path, from the bottom up, in the order of the text."""
    out: list[list[Edge]] = []
    stack: list[tuple[Node, list[Edge]]] = [(whole.bottom, [])]
    while stack:
        node, path = stack.pop()
        edges = whole.edges.get(node, [])
        if not edges:
            out.append(path)
        stack.extend((e.upper, [*path, e]) for e in reversed(edges))
    return out


def long(whole: Web) -> bool:
    """Too many or too long paths for one line?"""
    return paths(whole) > MAX_PATHS or len(whole.order) > PATH_LENGTH * MAX_PATHS or any(
        len(p) > PATH_LENGTH or sum(len(e.fresh) for e in p) > PATH_SUMS for p in listed(whole))


class Stated(NamedTuple):
    """A product of derivatives, from the top down, under sums not yet written."""

    factors: list[Expr]
    pending: list[Bound]
    tests: tuple[Term, ...] = ()


def statement(graph: Graph, whole: Web, totals: Collection[Key] = (), part: Key | None = None) -> Expr:
    """D(top, bottom) as the sum over paths, factored; above an entry of `totals` the derivative is left whole.

    `part`: only the paths that do not end at this variable.
    """
    arena = graph.arena
    parts = []
    for end, stated in by_end(whole):
        if end.key == part:
            continue
        if end.key in totals:
            stated.factors.insert(0, Deriv(entry(whole.top), (entry(end),)))
        elif end != whole.top:
            met = _meet(arena, stated, end, whole.top)
            if met is None:
                continue
            stated = met
        parts.append(summed_up(stated))
    if not parts:
        return Num(0, "0")
    return parts[0] if len(parts) == 1 else Add(tuple(parts))


def by_end(whole: Web) -> list[tuple[Node, Stated]]:
    """The products along the paths to each entry at which paths end."""
    ends: dict[Node, list[list[Edge]]] = {}
    for path in listed(whole):
        if path:
            ends.setdefault(path[-1].upper, []).append(path)
    return [(end, _Factoring(whole).of(group)) for end, group in ends.items()]


def summed_up(stated: Stated) -> Expr:
    """The product under its sums."""
    return _sums(_guarded(stated), stated.pending)


def _meet(arena: Arena, stated: Stated, end: Node, top: Node) -> Stated | None:
    """The paths end at E[k'] where E[k] is asked: k' is k; None where that cannot be."""
    found = solve(arena, end.indices, top.indices, stated.pending)
    if found is None:
        return None
    table = {name: to_expr(value) for name, value in found.table.items()}
    factors = [substitute(f, table) for f in stated.factors] + [to_expr(f) for f in found.deltas]
    tests = tuple(arena.rename(t, found.table) for t in stated.tests)
    return Stated(factors, [b for b in stated.pending if b.index not in found.table], tests)


def _guarded(stated: Stated) -> Expr:
    """The product, where its steps exist."""
    whole = _product(stated.factors)
    if not stated.tests:
        return whole
    tests = tuple(to_expr(t) for t in dict.fromkeys(stated.tests))
    return Call("where", (tests[0] if len(tests) == 1 else Logic("and", tests), whole, Num(0, "0")))


class _Factoring:
    """The sum over some paths between the same two ends, with what all of them pass written once."""

    def __init__(self, whole: Web) -> None:
        self.whole = whole
        self.kinds: dict[Node, dict[tuple[Node, tuple[Bound, ...]], str]] = {}

    def of(self, group: list[list[Edge]]) -> Stated:
        if len(group) == 1:
            path = group[0][::-1]
            tests = tuple(t for e in path for t in e.tests)
            return Stated([self._mark(e) for e in path], [b for e in path for b in e.fresh], tests)
        cuts = _common(group)
        return self._segments(group, cuts) if cuts else self._parallel(group)

    def _mark(self, edge: Edge) -> Deriv:
        if edge.lower not in self.kinds:
            self.kinds[edge.lower] = kinds_of(self.whole, edge.lower)
        kind = self.kinds[edge.lower][edge.upper, edge.fresh]
        return Deriv(entry(edge.upper), (entry(edge.lower),), kind)

    def _parallel(self, group: list[list[Edge]]) -> Stated:
        """No entry is common: one term for each quantity that uses the bottom."""
        by_first: dict[Edge, list[list[Edge]]] = {}
        for path in group:
            by_first.setdefault(path[0], []).append(path[1:])
        stay = free_names_of(group[0][-1].upper.indices)
        terms: list[Expr] = []
        pending: dict[str, Bound] = {}
        for first, rest in by_first.items():
            upper = self.of(rest) if rest[0] else Stated([], [])
            factors, bounds = [*upper.factors, self._mark(first)], [*upper.pending, *first.fresh]
            pending.update({b.index: b for b in bounds if b.index in stay})
            under = Stated(factors, bounds, (*upper.tests, *first.tests))
            terms.append(_sums(_guarded(under), [b for b in bounds if b.index not in stay]))
        return Stated([Add(tuple(terms))], list(pending.values()))

    def _segments(self, group: list[list[Edge]], cuts: list[Node]) -> Stated:
        """Factors between the entries that every path passes."""
        factors: list[Expr] = []
        pending: list[Bound] = []
        tests: tuple[Term, ...] = ()
        ends = [*cuts, group[0][-1].upper]
        rest = group
        for end in ends:
            heads: dict[tuple[Edge, ...], None] = {}
            tails: dict[tuple[Edge, ...], None] = {}
            for path in rest:
                at = next(n for n, e in enumerate(path) if e.upper == end) + 1
                heads.setdefault(tuple(path[:at]))
                tails.setdefault(tuple(path[at:]))
            stated = self.of([list(h) for h in heads])
            factors = [*stated.factors, *factors]
            pending = [*stated.pending, *pending]
            tests = (*stated.tests, *tests)
            rest = [list(t) for t in tails]
        return Stated(factors, pending, tests)


def kind_of(whole: Web, edge: Edge) -> str:
    """"P" where the lower also reaches the upper through others, so that the two readings differ."""
    return kinds_of(whole, edge.lower)[edge.upper, edge.fresh]


def kinds_of(
    whole: Web, lower: Node, place: Mapping[Node, int] | None = None
) -> dict[tuple[Node, tuple[Bound, ...]], str]:
    """The kinds of all edges from one entry, by where they lead; `place`: where each entry stands in the order."""
    edges = whole.edges[lower]
    origin: dict[Node, int] = {}                      # the one edge by which a node is reached first, else SEVERAL
    for n, edge in enumerate(edges):
        origin[edge.upper] = n if edge.upper not in origin else SEVERAL
    order = whole.order
    if len(edges) == 1:
        order = []
    elif place is not None and not whole.beyond:      # no further than the last of those that use it
        ends = [place[e.upper] for e in edges if e.upper in place]
        order = order[min(ends, default=0) : max(ends, default=len(order)) + 1]
    for node in order:
        for edge in whole.edges.get(node, ()) if node in origin and node != lower else ():
            before = origin.setdefault(edge.upper, origin[node])
            origin[edge.upper] = before if before == origin[node] else SEVERAL
    by_key: dict[Key, set[int]] = {}
    for node, n in origin.items():
        by_key.setdefault(node.key, set()).add(n)
    stops = {n for node, n in origin.items() if node != whole.top and not whole.edges.get(node)}
    out: dict[tuple[Node, tuple[Bound, ...]], str] = {}
    for n, edge in enumerate(edges):
        key = edge.upper.key
        # w in each h[t] also acts through the steps before
        own = (whole.own and lower == whole.bottom) or (edge.fresh and key in whole.beyond & whole.loops)
        other = by_key[key] - {n} or (key in whole.beyond and stops - {n})
        out[edge.upper, edge.fresh] = "P" if own or other else "d"
    return out


SEVERAL = -1                  # more than one edge


def _common(group: list[list[Edge]]) -> list[Node]:
    """The entries strictly between the ends that every path passes, from the bottom up."""
    inner = [{e.upper for e in path[:-1]} for path in group]
    shared = set.intersection(*inner)
    return [e.upper for e in group[0][:-1] if e.upper in shared]


def _product(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def _sums(body: Expr, pending: list[Bound]) -> Expr:
    for bound in reversed(pending):
        lo, hi = (None if e is None else to_expr(e) for e in (bound.lo, bound.hi))
        body = Big("sum", bound.index, body, lo, hi)
    return body
