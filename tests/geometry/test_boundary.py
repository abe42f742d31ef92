"""Boundaries: facts of textbook networks, and random networks against evaluation along lines and on grids."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nets import Random, grid, networks
from workings.answers import boundary as boundary_page
from workings.functions import signatures
from workings.geometry import Boundary, Part, Point, Shape, boundary
from workings.syntax import read

F = Fraction
PYRAMID = "y = 1 - rho(x1) - rho(x2) + rho(x1 + x2); rho(z) = max(0, z); class 1 if y < 0; class 2 if y > 0"


def solve(text: str, **options: object) -> Boundary:
    return boundary(read(text, signatures()), **options)


def shown(part: Part) -> str:
    """ray (1, -1) + (1, 0) crosses."""
    ends = [part.shape.vertices, part.shape.rays] if part.shape else [part.points, (part.direction,)]
    points = " ".join("(" + ", ".join(map(str, p)) + ")" for p in ends[0])
    ways = "".join(" + (" + ", ".join(map(str, d)) + ")" for d in ends[1] if d)
    return f"{part.type} {points}{ways} {part.kind}"


BOUNDARIES = [
    (PYRAMID, {}, ["ray (1, -1) + (1, 0) crosses", "ray (1, -1) + (0, -1) crosses", "ray (-1, 1) + (0, 1) crosses",
                   "ray (-1, 1) + (-1, 0) crosses"]),
    (PYRAMID, {"box": [(-1, 1), (-1, 1)]}, ["point (1, -1) touches", "point (-1, 1) touches"]),
    (PYRAMID, {"level": 2}, []),
    ("y = leaky(x1 - x2, 0.1) + x2 - 1", {}, ["ray (1, 1) + (0, -1) crosses", "ray (1, 1) + (-9, 1) crosses"]),
    ("y = x1 + x2 - 1", {}, ["line (1, 0) + (1, -1) crosses"]),
    ("y = abs(x1) + 0*x2", {}, ["line (0, 0) + (0, 1) touches"]),
    ("y = abs(x1) + abs(x2)", {}, ["point (0, 0) touches"]),
    ("y = max(abs(x1), abs(x2)) - 1/2", {}, [
        "segment (1/2, 1/2) (1/2, -1/2) crosses", "segment (1/2, -1/2) (-1/2, -1/2) crosses",
        "segment (-1/2, 1/2) (1/2, 1/2) crosses", "segment (-1/2, 1/2) (-1/2, -1/2) crosses"]),
    ("y = relu(x1) - x2", {}, ["ray (0, 0) + (1, 1) crosses", "ray (0, 0) + (-1, 0) crosses"]),
    ("y = relu(x1) + relu(x2) - relu(x1)", {}, ["region (0, 0) + (-1, 0) + (0, -1) + (1, 0) touches"]),
    ("y = relu(x) - 2", {}, ["point (2) crosses"]),
    ("y = abs(x)", {}, ["point (0) touches"]),
    ("y = relu(x)", {}, ["region (0) + (-1) touches"]),
    ("y = x", {"level": "1/3"}, ["point (1/3) crosses"]),
    ("y = x", {"box": [(0, 1)]}, ["point (0) touches"]),
    ("y = sign(x)", {}, ["point (0) crosses"]),
    ("y = abs(sign(x))", {}, ["point (0) touches"]),
    ("y = step(x) - 1/2", {}, []),
]


@pytest.mark.parametrize("text, options, expected", BOUNDARIES)
def test_the_level_set(text: str, options: dict[str, object], expected: list[str]) -> None:
    answer = solve(text, **options)
    assert sorted(_turned(shown(p)) for p in answer.parts) == sorted(_turned(e) for e in expected)
    assert answer.certified


def _turned(said: str) -> str:
    """A segment's two ends in one order."""
    if not said.startswith("segment"):
        return said
    a, b = said.removeprefix("segment ").removesuffix(" crosses").split(") (")
    return " ".join(sorted([a.strip("()"), b.strip("()")])) + said.split()[-1]


def test_symmetry_saves_two_pieces_and_the_classes_are_named() -> None:
    answer = solve(PYRAMID)
    assert boundary_page.as_dict(answer)["symmetries"] == ["swap x1 x2", "flip x1 x2"]
    assert [(s.number, s.mirrored) for s in answer.solved] == [
        (1, None), (3, None), (4, None), (5, 3), (6, 4), (8, None)]
    below, above = answer.classes
    assert (below.sign, below.label, above.sign, above.label) == (-1, "class 1", 1, "class 2")
    assert [(s.vertices, s.rays) for s in below.regions] == [
        (((1, -1),), ((0, -1), (1, 0))), (((-1, 1),), ((0, 1), (-1, 0)))]


def test_length() -> None:
    assert solve("y = max(abs(x1), abs(x2)) - 1/2").length == 4.0
    assert solve("y = x1 - x2", box=[(0, 1), (0, 1)]).length == pytest.approx(2**0.5)
    assert solve("y = x1 - x2").length is None
    # the border of a zero cell counts, but not on the border of the box
    assert solve("y = relu(x1) + 0*x2", box=[(-1, 1), (-1, 1)]).length == 2.0


def test_the_largest_of_several_outputs() -> None:
    answer = solve("y1 = x1; y2 = x2; y3 = 0")
    assert {(shown(p), p.between) for p in answer.parts} == {
        ("ray (0, 0) + (1, 1) crosses", ("y1", "y2")), ("ray (0, 0) + (0, -1) crosses", ("y1", "y3")),
        ("ray (0, 0) + (-1, 0) crosses", ("y2", "y3"))}
    assert [s.output for s in answer.classes] == ["y1", "y2", "y3"] and answer.certified
    tie = solve("y1 = relu(x); y2 = 0")
    assert [(shown(p), p.between) for p in tie.parts] == [("region (0) + (-1) touches", ("y1", "y2"))]


def test_a_jump_is_no_level_set_but_told() -> None:
    answer = solve("y = step(x1 + x2 - 1) - 1/2")
    assert answer.parts == () and [shown(p) for p in answer.jumps] == ["line (1, 0) + (1, -1) crosses"]
    # on its crease sign is 0: there the level is met
    assert [shown(p) for p in solve("y = sign(x1) + 0*x2").parts] == ["line (0, 0) + (0, 1) crosses"]


def test_three_inputs_give_flat_regions() -> None:
    answer = solve("y = abs(x1) + abs(x2) + abs(x3) - 1")
    assert len(answer.parts) == 8 and {p.type for p in answer.parts} == {"region"}
    assert all(p.shape and p.shape.dimension == 2 and p.kind == "crosses" for p in answer.parts) and answer.certified


# --- random networks ---


@settings(max_examples=50, derandomize=True, deadline=None)
@given(networks(), st.integers(0, 10**6))
def test_zeros_signs_and_crossings(net: Random, seed: int) -> None:
    answer = boundary(net.network())
    assert answer.certified
    points = grid(len(net.inputs))
    values = {p: net.run(p)[0] for p in points}
    for point, value in values.items():
        assert (value == 0) == any(_on(part, point) for part in answer.parts)
        for side in answer.classes:
            if any(_strictly(shape, point) for shape in side.regions):
                assert side.sign is not None and value * side.sign > 0
    below, above = ([p for p, v in values.items() if v * s > 0] for s in (-1, 1))
    for k in range(min(8, len(below), len(above))):
        a, b = below[(seed + 7 * k) % len(below)], above[(seed + 11 * k) % len(above)]
        assert any(_meets(part, a, b) for part in answer.parts), (net.text(), a, b)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(networks(sizes=(2,)))
def test_points_of_the_boundary_are_zeros_and_kinds_are_what_they_say(net: Random) -> None:
    for part in boundary(net.network()).parts:
        for point in _some(part):
            assert net.run(point)[0] == 0
        if part.type in ("segment", "ray", "line"):
            middle, way = _some(part)[-1], _way(part)
            signs = {_sign(net, middle, (F(-way[1]), F(way[0]))), _sign(net, middle, (F(way[1]), F(-way[0])))}
            assert (signs == {-1, 1}) == (part.kind == "crosses")


def _sign(net: Random, at: Point, way: Point) -> int:
    """Just beside a point: the sign that holds on ever smaller steps."""
    value = net.run(tuple(a + w / 10**9 for a, w in zip(at, way)))[0]
    return (value > 0) - (value < 0)


def _way(part: Part) -> Point:
    return part.direction or tuple(b - a for a, b in zip(*part.points))


def _some(part: Part) -> list[Point]:
    """Its ends and points between, the last an inner one."""
    if part.shape is not None:
        return list(part.shape.vertices)
    if part.type == "point":
        return [part.points[0]]
    start, way = part.points[0], _way(part)
    return [tuple(a + s * w for a, w in zip(start, way)) for s in (F(0), F(1), F(355, 791))]


def _sides(shape: Shape) -> list[tuple[Point, Point, bool]]:
    """The sides of a plane set as (start, way, is it bounded?)."""
    corners, rays = shape.vertices, shape.rays
    out = [(a, tuple(q - p for p, q in zip(a, b)), True) for a, b in pairwise(corners)]
    if rays:
        out += [(corners[-1], rays[0], False), (corners[0], rays[-1], False)]
    elif len(corners) > 2:
        out.append((corners[-1], tuple(q - p for p, q in zip(corners[-1], corners[0])), True))
    return out


def _on(part: Part, point: Point) -> bool:
    if part.shape is not None:
        return _inside(part.shape, point)
    if part.type == "point":
        return part.points[0] == point
    start, way = part.points[0], _way(part)
    gap = tuple(p - s for p, s in zip(point, start))
    if way[0] * gap[1] != way[1] * gap[0]:
        return False
    t = sum(w * g for w, g in zip(way, gap)) / sum(w * w for w in way)
    return part.type == "line" or (t >= 0 and (part.type == "ray" or t <= 1))


def _turns(shape: Shape, point: Point) -> list[Fraction]:
    """On which side of each side of a convex set is a point?  All >= 0: inside."""
    if len(point) == 1:
        low = None if any(r[0] < 0 for r in shape.rays) else min(v[0] for v in shape.vertices)
        high = None if any(r[0] > 0 for r in shape.rays) else max(v[0] for v in shape.vertices)
        return [point[0] - low for low in (low,) if low is not None] + [
            high - point[0] for high in (high,) if high is not None]
    out = []
    far = [tuple(v + 10**6 * r for v, r in zip(c, ray)) for c in shape.vertices for ray in shape.rays]
    hull = _hull(sorted({*shape.vertices, *far}))
    for a, b in zip(hull, hull[1:] + hull[:1]):
        out.append((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]))
    return out


def _hull(points: list[Point]) -> list[Point]:
    def half(found: list[Point]) -> list[Point]:
        out: list[Point] = []
        for p in found:
            while len(out) > 1 and (out[-1][0] - out[-2][0]) * (p[1] - out[-2][1]) <= (
                out[-1][1] - out[-2][1]) * (p[0] - out[-2][0]):
                out.pop()
            out.append(p)
        return out

    return half(points)[:-1] + half(points[::-1])[:-1]


def _inside(shape: Shape, point: Point) -> bool:
    return all(t >= 0 for t in _turns(shape, point))


def _strictly(shape: Shape, point: Point) -> bool:
    return all(t > 0 for t in _turns(shape, point))


def _meets(part: Part, a: Point, b: Point) -> bool:
    """Does a part meet the segment from a to b?"""
    if len(a) == 1:
        low, high = sorted((a[0], b[0]))
        points = part.shape.vertices if part.shape else part.points
        return any(low <= p[0] <= high for p in points)
    if part.type == "point":
        return _on(Part("segment", "", (a, b)), part.points[0])
    if part.shape is not None:
        if any(_on(Part("segment", "", (a, b)), v) for v in part.shape.vertices):
            return True
        sides = _sides(part.shape) if part.shape.pointed else [
            (v, r, False) for v in part.shape.vertices for r in part.shape.rays]
        return any(_cross(s, w, bounded, False, a, b) for s, w, bounded in sides)
    return _cross(part.points[0], _way(part), part.type == "segment", part.type == "line", a, b)


def _cross(start: Point, way: Point, bounded: bool, both: bool, a: Point, b: Point) -> bool:
    run = (b[0] - a[0], b[1] - a[1])
    det = way[0] * run[1] - way[1] * run[0]
    if det == 0:
        return False
    gap = (a[0] - start[0], a[1] - start[1])
    t = F(gap[0] * run[1] - gap[1] * run[0]) / det          # along the part
    s = F(gap[0] * way[1] - gap[1] * way[0]) / det          # along the segment
    return 0 <= s <= 1 and (both or (t >= 0 and (not bounded or t <= 1)))


LEVELS = [
    ("y = x1; class 1 if y > 1/2", {}, F(1, 2), ["", "class 1"]),
    ("y = relu(x1); class A if 2*y - 3 >= 0; class B if 3 > 2*y", {}, F(3, 2), ["class B", "class A"]),
    ("y = x1; class 1 if 1/3 < y", {"level": 0}, F(0), ["", ""]),
    ("z = x1; y = z + 1; class 1 if z > 2", {}, F(2), ["", "class 1"]),
    ("y = x1; class 1 if y > 1; class 0 if y < 0", {}, F(0), ["class 0", ""]),
    ("y = x1; class 1 if y > 0", {}, F(0), ["", "class 1"]),
]


@pytest.mark.parametrize("text, options, level, labels", LEVELS)
def test_the_level_is_that_of_the_class_rule(
    text: str, options: dict[str, Any], level: Fraction, labels: list[str],
) -> None:
    answer = solve(text, **options)
    assert answer.level == level and [side.label for side in answer.classes] == labels
    steps = [step["says"] for step in boundary_page.as_dict(answer)["steps"] if step["rule"] == "level"]
    assert bool(steps) == bool(level)


def test_a_neuron_that_leads_nowhere_is_no_output_but_its_crease_is_listed() -> None:
    text = (
        "h1 = relu(x1); h2 = relu(-x1); h3 = relu(x2); h4 = relu(-x2); g1 = relu(h1 + h2 - 1/2); g2 = relu(h3 + h4)\n"
        "g3 = relu(h1 + h2 - h3 - h4); y = g2 + g3 - 1/2"
    )
    answer = solve(text, box=[(-1, 1), (-1, 1)])
    assert answer.outputs == ("y",) and answer.length == 4.0 and answer.level == 0
    assert [u.name for u in answer.pieces.units] == [f"u{k}" for k in range(1, 8)]
    assert len(solve(text, output="y").pieces.units) == 6
    assert solve("y = relu(x1) - x2; q = tanh(x1)").outputs == ("y",)
    assert solve("a = relu(x1); b = x2").outputs == ("a", "b")
