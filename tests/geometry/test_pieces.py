"""Pieces: facts of textbook networks, and random networks against evaluation point by point."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings

from nets import Random, grid, networks
from workings.functions import signatures
from workings.geometry import Map, Pieces, Region, pieces
from workings.geometry.formulas import affine
from workings.notation import plain
from workings.syntax import read

F = Fraction
PYRAMID = "y = 1 - rho(x1) - rho(x2) + rho(x1 + x2); rho(z) = max(0, z)"


def cut(text: str, **options: object) -> Pieces:
    return pieces(read(text, signatures()), **options)


def at(values: Map, point: tuple[Fraction, ...]) -> Fraction:
    return sum((c * x for c, x in zip(values, point)), F(values[-1]))


def functions(answer: Pieces, name: str = "y") -> dict[str, str]:
    return {r.pattern: plain(affine(r.affine[name], answer.inputs)) for r in answer.full}


def test_the_pyramid() -> None:
    answer = cut(PYRAMID)
    assert [(r.number, r.pattern) for r in answer.regions if r.status == "empty"] == [(2, "++-"), (7, "--+")]
    assert functions(answer) == {
        "+++": "1", "+-+": "1 + x2", "+--": "1 - x1", "-++": "1 + x1", "-+-": "1 - x2", "---": "1",
    }
    counts = answer.counts
    assert (counts.cells, counts.maps, counts.cells_after_output, counts.empty, counts.thin) == (6, 5, 10, 2, 0)
    assert [plain(u.pre) for u in answer.units] == ["x1", "x2", "x1 + x2"] and answer.certified
    assert answer.tally.signs == answer.tally.exact > 0


def test_the_pyramid_in_a_box_has_the_complex_of_a_disc() -> None:
    counts = cut(PYRAMID, box=[(-1, 1), (-1, 1)]).counts
    assert (counts.cells, counts.cells_after_output, counts.vertices, counts.edges) == (6, 6, 9, 14)


# text, cells, cells cut by the output, maps, zero cells, thin patterns
COUNTS = [
    ("y = relu(x1) + relu(-x1)", 2, 2, 2, 0, 1),                                   # touches 0; x1 = 0 is thin
    ("y = relu(x1 + x2) - relu(x1 + x2)", 2, 2, 1, 2, 0),                          # cancels: one unit, 0 everywhere
    ("y = relu(x1 - x1) + x2", 1, 2, 1, 0, 0),                                     # a unit that is 0 everywhere
    ("y = relu(x1) + relu(2*x1) + relu(-3*x1)", 2, 2, 2, 0, 1),                    # one crease three times
    ("y = relu(x1) + relu(x2) + relu(x1 - x2) + relu(x1 + x2)", 8, 8, 8, 1, 0),     # four creases through a point
    ("y = relu(relu(x1) - 1) - x2", 3, 6, 2, 0, 0),                                # the second crease on one side only
    ("y = relu(-1 - relu(x1)) + x2", 2, 4, 1, 0, 0),                               # a dead unit
    ("y = max(x1, x2, 0)", 4, 4, 3, 2, 0),
    ("y = min(x1, x2)", 2, 4, 2, 0, 0),
    ("y = clip(x1, -1, 1) + x2", 3, 6, 3, 0, 0),
    ("y = relu(x1/1000000 - 1/3) - relu(x1/1000000 - 1/3 - 1/9007199254740992)", 3, 3, 3, 1, 0),
    ("y = x1 + x2 - 1", 1, 2, 1, 0, 0),
]


@pytest.mark.parametrize("text, cells, after, maps, zero, thin", COUNTS)
def test_degenerate_input_is_normal(text: str, cells: int, after: int, maps: int, zero: int, thin: int) -> None:
    answer = pieces(read(text, signatures(), inputs=["x1", "x2"]))
    counts = answer.counts
    assert (counts.cells, counts.cells_after_output, counts.maps, counts.zero_cells, counts.thin) == (
        cells, after, maps, zero, thin)
    assert answer.certified


UNITS = [
    ("y = max(0, x1 + x2) + max(x2, 0)", ["x1 + x2", "x2"]),
    ("y = max(x1, x2, 1)", ["x1 - x2", "u1 - 1"]),
    ("y = min(x1, 0)", ["x1"]),
    ("y = clip(x1, -1, 1)", ["x1 + 1", "x1 - 1"]),
    ("y = abs(abs(x1) - 1)", ["x1", "u1 - 1"]),
    ("y = where(x1 > x2, x1, 0)", ["x1 - x2"]),
    ("f(z) = 2*relu(z) - 4*relu(z - 1/2); y = f(f(x))", ["x", "x - 1/2", "2*u1 - 4*u2", "2*u1 - 4*u2 - 1/2"]),
    ("m = relu(2*x1); y = relu(m - 1)", ["2*x1", "m - 1"]),
    ("y = relu(u1*x1 + 1); u1 = 3", ["u1*x1 + 1"]),
    ("y = hardtanh(x1)", ["x1 + 1", "x1 - 1"]),
    ("y = sum(k, 1, 3, relu(x1 - k))", ["x1 - 1", "x1 - 2", "x1 - 3"]),
    ("h[j] = relu(x1 - j); j = 1..2; y = h[1] - h[2]", ["x1 - 1", "x1 - 2"]),
]


@pytest.mark.parametrize("text, pres", UNITS)
def test_units(text: str, pres: list[str]) -> None:
    answer = cut(text)
    assert [plain(u.pre) for u in answer.units] == pres
    assert answer.certified


def test_fresh_names_of_units_avoid_the_names_of_the_network() -> None:
    answer = cut("u1 = relu(x1); y = relu(relu(u1 - 1) - 1)")
    assert [u.name for u in answer.units] == ["r1", "r2", "r3"]
    assert plain(answer.units[2].pre) == "r2 - 1"


def test_the_output_is_what_no_loss_uses() -> None:
    answer = cut("z = relu(x1)\ny = 2*z - 1\nE = log cosh(y - t)")
    assert [o.name for o in answer.outputs] == ["y"]


def test_one_input_in_a_box() -> None:
    text = "u = 2*relu(x) - 4*relu(x - 1/2); m = relu(u); v = 2*relu(m) - 4*relu(m - 1/2); y = relu(v)"
    answer = cut(text, box=[(0, 1)])
    found = sorted((r.shape.vertices[0][0], plain(affine(r.affine["y"], ["x"]))) for r in answer.full if r.shape)
    assert found == [(0, "4*x"), (F(1, 4), "2 - 4*x"), (F(1, 2), "4*x - 2"), (F(3, 4), "4 - 4*x")]
    assert answer.counts.thin == 0 and answer.counts.empty == 60


def test_a_step_holds_off_its_crease_and_says_what_it_is_there() -> None:
    answer = cut("y = step(x1) + x2")
    on = answer.regions[0]
    assert functions(answer) == {"+": "1 + x2", "-": "x2"}
    (crease,) = on.on_crease
    assert crease.affine["y"] == (0, 1, 0) and crease.shape.dimension == 1
    assert cut("y = where(x1 > 0, x1, 0)").regions[0].on_crease == ()


def test_above_twelve_units_empty_patterns_are_counted() -> None:
    text = "y = " + " + ".join(f"relu(x - {k})" for k in range(14))
    answer = cut(text)
    assert [r.number for r in answer.regions] == list(range(1, 16))
    assert answer.counts.empty == 2**14 - 15 and answer.certified


def test_three_inputs() -> None:
    answer = cut("y = abs(x1) + abs(x2) + abs(x3) - 1")
    assert answer.counts.cells == 8 and answer.counts.cells_after_output == 16 and answer.certified


def test_several_outputs() -> None:
    answer = cut("h = relu(x1 - x2); y1 = h; y2 = 1 - h; y3 = 0")
    assert [o.name for o in answer.outputs] == ["y1", "y2", "y3"]
    assert functions(answer, "y2") == {"+": "1 - x1 + x2", "-": "1"}


@settings(max_examples=60, derandomize=True, deadline=None)
@given(networks())
def test_every_point_lies_in_one_listed_pattern_where_the_map_is_the_function(net: Random) -> None:
    answer = pieces(net.network())
    assert answer.certified
    listed = [r for r in answer.regions if r.status != "empty"]
    for point in grid(len(net.inputs)):
        value, signs = net.run(point)
        here = [r for r in listed if _has(r, point)]
        assert len(here) == 1
        assert at(here[0].affine["y"], point) == value
        if len(answer.units) == len(signs):             # equal units are one unit
            assert here[0].pattern == signs
    for region in listed:
        assert region.sample is not None and region.shape is not None
        assert _has(region, region.sample)
        assert (region.status == "full") == (region.shape.dimension == len(net.inputs))
        assert at(region.affine["y"], region.sample) == net.run(region.sample)[0]


def _has(region: Region, point: tuple[Fraction, ...]) -> bool:
    return all((at(row, point) < 0) == (s == "-") for row, s in zip(region.rows, region.pattern))


@settings(max_examples=30, derandomize=True, deadline=None)
@given(networks(sizes=(2,)))
def test_in_a_box_the_cells_fill_it_and_form_a_disc(net: Random) -> None:
    answer = pieces(net.network(), box=[(-2, 2), (-2, 2)])
    areas = [_area(r.shape.vertices) for r in answer.full if r.shape]
    assert sum(areas) == 16 and all(a > 0 for a in areas)
    counts = answer.counts
    assert counts.vertices is not None and counts.edges is not None
    assert counts.vertices - counts.edges + counts.cells == 1


def _area(corners: tuple[tuple[Fraction, ...], ...]) -> Fraction:
    pairs = zip(corners, corners[1:] + corners[:1])
    return sum((a[0] * b[1] - a[1] * b[0] for a, b in pairs), F(0)) / 2


def test_an_input_that_is_declared_and_not_used_is_an_input() -> None:
    answer = pieces(read("y = relu(x1)", signatures(), inputs=["x2", "x1"]))
    assert answer.inputs == ("x1", "x2") and answer.counts.edges == 1
