"""Recurrences drawn folded and unrolled: what stands beside what, and what the picture says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workings.answers.draw import as_dict
from workings.errors import BadValue, OutOfReach
from workings.figures import Text
from workings.figures.delays import folded
from workings.figures.glyphs import measuring
from workings.figures.network import network_figure
from workings.figures.overlap import overlaps
from workings.figures.unrolled import unrolled
from workings.forms.graphs import Graph
from workings.forms.neurons import graph
from workings.functions import signatures
from workings.notation import plain
from workings.render.dot import dot
from workings.syntax import read

RNN = "t = 1..T; z[t] = w*h[t-1] + u*x[t]; h[t] = tanh(z[t]); h[0] = 0; y[t] = v*h[t]"
LSTM = ("t = 1..T; f[t] = sigmoid(wf*x[t] + uf*h[t-1] + bf); i[t] = sigmoid(wi*x[t] + ui*h[t-1] + bi);"
        "o[t] = sigmoid(wo*x[t] + uo*h[t-1] + bo); g[t] = tanh(wg*x[t] + ug*h[t-1] + bg);"
        "C[t] = f[t]*C[t-1] + i[t]*g[t]; h[t] = o[t]*tanh(C[t]); h[0] = 0; C[0] = 0")
NETS = {
    "rnn": RNN,
    "lstm": LSTM,
    "last step": "h[t] = tanh(w*h[t-1] + u*x[t] + b); h[0] = 0; y = v*h[T]",
    "arrays": "t = 1..T; x in R^(T x n); W in R^(m x m); U in R^(m x n); V in R^(k x m);"
              "h[t] = tanh(W @ h[t-1] + U @ x[t] + b); h[0] = 0; y[t] = V @ h[t] + c",
    "two layers": "t = 1..T; h[t] = tanh(w*h[t-1] + u*x[t]); h[0] = 0; k[t] = tanh(a*k[t-1] + b*h[t]); k[0] = 0; y[t] = c*k[t] + d*x[t]",
}


def drawn(text: str, unroll: int = 0) -> Graph:
    return replace(graph(read(text.replace(";", "\n"), signatures())), unroll=unroll)


@pytest.mark.parametrize("steps", [1, 2, 3, 5])
@pytest.mark.parametrize("text", NETS.values(), ids=NETS)
def test_no_label_lies_on_another(text: str, steps: int) -> None:
    figure = network_figure(drawn(text, steps))
    assert overlaps(figure, measuring(figure.spelling)) == []


def test_steps_hand_on_what_the_weights_say() -> None:
    steps = unrolled(drawn(RNN, 3)).graph
    edges = {(e.source, n.id): plain(e.weight) for n in steps.neurons for e in n.edges}
    assert edges["h[t-1]", "h[t]"] == edges["h[t]", "h[t+1]"] == edges["… before", "h[t-1]"] == "w"
    assert edges["x[t+1]", "h[t+1]"] == "u" and edges["h[t-1]", "y[t-1]"] == "v"
    assert edges["h[t+1]", "… after"] == "w"


def test_a_cell_of_several_nodes_is_one() -> None:
    steps = unrolled(drawn(LSTM, 2))
    assert [n.id for n in steps.graph.operations] == ["cell[t]", "cell[t+1]"]
    words = [t.label for t in network_figure(drawn(LSTM, 2)).flat() if isinstance(t, Text) and t.role == "weight"]
    assert ["".join(p if isinstance(p, str) else plain(p) for p in w) for w in words if isinstance(w, tuple)] == [
        "h[t-1], C[t-1]", "h[t], C[t]", "h[t+1], C[t+1]"]


def test_layers_that_recur_each_by_themselves_stay_apart() -> None:
    steps = unrolled(drawn(NETS["two layers"], 1)).graph
    assert [n.id for n in steps.nodes] == ["h[t]", "k[t]", "y[t]", "… after"]


def test_the_last_value_is_taken_after_the_dots() -> None:
    steps = unrolled(drawn(NETS["last step"], 3)).graph
    assert [(e.source, plain(e.weight)) for n in steps.neurons if n.id == "y" for e in n.edges] == [("… after", "v")]


def test_a_value_of_the_step_before_is_a_node_of_its_own_when_folded() -> None:
    shown, delays = folded(drawn(LSTM))
    assert delays == {"h[t-1]": "h[t]", "C[t-1]": "C[t]"}
    assert {s for o in shown.operations for s in o.sources} >= {"C[t-1]"}


def test_json_names_recurrences_and_what_is_given() -> None:
    found = as_dict(drawn(LSTM))
    assert {"into": "p1", "of": "C[t]", "from": "C[t-1]", "given": ["C[0] = 0"]} in found["recurrences"]
    assert next(o for o in found["operations"] if o["id"] == "p1")["from"] == {"C[t]": "C[t-1]"}


def test_json_of_arrays_has_their_sizes() -> None:
    found = as_dict(drawn("x in R^n; W in R^(m x n); b in R^m; a = tanh(W @ x + b)"))
    assert found["layers"] == [{"id": "x", "size": ["n"]}, {"id": "a", "size": ["m"]}]
    assert found["matrices"] == {"b": ["m"], "W": ["m", "n"]}


def test_a_column_shows_few_units_and_says_how_many() -> None:
    words = [t.label for t in network_figure(drawn("x in R^n; W in R^(3 x n); y = W @ x")).flat() if isinstance(t, Text)]
    said = ["".join(p if isinstance(p, str) else plain(p) for p in (w if isinstance(w, tuple) else (w,))) for w in words]
    assert said.count("⋮") == 1 and "n units" in said and "3 units" in said


def test_dot_has_the_steps() -> None:
    assert '"node h[t-1]" -> "node h[t]" [label="w"]' in dot(drawn(RNN, 3))


def test_refused() -> None:
    with pytest.raises(OutOfReach, match="nothing in this network recurs"):
        unrolled(drawn("y = w*x", 3))
    with pytest.raises(BadValue, match="unroll=99"):
        unrolled(drawn(RNN, 99))


def test_a_sum_over_all_steps_is_left_to_the_words() -> None:
    import workings

    text = "h[t] = tanh(W @ h[t-1] + U @ x[t]); h[0] = 0; E = sum(t, norm2(h[t] - s[t])); t = 1..T; x in R^(T x m); " \
        "W in R^(n x n); U in R^(n x m); s in R^(T x n)"
    drawn = workings.draw(text, unroll=3)
    assert "norm2" in drawn._repr_svg_() and "E: bias 0" in " ".join(str(drawn).split())
