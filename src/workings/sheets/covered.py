"""Which pieces of the true boundary a person's claims cover.

A claim is `y = 0 for CONDITIONS` or `y = 0 for ray from (2, -2) in direction (1, 0)`, already proved right; on the line
of a true piece its set is an interval with rational ends, so that the union of all claims is compared exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from workings.checking.sets import FLIP, affine
from workings.checking.verdict import Judged
from workings.errors import WorkingsError
from workings.expr import Add, Array, Call, Expr, Logic, Neg, Network, Ref, Rel
from workings.geometry.data import Boundary, Part

End = Fraction | None
Interval = tuple[End, End]    # None: no end on this side
Vector = tuple[Fraction, ...]
ENDS: dict[str, Interval] = {
    "segment": (Fraction(0), Fraction(1)), "ray": (Fraction(0), None), "line": (None, None)}


def covered(found: Boundary, lines: Sequence[Judged], net: Network) -> list[bool] | None:
    """For each piece of the boundary, whether right claims cover it; None where a piece is no part of a line.

    >>> from workings.checking import check
    >>> from workings.geometry import boundary
    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> net = read("y = max(0, x1) - 1 + 0*x2", signatures())
    >>> covered(boundary(net), check(net, ["y = 0 for x1 = 1, x2 >= 0", "y = 0 for x1 = 1, x2 <= 0"]).lines, net)
    [True]
    """
    if not found.parts or any(p.type not in ENDS or p.between for p in found.parts):
        return None
    claims = [j.body for j in lines if j.verdict == "right" and isinstance(j.body, Logic) and j.body.op == "implies"]
    claims = [c for c in claims if states(c, found, net)]
    return [_piece(part, claims, found, net) for part in found.parts]


def states(claim: Logic, found: Boundary, net: Network) -> bool:
    """Is it the claim that the output has the level of the boundary?"""
    body = claim.args[-1]
    if not isinstance(body, Rel) or body.ops != ("=",):
        return False
    sides = sorted(body.args, key=lambda s: not isinstance(s, Ref))
    try:
        said = affine(net, sides[1])
    except WorkingsError:
        return False
    return isinstance(sides[0], Ref) and sides[0].name in found.outputs and said == (found.level, {})


def _piece(part: Part, claims: Sequence[Logic], found: Boundary, net: Network) -> bool:
    start = part.points[0]
    along = part.direction if part.direction is not None else tuple(b - a for a, b in zip(start, part.points[1]))
    ends = ENDS[part.type]
    known = []
    for claim in claims:
        try:
            interval = _on_line(claim.args[:-1], start, along, found.inputs, net)
        except WorkingsError:
            continue
        if interval is not None:
            known.append(interval)
    return _joined(known, ends)


def _on_line(
    where: Sequence[Expr], start: Vector, along: Vector, names: Sequence[str], net: Network,
) -> Interval | None:
    """The parameters of the line at which all conditions hold; None where they hold nowhere or at one point."""
    here: Interval = (None, None)
    todo = list(where)
    while todo:
        node = todo.pop()
        if isinstance(node, Logic) and node.op == "and":
            todo += node.args
            continue
        figure = isinstance(node, Call)
        found = _figure(node, start, along, net) if figure else _relations(node, start, along, names, net)
        if found is None:
            return None
        here = _meet(here, found)
    low, high = here
    return None if low is not None and high is not None and low >= high else here


def _relations(node: Expr, start: Vector, along: Vector, names: Sequence[str], net: Network) -> Interval | None:
    if not isinstance(node, Rel):
        return None
    here: Interval = (None, None)
    for a, b, op in zip(node.args, node.args[1:], node.ops):
        const, of = affine(net, Add((a, Neg(b))))
        if any(n not in names for n in of):
            return None
        at = const + sum((of.get(n, Fraction(0)) * p for n, p in zip(names, start)), Fraction(0))
        slope = sum((of.get(n, Fraction(0)) * d for n, d in zip(names, along)), Fraction(0))
        found = _half(at, slope, op)
        if found is None:
            return None
        here = _meet(here, found)
    return here


def _half(at: Fraction, slope: Fraction, op: str) -> Interval | None:
    """Where at + slope*s op 0; an open end counts as its closure, since a boundary is a closed set."""
    if slope == 0:
        holds = {"=": at == 0, ">=": at >= 0, "<=": at <= 0, ">": at > 0, "<": at < 0}.get(op, False)
        return (None, None) if holds else None
    if op == "=":
        return None                               # a single point
    ends = -at / slope
    op = FLIP[op] if slope < 0 else op
    return (ends, None) if op in (">=", ">") else (None, ends)


def _figure(figure: Expr, start: Vector, along: Vector, net: Network) -> Interval | None:
    """segment, ray or line: where it lies on the line, between which parameters."""
    assert isinstance(figure, Call)
    points = [tuple(affine(net, x)[0] for x in p.args) for p in figure.args if isinstance(p, Array)]
    if len(points) != 2 or any(len(p) != len(start) for p in points):
        return None
    first, second = points
    step = tuple(b - a for a, b in zip(first, second)) if figure.function == "segment" else second
    a, way = _parameter(first, start, along), _parameter(tuple(p + d for p, d in zip(start, step)), start, along)
    if a is None or way is None or way == 0:
        return None
    if figure.function == "line":
        return (None, None)
    if figure.function == "segment":
        return (min(a, a + way), max(a, a + way))
    return (a, None) if way > 0 else (None, a)


def _parameter(point: Vector, start: Vector, along: Vector) -> Fraction | None:
    """s with point = start + s*along; None off the line."""
    i = next(i for i, d in enumerate(along) if d)
    s = (point[i] - start[i]) / along[i]
    return s if all(p == q + s * d for p, q, d in zip(point, start, along)) else None


def _meet(a: Interval, b: Interval) -> Interval:
    lows, highs = [x for x in (a[0], b[0]) if x is not None], [x for x in (a[1], b[1]) if x is not None]
    return (max(lows) if lows else None, min(highs) if highs else None)


def _joined(known: list[Interval], whole: Interval) -> bool:
    """Does the union of the intervals hold the whole one?"""
    reached: End = whole[0]
    unbounded = whole[0] is None
    for low, high in sorted(known, key=lambda i: (i[0] is not None, i[0] or Fraction(0))):
        if low is not None and (unbounded or (reached is not None and low > reached)):
            continue
        if high is None:
            return True
        reached = high if unbounded or reached is None or high > reached else reached
        unbounded = False
        if whole[1] is not None and reached >= whole[1]:
            return True
    return False
