"""Array equations as index families, and index patterns as matrix notation: a table in the user's language."""

from __future__ import annotations

import pytest
from workings.expr import Ref
from workings.forms.contract import matrix_form
from workings.forms.indexed import indexed
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_expression

LOWERED = [
    ("z = W @ x + b; W in R^(m x n)", "z[i] = sum(j, W[i,j]*x[j]) + b[i]"),
    ("Z = X @ W + b; X in R^(N x d); W in R^(d x h)", "Z[n,i] = sum(j, X[n,j]*W[j,i]) + b[i]"),
    ("p = softmax(z)", "p[i] = exp(z[i])/sum(j, exp(z[j]))"),
    ("E = norm2(X @ w - t)", "E = sum(i, (sum(j, X[i,j]*w[j]) - t[i])^2)"),
    ("f = T(x) @ A @ x", "f = sum(i, x[i]*sum(j, A[i,j]*x[j]))"),
    ("s = trace(A @ A); A in R^(n x n)", "s = sum(i, sum(j, A[i,j]*A[j,i]))"),
    ("G = x @ T(y)", "G[i,j] = x[i]*y[j]"),
    ("d = diag(v) @ y", "d[i] = v[i]*y[i]"),
    ("v = (a, b); u = W @ v", "v[1] = a; v[2] = b; u[i] = sum(j, W[i,j]*v[j])"),
    ("E = mean(X); X in R^(N x d)", "E = 1/(N*d)*sum(n, sum(i, X[n,i]))"),
    ("w in R^d; X in R^(N x d); k = 1..N; E = sum(k, dot(w, X[k,.]))", "E = sum(k, sum(i, w[i]*X[k,i]))"),
    ("h[t] = tanh(W @ h[t-1] + U @ x[t]); t = 1..T",
     "h[t,i] = tanh(sum(j, W[i,j]*h[t-1,j]) + sum(k, U[i,k]*x[t,k]))"),
    ("x in R^3; y = x_1 + x_2", "y = x[1] + x[2]"),
    ("f(u) = W @ u; y = f(x); W in R^(m x n)", "y[i] = sum(j, W[i,j]*x[j])"),
    (r"y_n = \boldsymbol w^\top\boldsymbol x_n; n = 1..N", "y[n] = sum(i, w[i]*x[n,i])"),
]


@pytest.mark.parametrize(("text", "lines"), LOWERED, ids=[t for t, _ in LOWERED])
def test_entries(text: str, lines: str) -> None:
    net = indexed(read(text, signatures())).net
    assert "; ".join(f"{plain(e.lhs)} = {plain(e.rhs)}" for e in net.equations) == lines
    assert not net.shapes or text.startswith("x in")
    for equation in net.equations:
        assert all(not isinstance(i, Ref) or i.name in net.ranges for i in equation.lhs.indices)


def test_without_arrays_nothing_is_made() -> None:
    net = read("z = w*x + b", signatures())
    assert indexed(net).net is net


FORMS = [
    ("sum(n, X[n,j]*d[n])", "j", "T(X) @ d"),
    ("d[i]*a[j]", "i j", "outer(d, a)"),
    ("sum(i, W[i,j]*d[i])", "j", "T(W) @ d"),
    ("g[i]*(1 - a[i]^2)", "i", "g*(1 - a*a)"),
    ("sum(n, D[n,i]*X[n,j])", "i j", "T(D) @ X"),
    ("1/N*sum(k, V[i,k]*sum(n, Y[n,k]*S[n,i]*X[n,j]))", "j i", "1/N*(T(X) @ (S*(Y @ T(V))))"),
    ("sum(n, D[n,i])", "i", "colsum(D)"),
    ("p[i]*(delta(i,j) - p[j])", "i j", "diag(p) - outer(p, p)"),
    ("sum(i, sum(j, x[i]*A[i,j]*x[j]))", "", "dot(x, A @ x)"),
    ("exp(z[i])/sum(j, exp(z[j]))", "i", "softmax(z)"),
    ("log(sum(j, exp(z[j])))", "", "logsumexp(z)"),
    ("sqrt(sum(j, z[j]^2))", "", "norm(z)"),
    ("sum(n, X[n,i]*v[n]*X[n,j])", "i j", "T(X) @ diag(v) @ X"),
]


@pytest.mark.parametrize(("text", "free", "form"), FORMS, ids=[t for t, *_ in FORMS])
def test_matrix_forms(text: str, free: str, form: str) -> None:
    found = matrix_form(read_expression(text, signatures()), [Ref(x) for x in free.split()])
    assert found is not None and plain(found) == form


@pytest.mark.parametrize(("text", "free"), [
    ("p[i] - delta(i, y)", "i"), ("sum(n, A[n,i]*B[n,k]*C[n,l])", "i k l"), ("x[i]*u[i,j,k]", "i j k"), ("v[i]", "i j")])
def test_what_has_no_matrix_form(text: str, free: str) -> None:
    assert matrix_form(read_expression(text, signatures()), [Ref(x) for x in free.split()]) is None
