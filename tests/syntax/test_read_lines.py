"""Lines of a person's working, read with what a network knows."""

from __future__ import annotations

import pytest
from workings.expr import Network
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_expression, read_lines

NET = "y = 1 - relu(x1) + relu(x1 + x2); E = (y - t)^2"
FAMILY = "y[k] = sum(i, w[i]*x[i,k]); i = 1..d; k = 1..N"

LINES = [
    (NET, "dE/dy = 2*(y - t)", "claim", "dE/dy = 2*(y - t)"),
    (NET, "(x1 >= 0) and (x2 < 0)", "domain", "(x1 >= 0) and (x2 < 0)"),
    (NET, "y(x2, x1) = y(x1, x2)", "claim", "1 - relu(x2) + relu(x2 + x1) = y"),
    (NET, "y(1, -1) = 0", "claim", "1 - relu(1) + relu(1 - 1) = 0"),
    (FAMILY, r"\frac{\partial y_k}{\partial w_i} = x_i^{(k)}", "claim", "dy[k]/dw[i] = x[i,k]"),
    (FAMILY, "dy[k]/dw[i] = sum(i2, delta(i,i2)*x[i2,k])", "claim",
     "dy[k]/dw[i] = sum(i2, 1, d, delta(i, i2)*x[i2,k])"),
    (FAMILY, r"\frac{\partial}{\partial w_i}\left(\sum_{i'} w_{i'} x_{i'}^{(k)}\right) = x_i^{(k)}", "claim",
     "∂/∂w[i](sum(i', 1, d, w[i']*x[i',k])) = x[i,k]"),
    (FAMILY, "sum(i, w[i]) = 1", "claim", "sum(i, w[i]) = 1"),
]


@pytest.mark.parametrize(("text", "line", "kind", "printed"), LINES, ids=[row[1] for row in LINES])
def test_line(text: str, line: str, kind: str, printed: str) -> None:
    net: Network = read(text, signatures())
    (found,) = read_lines([line], signatures(), net)
    assert found.error is None and found.body is not None
    assert (found.kind, plain(found.body)) == (kind, printed)


def test_a_line_that_begins_with_a_relation_goes_on() -> None:
    found = read_lines("dE/dy = 2*(y - t)\n= 2*y - 2*t", signatures(), read(NET, signatures()))
    assert [plain(line.body) for line in found if line.body] == ["dE/dy = 2*(y - t) = 2*y - 2*t"]
    found = read_lines(["dE/dy = 2*(y - t)", "= 2*y - 2*t"], signatures(), read(NET, signatures()))
    assert [plain(line.body) for line in found if line.body] == ["dE/dy = 2*(y - t)", "dE/dy = 2*y - 2*t"]


def test_a_line_that_cannot_be_read_stops_no_other() -> None:
    found = read_lines(["y = )", "", "y = 1"], signatures(), read(NET, signatures()))
    assert [line.error is None for line in found] == [False, False, True]
    assert [line.index for line in found] == [0, 1, 2]


def test_an_expression_knows_the_names_of_its_network() -> None:
    net = read(FAMILY, signatures())
    assert plain(read_expression(r"\boldsymbol{x}_k", signatures(), net)) == "x[.,k]"
    assert plain(read_expression("w_i", signatures(), net)) == "w[i]"
    assert plain(read_expression("w_i", signatures())) == "w_i"
