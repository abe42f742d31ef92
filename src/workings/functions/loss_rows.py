"""Losses of one number and gates: what is applied entry by entry to a residual, a margin, a probability, a mask."""

from __future__ import annotations

from workings.functions.rows import Row

LOSSES = (
    Row("huber", "Huber's loss with threshold d", params=("r", "d"), soft=("huber", "Huber"),
        body="where(abs(r) <= d, r^2/2, d*(abs(r) - d/2))", derivative=("clip(r, -d, d)", "max(0, abs(r) - d)"),
        latex=r"\operatorname{Huber}", source="Huber 1964, Robust estimation of a location parameter"),
    Row("smooth_l1", "smooth L1 loss: Huber's with threshold 1", params=("r",), soft=("smooth_l1", "SmoothL1"),
        body="huber(r, 1)", derivative=("clip(r, -1, 1)",), latex=r"\operatorname{SmoothL1}",
        source="arXiv:1504.08083, (3)"),
    Row("hinge", "hinge loss of the output y and the sign t", params=("y", "t"), soft=("hinge", "Hinge"),
        body="max(0, 1 - t*y)", derivative=("-t*step(1 - t*y)", "-y*step(1 - t*y)"),
        latex=r"\operatorname{hinge}", kink="the slope of the hinge at its corner is 0"),
    Row("focal_loss", "focal loss of the probability p of the true class", params=("p", "g"),
        soft=("focal_loss", "FocalLoss", "FL"), body="-(1 - p)^g*log(p)",
        derivative=("g*(1 - p)^(g - 1)*log(p) - (1 - p)^g/p", "-(1 - p)^g*log(1 - p)*log(p)"),
        latex=r"\operatorname{FL}", domain=(0.05, 0.95), source="arXiv:1708.02002, (4)"),
)

GATES = (
    Row("glu", "gated linear unit", params=("a", "b"), soft=("glu", "GLU"), body="a*sigmoid(b)",
        derivative=("sigmoid(b)", "a*sigmoid(b)*(1 - sigmoid(b))"), latex=r"\operatorname{GLU}",
        source="arXiv:1612.08083, (1)"),
    Row("swiglu", "gated unit with the sigmoid linear unit as its gate", params=("a", "b"), soft=("swiglu", "SwiGLU"),
        body="silu(a)*b", derivative=("b*(sigmoid(a) + a*sigmoid(a)*(1 - sigmoid(a)))", "silu(a)"),
        latex=r"\operatorname{SwiGLU}", source="arXiv:2002.05202, (6)"),
    Row("dropout", "an entry kept where its mask m is 1, with r the share that is dropped", params=("a", "m", "r"),
        soft=("dropout", "Dropout"), body="m*a/(1 - r)", derivative=("m/(1 - r)", "a/(1 - r)", "m*a/(1 - r)^2"),
        latex=r"\operatorname{Dropout}", source="Srivastava et al. 2014, inverted"),
)

LOSS_ROWS = (*LOSSES, *GATES)
