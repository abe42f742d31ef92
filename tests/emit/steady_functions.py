"""Textbook spellings of functions, with value, first and second derivative to a hundred digits.

Each function has at least three spellings: plain, through named lines, in LaTeX.  `roots`: where one of the three has
a root, so that points are taken close about it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath as mp

from steady_truths import FAR, length, logcosh, logsum, share, sech2, sigmoid, softplus, tanh

Number = Any
Truth = Callable[[Number], Number]


class Function(NamedTuple):
    """`domain`: "real", "positive" or "unit" (0 < z < 1); `calls`: the functions that its program calls."""

    name: str
    spellings: tuple[str, ...]
    calls: tuple[str, str]
    truths: tuple[Truth, Truth, Truth]
    domain: str = "real"
    roots: tuple[float, ...] = ()
    worst: tuple[float, float, float] = (4.0, 4.0, 4.0)


def dsigmoid(z: Number) -> Number:
    return sigmoid(z)*sigmoid(-z)


def d2sigmoid(z: Number) -> Number:
    return -dsigmoid(z)*tanh(z/2)


def d2tanh(z: Number) -> Number:
    return -2*tanh(z)*sech2(z)


def normal(z: Number) -> Number:
    return mp.erfc(-z/mp.sqrt(2))/2 if abs(z) < 100 else mp.mpf(z > 0)


def density(z: Number) -> Number:
    return mp.exp(-z*z/2)/mp.sqrt(2*mp.pi) if abs(z) < 100 else mp.mpf(0)


def inner(z: Number, order: int = 0) -> Number:
    """2 sqrt(2/pi) (z + 0.044715 z^3) and its derivatives."""
    a = 2*mp.sqrt(2/mp.pi)
    b = a*mp.mpf(44715)/1000000
    return (a*z + b*z**3, a + 3*b*z*z, 6*b*z)[order]


def tanhgelu(z: Number) -> Number:
    return z*sigmoid(inner(z))


def dtanhgelu(z: Number) -> Number:
    return sigmoid(inner(z)) + z*inner(z, 1)*dsigmoid(inner(z))


def d2tanhgelu(z: Number) -> Number:
    q, q1, q2 = (inner(z, n) for n in range(3))
    return dsigmoid(q)*(2*q1 + z*q2) + z*q1*q1*d2sigmoid(q)


def mish(z: Number) -> Number:
    if abs(z) > FAR:
        return max(z, mp.mpf(0))
    n = mp.exp(z)*(mp.exp(z) + 2)
    return z*n/(n + 2)


def dmish(z: Number) -> Number:
    if abs(z) > FAR:
        return mp.mpf(z > 0)
    e = mp.exp(z)
    return e*(4*(z + 1) + 4*e**2 + e**3 + e*(4*z + 6))/(2*e + e*e + 2)**2


def d2mish(z: Number) -> Number:
    if abs(z) > FAR:
        return mp.mpf(0)
    e = mp.exp(z)
    return e*(8*(z + 2) + 8*e*(z + 4) + 12*e*e*(2 - z) + 8*e**3*(1 - z))/(2 + 2*e + e*e)**3


def below(z: Number, value: Truth) -> Number:
    return mp.mpf(0) if z > 0 else value(max(z, mp.mpf(-FAR)))


def log1mexp(z: Number) -> Number:
    if z > FAR:
        return mp.mpf(0)
    return mp.log(-mp.expm1(-z)) if z < 1 else mp.log1p(-mp.exp(-z))


def near(z: Number, value: Truth) -> Number:
    return mp.mpf(0) if abs(z) > FAR else value(z)


FUNCTIONS = (
    Function("log cosh", ("log(cosh(z))", "c = cosh(z); E = log(c)", r"\log\cosh z", "log((exp(z) + exp(-z))/2)",
                          "abs(z) + log(1 + exp(-2*abs(z))) - log(2)"), ("logcosh", "tanh"), (logcosh, tanh, sech2)),
    Function("softplus", ("log(1 + exp(z))", "u = exp(z); s = 1 + u; E = log(s)", r"\ln(1 + e^{z})", "log1p(exp(z))"),
             ("softplus", "sigmoid"), (softplus, sigmoid, dsigmoid)),
    Function("softplus of -z", ("log(1 + exp(-z))", "q = exp(-z); E = log(1 + q)", r"\log\left(1 + e^{-z}\right)"),
             ("softplus", "sigmoid"), (lambda z: softplus(-z), lambda z: -sigmoid(-z), dsigmoid)),
    Function("log-sigmoid", ("log(sigmoid(z))", "s = 1/(1 + exp(-z)); E = log(s)", r"\log\frac{1}{1 + e^{-z}}"),
             ("logsigmoid", "sigmoid"), (lambda z: -softplus(-z), lambda z: sigmoid(-z), lambda z: -dsigmoid(z))),
    Function("sigmoid", ("1/(1 + exp(-z))", "s = 1 + exp(-z); E = 1/s", r"\frac{e^z}{1 + e^z}", "(1 + tanh(z/2))/2"),
             ("sigmoid", "dsigmoid"), (sigmoid, dsigmoid, d2sigmoid)),
    Function("tanh", ("(exp(z) - exp(-z))/(exp(z) + exp(-z))", "p = exp(z); q = exp(-z); E = (p - q)/(p + q)",
                      r"\frac{e^{2z} - 1}{e^{2z} + 1}", "2/(1 + exp(-2*z)) - 1"),
             ("tanh", "sech2"), (tanh, sech2, d2tanh)),
    Function("1 - tanh^2", ("1 - tanh(z)^2", "a = tanh(z); E = 1 - a^2", r"1 - \tanh^2(z)"),
             ("sech2", "d2tanh"), (sech2, d2tanh, lambda z: 4*sech2(z) - 6*sech2(z)**2), "real", (0.6584789484624084,)),
    Function("sigma (1 - sigma)", ("sigmoid(z)*(1 - sigmoid(z))", "s = 1/(1 + exp(-z)); E = s*(1 - s)",
                                   r"s = \frac{1}{1 + e^{-z}}; E = s\,(1 - s)"),
             ("dsigmoid", "d2sigmoid"), (dsigmoid, d2sigmoid, lambda z: dsigmoid(z)*(1 - 6*dsigmoid(z))), "real",
             (1.3169578969248166,)),
    Function("log-sum-exp", ("log(exp(z) + exp(2) + exp(-1))", "s = exp(z) + exp(2) + exp(-1); E = log(s)",
                             r"\log\left(e^{z} + e^{2} + e^{-1}\right)"), ("logsum", "expshare"),
             (lambda z: logsum(z, mp.exp(2) + mp.exp(-1), 1), lambda z: share(z, mp.exp(2) + mp.exp(-1), 1),
              lambda z: share(z, mp.exp(2) + mp.exp(-1), 1)*share(-z, 1, mp.exp(2) + mp.exp(-1)))),
    Function("softmax", ("exp(z)/(exp(z) + 1 + exp(1))", "s = exp(z) + 1 + exp(1); E = exp(z)/s",
                         r"\frac{e^z}{e^z + 1 + e^1}"), ("expshare", "dexpshare"),
             (lambda z: share(z, 1 + mp.e, 1), lambda z: share(z, 1 + mp.e, 1)*share(-z, 1, 1 + mp.e),
              lambda z: share(z, 1 + mp.e, 1)*share(-z, 1, 1 + mp.e)*(share(-z, 1, 1 + mp.e) - share(z, 1 + mp.e, 1))),
             "real", (1.3132616875182228,)),
    Function("cross-entropy with softmax", ("-log(exp(z)/(exp(z) + 1 + exp(1)))",
                                            "p = exp(z)/(exp(z) + 1 + exp(1)); E = -log(p)",
                                            r"-\log\frac{e^z}{e^z + 1 + e^1}"), ("logsum", "expshare"),
             (lambda z: logsum(-z, 1, 1 + mp.e), lambda z: -share(-z, 1, 1 + mp.e),
              lambda z: share(z, 1 + mp.e, 1)*share(-z, 1, 1 + mp.e))),
    Function("sqrt(1 + z^2) - 1", ("sqrt(z^2 + 1) - 1", "r = sqrt(1 + z^2); E = r - 1", r"\sqrt{1 + z^2} - 1"),
             ("sqrt1pm1", "dsqrt1pm1"), (lambda z: z*z/(1 + length(z, 1)), lambda z: z/length(z, 1),
                                         lambda z: 1/length(z, 1)**3)),
    Function("pseudo-Huber", ("4*(sqrt(1 + (z/2)^2) - 1)", "u = z/2; s = sqrt(1 + u^2); E = 4*(s - 1)",
                              r"4\left(\sqrt{1 + \left(\frac{z}{2}\right)^2} - 1\right)", "2*(sqrt(z^2 + 4) - 2)"),
             ("sqrt1pm1", "dsqrt1pm1"), (lambda z: z*z/(1 + length(z/2, 1)), lambda z: z/length(z/2, 1),
                                         lambda z: 1/length(z/2, 1)**3)),
    Function("hypot", ("sqrt(z^2 + 9)", "s = z^2 + 9; E = sqrt(s)", r"\sqrt{z^2 + 9}"), ("hypot", "dhypot"),
             (lambda z: length(z, 3), lambda z: z/length(z, 3), lambda z: 9/length(z, 3)**3)),
    Function("x log x", ("z*log(z)", "l = log(z); E = z*l", r"z \ln z"), ("xlogx", "logplus1"),
             (lambda z: z*mp.log(z), lambda z: 1 + mp.log(z), lambda z: 1/z), "positive", (0.36787944117144233, 1.0)),
    Function("log1mexp", ("log(1 - exp(-z))", "u = exp(-z); s = 1 - u; E = log(s)", r"\ln(1 - e^{-z})",
                          "log(-expm1(-z))"), ("log1mexp", "dlog1mexp"),
             (log1mexp, lambda z: near(z, lambda z: 1/mp.expm1(z)),
              lambda z: near(z, lambda z: -mp.exp(-z)/mp.expm1(-z)**2)), "positive"),
    Function("logit", ("log(z/(1 - z))", "q = 1 - z; E = log(z/q)", r"\log\frac{z}{1 - z}", "log(z) - log(1 - z)"),
             ("logit", "dlogit"), (lambda z: mp.log(z) - mp.log1p(-z), lambda z: 1/(z*(1 - z)),
                                   lambda z: (2*z - 1)/(z*(1 - z))**2), "unit", (0.5,)),
    Function("GELU", ("0.5*z*(1 + erf(z/sqrt(2)))", "u = z/sqrt(2); p = erf(u); E = z/2*(1 + p)",
                      r"\frac{z}{2}\left(1 + \operatorname{erf}\left(\frac{z}{\sqrt{2}}\right)\right)",
                      "z*Phi(z)"), ("gelu", "dgelu"),
             (lambda z: z*normal(z), lambda z: normal(z) + z*density(z), lambda z: (2 - z*z)*density(z)), "real",
             (-0.7517915246935645, 1.4142135623730951, -1.4142135623730951)),
    Function("GELU by tanh", ("0.5*z*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z^3)))",
                              "u = sqrt(2/pi)*(z + 0.044715*z^3); t = tanh(u); E = z/2*(1 + t)",
                              r"\frac{z}{2}\left(1 + \tanh\left(\sqrt{\frac{2}{\pi}}\,(z + 0.044715\,z^3)\right)\right)"),
             ("tanhgelu", "dtanhgelu"), (tanhgelu, dtanhgelu, d2tanhgelu), "real",
             (-0.752461422071, 1.41850400878, -1.41850400878)),
    Function("SiLU", ("z/(1 + exp(-z))", "s = 1/(1 + exp(-z)); E = z*s", r"\frac{z}{1 + e^{-z}}", "z*sigmoid(z)"),
             ("silu", "dsilu"), (lambda z: z*sigmoid(z), lambda z: sigmoid(z) + z*dsigmoid(z),
                                 lambda z: dsigmoid(z)*(2 - z*tanh(z/2))), "real",
             (-1.27846454276, 2.39935728051, -2.39935728051)),
    Function("Mish", ("z*tanh(log(1 + exp(z)))", "s = log(1 + exp(z)); E = z*tanh(s)", r"z\tanh(\ln(1 + e^z))"),
             ("mish", "dmish"), (mish, dmish, d2mish), "real", (-1.19243121451, -2.25637639636, 1.49057117947)),
    Function("ELU", ("where(z > 0, z, exp(z) - 1)", "u = exp(z) - 1; E = where(z > 0, z, u)",
                     r"\begin{cases} z & z > 0 \\ e^z - 1 & z \le 0 \end{cases}", "max(0, z) + min(0, exp(z) - 1)"),
             ("dip", "ddip"), (lambda z: max(z, mp.mpf(0)) + below(z, mp.expm1),
                               lambda z: mp.mpf(1) if z > 0 else below(z, mp.exp), lambda z: below(z, mp.exp))),
)
