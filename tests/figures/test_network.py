"""Drawings of networks: no label on another, everything the table says is in the picture, words for ears."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workings.answers.draw import as_dict, blocks
from workings.document import Picture, Table
from workings.figures import Circle, Figure, Path, Text
from workings.figures.families import drawn
from workings.figures.glyphs import measuring
from workings.figures.network import network_figure
from workings.figures.network_plan import Plan
from workings.figures.overlap import overlaps
from workings.figures.placing import passes
from workings.forms.neurons import graph
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read

NETS = {
    "1a": "rho(z) = max(0, z); y = 1 - rho(x1) - rho(x2) + rho(x1 + x2)",
    "3a": "z3 = x1*w13 + x2*w23; a3 = tanh(z3); z4 = x1*w14 + x2*w24; a4 = tanh(z4); z5 = a3*w35 + a4*w45;"
          "a5 = tanh(z5); z6 = a3*w36 + a4*w46; a6 = tanh(z6); y = a5*w57 + a6*w67; E = log(cosh(y - t))",
    "4c": "w13 = log(1 + exp(v)); w24 = -log(1 + exp(-v)); z3 = x1*w13; z4 = x2*w24; a3 = 0.5*z3^2;"
          "a4 = 0.5*z4^2; y = a3 + a4; E = (y - t)^2",
    "two outputs": "h1 = sigmoid(w1*i1 + w2*i2 + b1); h2 = sigmoid(w3*i1 + w4*i2 + b1);"
                   "o1 = sigmoid(w5*h1 + w6*h2 + b2);"
                   "o2 = sigmoid(w7*h1 + w8*h2 + b2); E = 1/2*(t1 - o1)^2 + 1/2*(t2 - o2)^2",
    "long weights": "h1 = tanh((alpha*u1 + beta^2/3)*x1 + 2*w*x2/sqrt(k) + b1/2);"
                    "h2 = leaky(exp(a)*x1 - x2*log(1 + exp(v))/(c + d), 0.1);"
                    "y = (p + q)*(r - s)*h1 + h2/(1 + exp(-g)) + x1*(a1 + a2*a3*a4 + a5*a6*a7 + a8*a9)",
    "gru": "z = sigmoid(wz*x + uz*h0); r = sigmoid(wr*x + ur*h0); n = tanh(wn*x + un*(r*h0)); h = (1 - z)*h0 + z*n",
    "recurrent": "h[t] = tanh(w*h[t-1] + u*x[t] + b); h[0] = 0; y = v*h[T]",
    "family": "y[k] = sum(i, w[i]*x[i,k]); E[k] = (y[k] - t[k])^2",
    "skips": "a = tanh(w1*x1 + w2*x2); c = tanh(u*a); y = c + v*x3 + s*x1",
}

NETS |= {
    "vectors": "x in R^n; W1 in R^(m x n); b1 in R^m; W2 in R^(c x m); b2 in R^c; a1 = tanh(W1 @ x + b1); y = W2 @ a1 + b2",
    "three units": "x in R^3; W in R^(1 x 3); y = tanh(W @ x)",
    "samples in rows": "X in R^(N x d); W1 in R^(d x m); b1 in R^m; W2 in R^(m x c); P = softmax(relu(X @ W1 + b1) @ W2)",
    "residual vectors": "x in R^d; W1 in R^(m x d); b1 in R^m; W2 in R^(d x m); a = relu(W1 @ x + b1); y = x + W2 @ a",
    "attention": "X in R^(n x d); Wq in R^(d x k); Wk in R^(d x k); Wv in R^(d x k); Q = X @ Wq; K = X @ Wk;"
                 "V = X @ Wv; S = Q @ T(K)/sqrt(k); A = softmax(S); O = A @ V",
    "rnn": "x in R^(T x n); t = 1..T; W in R^(m x m); U in R^(m x n); h[t] = tanh(W @ h[t-1] + U @ x[t] + b); h[0] = 0;"
           "V in R^(k x m); y[t] = V @ h[t] + c",
    "lstm": "t = 1..T; f[t] = sigmoid(wf*x[t] + uf*h[t-1] + bf); i[t] = sigmoid(wi*x[t] + ui*h[t-1] + bi);"
            "o[t] = sigmoid(wo*x[t] + uo*h[t-1] + bo); g[t] = tanh(wg*x[t] + ug*h[t-1] + bg);"
            "C[t] = f[t]*C[t-1] + i[t]*g[t]; h[t] = o[t]*tanh(C[t]); h[0] = 0; C[0] = 0",
    "residual": "h1 = tanh(w1*x1 + w2*x2); h2 = h1 + tanh(u1*h1); h3 = h2 + tanh(u2*h2); y = v*h3 + s*x1 + h1",
    "operations": "h1 = max(w1*x1 + b1, w2*x2 + b2); h2 = x1*x2; y = v1*h1 + v2*h2 + x1/x2",
    "softmax": "z = W @ x + b; p = softmax(z)",
    "constant unit": "x0 = 1; y = w0*x0 + w1*x1 + w2*x2",
    "layer": "i = 1..d; j = 1..m; z[j] = sum(i, w[j,i]*x[i]) + b[j]; a[j] = tanh(z[j]); y = sum(j, v[j]*a[j])",
    "layers": "i = 1..d; j = 1..m; k = 1..2; a[j] = tanh(sum(i, w[j,i]*x[i]) + b[j]);"
              "y[k] = sum(j, v[k,j]*a[j]); E = sum(k, (y[k] - t[k])^2)",
    "another entry": "i = 1..d; j = 1..d; y = sum(i, sum(j, x[i]*A[i,j]*x[j])) + sum(i, (x[i] - x[1])^2)",
    "residual family": "j = 1..m; i = 1..m; h[j] = x[j] + tanh(sum(i, w[j,i]*x[i]))",
    "samples": "i = 1..d; k = 1..N; y[k] = sum(i, w[i]*x[i,k]); E = 1/N*sum(k, (y[k] - t[k])^2)",
}


def figure(text: str) -> Figure:
    return network_figure(graph(read(text.replace(";", "\n"), signatures())))


@pytest.mark.parametrize("text", NETS.values(), ids=NETS)
def test_no_label_lies_on_another(text: str) -> None:
    drawn = figure(text)
    assert overlaps(drawn, measuring(drawn.spelling)) == []


@pytest.mark.parametrize("text", NETS.values(), ids=NETS)
def test_no_connection_runs_through_a_node(text: str) -> None:
    plan = Plan(drawn(graph(read(text.replace(";", "\n"), signatures()))), measuring(), 1.0)
    for route in (*plan.routes, *plan.links):
        for node in plan.nodes.values():
            if node.id not in (route.source, route.target):
                assert not passes(route.points, node.boxes()[0]), (route.source, route.target, node.id)


def dense(*sizes: int) -> str:
    layers = [[f"x{i}" for i in range(1, sizes[0] + 1)]]
    lines = []
    for depth, size in enumerate(sizes[1:], 1):
        layers.append([f"{'abc'[depth - 1]}{j}" for j in range(1, size + 1)])
        for j, name in enumerate(layers[-1], 1):
            terms = [f"w{depth}_{i}_{j}*{source}" for i, source in enumerate(layers[-2], 1)]
            lines.append(f"{name} = tanh({' + '.join(terms)} + b{depth}_{j})")
    return "\n".join(lines)


@pytest.mark.parametrize("sizes", [(3, 8, 8, 1), (4, 10, 10, 2)])
def test_twenty_neurons(sizes: tuple[int, ...]) -> None:
    drawn = figure(dense(*sizes))
    assert overlaps(drawn, measuring(drawn.spelling)) == []
    assert drawn.width < 1300 and drawn.height < 900
    thin = [s for s in drawn.flat() if isinstance(s, Path) and s.role == "thin-edge"]
    written = [s for s in drawn.flat() if isinstance(s, Text) and s.role == "weight"]
    assert len(thin) + len(written) == sum(p * q for p, q in pairwise(sizes))
    assert "The weights that are not written stand in the table." in labels(drawn, "note")


@settings(max_examples=12, derandomize=True, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=4))
def test_dense_networks(sizes: list[int]) -> None:
    drawn = figure(dense(*sizes))
    assert overlaps(drawn, measuring(drawn.spelling)) == []
    links = [s for s in drawn.flat() if isinstance(s, Path) and s.role == "edge" and s.title]
    assert len(links) == sum(p * q for p, q in pairwise(sizes))


def labels(drawn: Figure, role: str) -> list[str]:
    texts = [s for s in drawn.flat() if isinstance(s, Text) and s.role == role]
    parts = [t.label if isinstance(t.label, tuple) else (t.label,) for t in texts]
    return ["".join(p if isinstance(p, str) else plain(p) for p in label) for label in parts]


def test_what_the_exercise_asks_is_in_the_picture() -> None:
    drawn = figure(NETS["1a"])
    assert sorted(labels(drawn, "weight")) == ["-1", "-1", "1", "1", "1", "1", "1"]
    notes = labels(drawn, "note")
    assert [notes.count(word) for word in ("ReLU", "linear", "bias 0", "bias 1")] == [3, 1, 3, 1]
    assert sum(isinstance(s, Circle) and s.role == "neuron" for s in drawn.flat()) == 4


def test_shared_parameters_are_marked_by_more_than_colour() -> None:
    drawn = figure(NETS["4c"])
    roles = [s.role for s in drawn.flat() if isinstance(s, Path)]
    assert roles.count("shared-edge") == 3                 # two connections, and the sample of the legend
    assert any(note.startswith("v is shared by 2 connections, through w13, w24") for note in labels(drawn, "note"))


def test_index_order_is_kept() -> None:
    places = {}
    for shape in figure(NETS["3a"]).flat():
        if isinstance(shape, Text) and shape.role == "label":
            places[plain(shape.label)] = shape.y  # type: ignore[arg-type]
    assert places["x1"] < places["x2"] and places["a3"] < places["a4"] and places["a5"] < places["a6"]


def test_a_family_stands_in_a_column() -> None:
    shown = figure(NETS["layer"])
    names = labels(shown, "label")
    assert names == ["x[1]", "x[2]", "⋮", "x[d]", "a[1]", "a[2]", "⋮", "a[m]", "y"]
    weights = labels(shown, "weight")
    assert len(weights) == 12 and {"w[1,1]", "w[m,2]", "w[2,d]", "v[m]"} <= set(weights)
    notes = labels(shown, "note")
    assert "i = 1, …, d: x[i]; summed over in z[j]" in notes and "bias b[m]" in notes
    assert shown.title == "Network with 1 input and 2 neurons"     # the network itself has one family of each
    short = labels(figure(NETS["layers"]), "label")
    assert short[8:10] == ["y[1]", "y[2]"] and short.count("⋮") == 2


def test_what_is_joined_unit_by_unit_is_written_out_together() -> None:
    shown = labels(figure("i = 1..n; a[i] = tanh(s[i]*x[i] + b[i]); y = sum(i, v[i]*a[i])"), "label")
    assert shown == ["x[1]", "x[2]", "⋮", "x[n]", "a[1]", "a[2]", "⋮", "a[n]", "y"]


def test_bounds_of_a_sum_are_a_range() -> None:
    assert labels(figure("y = sum(i, 1, d, w[i]*x[i])"), "label") == ["x[1]", "x[2]", "⋮", "x[d]", "y"]


def test_samples_are_no_units() -> None:
    assert labels(figure(NETS["samples"]), "label")[:5] == ["x[1,k]", "x[2,k]", "⋮", "x[d,k]", "y[k]"]


def test_constant_units() -> None:
    shown = figure(NETS["constant unit"])
    assert labels(shown, "label") == ["x0", "x1", "x2", "y"] and "w0" in labels(shown, "weight")
    assert {"= 1", "bias 0"} <= set(labels(shown, "note"))


def test_operations_stand_in_boxes() -> None:
    shapes = list(figure(NETS["operations"]).flat())
    assert sum(isinstance(s, Path) and s.role == "operation" for s in shapes) == 3
    assert [s.label for s in shapes if isinstance(s, Text) and s.label in ("×", "max", "÷")] == ["×", "÷", "max"]


def test_skips_do_not_share_a_line() -> None:
    plan = Plan(drawn(graph(read("a = tanh(w*x); c = tanh(u*a); y = c + v*a + s*x".replace(";", "\n"), signatures()))),
                measuring(), 1.0)
    over = [min(y for _, y in r.points) for r in plan.routes if (r.source, r.target) in (("x", "y"), ("a", "y"))]
    assert abs(over[0] - over[1]) >= 10


def test_the_error_stands_apart() -> None:
    shapes = list(figure(NETS["3a"]).flat())
    neurons = [s.x for s in shapes if isinstance(s, Circle) and s.role == "neuron"]
    error = [s.x for s in shapes if isinstance(s, Circle) and s.role == "loss"]
    assert len(error) == 2 and min(error) > max(neurons)


def test_the_description_says_it_all() -> None:
    says = figure(NETS["3a"]).description
    neuron = "Neuron a3: pre-activation z3, bias 0, nonlinearity tanh; from x1 with weight w13 and x2 with weight w23."
    assert neuron in says
    assert "the error E = log(cosh(y - t)) compares y and the target t" in says


def test_json() -> None:
    found = as_dict(graph(read(NETS["4c"].replace(";", "\n"), signatures())))
    assert found["neurons"][0] == {
        "id": "a3", "in": {"x1": "w13"}, "bias": "0", "act": "0.5*z^2", "pre": "z3", "out": "a3",
    }
    assert found["outputs"] == {"y": "y"}
    (v,) = found["shared"]
    assert v == {"weight": "v", "times": 2, "at": [["a3", "x1"], ["a4", "x2"]], "through": ["w13", "w24"]}


def test_page() -> None:
    picture, table, *_ = blocks(graph(read(NETS["1a"].replace(";", "\n"), signatures())))
    assert isinstance(picture, Picture) and picture.alt == picture.figure.description
    assert isinstance(table, Table) and len(table.rows) == 4


def test_many_weights_stand_in_a_table_of_their_own() -> None:
    _, neurons, weights, *more = blocks(graph(read(dense(2, 8, 8), signatures())))
    assert isinstance(neurons, Table) and isinstance(weights, Table) and not more
    assert len(weights.rows) == 8 and {len(row) for row in (weights.head, *weights.rows)} == {9}


def test_a_network_too_large_to_look_at_is_counted() -> None:
    text = "z0 = w0*x\n" + "\n".join(f"z{i} = tanh(w{i}*z{i - 1})" for i in range(1, 400))
    assert not any(isinstance(b, Picture) for b in blocks(graph(read(text, signatures()))))
