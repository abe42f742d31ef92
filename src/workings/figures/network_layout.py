"""Where the nodes of a network stand and how its connections run: layers from left to right, index order kept.

A layer is one more than the last layer a node takes from; outputs stand in the last one.  A connection that
jumps over a layer passes through the gap between the nodes there that is nearest to the straight line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot

from workings.expr.names import base, natural
from workings.figures.shapes import Place
from workings.forms.graphs import Graph, Operation, sources

RADIUS = 25.0
SMALL = 17.0                  # of an input, of a target
ROOM, CLOSE = 26.0, 10.0      # between the captions of a node and the next node below it; in high columns
MANY = 6                      # nodes above which a column is high
LANE = 13.0                   # between connections that pass over the same node


@dataclass(slots=True)
class Node:
    """A place in the drawing; `caption`: the height of what is written below it, and its width.

    `half`: half the height of a box that is 2 * radius wide; 0 for a circle.
    """

    id: str
    radius: float
    caption: tuple[float, float] = (0.0, 0.0)
    x: float = 0.0
    y: float = 0.0
    half: float = 0.0

    @property
    def up(self) -> float:
        """From the middle to the upper rim."""
        return self.half or self.radius

    def rim(self, other: Place) -> Place:
        """Where the straight line to another place leaves the circle or the box."""
        dx, dy = other[0] - self.x, other[1] - self.y
        length = hypot(dx, dy) or 1.0
        part = self.radius / length
        if self.half:
            part = min(self.radius / abs(dx) if dx else 1.0, self.half / abs(dy) if dy else 1.0)
        return self.x + dx * part, self.y + dy * part

    def boxes(self) -> list[tuple[float, float, float, float]]:
        """What labels must not cover: the circle and the caption."""
        r, up, (height, width) = self.radius + 2, self.up + 2, self.caption
        out = [(self.x - r, self.y - up, self.x + r, self.y + up)]
        if height:
            out.append((self.x - width / 2, self.y + up, self.x + width / 2, self.y + up + height))
        return out


@dataclass(slots=True)
class Route:
    """A connection on the page: its curve as points, and where on it they are control points."""

    source: str
    target: str
    strokes: tuple[tuple[str | float, ...], ...]
    points: list[Place] = field(default_factory=list)


def layers(graph: Graph) -> dict[str, int]:
    """The layer of each node; inputs have 0."""
    out = {name: 0 for name, _ in graph.inputs}
    for node in graph.nodes:
        before = sources(node) if isinstance(node, Operation) else [e.source for e in node.edges]
        out[node.id] = 1 + max((out[s] for s in before if s in out), default=0)
    last = max(out.values(), default=0)
    taken = {s for node in graph.nodes for s in sources(node)}
    for node_id in graph.outputs.values():
        if node_id not in taken:
            out[node_id] = last
    return out


def columns(graph: Graph) -> list[list[str]]:
    """The nodes of each layer from top to bottom: in the order of the text, indices of one letter in their order."""
    depth = layers(graph)
    found: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name, layer in depth.items():
        found[layer].append(name)
    return [_in_order(column) for column in found if column]


def _in_order(names: Sequence[str]) -> list[str]:
    rank = {letters: i for i, letters in reversed(list(enumerate(map(base, names))))}
    return sorted(names, key=lambda n: (rank[base(n)], natural(n)))


def stand(grid: list[list[Node]], gaps: Sequence[float], left: float, top: float) -> None:
    """Give each node its place: rows equally far apart in all layers, each layer in the middle."""
    rows = max(len(column) for column in grid)
    pitch = max(2 * n.up + n.caption[0] for column in grid for n in column) + (ROOM if rows <= MANY else CLOSE)
    x = left
    for i, column in enumerate(grid):
        widest = max(n.radius for n in column)
        x += widest
        first = top + RADIUS + (rows - len(column)) * pitch / 2
        for k, node in enumerate(column):
            node.x, node.y = x, first + k * pitch
        x += widest + (gaps[i] if i < len(gaps) else 0.0)


def route(
    source: Node, target: Node, grid: list[list[Node]], at: Mapping[str, int],
    lanes: dict[int, list[float]] | None = None,
) -> Route:
    """The connection between two nodes, clear of those between them; `lanes`: where earlier ones pass each layer."""
    if source is target:
        return _loop(source)
    lanes = {} if lanes is None else lanes
    corners = [(source.x, source.y)]
    for i in range(at[source.id] + 1, at[target.id]):
        x, wide = grid[i][0].x, max(n.radius for n in grid[i]) + 4
        ends = [_line_at(corners[-1], (target.x, target.y), place) for place in (x - wide, x + wide)]
        taken = [(n.y - n.up - 8, n.y + n.up + n.caption[0] + 8) for n in grid[i]]
        if all(high - 5 < min(ends) or max(ends) < low + 5 for low, high in taken):
            corners.append((x, sum(ends) / 2))
            continue
        y = _free(sum(ends) / 2, taken, lanes.setdefault(i, []))
        lanes[i].append(y)
        corners += [(x - wide, y), (x + wide, y)]
    corners.append((target.x, target.y))
    if all(abs(y - _line_at(corners[0], corners[-1], x)) < 1 for x, y in corners[1:-1]):
        corners = [corners[0], corners[-1]]
    corners[0], corners[-1] = source.rim(corners[1]), target.rim(corners[-2])
    return _through(source.id, target.id, corners)


def _line_at(a: Place, b: Place, x: float) -> float:
    return a[1] if b[0] == a[0] else a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0])


def _free(y: float, taken: list[tuple[float, float]], lanes: Sequence[float]) -> float:
    """The height nearest to y that is clear of the nodes of a layer, and of the lanes of earlier connections."""
    taken = [*taken, *((lane - LANE, lane + LANE) for lane in lanes)]
    edges = [y, *(edge for span in taken for edge in span)]
    free = [e for e in edges if all(not low < e < high for low, high in taken)]
    return min(free, key=lambda e: (abs(e - y), e))


def _through(source: str, target: str, corners: list[Place]) -> Route:
    """A smooth curve through the corners: level where it passes a layer (Hermite, as cubic strokes)."""
    if len(corners) == 2:
        (x0, y0), (x1, y1) = corners
        points = [(x0 + (x1 - x0) * i / 40, y0 + (y1 - y0) * i / 40) for i in range(41)]
        return Route(source, target, (("M", x0, y0), ("L", x1, y1)), points)
    slopes = _slopes(corners)
    strokes: list[tuple[str | float, ...]] = [("M", *corners[0])]
    points = []
    for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(corners)):
        third = (x1 - x0) / 3
        curve = [(x0, y0), (x0 + third, y0 + slopes[i] * third), (x1 - third, y1 - slopes[i + 1] * third), (x1, y1)]
        strokes.append(("C", *curve[1], *curve[2], *curve[3]))
        points += [_bezier(curve, k / 20) for k in range(21)]
    return Route(source, target, tuple(strokes), points)


def _slopes(corners: list[Place]) -> list[float]:
    chords = [(b[1] - a[1]) / (b[0] - a[0]) if b[0] != a[0] else 0.0 for a, b in pairwise(corners)]
    inner = [0.0 if p * q <= 0 else 2 * p * q / (p + q) for p, q in pairwise(chords)]
    return [chords[0], *inner, chords[-1]]


def _bezier(c: Sequence[Place], t: float) -> Place:
    u = 1 - t
    weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
    return sum(w * p[0] for w, p in zip(weights, c)), sum(w * p[1] for w, p in zip(weights, c))


def _loop(node: Node) -> Route:
    """From a node to itself: over its top."""
    r, x, y = node.radius, node.x, node.y
    over = ((-0.6, -0.8), (-1.5, -2.7), (1.5, -2.7), (0.6, -0.8))
    curve = [(x + a * r, y + b * r) for a, b in over]
    if node.half:                             # of a box: the same loop, standing on its upper side
        curve = [(x + a * RADIUS, y - node.half + (b + 0.8) * RADIUS) for a, b in over]
    strokes = (("M", *curve[0]), ("C", *curve[1], *curve[2], *curve[3]))
    return Route(node.id, node.id, strokes, [_bezier(curve, k / 20) for k in range(21)])

