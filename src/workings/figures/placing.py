"""Labels slid along their lines to free spots.

Each label may stand at many points of its line.  A spot costs much where the label would cover a label, a node
or what is written below it, little where another line passes behind it, and a trifle by its distance from the
favourite spot.  Labels are set one after the other, then each again, until none moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from workings.figures.shapes import Place

Rect = tuple[float, float, float, float]      # left, top, right, bottom
PAD = 1.5
COVERS, CROSSES = 1000.0, 12.0
ROUNDS = 6
FAVOURITE = 0.36              # nearer to where the connection comes from


@dataclass(slots=True)
class Wish:
    """A label of a size on a line, given as points along it."""

    width: float
    height: float
    line: Sequence[Place]


def place(
    wishes: Sequence[Wish], taken: Sequence[Rect], favourite: float = FAVOURITE, more: Sequence[Sequence[Place]] = ()
) -> list[tuple[Place, bool]]:
    """The middle of each label, and whether it stands free; `more`: lines without labels."""
    lines = [_sparse(line) for line in (*(w.line for w in wishes), *more)]
    choices = [_choices(w, i, lines, taken, favourite) for i, w in enumerate(wishes)]
    order = sorted(range(len(wishes)), key=lambda i: (-wishes[i].width, i))
    spot: dict[int, Rect] = {}
    for _ in range(ROUNDS):
        moved = False
        for i in order:
            others = [r for k, r in spot.items() if k != i]
            best = min(choices[i], key=lambda c: c[0] + COVERS * sum(overlap(c[1], r) for r in others))
            moved = moved or spot.get(i) != best[1]
            spot[i] = best[1]
        if not moved:
            break
    boxes = [spot[i] for i in range(len(wishes))]
    free = [not any(overlap(b, r) for r in (*taken, *boxes[:i], *boxes[i + 1 :])) for i, b in enumerate(boxes)]
    return [(((a + c) / 2, (b + d) / 2), ok) for (a, b, c, d), ok in zip(boxes, free)]


def _choices(
    wish: Wish, own: int, lines: list[list[Place]], taken: Sequence[Rect], favourite: float
) -> list[tuple[float, Rect]]:
    """(cost, box) at each spot, as far as other labels do not matter."""
    out = []
    last = len(wish.line) - 1
    low, high = int(0.1 * last), max(int(0.9 * last), 1)
    for k in range(low, high + 1):
        x, y = wish.line[k]
        box = (x - wish.width / 2 - PAD, y - wish.height / 2 - PAD, x + wish.width / 2 + PAD, y + wish.height / 2 + PAD)
        wide = (box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2)
        cost = 10 * abs(k / last - favourite) + COVERS * sum(overlap(box, r) for r in taken)
        cost += CROSSES * sum(1 for i, line in enumerate(lines) if i != own and passes(line, wide))
        out.append((cost, box))
    return out


def overlap(a: Rect, b: Rect) -> bool:
    """Do two boxes have an inner point in common?"""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def passes(line: Sequence[Place], box: Rect) -> bool:
    """Does a line, given as points, pass through a box?"""
    return any(_cuts(p, q, box) for p, q in pairwise(line))


def _cuts(p: Place, q: Place, box: Rect) -> bool:
    # Liang and Barsky, 1984: the part of the segment within each of the four half-planes
    low, high = 0.0, 1.0
    for axis in (0, 1):
        start, step = p[axis], q[axis] - p[axis]
        near, far = box[axis], box[axis + 2]
        if step == 0:
            if not near < start < far:
                return False
            continue
        a, b = sorted(((near - start) / step, (far - start) / step))
        low, high = max(low, a), min(high, b)
        if low >= high:
            return False
    return True


def _sparse(line: Sequence[Place]) -> list[Place]:
    """Fewer points of a line; both ends of a straight one."""
    (x0, y0), (x1, y1) = line[0], line[-1]
    mx, my = line[len(line) // 2]
    if abs((x1 - x0) * (my - y0) - (y1 - y0) * (mx - x0)) < 1e-6:
        return [line[0], line[-1]]
    return [*line[::4], line[-1]]
