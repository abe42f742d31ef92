"""The plan of a drawn network: what is written where, and how far apart things must stand for it."""

from __future__ import annotations

from math import sqrt

from workings.expr import Expr, Ref, free_refs
from workings.figures.activations import act_label, op_label
from workings.figures.delays import before
from workings.figures.families import Drawn
from workings.figures.layers import BLOCK, COLUMN, size_label
from workings.figures.network_layout import RADIUS, SMALL, Node, Route, columns, layers, route, stand
from workings.figures.placing import Wish, place
from workings.figures.shapes import Label, Measure, Place
from workings.forms.affine import number
from workings.forms.graphs import Edge, Graph, Loss, Neuron, Operation

NAME, ACT, CAPTION, WEIGHT, LEGEND = 15.0, 10.5, 11.0, 13.0, 11.5      # sizes of letters
ACT_BELOW = 10.5              # from the middle of a neuron down to its nonlinearity
LINE = 15.0                   # from one line of a caption or legend to the next
MARGIN = 14.0
GAP = 104.0                   # between two layers, beside the widest weight between them
WIDEST = 150.0                # a weight wider than this is written in the legend
LABELLED = 30                 # connections between two layers above which their weights are left to the table
STEEP = 0.3                   # room between two layers with many connections, as a share of their height
STUB = 30.0                   # the arrow out of an output
BACK = 26.0                   # between the ways back of two recurrences
BOX = 15.0                    # half the height of an operation


class Plan:
    """One layout, its columns `stretch` times as far apart as they must be."""

    def __init__(self, drawn: Drawn, measure: Measure, stretch: float, last: bool = False) -> None:
        graph = drawn.graph
        self.drawn, self.graph, self.measure = drawn, graph, measure
        self.refs = graph.refs()
        self.of = {n.id: n for n in graph.nodes}
        self.shared = {where for s in graph.shared for where in s.places}
        self.running = _running(graph)
        self.notes: list[Label] = list(drawn.notes)
        self.terse = bool(graph.sizes) or bool(drawn.delays) or any(e.lag for n in graph.neurons for e in n.edges)
        self.edges = [(n.id, e) for n in graph.nodes if isinstance(n, Neuron) for e in n.edges]
        self.at = layers(graph)
        self.thin = self._thin()
        silent = {k for k, (_, e) in enumerate(self.edges) if self.terse and number(e.weight) == 1}
        unwritten = self.thin | silent
        self.weights = [None if k in unwritten else self._weight(e) for k, (_, e) in enumerate(self.edges)]
        self.grid = [self._column(column) for column in columns(graph)]
        self.nodes = {node.id: node for column in self.grid for node in column}
        self._stand(stretch)
        self.loss = self._stand_loss()
        self.routes, self.links = self._routes()
        self.backs = self._backs()
        self.handed: list[tuple[Label, Place]] = []
        self.spots, self.free = self._spots(last)
        if self.thin or len(self.spots) < sum(w is not None for w in self.weights):
            self.notes.append("The weights that are not written stand in the table.")

    # --- what is written ---

    def _thin(self) -> set[int]:
        """The connections whose weights are left to the table: those between layers that have many."""
        blocks: dict[tuple[int, int], list[int]] = {}
        for k, (target, edge) in enumerate(self.edges):
            blocks.setdefault((self.at[edge.source], self.at[target]), []).append(k)
        return {k for block in blocks.values() if len(block) > LABELLED for k in block}

    def _weight(self, edge: Edge) -> Label:
        label: Label = edge.weight
        if edge.over:
            more = [part for index in edge.over[1:] for part in (", ", Ref(index))]
            label = (edge.weight, " for each ", Ref(edge.over[0]), *more)
        if self.measure(label).width * WEIGHT <= WIDEST:
            return label
        number = f"({len(self.notes) + 1})"
        self.notes.append((f"{number}  ", edge.weight))
        return number

    def captions(self, name: str) -> list[Label]:
        """The lines below a node."""
        node = self.of.get(name)
        axes = self.graph.sizes.get(name, ())
        if axes:
            return self._of_array(name, axes)
        if name in self.drawn.delays:
            return self._given(name)
        if isinstance(node, Operation):
            return [] if node.out is None else [node.out]
        if name in self.drawn.captions:
            return [self.drawn.captions[name]]
        if isinstance(node, Neuron):
            act = act_label(node)
            wide = not self.inside(act)
            return [*([act] if wide else []), *self._bias(node)]
        ref = self.refs[name]
        if self.drawn.notes:                 # the legend says all ranges
            return []
        return [self._range(i.name) for i in ref.indices if isinstance(i, Ref) and i.name in self.graph.ranges]

    def _bias(self, node: Neuron) -> list[Label]:
        return [] if self.terse and number(node.bias) == 0 else [("bias ", node.bias)]

    def _given(self, name: str) -> list[Label]:
        """The first value of a recurrence."""
        out: list[Label] = []
        out += [(e.lhs, " = ", e.rhs) for e in self.graph.starts.get(self.drawn.delays[name], ())][:1]
        return out

    def _of_array(self, name: str, axes: tuple[Expr, ...]) -> list[Label]:
        """Below a layer: its nonlinearity and bias, and how many units; the size of a matrix stands in its block."""
        node = self.of.get(name)
        out: list[Label] = [] if self.block(name) else [size_label(axes)]
        if isinstance(node, Neuron):
            out = [act_label(node), *self._bias(node), *out]
        elif isinstance(node, Operation):
            out = [(node.out, ": ", *as_row(size_label(axes)))] if node.out is not None else out
        if name in self.drawn.delays:
            out += self._given(name)
        elif node is None:
            out += [self._range(i.name) for i in self.refs[name].indices
                    if isinstance(i, Ref) and i.name in self.graph.ranges]
        return out

    def _range(self, index: str) -> Label:
        low, high = self.graph.ranges[index]
        return (Ref(index), " = ", low, ", …, ", high)

    def line_height(self, label: Label) -> float:
        """Of a line of a caption."""
        box = self.measure(label)
        return max(LINE, (box.above + box.below) * CAPTION + 4)

    def inside(self, act: Label) -> bool:
        """Does a nonlinearity fit into its circle, below the name?"""
        box = self.measure(act)
        low = ACT_BELOW + (box.above + box.below) * ACT / 2 - 2        # letters do not fill the corners of their box
        return low < RADIUS and box.width * ACT / 2 <= sqrt(RADIUS**2 - low**2) - 1

    # --- where it stands ---

    compact = False               # are vectors drawn as blocks, like matrices?

    def _stand(self, stretch: float) -> None:
        """Each node in its place."""
        left = MARGIN + max((n.caption[1] / 2 - n.radius for n in self.grid[0]), default=0.0)
        stand(self.grid, self._gaps(stretch), max(left, MARGIN), MARGIN + self._headroom())

    def block(self, name: str) -> tuple[Expr, ...]:
        """The axes of an array that is drawn as a block."""
        axes = self.graph.sizes.get(name, ())
        return axes if self.compact or len(axes) > 1 else ()

    def _column(self, names: list[str]) -> list[Node]:
        """The nodes of a layer, and the dots between the second and the last of a family."""
        out: list[Node] = []
        for name in names:
            out.append(self._node(name))
            if name in self.drawn.dots:
                out.append(Node(self.drawn.dots[name], 8.0))
        return out

    def _node(self, name: str) -> Node:
        lines = self.captions(name)
        widest = max((self.measure(label).width * CAPTION for label in lines), default=0.0)
        node = self.of.get(name)
        label = op_label(node) if isinstance(node, Operation) else self.refs[name]
        inner = self.measure(label).width * NAME / 2 + 6
        small = RADIUS if isinstance(node, Neuron) else SMALL
        height = sum(self.line_height(label) for label in lines)
        half = BOX if isinstance(node, Operation) else 0.0
        axes = self.graph.sizes.get(name, ())
        if axes and not isinstance(node, Operation):
            half, small = (BLOCK, 30.0) if self.block(name) else (COLUMN, 22.0)
            size = self.measure(size_label(axes)).width * ACT / 2 + 8
            inner = max(inner, size if self.block(name) else 0.0)
        return Node(name, max(small, inner), (height + 3 if lines else 0.0, widest), half=half)

    def _gaps(self, stretch: float) -> list[float]:
        """Room between layers: for the widest weight, and more where many connections cross."""
        out = []
        for i in range(len(self.grid) - 1):
            here = [k for k, (t, e) in enumerate(self.edges) if self.at[e.source] <= i < self.at[t]]
            labels = [w for k in here if (w := self.weights[k]) is not None]
            widest = max((self.measure(w).width * WEIGHT for w in labels), default=0.0)
            crowd = min(9.0 * max(0, len(here) - 4), 140.0) if labels else 0.0
            if self.thin.intersection(here):
                crowd = max(crowd, STEEP * 80.0 * max(len(self.grid[i]), len(self.grid[i + 1])) - GAP)
            captions = max(n.caption[1] / 2 - n.radius for n in (*self.grid[i], *self.grid[i + 1]))
            out.append((stretch if labels else 1.0) * (GAP + widest * 0.8 + crowd) + max(captions, 0.0))
        return out

    def _headroom(self) -> float:
        """Above all nodes: for loops, and for targets above the error."""
        loops = any(e.source == t for t, e in self.edges)
        return 34.0 if loops else 0.0

    def _stand_loss(self) -> list[tuple[Loss, Node, list[Node]]]:
        """The errors, each beside what it compares, its targets above it."""
        out: list[tuple[Loss, Node, list[Node]]] = []
        x = max(n.x + n.radius + n.caption[1] / 4 for n in self.nodes.values()) + 78
        for term in self.graph.loss:
            ys = [self.nodes[s].y for s in term.sources if s in self.nodes]
            y = max(sum(ys) / max(len(ys), 1), max((n.y + 120 for _, n, _ in out), default=0.0))
            width = self.measure(term.formula).width * CAPTION
            caption = (LINE + 3, width) if width <= WIDEST + 40 else (0.0, 0.0)
            node = Node("error", SMALL + 3, caption, x + max(0.0, width / 2 - 40), y)
            step = 2 * SMALL + 12
            first = node.x - step * (len(term.targets) - 1) / 2
            targets = [Node("target", SMALL - 2, x=first + i * step, y=y - 74) for i in range(len(term.targets))]
            out.append((term, node, targets))
        return out

    def _routes(self) -> tuple[list[Route], list[Route]]:
        """The connections, and those into operations; short ones first, so that long ones arch over them."""
        pairs = [(e.source, target) for target, e in self.edges]
        count = len(pairs)
        pairs += self.links_of()
        lanes: dict[int, list[float]] = {}
        found: dict[int, Route] = {}
        for k in sorted(range(len(pairs)), key=lambda k: (self.at[pairs[k][1]] - self.at[pairs[k][0]], k)):
            source, target = (self.nodes[name] for name in pairs[k])
            found[k] = route(source, target, self.grid, self.at, lanes)
        return [found[k] for k in range(count)], [found[k] for k in range(count, len(pairs))]

    def caption_at(self, node: Node) -> tuple[float, float, str]:
        """Where the lines below a node begin, and how they are anchored there."""
        return node.x, node.y + node.up + 3, "middle"

    def out_of(self, node: Node) -> tuple[Place, Place]:
        """The arrow out of an output."""
        return (node.x + node.radius, node.y), (node.x + node.radius + STUB, node.y)

    def marks(self) -> dict[int, Place]:
        """Where on each loop the mark of its delay stands."""
        runs = {k: self.routes[k].points for k, (_, e) in enumerate(self.edges) if e.lag is not None and before(e.lag)}
        return {k: points[len(points) // 4] for k, points in runs.items()}

    def _backs(self) -> list[tuple[str, list[Place]]]:
        """For each delayed node the way back from the node that it is the earlier value of, below all that is drawn."""
        bottom = max((n.y + n.up + n.caption[0] for n in self.nodes.values()), default=0.0)
        out = []
        for k, (name, source) in enumerate(self.drawn.delays.items()):
            start, end = self.nodes[source], self.nodes[name]
            y = bottom + BACK * (k + 1)
            right, left = start.x + start.radius + 12 + 7 * k, end.x - max(end.radius, end.caption[1] / 2) - 14 - 7 * k
            low = start.y + 0.6 * start.up
            out.append((name, [(start.x + start.radius, low), (right, low), (right, y), (left, y), (left, end.y),
                               (end.x - end.radius, end.y)]))
        return out

    def between(self, source: Node, target: Node) -> Route:
        """The straight connection between two places."""
        return route(source, target, [], {source.id: 0, target.id: 1})

    def _spots(self, last: bool) -> tuple[dict[int, Place], bool]:
        wishes, which, bare = [], [], [r.points for r in self.links]
        for k, (label, run) in enumerate(zip(self.weights, self.routes)):
            if label is not None:
                box = self.measure(label)
                wishes.append(Wish(box.width * WEIGHT, (box.above + box.below) * WEIGHT, run.points))
                which.append(k)
            else:
                bare.append(run.points)
        marks = [(x - 10, y - 9, x + 10, y + 9) for x, y in self.marks().values()]
        spots = place(wishes, [*(b for n in self.nodes.values() for b in n.boxes()), *marks], more=bare)
        shown = {k: spot for k, (spot, free) in zip(which, spots) if free or not last}
        return shown, all(free for _, free in spots)

    def links_of(self) -> list[tuple[str, str]]:
        """The two ends of each connection into an operation."""
        return [(s, o.id) for o in self.graph.operations for s in dict.fromkeys(o.sources) if s in self.nodes]


def as_row(label: Label) -> tuple[str | Expr, ...]:
    """A label as its parts."""
    return label if isinstance(label, tuple) else (label,)


def _running(graph: Graph) -> set[str]:
    """The indices that run: with a range, or on an input or a weight; the o of out_o alone is none."""
    written = [ref for _, ref in graph.inputs]
    written += [r for n in graph.neurons for e in (n.bias, *(edge.weight for edge in n.edges)) for r in free_refs(e)]
    return set(graph.ranges) | {i.name for ref in written for i in ref.indices if isinstance(i, Ref)}
