"""Gradients of networks written in arrays against differences of their own values, and their matrix forms with NumPy."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workings.derive import backward, gradient
from workings.errors import WorkingsError
from workings.evaluate import run, value
from workings.expr import Equation, Num, Ref, substitute
from workings.forms.indexed import indexed
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read

SIZE = {"m": 3, "n": 2, "N": 4, "d": 2, "h": 3, "K": 3}
ROWS = [
    ("z = W @ x + b; a = tanh(z); y = v @ a; E = 1/2*(y - t)^2; W in R^(m x n); v in R^m; x in R^n; b in R^m; t in R",
     "W b v x", "(y - t)*outer(v*(1 - a*a), x)"),
    ("r = X @ w - y; E = 1/2*norm2(r) + lam/2*norm2(w); X in R^(N x d); w in R^d; y in R^N", "w X y",
     "T(X) @ r + lam*w"),
    ("Z = X @ W + b; A = sigmoid(Z); Y = A @ V; E = 1/(2*N)*norm2(Y - T0); X in R^(N x d); W in R^(d x h); "
     "b in R^h; V in R^(h x K); T0 in R^(N x K)", "W b V X", "1/N*(T(X) @ (A*(1 - A)*((Y - T0) @ T(V))))"),
    ("f = T(x) @ A @ x; E = f^2; A in R^(n x n); x in R^n", "x A", "2*f*(T(A) @ x + A @ x)"),
    ("E = 1/N*sum(log cosh(X @ w - t)); X in R^(N x d); w in R^d; t in R^N", "w t", "1/N*(T(X) @ tanh(X @ w - t))"),
    ("E = norm(x) + trace(T(A) @ A); x in R^n; A in R^(n x n)", "x A", "1/norm(x)*x"),
    ("p = softmax(z); E = -dot(t, log(p)); z in R^K; t in R^K", "z", "sum(t)*p - t"),
]


def point(net: Any, seed: int, sizes: dict[str, int]) -> dict[str, Any]:
    """Small rationals for everything that is declared, and for the numbers."""
    rng = random.Random(seed)

    def draw(lengths: list[int]) -> Any:
        if not lengths:
            return Fraction(rng.randint(-8, 8) or 3, 8)
        return [draw(lengths[1:]) for _ in range(lengths[0])]

    leaves = [name for name, places in net.leaves if not places and name not in sizes]
    return {n: draw([sizes[a.name] for a in net.shapes.get(n, ())]) for n in leaves} | {
        s: k for s, k in sizes.items() if s in {n for n, _ in net.leaves}}


def moved(values: dict[str, Any], name: str, at: tuple[int, ...], by: float) -> dict[str, Any]:
    array = np.array(values[name], dtype=float)
    array[at] += by
    return {k: (array.tolist() if k == name else v) for k, v in values.items()}


@pytest.mark.parametrize(("text", "names", "first"), ROWS, ids=[r[0].split(";")[0] for r in ROWS])
def test_against_differences(text: str, names: str, first: str) -> None:
    net = read(text, signatures())
    values = point(net, len(text), SIZE)
    for number, name in enumerate(names.split()):
        found = gradient(net, Ref("E"), Ref(name))
        assert found.matrix is not None
        if not number:
            assert plain(found.matrix.array) == first
        with_result = net.with_(equations=(*net.equations, Equation(Ref("result"), found.matrix.array)))
        got = np.array(run(with_result, values).values["result"], dtype=float)
        want = np.empty(np.shape(values[name]))
        for at in np.ndindex(*want.shape):
            up, down = (run(net, moved(values, name, at, s * 1e-4), ["E"]).values["E"] for s in (1, -1))
            want[at] = (float(up) - float(down)) / 2e-4
        assert got.shape == want.shape
        assert np.allclose(got, want, rtol=1e-5, atol=1e-6), name


@pytest.mark.parametrize(("text", "names", "first"), ROWS[:4], ids=[r[0].split(";")[0] for r in ROWS[:4]])
def test_backward_in_matrices_is_backward_in_indices(text: str, names: str, first: str) -> None:
    net = read(text, signatures())
    program = backward(net, Ref("E"), [Ref(n) for n in names.split()])
    values = point(net, 5, SIZE)
    rows = [s for s in (*program.forward, *program.backward) if s.matrix is not None]
    assert len(rows) == len([*program.forward, *program.backward])
    known = {e.lhs.name for e in net.equations}
    new = [Equation(s.matrix.args[0], s.matrix.args[-1]) for s in rows if s.name.name not in known]  # type: ignore
    whole = run(net.with_(equations=(*net.equations, *new)), values).values
    low = indexed(net).net
    extra = [Equation(s.name, s.value) for s in (*program.forward, *program.backward) if s.name.name not in known]
    entries = run(low.with_(equations=(*low.equations, *extra)), values).values
    for entry, name in program.gradients:
        assert isinstance(name, Ref)
        a, b = whole[name.name], entries[plain(name)]
        assert np.allclose(np.array(a, dtype=float), np.array(b, dtype=float)), plain(entry)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["tanh", "sigmoid", "softplus", "square"]), min_size=1, max_size=3), st.integers(1, 3))
def test_random_layers(acts: list[str], width: int) -> None:
    """The matrix form of every weight gradient, worth the same as its index form."""
    lines, before, shapes = [], "x", ["x in R^n"]
    for k, act in enumerate(acts):
        a = "pqr"[k]
        lines += [f"{a} = {act}({'ABC'[k]} @ {before} + {'bce'[k]})"]
        shapes += [f"{'ABC'[k]} in R^({'uvw'[k]} x {'nuv'[k]})", f"{'bce'[k]} in R^{'uvw'[k]}"]
        before = a
    net = read("; ".join([*lines, f"E = norm2({before})", *shapes]), signatures())
    sizes = {"n": 2, "u": width, "v": 2, "w": 3}
    values = point(net, width, sizes)
    form = indexed(net)
    for k in range(len(acts)):
        found = gradient(net, Ref("E"), Ref("ABC"[k]))
        assert found.matrix is not None
        whole = run(net.with_(equations=(*net.equations, Equation(Ref("result"), found.matrix.array))), values)
        array = np.array(whole.values["result"], dtype=float)
        for at in np.ndindex(*array.shape):
            letters = {i.name: Num(p + 1) for i, p in zip(found.wrt.indices, at)}  # type: ignore[union-attr]
            entry = value(substitute(found.result, letters), values, form.net)
            assert np.isclose(float(entry), array[at], rtol=1e-9)


NEVER_ZERO = [
    ("p = softmax(z); E = -log(p[y])", "z", "p[i] - delta(i, y)"),
    ("p = softmax(z); E = -log(p[1]); z in R^K", "z[1]", "p[1] - 1"),
    ("y = w^T x; E = (y - t)^2", "w", "2*(y - t)*x"),
    ("E = norm2(X @ w - t)", "w", "2*(T(X) @ (X @ w - t))"),
    ("W in R^(2 x 2); x in R^2; z = W @ x; E = z[1]^2 + W[1,2]", "W[1,2]", "1 + 2*z[1]*x[2]"),
    ("x in R^3; E = x_1*x_2", "x_1", "x[2]"),
    ("v = (a, b); u = W @ v; E = norm2(u); W in R^(2 x 2)", "a", "2*dot(u, W[.,1])"),
    ("X in R^(N x d); E = mean(relu(X @ w + b)); b in R", "b", "1/N*sum(step(X @ w + b))"),
]


@pytest.mark.parametrize(("text", "wrt", "result"), NEVER_ZERO, ids=[f"{r[0]} by {r[1]}" for r in NEVER_ZERO])
def test_an_entry_or_an_undeclared_array_is_never_zero(text: str, wrt: str, result: str) -> None:
    from workings import work
    from workings.answers.gradient import as_dict

    net = read(text, signatures())
    assert as_dict(gradient(net, Ref("E"), work.ref(wrt, net)))["result"] == result


LAYOUTS = [
    ("y = W @ x; E = norm2(y); W in R^(m x n)", "E", "W", "numerator", "2*outer(x, y)"),
    ("y = W @ x; E = norm2(y); W in R^(m x n)", "E", "W", "denominator", "2*outer(y, x)"),
    ("y = W @ x; W in R^(m x n)", "y", "x", None, "W"),
    ("y = W @ x; W in R^(m x n)", "y", "x", "denominator", "T(W)"),
    ("p = softmax(z); z in R^K", "p", "z", None, "diag(p) - outer(p, p)"),
]


@pytest.mark.parametrize(("text", "of", "wrt", "layout", "result"), LAYOUTS)
def test_layouts(text: str, of: str, wrt: str, layout: str | None, result: str) -> None:
    from workings.answers.gradient import as_dict

    found = gradient(read(text, signatures()), Ref(of), Ref(wrt), layout=layout)
    assert as_dict(found)["result"] == result
    assert "layout" in as_dict(found)["steps"][-1]["says"]


@pytest.mark.parametrize(("rows", "worth"), [(0, 0), (1, 1)])
def test_sizes_of_none_and_one(rows: int, worth: int) -> None:
    net = read("E = norm2(X @ w); X in R^(N x d); w in R^d", signatures())
    assert run(net, {"X": np.ones((rows, 1)), "w": [1]}).values["E"] == worth


def test_a_layout_that_is_none() -> None:
    with pytest.raises(WorkingsError, match="layout"):
        gradient(read("E = norm2(x); x in R^n", signatures()), Ref("E"), Ref("x"), layout="rows")


def test_error_signals_on_request() -> None:
    from workings import api

    text = "z1 = W @ x + b; a = tanh(z1); z2 = v @ a; y = tanh(z2); E = 1/2*(y - t)^2; W in R^(m x n); t in R"
    data = api.backward(text, "E", "W", adjoints="delta").as_dict()
    names = [s["name"] for s in data["backward"]]
    assert "delta2" in names and "delta1[i]" in names
    assert data["backward"][-1]["matrix"] == "gW = dE/dW = outer(delta1, x)"
    assert "the shape of what it is by" in " ".join(str(api.backward(text, "E", "W")).split())
    with pytest.raises(WorkingsError, match="adjoints"):
        api.backward(text, "E", "W", adjoints="lambda")


MLP = "Z1 = X @ W1 + b1; A = tanh(Z1); Y = A @ W2 + b2; E = 1/2*norm2(Y - T); " \
    "X in R^(N x n); W1 in R^(n x h); b1 in R^h; W2 in R^(h x m); b2 in R^m; T in R^(N x m)"


def test_a_gradient_by_error_signals() -> None:
    from workings import api

    data = api.gradient(MLP, "E", "W1", adjoints="delta").as_dict()
    assert data["where"] == {"delta[i,l]": "Y[i,l] - T[i,l]",
                             "delta1[i,j]": "(1 - A[i,j]^2)*sum(l, delta[i,l]*W2[j,l])"}
    assert (data["entry"]["result"], data["result"]) == ("sum(i, delta1[i,j]*X[i,k])", "T(X) @ delta1")
    assert [s["matrix"] for s in data["steps"] if "matrix" in s] == [
        "delta = dE/dY = Y - T", "delta1 = dE/dZ1 = (1 - A*A)*(delta @ T(W2))"]
    scalars = "z3 = x1*w13 + x2*w23; a3 = tanh(z3); z5 = a3*w35; y = tanh(z5); E = 1/2*(y - t)^2"
    found = api.gradient(scalars, "E", "w13", adjoints="delta").as_dict()
    assert found["where"] == {"delta5": "(y - t)*(1 - y^2)", "delta3": "delta5*w35*(1 - a3^2)"}
    assert found["result"] == "delta3*x1"
    with pytest.raises(WorkingsError, match="adjoints"):
        api.gradient(scalars, "E", "w13", adjoints="lambda")


def test_both_layouts_of_a_backward_pass() -> None:
    from workings import api

    lines = {s["name"]: s["matrix"] for s in api.backward(MLP, "E", layout="numerator").as_dict()["backward"]}
    assert lines["gW1[k,j]"] == "dE/dW1 = T(gW1) = T(gZ1) @ X" and lines["gb2[l]"] == "dE/db2 = T(gb2) = T(colsum(gY))"
    text = " ".join(str(api.backward(MLP, "E")).split())
    assert "sum(i, gY[i,l]*A[i,j]) is T(A) @ gY, sum(i, gY[i,l]) is colsum(gY)" in text
    with pytest.raises(WorkingsError, match="layout"):
        api.backward(MLP, "E", layout="rows")


RNN = "a[t] = W @ h[t-1] + U @ x[t] + b; h[t] = tanh(a[t]); h[0] = 0; o[t] = V @ h[t]; p[t] = softmax(o[t]); " \
    "E = -sum(t, dot(y[t], log(p[t]))); t = 1..T; " \
    "x in R^(T x m); y in R^(T x k); W in R^(n x n); U in R^(n x m); V in R^(k x n); b in R^n"


def test_backpropagation_through_time_of_whole_arrays() -> None:
    from workings import api

    lines = [s["matrix"] for s in api.backward(RNN, "E").as_dict()["backward"]]
    assert lines == [
        "gy[t] = dE/dy[t] = -u[t]", "gp[t] = dE/dp[t] = -y[t]/p[t]",
        "go[t] = dE/do[t] = p[t]*(gp[t] - dot(gp[t], p[t]))", "gV = dE/dV = sum(t, outer(go[t], h[t]))",
        "gh[T] = dE/dh[T] = T(V) @ go[T]", "gh[t] = dE/dh[t] = T(W) @ ga[t+1] + T(V) @ go[t]",
        "ga[t] = dE/da[t] = gh[t]*(1 - h[t]*h[t])", "gW = dE/dW = sum(t, outer(ga[t], h[t-1]))",
        "gU = dE/dU = sum(t, outer(ga[t], x[t]))", "gb = dE/db = sum(t, ga[t])"]
    data = api.gradient(RNN, "E", "W").as_dict()
    assert data["result"] == "sum(t, outer(ga[t], h[t-1]))"
    assert "ga[t] = dE/da[t] = gh[t]*(1 - h[t]*h[t])" in [s.get("matrix") for s in data["steps"]]


def test_matrices_of_one_row_or_column() -> None:
    from workings import api

    text = "Z = X @ W1 + b1; A = tanh(Z); Y = A @ w; E = 1/2*norm2(Y - T); X in R^(N x n); W1 in R^(n x h); b1 in R^h; " \
        "w in R^(h x 1); T in R^(N x 1)"
    lines = {s["name"]: s.get("matrix") for s in api.backward(text, "E").as_dict()["backward"]}
    assert lines["gw[j,1]"] == "gw = dE/dw = T(A) @ gY" and lines["gA[i,j]"] == "gA = dE/dA = gY @ T(w)"
    assert api.gradient(text, "E", "W1").as_dict()["result"] == "T(X) @ ((1 - A*A)*((Y - T) @ T(w)))"
    text = "Z = W1 @ x + b1; A = tanh(Z); Y = W2 @ A; E = 1/2*norm2(Y - t); x in R^(n x 1); W1 in R^(h x n); " \
        "b1 in R^(h x 1); W2 in R^(1 x h); t in R^(1 x 1)"
    lines = {s["name"]: s.get("matrix") for s in api.backward(text, "E").as_dict()["backward"]}
    assert lines["gW2[1,i]"] == "gW2 = dE/dW2 = gY @ T(A)" and lines["gW1[i,j]"] == "gW1 = dE/dW1 = gZ @ T(x)"
    assert api.gradient(text, "E", "W2").as_dict()["result"] == "(Y - t) @ T(A)"


def test_heads_are_an_index_around_matrices() -> None:
    from workings import api

    text = "Q[h] = X @ Wq[h]; S[h] = Q[h] @ T(K[h])/sqrt(k); K[h] = X @ Wk[h]; P[h] = softmax(S[h]); O[h] = P[h] @ X; " \
        "Y = sum(h, O[h] @ Wo[h]); E = 1/2*norm2(Y); h = 1..H; X in R^(N x d); Wq in R^(H x d x k); " \
        "Wk in R^(H x d x k); Wo in R^(H x d x d)"
    lines = {s["name"]: s.get("matrix") for s in api.backward(text, "E").as_dict()["backward"]}
    assert lines["gWq[h,j,i]"] == "gWq[h] = dE/dWq[h] = T(X) @ gQ[h]"
    assert next(m for n, m in lines.items() if n.startswith("gS")) == "gS[h] = dE/dS[h] = P[h]*(gP[h] - col(rowsum(gP[h]*P[h])))"


def test_all_but_two_axes_are_written_as_indices() -> None:
    from workings import api

    text = "Z[b] = X[b] @ W + c; A[b] = tanh(Z[b]); E = 1/2*sum(b, norm2(A[b])); b = 1..B; X in R^(B x N x d); " \
        "W in R^(d x k); c in R^k"
    lines = {s["name"]: s.get("matrix") for s in api.backward(text, "E").as_dict()["backward"]}
    assert lines["gW[j,i]"] == "gW = dE/dW = sum(b, T(X[b]) @ gZ[b])"
    assert lines["gc[i]"] == "gc = dE/dc = sum(b, colsum(gZ[b]))"
    assert api.gradient(text, "E", "W").as_dict()["result"] == "sum(b, T(X[b]) @ (A[b]*(1 - A[b]*A[b])))"
    text = "Q[h] = tanh(X @ Wq[h]); Y = sum(h, Q[h]); E = 1/2*norm2(Y); h = 1..H; X in R^(N x d); Wq in R^(H x d x k)"
    data = api.gradient(text, "E", "Wq").as_dict()
    assert (data["wrt"], data["result"]) == ("Wq[h]", "T(X) @ (Y*(1 - Q[h]*Q[h]))")
