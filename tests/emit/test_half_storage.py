"""PyTorch tensors stored in half precision: computed and added up in single, the derivatives come back as stored."""

from __future__ import annotations

import pytest

import workings
from workings.emit.build import loaded

pytestmark = pytest.mark.heavy
TEXT = "k = 1..N; i = 1..d; a[k] = tanh(sum(i, w[i]*x[k,i])); E = 1/N*sum(k, log(cosh(a[k] - t[k])))"


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_half(name: str) -> None:
    torch = pytest.importorskip("torch")
    code = workings.code(TEXT, "E", "torch")
    loss, names = loaded(str(code)).loss, [f.name for f in code.plan.arguments]
    torch.manual_seed(0)
    kind = getattr(torch, name)
    drawn = {"x": torch.randn(4096, 3), "t": torch.randn(4096), "w": torch.randn(3)}
    given = [drawn[n].to(kind).requires_grad_(n == "w") for n in names]
    exact = [g.detach().double().requires_grad_(n == "w") for n, g in zip(names, given)]
    value, truth = loss(*given), loss(*exact)
    value.backward()
    truth.backward()
    assert value.dtype == torch.float32
    assert abs(value.item() - truth.item()) < 1e-5*truth.item()      # half precision alone would be off by 1e-3
    w, right = given[names.index("w")].grad, exact[names.index("w")].grad
    assert w.dtype == kind
    assert torch.equal(w, right.to(kind)) or (w.double() - right).abs().max() < 2*torch.finfo(kind).eps*right.abs().max()
