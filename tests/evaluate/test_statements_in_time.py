"""Recurrences and the statements of a backward pass as a textbook prints them, run as a network."""

from __future__ import annotations

import pytest

import workings

RNN = "h[0] = 0; h[t] = tanh(w*h[t-1] + u*x[t]); t = 1..T; E = sum(t, (h[t] - y[t])^2)"
BACK = ("gh[T] = 2*(h[T] - y[T]); gh[t] = gh[t+1]*(1 - h[t+1]^2)*w + 2*(h[t] - y[t]); "
        "gw = sum(t, gh[t]*(1 - h[t]^2)*h[t-1])")
AT = {"w": 1, "u": 1, "x": [1, 2, 3], "y": [0, 0, 1]}


def test_no_entry_past_the_last_step_is_asked_for() -> None:
    found = workings.run(f"{RNN}; {BACK}", **AT).as_dict()
    assert found["missing"] == []
    assert [len(found["values"][name]) for name in ("h[t]", "gh[t]")] == [4, 3]
    up, down = (workings.run(RNN, **{**AT, "w": 1 + d})["E"] for d in (1e-6, -1e-6))
    assert found["values"]["gw"] == pytest.approx((up - down) / 2e-6, rel=1e-6)


# h_0 = h0 says nothing of the entry, which is given
STARTS = [
    ("h[0] = h0; h[t] = w*h[t-1]; t = 1..2; E = h[2]", {"h0": 2, "w": 3}, "18"),
    ("h[0] = h0; h[t] = W @ h[t-1]; h0 in R^n; W in R^(n x n); t = 1..T; E = norm2(h[T])", None, None),
    ("h[t] in R^n; x[t] in R^d; h[0] = h0; h[t] = W @ h[t-1] + U @ x[t]; W in R^(n x n); U in R^(n x d); t = 1..T; "
     "E = norm2(h[T])", None, None),
]


@pytest.mark.parametrize(("text", "at", "value"), STARTS)
def test_a_first_state_that_is_given(text: str, at: dict[str, int] | None, value: str | None) -> None:
    if at is not None:
        assert workings.run(text, **at).as_dict()["values"]["E"] == value
    else:
        assert workings.gradient(text, "E", "W").as_dict()["result"] == "sum(t, outer(gh[t], h[t-1]))"
