"""DOT: every node once, every connection with its weight, names quoted."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from workings.expr import Equation, Network, Ref
from workings.forms.neurons import graph
from workings.functions import signatures
from workings.render.dot import dot
from workings.syntax import read

NETS = {
    "3a": "a3 = tanh(x1*w13 + x2*w23); a4 = tanh(x1*w14 + x2*w24); y = a3*w35 + a4*w45; E = log(cosh(y - t))",
    "shared": "a = tanh(w*x1 + b); c = tanh(w*x2 + b); y = a*c",
    "recurrent": "h[t] = tanh(w*h[t-1] + u*x[t] + b); h[0] = 0; y = v*h[T]",
    "softmax": "x in R^3; W in R^(m x 3); z = W @ x; p = softmax(z)",
}


def written(text: str) -> str:
    return dot(graph(read(text.replace(";", "\n"), signatures())))


@pytest.mark.parametrize("text", NETS.values(), ids=NETS)
def test_every_connection_is_there(text: str) -> None:
    found = graph(read(text.replace(";", "\n"), signatures()))
    said = dot(found)
    assert len(re.findall(r'"node [^"]*" -> "node [^"]*" \[label', said)) == sum(len(n.edges) for n in found.neurons)
    for node in found.nodes:
        assert said.count(f'\n  "node {node.id}" [') == 1


def test_rows() -> None:
    said = written(NETS["3a"])
    assert '"node x1" -> "node a3" [label="w13"];' in said
    assert '"node a3" [label="a3\\ntanh\\nbias 0", style=filled, fillcolor="#f1efe6", tooltip="neuron"];' in said
    assert '"target t" -> "error 1" [style=dashed];' in said
    assert '"node a" -> "node y";' in written(NETS["shared"]) and "shape=box" in written(NETS["shared"])
    assert 'style="bold,dashed"' in written(NETS["shared"]) and "style=dotted" in written(NETS["recurrent"])


def test_quotes_are_escaped() -> None:
    said = dot(graph(Network((Equation(Ref('y"]; a\\'), Ref("x")),))))
    assert '"node x" -> "node y\\"]; a\\\\"' in said


@pytest.mark.skipif(shutil.which("dot") is None, reason="no Graphviz here")
@pytest.mark.parametrize("text", NETS.values(), ids=NETS)
def test_graphviz(text: str) -> None:
    run = ["dot", "-Tplain"]
    done = subprocess.run(run, input=written(text), capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
