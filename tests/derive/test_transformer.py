"""A transformer block of fifteen lines: derived in under a second, short on paper, and equal to torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from work import calls

from workings.derive import Program, backward
from workings.evaluate import run
from workings.expr import Call, Equation, Network, Ref, preorder
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_expression

RANGES = "i = 1..n; j = 1..n; l = 1..n; e = 1..D; d = 1..K; h = 1..H; m = 1..M\n"
BLOCK = """
    mu[i] = 1/D*sum(e, x[i,e])
    s[i] = sqrt(1/D*sum(e, (x[i,e] - mu[i])^2) + eps)
    u[i,e] = g[e]*(x[i,e] - mu[i])/s[i] + b[e]
    q[h,i,d] = sum(e, Wq[h,e,d]*u[i,e])
    k[h,j,d] = sum(e, Wk[h,e,d]*u[j,e])
    v[h,j,d] = sum(e, Wv[h,e,d]*u[j,e])
    S[h,i,j] = 1/sqrt(K)*sum(d, q[h,i,d]*k[h,j,d])
    A[h,i,j] = exp(S[h,i,j])/sum(l, exp(S[h,i,l]))
    o[h,i,d] = sum(j, A[h,i,j]*v[h,j,d])
    y[i,e] = x[i,e] + sum(h, sum(d, Wo[h,d,e]*o[h,i,d]))
    nu[i] = 1/D*sum(e, y[i,e])
    t[i] = sqrt(1/D*sum(e, (y[i,e] - nu[i])^2) + eps)
    w[i,e] = a[e]*(y[i,e] - nu[i])/t[i] + f[e]
    z[i,m] = sum(e, V[m,e]*w[i,e]) + r[m]
    Y[i,e] = y[i,e] + sum(m, U[m,e]*gelu(z[i,m])) + p[e]
"""
LOSS = "    E = sum(i, sum(e, c[i,e]*Y[i,e]))\n"
BY = "x[i,e] g[e] b[e] Wq[h,e,d] Wk[h,e,d] Wv[h,e,d] Wo[h,d,e] a[e] f[e] V[m,e] r[m] U[m,e] p[e]".split()
SIZES = {"n": 3, "D": 4, "K": 2, "H": 2, "M": 5}
AXES = {"x": "nD", "g": "D", "b": "D", "Wq": "HDK", "Wk": "HDK", "Wv": "HDK", "Wo": "HKD", "a": "D", "f": "D",
        "V": "MD", "r": "M", "U": "MD", "p": "D", "c": "nD"}
LINES_OF_A_PAGE = 45


def block() -> tuple[Network, list[Ref]]:
    net = read(RANGES + BLOCK + LOSS, signatures())
    asked = [read_expression(text, signatures(), net) for text in BY]
    return net, [ref for ref in asked if isinstance(ref, Ref)]


def derived() -> tuple[Network, Program]:
    net, asked = block()
    return net, backward(net, Ref("E"), asked)


def test_fifteen_lines_little_work_and_two_pages() -> None:
    assert len(BLOCK.strip().splitlines()) == 15
    _, program = derived()
    assert calls(derived) < 1_000_000        # about a second where a call takes a microsecond
    assert len(program.forward) + len(program.backward) < 2 * LINES_OF_A_PAGE
    assert len(program.gradients) == len(BY)
    for statement in program.backward:
        left = [n.function for n in preorder(statement.value) if isinstance(n, Call) and n.function in ("delta", "where")]
        assert not left, plain(statement.value)


def test_the_softmax_is_passed_as_a_textbook_does() -> None:
    _, program = derived()
    stated = {plain(s.name): plain(s.value) for s in program.backward}
    assert stated["gS[h,i,j]"] == "A[h,i,j]*(gA[h,i,j] - sum(l, gA[h,i,l]*A[h,i,l]))"
    assert stated["gq[h,i,d]"] == "1/sqrt(K)*sum(j, gS[h,i,j]*k[h,j,d])"
    assert stated["gWq[h,e,d]"] == "sum(i, gq[h,i,d]*u[i,e])"


def reference(t: dict[str, Any], torch: Any) -> Any:
    F = torch.nn.functional
    u = F.layer_norm(t["x"], (SIZES["D"],), t["g"], t["b"], 0.25)
    q, k, v = (torch.einsum("hed,ie->hid", t[name], u) for name in ("Wq", "Wk", "Wv"))
    o = F.scaled_dot_product_attention(q, k, v)
    y = t["x"] + torch.einsum("hde,hid->ie", t["Wo"], o)
    w = F.layer_norm(y, (SIZES["D"],), t["a"], t["f"], 0.25)
    return (t["c"] * (y + F.gelu(w @ t["V"].T + t["r"]) @ t["U"] + t["p"])).sum()


def second_opinion(torch, seed):
    """Random arguments, the same as tensors with their gradients, and the loss that torch finds."""
    r = np.random.default_rng(seed)
    given = {name: r.normal(size=[SIZES[a] for a in axes]) for name, axes in AXES.items()}
    tensors = {name: torch.tensor(v, requires_grad=True) for name, v in given.items()}
    loss = reference(tensors, torch)
    loss.backward()
    return given, tensors, loss


@pytest.mark.heavy
def test_against_torch() -> None:
    torch = pytest.importorskip("torch")
    given, tensors, loss = second_opinion(torch, 7)
    net, program = derived()
    lines = tuple(Equation(s.name, s.value) for s in (*program.forward, *program.backward))
    at = {k: v.tolist() for k, v in given.items()} | SIZES | {"eps": 0.25}
    found = run(net.with_(equations=lines), at, mode="float").values
    assert float(found["E"]) == pytest.approx(float(loss), rel=1e-12)
    for wrt, gradient in program.gradients:
        got = np.array(found[plain(gradient)], dtype=float)
        np.testing.assert_allclose(got, tensors[wrt.name].grad.numpy(), rtol=1e-9, atol=1e-12, err_msg=plain(wrt))


@pytest.mark.heavy
def test_code_against_torch() -> None:
    torch = pytest.importorskip("torch")
    import workings

    given, tensors, loss = second_opinion(torch, 8)
    function = workings.code(workings.read(RANGES + BLOCK + LOSS), "E", to="numpy").compile()
    value, gradients = function(**given, eps=0.25)
    assert float(value) == pytest.approx(float(loss), rel=1e-12)
    for name, got in gradients.items():
        if name in tensors:
            np.testing.assert_allclose(got, tensors[name].grad.numpy(), rtol=1e-9, atol=1e-12, err_msg=name)
