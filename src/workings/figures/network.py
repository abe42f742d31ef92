"""The drawing of a network: nodes with name, nonlinearity and bias, connections with their weights.

In a circle stand the neuron's name and its nonlinearity, below it the bias; on a connection its weight, slid to
a free spot.  Where a parameter occurs twice the line is double and dashed, and the legend says which it is.
The error and the targets stand apart on the right, dashed.
"""

from __future__ import annotations

from math import hypot

from workings.expr import Expr, Ref
from workings.figures.activations import act_label, op_label
from workings.figures.describe import describe, edge_title, loss_title, node_title, size_words, title
from workings.figures.families import drawn
from workings.figures.glyphs import measuring
from workings.figures.layers import box, size_label, units
from workings.figures.network_layout import Node, Route
from workings.figures.network_plan import ACT, ACT_BELOW, CAPTION, LEGEND, LINE, MARGIN, NAME, WEIGHT, Plan
from workings.figures.steps_plan import StepsPlan
from workings.figures.unrolled import EARLIER, LATER, unrolled
from workings.figures.shapes import (
    Circle, Figure, Group, Label, Measure, Path, Place, Shape, Text, bounds, extent, line, moved, rectangle,
)
from workings.forms.graphs import Graph, Loss, Neuron, Operation, Shared
from workings.notation import plain

STRETCHES = (1.0, 1.25, 1.6, 2.1)
HEAD = 6.0                    # of a double line, left to its arrow


def network_figure(graph: Graph, measure: Measure | None = None) -> Figure:
    """The graph as a figure; `measure` gives the size of a label at 1 point.

    >>> from workings.expr import Equation, Network
    >>> from workings.forms.neurons import graph
    >>> network_figure(graph(Network((Equation(Ref("y"), Ref("x")),)))).title
    'Network with 1 input and 1 neuron'
    """
    measure = measure or measuring(graph.spelling)
    if graph.unroll:
        return _Drawing(StepsPlan(unrolled(graph), measure), graph).figure()
    shown = drawn(graph)
    for stretch in STRETCHES:
        plan = Plan(shown, measure, stretch, stretch == STRETCHES[-1])
        if plan.free:
            break
    return _Drawing(plan, graph).figure()


class _Drawing:
    """A plan turned into shapes."""

    def __init__(self, plan: Plan, whole: Graph) -> None:
        self.plan, self.graph, self.whole = plan, plan.graph, whole
        self.names = {name: plain(ref) for name, ref in plan.refs.items()}

    def figure(self) -> Figure:
        shapes: list[Shape] = [s for k in range(len(self.plan.edges)) for s in self._connection(k)]
        shapes += self._operation_links()
        shapes += [s for name, way in self.plan.backs for s in self._back(name, way)]
        shapes += self._out_links()
        shapes += [self._node(node) for column in self.plan.grid for node in column]
        for found in self.plan.loss:
            shapes.append(Group(tuple(self._loss(*found)), "loss", loss_title(found[0], self.names)))
        shapes += [self._weight(k, spot) for k, spot in self.plan.spots.items()]
        shapes += [Text(label, *spot, "weight", size=WEIGHT, halo="box") for label, spot in self.plan.handed]
        left, top, right, bottom = bounds(shapes, self.plan.measure)
        shapes += self._legend(left, bottom + 12)
        left, top, right, bottom = bounds(shapes, self.plan.measure)
        placed = tuple(moved(s, MARGIN - left, MARGIN - top) for s in shapes)
        width, height = right - left + 2 * MARGIN, bottom - top + 2 * MARGIN
        return Figure(width, height, placed, title(self.whole), describe(self.whole), self.graph.spelling)

    # --- connections ---

    def _connection(self, k: int) -> list[Shape]:
        target, edge = self.plan.edges[k]
        strokes = self.plan.routes[k].strokes
        says = edge_title(edge, target, self.names)
        if (target, edge.source) in self.plan.shared:
            run, tip = _parted(self.plan.routes[k])
            return [line(run, "shared-edge", says), line(run, "shared-core"), line(tip, "shared-arrow", arrow=True)]
        role = "loop" if edge.lag is not None else "thin-edge" if k in self.plan.thin else "edge"
        return [Path(strokes, role, says, arrow=True), *self._mark(k)]

    def _mark(self, k: int) -> list[Shape]:
        """The mark of the delay on a loop: left of its top, the weight is right of it."""
        place = self.plan.marks().get(k)
        return [] if place is None else _delay(*place)

    def _weight(self, k: int, spot: Place) -> Text:
        target, edge = self.plan.edges[k]
        label = self.plan.weights[k]
        assert label is not None
        role = "shared-weight" if (target, edge.source) in self.plan.shared else "weight"
        return Text(label, *spot, role, size=WEIGHT, halo="box", title=edge_title(edge, target, self.names))

    def _operation_links(self) -> list[Shape]:
        return [Path(route.strokes, "edge", arrow=True) for route in self.plan.links]

    def _out_links(self) -> list[Shape]:
        """An arrow out of each output that no error takes up."""
        taken = {s for term in self.graph.loss for s in term.sources}
        nodes = [self.plan.nodes[n] for n in self.graph.outputs.values() if n not in taken]
        return [line(self.plan.out_of(n), "edge", arrow=True) for n in nodes]

    # --- nodes ---

    def _node(self, place: Node) -> Group:
        node = self.plan.of.get(place.id)
        if place.id in (EARLIER, LATER):
            return Group((Text("…", place.x, place.y, "label", size=NAME + 3),), "input", place.id)
        if node is None:
            return self._input(place)
        shape: Shape
        inner: list[Shape]
        axes = self.graph.sizes.get(place.id, ())
        if axes and isinstance(node, Neuron):
            says = node_title(node, self.names, self.graph)
            return Group((*self._array(place, axes, "neuron"), *self._captions(place, node)), "neuron", says)
        below: list[Shape] = self._captions(place, node)
        if isinstance(node, Operation):
            left, top = place.x - place.radius, place.y - place.half
            shape = rectangle(left, top, 2 * place.radius, 2 * place.half, "operation")
            inner = [self._inside(op_label(node), place, place.y, NAME)]
        else:
            shape = Circle(place.x, place.y, place.radius, "neuron")
            inner = self._name_and_act(place, node)
        behind = [] if isinstance(node, Operation) else self._behind(place, "neuron")
        return Group((*behind, shape, *inner, *below), "neuron", node_title(node, self.names, self.graph))

    def _input(self, place: Node) -> Group:
        if place.id not in self.plan.refs:
            return Group((Text("⋮", place.x, place.y, "label", size=NAME + 3),), "input")
        ref = self.plan.refs[place.id]
        axes = self.graph.sizes.get(place.id, ())
        if axes:
            captions = self._lines(place, self.plan.captions(place.id))
            return Group((*self._array(place, axes, "input"), *captions), "input", self._input_title(place.id))
        shapes: list[Shape] = [*self._behind(place, "input")]
        shapes.append(Circle(place.x, place.y, place.radius, "input"))
        shapes.append(self._inside(ref, place, place.y, NAME))
        shapes += self._lines(place, self.plan.captions(place.id))
        return Group(tuple(shapes), "input", self._input_title(place.id))

    def _input_title(self, name: str) -> str:
        axes = self.graph.sizes.get(name, ())
        size = f", {size_words(axes)}" if axes else ""
        if name in self.plan.drawn.delays:
            return f"{self.names[name]}{size}, the value of the step before"
        return f"Input {self.names[name]}{size}"

    def _array(self, place: Node, axes: tuple[Expr, ...], role: str) -> list[Shape]:
        """A vector as a column of units, a matrix as a block with its size; the name on top."""
        frame = box(place.x, place.y, place.radius, place.half, role)
        name = self.plan.refs[place.id]
        if self.plan.block(place.id):
            size = Text(size_label(axes), place.x, place.y + ACT_BELOW, "note", size=ACT)
            return [frame, self._inside(name, place, place.y - 8, NAME), size]
        top = place.y - place.half + 16
        return [frame, self._inside(name, place, top, NAME), *units(place.x, place.y + 14, axes, "input")]

    # --- recurrences ---

    def _back(self, name: str, way: list[Place]) -> list[Shape]:
        """The way back into a delayed node, with the mark of the delay on it."""
        says = f"{self.names[name]} is {self.names[self.plan.drawn.delays[name]]} of the step before"
        (x0, y), (x1, _) = way[2], way[3]
        return [line(way, "loop", says, arrow=True), *_delay((x0 + x1) / 2, y)]

    def _behind(self, place: Node, role: str) -> list[Shape]:
        """More circles behind one that stands for a family; a loop takes their place."""
        loop = any(target == place.id == edge.source for target, edge in self.plan.edges)
        several = any(i.name in self.plan.running for i in self.plan.refs[place.id].indices if isinstance(i, Ref))
        if loop or place.id in self.plan.drawn.alone or not several:
            return []
        return [Circle(place.x + d, place.y - d, place.radius, role) for d in (6.0, 3.0)]

    def _name_and_act(self, place: Node, node: Neuron) -> list[Shape]:
        act = act_label(node)
        name = self.plan.refs[place.id]
        if not self.plan.inside(act):
            return [self._inside(name, place, place.y, NAME)]
        return [
            self._inside(name, place, place.y - 7, NAME),
            Text(act, place.x, place.y + ACT_BELOW, "note", size=ACT),
        ]

    def _inside(self, label: Label, place: Node, y: float, size: float) -> Text:
        width = self.plan.measure(label).width
        return Text(label, place.x, y, "label", size=min(size, (2 * place.radius - 8) / max(width, 0.1)))

    def _captions(self, place: Node, node: Neuron | Operation) -> list[Shape]:
        lines = self._lines(place, self.plan.captions(place.id))
        if (place.id, "") not in self.plan.shared or not isinstance(node, Neuron):
            return list(lines)
        left, _, right, bottom = extent(lines[-1], self.plan.measure)
        return [*lines, *_double([(left, bottom + 2.5), (right, bottom + 2.5)])]

    def _lines(self, place: Node, labels: list[Label]) -> list[Text]:
        shapes: list[Text] = []
        x, y, anchor = self.plan.caption_at(place)
        for label in labels:
            height = self.plan.line_height(label)
            shapes.append(Text(label, x, y + height / 2, "note", anchor=anchor, size=CAPTION, halo="rim"))
            y += height
        return shapes

    # --- the error, apart ---

    def _loss(self, term: Loss, place: Node, targets: list[Node]) -> list[Shape]:
        shapes: list[Shape] = [
            Path(self.plan.between(self.plan.nodes[s], place).strokes, "loss-edge", arrow=True)
            for s in term.sources if s in self.plan.nodes
        ]
        shapes += [Path(self.plan.between(t, place).strokes, "loss-edge", arrow=True) for t in targets]
        for node, ref in ((place, term.out), *zip(targets, term.targets)):
            shapes.append(Circle(node.x, node.y, node.radius, "loss"))
            shapes.append(self._inside(ref, node, node.y, NAME - 1))
        if place.caption[0]:
            shapes += self._lines(place, [term.formula])
        return shapes

    # --- the legend ---

    def _legend(self, left: float, top: float) -> list[Shape]:
        lines: list[tuple[bool, Label]] = [(True, _shared_label(s)) for s in self.graph.shared]
        lines += [(False, (Ref(name), " = ", value)) for name, value in self.graph.weights.items()]
        lines += [(False, note) for note in self.plan.notes]
        shapes: list[Shape] = []
        y = top
        for sample, label in lines:
            box = self.plan.measure(label)
            height = max(LINE, (box.above + box.below) * LEGEND + 4)
            start = left + 34 if sample else left
            if sample:
                shapes += _double([(left, y + height / 2), (left + 26, y + height / 2)])
            shapes.append(Text(label, start, y + height / 2, "note", anchor="start", size=LEGEND))
            y += height
        return shapes


def _delay(x: float, y: float) -> list[Shape]:
    """One step: a small box."""
    return [rectangle(x - 8, y - 7, 16, 14, "operation", "a delay of one step"), Text("−1", x, y, "note", size=9)]


def _shared_label(shared: Shared) -> Label:
    biases = sum(1 for _, source in shared.places if not source)
    edges = len(shared.places) - biases
    words = [f"{n} {what if n == 1 else plural}"
             for n, what, plural in ((edges, "connection", "connections"), (biases, "bias", "biases")) if n]
    if not shared.through:
        return (shared.name, f" is shared by {' and '.join(words)}")
    named: list[Label] = []
    for i, name in enumerate(shared.through):
        named += [", " if i else "", Ref(name)]
    return (shared.name, f" is shared by {' and '.join(words)}, through ", *named)  # type: ignore[arg-type]


def _parted(route: Route) -> tuple[list[Place], list[Place]]:
    """A curve without its last bit, which the head of its arrow covers, and that bit."""
    end = route.points[-1]
    kept = [p for p in route.points if hypot(p[0] - end[0], p[1] - end[1]) > HEAD]
    return ([kept[0], kept[-1]] if len(route.strokes) == 2 and route.strokes[1][0] == "L" else kept), [kept[-1], end]


def _double(points: list[Place]) -> list[Shape]:
    return [line(points, "shared-edge"), line(points, "shared-core")]
