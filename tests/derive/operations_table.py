"""One row an operation: how it is written in indices, by what it is differentiated, its result as printed, torch's own.

`shapes`: the axes of each array, a letter for a size; `whole`: data that are indices, with their axes and their size;
`sizes`: what is tried, 1 and 0 where they mean something.  `torch` gets a dict of tensors and the module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    name: str
    text: str
    results: Mapping[str, str]            # of each entry that is asked: the result as printed, "" where it is long
    shapes: Mapping[str, str]
    sizes: tuple[Mapping[str, int], ...]
    torch: Callable[[Any, Any], Any]
    whole: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    cases: bool = False                   # the result cannot do without a delta or a case


def _sizes(letters: str, *rows: str) -> tuple[Mapping[str, int], ...]:
    return tuple(dict(zip(letters, map(int, row), strict=True)) for row in rows)


def _softmax(t: Any, F: Any) -> Any:
    return F.softmax(t, -1)


def _norm(x: Any, axis: int, eps: float) -> Any:
    return (x - x.mean(axis, keepdim=True)) / (x.var(axis, unbiased=False, keepdim=True) + eps).sqrt()


SOFTMAX = "i = 1..C; j = 1..C; p[i] = exp(z[i])/sum(j, exp(z[j])); "
BATCH = "k = 1..N; i = 1..C; j = 1..C; p[k,i] = exp(z[k,i])/sum(j, exp(z[k,j])); "
ATTENTION = ("i = 1..n; j = 1..n; l = 1..n; d = 1..D; S[i,j] = 1/sqrt(D)*sum(d, Q[i,d]*K[j,d]); "
             "A[i,j] = exp(S[i,j])/sum(l, exp(S[i,l])); O[i,d] = sum(j, A[i,j]*V[j,d]); "
             "E = sum(i, sum(d, c[i,d]*O[i,d]))")
CAUSAL = (ATTENTION.replace("sum(l, exp", "sum(l, 1, i, exp").replace("sum(j, A", "sum(j, 1, i, A"))


def _attention(t: Any, torch: Any, causal: bool) -> Any:
    F = torch.nn.functional
    out = F.scaled_dot_product_attention(t["Q"], t["K"], t["V"], is_causal=causal)
    return (t["c"] * out).sum()


def _heads(t: Any, torch: Any) -> Any:
    q, k, v = (torch.einsum("hed,ie->hid", t[w], t["x"]) for w in ("U", "W", "Z"))
    o = torch.softmax(q @ k.transpose(1, 2) / q.shape[-1] ** 0.5, -1) @ v
    return (t["c"] * torch.einsum("hde,hid->ie", t["Y"], o)).sum()


ROWS = (
    Row("matrix product", "i = 1..n; j = 1..m; k = 1..l; C[i,k] = sum(j, A[i,j]*B[j,k]); "
        "E = 1/2*sum(i, sum(k, (C[i,k] - G[i,k])^2))",
        {"A[i,j]": "sum(k, (C[i,k] - G[i,k])*B[j,k])", "B[j,k]": "sum(i, (C[i,k] - G[i,k])*A[i,j])"},
        {"A": "nm", "B": "ml", "G": "nl"}, _sizes("nml", "234", "111", "203"),
        lambda t, torch: ((t["A"] @ t["B"] - t["G"]) ** 2).sum() / 2),
    Row("transpose", "i = 1..n; j = 1..m; B[j,i] = A[i,j]; E = sum(i, sum(j, B[j,i]^2*c[i]))", {"A[i,j]": "2*c[i]*B[j,i]"},
        {"A": "nm", "c": "n"}, _sizes("nm", "23", "11", "02"), lambda t, _: (t["A"].T ** 2 * t["c"]).sum()),
    Row("outer product", "i = 1..n; j = 1..m; M[i,j] = a[i]*b[j]; E = sum(i, sum(j, (M[i,j] - Y[i,j])^2))",
        {"a[i]": "2*sum(j, (M[i,j] - Y[i,j])*b[j])", "b[j]": "2*sum(i, (M[i,j] - Y[i,j])*a[i])"},
        {"a": "n", "b": "m", "Y": "nm"}, _sizes("nm", "23", "11"),
        lambda t, torch: ((torch.outer(t["a"], t["b"]) - t["Y"]) ** 2).sum()),
    Row("inner product", "i = 1..n; E = sum(i, x[i]*y[i])", {"x[i]": "y[i]"}, {"x": "n", "y": "n"},
        _sizes("n", "3", "1", "0"), lambda t, _: t["x"] @ t["y"]),
    Row("norm", "i = 1..n; E = sqrt(sum(i, x[i]^2))", {"x[i]": "x[i]/E"}, {"x": "n"}, _sizes("n", "3", "1"),
        lambda t, _: t["x"].norm()),
    Row("sums over axes", "i = 1..n; j = 1..m; a[j] = sum(i, W[i,j]); b[i] = sum(j, W[i,j]); "
        "E = sum(j, a[j]^2) + sum(i, b[i]^3)", {"W[i,j]": "2*a[j] + 3*b[i]^2"}, {"W": "nm"}, _sizes("nm", "23", "11", "02"),
        lambda t, _: (t["W"].sum(0) ** 2).sum() + (t["W"].sum(1) ** 3).sum()),
    Row("softmax", SOFTMAX + "E = sum(i, c[i]*p[i])", {"z[i]": "p[i]*(c[i] - sum(j, c[j]*p[j]))"}, {"z": "C", "c": "C"},
        _sizes("C", "4", "1"), lambda t, torch: t["c"] @ torch.softmax(t["z"], 0)),
    Row("log-sum-exp", "i = 1..C; j = 1..C; E = log(sum(i, exp(z[i])))", {"z[i]": "exp(z[i])/sum(j, exp(z[j]))"}, {"z": "C"},
        _sizes("C", "4", "1"), lambda t, torch: torch.logsumexp(t["z"], 0)),
    Row("log-softmax", "i = 1..C; j = 1..C; l[i] = z[i] - log(sum(j, exp(z[j]))); E = sum(i, c[i]*l[i])",
        {"z[i]": "c[i] - exp(z[i])/sum(j, exp(z[j]))*sum(j, c[j])"}, {"z": "C", "c": "C"}, _sizes("C", "4", "1"),
        lambda t, torch: t["c"] @ torch.log_softmax(t["z"], 0)),
    Row("cross-entropy", BATCH + "E = -1/N*sum(k, sum(i, t[k,i]*log(p[k,i])))",
        {"z[k,i]": "(p[k,i]*sum(j, t[k,j]) - t[k,i])/N"}, {"z": "NC", "t": "NC"}, _sizes("NC", "23", "11"),
        lambda t, torch: torch.nn.functional.cross_entropy(t["z"], t["t"])),
    Row("cross-entropy of classes", BATCH + "E = -1/N*sum(k, log(p[k,y[k]]))", {"z[k,i]": "(p[k,i] - delta(i, y[k]))/N"},
        {"z": "NC"}, _sizes("NC", "34", "11"),
        lambda t, torch: torch.nn.functional.cross_entropy(t["z"], t["y"] - 1), {"y": ("N", "C")}, cases=True),
    Row("maximum", "i = 1..n; j = 1..m; h[j] = max(i, x[i,j]); E = sum(j, c[j]*h[j])", {"x[i,j]": "c[j]*ind(x[i,j] = h[j])"},
        {"x": "nm", "c": "m"}, _sizes("nm", "32", "11", "30"), lambda t, _: t["x"].amax(0) @ t["c"]),
    Row("hinge", "i = 1..d; k = 1..N; y[k] = sum(i, w[i]*x[k,i]); E = 1/N*sum(k, max(0, 1 - t[k]*y[k]))",
        {"w[i]": "-1/N*sum(k, step(1 - t[k]*y[k])*t[k]*x[k,i])"}, {"w": "d", "x": "Nd", "t": "N"}, _sizes("dN", "23", "11"),
        lambda t, torch: torch.relu(1 - t["t"] * (t["x"] @ t["w"])).mean()),
    Row("multi-class hinge", "k = 1..N; j = 1..C; E = 1/N*sum(k, sum(j != y[k], max(0, 1 + s[k,j] - s[k,y[k]])))",
        {"s[k,j]": ""}, {"s": "NC"}, _sizes("NC", "34", "11"),
        lambda t, torch: torch.nn.functional.multi_margin_loss(t["s"], t["y"] - 1) * t["s"].shape[1],
        {"y": ("N", "C")}, cases=True),
    Row("Huber", "k = 1..N; r[k] = y[k] - t[k]; "
        "E = 1/N*sum(k, where(abs(r[k]) <= h, r[k]^2/2, h*(abs(r[k]) - h/2)))",
        {"y[k]": "where(abs(r[k]) <= h, r[k], h*sign(r[k]))/N"}, {"y": "N", "t": "N"}, _sizes("N", "4", "1"),
        lambda t, torch: torch.nn.functional.huber_loss(t["y"], t["t"], delta=0.25), {}, {"h": 0.25}, True),
    Row("focal loss", SOFTMAX + "E = -(1 - p[y])^g*log(p[y])", {"z[i]": ""}, {"z": "C"}, _sizes("C", "3"),
        lambda t, torch: (lambda p: -(1 - p) ** 2.5 * p.log())(torch.softmax(t["z"], 0)[t["y"] - 1]),
        {"y": ("", "C")}, {"g": 2.5}, True),
    Row("Kullback-Leibler", SOFTMAX.replace("p[i]", "q[i]") + "E = sum(i, p[i]*log(p[i]/q[i]))",
        {"p[i]": "1 + log(p[i]/q[i])", "z[i]": "q[i]*sum(j, p[j]) - p[i]"}, {"z": "C", "p": "C"}, _sizes("C", "4", "1"),
        lambda t, torch: torch.nn.functional.kl_div(torch.log_softmax(t["z"], 0), t["p"], reduction="sum")),
    Row("layer norm", "i = 1..n; mu = 1/n*sum(i, x[i]); v = 1/n*sum(i, (x[i] - mu)^2); s = sqrt(v + e); "
        "xhat[i] = (x[i] - mu)/s; y[i] = g[i]*xhat[i] + b[i]; E = sum(i, c[i]*y[i])",
        {"x[i]": "(c[i]*g[i] - 1/n*sum(i', c[i']*g[i']) - 1/n*xhat[i]*sum(i', c[i']*g[i']*xhat[i']))/s",
         "g[i]": "c[i]*xhat[i]", "b[i]": "c[i]"}, {"x": "n", "g": "n", "b": "n", "c": "n"}, _sizes("n", "4", "1"),
        lambda t, torch: t["c"] @ torch.nn.functional.layer_norm(t["x"], t["x"].shape, t["g"], t["b"], 0.5),
        {}, {"e": 0.5}),
    Row("batch norm", "k = 1..N; i = 1..n; mu[i] = 1/N*sum(k, x[k,i]); v[i] = 1/N*sum(k, (x[k,i] - mu[i])^2); "
        "s[i] = sqrt(v[i] + e); xhat[k,i] = (x[k,i] - mu[i])/s[i]; y[k,i] = g[i]*xhat[k,i] + b[i]; "
        "E = sum(k, sum(i, c[k,i]*y[k,i]))", {"x[k,i]": "", "g[i]": "sum(k, c[k,i]*xhat[k,i])", "b[i]": "sum(k, c[k,i])"},
        {"x": "Nn", "g": "n", "b": "n", "c": "Nn"}, _sizes("Nn", "32", "21"),
        lambda t, torch: (t["c"] * torch.nn.functional.batch_norm(
            t["x"], None, None, t["g"], t["b"], True, 0.1, 0.5)).sum(), {}, {"e": 0.5}),
    Row("RMS norm", "i = 1..n; r = sqrt(1/n*sum(i, x[i]^2) + e); y[i] = g[i]*x[i]/r; E = sum(i, c[i]*y[i])",
        {"x[i]": "", "g[i]": "c[i]*x[i]/r"}, {"x": "n", "g": "n", "c": "n"}, _sizes("n", "4", "1"),
        lambda t, torch: t["c"] @ torch.nn.functional.rms_norm(t["x"], t["x"].shape, t["g"], 0.5), {}, {"e": 0.5}),
    Row("embedding", "k = 1..N; j = 1..d; v = 1..V; h[k,j] = T[s[k],j]; E = sum(k, sum(j, c[k,j]*h[k,j]))",
        {"T[v,j]": "sum(k, c[k,j]*delta(v, s[k]))"}, {"T": "Vd", "c": "Nd"}, _sizes("NdV", "324", "111", "023"),
        lambda t, torch: (t["c"] * torch.nn.functional.embedding(t["s"] - 1, t["T"])).sum(), {"s": ("N", "V")}, cases=True),
    Row("convolution", "p = 1..P; j = 1..n; i = 1..n - P + 1; y[i] = sum(p, k[p]*x[i + p - 1]); E = sum(i, g[i]*y[i])",
        {"k[p]": "sum(i, g[i]*x[i+p-1])", "x[j]": "sum(i, max(1, j - P + 1), min(n - P + 1, j), g[i]*k[j-i+1])"},
        {"k": "P", "x": "n", "g": "m"}, _sizes("nPm", "634", "111", "331"),
        lambda t, torch: t["g"] @ torch.nn.functional.conv1d(t["x"][None], t["k"][None, None])[0]),
    Row("convolution, stride 2", "p = 1..3; j = 1..7; i = 1..3; y[i] = sum(p, k[p]*x[2*i + p - 2]); E = sum(i, g[i]*y[i])",
        {"k[p]": "sum(i, g[i]*x[2*i+p-2])", "x[j]": ""}, {"k": "3", "x": "7", "g": "3"}, ({"3": 3, "7": 7},),
        lambda t, torch: t["g"] @ torch.nn.functional.conv1d(t["x"][None], t["k"][None, None], stride=2)[0]),
    Row("convolution, padded", "x in R^n; p = 1..3; j = 1..n; i = 1..n; "
        "y[i] = sum(p, where(1 <= i + p - 2 and i + p - 2 <= n, k[p]*x[i + p - 2], 0)); E = sum(i, g[i]*y[i])",
        {"k[p]": "sum(i, max(1, 3 - p), min(n, n - p + 2), g[i]*x[i+p-2])",
         "x[j]": "sum(i, max(1, j - 1), min(n, j + 1), g[i]*k[j-i+2])"},
        {"k": "3", "x": "n", "g": "n"}, ({"3": 3, "n": 5}, {"3": 3, "n": 1}),
        lambda t, torch: t["g"] @ torch.nn.functional.conv1d(t["x"][None], t["k"][None, None], padding=1)[0]),
    Row("2-D convolution", "p = 1..P; q = 1..Q; a = 1..H; b = 1..W; c = 1..C; o = 1..O; i = 1..H - P + 1; j = 1..W - Q + 1; "
        "y[o,i,j] = sum(c, sum(p, sum(q, k[o,c,p,q]*x[c,i + p - 1,j + q - 1]))) + b0[o]; "
        "E = sum(o, sum(i, sum(j, g[o,i,j]*y[o,i,j])))",
        {"k[o,c,p,q]": "sum(i, sum(j, g[o,i,j]*x[c,i+p-1,j+q-1]))", "x[c,a,b]": "", "b0[o]": "sum(i, sum(j, g[o,i,j]))"},
        {"k": "OCPQ", "x": "CHW", "b0": "O", "g": "Omn"}, _sizes("OCPQHWmn", "22324322", "11111111"),
        lambda t, torch: (t["g"] * torch.nn.functional.conv2d(t["x"][None], t["k"], t["b0"])[0]).sum()),
    Row("attention", ATTENTION, {
        "S[i,j]": "A[i,j]*sum(d, c[i,d]*(V[j,d] - sum(l, V[l,d]*A[i,l])))", "Q[i,d]": "", "K[j,d]": "",
        "V[j,d]": "sum(i, c[i,d]*A[i,j])"}, {"Q": "nD", "K": "nD", "V": "nD", "c": "nD"}, _sizes("nD", "32", "11"),
        lambda t, torch: _attention(t, torch, False)),
    Row("causal attention", CAUSAL, {"Q[i,d]": "", "K[j,d]": "", "V[j,d]": "sum(i, j, n, c[i,d]*A[i,j])"},
        {"Q": "nD", "K": "nD", "V": "nD", "c": "nD"}, _sizes("nD", "32", "11"), lambda t, torch: _attention(t, torch, True)),
    Row("several heads", "i = 1..n; j = 1..n; l = 1..n; d = 1..D; h = 1..H; e = 1..M; q[h,i,d] = sum(e, U[h,e,d]*x[i,e]); "
        "k[h,j,d] = sum(e, W[h,e,d]*x[j,e]); v[h,j,d] = sum(e, Z[h,e,d]*x[j,e]); "
        "S[h,i,j] = 1/sqrt(D)*sum(d, q[h,i,d]*k[h,j,d]); A[h,i,j] = exp(S[h,i,j])/sum(l, exp(S[h,i,l])); "
        "o[h,i,d] = sum(j, A[h,i,j]*v[h,j,d]); y[i,e] = sum(h, sum(d, Y[h,d,e]*o[h,i,d])); "
        "E = sum(i, sum(e, c[i,e]*y[i,e]))", {"Y[h,d,e]": "sum(i, c[i,e]*o[h,i,d])", "U[h,e,d]": "", "W[h,e,d]": ""},
        {"U": "HMD", "W": "HMD", "Z": "HMD", "Y": "HDM", "x": "nM", "c": "nM"}, _sizes("nDHM", "2223", "1111"), _heads),
    Row("residual", "i = 1..n; j = 1..n; h[i] = x[i] + tanh(sum(j, W[i,j]*x[j])); E = sum(i, c[i]*h[i])",
        {"x[i]": "", "W[i,j]": ""}, {"x": "n", "W": "nn", "c": "n"}, _sizes("n", "3", "1"),
        lambda t, torch: t["c"] @ (t["x"] + torch.tanh(t["W"] @ t["x"]))),
    Row("dropout mask", "i = 1..n; h[i] = m[i]*a[i]/(1 - r); E = sum(i, v[i]*h[i])", {"a[i]": "v[i]*m[i]/(1 - r)"},
        {"m": "n", "a": "n", "v": "n"}, _sizes("n", "3", "1"), lambda t, _: t["v"] @ (t["m"] * t["a"] / 0.75), {}, {"r": 0.25}),
    Row("maxout", "i = 1..d; j = 1..m; k = 1..K; z[j,k] = sum(i, W[j,k,i]*x[i]) + b[j,k]; h[j] = max(k, z[j,k]); "
        "E = sum(j, v[j]*h[j])", {"W[j,k,i]": "v[j]*ind(z[j,k] = h[j])*x[i]", "x[i]": ""},
        {"W": "mKd", "b": "mK", "x": "d", "v": "m"}, _sizes("dmK", "223", "111"),
        lambda t, torch: t["v"] @ (t["W"] @ t["x"] + t["b"]).amax(1)),
    Row("GLU", "i = 1..n; j = 1..d; a[i] = sum(j, W[i,j]*x[j]); b[i] = sum(j, V[i,j]*x[j]); h[i] = a[i]*sigmoid(b[i]); "
        "E = sum(i, c[i]*h[i])",
        {"W[i,j]": "c[i]*sigmoid(b[i])*x[j]", "V[i,j]": "c[i]*a[i]*sigmoid(b[i])*(1 - sigmoid(b[i]))*x[j]"},
        {"W": "nd", "V": "nd", "x": "d", "c": "n"}, _sizes("nd", "23", "11"),
        lambda t, torch: t["c"] @ torch.nn.functional.glu(torch.cat([t["W"] @ t["x"], t["V"] @ t["x"]]))),
    Row("a sum without one term", "i = 1..n; j = 1..n; E = sum(i, sum(j != i, x[i]*x[j]))", {"x[i]": "2*sum(j != i, x[j])"},
        {"x": "n"}, _sizes("n", "4", "1"), lambda t, _: t["x"].sum() ** 2 - (t["x"] ** 2).sum()),
    Row("bounds that move", "i = 1..n; j = 1..n; y[i] = sum(j, 1, i, x[j]); E = sum(i, c[i]*y[i])",
        {"x[j]": "sum(i, j, n, c[i])"}, {"x": "n", "c": "n"}, _sizes("n", "4", "1"), lambda t, _: t["c"] @ t["x"].cumsum(0)),
)
ELEMENTWISE = {
    "tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu", "softplus": "softplus", "silu": "silu", "gelu": "gelu",
    "elu": "elu", "selu": "selu", "mish": "mish", "softsign": "softsign", "leaky": "leaky_relu",
}
