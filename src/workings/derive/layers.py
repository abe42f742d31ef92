"""The chain rule layer by layer: where paths are many, the derivative by each quantity gets a name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from workings.derive.chain import Web, kinds_of, web
from workings.derive.graph import Edge, Graph, Node, entry, free_names_of
from workings.derive.ranges import bounded
from workings.derive.steps import Step, equal
from workings.derive.terms import Arena, Term
from workings.derive.tidy import Knowledge, tidy
from workings.derive.written import to_expr, to_term
from workings.expr import Add, Big, Deriv, Expr, Mul, Ref, Rel, same

if TYPE_CHECKING:
    from workings.derive.derivation import Work


class Layer(NamedTuple):
    """A quantity whose derivative is stated, and the web of those that use it."""

    node: Node
    web: Web


class Layers:
    """The quantities between two, and the names that their derivatives have so far.

    Of a family the derivative is stated once, by its general entry: gz[i] gives gz[j] as well.
    """

    def __init__(self, graph: Graph, whole: Web) -> None:
        self.graph, self.whole = graph, whole
        self.between = tuple(dict.fromkeys(n.key for n in whole.order if n not in (whole.top, whole.bottom)))
        self.names: dict[Node, Ref] = {}
        self.place = {node: n for n, node in enumerate(whole.order)}

    def __iter__(self) -> Iterator[Layer]:
        """From the top down, the asked quantity last."""
        done: set[Node] = set()
        for node in reversed(self.whole.order):
            here = node if node == self.whole.bottom else self.general(node)
            if here not in done and node != self.whole.top:
                done.add(here)
                yield self.layer(here)

    def layer(self, node: Node) -> Layer:
        """A quantity with those that use it."""
        if not node.indices:
            return Layer(node, self.whole)
        stop = (*self.between, *(n.key for n in (self.whole.bottom,) if n.key in self.between))
        return Layer(node, web(self.graph, self.whole.top, node, stop))

    def general(self, node: Node) -> Node:
        """z[i] for the entry z[j], in the letters of its equation; an entry that is none of all stays itself."""
        lines = self.graph.net.defs.get(node.key, ())
        letters = [i.head for i in node.indices if i.kind == "ref" and not i.args]
        if len(lines) != 1 or len(set(letters)) < len(node.indices) or set(letters) & self._fixed:
            return node
        heads = [i for i in lines[0].lhs.indices if isinstance(i, Ref) and not i.indices]
        if len({i.name for i in heads}) < len(node.indices):
            return node
        return Node(node.name, tuple(self.graph.arena.ref(self._free(i.name)) for i in heads))

    @cached_property
    def _fixed(self) -> set[str]:
        """The letters of the derived entry, which stand for one value each, and sizes."""
        return free_names_of(self.whole.top.indices) | set(self.graph.net.sizes)

    def _free(self, letter: str) -> str:
        name = letter
        while name in self._fixed:
            name += "'"
        self.graph.arena.ranges.setdefault(name, self.graph.arena.ranges.get(letter))
        return name

    def named(self, node: Node) -> Ref | None:
        """The name of a derivative: gz[j] where gz[i] was stated."""
        found = self.names.get(node) or self.names.get(self.general(node))
        return None if found is None else Ref(found.name, entry(node).indices)

    def kinds(self, layer: Layer) -> dict[Any, str]:
        """Through one equation, or along every path?"""
        return kinds_of(layer.web, layer.node, self.place if layer.web is self.whole else None)

    def stated(self, layer: Layer) -> Expr:
        """The chain rule from a quantity to those that use it, whose derivatives have names."""
        kinds, here = self.kinds(layer), entry(layer.node)
        marks = [_summed(e, self.named(e.upper), Deriv(entry(e.upper), (here,), kinds[e.upper, e.fresh]))
                 for e in layer.web.edges[layer.node]]
        return marks[0] if len(marks) == 1 else Add(tuple(marks))


def by_layers(work: Work, graph: Graph, whole: Web, head: Deriv, state: bool = False) -> tuple[Expr, list[Step]]:
    """The derivative and its steps, from the top down; `state`: the chain rule only, locals left as they are."""
    steps: list[Step] = []
    layers = Layers(graph, whole)
    for layer in layers:
        node, inner = layer.node, list[Step]()
        stated, value, place = _layer(work, layers, layer, inner, state)
        here = Deriv(head.of, (entry(node),))
        says = {"of": head.of, "wrt": entry(node), "last": [entry(e.upper) for e in layer.web.edges[node]]}
        sides: list[Expr] = [here] if same(here, stated) else [here, stated]
        sides += [] if state else [value]
        if node == whole.bottom:
            steps.append(Step("adjoint", says, stated, value, equal(*sides), inner, (), place))
            return (stated if state else value), [_intro(head, steps[0]), *steps]
        name = Ref(work.names.adjoint(node.name), entry(node).indices)
        work.where.append((name, stated if state else value))
        layers.names[node] = name
        steps.append(Step("adjoint", says, stated, value, equal(name, *sides), inner, (), place))
    raise AssertionError("a web ends at its bottom")


def _intro(head: Deriv, first: Step) -> Step:
    """The first line again, with the sentence that explains the names."""
    return Step("layers", {"of": head.of, "wrt": head.wrt[0]}, head, first.line.args[0], equal(*first.line.args[:2]))


def state_layers(work: Work, graph: Graph, whole: Web, head: Deriv) -> tuple[Expr, list[Step]]:
    """The chain rule alone, layer by layer."""
    return by_layers(work, graph, whole, head, state=True)


def _layer(
    work: Work, layers: Layers, layer: Layer, inner: list[Step], state: bool
) -> tuple[Expr, Expr, tuple[Rel, ...]]:
    """D(top, node) as the sum over those that use it, worked out, and the derivatives put in."""
    stated = bounded(layers.stated(layer), work.implied)
    if state:
        return stated, stated, ()
    place: list[Rel] = []
    worked: list[Expr] = []
    kinds = layers.kinds(layer)
    for edge in layer.web.edges[layer.node]:
        kind = kinds[edge.upper, edge.fresh]
        mark = Deriv(entry(edge.upper), (entry(layer.node),), kind)
        value, steps = work.local(layers.graph, edge, kind)
        inner += steps if len(steps) < 2 else [Step(
            "local", {"of": mark.of, "wrt": mark.wrt[0]}, mark, value, equal(mark, value), steps)]
        place.append(equal(mark, value))
        worked.append(_summed(edge, layers.named(edge.upper), value))
    whole_worked = bounded(worked[0] if len(worked) == 1 else Add(tuple(worked)), work.implied)
    return stated, _tidied(work, whole_worked), tuple(place)


def _summed(edge: Edge, above: Expr | None, factor: Expr) -> Expr:
    out = factor if above is None else Mul((above, factor))
    for bound in reversed(edge.fresh):
        out = Big("sum", bound.index, out)
    return out


def _tidied(work: Work, expr: Expr) -> Expr:
    arena = Arena()
    for name, r in work.net.ranges.items():
        arena.ranges[name] = (to_term(arena, r.lo), to_term(arena, r.hi))
    term: Term = to_term(arena, expr, work.net.functions)
    fired: list[Any] = tidy(arena, term, Knowledge({}))
    return to_expr(fired[-1].after if fired else term)
