"""A forward pass in Python as a network; the command line judges a backward pass by the same reading."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import workings
from workings.cli.commands import workings as command
from workings.errors import NotReadable, Source
from workings.importers.code_equations import equations
from workings.notation import plain

FORWARD = '''
import numpy as np

def forward(X, W1, b1, W2, b2, t):
    """A small network."""
    z1 = np.dot(X, W1) + b1
    a1 = np.maximum(0, z1)
    y_hat = a1 @ W2 + b2
    E = 0.5 * np.sum((y_hat - t)**2) / len(X)
    return E
'''
LINES = {
    "z = w*x + b": "z = w*x + b", "a = np.tanh(z)": "a = tanh(z)", "a = 1/(1 + np.exp(-z))": "a = 1/(1 + exp(-z))",
    "z1 = W @ x + b": "z1 = W @ x + b", "y_hat = a.T @ v": "yhat = T(a) @ v", "g = np.outer(u, v)": "g = outer(u, v)",
    "s = np.sum(Z, axis=0)": "s = colsum(Z)", "s = Z.sum(axis=1)": "s = rowsum(Z)", "r = np.sqrt(x**2 + y**2)":
    "r = sqrt(x^2 + y^2)", "m = np.where(z > 0, z, 0.01*z)": "m = where(z > 0, z, 0.01*z)", "y = 1e-3*x": "y = 1/1000*x",
    "p = a if a > b else b": "p = where(a > b, a, b)", "self.z = self.w * params['x']": "z = w*x",
}


@pytest.mark.parametrize(("code", "line"), LINES.items(), ids=LINES)
def test_line(code: str, line: str) -> None:
    (equation,) = equations(Source(code)).equations
    assert f"{plain(equation.lhs)} = {plain(equation.rhs)}" == line


def test_a_file_of_code_is_a_network(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "net.py"
    path.write_text(FORWARD.replace(" / len(X)", ""))
    net = workings.read(path)
    assert [e.lhs.name for e in net.equations] == ["z1", "a1", "yhat", "E"]
    assert workings.gradient(net, "E", "b2").as_dict()["result"] == "colsum(yhat - t)"


REFUSED = {
    "a loop": ("for i in range(3):\n    z = i\n", "this is no equation", (2, 5)),
    "twice": ("z = x\nz = 2*x\n", "z is assigned twice", (2, 1)),
    "a length": ("E = np.sum(z)/len(z)\n", "a length is no part of an equation", (1, 1)),
    "a call": ("z = open('x')\n", "the function open", (1, 5)),
    "nothing": ("# nothing\n", "no assignment", None),
    "no Python": ("z = = 1\n", "this is not Python", (1, 5)),
}


@pytest.mark.parametrize(("code", "says", "place"), REFUSED.values(), ids=REFUSED)
def test_refused(code: str, says: str, place: tuple[int, int] | None) -> None:
    source = Source(code)
    with pytest.raises(NotReadable, match=says) as caught:
        equations(source)
    assert place is None or (caught.value.span is not None and source.place(caught.value.span.start) == place)


NET = "z = w*x + b; a = tanh(z); E = (a - t)^2/2"
COMMANDS = {
    "right": ("dz = (a - t)*(1 - a**2)\ndw = dz*x\n", 0),
    "wrong": ("dz = (a - t)*(1 - z**2)\ndw = dz*x\n", 1),
    "not understood": ("dz = (a - t)*(1 - a**2)\ndw = frob(dz)\n", 2),
}


@pytest.mark.parametrize(("code", "exit_code"), COMMANDS.values(), ids=COMMANDS)
def test_command_line(code: str, exit_code: int, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "backward.py"
    path.write_text(code)
    found = CliRunner().invoke(command, ["check", NET, "--code", str(path), "--json"], standalone_mode=False)
    assert found.return_value == exit_code, found.output
    lines = json.loads(found.output)["lines"]
    assert [line["source"]["line"] for line in lines] == [1, 2]
    if exit_code == 1:
        assert lines[0]["slip"].startswith("pre-activation for activation") and lines[1]["follows"]
