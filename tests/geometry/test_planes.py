"""The complex of a plane by both engines, against the engine of R^n, brute force and figures worked out by hand."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_layers import as_network, as_text, layers_of

from workings import geometry
from workings.errors import BadValue, NotInstalled, OutOfReach
from workings.exact import rational
from workings.functions import signatures
from workings.geometry.fast.engine import complex_of
from workings.geometry.fast.levelset import level_set
from workings.geometry.plane import domain_of, plane_of
from workings.geometry.stacking import stack
from workings.syntax import read

F = Fraction
NETS = Path(__file__).with_name("nets")
FIELDS = ("cells", "cells_after_output", "maps", "zero_cells", "vertices", "edges")
numba = pytest.mark.heavy
ENGINES = ["exact", pytest.param("fast", marks=numba)]


def net_of(text, inputs=("x1", "x2")):
    return stack(read(text, signatures(), inputs=list(inputs)))


def found(text, box, engine, **options):
    net = net_of(text)
    return complex_of(net, domain_of(plane_of(net.inputs), box), engine=engine, **options)


SQUARE = [(-1, 1), (-1, 1)]

# text, box, cells, after output, maps, zero cells, vertices, edges
ROWS = [
    ("y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)", SQUARE, 6, 6, 5, 0, 9, 14),
    ("y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)", "all", 6, 10, 5, 0, 1, 6),
    ("y = relu(x1) + relu(-x1) + 0*x2", SQUARE, 2, 2, 2, 0, 6, 7),                       # touches
    ("y = relu(x1) - relu(2*x1) + relu(-x2) - relu(-3*x2)", SQUARE, 4, 4, 4, 1, 9, 12),       # coincident creases
    ("y = relu(x1 + x2) - relu(x1 + x2 - 1/2^30)", SQUARE, 3, 3, 3, 1, 6, 8),       # parallel, a hair apart
    ("y = relu(x1 - 1) + relu(x1 + x2 - 2)", SQUARE, 1, 1, 1, 1, 4, 4),       # along a side, through a corner
    ("y = relu(x1 + 3) + relu(x2 - 5)", SQUARE, 1, 1, 1, 0, 4, 4),       # always on, always off
    ("y = relu(x1) + relu(x2) + relu(x1 + x2) + relu(x1 - x2)", SQUARE, 8, 8, 8, 1, 9, 16),       # concurrent
    ("y = relu(relu(x1) - relu(x2)) - relu(x1)", SQUARE, 5, 6, 4, 2, 0, 0),
    ("y = max(x1, x2, -x1 - x2)", "all", 4, 4, 3, 0, 1, 4),
    ("y = clip(x1, -1/2, 1/2) + 2*abs(x2)", SQUARE, 6, 10, 6, 0, 12, 17),
    ("y = leaky(x1, 1/4) - x2", SQUARE, 2, 4, 2, 0, 6, 7),
    ("y = 3", SQUARE, 1, 1, 1, 0, 4, 4),
    ("y = 0*x1", SQUARE, 1, 1, 1, 1, 4, 4),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("row", ROWS, ids=[r[0] + str(r[1])[:4] for r in ROWS])
def test_figures_by_hand(row, engine):
    text, box, *figures = row
    counts = found(text, box, engine).counts
    own = [getattr(counts, name) for name in FIELDS]
    old = geometry.pieces(read(text, signatures(), inputs=["x1", "x2"]), None if box == "all" else box).counts
    assert own == [getattr(old, name) for name in FIELDS]
    if figures[-1]:
        assert own == figures


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", sorted(p.stem for p in NETS.glob("*.json")))
def test_small_copies_of_networks_with_known_figures(name, engine):
    given = json.loads((NETS / f"{name}.json").read_text())
    net = stack(as_network(given["net"]))
    box = [tuple(rational(v) for v in pair) for pair in given["box"]]
    counts = complex_of(net, domain_of(plane_of(net.inputs), box), engine=engine, lists=False).counts
    assert {f: getattr(counts, f) for f in FIELDS} == given["counts"]
    boundary = level_set(net, domain_of(plane_of(net.inputs), box), engine=engine)
    ends = sorted(sorted([str(v) for v in p] for p in boundary.exact_ends(k)) for k in range(len(boundary.edges)))
    assert ends == given["boundary"]


def agree(seed, engines):
    """Counts, patterns and boundaries of one random network: every engine, and the one of R^n with its certificate."""
    given, box = layers_of(seed)
    net, text = stack(as_network(given)), as_text(given)
    old_box = None if box == "all" else box
    old, border = geometry.pieces(text, old_box), geometry.boundary(text, box=old_box)
    assert old.certified and border.certified
    for engine in engines:
        domain = domain_of(plane_of(net.inputs), box)
        own, edges = complex_of(net, domain, engine=engine), level_set(net, domain, engine=engine)
        assert [getattr(own.counts, f) for f in FIELDS] == [getattr(old.counts, f) for f in FIELDS]
        if net.size == len(old.units):          # equal units are one unit in the text
            assert sorted(map(own.pattern, range(own.cells))) == sorted(r.pattern for r in old.full)
        assert parts(edges.joined()) == parts(border.parts)
        assert (edges.length is None) == (border.length is None)
        assert edges.length is None or edges.length == pytest.approx(border.length, abs=1e-9)


def parts(boundary):
    """What a boundary consists of; which two of three outputs that tie are named is left open."""
    return sorted(
        str((p.type, p.kind, sorted(p.points) if p.type == "segment" else p.points, p.direction))
        for p in boundary if p.type != "region"
    )


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(0, 10**6))
def test_random_degenerate_networks_agree(seed):
    agree(seed, ["exact"])


@numba
@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(0, 10**6))
def test_random_degenerate_networks_agree_in_both_engines(seed):
    agree(seed, ["fast", "exact"])


@pytest.mark.slow
@numba
@settings(max_examples=600, derandomize=True, deadline=None)
@given(st.integers(0, 10**9))
def test_six_hundred_random_degenerate_networks_agree_in_both_engines(seed):
    agree(seed, ["fast", "exact"])


# --- domains ---


@pytest.mark.parametrize("engine", ENGINES)
def test_a_convex_polygon(engine):
    net = net_of("y = relu(x1)")
    domain = domain_of(plane_of(net.inputs), polygon=[(0, 0), (2, 1), (-2, 1)])
    cells = complex_of(net, domain, engine=engine)
    assert cells.counts.cells == 2 and cells.areas.tolist() == [1, 1]
    assert cells.counts.vertices == 4 and cells.counts.edges == 5


@pytest.mark.parametrize("engine", ENGINES)
def test_a_box_far_from_the_origin_and_thin(engine):
    net = net_of("y = relu(3*x1 - 2*x2 - 2000001/1000) + relu(x1 - 2000003/1000)")
    domain = domain_of(plane_of(net.inputs), [("2000", "2000.01"), ("2000", "2000.01")])
    cells = complex_of(net, domain, engine=engine)
    old = geometry.pieces(
        read("y = relu(3*x1 - 2*x2 - 2000001/1000) + relu(x1 - 2000003/1000)", signatures()),
        [(F("2000"), F("2000.01"))] * 2,
    )
    assert cells.counts.cells == old.counts.cells
    assert sum(cells.areas) == pytest.approx(1e-4)


@pytest.mark.parametrize("engine", ENGINES)
def test_breakpoints_along_a_segment(engine):
    net = net_of("y = relu(x1) + relu(x2 - 1/3) + relu(x1 + x2 - 1) + x3", ("x1", "x2", "x3"))
    plane = plane_of(net.inputs, [(-1, -1, 0), (1, 1, 5)])
    cells = complex_of(net, domain_of(plane, [(0, 1)]), engine=engine)
    places = sorted({cells.exact_vertex(i)[0] for i in range(len(cells.owner))})
    assert places == [0, F(1, 2), F(2, 3), F(3, 4), 1]
    assert cells.A[..., 0].ravel().tolist() and cells.counts.cells == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_a_plane_through_five_inputs(engine):
    names = ("x1", "x2", "x3", "x4", "x5")
    net = net_of("y = relu(x1 + x2 - x5) - relu(x3 - 2*x4 + 1) + 1/2", names)
    plane = plane_of(names, [(0, 0, 1, 0, 0), (1, 0, 0, 0, 3), (0, 2, 0, 1, 0)])
    domain = domain_of(plane, [(-1, 1), (-1, 2)])
    cells = complex_of(net, domain, engine=engine)
    flat = read("y = relu(-2*s + 2*t) - relu(2 - s - 3*t) + 1/2", signatures(), inputs=["s", "t"])
    old = geometry.pieces(flat, [(-1, 1), (-1, 2)])
    assert [getattr(cells.counts, f) for f in FIELDS] == [getattr(old.counts, f) for f in FIELDS]
    edges = level_set(net, domain, engine=engine)
    at, far = edges.nearest((0, 0))
    x, zero = plane.point(at), plane.point((F(0), F(0)))
    assert far == pytest.approx(float(sum((a - b) ** 2 for a, b in zip(x, zero))) ** 0.5)


@numba
def test_a_vertex_far_out_lies_on_the_right_side():
    # two creases all but parallel meet at (-2^60, 0): doubles cannot tell the sign of w
    net = net_of("y = relu(x1 - 3) + relu(x2) + relu(x1/2^60 - x2 + 1) + relu(x1 + 10)")
    domain = domain_of(plane_of(net.inputs), "all")
    one, two = (complex_of(net, domain, engine=engine) for engine in ("fast", "exact"))
    assert sorted(map(one.pattern, range(one.cells))) == sorted(map(two.pattern, range(two.cells)))


WRONG = [
    (lambda: plane_of(("x1", "x2", "x3"), [(0, 0, 0), (1, 1, 1), (2, 2, 2)]), BadValue, "lie on one line"),
    (lambda: plane_of(("x1", "x2", "x3"), [(0, 0, 0), (0, 0, 0)]), BadValue, "are the same"),
    (lambda: plane_of(("x1", "x2", "x3"), [(0, 0), (1, 1)]), BadValue, "2 numbers"),
    (lambda: plane_of(("x1", "x2", "x3")), OutOfReach, "no plane through them"),
    (lambda: domain_of(plane_of(("x1", "x2")), [(0, 0), (0, 1)]), BadValue, "leaves nothing of x1"),
    (lambda: domain_of(plane_of(("x1", "x2")), polygon=[(0, 0), (1, 1), (2, 2)]), BadValue, "no area"),
    (lambda: domain_of(plane_of(("x1", "x2")), polygon=[(0, 0), (2, 0), (1, "1/9"), (0, 2)]), BadValue, "not convex"),
]


@pytest.mark.parametrize("row", WRONG, ids=[r[2] for r in WRONG])
def test_what_is_no_domain(row):
    make, error, says = row
    with pytest.raises(error, match=says):
        make()


# --- arrays ---


@pytest.mark.parametrize("engine", ENGINES)
def test_neighbours_are_mutual_and_differ_in_one_crease(engine):
    cells = found("y = relu(relu(x1) + relu(x2) - 1) + abs(x1 - x2)", SQUARE, engine)
    beyond = cells.neighbours
    border = cells.creases >= cells.layers.units
    assert ((beyond < 0) == border).all()
    pairs = {(int(o), int(b)) for o, b in zip(cells.owner, beyond) if b >= 0}
    assert pairs == {(b, a) for a, b in pairs}


@pytest.mark.parametrize("engine", ENGINES)
def test_maps_are_the_network_at_random_points(engine):
    import numpy as np

    text = "y1 = relu(x1 - x2/3) - x2; y2 = abs(x1) + relu(relu(x2) - x1/7)"
    net, cells = net_of(text), found(text, SQUARE, engine)
    for cell in range(cells.cells):
        corners = cells.vertices[cells.offsets[cell]:cells.offsets[cell + 1]]
        point = corners.mean(axis=0)
        mine = cells.A[cell] @ point + cells.b[cell]
        assert np.allclose(mine, net.values([point])[0], atol=1e-12)
        assert [len(row) for row in cells.exact_map(cell)] == [3, 3]


@numba
def test_a_budget_ends_the_walk_and_says_so():
    import numpy as np

    r = np.random.default_rng(0)
    given = {"layers": [{"W": r.normal(size=(m, n)), "b": r.normal(size=m), "act": act}
                        for n, m, act in ((2, 64, "relu"), (64, 64, "relu"), (64, 1, "id"))]}
    net = stack(as_network(given))
    told = []
    part = complex_of(net, domain_of(plane_of(net.inputs), SQUARE), seconds=0.0, progress=lambda n, s: told.append(s))
    assert part.partial == "the time was over" and told and 0 <= part.done < 1
    whole = complex_of(net, domain_of(plane_of(net.inputs), SQUARE))
    assert not whole.partial and part.counts.cells < whole.counts.cells
    assert float(part.areas.sum()) == pytest.approx(4 * part.done, abs=1e-6)


def test_without_numba_the_fast_engine_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(NotInstalled, match="numba"):
        found("y = relu(x1)", SQUARE, "fast")
    assert found("y = relu(x1)", SQUARE, None).engine == "exact"
