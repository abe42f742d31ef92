"""The plan of an unrolled recurrence: a column for each step, its inputs at the bottom, time from left to right."""

from __future__ import annotations

from workings.expr import Ref
from workings.figures.families import Drawn
from workings.figures.network_layout import Node, Route, layers
from workings.figures.network_plan import GAP, MARGIN, STUB, WEIGHT, Plan
from workings.figures.placing import Wish, passes, place
from workings.figures.shapes import Label, Measure, Place
from workings.figures.unrolled import EARLIER, LATER, Steps
from workings.forms.graphs import Neuron, sources

ROW = 46.0                    # between the captions of a row and the next row
BESIDE = 34.0                 # between two nodes of one row
BEND = 26.0                   # how far a way keeps from a node that it goes around


class StepsPlan(Plan):
    """The nodes of a step above each other, the steps side by side."""

    compact = True

    def __init__(self, steps: Steps, measure: Measure) -> None:
        self.steps = steps
        notes: list[Label] = []
        low, high = steps.graph.ranges.get(steps.letter, (None, None))
        notes += [(Ref(steps.letter), " = ", low, ", …, ", high)] if low is not None and high is not None else []
        alone = tuple(n for n, _ in steps.graph.inputs) + tuple(n.id for n in steps.graph.nodes)
        super().__init__(Drawn(steps.graph, alone=alone, notes=notes), measure, 1.0, last=True)

    def _thin(self) -> set[int]:
        self.terse = True
        return set()

    def _rows(self) -> dict[str, int]:
        """The row of each node, from 0 at the bottom: one above what it takes of its own step."""
        step = self.steps.column
        out = {name: 0 for name, _ in self.graph.inputs}
        for node in self.graph.nodes:
            own = [out[s] for s in sources(node) if step.get(s) == step[node.id] and s in out]
            out[node.id] = 1 + max(own, default=0)
        carried = [out[s] for n in self.graph.nodes for s in sources(n) if step.get(s, 0) < step[n.id] and s in out
                   and s != EARLIER]
        out[EARLIER] = out[LATER] = max(carried, default=1)
        for name, at in step.items():
            out[name] = out[LATER] if at > step[LATER] else out[name]
        return out

    def _stand(self, stretch: float) -> None:
        rows = self._rows()
        height = max(2 * n.up + n.caption[0] for n in self.nodes.values()) + ROW
        top = MARGIN + STUB
        x = MARGIN
        for step in range(max(self.steps.column.values()) + 1):
            names = [n for n in self.nodes if self.steps.column[n] == step]
            lines = [[self.nodes[n] for n in names if rows[n] == row] for row in range(max(rows.values()) + 1)]
            wide = max((_width(nodes) for nodes in lines), default=0.0)
            for row, nodes in enumerate(lines):
                at = x + (wide - _width(nodes)) / 2
                for node in nodes:
                    node.x, node.y = at + node.radius, top + height * (max(rows.values()) - row) + height / 2
                    at += 2 * node.radius + node.caption[1] + BESIDE
            x += wide + self._between(step)

    def _between(self, step: int) -> float:
        """Room between a step and the next: for what is written on the arrows between them."""
        leaving = [w for (_, e), w in zip(self.edges, self.weights) if self.steps.column[e.source] == step]
        labels = [w for w in leaving if w is not None]
        labels += [label for (a, _), label in self.steps.handed.items() if self.steps.column[a] == step]
        captions = [n.caption[1] + 14 for n in self.nodes.values() if self.steps.column[n.id] == step]
        return max([GAP * 0.7, *captions, *(self.measure(w).width * WEIGHT + 44 for w in labels)])

    def _routes(self) -> tuple[list[Route], list[Route]]:
        self.at = layers(self.graph)
        ways = [self._way(self.nodes[e.source], self.nodes[target]) for target, e in self.edges]
        return ways, [self._way(self.nodes[a], self.nodes[b]) for a, b in self.links_of()]

    def _way(self, source: Node, target: Node) -> Route:
        """The straight way, or one around the nodes that stand in it."""
        straight = self.between(source, target)
        hit = [n for n in self.nodes.values() if n not in (source, target) and passes(straight.points, n.boxes()[0])]
        if not hit:
            return straight
        side = max(n.radius for n in hit) + BEND
        middle = ((source.x + target.x) / 2 + side, (source.y + target.y) / 2)
        a, b = source.rim(middle), target.rim(middle)
        points = [_curve(a, middle, b, k / 40) for k in range(41)]
        first = (middle[0], a[1] + (middle[1] - a[1]) * 0.75)
        second = (middle[0], b[1] + (middle[1] - b[1]) * 0.75)
        return Route(source.id, target.id, (("M", *a), ("C", *first, *second, *b)), points)

    def captions(self, name: str) -> list[Label]:
        """The range of the steps is said once; a cell needs no more than its word."""
        node = self.of.get(name)
        return super().captions(name) if isinstance(node, Neuron) and name != LATER else []

    def caption_at(self, node: Node) -> tuple[float, float, str]:
        """Right of the node, below the arrow that leaves it: the ways from below end at its middle."""
        return node.x + node.radius + 5, node.y + 7, "start"

    def out_of(self, node: Node) -> tuple[Place, Place]:
        return (node.x, node.y - node.up), (node.x, node.y - node.up - STUB)

    def _spots(self, last: bool) -> tuple[dict[int, Place], bool]:
        found = super()._spots(last)
        links = {(e.source, target): route for (target, e), route in zip(self.edges, self.routes)}
        links.update(zip(self.links_of(), self.links))
        for pair, label in self.steps.handed.items():
            if pair in links:
                box = self.measure(label)
                wish = Wish(box.width * WEIGHT, (box.above + box.below) * WEIGHT, links[pair].points)
                spot, _ = place([wish], [b for n in self.nodes.values() for b in n.boxes()])[0]
                self.handed.append((label, spot))
        return found


def _width(nodes: list[Node]) -> float:
    beside = sum(n.caption[1] for n in nodes[:-1])
    return sum(2 * n.radius for n in nodes) + beside + BESIDE * max(0, len(nodes) - 1)


def _curve(a: Place, m: Place, b: Place, t: float) -> Place:
    """On the cubic that leaves a and reaches b towards m."""
    u = 1 - t
    w = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
    c = (m[0], a[1] + (m[1] - a[1]) * 0.75), (m[0], b[1] + (m[1] - b[1]) * 0.75)
    return (w[0] * a[0] + w[1] * c[0][0] + w[2] * c[1][0] + w[3] * b[0],
            w[0] * a[1] + w[1] * c[0][1] + w[2] * c[1][1] + w[3] * b[1])
