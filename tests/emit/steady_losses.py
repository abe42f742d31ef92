"""Losses that are likelihoods, in one variable, the others numbers; see `steady_functions.py`.

`worst` of a cell above 4: the value has a root that depends on the data (Poisson: exp(v) = k v), or two terms that each
keep their digits cancel; the figure bounds what is measured near it on the grids, and stands in docs/stability.md.
"""

from __future__ import annotations

import mpmath as mp

from steady_functions import Function, dsigmoid
from steady_truths import FAR, logsum, share, sigmoid, softplus

QUARTER = mp.mpf(1)/4


def exp(z):  # type: ignore[no-untyped-def]
    return mp.exp(z) if z < FAR else mp.inf


def kl(z):  # type: ignore[no-untyped-def]
    return QUARTER*(mp.log(QUARTER) + softplus(-z)) + 3*QUARTER*(mp.log(3*QUARTER) + softplus(z))


LOSSES = (
    Function("binary cross-entropy", (
        "-(0.25*log(sigmoid(z)) + 0.75*log(1 - sigmoid(z)))", "t = 0.25; E = log(1 + exp(z)) - t*z",
        r"p = \frac{1}{1 + e^{-z}}; E = -\left(\frac{1}{4}\log p + \frac{3}{4}\log(1 - p)\right)",
        "t = 1/4; E = max(z, 0) - t*z + log(1 + exp(-abs(z)))"), ("bce", "sigmoidgap"),
        (lambda z: softplus(z) - z/4, lambda z: sigmoid(z) - QUARTER, dsigmoid), "real", (-1.0986122886681098,)),
    Function("focal loss", (
        "-(1 - sigmoid(z))^2*log(sigmoid(z))", "p = 1/(1 + exp(-z)); E = -(1 - p)^2*log(p)",
        r"p = \frac{1}{1 + e^{-z}}; E = -(1 - p)^2\ln p"), ("focal", "dfocal"),
        (lambda z: sigmoid(-z)**2*softplus(-z),
         lambda z: -sigmoid(-z)**2*(2*sigmoid(z)*softplus(-z) + sigmoid(-z)),
         lambda z: sigmoid(-z)**2*sigmoid(z)*(2*softplus(-z)*(2*sigmoid(z) - sigmoid(-z)) + 5*sigmoid(-z))),
        worst=(4.0, 4.0, 200.0)),
    Function("Huber", (
        "where(abs(z) <= 1, z^2/2, abs(z) - 1/2)", "a = abs(z); E = where(a <= 1, z^2/2, a - 1/2)",
        r"\begin{cases} \frac{1}{2} z^2 & |z| \le 1 \\ |z| - \frac{1}{2} & |z| > 1 \end{cases}"), ("", ""),
        (lambda z: z*z/2 if abs(z) <= 1 else abs(z) - mp.mpf(1)/2, lambda z: z if abs(z) <= 1 else mp.sign(z),
         lambda z: mp.mpf(abs(z) <= 1))),
    Function("normal likelihood", (
        "(z - 1)^2/(2*3^2) + log(3) + log(2*pi)/2", "r = z - 1; s = 3; E = r^2/(2*s^2) + log(s) + log(2*pi)/2",
        r"\frac{(z - 1)^2}{2\cdot 3^2} + \log 3 + \frac{1}{2}\log(2\pi)"), ("", ""),
        (lambda z: (z - 1)**2/18 + mp.log(3) + mp.log(2*mp.pi)/2, lambda z: (z - 1)/9, lambda z: mp.mpf(1)/9)),
    Function("normal likelihood by sigma", (
        "1/(2*z^2) + log(z)", "r = 1; E = r^2/(2*z^2) + log(z)", r"\frac{1}{2 z^2} + \ln z"),
        ("normalloss", "normalgap"), (lambda z: 1/(2*z*z) + mp.log(z), lambda z: 1/z - 1/z**3,
                                      lambda z: 3/z**4 - 1/z**2), "positive", (1.0, 1.7320508075688772)),
    Function("Poisson likelihood", (
        "exp(z) - 3*z", "m = exp(z); E = m - 3*z", r"e^{z} - 3 z"), ("poisson", "expgap"),
        (lambda z: exp(z) - 3*z, lambda z: exp(z) - 3, exp), "real", (1.0986122886681098,), (2000.0, 4.0, 4.0)),
    Function("Poisson likelihood by rate", (
        "z - 3*log(z)", "l = log(z); E = z - 3*l", r"z - 3\ln z"), ("", "rategap"),
        (lambda z: z - 3*mp.log(z), lambda z: (z - 3)/z, lambda z: 3/z**2), "positive", (3.0,), (2000.0, 4.0, 4.0)),
    Function("negative binomial likelihood", (
        "5*log(2 + exp(z)) - 3*z", "s = 2 + exp(z); E = 5*log(s) - 3*z", r"5\log\left(2 + e^{z}\right) - 3 z"),
        ("shareloss", "sharegap"), (lambda z: 5*logsum(z, 2, 1) - 3*z, lambda z: 5*share(z, 2, 1) - 3,
                                    lambda z: 5*share(z, 2, 1)*share(-z, 1, 2)), "real", (1.0986122886681098,)),
    Function("relative entropy by p", (
        "z*log(z/0.25)", "q = z/0.25; E = z*log(q)", r"z\log\frac{z}{0.25}"), ("relent", "relentgap"),
        (lambda z: z*mp.log(4*z), lambda z: mp.log(4*z) + 1, lambda z: 1/z), "positive", (0.09196986029286058, 0.25)),
    Function("relative entropy by q", (
        "0.25*log(0.25/z)", "r = 0.25/z; E = 0.25*log(r)", r"0.25\log\frac{0.25}{z}"), ("logratio", "inverse"),
        (lambda z: mp.log(QUARTER/z)/4, lambda z: -1/(4*z), lambda z: 1/(4*z*z)), "positive", (0.25,)),
    Function("relative entropy of Bernoulli", (
        "1/4*log(1/4*(1 + exp(-z))) + 3/4*log(3/4*(1 + exp(z)))",
        "a = log(1/4*(1 + exp(-z))); b = log(3/4*(1 + exp(z))); E = 1/4*a + 3/4*b",
        r"\frac{1}{4}\log\left(\frac{1}{4}(1 + e^{-z})\right) + \frac{3}{4}\log\left(\frac{3}{4}(1 + e^{z})\right)"),
        ("", ""), (kl, lambda z: sigmoid(z) - QUARTER, dsigmoid), worst=(1e5, 1e3, 4.0)),
)
