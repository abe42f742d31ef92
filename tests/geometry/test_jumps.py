"""Networks that jump, and boundaries in three inputs: by their words, and against evaluation on grids with the creases."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workings.answers.boundary import as_dict, blocks
from workings.answers.geometry import text
from workings.document import Aside, Bullets, Paragraph
from workings.functions import signatures
from workings.geometry import Boundary, Part, boundary
from workings.geometry.frontier import holds, lies_on
from workings.syntax import read

F = Fraction


def solve(source: str, **options: Any) -> Boundary:
    return boundary(read(source, signatures()), **options)


def listed(answer: Boundary) -> list[str]:
    """The lines of the result that list the boundary."""
    (result,) = [b for b in blocks(answer) if isinstance(b, Aside)]
    items = [item for b in result.blocks if isinstance(b, Bullets) for item in b.items]
    return [text(block.line) for item in items for block in item if isinstance(block, Paragraph)]


def sides(answer: Boundary) -> list[str]:
    (result,) = [b for b in blocks(answer) if isinstance(b, Aside)]
    return [text(b.line) for b in result.blocks if isinstance(b, Paragraph)][-len(answer.classes):]


JUMP = "where the sign changes in a jump"
BOUNDARIES = [
    # zeros at single places along a crease
    ("y = sign(x1)*2 + x2", [
        "the ray from (0, -2) in direction (1, 0)", "the ray from (0, 2) in direction (-1, 0)", "the point (0, 0)",
        f"the segment from (0, 2) to (0, -2), {JUMP}"]),
    ("y = sign(x1) + abs(x2)", [
        "the ray from (0, 1) in direction (-1, 0)", "the ray from (0, -1) in direction (-1, 0)", "the point (0, 0)",
        f"the segment from (0, 1) to (0, -1), {JUMP}"]),
    ("y = where(x1 > 0, x2, x2 - 1)", [
        "the ray from (0, 0) in direction (1, 0)", "the ray from (0, 1) in direction (-1, 0)",
        f"the segment from (0, 1) to (0, 0), {JUMP}"]),
    # the value on the crease has a kink of its own, and is 0 on a part of it
    ("y = relu(sign(x1)/2 + x2) + x1*0 - step(x1)*2 - step(-x1)*2", [
        "the ray from (0, 0) in direction (0, -1), only touched: the sign is the same on either side",
        "the ray from (0, 3/2) in direction (1, 0)", "the ray from (0, 5/2) in direction (-1, 0)",
        f"the segment from (0, 5/2) to (0, 3/2), {JUMP}",
        "the segment from (0, 3/2) to (0, 0), where the sign is another than on either side"]),
    ("y = where(x1 = 0, 1, -1) + 0*x2", [
        "the line through (0, 0) in direction (0, 1), where the sign is another than on either side"]),
    ("y = where(x = 0, 1, -1)", ["the point 0, where the sign is another than on either side"]),
    # three inputs
    ("y = abs(x1) + abs(x2) + 0*x3", [
        "the line through (0, 0, 0) in direction (0, 0, 1), only touched: the sign is the same on either side"]),
    ("y = abs(x1 + x2 + x3)", ["the plane x1 + x2 + x3 = 0, only touched: the sign is the same on either side"]),
    ("y = x1 - 2*x2 + x3 - 1", ["the plane x1 - 2*x2 + x3 = 1"]),
    ("y = max(abs(x1), abs(x2), abs(x3)) - 1", [
        f"the part of the plane {a} = {s} where (-1 <= {b} <= 1) and (-1 <= {c} <= 1)"
        for a, b, c in (("x1", "x2", "x3"), ("x3", "x1", "x2"), ("x2", "x1", "x3")) for s in ("1", "-1")]),
    # crosses on one half of a plane, touches on the other
    ("y = max(x1, min(-x1, x2)) + 0*x3", [
        "the part of the plane x1 = 0 where x2 <= 0",
        "the part of the plane x1 = 0 where x2 >= 0, only touched: the sign is the same on either side",
        "the part of the plane x2 = 0 where x1 <= 0"]),
    ("y = step(x1 + x2 + x3) - 1/2", [f"the plane x1 + x2 + x3 = 0, {JUMP}"]),
    ("y = sign(x1 + x2 + x3)", ["the plane x1 + x2 + x3 = 0"]),
    ("y = sign(x1) + x2 + 0*x3", [
        "the part of the plane x2 = -1 where x1 >= 0", "the part of the plane x2 = 1 where x1 <= 0",
        "the line through (0, 0, 0) in direction (0, 0, 1)",
        f"the part of the plane x1 = 0 where -1 <= x2 <= 1, {JUMP}"]),
    ("y1 = x1; y2 = x2; y3 = 0*x3", [
        "the part of the plane x1 - x2 = 0 where x1 >= 0, between y1 and y2",
        "the part of the plane x1 = 0 where x2 <= 0, between y1 and y3",
        "the part of the plane x2 = 0 where x1 <= 0, between y2 and y3"]),
]


@pytest.mark.parametrize("source, lines", BOUNDARIES)
def test_the_boundary_is_listed(source: str, lines: list[str]) -> None:
    answer = solve(source)
    assert sorted(listed(answer)) == sorted(lines) and answer.certified


def test_a_cube_is_one_region_though_no_two_of_its_pyramids_are_convex() -> None:
    below, above = solve("y = max(abs(x1), abs(x2), abs(x3)) - 1").classes
    assert len(below.regions) == 1 and len(below.regions[0].vertices) == 8 and len(above.regions) == 6
    assert sides(solve("y = abs(x1) + abs(x2) + abs(x3) - 1"))[1] == "y > 0: everywhere else off the boundary."


def test_the_json_of_three_inputs() -> None:
    found = as_dict(solve("y = relu(x1) - x3 + 0*x2", box=[(-1, 1)] * 3))
    assert {(p["type"], p["kind"], len(p["vertices"])) for p in found["boundary"]} == {("region", "crosses", 4)}
    assert len(found["boundary"]) == 2 and found["length"] is None


# --- random networks that jump ---

FUNCTIONS = {
    "sign({0})": lambda z: F((z > 0) - (z < 0)), "step({0})": lambda z: F(z > 0), "relu({0})": lambda z: max(F(0), z),
    "where({0} >= 1, 1, -1)": lambda z: F(1 if z >= 1 else -1), "abs({0})": abs,
}
Net = list[tuple[int, str, tuple[int, ...]]]


@st.composite
def jumping(draw: st.DrawFn, size: int) -> Net:
    """Terms: weight, function, coefficients and constant of its argument."""
    small = st.integers(-1, 1)
    row = st.tuples(*([small] * size), small).filter(lambda r: any(r[:-1]))
    return draw(st.lists(st.tuples(st.sampled_from([1, -1, 2]), st.sampled_from(sorted(FUNCTIONS)), row),
                         min_size=1, max_size=3))


def written(net: Net, size: int) -> str:
    def form(row: tuple[int, ...]) -> str:
        return " + ".join([f"{c}*x{i + 1}" for i, c in enumerate(row[:-1])] + [str(row[-1])]).replace("+ -", "- ")

    return "y = " + " + ".join(f"({w})*" + f.format(form(row)) for w, f, row in net) + "".join(
        f" + 0*x{i + 1}" for i in range(size))


def value(net: Net, point: tuple[Fraction, ...]) -> Fraction:
    return sum((w * FUNCTIONS[f](sum((c * x for c, x in zip(row, point)), F(row[-1]))) for w, f, row in net), F(0))


def on(part: Part, point: tuple[Fraction, ...]) -> bool:
    if part.shape is not None and part.shape.body is not None:
        return holds(part.shape.body, point)
    if len(point) == 2 or part.type == "point":
        return lies_on(part, point)
    start, way = part.points[0], part.direction or tuple(b - a for a, b in zip(*part.points))
    gap = [p - s for p, s in zip(point, start)]
    t = sum(w * g for w, g in zip(way, gap)) / sum(w * w for w in way)
    fits = part.type == "line" or (t >= 0 and (part.type == "ray" or t <= 1))
    return fits and all(g == t * w for g, w in zip(gap, way))


def agrees(net: Net, size: int, points: list[tuple[Fraction, ...]]) -> None:
    answer = boundary(read(written(net, size), signatures()))
    assert answer.certified
    for point in points:
        here = [part for part in answer.parts if on(part, point)]
        if value(net, point) == 0:
            assert here, (written(net, size), point)
        for side in answer.classes:
            for shape in side.regions:
                if shape.body is not None and side.sign is not None and not here and holds(shape.body, point):
                    near = value(net, point) * side.sign > 0
                    assert near or any(on(jump, point) for jump in answer.jumps) or _border(shape.body, point)
    for part in answer.parts:
        if part.type == "point":
            assert value(net, part.points[0]) == 0


def _border(body: Any, point: tuple[Fraction, ...]) -> bool:
    return any(sum((c * x for c, x in zip(row, point)), F(row[-1])) == 0 for row in body.rows[1:])


PLANE = [(F(a, 2), F(b, 2)) for a in range(-4, 5) for b in range(-4, 5)]
SPACE = [(F(a), F(b), F(c)) for a in range(-2, 3) for b in range(-2, 3) for c in range(-2, 3)]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(jumping(2))
def test_every_zero_of_a_plane_is_listed(net: Net) -> None:
    agrees(net, 2, PLANE)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(jumping(3))
def test_every_zero_of_space_is_listed(net: Net) -> None:
    agrees(net, 3, SPACE)


RESULTS = [
    ("y1 = relu(x); y2 = 1 - x; y3 = 1/2", {}, ["the point 1/2, between y1 and y2"],
     ["y1 is the largest: x > 1/2.", "y2 is the largest: x < 1/2."]),
    ("y1 = abs(x1); y2 = abs(x2)", {}, [
        "the line through (0, 0) in direction (1, 1), between y1 and y2",
        "the line through (0, 0) in direction (1, -1), between y1 and y2"],
     ["y2 is the largest: (x1 - x2 < 0) and (x1 + x2 > 0), or (x1 + x2 < 0) and (x1 - x2 > 0).",
      "y1 is the largest: everywhere else off the boundary."]),
    ("y1 = step(x1); y2 = step(x2)", {}, [
        f"the region where (x1 {s} 0) and (x2 {s} 0), between y1 and y2, inside which they are equal"
        for s in (">=", "<=")],
     ["y1 is the largest: (x1 > 0) and (x2 < 0).", "y2 is the largest: (x1 < 0) and (x2 > 0)."]),
    ("y1 = x1; y2 = x1; y3 = x2", {}, [
        "the region where x1 - x2 >= 0, between y1 and y2, on all of which they are equal"],
     ["y3 is the largest: everywhere off the boundary."]),
    ("y = clip(2*x, -1, 1) - 1", {}, ["the ray from 1/2 in direction 1, on all of which the level is met"],
     ["y < 0: everywhere off the boundary."]),
    ("y = max(x1, x2) - max(x1, x2)", {}, ["the whole plane, on all of which the level is met"], []),
    ("y = relu(x1) - x2 - 1/2", {}, ["the ray from (0, -1/2) in direction (1, 1)",
                                     "the ray from (0, -1/2) in direction (-1, 0)"],
     ["y < 0: (x2 > -1/2) and (x1 - x2 < 1/2).", "y > 0: everywhere else off the boundary."]),
    ("y = x - x", {}, ["the whole line, on all of which the level is met"], []),
    ("h = relu(x1 - x2); y = -h", {}, ["the region where x1 - x2 <= 0, on all of which the level is met"],
     ["y < 0: everywhere off the boundary."]),
    ("y = min(abs(x1), abs(x2))", {}, [
        f"the line through (0, 0) in direction {d}, only touched: the sign is the same on either side"
        for d in ("(1, 0)", "(0, 1)")], ["y > 0: everywhere off the boundary."]),
    # the side x2 = 1 of the box belongs to the region of y > 0, though a zero cell ends on it too
    ("y = relu(x1 + x2 - 1) - relu(x1 - x2)", {"box": [(-1, 1), (-1, 1)]}, [
        "the segment from (1/2, 1/2) to (1, 1/2)",
        "the region where (x1 >= -1) and (x2 <= 1) and (x1 + x2 <= 1) and (x1 - x2 <= 0), "
        "on all of which the level is met"],
     ["y < 0: (x1 <= 1) and (-1 <= x2 < 1/2) and (x1 - x2 > 0).",
      "y > 0: (x1 <= 1) and (1/2 < x2 <= 1) and (x1 + x2 > 1)."]),
]


@pytest.mark.parametrize("source, options, lines, classes", RESULTS)
def test_the_whole_result(source: str, options: dict[str, Any], lines: list[str], classes: list[str]) -> None:
    answer = solve(source, **options)
    (result,) = [b for b in blocks(answer) if isinstance(b, Aside)]
    said = [text(b.line) for b in result.blocks if isinstance(b, Paragraph)]
    assert sorted(listed(answer)) == sorted(lines)
    assert said[len(said) - len(classes):] == classes and answer.certified
