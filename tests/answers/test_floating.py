"""A page says what is computed as one function in floating point, as a step with its reason."""

from __future__ import annotations

import pytest

import workings

ROWS = [
    ("E = log(1 + exp(z))", "log(1 + exp(z))", "softplus(z)", "exp(z) would overflow"),
    ("E = log(cosh(z - t))", "log(cosh(z - t))", "logcosh(z - t)", "cosh(z) would overflow"),
    ("E = sqrt(1 + z^2) - 1", "sqrt(1 + z^2) - 1", "sqrt1pm1(z)", "the difference cancels"),
    ("E = z/(1 + exp(-z))", "z/(1 + exp(-z))", "silu(z)", "the slope cancels near its root"),
]


@pytest.mark.parametrize(("text", "written", "computed", "because"), ROWS)
def test_the_rewriting_is_a_step_with_its_reason(text: str, written: str, computed: str, because: str) -> None:
    found = workings.gradient(text, "E", "z")
    first = found.as_dict()["floating"][0]
    assert (first["written"], first["computed"]) == (written, computed)
    assert because in first["because"]
    page = " ".join(found.text(unfold=True).split())
    assert f"In floating point. {written} is computed as one function, because" in page
    assert f"{written} = {computed}" in page


def test_nothing_is_said_where_nothing_is_rewritten() -> None:
    found = workings.gradient("E = (w*z - t)^2", "E", "z")
    assert "floating" not in found.as_dict() and "floating point" not in found.text(unfold=True)
