"""Cells, boundaries and classes in three dimensions by both engines, beside the engine of R^n that shows its workings."""

from fractions import Fraction
from importlib.util import find_spec
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_layers import ACTS, as_network, as_text

import workings
from workings import geometry
from workings.errors import BadValue, OutOfReach
from workings.functions import signatures
from workings.geometry.sample import sample
from workings.geometry.space.engine import space_of
from workings.geometry.space.extent import extent_of, flat_of
from workings.geometry.space.levelset import space_level_set
from workings.geometry.space.topology import space_classes
from workings.geometry.stacking import stack
from workings.syntax import read

F = Fraction
CUBE = [(-1, 1)] * 3
heavy = pytest.mark.heavy
ENGINES = ["exact", pytest.param("fast", marks=heavy)]
FIELDS = ("cells", "cells_after_output", "maps", "zero_cells")


def net_of(text):
    return stack(read(text, signatures(), inputs=["x1", "x2", "x3"]))


def found(text, box, engine):
    net = net_of(text)
    return space_of(net, extent_of(flat_of(net.inputs), box), engine=engine)


# text, box, cells, after output, maps, zero cells
ROWS = [
    ("y = relu(x1) + relu(x2) + relu(x3)", CUBE, 8, 8, 8, 1),
    ("y = relu(x1) + relu(x2) + relu(x3)", "all", 8, 8, 8, 1),
    ("y = abs(x1) + abs(x2) + abs(x3) - 1", CUBE, 8, 16, 8, 0),
    ("y = max(abs(x1), abs(x2), abs(x3)) - 1/2", CUBE, 32, 64, 6, 0),
    ("y = relu(x1) - relu(2*x1) + relu(x2) + 0*x3", CUBE, 4, 5, 4, 1),                     # coincident creases
    ("y = relu(x1 + x2 + x3) - relu(x1 + x2 + x3 - 1/2^30)", CUBE, 3, 3, 3, 1),            # parallel, a hair apart
    ("y = relu(x1 + x2 + x3 - 3) + relu(x1 - 1)", CUBE, 1, 1, 1, 1),                       # a corner, along a side
    ("y = relu(x1 + 3) + relu(x2 - 5) + x3", CUBE, 1, 1, 1, 0),                            # always on, always off
    ("y = relu(x1) + relu(x2) + relu(x1 + x2) + relu(x1 - x2) + 0*x3", CUBE, 8, 8, 8, 1),  # through one edge
    ("y = relu(x1) + relu(x2) + relu(x3) + relu(x1 + x2 + x3)", CUBE, 14, 14, 14, 1),      # through one point
    ("y = relu((x1 + 1000000)/2^40) - x2/2^40 + 0*x3", "all", 2, 4, 2, 0),                 # far out, tiny
    ("y = 3 + 0*(x1 + x2 + x3)", CUBE, 1, 1, 1, 0),
    ("y = 0*(x1 + x2 + x3)", CUBE, 1, 1, 1, 1),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("text", "box", "cells", "after", "maps", "zero"), ROWS)
def test_counts(text, box, cells, after, maps, zero, engine):
    own = found(text, box, engine)
    assert tuple(getattr(own.counts, name) for name in FIELDS) == (cells, after, maps, zero)
    assert own.certified and own.tally.signs >= own.tally.exact
    if box == CUBE:
        assert own.areas.sum() == pytest.approx(8, abs=1e-9)


@st.composite
def networks(draw):
    """Small integers, many of them 0, in three inputs."""
    sizes = [3, *draw(st.lists(st.integers(1, 3), min_size=1, max_size=2)), draw(st.sampled_from([1, 1, 2, 3]))]
    k = draw(st.sampled_from([1, 1, 2]))
    small = st.integers(-k, k)
    layers = [{"W": draw(st.lists(st.lists(small, min_size=n, max_size=n), min_size=m, max_size=m)),
               "b": draw(st.lists(small, min_size=m, max_size=m)),
               "act": "id" if i == len(sizes) - 2 else draw(st.sampled_from(ACTS))}
              for i, (n, m) in enumerate(pairwise(sizes))]
    return {"layers": layers}, draw(st.sampled_from(["all", CUBE, [(-2, 3)] * 3, [(0, None)] * 3]))


def agree(given_net, box, engine):
    net = stack(as_network(given_net))
    extent = extent_of(flat_of(net.inputs), box)
    own, old = space_of(net, extent, engine=engine), geometry.pieces(as_text(given_net), box)
    assert [getattr(own.counts, n) for n in FIELDS] == [getattr(old.counts, n) for n in FIELDS]
    whole = own.creases >= own.layers.units + own.layers.sizes[-1]
    assert ((own.neighbours < 0) == whole).all()               # beyond a facet within there is always a cell
    new, known = space_level_set(net, extent, engine=engine), geometry.boundary(as_text(given_net), box=box)
    for these, those in ((new.parts(), known.parts), (known.parts, new.parts())):
        for part in these:
            where = inner(part)
            assert any(part.kind == other.kind and on(other, where) for other in those)
    return own, space_classes(new)


def inner(part):
    if part.shape is not None:
        return sample(part.shape.body)
    ends = part.points if part.direction is None else (part.points[0], tuple(map(sum, zip(*part.points, part.direction))))
    return tuple(sum(v) / len(ends) for v in zip(*ends))


def on(part, where):
    """Does a part hold a point?"""
    if part.shape is not None:
        body = part.shape.body
        centre = [sum(column) for column in zip(*(g for g, _ in body.generators))]
        return all(_side(row, where, sum(a * b for a, b in zip(row, centre))) for row in body.rows[1:])
    start = part.points[0]
    gap = tuple(w - s for w, s in zip(where, start))
    if part.type == "point" or not any(gap):
        return not any(gap)
    way = part.direction or tuple(b - a for a, b in zip(*part.points))
    k = next(i for i, v in enumerate(way) if v)
    t = gap[k] / way[k]
    return all(g == t * w for g, w in zip(gap, way)) and (part.type == "line" or (t >= 0 and (part.direction or t <= 1)))


def _side(row, where, side):
    value = sum((a * b for a, b in zip(row, where)), F(row[-1]))
    return value * side > 0 or value == 0


@settings(max_examples=6, derandomize=True, deadline=None)
@given(networks())
def test_integers_agree_with_the_engine_that_shows_its_workings(pair):
    agree(*pair, "exact")


@heavy
@settings(max_examples=60, derandomize=True, deadline=None)
@given(networks())
def test_doubles_agree_with_integers(pair):
    (own, classes), (exact, others) = (agree(*pair, engine) for engine in ("fast", "exact"))
    cells = range(exact.cells)
    assert [own.pattern(i) for i in cells] == [exact.pattern(i) for i in cells]
    assert [sorted(own.shape(i)[0]) for i in cells] == [sorted(exact.shape(i)[0]) for i in cells]
    assert [(c.components, c.holes, c.cavities) for c in classes] == [
        (c.components, c.holes, c.cavities) for c in others]


# text, and for y < 0 and y > 0: components, tunnels, cavities
TOPOLOGY = [
    ("y = max(abs(x1), abs(x2), abs(x3)) - 1/2", (1, 0, 0), (1, 0, 1)),
    ("y = max(abs(x1), abs(x2)) - 1/2 + 0*x3", (1, 0, 0), (1, 1, 0)),
    ("y = max(abs(max(abs(x1), abs(x2)) - 1/2), abs(x3)) - 1/4", (1, 1, 0), (1, 1, 1)),          # a ring
    ("y = 1/4 - abs(max(abs(x1), abs(x2), abs(x3)) - 1/2)", (2, 0, 1), (1, 0, 1)),               # a shell
    ("y = abs(x1) + abs(x2) + 0*x3", (0, 0, 0), (1, 1, 0)),                                      # touches on a line
    ("y = abs(x1) + abs(x2) + abs(x3)", (0, 0, 0), (1, 0, 1)),                                   # at a point
    ("y = abs(x1) + 0*x2 + 0*x3", (0, 0, 0), (2, 0, 0)),                                         # on a plane
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("text", "below", "above"), TOPOLOGY)
def test_components_tunnels_and_cavities(text, below, above, engine):
    net = net_of(text)
    classes = space_classes(space_level_set(net, extent_of(flat_of(net.inputs), CUBE), engine=engine))
    assert [(c.components, c.holes, c.cavities) for c in classes] == [below, above]


# thirteen units: more than what is answered with all workings
SMALL = {"layers": [
    {"W": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], "b": [0, 0, 0, -1], "act": "relu"},
    {"W": [[1, -1, 1, 0], [0, 1, -1, 1], [1, 1, 0, -2]] + [[0, 0, 0, 0]] * 6, "b": [0] * 9, "act": "relu"},
    {"W": [[1, -2, 1] + [0] * 6], "b": ["-1/4"], "act": "id"}], "box": CUBE}


def test_a_network_of_arrays_asks_and_answers_as_in_the_plane(tmp_path):
    cells = workings.pieces(SMALL)
    assert cells.as_dict()["certified"] and cells.A.shape == (cells.counts.cells, 1, 3)
    assert len(cells.offsets) == cells.counts.cells + 1 and cells.vertices.shape[1] == 3
    assert cells.areas.sum() == pytest.approx(8)
    low, high = cells.extremes()["y"]
    values = [workings.run(cells.net, x=list(e.at)).as_dict()["values"]["y"] for e in (low, high)]
    assert [F(v) for v in values] == [low.value, high.value]
    at = cells.at((F(1, 3), F(1, 5), F(-1, 7)))
    assert len(at.rows) >= 4 and len(at.vertices) >= 4
    if find_spec("networkx"):
        assert cells.graph().number_of_nodes() == cells.counts.cells
    line = workings.boundary(SMALL)
    facts = line.as_dict()
    assert facts["area"] > 0 and {p["type"] for p in facts["boundary"]} <= {"region"}
    assert all(c["cavities"] is not None for c in facts["classes"])
    for result in (cells, line):
        result.save(tmp_path / "a.npz")
        assert workings.load(tmp_path / "a.npz").as_dict()["certified"]
    with pytest.raises(OutOfReach, match="picture"):
        cells.picture(tmp_path / "a.png", by="map")
    assert workings.same(SMALL, SMALL).same


def test_a_slice_of_three_dimensions_through_four_inputs():
    net = workings.read({"layers": [{"W": [[1, 0, 1, 0], [0, 1, 0, 1], [1, -1, 1, 1]], "b": [0, 0, 1], "act": "relu"},
                                    {"W": [[1, 1, -1]], "b": [0], "act": "id"}]})
    points = [(0, 0, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 1)]
    cells = workings.pieces(net, slice=points, box=CUBE)
    assert cells.as_dict()["inputs"] == ["s", "t", "u"]
    assert cells.areas.sum() == pytest.approx(8 * 2**0.5)                  # (0, 0, 1, 1) is that long
    with pytest.raises(BadValue, match="span fewer"):
        workings.pieces(net, slice=[*points[:3], (1, 1, 0, 0)], box=CUBE)


def test_more_dimensions_are_walked_in_integers():
    net = workings.read({"layers": [{"W": [[int(i == j) for j in range(5)] for i in range(5)], "b": [0] * 5,
                                     "act": "relu"}, {"W": [[1] * 5], "b": [0], "act": "id"}]})
    assert workings.pieces(net, count=True, box=[(-1, 1)] * 5).counts.cells == 32
    with pytest.raises(OutOfReach, match="5 dimensions"):
        workings.boundary(net, seconds=60).as_dict()


def test_a_budget_ends_with_what_is_done():
    grid = "y = " + " + ".join(f"relu(x{i} - {k}/3)" for i in (1, 2, 3) for k in (-2, -1, 0, 1, 2))
    cells = workings.pieces(grid, box=CUBE, seconds=0, engine="exact")
    assert cells.data.partial and 0 <= cells.data.done < 1
    assert 0 < cells.counts.cells < workings.pieces(grid, box=CUBE, count=True).counts.cells == 216
