"""Every way to write rows of a family, parts of an array and classes that are data: the gradient beside a difference.

What nothing defines although a family of that name is defined is refused by name, never differentiated to 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workings.derive import backward, gradient
from workings.errors import NotReadable
from workings.evaluate import run, value
from workings.expr import Network, Num, Ref, Rel, substitute
from workings.forms.indexed import indexed
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_expression

ROWS = "E in R^(V x d); s in R^n; W in R^(d x m); t = 1..n; k = 1..d; "
DEFINED = ("X[t,.] = E[s[t],.]", "X[t] = E[s[t],.]", "X[t,k] = E[s[t],k]", "X[t,.] = E[s[t]+1,.]", "X[t] = tanh(E[s[t]])")
USED = (
    "L = sum(tanh(X @ W))", "Y = tanh(X); L = sum(Y^2)", "L = sum(t, dot(X[t,.], X[t,.]))", "L = sum(sigmoid(X))",
    "Y[t,.] = T(W) @ X[t,.]; L = norm2(Y)", "Y[t] = X[t] @ W; L = sum(t, norm2(Y[t]))", "L = sum(softmax(X)^2)",
    "L = sum(k, norm2(X[.,k]))", "L = norm2(sum(t, X[t]))", "L = sum(t, sum(k, X[t,k]^2))", "L = X[1,1]",
)
CLASSES = (
    (r"z \in \mathbb{R}^C; p = \mathrm{softmax}(z); L = -\log p_y", "p[c] - delta(c, y)"),
    (r"z \in \mathbb{R}^C; L = -z_y + \log\sum_{j=1}^C e^{z_j}", "exp(z[c])/sum(j, 1, C, exp(z[j])) - delta(c, y)"),
    (r"p_i = \frac{e^{z_i}}{\sum_{j=1}^C e^{z_j}}; L = -\log p_y; i = 1, \dots, C", "p[i] - delta(i, y)"),
    (r"z \in \mathbb{R}^C; L = \sum_{j \neq y} \max(0, z_j - z_y + 1); j = 1, \dots, C",
     "where(j != y, step(z[j] - z[y] + 1), -sum(j' != y, step(z[j'] - z[y] + 1)))"),
)
WAYS = (            # an array operation as text, as LaTeX, as NumPy names it: the same equations in indices
    (r"W \in \mathbb{R}^{m\times n}; L = \sum_i \|W_{i,\cdot}\|_1; i = 1, \dots, m", "L = sum(i, sum(j, abs(W[i,j])))"),
    (r"W \in \mathbb{R}^{m\times n}; L = \|W_{1,:}\|^2", "L = sum(i, W[1,i]^2)"),
    (r"x \in \mathbb{R}^n; L = \|x\|_\infty", "L = max(i, abs(x[i]))"),
    ("W in R^(m x n); a = sum(W, axis=0); L = sum(a)", "a[i] = sum(j, W[j,i])"),
    ("W in R^(m x n); a = max(W, axis=1); L = sum(a)", "a[i] = max(j, W[i,j])"),
    ("W in R^(m x n); a = mean(W, axis=-1); L = sum(a)", "a[i] = 1/n*sum(j, W[i,j])"),
    ("W in R^(m x n); a = maxout(W); L = sum(a)", "a[i] = max(j, W[i,j])"),
    ("W in R^(m x n); L = max(W)", "L = max(i, max(j, W[i,j]))"),
    (r"X \in \mathbb{R}^{N\times d}; w \in \mathbb{R}^d; y_k = X_{k,:} w; k = 1, \dots, N", "y[k] = sum(i, X[k,i]*w[i])"),
    (r"L = \sum_{j \neq y} \max(0, s_j - s_y + 1); j = 1, \dots, C", "L = sum(j != y, max(0, s[j] - s[y] + 1))"),
)
MEMBERS = (         # what is declared entry by entry
    ("t=1..T; x[t] in R^d; W in R^(m x d); h[t] = W @ x[t]; L = sum(t, norm2(h[t]))", "W", "2*sum(t, h[t,i]*x[t,j])"),
    (r"x_t \in \mathbb{R}^d; W \in \mathbb{R}^{m\times d}; h_t = W x_t; L = \sum_{t=1}^T \|h_t\|^2", "W",
     "2*sum(t, 1, T, h[t,i]*x[t,j])"),
    (r"x^{(k)}, w \in \mathbb{R}^d; L = \sum_{k=1}^N (w^\top x^{(k)} - t^{(k)})^2", "w",
     "2*sum(k, 1, N, (sum(i', w[i']*x[k,i']) - t[k])*x[k,i])"),
    (r"x_t \in \mathbb{R}^m, h_t, y_t \in \mathbb{R}^n; W \in \mathbb{R}^{n\times n}, U \in \mathbb{R}^{n\times m}; "
     r"h_0 = 0; h_t = \tanh(W h_{t-1} + U x_t); L = \frac12\sum_{t=1}^T \|h_t - y_t\|^2", "W",
     "sum(t, 1, T, gh[t,i]*(1 - h[t,i]^2)*h[t-1,j])"),
    (r"W_Q \in \mathbb{R}^{d\times d}; b_o, x \in \mathbb{R}^d; y = W_Q x + b_o; L = \|y\|^2", "W_Q", "2*y[i]*x[j]"),
)
REFUSED = (
    ("y[k] = w*x[k]; L = (y - 1)^2; k = 1..N", "w", "L uses y, but the equations define y[k]"),
    (r"\mathbf{p} = \mathrm{softmax}(\mathbf{z}); L = -\log p_y", "z", "L uses p_y, but the equations define p[i]"),
)
POINT = {"E": [[0.3, -0.2], [0.5, 0.7], [0.1, 0.4], [-0.6, 0.2]], "s": [1, 3, 3], "W": [[0.3, 1.0], [-0.7, 0.2]]}


def loss(net: Network, at: dict[str, Any]) -> float:
    names = {name for name, _ in net.leaves}
    return float(run(net, {k: v for k, v in at.items() if k in names}, ["L"], mode="float").values["L"])


@pytest.mark.parametrize("used", USED)
@pytest.mark.parametrize("defined", DEFINED)
def test_rows_of_a_family(defined: str, used: str) -> None:
    net = read(ROWS + defined + "; " + used, signatures())
    assert {name for name, _ in net.leaves} <= {"E", "s", "W"}
    lowered = indexed(net).net
    found = gradient(net, Ref("L"), Ref("E"))
    point = POINT | ({"s": [1, 3, 2]} if "+1" in defined else {})
    for row, column in ((1, 1), (3, 2)):
        table = {i.name: Num(n) for i, n in zip(found.wrt.indices, (row, column), strict=True) if isinstance(i, Ref)}
        names = {name for name, _ in net.leaves}
        got = value(substitute(found.result, table), {k: v for k, v in point.items() if k in names}, lowered, "float")
        ends = []
        for step in (1e-6, -1e-6):
            moved = np.array(POINT["E"])
            moved[row - 1, column - 1] += step
            ends.append(loss(lowered, point | {"E": moved.tolist()}))
        assert float(got) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6, abs=1e-8), plain(found.result)


@pytest.mark.parametrize(("text", "result"), CLASSES)
def test_a_class_that_is_data(text: str, result: str) -> None:
    assert plain(gradient(read(text, signatures()), Ref("L"), Ref("z")).result) == result


@pytest.mark.parametrize(("text", "meant"), WAYS)
def test_the_same_in_indices(text: str, meant: str) -> None:
    equation = indexed(read(text, signatures())).net.equations[0]
    assert plain(Rel((equation.lhs, equation.rhs), ("=",))) == meant


@pytest.mark.parametrize(("text", "by", "result"), MEMBERS)
def test_declared_entry_by_entry(text: str, by: str, result: str) -> None:
    assert plain(gradient(read(text, signatures()), Ref("L"), Ref(by)).result) == result


@pytest.mark.parametrize(("text", "by", "says"), REFUSED)
def test_refused_by_name(text: str, by: str, says: str) -> None:
    with pytest.raises(NotReadable, match=says.replace("[", r"\[").replace("]", r"\]")):
        gradient(read(text, signatures()), Ref("L"), Ref(by))


def test_bold_entries_are_vectors() -> None:
    text = (r"\boldsymbol z_k = W\boldsymbol x_k + \boldsymbol b; L = \|\boldsymbol z\|^2; "
            r"W \in \mathbb{R}^{m\times d}; k = 1, \dots, N")
    assert plain(gradient(read(text, signatures()), Ref("L"), Ref("W")).result) == "2*sum(k, z[k,i]*x[k,j])"


SOFTMAX = "p[i] = exp(s[i])/sum(j, exp(s[j])); E = -sum(i, t[i]*log(p[i])); i = 1..K"


@pytest.mark.parametrize("asked", ["p[l]", "p[1]", "p[i]"])
def test_an_adjoint_asked_by_the_way_cuts_nothing_off(asked: str) -> None:
    """The derivative by s goes through p, whatever letter or number p is asked by beside it."""
    net = read(SOFTMAX, signatures())
    found = backward(net, Ref("E"), [read_expression(asked, signatures(), net), Ref("s", (Ref("c"),))])
    assert {plain(s.name): plain(s.value) for s in found.backward}["gs[c]"] == "p[c]*(gp[c] - sum(i, gp[i]*p[i]))"
