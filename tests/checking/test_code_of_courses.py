"""Backward passes as courses and blogs write them: right as they stand, and each damage named in its line.

The programs are our own text in the spelling of those courses: class numbers as indices, gradients in dictionaries,
masks in place, loops over time backwards, columns n x 1.
"""

from __future__ import annotations

import pytest

import workings

ONE_SAMPLE = """x in R^D; W in R^(C x D); b in R^C; z = W @ x + b; p = softmax(z); E = -log(p[y])""", """
def loss_of_one(params, x, y):
    W, b = params['W'], params['b']
    if x is None:
        raise ValueError("no x")
    z = W.dot(x) + b
    z -= np.max(z)
    p = np.exp(z) / np.sum(np.exp(z))
    loss = -np.log(p[y])
    grads = {}
    dz = p.copy()
    dz[y] -= 1
    grads['W'] = np.outer(dz, x)
    grads['b'] = dz
    return loss, grads
"""
AFFINE = "x in R^(N x D); w in R^(D x M); b in R^M; out = x @ w + b; r = relu(out); E = norm2(r)/2", """
def affine_relu_backward(dr, cache):
    x, w, b, out = cache
    dout = dr * (out > 0)
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
"""
MASKED = """X in R^(N x D); W1 in R^(D x H); b1 in R^H; W2 in R^(H x M); T in R^(N x M); z1 = X @ W1 + b1; h = relu(z1);
            Y = h @ W2; E = norm2(Y - T)/2""", """
def relu(a):
    flat = np.maximum(0, a)
    return flat
h = relu(X @ W1 + b1)
Y = h @ W2
dY = Y - T
dW2 = h.T @ dY
dh = dY @ W2.T
dh[h <= 0] = 0
dW1 = X.T @ dh
db1 = dh.sum(axis=0)
for param in [W1, b1]:
    param *= 1
W1 -= rate * dW1
"""
NORM = """i = 1..N; j = 1..D; x in R^(N x D); gamma in R^D; beta in R^D; mu[j] = 1/N*sum(i, x[i,j]);
          var[j] = 1/N*sum(i, (x[i,j] - mu[j])^2); xhat[i,j] = (x[i,j] - mu[j])/sqrt(var[j] + eps);
          out[i,j] = gamma[j]*xhat[i,j] + beta[j]; E = sum(i, sum(j, c[i,j]*out[i,j]))""", """
def batchnorm_backward(dout, cache):
    x, xhat, gamma, mu, var, eps = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (x - mu) * -0.5 * (var + eps) ** (-1.5), axis=0)
    dmu = np.sum(dxhat * -1 / np.sqrt(var + eps), axis=0) + dvar * np.mean(-2 * (x - mu), axis=0)
    dx = dxhat / np.sqrt(var + eps) + dvar * 2 * (x - mu) / N + dmu / N
"""
BATCH = """n = 1..N; X in R^(N x D); W in R^(D x C); b in R^C; Z = X @ W + b; P = softmax(Z);
           E = -1/N*sum(n, log(P[n,y[n]])) + reg*norm2(W)/2""", """
def softmax_loss(W, b, X, y, reg):
    num_train = X.shape[0]
    rows = np.arange(num_train)
    Z = X.dot(W) + b
    Z -= np.max(Z, axis=1, keepdims=True)
    P = np.exp(Z) / np.sum(np.exp(Z), axis=1, keepdims=True)
    loss = np.sum(-np.log(P[rows, y])) / num_train
    loss += 0.5 * reg * np.sum(W * W)
    dZ = P.copy()
    dZ[rows, y] -= 1
    dZ /= num_train
    dW = X.T.dot(dZ)
    dW += reg * W
    db = dZ.sum(axis=0)
"""
CHARACTERS = """t = 1..T; x in R^(T x V); Wxh in R^(H x V); Whh in R^(H x H); Why in R^(V x H); bh in R^H; by in R^V;
    hprev in R^H; a[t] = Wxh @ x[t] + Whh @ h[t-1] + bh; h[t] = tanh(a[t]); h[0] = hprev; y[t] = Why @ h[t] + by;
    p[t] = softmax(y[t]); E = -sum(t, log(p[t,targets[t]]))""", """
def loss_of_text(inputs, targets, hprev):
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t-1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][targets[t], 0])
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        draw = (1 - hs[t] * hs[t]) * dh
        dbh += draw
        dWxh += np.dot(draw, xs[t].T)
        dWhh += np.dot(draw, hs[t-1].T)
        dhnext = np.dot(Whh.T, draw)
    for dparam in [dWxh, dWhh, dWhy, dbh, dby]:
        np.clip(dparam, -5, 5, out=dparam)
"""
slow = pytest.mark.slow
ROWS = [           # a program; what is damaged, how, the line that is named, the slip
    pytest.param(ONE_SAMPLE, "-= 1", "+= 1", "dz[y] += 1", "sign", marks=slow),
    (ONE_SAMPLE, "np.outer(dz, x)", "np.outer(x, dz)", "grads['W'] =", "transposed product"),
    (ONE_SAMPLE, "    dz[y] -= 1\n", "", "dz = p.copy()", ""),
    (AFFINE, "axis=0", "axis=1", "db =", "sum over the wrong axis"),
    (AFFINE, "dout.dot(w.T)", "dout.dot(w)", "dx =", "shapes do not fit"),
    pytest.param(MASKED, "dh[h <= 0]", "dh[h > 0]", "dh[h > 0] = 0", "", marks=slow),
    (MASKED, "X.T @ dh", "X @ dh", "dW1 =", "transposed product"),
    (MASKED, "db1 = dh.sum(axis=0)", "db1 = dh", "db1 =", "lost sum"),
    (NORM, "dbeta = np.sum(dout, axis=0)", "dbeta = np.sum(dout, axis=1)", "dbeta =", "sum over the wrong axis"),
    pytest.param(NORM, " / N + dmu / N", " / N", "dx =", "", marks=slow),
    pytest.param(BATCH, "    dZ /= num_train\n", "", "dZ[rows, y] -= 1", "lost 1/", marks=slow),
    pytest.param(BATCH, "X.T.dot(dZ)", "dZ.T.dot(X)", "dW", "shapes do not fit", marks=slow),
    pytest.param(CHARACTERS, "np.dot(Whh.T, draw)", "np.dot(Whh, draw)", "dh =", "transposed product", marks=slow),
    pytest.param(CHARACTERS, "draw, hs[t-1].T", "draw, hs[t].T", "dWhh +=", "", marks=slow),
    pytest.param(CHARACTERS, "dbh += draw", "dbh = draw", "dbh =", "= for +=", marks=slow),
]


def verdicts(net: str, code: str) -> list[tuple[str, str, str, bool]]:
    found = workings.check(net, code=code, of="E").data
    return [(j.text, j.verdict, j.slip, j.follows) for j in found.lines if j.verdict != "right"]


@pytest.mark.parametrize("program", [ONE_SAMPLE, AFFINE, MASKED, pytest.param(NORM, marks=slow), pytest.param(BATCH, marks=slow),
                                     pytest.param(CHARACTERS, marks=slow)])
def test_right_as_it_stands(program: tuple[str, str]) -> None:
    assert verdicts(*program) == []


@pytest.mark.parametrize(("program", "old", "new", "line", "slip"), ROWS)
def test_the_first_wrong_line_is_named(program: tuple[str, str], old: str, new: str, line: str, slip: str) -> None:
    net, code = program
    assert old in code
    bad = verdicts(net, code.replace(old, new, 1))
    assert bad[0][1] == "wrong" and bad[0][0].startswith(line) and slip in bad[0][2] and not bad[0][3], bad


def test_what_the_lines_give_is_said() -> None:
    report = workings.check(MASKED[0], code=MASKED[1], of="E").data
    said = {j.text: j.reason for j in report.lines}
    assert said["dh[h <= 0] = 0"].startswith("dh is dE/dz1 from here on")
    assert said["W1 -= rate * dW1"] == "an update of W1, after its derivative"
    remarks = workings.check(ONE_SAMPLE[0], code=ONE_SAMPLE[1], of="E").data.remarks
    assert "onehot_y is 1 at the class y and 0 elsewhere" in remarks
