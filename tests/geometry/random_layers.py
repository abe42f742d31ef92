"""Random degenerate networks of small integers: as layers for the engines of planes, as text for that of R^n."""

from __future__ import annotations

from itertools import pairwise
import random
from typing import Any

from workings.expr import Network
from workings.functions import signatures
from workings.importers.from_arrays import from_arrays
from workings.syntax import read

ACTS = ("relu", "relu", "relu", "abs", "leaky(z, 1/2)", "clip(z, -1, 2)")
TEXT = {"id": "{0}", "relu": "relu({0})", "abs": "abs({0})", "leaky(z, 1/2)": "leaky({0}, 1/2)",
        "clip(z, -1, 2)": "clip({0}, -1, 2)"}


def layers_of(seed: int) -> tuple[dict[str, Any], Any]:
    """A network of one or two inputs with weights in -2..2, many of them 0, and a box or "all"."""
    r = random.Random(seed)
    size = r.choice([1, 2, 2, 2, 2])
    sizes = [size, *(r.randint(1, 4) for _ in range(r.choice([1, 1, 2, 2, 3]))), r.choice([1, 1, 1, 2, 3])]
    k = r.choice([1, 1, 2])
    layers = [
        {"W": [[r.randint(-k, k) for _ in range(n)] for _ in range(m)], "b": [r.randint(-k, k) for _ in range(m)],
         "act": "id" if i == len(sizes) - 2 else r.choice(ACTS)}
        for i, (n, m) in enumerate(pairwise(sizes))
    ]
    box = r.choice(["all", [(-1, 1)] * size, [(-2, 3)] * size])
    return {"layers": layers}, box


def as_network(given: dict[str, Any]) -> Network:
    """In array notation."""
    return from_arrays(given, "random")


def as_text(given: dict[str, Any]) -> Network:
    """The same in scalar equations."""
    names = [f"x{i + 1}" for i in range(len(given["layers"][0]["W"][0]))]
    inputs, lines, last = names, [], len(given["layers"]) - 1
    for k, layer in enumerate(given["layers"]):
        many = len(layer["W"])
        new = [f"y{j + 1}" if k == last and many > 1 else "y" if k == last else f"h{k + 1}_{j + 1}" for j in range(many)]
        for name, row, bias in zip(new, layer["W"], layer["b"]):
            inside = " + ".join(f"({w})*{v}" for w, v in zip(row, names)) + f" + ({bias})"
            lines.append(f"{name} = " + TEXT[layer["act"]].format(f"({inside})"))
        names = new
    return read("\n".join(lines), signatures(), inputs=inputs)
