"""The one remark after a derivation: proved, or not made."""

import pytest

from workings.checking.noticing import worth_noticing
from workings.derive import chain_rule, gradient
from workings.expr import Ref
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read

SHARED = "w13 = log(1 + exp(v)); w24 = -log(1 + exp(-v)); y = x1*w13 + x2*w24; E = (y - t)^2"
ROWS = [
    (SHARED, "E", "v", "w13 + w24 = v"),
    ("p = sigmoid(v); q = sigmoid(-v); E = x1*p^2 + x2*q^2", "E", "v", "p + q = 1"),
    ("a = v^2 - 1; b = (v - 1)*(v + 1); E = x1*a^2 + x2*b^2", "E", "v", "a = b"),
    ("E = log(cosh(y - t))", "E", "y", "abs(dE/dy) <= 1"),
    ("E = log(cosh(y - t))", "E", "t", "abs(dE/dt) <= 1"),
    ("E = log(1 + exp(z))", "E", "z", None),           # exp(z)/(1 + exp(z)) is not written as one function
    ("a = relu(z)", "a", "z", "0 <= da/dz <= 1"),
    ("a = -relu(z)", "a", "z", "-1 <= da/dz <= 0"),
    ("E = (y - t)^2", "E", "y", None),
    ("a = 2*v; b = a - v; E = x1*a + x2*b", "E", "v", None),     # that would only say the definition of b again
    ("a = v^2; b = v^3; E = x1*a + x2*b", "E", "v", None),
    ("tanh(z) = 2*z; E = tanh(y)^2/4", "E", "y", None),
]


@pytest.mark.parametrize(("text", "of", "wrt", "says"), ROWS)
def test_remark(text: str, of: str, wrt: str, says: str | None) -> None:
    noticed = worth_noticing(gradient(read(text, signatures()), Ref(of), Ref(wrt)))
    assert (noticed and plain(noticed.fact)) == says


def test_a_stated_chain_rule_gets_none() -> None:
    assert worth_noticing(chain_rule(read(SHARED, signatures()), Ref("E"), Ref("v"))) is None
