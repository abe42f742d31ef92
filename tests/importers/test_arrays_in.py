"""Networks of arrays: .json files, dicts and lists."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import workings
from workings.errors import BadValue, OutOfReach
from workings.limits import MAX_TEXT

SEED = {"input_dim": 2, "box": [[-1, 1], [-1, 1]], "layers": [
    {"W": [[1, 0], [0, 1], [1, 1]], "b": [0, 0, 0], "act": "relu"}, {"W": [[-1, -1, 1]], "b": [1], "act": "id"}]}


def saved(folder: Path, given) -> Path:
    path = folder / "net.json"
    path.write_text(json.dumps(given))
    return path


def test_a_file_is_read_as_equations_with_its_numbers_beside_them(tmp_path):
    net = workings.read(saved(tmp_path, SEED))
    told = net.as_dict()
    assert [(e["name"], e["value"]) for e in told["equations"]] == [
        ("x", "(x1, x2)"), ("z1", "W1 @ x + b1"), ("a1", "relu(z1)"), ("z2", "W2 @ a1 + b2"), ("y", "z2[1]")]
    assert told["inputs"] == ["x1", "x2"] and told["parameters"] == ["W1", "b1", "W2", "b2"]
    assert not told["remarks"]
    assert net.box == ((-1, 1), (-1, 1))
    assert net.values["W1"].tolist() == [[1, 0], [0, 1], [1, 1]]


@pytest.mark.parametrize("given", [
    SEED, SEED["layers"] and {"layers": SEED["layers"]},
    {"W1": [[1, 0], [0, 1], [1, 1]], "b1": [0, 0, 0], "W2": [[-1, -1, 1]], "b2": [1]},
    [[[1, 0], [0, 1], [1, 1]], [0, 0, 0], [[-1, -1, 1]], [1]],
    [([[1, 0], [0, 1], [1, 1]], [0, 0, 0]), ([[-1, -1, 1]], [1])],
    [np.array([[1, 0], [0, 1], [1, 1]]), np.zeros(3, int), np.array([[-1, -1, 1]]), np.ones(1, int)],
    [(np.array([[1, 0], [0, 1], [1, 1]]), np.zeros(3, int)), (np.array([[-1, -1, 1]]), np.ones(1, int))],
], ids=["as the file", "without a box", "dict", "list", "pairs", "arrays", "pairs of arrays"])
def test_one_network_in_many_clothes(given):
    net = workings.read(given)
    assert workings.run(net, x1="1/2", x2=-3)["y"] == Fraction(1, 2)


@pytest.mark.parametrize("act, at, expected", [
    ("relu", -2, 0), ("id", -2, -2), ("linear", 3, 3), ("abs", -2, 2), ("hardtanh", -2, -1), ("relu6", 9, 6),
    ("leaky(z, 1/4)", -2, Fraction(-1, 2)), ("clip(z, 0, 1/2)", 2, Fraction(1, 2)), (None, -2, -2), ("ReLU", 4, 4),
])
def test_activations(act, at, expected):
    net = workings.read({"layers": [{"W": [[1]], "b": [0], "act": act}]})
    assert workings.run(net, x1=at)["y"] == expected


def test_numbers_are_what_they_are():
    """A JSON number with a point is the dyadic of its double, a text the fraction that it says, a float32 widened."""
    net = workings.read({"layers": [{"W": [[0.1, 2.0]], "b": [0.5]}]})
    assert net.values["W1"].dtype == np.float64 and Fraction(net.values["W1"][0, 0]) == Fraction(0.1) != Fraction(1, 10)
    net = workings.read({"layers": [{"W": [["1/3", 0.1]], "b": [2]}]})
    assert net.values["W1"].tolist() == [[Fraction(1, 3), Fraction(0.1)]]
    tenth = np.float32(0.1)
    net = workings.read([np.array([[tenth]]), np.array([tenth])])
    assert Fraction(net.values["W1"][0, 0]) == Fraction(float(tenth))


def test_several_outputs_have_numbers_and_a_softmax_gives_way_to_its_argmax():
    net = workings.read({"layers": [{"W": [[1], [2]], "b": [0, 1], "act": "softmax"}]})
    assert workings.run(net, x1=3).as_dict()["values"]["y2"] == "7"
    assert any("argmax" in r.says for r in net.remarks)


@pytest.mark.parametrize("given, says, expected", [
    ({}, "an object with no entries is no network of arrays", "layers"),
    ({"layers": []}, "the network: there are no layers", "layers"),
    ({"layers": [{"b": [1]}]}, "the network: layer 1 has no W", '"W"'),
    ({"layers": [{"W": [[1, 2], [3]], "b": [0]}]}, "the rows of W of layer 1 have different lengths", "one length"),
    ({"layers": [{"W": [[1, 2]], "b": [0, 1]}]}, "b of layer 1 has 2 numbers, W 1 rows", "1 numbers"),
    ({"layers": [{"W": [[1, 2]], "b": [0]}, {"W": [[1, 2]], "b": [0]}]}, "W of layer 2 is 1 x 2, but 1 numbers come",
     "1 columns"),
    ({"layers": [{"W": [[1], [2]], "b": [0, 0]}, {"W": [[1], [2]], "b": [0, 0]}]}, "W of layer 2 is 2 x 1",
     "perhaps W is transposed"),
    ({"input_dim": 3, "layers": [{"W": [[1, 2]], "b": [0]}]}, "input_dim is 3, but W of layer 1 is 1 x 2", ""),
    ({"layers": [{"W": [[1]], "b": [0], "act": "rely"}]}, "act of layer 1 is 'rely'", "relu"),
    ({"layers": [{"W": [[1]], "b": [0], "act": "w*z"}]}, "act of layer 1 is 'w*z'", "a formula in z alone"),
    ({"layers": [{"W": [[None]], "b": [0]}]}, "W of layer 1 holds None", "numbers"),
    ({"layers": [{"W": [["one"]], "b": [0]}]}, "an entry of W of layer 1 is 'one'", "a finite number"),
    ({"layers": [{"W": [[1, float("inf")]], "b": [0]}]}, "W of layer 1 holds inf at (1, 2)", "finite numbers"),
    ({"layers": [{"W": [[1]], "b": [float("nan")]}]}, "b of layer 1 holds nan at (1)", "finite numbers"),
    ([np.array([[np.nan, np.inf]]), np.zeros(1)], "W of layer 1 holds nan at (1, 1); 2 numbers are not finite", "finite"),
    ({"layers": [{"W": [[[1]]], "b": [0]}]}, "W of layer 1 has 3 axes", "a list of rows"),
    ({"box": [[1, 1]], "layers": [{"W": [[1]], "b": [0]}]}, "the box leaves nothing of x1: 1 to 1", "low < high"),
    ({"box": [[0, 1]], "layers": [{"W": [[1, 1]], "b": [0]}]}, "the box has 1 pairs, the network 2 inputs", ""),
    ({"box": 3, "layers": [{"W": [[1, 1]], "b": [0]}]}, "the box is no list of pairs", "(low, high)"),
    ([1, 2, 3], "3 arrays are given", "a weight and a bias for each layer"),
    ({"layers": [{"W": [[True]], "b": [0]}]}, "W of layer 1 holds True", "numbers"),
], ids=lambda v: str(v)[:40])
def test_what_is_refused(given, says, expected):
    with pytest.raises(BadValue) as caught:
        workings.read(given)
    assert says in str(caught.value) and expected in str(caught.value) and caught.value.exit_code == 2


@pytest.mark.parametrize("text, says", [
    ("{", "net.json:1:2: no JSON"), ("[1, 2", "no JSON"), ("3", "a int is no network of arrays"), ("", "no JSON"),
    ("[" * 100_000, "no JSON"), ('{"layers": [{"W": [[1e999]], "b": [0]}]}', "holds inf"),
], ids=lambda v: v[:20])
def test_files_that_are_no_networks(tmp_path, text, says):
    path = tmp_path / "net.json"
    path.write_text(text)
    with pytest.raises(BadValue, match=says):
        workings.read(path)


def test_the_box_of_the_file_is_the_default_and_all_is_all(tmp_path):
    from workings import work

    net = workings.read(saved(tmp_path, SEED))
    assert work.box(None, net) == ((-1, 1), (-1, 1)) and work.box("all", net) == "all"
    assert work.box("0,1,0,1", net) == ((0, 1), (0, 1))


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".pkl"])
def test_pickles_are_refused(tmp_path, suffix):
    path = tmp_path / f"net{suffix}"
    path.write_bytes(b"\x80\x04cos\nsystem\n(S'touch hacked'\ntR.")
    with pytest.raises(BadValue, match="is a pickle"):
        workings.read(path)


def test_large_networks_are_read(tmp_path):
    """The text of a .json network may be longer than that of equations."""
    rows = [[0.123456789012345] * 1000] * 500
    path = saved(tmp_path, {"layers": [{"W": rows, "b": [0.0] * 500, "act": "relu"}, {"W": [[1.0] * 500], "b": [0]}]})
    assert path.stat().st_size > MAX_TEXT
    assert workings.read(path).values["W1"].shape == (500, 1000)


def test_a_layer_that_is_not_piecewise_linear_is_read_run_and_named():
    net = workings.read({"layers": [{"W": [[1]], "b": [0], "act": "tanh"}]})
    assert workings.run(net, x1=0.0)["y"] == 0
    with pytest.raises(OutOfReach, match="tanh"):
        workings.pieces(net)


def test_equations_with_their_numbers():
    net = workings.read({
        "equations": ["x in R^2", "z1 = W1 @ x + b1", "y = dot(w, relu(z1)) + c"], "box": [[-1, 1], [0, "1/2"]],
        "values": {"W1": [[1, 0], [0, 1], [1, 1]], "b1": [0, 0, 0], "w": [-1, -1, "1/2"], "c": 1}})
    assert workings.run(net, x=(1, 2))["y"] == Fraction(-1, 2)
    assert net.box == ((-1, 1), (0, Fraction(1, 2)))


@pytest.mark.parametrize("given, says", [
    ({"equations": 3}, "equations is no list of texts"), ({"equations": ["y = x"], "values": 3}, "values is no object"),
    ({"equations": ["y = w*x"], "values": {"w": float("nan")}}, "w holds nan"),
    ({"equations": ["y = w*x"], "values": {"import os": 1}}, "is no name of a parameter"),
])
def test_equations_that_are_none(given, says):
    with pytest.raises(BadValue, match=says):
        workings.read(given)
