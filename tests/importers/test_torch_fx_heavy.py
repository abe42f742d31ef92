"""torch.fx into equations: the module's names, what is refused, and gradients that agree with torch autograd."""

from __future__ import annotations

import inspect
import math
import warnings

import numpy as np
import pytest

import workings
from workings.errors import BadValue, OutOfReach

pytestmark = pytest.mark.heavy
torch = pytest.importorskip("torch")
warnings.filterwarnings("ignore", category=UserWarning, module="torch")
nn, F = torch.nn, torch.nn.functional
torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(4, 3, bias=False) for _ in range(3))
        self.out, self.fc1, self.fc2 = nn.Linear(3, 4), nn.Linear(4, 6), nn.Linear(6, 4)
        self.norm1, self.norm2 = nn.LayerNorm(4), nn.LayerNorm(4)

    def forward(self, x):
        h = self.norm1(x)
        scores = self.q(h) @ self.k(h).transpose(-2, -1) / math.sqrt(3)
        x = x + self.out(F.softmax(scores, dim=-1) @ self.v(h))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.E, self.head = nn.Embedding(7, 3), nn.Linear(3, 2)

    def forward(self, words):
        return self.head(self.E(words)).sum()


def mlp(x, W1, b1, W2, b2, t):
    return F.mse_loss(torch.tanh(x @ W1.T + b1) @ W2.T + b2, t)


def classes(x, W, b, t):
    return F.cross_entropy(x @ W.T + b, t)


def logistic(x, w, b, t):
    return F.binary_cross_entropy_with_logits(x @ w + b, t)


def attention(q, k, v):
    return (F.scaled_dot_product_attention(q, k, v) ** 2).sum()


def sums(x, w):
    return (x.sum(dim=1) * torch.relu(x.mean(0) @ w)).mean() - x.sum()


FUNCTIONS = {
    "mlp": (mlp, {"x": "N x d", "W1": "m x d", "b1": "m", "W2": "c x m", "b2": "c", "t": "N x c"}),
    "classes": (classes, {"x": "N x d", "W": "c x d", "b": "c", "t": "N"}),
    "logistic": (logistic, {"x": "N x d", "w": "d", "b": (), "t": "N"}),
    "huber": (lambda x, w, t: F.huber_loss(x @ w, t), {"x": "N x d", "w": "d", "t": "N"}),
    "attention": (attention, {"q": "n x d", "k": "n x d", "v": "n x c"}),
    "layer norm": (lambda x, g, b, t: F.mse_loss(F.layer_norm(x, (x.shape[-1],), g, b), t),
                   {"x": "N x d", "g": "d", "b": "d", "t": "N x d"}),
    "layer norm of a vector": (lambda x, g, t: F.mse_loss(F.layer_norm(x, (x.shape[-1],), g), t),
                               {"x": "d", "g": "d", "t": "d"}),
    "probabilities": (lambda z, t: F.cross_entropy(z, t), {"z": "N x c", "t": "N x c"}),
    "sums": (sums, {"x": "N x d", "w": "d"}),
    "scalars": (lambda x, w, b: torch.log(torch.cosh(torch.sigmoid(w * x + b) - 0.25)), {"x": (), "w": (), "b": ()}),
    "outer": (lambda x, y, W: ((x - W @ y) ** 2).sum() / 2, {"x": "m", "y": "n", "W": "m x n"}),
}
SIZES = {"N": 4, "d": 3, "m": 5, "c": 2, "n": 3, "k": 2}


def tensor(name, shape):
    sizes = [SIZES[s] for s in (shape.split(" x ") if isinstance(shape, str) else shape)]
    return torch.randint(0, SIZES["c"], sizes) if name == "classes t" else torch.randn(sizes, dtype=torch.float64)


def close(found, wanted):
    np.testing.assert_allclose(np.asarray(found, dtype=float), wanted, rtol=1e-10, atol=1e-12)


def gradients(net, of, given):
    """The derivatives by name, from the program that workings writes for NumPy."""
    module: dict = {}
    text = str(workings.code(net, of, to="numpy"))
    exec(text, module)  # noqa: S102 -- our own program, as a person would run it
    found = module["forward_backward"](**{k: v for k, v in given.items() if k in inspect.signature(
        module["forward_backward"]).parameters})
    names = [g.partition("[")[0] for g in module["GRADIENTS"]]
    return dict(zip(names, found[1:]))


@pytest.mark.parametrize(("function", "shapes"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_function_computes_what_torch_computes(function, shapes, request) -> None:
    case = request.node.callspec.id
    net = workings.read(function, shapes=shapes)
    given = {n: tensor(f"{case} {n}", s) for n, s in shapes.items()}
    last = workings.work.loss(net).name
    close(workings.run(net, **{n: v.numpy() for n, v in given.items()})[last], function(**given).numpy())


DERIVED = {name: row for name, row in FUNCTIONS.items() if name != "classes"}     # t[n] as an index is not yet emitted


@pytest.mark.parametrize(("function", "shapes"), DERIVED.values(), ids=DERIVED)
def test_gradients_agree_with_autograd(function, shapes, request) -> None:
    case = request.node.callspec.id
    net = workings.read(function, shapes=shapes)
    given = {n: tensor(f"{case} {n}", s) for n, s in shapes.items()}
    leaves = {n: v.clone().requires_grad_() if v.is_floating_point() else v for n, v in given.items()}
    function(**leaves).backward()
    found = gradients(net, workings.work.loss(net).name, {n: v.numpy() for n, v in given.items()})
    assert found
    for name, value in found.items():
        close(value, leaves[name].grad.numpy())


def test_gradients_of_a_module_agree_with_autograd() -> None:
    class Loss(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2 = nn.Linear(3, 5), nn.Linear(5, 2)

        def forward(self, x, t):
            h = torch.tanh(self.fc1(x))
            return F.mse_loss(self.fc2(h), t)

    module = Loss().double()
    x, t = torch.randn(4, 3, dtype=torch.float64), torch.randn(4, 2, dtype=torch.float64)
    module(x, t).backward()
    net = workings.read(module, shapes={"x": "N x 3", "t": "N x 2"})
    found = gradients(net, "L", {"x": x.numpy(), "t": t.numpy(), **net.values})
    assert {n.replace(".", "_") for n, _ in module.named_parameters()} <= set(found)
    for name, parameter in module.named_parameters():
        close(found[name.replace(".", "_")], parameter.grad.numpy())


def test_gradients_of_a_transformer_block_agree_with_autograd() -> None:
    class Loss(Block):
        def forward(self, x):
            return (super().forward(x) ** 2).mean()

    module, x = Loss().double(), torch.randn(5, 4, dtype=torch.float64)
    module(x).backward()
    net = workings.read(module)
    found = gradients(net, "L", {"x": x.numpy(), **net.values})
    for name, parameter in module.named_parameters():
        close(found[name.replace(".", "_")], parameter.grad.numpy())


@pytest.mark.parametrize("module", [nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2), nn.Softmax(dim=-1)),
                                    nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(0.1), nn.Linear(4, 1), nn.Sigmoid())])
def test_a_module_keeps_its_numbers(module) -> None:
    module = module.double()
    net = workings.read(module)
    x = torch.randn(3, dtype=torch.float64)
    close(workings.run(net, x=x.numpy(), **net.values)["y"], module(x).detach().numpy())
    assert [n for n, _ in net.parameters] == ["W1", "b1", "W2", "b2"]


def test_names_of_the_module_stay() -> None:
    net = workings.read(Block())
    assert [e.lhs.name for e in net.equations][:5] == ["c1", "norm1", "q", "k", "z1"]
    assert ("fc1_weight", 0) in net.parameters and net.inputs == (("x", 0),)


def test_read_back_from_its_own_text() -> None:
    net = workings.read(Block())
    again = workings.read_text(net.source.text)
    assert [str(e.lhs.name) for e in again.equations] == [str(e.lhs.name) for e in net.equations]


def test_embedding_counts_from_zero() -> None:
    net = workings.read(Words(), shapes={"words": 4})
    assert "E_weight[words[t] + 1,j]" in net.source.text or "E_weight[words[t]+1,j]" in net.source.text


REFUSED = {
    "an operation": (nn.Sequential(nn.Linear(3, 4), nn.GRU(4, 2)), {}, OutOfReach, "GRU"),
    "a branch": (lambda x: x if x.sum() > 0 else -x, {"shapes": {"x": 3}}, OutOfReach, "cannot trace"),
    "no shapes": (mlp, {}, BadValue, "the shapes of x, W1"),
    "shapes that do not fit": (mlp, {"shapes": FUNCTIONS["mlp"][1] | {"W1": "m x m"}}, BadValue, "do not fit"),
    "an argument that is a size": (lambda q, k: q @ k, {"shapes": {"q": "k", "k": "k"}}, BadValue, "k is an argument and a size"),
    "an unknown argument": (mlp, {"shapes": {"Z": 3}}, BadValue, "there is no argument Z"),
    "three axes": (lambda x, w: x @ w, {"shapes": {"x": "B x N x d", "w": "d"}}, OutOfReach, "matmul of B × N × d"),
    "a mask": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
               {"shapes": {"q": "n x d", "k": "n x d", "v": "n x d"}}, OutOfReach, "mask"),
}


@pytest.mark.parametrize(("source", "options", "error", "says"), REFUSED.values(), ids=REFUSED)
def test_refused(source, options, error, says) -> None:
    with pytest.raises(error, match=says):
        workings.read(source, **options)
