"""One row an operation of arrays, in every way of writing it, and its value by a module of arrays: torch or jax.numpy.

`shapes`: the axes of each array, a letter for a size; `value` gets a dict of arrays and the functions of `Module`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

R = r"\mathbb{R}"
TIMES = r" \times "


@dataclass(frozen=True)
class Written:
    name: str
    texts: tuple[str, ...]
    shapes: Mapping[str, str]
    value: Callable[[Any, Any], Any]
    by: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ("nml=342", "nml=111", "nml=023")
    whole: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def _latex(text: str) -> str:
    """Declarations of a LaTeX text: `A:mn` is A in R^{m x n}."""
    words = []
    for word in text.split("; "):
        name, colon, axes = word.partition(":")
        words.append(rf"{name} \in {R}^{{{TIMES.join(axes)}}}" if colon and axes.isalpha() else word)
    return "; ".join(words)


MM = "A in R^(m x n); B in R^(n x l); "
TABLE = (
    Written("matrix product", (
        MM + "C = A @ B; L = norm2(C)", MM + "L = trace(T(A @ B) @ (A @ B))",
        "i = 1..m; j = 1..n; k = 1..l; L = sum(i, sum(k, sum(j, A[i,j]*B[j,k])^2))",
        _latex(r"A:mn; B:nl; L = \|A B\|_F^2"), _latex(r"A:mn; B:nl; L = \operatorname{tr}((AB)^\top AB)"),
        r"\mathbf C = \mathbf A\mathbf B; L = \|\mathbf C\|^2"),
        {"A": "mn", "B": "nl"}, lambda t, f: ((t["A"] @ t["B"]) ** 2).sum()),
    Written("bias of a batch", (
        "X in R^(n x m); W in R^(m x l); b in R^l; Y = X @ W + b; L = sum(tanh(Y))",
        "X in R^(n x m); W in R^(m x l); b in R^l; L = sum(tanh(X @ W + row(b)))",
        "X in R^(n x m); W in R^(m x l); b in R^l; k = 1..n; Y[k,.] = tanh(X[k,.] @ W + b); L = sum(Y)",
        _latex(r"X:nm; W:ml; b:l; Y = \tanh(XW + b); L = \sum_k \sum_i Y_{ki}; k = 1, \dots, n; i = 1, \dots, l")),
        {"X": "nm", "W": "ml", "b": "l"}, lambda t, f: f.tanh(t["X"] @ t["W"] + t["b"]).sum()),
    Written("columns", ("X in R^(m x n); W in R^(l x m); b in R^l; L = norm2(W @ X + col(b))",
                        "X in R^(m x n); W in R^(l x m); b in R^l; k = 1..n; Y[.,k] = W @ X[.,k] + b; L = norm2(Y)"),
        {"X": "mn", "W": "lm", "b": "l"}, lambda t, f: ((t["W"] @ t["X"] + t["b"][:, None]) ** 2).sum()),
    Written("row vectors", ("x in R^(1 x n); W in R^(n x m); b in R^(1 x m); y = x @ W + b; L = norm2(y)",
                            _latex(r"W:nm")
                            + rf"; x \in {R}^{{1 \times n}}; b \in {R}^{{1 \times m}}; L = \|xW + b\|^2"),
        {"x": "1n", "W": "nm", "b": "1m"}, lambda t, f: ((t["x"] @ t["W"] + t["b"]) ** 2).sum()),
    Written("quadratic form", ("A in R^(n x n); x in R^n; L = T(x) @ A @ x",
        "A in R^(n x n); x in R^n; L = dot(x, A @ x)",
                               _latex(r"A:nn; x:n; L = x^\top A x"), r"L = \mathbf x^\top \mathbf A\mathbf x",
                               _latex(r"A:nn; x:n; L = \langle x, A x\rangle")),
        {"A": "nn", "x": "n"}, lambda t, f: t["x"] @ t["A"] @ t["x"]),
    Written("outer product", ("a in R^n; b in R^m; L = sum(tanh(outer(a, b)))",
        "a in R^n; b in R^m; L = sum(tanh(a @ T(b)))",
                              "i = 1..n; j = 1..m; L = sum(i, sum(j, tanh(a[i]*b[j])))"),
        {"a": "n", "b": "m"}, lambda t, f: f.tanh(t["a"][:, None] * t["b"][None, :]).sum()),
    Written("inner product", ("a in R^n; b in R^n; L = dot(a, b)^2", _latex(r"a:n; b:n; L = (a^\top b)^2"),
                              "a in R^n; b in R^n; L = sum(a*b)^2", r"L = \langle \mathbf a, \mathbf b\rangle^2"),
        {"a": "n", "b": "n"}, lambda t, f: (t["a"] @ t["b"]) ** 2),
    Written("norm", ("x in R^n; L = norm(x)", _latex(r"x:n; L = \|x\|"), _latex(r"x:n; L = \lVert x\rVert_2")),
        {"x": "n"}, lambda t, f: (t["x"] ** 2).sum() ** 0.5, sizes=("n=3", "n=1")),
    Written("1-norm", (_latex(r"x:n; L = \|x\|_1"), "x in R^n; L = norm1(x)", _latex(r"x:n; L = \sum_i |x_i|")),
        {"x": "n"}, lambda t, f: abs(t["x"]).sum(), sizes=("n=3", "n=1", "n=0")),
    Written("sums over axes", (
        "W in R^(n x m); L = norm2(colsum(W)) + norm2(rowsum(W))",
        "W in R^(n x m); L = norm2(sum(W, axis=0)) + norm2(sum(W, axis=1))",
        "W in R^(n x m); L = norm2(sum(i, W[i,.])) + norm2(sum(j, W[.,j]))"),
        {"W": "nm"}, lambda t, f: (t["W"].sum(0) ** 2).sum() + (t["W"].sum(1) ** 2).sum(), sizes=("nm=34", "nm=11",
        "nm=02")),
    Written("means over axes", ("W in R^(n x m); L = norm2(mean(W, axis=0)) + mean(W)^2",
                                "W in R^(n x m); L = norm2(colmean(W)) + mean(W)^2"),
        {"W": "nm"}, lambda t, f: (t["W"].mean(0) ** 2).sum() + t["W"].mean() ** 2, sizes=("nm=34", "nm=11")),
    Written("maximum over an axis", (
        "W in R^(n x m); v in R^n; L = dot(v, max(W, axis=1))", "W in R^(n x m); v in R^n; L = dot(v, maxout(W))",
        _latex(r"W:nm; v:n; L = \sum_{i=1}^n v_i \max_j W_{ij}; j = 1, \dots, m"),
        _latex(r"W:nm; v:n; L = \sum_{i=1}^n v_i \max W_{i,:}")),
        {"W": "nm", "v": "n"}, lambda t, f: t["v"] @ f.max(t["W"]), sizes=("nm=34", "nm=11", "nm=02")),
    Written("softmax", (
        "z in R^n; c in R^n; p = softmax(z); L = dot(c, p)",
        "z in R^n; c in R^n; p = exp(z)/sum(exp(z)); L = dot(c, p)",
        _latex(r"z:n; c:n; L = c^\top \operatorname{softmax}(z)"),
        r"p_i = \frac{e^{z_i}}{\sum_{j=1}^n e^{z_j}}; L = \sum_{i=1}^n c_i p_i; i = 1, \dots, n; j = 1, \dots, n"),
        {"z": "n", "c": "n"}, lambda t, f: t["c"] @ f.softmax(t["z"]), sizes=("n=4", "n=1")),
    Written("softmax of rows", (
        "Z in R^(n x m); c in R^(n x m); P = softmax(Z); L = sum(c*P)",
        "Z in R^(n x m); c in R^(n x m); k = 1..n; P[k,.] = softmax(Z[k,.]); L = sum(c*P)",
        "Z in R^(n x m); c in R^(n x m); k = 1..n; P[k] = softmax(Z[k]); L = sum(c*P)"),
        {"Z": "nm", "c": "nm"}, lambda t, f: (t["c"] * f.softmax(t["Z"])).sum(), sizes=("nm=34", "nm=11", "nm=02")),
    Written("log-sum-exp", ("z in R^n; L = logsumexp(z)", "z in R^n; L = log(sum(exp(z)))",
                            _latex(r"z:n; L = \log\sum_{i=1}^n e^{z_i}"), _latex(r"z:n; L = \mathrm{LSE}(z)")),
        {"z": "n"}, lambda t, f: f.logsumexp(t["z"]), sizes=("n=4", "n=1")),
    Written("log-softmax", ("z in R^n; c in R^n; L = dot(c, logsoftmax(z))",
        "z in R^n; c in R^n; L = dot(c, log(softmax(z)))",
                            _latex(r"z:n; c:n; L = c^\top \log\operatorname{softmax}(z)")),
        {"z": "n", "c": "n"}, lambda t, f: t["c"] @ (t["z"] - f.logsumexp(t["z"])), sizes=("n=4", "n=1")),
    Written("cross-entropy of probabilities", (
        "z in R^n; t in R^n; L = -sum(t*log(softmax(z)))",
        "z in R^n; t in R^n; p = softmax(z); L = cross_entropy(p, t)",
        "z in R^n; t in R^n; L = softmax_cross_entropy(z, t)",
        _latex(r"z:n; t:n; L = -t^\top \log\mathrm{softmax}(z)")),
        {"z": "n", "t": "n"}, lambda t, f: -(t["t"] * (t["z"] - f.logsumexp(t["z"]))).sum(), ("z",), ("n=4", "n=1")),
    Written("cross-entropy of a class", (
        "z in R^n; p = softmax(z); L = -log(p[y])", _latex(r"z:n; p = \mathrm{softmax}(z); L = -\log p_y"),
        _latex(r"z:n; L = -z_y + \log\sum_{j=1}^n e^{z_j}"), "z in R^n; L = logsumexp(z) - z[y]"),
        {"z": "n"}, lambda t, f: f.logsumexp(t["z"]) - t["z"][t["y"] - 1], (), ("n=4", "n=1"), {"y": ("", "n")}),
    Written("multi-class hinge", (
        "s in R^n; L = multi_hinge(s, y)", "s in R^n; j = 1..n; L = sum(j != y, max(0, 1 + s[j] - s[y]))",
        _latex(r"s:n; L = \sum_{j \neq y} \max(0, s_j - s_y + 1); j = 1, \dots, n"),
        _latex(r"s:n; L = \sum_{j \ne y} (1 + s_j - s_y)_+; j = 1, \dots, n")),
        {"s": "n"}, lambda t, f: f.relu(1 + t["s"] - t["s"][t["y"] - 1]).sum() - 1, (), ("n=4", "n=1"), {"y": ("",
        "n")}),
    Written("hinge", ("y in R^n; t in R^n; L = mean(hinge(y, t))", "y in R^n; t in R^n; L = mean(max(0, 1 - t*y))",
                      _latex(r"y:n; t:n; L = \frac1n\sum_{k=1}^n (1 - t_k y_k)_+")),
        {"y": "n", "t": "n"}, lambda t, f: f.relu(1 - t["t"] * t["y"]).mean(), sizes=("n=4", "n=1")),
    Written("Huber", ("r in R^n; L = sum(huber(r, 1/2))", _latex(r"r:n; L = \sum_{k=1}^n \mathrm{Huber}_{0.5}(r_k)"),
                      "r in R^n; L = sum(where(abs(r) <= 1/2, r^2/2, 1/2*(abs(r) - 1/4)))"),
        {"r": "n"}, lambda t, f: f.where(abs(t["r"]) <= 0.5, t["r"] ** 2 / 2, (abs(t["r"]) - 0.25) / 2).sum(),
        sizes=("n=5", "n=1", "n=0")),
    Written("focal loss", ("z in R^n; p = softmax(z); L = focal_loss(p[y], 2)",
                           _latex(r"z:n; p = \mathrm{softmax}(z); L = \mathrm{FL}(p_y, 2)"),
                           _latex(r"z:n; p = \mathrm{softmax}(z); L = -(1 - p_y)^2\log p_y")),
        {"z": "n"}, lambda t, f: (lambda p: -(1 - p) ** 2 * f.log(p))(f.softmax(t["z"])[t["y"] - 1]), (), ("n=4",),
        {"y": ("", "n")}),
    Written("Kullback-Leibler", ("p in R^n; z in R^n; L = kl(p, softmax(z))",
                                 _latex(r"p:n; z:n; q = \mathrm{softmax}(z); "
                                        r"L = \sum_{i=1}^n p_i \log\frac{p_i}{q_i}")),
        {"p": "n", "z": "n"}, lambda t, f: (t["p"] * (f.log(t["p"]) - t["z"] + f.logsumexp(t["z"]))).sum(),
        sizes=("n=4", "n=1")),
    Written("layer norm", ("x in R^(n x m); c in R^(n x m); Y = layer_norm(x, 1/2); L = sum(c*Y)",),
        {"x": "nm", "c": "nm"}, lambda t, f: (t["c"] * (t["x"] - t["x"].mean(1)[:, None]) / (
            ((t["x"] - t["x"].mean(1)[:, None]) ** 2).mean(1) + 0.5)[:, None] ** 0.5).sum(), sizes=("nm=34", "nm=11")),
    Written("RMS norm", ("x in R^(n x m); c in R^(n x m); L = sum(c*rms_norm(x, 1/2))",),
        {"x": "nm", "c": "nm"}, lambda t, f: (t["c"] * t["x"] / ((t["x"] ** 2).mean(1) + 0.5)[:, None] ** 0.5).sum(),
        sizes=("nm=34", "nm=11")),
    Written("batch norm", ("x in R^(n x m); c in R^(n x m); Y = batch_norm(x, 1/2); L = sum(c*Y)",),
        {"x": "nm", "c": "nm"}, lambda t, f: (t["c"] * (t["x"] - t["x"].mean(0)) / (
            ((t["x"] - t["x"].mean(0)) ** 2).mean(0) + 0.5) ** 0.5).sum(), sizes=("nm=34", "nm=21")),
    Written("embedding", ("E in R^(m x l); i in R^n; t = 1..n; X[t,.] = E[i[t],.]; L = sum(tanh(X))",
                          "E in R^(m x l); i in R^n; t = 1..n; X[t] = E[i[t]]; L = sum(tanh(X))"),
        {"E": "ml"}, lambda t, f: f.tanh(t["E"][t["i"] - 1]).sum(), whole={"i": ("n", "m")}, sizes=("nml=342",
        "nml=111")),
    Written("attention", (
        "Q in R^(n x l); K in R^(n x l); V in R^(n x l); A = softmax(Q @ T(K)/sqrt(l)); L = norm2(A @ V)",
        _latex(r"Q:nl; K:nl; V:nl; A = \mathrm{softmax}\left(\frac{Q K^\top}{\sqrt l}\right); O = A V; L = \|O\|_F^2")),
        {"Q": "nl", "K": "nl", "V": "nl"},
        lambda t, f: ((f.softmax(t["Q"] @ t["K"].T / t["Q"].shape[1] ** 0.5) @ t["V"]) ** 2).sum(),
        sizes=("nl=32", "nl=11")),
    Written("residual", ("W in R^(n x n); x in R^n; L = norm2(x + tanh(W @ x))",
                         _latex(r"W:nn; x:n; L = \|x + \tanh(W x)\|^2")),
        {"W": "nn", "x": "n"}, lambda t, f: ((t["x"] + f.tanh(t["W"] @ t["x"])) ** 2).sum()),
    Written("gated linear unit", ("a in R^n; b in R^n; L = norm2(glu(a, b))",
        "a in R^n; b in R^n; L = norm2(a*sigmoid(b))",
                                  _latex(r"a:n; b:n; L = \|a \odot \sigma(b)\|^2")),
        {"a": "n", "b": "n"}, lambda t, f: ((t["a"] / (1 + f.exp(-t["b"]))) ** 2).sum(), sizes=("n=3", "n=1", "n=0")),
    Written("dropout mask", ("a in R^n; m in R^n; L = norm2(dropout(a, m, 1/4))",
        "a in R^n; m in R^n; L = norm2(m*a/(3/4))"),
        {"a": "n", "m": "n"}, lambda t, f: ((t["m"] * t["a"] / 0.75) ** 2).sum(), ("a",), ("n=3", "n=1", "n=0")),
    Written("convolution", ("x in R^n; k in R^m; y = conv1d(x, k); L = norm2(y)",
                            "x in R^n; k in R^m; p = 1..m; i = 1..n - m + 1; "
                            "y[i] = sum(p, k[p]*x[i + p - 1]); L = sum(i, y[i]^2)",
                            _latex(r"x:n; k:m; y_i = \sum_{p=1}^m k_p x_{i+p-1}; i = 1, \dots, n - m + 1; "
                                   r"L = \sum_i y_i^2")),
        {"x": "n", "k": "m"}, lambda t, f: ((f.windows(t["x"], len(t["k"])) @ t["k"]) ** 2).sum(),
        sizes=("nm=63", "nm=11", "nm=33")),
)
