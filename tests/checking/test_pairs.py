"""The table of pairs with their verdicts: the rows are the tests."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from workings.checking import equal
from workings.functions import signatures
from workings.syntax import read_expression


class Pair(NamedTuple):
    left: str
    right: str
    verdict: str
    facts: tuple[str, ...]


def rows() -> list[Pair]:
    out = []
    for line in (Path(__file__).parent / "pairs.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            pair, *facts = (part.strip() for part in line.split(";;"))
            left, right, verdict = (part.strip() for part in pair.split("|"))
            out.append(Pair(left, right, verdict, tuple(facts)))
    return out


PAIRS = rows()


def read(text: str):
    return read_expression(text, signatures())


def test_the_table_is_long_enough():
    assert len(PAIRS) >= 150


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p.left} | {p.right}"[:60])
def test_pair(pair: Pair):
    for a, b in ((pair.left, pair.right), (pair.right, pair.left)):
        verdict = equal(read(a), read(b), facts=[read(f) for f in pair.facts])
        assert verdict.kind == pair.verdict, verdict.evidence
        assert verdict.evidence
        if verdict.kind == "different":
            assert verdict.counterexample is not None


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        ("(x^2 - 1)/(x - 1)", "x + 1", "x - 1 != 0"),
        ("log(x^2)", "2*log(x)", "x^2 > 0, x > 0"),
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
