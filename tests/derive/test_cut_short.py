"""Truncated backpropagation through time as a derivation."""

from __future__ import annotations

import pytest

import workings
from workings.derive.prepared import prepared
from workings.errors import OutOfReach
from workings.evaluate import run, value
from workings.expr import Num

SCALAR = "h[0] = 0; h[t] = tanh(w*h[t-1] + u*x[t]); t = 1..T; E = sum(t, (h[t] - y[t])^2)"
LSTM = ("t = 1..T; h[0] = 0; c[0] = 1/2; f[t] = sigmoid(w*h[t-1] + x[t]); c[t] = f[t]*c[t-1] + tanh(v*h[t-1]); "
        "h[t] = f[t]*tanh(c[t]); E = (h[T] - y)^2")
POINTS = {SCALAR: {"w": 0.7, "u": -0.4, "x": [0.3, -0.8, 0.5, 0.9], "y": [0.1, 0.2, -0.3, 0.4], "T": 4},
          LSTM: {"w": 0.7, "v": -0.4, "x": [0.3, -0.8, 0.5, 0.9], "y": 0.3, "T": 4}}


def worth(text: str, steps: int) -> float:
    """What a truncated derivative is worth, by its own statements."""
    net, found = prepared(workings.read(text)), workings.gradient(text, "E", "w", truncate=steps).data
    return float(value(found.result, POINTS[text], net.with_(equations=(*net.equations, *found.equations())), "float"))


@pytest.mark.parametrize("text", [SCALAR, LSTM])
def test_over_all_steps_it_is_the_gradient(text: str) -> None:
    net, at = workings.read(text), POINTS[text]
    up, down = (run(net, {**at, "w": at["w"] + d}).values["E"] for d in (1e-5, -1e-5))
    assert worth(text, 3) == pytest.approx((up - down) / 2e-5, rel=1e-6)
    assert worth(text, 1) != pytest.approx(worth(text, 3), rel=1e-3)


def test_over_no_step_only_the_step_itself_counts() -> None:
    at = POINTS[SCALAR]
    h = [0.0, *map(float, run(workings.read(SCALAR), at).values["h[t]"][-4:])]
    own = sum(2 * (h[t] - at["y"][t - 1]) * (1 - h[t] ** 2) * h[t - 1] for t in range(1, 5))
    assert worth(SCALAR, 0) == pytest.approx(own, rel=1e-9)


def test_it_says_that_it_is_no_gradient() -> None:
    found = workings.gradient(SCALAR, "E", "w", truncate=2).as_dict()
    assert found["approximate"] == "gwhat" and "approximation, not the gradient" in found["notes"][0]
    assert list(found["recurrences"]) == ["ah[0,t]", "ah[m,T]", "ah[m,t]", "ghhat[t]"]
    assert found["steps"][-1]["line"] == "gwhat = sum(t, ghhat[t]*(1 - h[t]^2)*h[t-1])"
    assert "recurrence of h, c, f" in workings.gradient(LSTM, "E", "w", truncate=2).as_dict()["notes"][0]


def test_without_a_recurrence_nothing_is_truncated() -> None:
    found = workings.gradient("y = w*x", "y", "w", truncate=2).as_dict()
    assert found["result"] == "x" and "nothing is truncated" in found["notes"][0]


def test_its_step_is_done_again() -> None:
    from workings.derive.replay import replay

    found = workings.gradient(SCALAR, "E", "w", truncate=2).data
    replay(found)
    step = found.steps[-1]
    step.line = step.line.rebuild((step.line.args[0], Num(1)))
    with pytest.raises(OutOfReach, match="did not come out"):
        replay(found)
