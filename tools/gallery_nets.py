"""Train the networks of the gallery from seeds and write them to sheets/gallery, weights rounded to 1/1024.

    .venv/bin/python tools/gallery_nets.py        needs torch and scikit-learn; the files are committed
"""

import csv
import json
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits, make_moons
from torch import nn

HOME = Path(__file__).parents[1] / "sheets" / "gallery"


def rounded(tensor):
    return (torch.round(tensor.detach() * 1024) / 1024).double().numpy()


def number(value):
    return int(value) if value == int(value) else float(value)


def plain(array):
    return number(array.item()) if array.ndim == 0 else [plain(a) for a in array]


def fit(module, x, t, steps, rate=0.01):
    optimiser = torch.optim.Adam(module.parameters(), rate, weight_decay=1e-5)
    for _ in range(steps):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(module(x), t)
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.round(parameter * 1024) / 1024)
    right = (module(x).argmax(1) == t).float().mean().item()
    print(f"{type(module).__name__}: loss {loss.item():.4f}, right {100 * right:.1f} %")


class Residual(nn.Module):
    """Two inputs, three residual blocks of width 24."""

    def __init__(self, classes):
        super().__init__()
        self.first = nn.Linear(2, 24)
        self.inner = nn.ModuleList(nn.Linear(24, 24) for _ in range(3))
        self.last = nn.Linear(24, classes)

    def forward(self, x):
        h = torch.relu(self.first(x))
        for layer in self.inner:
            h = h + torch.relu(layer(h))
        return self.last(h)

    def text(self):
        lines = ["x in R^2", "z1 = W1 @ x + b1", "r1 = relu(z1)"]
        for i in range(2, 5):
            lines += [f"z{i} = W{i} @ r{i - 1} + b{i}", f"r{i} = r{i - 1} + relu(z{i})"]
        count = self.last.out_features
        lines += [f"z5 in R^{count}", "z5 = W5 @ r4 + b5", *(f"y{k + 1} = z5[{k + 1}]" for k in range(count))]
        layers = [self.first, *self.inner, self.last]
        values = {f"W{i}": rounded(m.weight) for i, m in enumerate(layers, 1)}
        return lines, values | {f"b{i}": rounded(m.bias) for i, m in enumerate(layers, 1)}


class Convolutional(nn.Module):
    """Digits of 8 x 8: two convolutions with pooling, one linear layer."""

    def __init__(self):
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 12, 3, padding=1)
        self.last = nn.Linear(48, 10)

    def forward(self, x):
        h = nn.functional.avg_pool2d(torch.relu(self.c1(x)), 2)
        h = nn.functional.avg_pool2d(torch.relu(self.c2(h)), 2)
        return self.last(h.flatten(1))

    def text(self):
        lines = ["x in R^(1 x 8 x 8)", "z1 = conv2d(x, W1, 1, 1) + b1", "a1 = relu(z1)", "p1 = avg_pool2d(a1, 2, 2)",
                 "z2 = conv2d(p1, W2, 1, 1) + b2", "a2 = relu(z2)", "p2 = avg_pool2d(a2, 2, 2)", "f = flatten(p2)",
                 "z3 in R^10", "z3 = W3 @ f + b3", *(f"y{k} = z3[{k}]" for k in range(1, 11))]
        values = {"W1": rounded(self.c1.weight), "b1": rounded(self.c1.bias).reshape(-1, 1, 1),
                  "W2": rounded(self.c2.weight), "b2": rounded(self.c2.bias).reshape(-1, 1, 1),
                  "W3": rounded(self.last.weight), "b3": rounded(self.last.bias)}
        return lines, values


def save(name, given):
    (HOME / name).write_text(json.dumps(given, separators=(",", ":")).replace('],"', '],\n"') + "\n")


def save_equations(name, module, **more):
    lines, values = module.text()
    save(name, {"equations": lines, **more, "values": {k: plain(v) for k, v in values.items()}})


def save_rows(name, rows):
    with (HOME / name).open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def spiral(count, seed):
    """Three arms."""
    rng = np.random.default_rng(seed)
    arm = np.repeat(np.arange(3), count)
    r = np.tile(np.linspace(0.08, 1, count), 3)
    angle = 2 * np.pi * arm / 3 + 3.6 * r + rng.normal(0, 0.12, len(r))
    return np.c_[r * np.cos(angle), r * np.sin(angle)], arm


def main():
    torch.set_num_threads(1)
    HOME.mkdir(parents=True, exist_ok=True)

    torch.manual_seed(0)
    x, t = make_moons(200, noise=0.12, random_state=0)
    x = np.round(x, 3)
    moons = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))
    fit(moons, torch.tensor(x, dtype=torch.float32), torch.tensor(t), 600)
    w, b = rounded(moons[4].weight), rounded(moons[4].bias)
    layers = [{"W": plain(rounded(moons[i].weight)), "b": plain(rounded(moons[i].bias)), "act": "relu"} for i in (0, 2)]
    layers.append({"W": plain(w[1:] - w[:1]), "b": plain(b[1:] - b[:1]), "act": "id"})     # y > 0: the second moon
    save("two-moons.json", {"input_dim": 2, "box": [["-3/2", "5/2"], [-1, "3/2"]], "layers": layers})
    words = ("first", "second")
    save_rows("two-moons.csv", [("x1", "x2", "class"), *((a, b, words[k]) for (a, b), k in zip(x.tolist(), t))])

    torch.manual_seed(1)
    x, t = spiral(70, 1)
    x = np.round(x, 3)
    residual = Residual(3)
    fit(residual, torch.tensor(x, dtype=torch.float32), torch.tensor(t), 800)
    save_equations("residual.json", residual, box=[["-5/4", "5/4"]] * 2)
    save_rows("residual.csv", [("x1", "x2", "class"), *((a, b, f"y{k + 1}") for (a, b), k in zip(x.tolist(), t))])

    digits = load_digits()
    pixels, t = torch.tensor(digits.images / 16, dtype=torch.float32), torch.tensor(digits.target)
    chosen = [int(np.flatnonzero(digits.target == d)[i]) for d, i in ((3, 0), (5, 1), (8, 2))]
    save_rows("three-digits.csv", [[number(v / 16) for v in digits.images[i].reshape(-1)] for i in chosen])
    torch.manual_seed(2)
    mlp = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 10))
    fit(mlp, pixels, t, 300)
    save("digits-mlp.json", {"input_dim": 64, "layers": [
        {"W": plain(rounded(mlp[i].weight)), "b": plain(rounded(mlp[i].bias)), "act": "relu" if i < 5 else "id"}
        for i in (1, 3, 5)]})
    torch.manual_seed(3)
    conv = Convolutional()
    fit(conv, pixels[:, None], t, 300)
    save_equations("digits-conv.json", conv)


if __name__ == "__main__":
    main()
