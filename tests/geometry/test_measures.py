"""What a researcher asks of the pieces: extremes, Lipschitz constants, classes, graphs, cells, files that load again."""

import json
import random
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workings
from workings.errors import BadValue, OutOfReach
from workings.geometry.same import exact_values
from workings.geometry.stacking import stack

F = Fraction
BOX = [(-1, 1), (-1, 1)]
SEED = [[[1, 0], [0, 1], [1, 1]], [0, 0, 0], [[-1, -1, 1]], [1]]


@st.composite
def networks(draw, outputs=1):
    """Small integers, many of them 0: creases through vertices, coincident creases, dead units."""
    sizes = [2, draw(st.integers(1, 4)), draw(st.integers(1, 3)), outputs]
    number = st.integers(-2, 2)
    layers = []
    for i, (columns, rows) in enumerate(pairwise(sizes)):
        layers.append({"W": [[draw(number) for _ in range(columns)] for _ in range(rows)],
                       "b": [draw(number) for _ in range(rows)], "act": "relu" if i < 2 else "id"})
    return {"layers": layers}


def value(layers, point):
    """A second opinion: the network in fractions."""
    a = [F(v) for v in point]
    for layer in layers["layers"]:
        a = [sum((F(w) * v for w, v in zip(row, a)), F(b)) for row, b in zip(layer["W"], layer["b"])]
        if layer["act"] == "relu":
            a = [max(v, F(0)) for v in a]
    return a


def vertices_of(net):
    """All vertices of the exact engine, which shares no code with the arrays."""
    found = workings.pieces(net, box=BOX)
    from workings.geometry import pieces
    from workings.work.regions import lowered

    exact = pieces(lowered(found.net), BOX)
    return exact, {v for r in exact.full for v in r.shape.vertices}


@settings(max_examples=40, derandomize=True, deadline=None)
@given(networks())
def test_extremes_against_every_vertex_of_the_exact_engine(given_net):
    _, vertices = vertices_of(given_net)
    values = {v: value(given_net, v)[0] for v in vertices}
    low, high = workings.pieces(given_net, box=BOX, engine="exact").extremes()["y"]
    assert (low.value, high.value) == (min(values.values()), max(values.values()))
    assert value(given_net, low.at) == [low.value] and value(given_net, high.at) == [high.value]


@settings(max_examples=40, derandomize=True, deadline=None)
@given(networks())
def test_lipschitz_constants_against_every_map_of_the_exact_engine(given_net):
    exact, _ = vertices_of(given_net)
    slopes = [r.affine["y"][:-1] for r in exact.full]
    found = {norm: workings.pieces(given_net, box=BOX, engine="exact").lipschitz(norm)["y"] for norm in ("1", "2", "inf")}
    assert found["1"].squared == max(max(abs(v) for v in s) for s in slopes) ** 2
    assert found["inf"].squared == max(sum(abs(v) for v in s) for s in slopes) ** 2
    assert found["2"].squared == max(sum(v * v for v in s) for s in slopes)
    assert found["2"].value == pytest.approx(float(found["2"].squared) ** 0.5, rel=1e-15)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(networks(outputs=3))
def test_is_the_class_constant_with_a_witness(given_net):
    _, vertices = vertices_of(given_net)
    found = workings.pieces(given_net, box=BOX, engine="exact").constant()
    if not found.constant:
        for label, point in found.witness:
            own = value(given_net, point)
            assert own[int(label[1:]) - 1] == max(own)
        (one, p), (two, _) = found.witness
        assert one != two and value(given_net, p)[int(one[1:]) - 1] > value(given_net, p)[int(two[1:]) - 1]
        return
    place = int(found.label[1:]) - 1
    leads = [value(given_net, v)[place] - max(w for k, w in enumerate(value(given_net, v)) if k != place) for v in vertices]
    assert min(leads) == found.margin.value >= 0


@pytest.mark.parametrize("text, constant, label", [
    ("y = relu(x1) + 1", True, "y > 0"), ("y = relu(x1) + relu(x2)", True, "y >= 0"), ("y = x1", False, ""),
    ("y = 0*x1 - relu(x2) - 1", True, "y < 0"), ("y = -relu(x1) - relu(x2)", True, "y <= 0"),
])
def test_the_sign_of_one_output(text, constant, label):
    found = workings.pieces(text, box=BOX if "x2" in text else [(-1, 1)]).constant()
    assert (found.constant, found.label) == (constant, label)


def euler(net, label):
    """The Euler characteristic of a class, counted over the cells, edges and vertices of the sharpened complex within
    the domain: an independent way to components minus holes."""
    found = workings.boundary(net, box=BOX, engine="exact").level_set
    c = found.complex
    levels = c.levels[:, 0]
    wanted = (lambda s: s < 0) if "<" in label else (lambda s: s > 0)
    points = {}
    for i in range(len(levels)):
        points.setdefault(c.exact_vertex(i), []).append(i)
    border = {c.exact_vertex(i) for i in range(len(levels)) if c.neighbours[i] < 0}
    border |= {c.exact_vertex(int(c.next[i])) for i in range(len(levels)) if c.neighbours[i] < 0}
    cells = sum(any(wanted(levels[i]) for i in range(c.offsets[k], c.offsets[k + 1])) for k in range(len(c.offsets) - 1))
    edges = {frozenset((c.exact_vertex(i), c.exact_vertex(int(c.next[i])))) for i in range(len(levels))
             if c.neighbours[i] >= 0 and (wanted(levels[i]) or wanted(levels[int(c.next[i])]))}
    vertices = sum(wanted(levels[own[0]]) for p, own in points.items() if p not in border)
    return cells - len(edges) + vertices


@settings(max_examples=40, derandomize=True, deadline=None)
@given(networks())
def test_components_less_holes_is_the_euler_characteristic(given_net):
    for told in workings.boundary(given_net, box=BOX, engine="exact").topology():
        assert told.components - told.holes == euler(given_net, told.label)


@pytest.mark.parametrize("text, expected", [
    ("y = max(abs(x1), abs(x2)) - 1/2", {"y < 0": (1, 0), "y > 0": (1, 1)}),
    ("y = abs(x1) + abs(x2)", {"y < 0": (0, 0), "y > 0": (1, 1)}),          # all but one point: a hole
    ("y = abs(x1) + 0*x2", {"y < 0": (0, 0), "y > 0": (2, 0)}),
    ("y = abs(abs(x1) + abs(x2) - 1/2) - 1/8", {"y < 0": (1, 1), "y > 0": (2, 1)}),
    ("y = x1*0 + x2*0 + 1", {"y < 0": (0, 0), "y > 0": (1, 0)}),
    ("y = max(min(x1, x2), min(-x1, -x2))", {"y < 0": (2, 0), "y > 0": (2, 0)}),   # quadrants that meet at 0
])
def test_components_and_holes(text, expected):
    found = workings.boundary(text, box=BOX).topology()
    assert {t.label: (t.components, t.holes) for t in found} == expected


def test_the_classes_of_several_outputs():
    net = {"layers": [{"W": [[1, 0], [-1, 0], [0, 1], [0, -1]], "b": [0] * 4, "act": "relu"},
                      {"W": [[1, 1, 1, 1], [0, 0, 0, 0]], "b": [0, "1/2"], "act": "id"}]}
    found = {t.label: (t.components, t.holes) for t in workings.boundary(net, box=BOX).topology()}
    assert found == {"y1": (1, 1), "y2": (1, 0)}


@pytest.mark.parametrize("engine", ["exact", None])
def test_areas_fill_the_box_and_the_histogram_holds_every_cell(engine):
    net = random_net(7)
    found = workings.pieces(net, box=[(-2, 3), (-1, 1)], engine=engine, processes=1)
    assert found.areas.sum() == pytest.approx(10, rel=1e-12)
    counts, edges = found.histogram(8)
    assert counts.sum() == found.counts.cells and len(edges) == 9 and (np.diff(edges) > 0).all()


def random_net(seed, sizes=(2, 12, 12, 1)):
    rng = random.Random(seed)
    return {"layers": [
        {"W": [[rng.uniform(-1, 1) for _ in range(n)] for _ in range(m)], "b": [rng.uniform(-1, 1) for _ in range(m)],
         "act": "relu" if i < len(sizes) - 2 else "id"} for i, (n, m) in enumerate(pairwise(sizes))]}


def test_arrays_agree_with_the_network():
    net = random_net(3)
    found = workings.pieces(net, box=BOX)
    middle = np.add.reduceat(found.vertices, found.offsets[:-1]) / np.diff(found.offsets)[:, None]
    values = np.einsum("coi,ci->co", found.A, middle) + found.b
    assert np.allclose(values, stack(found.net).values(middle), atol=1e-12)
    assert found.patterns.shape == (found.counts.cells, 24)
    own = np.repeat(np.arange(len(found.offsets) - 1), np.diff(found.offsets))
    inner = found.neighbours >= 0
    differ = (found.patterns[own[inner]] != found.patterns[found.neighbours[inner]]).sum(axis=1)
    assert (differ == 1).all() and inner.sum() // 2 + (~inner).sum() == found.counts.edges


def test_a_slice_is_the_network_on_the_plane():
    net = random_net(5, (4, 10, 10, 2))
    points = [[0, 0, 0, 0], [1, "1/2", 0, -1], ["1/3", 0, 1, 1]]
    found = workings.pieces(net, slice=points, box=[(-1, 1), (-1, 1)])
    told = found.as_dict()
    assert told["inputs"] == ["s", "t"] and told["slice"]["across"] == ["1/3", "0", "1", "1"]
    plane = stack(found.net)
    for region in told["regions"][:20]:
        s, t = map(F, region["sample"])
        x = [s * F(a) + t * F(b) for a, b in zip(points[1], points[2])]
        values = exact_values(plane, x)
        for k, name in enumerate(("y1", "y2")):
            own = region["affine"][name]
            assert F(own["const"]) + F(own.get("s", 0)) * s + F(own.get("t", 0)) * t == values[k]
    # lengths and slopes are those of input space
    steep = found.lipschitz()["y1"]
    a, b = np.array([[float(F(v)) for v in p] for p in points[1:]])
    gram = np.array([[a @ a, a @ b], [a @ b, b @ b]])
    norms = np.einsum("ci,ij,cj->c", found.A[:, 0], np.linalg.inv(gram), found.A[:, 0]) ** 0.5
    assert steep.value == pytest.approx(norms.max(), rel=1e-12)
    assert found.areas.sum() == pytest.approx(4 * np.linalg.det(gram) ** 0.5, rel=1e-12)


def test_a_line_has_its_breakpoints():
    net = random_net(5, (4, 10, 10, 1))
    found = workings.pieces(net, slice=[[0] * 4, [1, 2, 3, 4]], box=[(0, 1)])
    ends = sorted({F(v[0]) for r in found.as_dict()["regions"] for v in r["vertices"]})
    assert len(ends) == found.counts.cells + 1 and ends[0] == 0 and ends[-1] == 1
    low, high = found.extremes()["y"]
    values = [exact_values(stack(found.net), [s * k for k in (1, 2, 3, 4)])[0] for s in ends]
    assert (low.value, high.value) == (min(values), max(values))


def test_three_inputs():
    net = {"layers": [{"W": [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "b": [0, 0, 0], "act": "relu"},
                      {"W": [[1, 2, -3]], "b": [0], "act": "id"}]}
    found = workings.pieces(net, box=[(-1, 1)] * 3)
    low, high = found.extremes()["y"]
    assert (low.value, high.value) == (-3, 3)
    assert found.lipschitz("inf")["y"].value == 6
    cell = found.at((F(1, 2), F(1, 3), F(1, 4)))
    assert cell.pattern == "+++" and cell.affine["y"] == (1, 2, -3, 0) and len(cell.rows) == 3
    assert cell.vertices == ((0, 0, 0),) and len(cell.rays) == 3
    assert workings.same(net, net).same and not workings.same(net, net).largest


@settings(max_examples=25, derandomize=True, deadline=None)
@given(networks(), st.tuples(st.fractions(-1, 1, max_denominator=7), st.fractions(-1, 1, max_denominator=7)))
def test_the_cell_at_a_point(given_net, point):
    found = workings.pieces(given_net, box=BOX, engine="exact")
    cell = found.at(point)
    own = sum((a * x for a, x in zip(cell.affine["y"], point)), cell.affine["y"][-1])
    assert own == value(given_net, point)[0]
    for row in cell.rows:
        assert sum((a * x for a, x in zip(row, (*point, 1))), F(0)) >= 0
        assert sum(sum(a * x for a, x in zip(row, (*v, 1))) == 0 for v in cell.vertices) == 2      # none is idle
    with pytest.raises(BadValue, match="not in the domain"):
        found.at((5, 5))


@settings(max_examples=25, derandomize=True, deadline=None)
@given(networks(), networks())
def test_the_largest_difference_of_two_networks(one, two):
    found = workings.same(one, two, box=BOX)
    assert value(one, found.at)[0] == found.first and value(two, found.at)[0] == found.second
    assert abs(found.first - found.second) == found.largest
    for point in product([F(-1), F(-1, 2), F(0), F(1, 3), F(1)], repeat=2):
        assert abs(value(one, point)[0] - value(two, point)[0]) <= found.largest


def test_networks_that_are_the_same_written_otherwise():
    assert workings.same("y = max(x1, x2)", "y = x2 + relu(x1 - x2)", box=BOX).same
    assert not workings.same("y = max(x1, x2)", "y = max(x1, x2) + relu(x1 - 1 + 1/1000000)", box=BOX).same
    with pytest.raises(BadValue, match="2 inputs, the other 1"):
        workings.same("y = x1 + x2", "y = x1", box=BOX)


@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_what_is_saved_loads_again(tmp_path, suffix):
    found = workings.pieces(SEED, box=BOX, engine="exact")
    path = found.save(tmp_path / f"seed{suffix}")
    again = workings.load(path)
    told = {k: v for k, v in again.as_dict().items() if k != "verb"}
    assert told == json.loads(json.dumps(found.as_dict()))
    if suffix == ".npz":
        for name in ("patterns", "A", "b", "vertices", "offsets", "neighbours"):
            assert (getattr(again, name) == getattr(found, name)).all()
        assert path.read_bytes() == found.save(tmp_path / "again.npz").read_bytes()
    line = workings.boundary(SEED, box=BOX, level="1/2", engine="exact")
    kept = workings.load(line.save(tmp_path / f"line{suffix}"))
    assert kept.as_dict()["length"] == line.as_dict()["length"]


@pytest.mark.parametrize("name, data, says", [
    ("a.npz", b"PK\x03\x04", "cannot be loaded"), ("a.json", b"{", "cannot be loaded"), ("a.json", b"[]", "holds a list"),
    ("a.txt", b"", "no file that loads again"),
])
def test_what_does_not_load(tmp_path, name, data, says):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadValue, match=says):
        workings.load(tmp_path / name)


def test_an_archive_with_a_pickle_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", facts=np.array([{"a": 1}], dtype=object))
    with pytest.raises(BadValue, match="cannot be loaded"):
        workings.load(tmp_path / "a.npz")


@pytest.mark.heavy
def test_the_dual_graph():
    networkx = pytest.importorskip("networkx")
    found = workings.pieces(SEED, box=BOX)
    graph = found.graph()
    assert graph.number_of_nodes() == 6 and graph.number_of_edges() == 6 and networkx.is_connected(graph)
    for a, b, told in graph.edges(data=True):
        differ = [k for k, (p, q) in enumerate(zip(graph.nodes[a]["pattern"], graph.nodes[b]["pattern"])) if p != q]
        assert differ == [told["unit"]]


@pytest.mark.heavy
def test_parquet(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    found = workings.pieces(SEED, box=BOX)
    table = parquet.read_table(found.save(tmp_path / "seed.parquet"))
    assert table.num_rows == 6 and set(table.column_names) == {"pattern", "A_y", "b_y", "vertices"}


def test_without_an_end_there_is_no_largest_value():
    found = workings.pieces(SEED, box="all", engine="exact")
    for ask in (found.extremes, lambda: found.areas):
        with pytest.raises(OutOfReach, match="box"):
            ask()
    assert found.lipschitz()["y"].squared == 1
