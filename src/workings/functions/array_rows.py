"""Functions of whole arrays: what each is, entry by entry, in our own notation.

A text names the shapes of the parameters that are arrays, the letters and where they run, and the entry `out[...]`.
Derivatives, printing and values follow from it; `evaluate/arrays.py` has values that need no unfolding.
"""

from __future__ import annotations

from workings.functions.rows import Row

_X, _AB = ("x",), ("a", "b")
_AXES = (("i", "n"), ("j", "m"), ("k", "l"), ("p", "q"))      # letters and sizes of the axes of an array


def _all(entry: str, of: str = "x[{}]", over: str = "sum", share: str = "") -> tuple[str, ...]:
    """A sum over every entry of x, for x with one axis, two, three and four."""
    texts = []
    for rank in range(1, len(_AXES) + 1):
        letters, sizes = zip(*_AXES[:rank])
        body = entry.replace("x[]", of.format(",".join(letters)))
        for letter in reversed(letters):
            body = f"{over}({letter}, {body})"
        ranges = "; ".join(f"{i} = 1..{n}" for i, n in _AXES[:rank])
        mean = share.format("*".join(sizes) if rank == 1 else f"({'*'.join(sizes)})")
        texts.append(f"x in R^({' x '.join(sizes)}); {ranges}; out = {mean}{body}")
    return tuple(texts)


_TIES = "entries that tie for it each have slope 1"
STRUCTURE = (
    Row("T", "transpose", params=("W",), latex=r"\top", spellings=("transpose",), soft=("T",), kind="array", rows=True,
        indexed=("W in R^n; i = 1..n; out[i] = W[i]", "W in R^(m x n); i = 1..n; j = 1..m; out[i,j] = W[j,i]")),
    Row("dot", "inner product", params=_AB, latex=r"\langle a, b\rangle", soft=("dot", "inner"), kind="array",
        indexed=("a in R^n; b in R^n; i = 1..n; out = sum(i, a[i]*b[i])",
                 "a in R^(m x n); b in R^(m x n); i = 1..m; j = 1..n; out = sum(i, sum(j, a[i,j]*b[i,j]))")),
    Row("outer", "outer product", params=_AB, latex=r"\operatorname{outer}", kind="array",
        indexed=("a in R^m; b in R^n; i = 1..m; j = 1..n; out[i,j] = a[i]*b[j]",)),
    Row("norm2", "squared norm", params=_X, latex=r"\lVert x\rVert^{2}", kind="array", indexed=_all("x[]^2")),
    Row("norm", "norm", params=_X, body="sqrt(norm2(x))", latex=r"\lVert x\rVert", soft=("norm",), kind="array",
        indexed=tuple(t.replace("out = ", "out = sqrt(") + ")" for t in _all("x[]^2"))),
    Row("norm1", "sum of absolute values", params=_X, latex=r"\lVert x\rVert_{1}", soft=("norm1",), kind="array",
        indexed=_all("abs(x[])"), kink="the slope of |z| at 0 is 0"),
    Row("norminf", "largest absolute value", params=_X, latex=r"\lVert x\rVert_{\infty}", soft=("norminf",),
        kind="array", indexed=_all("abs(x[])", over="max"), kink="entries that tie for the maximum each count"),
    Row("diag", "diagonal matrix", params=_X, latex=r"\operatorname{diag}", soft=("diag",), kind="array",
        indexed=("x in R^n; i = 1..n; j = 1..n; out[i,j] = delta(i, j)*x[i]",
                 "x in R^(n x n); i = 1..n; out[i] = x[i,i]")),
    Row("trace", "trace", params=("W",), latex=r"\operatorname{tr}", soft=("trace", "tr"), kind="array",
        indexed=("W in R^(n x n); i = 1..n; out = sum(i, W[i,i])",)),
    Row("colsum", "sum of each column", params=("W",), latex=r"\operatorname{colsum}", kind="array",
        indexed=("W in R^(m x n); i = 1..m; j = 1..n; out[j] = sum(i, W[i,j])",)),
    Row("rowsum", "sum of each row", params=("W",), latex=r"\operatorname{rowsum}", kind="array",
        indexed=("W in R^(m x n); i = 1..m; j = 1..n; out[i] = sum(j, W[i,j])",)),
    Row("colmean", "mean of each column", params=("W",), latex=r"\operatorname{colmean}", soft=("colmean",),
        kind="array", indexed=("W in R^(m x n); i = 1..m; j = 1..n; out[j] = 1/m*sum(i, W[i,j])",)),
    Row("rowmean", "mean of each row", params=("W",), latex=r"\operatorname{rowmean}", soft=("rowmean",), kind="array",
        indexed=("W in R^(m x n); i = 1..m; j = 1..n; out[i] = 1/n*sum(j, W[i,j])",)),
    Row("colmax", "largest entry of each column", params=("W",), latex=r"\operatorname{colmax}", soft=("colmax",),
        kind="array", indexed=("W in R^(m x n); i = 1..m; j = 1..n; out[j] = max(i, W[i,j])",), kink=_TIES),
    Row("colmin", "smallest entry of each column", params=("W",), latex=r"\operatorname{colmin}", soft=("colmin",),
        kind="array", indexed=("W in R^(m x n); i = 1..m; j = 1..n; out[j] = min(i, W[i,j])",), kink=_TIES),
    Row("rowmax", "largest entry over the last axis", params=_X, latex=r"\operatorname{rowmax}",
        soft=("rowmax", "maxout", "Maxout"), kind="array", rows=True, source="arXiv:1302.4389",
        indexed=("x in R^n; i = 1..n; out = max(i, x[i])",), kink=_TIES),
    Row("rowmin", "smallest entry over the last axis", params=_X, latex=r"\operatorname{rowmin}", soft=("rowmin",),
        kind="array", rows=True, indexed=("x in R^n; i = 1..n; out = min(i, x[i])",), kink=_TIES),
    Row("col", "column vector", params=_X, latex=r"\operatorname{col}", soft=("col",), kind="array",
        indexed=("x in R^n; i = 1..n; j = 1..1; out[i,j] = x[i]",)),
    Row("row", "row vector", params=_X, latex=r"\operatorname{row}", soft=("row",), kind="array",
        indexed=("x in R^n; i = 1..1; j = 1..n; out[i,j] = x[j]",)),
)

ENTRIES = (
    Row("sum", "sum of all entries", params=_X, latex=r"\operatorname{sum}", kind="array", indexed=_all("x[]")),
    Row("mean", "mean of all entries", params=_X, latex=r"\operatorname{mean}", soft=("mean",), kind="array",
        indexed=_all("x[]", share="1/{}*")),
    Row("var", "variance of all entries, divided by their number", params=_X, latex=r"\operatorname{var}",
        soft=("var",), kind="array",
        indexed=("x in R^n; i = 1..n; m = 1/n*sum(i, x[i]); out = 1/n*sum(i, (x[i] - m)^2)",
                 "x in R^(n x l); i = 1..n; j = 1..l; m = 1/(n*l)*sum(i, sum(j, x[i,j])); "
                 "out = 1/(n*l)*sum(i, sum(j, (x[i,j] - m)^2))")),
    Row("amax", "largest entry", params=_X, latex=r"\max", kind="array", indexed=_all("x[]", over="max"),
        kink="entries that tie for the maximum each have slope 1"),
    Row("amin", "smallest entry", params=_X, latex=r"\min", kind="array", indexed=_all("x[]", over="min"),
        kink="entries that tie for the minimum each have slope 1"),
)

_SOFTMAX = "the largest entry is taken off first"
_LAST = "x in R^n; i = 1..n; j = 1..n; "
ROWWISE = (
    Row("softmax", "softmax over the last axis", params=_X, latex=r"\operatorname{softmax}", kind="array", rows=True,
        stable=_SOFTMAX, indexed=(_LAST + "out[i] = exp(x[i])/sum(j, exp(x[j]))",)),
    Row("logsumexp", "log-sum-exp over the last axis", params=_X, latex=r"\operatorname{logsumexp}",
        soft=("lse", "LSE"), kind="array", rows=True, stable=_SOFTMAX,
        indexed=("x in R^n; i = 1..n; out = log(sum(i, exp(x[i])))",)),
    Row("logsoftmax", "log-softmax over the last axis", params=_X, body="x - logsumexp(x)",
        latex=r"\operatorname{logsoftmax}", spellings=("log_softmax",), kind="array", rows=True, stable=_SOFTMAX,
        indexed=(_LAST + "out[i] = x[i] - log(sum(j, exp(x[j])))",)),
    Row("layer_norm", "layer norm over the last axis", params=("x", "eps"), optional=1, kind="array", rows=True,
        latex=r"\operatorname{LayerNorm}", spellings=("LayerNorm", "layernorm"), source="arXiv:1607.06450, (3)",
        indexed=tuple("x in R^n; i = 1..n; mu = 1/n*sum(i, x[i]); v = 1/n*sum(i, (x[i] - mu)^2); "
                      f"s = sqrt(v{eps}); out[i] = (x[i] - mu)/s" for eps in ("", " + eps"))),
    Row("rms_norm", "RMS norm over the last axis", params=("x", "eps"), optional=1, kind="array", rows=True,
        latex=r"\operatorname{RMSNorm}", spellings=("RMSNorm", "rmsnorm"), source="arXiv:1910.07467, (4)",
        indexed=tuple(f"x in R^n; i = 1..n; r = sqrt(1/n*sum(i, x[i]^2){eps}); out[i] = x[i]/r"
                      for eps in ("", " + eps"))),
    Row("batch_norm", "batch norm: each column of a batch of rows", params=("x", "eps"), optional=1, kind="array",
        latex=r"\operatorname{BatchNorm}", spellings=("BatchNorm", "batchnorm"), source="arXiv:1502.03167, Alg. 1",
        indexed=tuple("x in R^(m x n); k = 1..m; i = 1..n; mu[i] = 1/m*sum(k, x[k,i]); "
                      f"v[i] = 1/m*sum(k, (x[k,i] - mu[i])^2); s[i] = sqrt(v[i]{eps}); "
                      "out[k,i] = (x[k,i] - mu[i])/s[i]" for eps in ("", " + eps"))),
)

LOSSES = (
    Row("cross_entropy", "cross-entropy of probabilities p and targets t", params=("p", "t"), kind="array", rows=True,
        latex=r"\operatorname{CE}", indexed=("p in R^n; t in R^n; i = 1..n; out = -sum(i, t[i]*log(p[i]))",)),
    Row("softmax_cross_entropy", "cross-entropy of softmax(z) and targets t", params=("z", "t"), kind="array",
        rows=True, latex=r"\operatorname{CE}", stable=_SOFTMAX,
        indexed=("z in R^n; t in R^n; i = 1..n; j = 1..n; s = log(sum(j, exp(z[j]))); "
                 "out = -sum(i, t[i]*(z[i] - s))",)),
    Row("kl", "Kullback-Leibler divergence of q from p", params=("p", "q"), kind="array", rows=True,
        latex=r"\operatorname{KL}", soft=("kl", "KL", "D_KL"),
        indexed=("p in R^n; q in R^n; i = 1..n; out = sum(i, p[i]*log(p[i]/q[i]))",)),
    Row("multi_hinge", "multi-class hinge of scores s and the true class y", params=("s", "y"), kind="array",
        latex=r"\operatorname{hinge}", kink="the slope of a term at 0 is 0", source="CS231n, linear classification",
        indexed=("s in R^n; j = 1..n; out = sum(j != y, max(0, 1 + s[j] - s[y]))",)),
)

_WITHOUT = "x in R^n; k in R^m; i = 1..n - m + 1; p = 1..m; out[i] = sum(p, k[p]*x[i + p - 1])"
_OUTSIDE = "1 <= {0} and {0} <= {1}"
_AT, _AT2 = "s*(i - 1) + p - d", "s*(j - 1) + q - d"
_ROOM = "i = 1..floor(({} + 2*d - {})/s) + 1; "
_ROOM2 = "j = 1..floor(({} + 2*d - {})/s) + 1; "
CONVOLUTIONS = (
    Row("conv1d", "convolution (cross-correlation) with a kernel k, stride s, padding d", params=("x", "k", "s", "d"),
        optional=2, kind="array", latex=r"\operatorname{conv}", source="Dumoulin and Visin, arXiv:1603.07285",
        indexed=(
            _WITHOUT,
            "x in R^(c x n); k in R^(o x c x m); u = 1..o; v = 1..c; i = 1..n - m + 1; p = 1..m; "
            "out[u,i] = sum(v, sum(p, k[u,v,p]*x[v,i + p - 1]))",
            "x in R^n; k in R^m; i = 1..floor((n - m)/s) + 1; p = 1..m; out[i] = sum(p, k[p]*x[s*(i - 1) + p])",
            "x in R^(c x n); k in R^(o x c x m); u = 1..o; v = 1..c; i = 1..floor((n - m)/s) + 1; p = 1..m; "
            "out[u,i] = sum(v, sum(p, k[u,v,p]*x[v,s*(i - 1) + p]))",
            "x in R^n; k in R^m; p = 1..m; " + _ROOM.format("n", "m")
            + f"out[i] = sum(p, where({_OUTSIDE.format(_AT, 'n')}, k[p]*x[{_AT}], 0))",
            "x in R^(c x n); k in R^(o x c x m); u = 1..o; v = 1..c; p = 1..m; " + _ROOM.format("n", "m")
            + f"out[u,i] = sum(v, sum(p, where({_OUTSIDE.format(_AT, 'n')}, k[u,v,p]*x[v,{_AT}], 0)))",
        )),
    Row("conv2d", "2-D convolution (cross-correlation) with a kernel k, stride s, padding d",
        params=("x", "k", "s", "d"), optional=2, kind="array", latex=r"\operatorname{conv}",
        source="Dumoulin and Visin, arXiv:1603.07285",
        indexed=(
            "x in R^(h x w); k in R^(a x b); i = 1..h - a + 1; j = 1..w - b + 1; p = 1..a; q = 1..b; "
            "out[i,j] = sum(p, sum(q, k[p,q]*x[i + p - 1,j + q - 1]))",
            "x in R^(c x h x w); k in R^(o x c x a x b); u = 1..o; v = 1..c; i = 1..h - a + 1; j = 1..w - b + 1; "
            "p = 1..a; q = 1..b; out[u,i,j] = sum(v, sum(p, sum(q, k[u,v,p,q]*x[v,i + p - 1,j + q - 1])))",
            "x in R^(h x w); k in R^(a x b); i = 1..floor((h - a)/s) + 1; j = 1..floor((w - b)/s) + 1; p = 1..a; "
            "q = 1..b; out[i,j] = sum(p, sum(q, k[p,q]*x[s*(i - 1) + p,s*(j - 1) + q]))",
            "x in R^(c x h x w); k in R^(o x c x a x b); u = 1..o; v = 1..c; i = 1..floor((h - a)/s) + 1; "
            "j = 1..floor((w - b)/s) + 1; p = 1..a; q = 1..b; "
            "out[u,i,j] = sum(v, sum(p, sum(q, k[u,v,p,q]*x[v,s*(i - 1) + p,s*(j - 1) + q])))",
            "x in R^(h x w); k in R^(a x b); p = 1..a; q = 1..b; " + _ROOM.format("h", "a") + _ROOM2.format("w", "b")
            + f"out[i,j] = sum(p, sum(q, where({_OUTSIDE.format(_AT, 'h')} and {_OUTSIDE.format(_AT2, 'w')}, "
              f"k[p,q]*x[{_AT},{_AT2}], 0)))",
            "x in R^(c x h x w); k in R^(o x c x a x b); u = 1..o; v = 1..c; p = 1..a; q = 1..b; "
            + _ROOM.format("h", "a") + _ROOM2.format("w", "b")
            + f"out[u,i,j] = sum(v, sum(p, sum(q, where({_OUTSIDE.format(_AT, 'h')} and {_OUTSIDE.format(_AT2, 'w')}, "
              f"k[u,v,p,q]*x[v,{_AT},{_AT2}], 0))))",
        )),
)

ARRAYS = (*STRUCTURE, *ENTRIES, *ROWWISE, *LOSSES, *CONVOLUTIONS)
