"""Layers of convolutional networks beside the convolution itself: pooling, concatenation, changes of shape.

An image is channels x rows x columns.  a, b: the window; s, t: its strides (those of the window itself where they are
not said); d, e: the padding, outside of which no entry is looked at.
"""

from __future__ import annotations

from workings.functions.rows import Row

_LINE = "x in R^(c x n); u = 1..c; p = 1..a; "
_PLANE = "x in R^(c x h x w); u = 1..c; p = 1..a; q = 1..b; "
_PAIRS = ("x", "a", "b", "s", "t", "d", "e")


def _line(op: str, mean: str = "") -> tuple[str, ...]:
    """A window over the last axis: without a stride, then with one."""
    return tuple(
        _LINE + f"i = 1..floor((n - a)/{s}) + 1; out[u,i] = {mean}{op}(p, x[u,{s}*(i - 1) + p])" for s in ("a", "s")
    )


def _plane(op: str, mean: str = "") -> tuple[str, ...]:
    return tuple(
        _PLANE + f"i = 1..floor((h - a)/{s}) + 1; j = 1..floor((w - b)/{t}) + 1; "
        f"out[u,i,j] = {mean}{op}(p, {op}(q, x[u,{s}*(i - 1) + p,{t}*(j - 1) + q]))"
        for s, t in (("a", "b"), ("s", "t"))
    )


POOLING = (
    Row("avg_pool1d", "mean of each window of a, stride s", params=("x", "a", "s"), optional=1, kind="array",
        latex=r"\operatorname{avgpool}", indexed=_line("sum", "1/a*")),
    Row("avg_pool2d", "mean of each window of a rows and b columns, strides s and t", params=_PAIRS[:5], optional=2,
        kind="array", latex=r"\operatorname{avgpool}", indexed=_plane("sum", "1/(a*b)*")),
    Row("max_pool1d", "largest entry of each window of a, stride s, padding d", params=("x", "a", "s", "d"),
        optional=2, kind="array", latex=r"\operatorname{maxpool}", indexed=_line("max"),
        kink="entries that tie for the maximum each have slope 1"),
    Row("max_pool2d", "largest entry of each window of a rows and b columns, strides s and t, padding d and e",
        params=_PAIRS, optional=4, kind="array", latex=r"\operatorname{maxpool}", indexed=_plane("max"),
        kink="entries that tie for the maximum each have slope 1"),
)

SHAPES = (
    Row("concat", "one array after the other along the first axis", params=("a", "b"), kind="array",
        latex=r"\operatorname{concat}",
        indexed=("a in R^m; b in R^n; i = 1..m + n; out[i] = where(i <= m, a[i], b[i - m])",
                 "a in R^(m x l); b in R^(n x l); i = 1..m + n; j = 1..l; "
                 "out[i,j] = where(i <= m, a[i,j], b[i - m,j])",
                 "a in R^(m x h x w); b in R^(n x h x w); u = 1..m + n; i = 1..h; j = 1..w; "
                 "out[u,i,j] = where(u <= m, a[u,i,j], b[u - m,i,j])")),
    Row("flatten", "all entries in one vector, the last axis running fastest", params=("x",), kind="array",
        latex=r"\operatorname{flatten}",
        indexed=("x in R^n; i = 1..n; out[i] = x[i]",
                 "x in R^(m x n); i = 1..m*n; out[i] = x[floor((i - 1)/n) + 1,i - n*floor((i - 1)/n)]",
                 "x in R^(c x h x w); i = 1..c*h*w; out[i] = x[floor((i - 1)/(h*w)) + 1,"
                 "floor((i - 1)/w) - h*floor((i - 1)/(h*w)) + 1,i - w*floor((i - 1)/w)]")),
    Row("reshape", "the entries of a vector in an array of these axes, the last running fastest",
        params=("x", "c", "h", "w"), optional=1, kind="array", latex=r"\operatorname{reshape}",
        indexed=("x in R^n; i = 1..c; j = 1..h; out[i,j] = x[h*(i - 1) + j]",
                 "x in R^n; u = 1..c; i = 1..h; j = 1..w; out[u,i,j] = x[(h*(u - 1) + i - 1)*w + j]")),
)

LAYERS = (*POOLING, *SHAPES)
