"""The neuron rule, in the user's language: equations, and the graph they must give."""

from __future__ import annotations

import pytest

from workings.errors import OutOfReach
from workings.forms.graphs import Graph, Neuron
from workings.forms.neurons import graph
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read


def drawn(text: str) -> Graph:
    return graph(read(text.replace(";", "\n"), signatures()))


def said(text: str) -> list[str]:
    """One line a node: "h1: relu(x1*1 + 0)"."""
    return [line(node) for node in drawn(text).nodes]


def line(node: object) -> str:
    if not isinstance(node, Neuron):
        return f"{node.id}: {node.op} of {', '.join(node.sources)}"  # type: ignore[attr-defined]
    act = node.act or plain(node.formula)
    weights = [
        f"{plain(e.weight)} {plain(e.lag) if e.lag else e.source}" + (f" over {','.join(e.over)}" if e.over else "")
        for e in node.edges
    ]
    pre = f" [{plain(node.pre)}]" if node.pre else ""
    return f"{node.id}: {act}{pre} of {', '.join(weights)}; {plain(node.bias)}"


ROWS = [
    # the sheet
    ("rho(z) = max(0, z); y = 1 - rho(x1) - rho(x2) + rho(x1 + x2)",
     ["h1: relu of 1 x1; 0", "h2: relu of 1 x2; 0", "h3: relu of 1 x1, 1 x2; 0", "y: linear of -1 h1, -1 h2, 1 h3; 1"]),
    ("z3 = x1*w13; z4 = x2*w24; a3 = 0.5*z3^2; a4 = 0.5*z4^2; y = a3 + a4",
     ["a3: 0.5*z^2 [z3] of w13 x1; 0", "a4: 0.5*z^2 [z4] of w24 x2; 0", "y: linear of 1 a3, 1 a4; 0"]),
    # weights of any shape, biases
    ("a = tanh((w + v/2)*x1 - x2*exp(u) + log(c)); y = 3*a - d",
     ["a: tanh of w + v/2 x1, -exp(u) x2; log(c)", "y: linear of 3 a; -d"]),
    ("w13 = log(1 + exp(v)); y = w13*x", ["y: linear of w13 x; 0"]),
    # what a nonlinearity is
    ("z = w*x + b; a = 1.7159*tanh(2/3*z); y = v*a",
     ["a: 1.7159*tanh(2/3*z) [z] of w x; b", "y: linear of v a; 0"]),
    ("z = w*x; a = z*sigmoid(z); y = v*a", ["a: z*sigmoid(z) [z] of w x; 0", "y: linear of v a; 0"]),
    ("h = where(x > 0, x, alpha*(exp(x) - 1)); y = h",
     ["h: where(z > 0, z, alpha*(exp(z) - 1)) of 1 x; 0", "y: linear of 1 h; 0"]),
    ("a = log(1 + exp(w*x)); y = a", ["a: log(1 + exp(z)) of w x; 0", "y: linear of 1 a; 0"]),
    ("f(s) = s^3; y = f(x1 + x2)", ["y: z^3 of 1 x1, 1 x2; 0"]),
    ("a = max(w*x, 0); y = a", ["a: relu of w x; 0", "y: linear of 1 a; 0"]),
    # layers without names
    ("y = relu(1 - relu(x))", ["h1: relu of 1 x; 0", "y: relu of -1 h1; 1"]),
    ("y = relu(x) + relu(relu(x) - 1)",
     ["h1: relu of 1 x; 0", "h2: relu of 1 h1; -1", "y: linear of 1 h1, 1 h2; 0"]),
    ("h1 = 2; y = relu(x)*h1 + relu(-x)", ["h2: relu of 1 x; 0", "h3: relu of -1 x; 0", "y: linear of h1 h2, 1 h3; 0"]),
    ("f(a, b) = a*tanh(b); y = f(2, x1) + f(w, x1 + x2)",
     ["h1: tanh of 1 x1; 0", "h2: tanh of 1 x1, 1 x2; 0", "y: linear of 2 h1, w h2; 0"]),
    # a pre-activation that is used otherwise too is a linear neuron
    ("z = w*x + b; a = tanh(z); y = v*a + c*z",
     ["z: linear of w x; b", "a: tanh [z] of 1 z; 0", "y: linear of v a, c z; 0"]),
    # operations
    ("y = x1*x2 + relu(x1*x2 + 1)",
     ["p1: mul of x1, x2", "h1: relu of 1 p1; 1", "y: linear of 1 p1, 1 h1; 0"]),
    ("y = max(x1, x2 + 1)", ["h1: linear of 1 x2; 1", "y: max of x1, h1"]),
    ("z = W @ x; p = softmax(z)", ["z: linear of W x; 0", "p: softmax of z"]),
    ("p = softmax(W @ x + b)", ["h1: linear of W x; b", "p: softmax of h1"]),
    # families, recurrences, arrays
    ("y[k] = sum(i, w[i]*x[i,k]) + b", ["y[k]: linear of w[i] x[i,k] over i; b"]),
    ("y = sum(i, sum(j, x[i]*A[i,j]*x[j]))", ["p1: mul of x[i], x[i]", "y: linear of 1 p1 over i,j; 0"]),
    ("y = sum(i, (x[i] - x[j])^2)", ["h1: z^2 of 1 x[i], -1 x[j]; 0", "y: linear of 1 h1 over i; 0"]),
    ("h[t] = tanh(w*h[t-1] + u*x[t]); h[0] = 0; y = v*h[T]",
     ["h[t]: tanh of w h[t-1], u x[t]; 0", "y: linear of v h[T]; 0"]),
    ("a = tanh(W1 @ x + b1); y = W2 @ a + b2", ["a: tanh of W1 x; b1", "y: linear of W2 a; b2"]),
]


@pytest.mark.parametrize(("text", "nodes"), ROWS, ids=[text[:40] for text, _ in ROWS])
def test_nodes(text: str, nodes: list[str]) -> None:
    assert said(text) == nodes


THREE = """
z3 = x1*w13 + x2*w23; a3 = tanh(z3); z4 = x1*w14 + x2*w24; a4 = tanh(z4)
z5 = a3*w35 + a4*w45; a5 = tanh(z5); z6 = a3*w36 + a4*w46; a6 = tanh(z6)
y = a5*w57 + a6*w67; E = log cosh(y - t)
"""


def test_the_multilayer_network() -> None:
    found = drawn(THREE)
    assert [n.id for n in found.neurons] == ["a3", "a4", "a5", "a6", "y"]
    assert sum(len(n.edges) for n in found.neurons) == 10
    assert found.outputs == {"y": "y"}
    (loss,) = found.loss
    assert (plain(loss.out), loss.sources, [plain(t) for t in loss.targets]) == ("E", ("y",), ["t"])


def test_any_order_of_equations() -> None:
    lines = [part for row in THREE.strip().splitlines() for part in row.split(";")]
    assert sorted(said("\n".join(reversed(lines)))) == sorted(said(THREE))


def test_shared() -> None:
    found = drawn("w13 = log(1 + exp(v)); w24 = -log(1 + exp(-v)); z3 = x1*w13; z4 = x2*w24; a3 = z3^2; y = a3 + z4")
    (v,) = found.shared
    assert (plain(v.name), sorted(v.places), v.through) == ("v", [("a3", "x1"), ("z4", "x2")], ("w13", "w24"))
    assert sorted(found.weights) == ["w13", "w24"]


def test_two_functions_of_one_quantity_share_no_weight() -> None:
    assert drawn("z = w*x; a = tanh(z); s = sigmoid(z); y = a + s").shared == ()


def test_shared_bias_and_direct_weight() -> None:
    found = drawn("a1 = tanh(w*x1 + b); a2 = tanh(w*x2 + b); y = a1 + a2")
    assert [(plain(s.name), len(s.places)) for s in found.shared] == [("w", 2), ("b", 2)]


def test_outputs_are_last_and_compared() -> None:
    found = drawn("a = tanh(w*x); y1 = a*u; y2 = a*v; E = (y1 - t1)^2 + (y2 - t2)^2")
    assert list(found.outputs) == ["y1", "y2"]


def test_nothing_to_draw() -> None:
    with pytest.raises(OutOfReach, match="no equation uses an input"):
        drawn("E = log(cosh(y - t))")


@pytest.mark.parametrize("form", ["z{i} = tanh(w{i}*z{j})", "z{i} = w{i}*z{j}"])
def test_deep_chains(form: str) -> None:
    text = "z0 = w0*x\n" + "\n".join(form.format(i=i, j=i - 1) for i in range(1, 2000))
    assert len(drawn(text).nodes) >= 1999


def test_nested_to_the_limit() -> None:
    assert len(drawn("y = " + "relu(" * 150 + "x" + ")" * 150).nodes) == 150


def test_an_entry_of_a_layer_is_an_operation_on_it() -> None:
    net = "W in R^(2 x 3); b in R^2; x in R^3; z = W @ x + b; a = relu(z); y = a[1]; q = a[2]"
    found = graph(read(net, signatures()))
    assert [(n.id, type(n).__name__) for n in found.nodes] == [("a", "Neuron"), ("y", "Operation"), ("q", "Operation")]
    assert dict(found.outputs) == {"y": "y", "q": "q"}
    assert [(o.op, o.sources) for o in found.operations] == [("entry", ("a",)), ("entry", ("a",))]
