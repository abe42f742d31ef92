"""Training: the optimum of other programs is reached, the sheet's networks are fitted, bad data are said at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import workings
from workings.errors import BadValue, OutOfReach, WorkingsError

LINE = "y = w*x + b; E = (y - t)^2"

EXERCISE_2C = """
i = 1..d; k = 1..N
w[i] = log(1 + exp(v[i]))
y[k] = sum(i, w[i]*x[k,i])
E = 1/N*sum(k, log cosh(y[k] - t[k]))
"""
EXERCISE_3 = """
z3 = x1*w13 + x2*w23
z4 = x1*w14 + x2*w24
a3 = tanh(z3)
a4 = tanh(z4)
z5 = a3*w35 + a4*w45
z6 = a3*w36 + a4*w46
a5 = tanh(z5)
a6 = tanh(z6)
y = a5*w57 + a6*w67
E = log cosh(y - t)
"""
EXERCISE_4 = """
w13 = log(1 + exp(v)); w23 = -log(1 + exp(-v))
z3 = x1*w13 + x2*w23
z4 = x1*w14 + x2*w24
a3 = tanh(z3)
a4 = tanh(z4)
y = a3*w35 + a4*w45
E = log cosh(y - t)
"""


def _points(seed: int = 0, n: int = 60) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    x1, x2 = draw.normal(size=(2, n))
    return {"x1": x1, "x2": x2, "t": 0.8*np.tanh(x1 - x2) + 0.1*np.tanh(x2)}


def test_a_line_is_the_least_squares_line() -> None:
    draw = np.random.default_rng(1)
    x = draw.normal(size=50)
    t = 2*x - 1 + draw.normal(size=50)
    fit = workings.train(LINE, {"x": x, "t": t})
    slope, offset = np.polyfit(x, t, 1)
    assert fit.parameters["w"] == pytest.approx(slope, abs=1e-7)
    assert fit.parameters["b"] == pytest.approx(offset, abs=1e-7)
    assert fit.value == pytest.approx(np.mean((slope*x + offset - t)**2))


def test_positive_weights_of_exercise_2c() -> None:
    """The truth has positive weights; the parameters are found through log(1 + exp v)."""
    draw = np.random.default_rng(2)
    x = draw.normal(size=(80, 3))
    fit = workings.train(EXERCISE_2C, {"x": x, "t": x @ [0.5, 1.0, 2.0]}, "E")
    assert np.log1p(np.exp(fit.parameters["v"])) == pytest.approx([0.5, 1.0, 2.0], abs=1e-4)


@pytest.mark.parametrize("text", [EXERCISE_3, EXERCISE_4], ids=["exercise 3", "exercise 4"])
def test_networks_of_the_sheet(text: str) -> None:
    """What is reached is a stationary point far below the start, and the fitted network gives that loss when it is run."""
    data = _points()
    fit = workings.train(text, data, "E", steps=400, seed=3)
    assert fit.value < 0.2*fit.curve[0]
    assert fit.gradient < 1e-4
    ran = [workings.run(fit.network, x1=a, x2=b, t=c, **fit.parameters)["E"] for a, b, c in zip(*data.values())]
    assert np.mean([float(e) for e in ran]) == pytest.approx(fit.value, rel=1e-9)


def test_arrays_and_a_size_that_is_stated() -> None:
    draw = np.random.default_rng(5)
    x = draw.normal(size=(70, 2))
    net = "W in R^(h x d); b in R^h; v in R^h; x in R^d; y = dot(v, tanh(W @ x + b)); E = (y - t)^2"
    fit = workings.train(net, {"x": x, "t": x[:, 0]*x[:, 1]}, "E", h=6, seed=1)
    assert fit.parameters["W"].shape == (6, 2)
    assert fit.value < 0.02


def test_a_fitted_network_is_cut_into_pieces() -> None:
    fit = workings.train("y = relu(w*x + b); E = (y - t)^2", {"x": [0, 1, 2, 3], "t": [0, 0, 1, 2]},
                         start={"w": 0.5, "b": -0.2})
    assert fit.value < 1e-10
    found = workings.run(fit.network, x=5, t=0, **fit.parameters)
    assert float(found["y"]) == pytest.approx(4, abs=1e-4)


@pytest.mark.parametrize("method", ["adam", "sgd"])
def test_batches(method: str) -> None:
    draw = np.random.default_rng(1)
    x = draw.normal(size=64)
    fit = workings.train(LINE, {"x": x, "t": 3*x + 1}, method=method, batch=16, steps=200, rate=0.05, schedule="cosine")
    assert fit.parameters["w"] == pytest.approx(3, abs=1e-3)
    assert len(fit.curve) == 200


def test_the_same_seed_gives_the_same_bytes() -> None:
    runs = [workings.train(EXERCISE_3, _points(), "E", method="adam", batch=7, steps=5, seed=9) for _ in range(2)]
    assert runs[0].as_dict() == runs[1].as_dict()


def test_early_stopping_keeps_the_best() -> None:
    fit = workings.train(EXERCISE_3, _points(n=20), "E", method="adam", steps=400, rate=0.2, validation=0.5, patience=5)
    assert "held-out" in fit.reason
    assert len(fit.held_out) < 400
    assert fit.held_out.index(min(fit.held_out)) == len(fit.held_out) - 6


@pytest.mark.parametrize("options", [{"method": "adam", "batch": 8}, {"method": "sgd", "momentum": 0.9}, {}])
def test_a_run_that_was_killed_goes_on_to_the_same_bytes(options: dict[str, Any], tmp_path: Path) -> None:
    class Killed(Exception):
        pass

    def kill(done: int, steps: int, value: float) -> None:
        if done == 25:
            raise Killed

    common = {"steps": 40, "every": 10, "seed": 4, **options}
    whole = workings.train(EXERCISE_3, _points(), "E", **common)
    with pytest.raises(Killed):
        workings.train(EXERCISE_3, _points(), "E", checkpoint=tmp_path / "run.npz", progress=kill, **common)
    again = workings.train(EXERCISE_3, _points(), "E", checkpoint=tmp_path / "run.npz", resume=True, **common)
    assert again.as_dict() == whole.as_dict()


def test_a_checkpoint_is_never_overwritten_unasked(tmp_path: Path) -> None:
    file = tmp_path / "run.npz"
    workings.train(LINE, {"x": [0, 1], "t": [1, 3]}, method="adam", steps=10, checkpoint=file)
    before = file.read_bytes()
    with pytest.raises(BadValue, match="is there already"):
        workings.train(LINE, {"x": [0, 1], "t": [1, 3]}, method="adam", steps=10, checkpoint=file)
    with pytest.raises(BadValue, match="another run"):
        workings.train(LINE, {"x": [0, 1], "t": [1, 4]}, method="adam", steps=10, checkpoint=file, resume=True)
    assert file.read_bytes() == before


def test_a_diverging_run_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(OutOfReach, match="diverged in step"):
        workings.train(LINE, {"x": [10, 20], "t": [1, 2]}, method="sgd", rate=10.0, checkpoint=tmp_path / "run.npz", every=100)
    assert not (tmp_path / "run.npz").exists()


ROWS = [
    ("x,t\n1,2\n2,nan\n", "row 3, column t: nan"),
    ("x,t\n1,2\n2,\n", "row 3, column t: '' is no number"),
    ("x,t\n1,2\n2\n", "row 3: 1 cells"),
    ("x,x\n1,2\n", "two columns 'x'"),
    ("x,t\n", "no rows of numbers"),
    ("x,u\n1,2\n", "no column t"),
    ("x,t,u\n1,2,3\n", "column u is none"),
    ("x,t\n1,inf\n", "column t: inf"),
]


@pytest.mark.parametrize(("text", "says"), ROWS)
def test_tables_that_are_wrong(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadValue) as caught:
        workings.train(LINE, file)
    assert says in str(caught.value)


def test_a_table(tmp_path: Path) -> None:
    """A file as a spreadsheet writes it: a mark at its start, its line ends, a last empty line."""
    file = tmp_path / "points.csv"
    file.write_bytes(b"\xef\xbb\xbfx,t\r\n0,1\r\n1,3\r\n2,5\r\n\r\n")
    assert workings.train(LINE, file).parameters == pytest.approx({"w": 2.0, "b": 1.0}, abs=1e-6)
    np.savez(tmp_path / "points.npz", x=[0, 1, 2], t=[1, 3, 5])
    assert workings.train(LINE, tmp_path / "points.npz").parameters == pytest.approx({"w": 2.0, "b": 1.0}, abs=1e-6)


@pytest.mark.parametrize(("data", "options", "says"), [
    ({"x": [1, 2], "t": [1, 2, 3]}, {}, "2 and 3 points"),
    ({"x": [1, float("nan")], "t": [1, 2]}, {}, "hold nan at [1]"),
    ({"x": [1, 2], "t": [1, 2]}, {"method": "newton"}, "no method"),
    ({"x": [1, 2], "t": [1, 2]}, {"batch": 2}, "all points at once"),
    ({"x": [1, 2], "t": [1, 2]}, {"rate": -1}, "out of range"),
    ({"x": [1, 2], "t": [1, 2]}, {"speed": 3}, "no option speed"),
    ({"x": [1, 2], "t": [1, 2]}, {"start": {"q": 1}}, "q is no parameter"),
    ({"x": ["a", "b"], "t": [1, 2]}, {}, "no array of numbers"),
    ("points.parquet", {}, "no file"),
])
def test_what_does_not_fit(data: Any, options: dict[str, Any], says: str) -> None:
    with pytest.raises(WorkingsError) as caught:
        workings.train(LINE, data, **options)
    assert says in str(caught.value)


def test_a_hidden_size_that_nothing_tells() -> None:
    net = "W in R^(h x d); v in R^h; x in R^d; y = dot(v, tanh(W @ x)); E = (y - t)^2"
    with pytest.raises(BadValue, match="size h"):
        workings.train(net, {"x": [[1, 2]], "t": [1]}, "E")


@pytest.mark.heavy
def test_diabetes_and_digits() -> None:
    """A log cosh regression reaches SciPy's optimum; a network of one hidden layer reads 97 % of the digits it has not seen."""
    from scipy.optimize import minimize
    from sklearn.datasets import load_diabetes, load_digits

    found = load_diabetes()
    x, t = found.data/found.data.std(0), (found.target - found.target.mean())/found.target.std()
    fit = workings.train("i = 1..d; k = 1..N; y[k] = sum(i, w[i]*x[k,i]) + b; E = 1/N*sum(k, log cosh(y[k] - t[k]))",
                         {"x": x, "t": t}, "E")

    def loss(p: Any) -> float:
        r = np.abs(x @ p[:-1] + p[-1] - t)
        return float(np.mean(r + np.log1p(np.exp(-2*r)) - np.log(2)))

    assert fit.value <= minimize(loss, np.zeros(11), method="BFGS").fun + 1e-9
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.data))
    train, test = order[:1437], order[1437:]
    net = """
        W1 in R^(h x d); b1 in R^h; W2 in R^(C x h); b2 in R^C; x in R^d; t in R^C
        a = relu(W1 @ x + b1)
        z = W2 @ a + b2
        p = softmax(z)
        E = -sum(t*log(p))"""
    x, t = digits.data/16, np.eye(10)[digits.target]
    fit = workings.train(net, {"x": x[train], "t": t[train]}, "E", method="adam", batch=64, steps=60, rate=0.005,
                         schedule="cosine", h=64)
    p = fit.parameters
    z = np.maximum(x[test] @ p["W1"].T + p["b1"], 0) @ p["W2"].T + p["b2"]
    assert (z.argmax(1) == digits.target[test]).mean() >= 0.97
