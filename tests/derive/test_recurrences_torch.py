"""A vector RNN and an LSTM over time: the backward program against torch."""

from __future__ import annotations

from typing import Any

import pytest
from recurrence_rows import net_of, point

from workings.derive import backward
from workings.evaluate import run
from workings.expr import Equation, Ref

pytestmark = pytest.mark.heavy


def leaves(torch: Any, values: dict[str, Any]) -> dict[str, Any]:
    def floats(v: Any) -> Any:
        return [floats(x) for x in v] if isinstance(v, list) else float(v)

    return {n: torch.tensor(floats(v), dtype=torch.float64, requires_grad=True) for n, v in values.items()
            if not isinstance(v, int)}


def rnn(torch: Any, v: dict[str, Any], steps: int) -> Any:
    h, loss = torch.zeros(2, dtype=torch.float64), 0.0
    for t in range(steps):
        h = torch.tanh(v["W"] @ h + v["U"] @ v["x"][t] + v["b"])
        loss = loss + (v["v"] @ h - v["s"][t]) ** 2
    return loss


def lstm(torch: Any, v: dict[str, Any], steps: int) -> Any:
    h, c, loss = v["p0"], v["q0"], 0.0
    for t in range(steps):
        f, i, o = (torch.sigmoid(v["w" + n] * v["x"][t] + v["u" + n] * h + v["b" + n]) for n in "fio")
        c = f * c + i * torch.tanh(v["wg"] * v["x"][t] + v["ug"] * h + v["bg"])
        h = o * torch.tanh(c)
        loss = loss + (h - v["s"][t]) ** 2
    return loss


@pytest.mark.parametrize(("name", "loss"), [("vector", rnn), ("lstm", lstm)])
@pytest.mark.parametrize("steps", [1, 5])
def test_against_torch(name: str, loss: Any, steps: int) -> None:
    torch = pytest.importorskip("torch")
    net = net_of(name)
    values = point(net, steps, seed=steps)
    program = backward(net, Ref("E"))
    wide = net.with_(equations=tuple(Equation(s.name, s.value) for s in (*program.forward, *program.backward)))
    found = {k.split("[")[0]: v for k, v in run(wide, values, mode="float").values.items()}
    theirs = leaves(torch, values)
    loss(torch, theirs, steps).backward()
    for wrt, at in program.gradients:
        assert isinstance(at, Ref)
        mine = torch.tensor(found[at.name], dtype=torch.float64)
        assert torch.allclose(mine, theirs[wrt.name].grad, rtol=1e-12, atol=1e-13), wrt.name
