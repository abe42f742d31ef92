"""Where an equality says something, the counterexample of an inequality, and huge degrees modulo primes."""

from __future__ import annotations

import pytest

from workings.checking import equal
from workings.functions import signatures
from workings.syntax import read_expression


def read(text: str):
    return read_expression(text, signatures())


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        ("(x^2 - 1)/(x - 1)", "x + 1", "x - 1 != 0"),
        ("log(x^2)", "2*log(x)", "x^2 > 0, x > 0"),
        ("x^-1*x", "1", "x != 0"),
        ("sqrt(x)^2", "x", "x >= 0"),
        ("x^(-1/2)*x", "sqrt(x)", "x > 0"),
        ("log2(x*y)", "log2(x) + log2(y)", "x*y > 0, x > 0, y > 0"),
        ("tan(x)*cos(x)", "sin(x)", "cos(x) != 0"),
        ("x/y/(1/y)", "x", "1/y != 0, y != 0"),
        ("log(exp(x) + 1)", "softplus(x)", ""),
        ("1/(1 + x^2)", "(1 + x^2)/(1 + x^2)^2", ""),
        ("sigmoid(x)", "1/(1 + exp(-x))", ""),
    ],
)
def test_where_an_equality_says_something(left: str, right: str, where: str):
    assert equal(read(left), read(right)).where_valid == where


def test_a_counterexample_is_small_and_shows_both_values():
    found = equal(read("relu(x - 3) + x"), read("x")).counterexample
    assert found is not None
    assert (found.at, found.left, found.right) == ({"x": 4}, "5", "4")


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("(x + y + z)^400", "(x + y + z)^399*(z + y + x)", "equal"),
        ("(x + y + z)^400", "(x + y + z)^399*(z + y + 2*x)", "different"),
        ("(exp(x) + y)^500*(exp(x) + y)", "(y + exp(x))^501", "equal"),
        ("((x + y + z)^90 + 1)*((x + y + z)^90 - 1)", "(x + y + z)^180 - 1", "equal"),
        ("1/(a + b + c + d)^60", "(a + b + c + d)^-59/(d + c + b + a)", "equal"),
    ],
)
def test_huge_degrees_modulo_primes(left: str, right: str, kind: str):
    verdict = equal(read(left), read(right))
    assert verdict.kind == kind
    if verdict.how == "tested":
        assert "wrong with probability below 10^-" in verdict.evidence
    assert equal(read(left), read(right)).evidence == verdict.evidence


def test_the_bound_of_a_modular_test_holds_for_small_primes():
    """The same test modulo small primes is wrong as rarely as its bound says: no accepted difference of degree 3."""
    import random

    from workings.checking.modular import Straight
    from workings.checking.normal import Normal
    from workings.expr import Network

    a, b = read("(x + y)^3"), read("(x + y)^3 + x*y*(x - y)")
    draw, agreed, prime = random.Random(1), 0, 101
    for _ in range(600):
        line = Straight(Normal(Network(), {}), prime, draw)
        agreed += line.value(a)[0] == line.value(b)[0]
    assert agreed / 600 <= 3 / prime * 1.6
