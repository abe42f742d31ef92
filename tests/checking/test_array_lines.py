"""Lines about arrays and about time, in several spellings: what is right, and which slip a wrong one has."""

from __future__ import annotations

import pytest

import workings

ROWS_NET = """X in R^(N x d); W in R^(d x m); b in R^m; V in R^(m x c); Y in R^(N x c);
              Z = X @ W + b; A = tanh(Z); P = A @ V; E = sum((P - Y)^2)/(2*N)"""
COLUMN_NET = "x in R^n; W in R^(m x n); b in R^m; z = W @ x + b; a = sigmoid(z); u in R^m; y = dot(u, a); E = (y - t)^2/2"
FAMILY_NET = "i = 1..d; k = 1..N; y[k] = sum(i, w[i]*x[i,k]); E = 1/N*sum(k, (y[k] - t[k])^2)"
LAYER_NET = "i = 1..n; j = 1..m; z[j] = sum(i, W[j,i]*x[i]) + b[j]; a[j] = tanh(z[j]); y = sum(j, v[j]*a[j]); E = (y - t)^2/2"
SOFTMAX_NET = "i = 1..n; j = 1..n; p[i] = exp(z[i])/sum(j, exp(z[j])); E = -sum(i, t[i]*log(p[i]))"
SOFTMAX_ARRAY = "z in R^n; t in R^n; p = softmax(z); E = -sum(t*log(p))"
TIME_NET = """t = 1..T; z[t] = w*h[t-1] + u*x[t]; h[t] = tanh(z[t]); h[0] = 0; y[t] = v*h[t];
              E = sum(t, (y[t] - s[t])^2)/2"""

ROWS = (                      # network, line, right or the slip (or a part of it); "" for wrong with no slip
    # transposition, in every spelling
    (ROWS_NET, "dE/dV = T(A) @ (P - Y)/N", "right"),
    (ROWS_NET, r"\frac{\partial E}{\partial V} = \frac{1}{N} A^\top (P - Y)", "right"),
    (ROWS_NET, r"\nabla_V E = A^T (P - Y)/N", "right"),
    (ROWS_NET, "dE/dV = A @ (P - Y)/N", "transposed product"),
    (ROWS_NET, "dE/dV = T(P - Y) @ A/N", "transposed product"),
    (ROWS_NET, "dE/dA = (P - Y) @ T(V)/N", "right"),
    (ROWS_NET, "dE/dA = (P - Y) @ V/N", "transposed product"),
    (ROWS_NET, "dE/dW = T(X) @ dE/dZ", "right"),
    (ROWS_NET, "dE/dW = X @ dE/dZ", "transposed product"),
    (COLUMN_NET, "dE/dx = T(W) @ dE/dz", "right"),
    (COLUMN_NET, "dE/dx = W @ dE/dz", "transposed product"),
    (COLUMN_NET, "dE/dW = outer(dE/dz, x)", "right"),
    (COLUMN_NET, "dE/dW = dE/dz @ T(x)", "right"),
    (COLUMN_NET, "dE/dW = outer(x, dE/dz)", "transposed product"),
    # elementwise factors
    (ROWS_NET, "dE/dZ = dE/dA * (1 - A^2)", "right"),
    (ROWS_NET, "dE/dZ = dE/dA * (1 - Z^2)", "pre-activation for activation"),
    (ROWS_NET, "dE/dZ = dE/dA", "lost inner derivative"),
    (COLUMN_NET, "dE/dz = dE/da * a * (1 - a)", "right"),
    (COLUMN_NET, "dE/dz = dE/da * a", ""),
    # sums over the batch and 1/N
    (ROWS_NET, "dE/db = colsum(dE/dZ)", "right"),
    (ROWS_NET, "dE/db = dE/dZ", "lost sum: over the axis of N entries"),
    (ROWS_NET, "dE/db = rowsum(dE/dZ)", "sum over the wrong axis"),
    (ROWS_NET, "dE/dP = (P - Y)", "lost 1/N"),
    (FAMILY_NET, "dE/dw[i] = 2/N*sum(k, (y[k] - t[k])*x[i,k])", "right"),
    (FAMILY_NET, "dE/dw[i] = 2*sum(k, (y[k] - t[k])*x[i,k])", "lost 1/N"),
    (FAMILY_NET, "dE/dw[i] = 2/N*(y[k] - t[k])*x[i,k]", "sum"),
    # sums over the wrong index
    (LAYER_NET, "dE/dx[i] = sum(j, D(E,z[j])*W[j,i])", "right"),
    (LAYER_NET, "dE/dx[i] = sum(j, D(E,z[j])*W[i,j])", "index"),
    (LAYER_NET, "dE/dW[j,i] = D(E,z[j])*x[i]", "right"),
    (LAYER_NET, "dE/dW[j,i] = D(E,z[j])*x[j]", "index"),
    (LAYER_NET, "dE/db[j] = sum(j, D(E,z[j]))", "sum not collapsed"),
    # the softmax Jacobian, with and without its part off the diagonal
    (SOFTMAX_NET, "dp[i]/dz[j] = p[i]*(delta(i,j) - p[j])", "right"),
    (SOFTMAX_NET, r"\frac{\partial p_i}{\partial z_j} = p_i(\delta_{ij} - p_j)", "right"),
    (SOFTMAX_NET, "dp[i]/dz[j] = p[i]*(1 - p[i])", ""),
    (SOFTMAX_NET, "dp[i]/dz[j] = -p[i]*p[j]", ""),
    (SOFTMAX_ARRAY, "dp/dz = diag(p) - outer(p, p)", "right"),
    (SOFTMAX_ARRAY, "dp/dz = diag(p)", ""),
    (SOFTMAX_ARRAY, "dE/dz = sum(t)*p - t", "right"),
    (SOFTMAX_ARRAY, "dE/dz = p - t", ""),
    (SOFTMAX_ARRAY + "; given sum(t) = 1", "dE/dz = p - t", "right"),
    # index shifts through time
    (TIME_NET, "D(E,h[t]) = D(E,y[t])*v + where(t < T, D(E,z[t+1])*w, 0)", "right"),
    (TIME_NET, "D(E,h[t]) = D(E,y[t])*v + D(E,z[t])*w", ""),
    (TIME_NET, "D(E,z[t]) = D(E,h[t])*(1 - h[t]^2)", "right"),
    (TIME_NET, "D(E,z[t]) = D(E,h[t])*(1 - h[t-1]^2)", "index: h[t-1] where h[t] is meant"),
    (TIME_NET, "dE/dw = sum(t, D(E,z[t])*h[t-1])", "right"),
    (TIME_NET, "dE/dw = sum(t, D(E,z[t])*h[t])", "index: h[t] where h[t-1] is meant"),
    (TIME_NET, "dE/dw = D(E,z[t])*h[t-1]", "sum collapsed"),
    (TIME_NET, "dE/du = sum(t, D(E,z[t])*x[t])", "right"),
    (TIME_NET, "dE/du = sum(t, D(E,z[t])*x[t-1])", ""),
)


@pytest.mark.parametrize(("net", "line", "says"), ROWS, ids=[f"{n}: {line}" for n, (_, line, _) in enumerate(ROWS)])
def test_line(net: str, line: str, says: str) -> None:
    found = workings.check(workings.read(net.replace("\n", " "), targets=["Y", "t", "s"]), [line]).data.lines[0]
    if says == "right":
        assert found.verdict == "right", found.reason
    else:
        assert found.verdict == "wrong" and says in found.slip, (found.verdict, found.slip, found.reason)


@pytest.mark.parametrize("line", ["dE/dW = T(X) @ dE/dZ", "dE/dV = A @ (P - Y)"])
def test_a_wrong_shape_is_said_with_both_shapes(line: str) -> None:
    found = workings.check(workings.read(ROWS_NET.replace("\n", " "), targets=["Y"]), [line]).data.lines[0]
    assert found.verdict == "right" or ("A is N x m" in found.reason and "N x c" in found.reason)
