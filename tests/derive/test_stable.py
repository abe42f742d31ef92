"""Textbook spellings and the function that each is."""

from __future__ import annotations

import pytest

from workings.expr import Ref
from workings.forms.stable import recognise
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read

ROWS = [
    ("E = log(cosh(z))", "logcosh(z)"),
    ("c = cosh(z)\nE = log(c)", "logcosh(z)"),
    ("E = log(1 + exp(v))", "softplus(v)"),
    ("E = log(exp(v) + 1)", "softplus(v)"),
    ("E = -log(1 + exp(-v))", "-softplus(-v)"),
    ("E = 1/(1 + exp(-z))", "sigmoid(z)"),
    ("E = exp(z)/(1 + exp(z))", "sigmoid(z)"),
    ("E = (1 + exp(-z))^(-1)", "sigmoid(z)"),
    ("E = 1/(1 + exp(-(w*x)))", "sigmoid(w*x)"),
    ("E = sinh(z)/cosh(z)", "tanh(z)"),
    ("u = exp(-z)\ns = 1 + u\nE = 1/s", "sigmoid(z)"),
    ("E = log(2 + exp(v))", None),
    ("E = exp(y)/(1 + exp(z))", None),
]


@pytest.mark.parametrize(("text", "named"), ROWS)
def test_spelling(text: str, named: str | None) -> None:
    net = read(text, signatures())
    found, what = recognise(net)
    line = found.equations[-1]
    assert plain(line.rhs) == (named or plain(net.equations[-1].rhs))
    assert bool(what) == bool(named)


def test_lines_that_are_asked_for_stay_in_use() -> None:
    net = read("c = cosh(z)\nE = log(c)", signatures())
    found, _ = recognise(net, keep={("c", 0)})
    assert plain(found.equations[-1].rhs) == "log(c)"
    assert found.defs[Ref("c").key]
