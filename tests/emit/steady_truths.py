"""Textbook formulas of z with their value and slope to a hundred digits; None where there is no finite slope.

The cells are those of the peers' measurements: fourteen spellings, value and gradient of each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath as mp

Number = Any
FAR = 3000                    # beyond it a term exp(-|z|) is nothing beside 1, and exp itself costs too much


class Formula(NamedTuple):
    """The spelling, and the truth; `positive`: z >= 0 only."""

    text: str
    value: Callable[[Number], Number]
    slope: Callable[[Number], Number]
    positive: bool = False


def softplus(z: Number) -> Number:
    if abs(z) > FAR:
        return max(z, mp.mpf(0))
    return z + mp.log1p(mp.exp(-z)) if z > 0 else mp.log1p(mp.exp(z))


def sigmoid(z: Number) -> Number:
    return mp.mpf(z > 0) if abs(z) > FAR else 1/(1 + mp.exp(-z))


def sech2(z: Number) -> Number:
    return mp.mpf(0) if abs(z) > FAR else 1/mp.cosh(z)**2


def tanh(z: Number) -> Number:
    return mp.sign(z) if abs(z) > FAR else mp.tanh(z)


def logcosh(z: Number) -> Number:
    return abs(z) - mp.log(2) if abs(z) > FAR else mp.log1p(2*mp.sinh(abs(z)/2)**2)


def logsum(z: Number, a: Number, c: Number) -> Number:
    """log(a + c exp(z))"""
    if z > FAR:
        return z + mp.log(c)
    if z < -FAR:
        return mp.log(a)
    if a == 1:
        return mp.log1p(c*mp.exp(z)) if z < 1 else z + mp.log(c + mp.exp(-z))
    return mp.log(a + c*mp.exp(z))


def share(z: Number, a: Number, c: Number) -> Number:
    return mp.mpf(z > 0) if abs(z) > FAR else c*mp.exp(z)/(a + c*mp.exp(z))


def length(z: Number, w: Number) -> Number:
    return mp.sqrt(z*z + w*w)


def _constants() -> tuple[Number, Number]:
    return mp.exp(2) + mp.exp(-1), 1 + mp.e


FORMULAS = (
    Formula("log(cosh(z))", logcosh, tanh),
    Formula("log(1 + exp(z))", softplus, sigmoid),
    Formula("-log(1 + exp(-z))", lambda z: -softplus(-z), lambda z: sigmoid(-z)),
    Formula("tanh(z)", tanh, sech2),
    Formula("(exp(z) - exp(-z))/(exp(z) + exp(-z))", tanh, sech2),
    Formula("1/(1 + exp(-z))", sigmoid, lambda z: sigmoid(z)*sigmoid(-z)),
    Formula("log(exp(z) + exp(2) + exp(-1))", lambda z: logsum(z, _constants()[0], 1),
            lambda z: share(z, _constants()[0], 1)),
    Formula("log(exp(z) + exp(z + 1))", lambda z: z + mp.log(_constants()[1]), lambda z: mp.mpf(1)),
    Formula("-log(exp(z)/(exp(z) + 1 + exp(1)))", lambda z: logsum(-z, 1, _constants()[1]),
            lambda z: -share(-z, 1, _constants()[1])),
    Formula("-(0.25*log(1/(1 + exp(-z))) + 0.75*log(1 - 1/(1 + exp(-z))))", lambda z: softplus(z) - z/4,
            lambda z: sigmoid(z) - mp.mpf(1)/4),
    Formula("sqrt(z^2 + 1) - 1", lambda z: z*z/(1 + length(z, 1)), lambda z: z/length(z, 1)),
    Formula("sqrt(z^2 + b^2)", lambda z: length(z, mp.mpf(1e-150)), lambda z: z/length(z, mp.mpf(1e-150))),
    Formula("sqrt(z^2)", abs, lambda z: mp.sign(z) if z else mp.inf),
    Formula("z*log(z)", lambda z: z*mp.log(z) if z else mp.mpf(0), lambda z: mp.log(z) + 1 if z else -mp.inf, True),
    # spellings of the same, through names and the other way round
    Formula("2/(1 + exp(-2*z)) - 1", tanh, sech2),
    Formula("(1 - exp(-2*z))/(1 + exp(-2*z))", tanh, sech2),
    Formula("log(exp(z)/(1 + exp(z)))", lambda z: -softplus(-z), lambda z: sigmoid(-z)),
    Formula("1 - tanh(z)^2", sech2, lambda z: -2*tanh(z)*sech2(z)),
)
B = 1e-150                    # the b of the formula that has one
CELLS = 14                    # the first formulas are the cells that the peers were measured on
