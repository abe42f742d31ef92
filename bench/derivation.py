"""Deriving beside its peers: build and backward of scalar 2-h-h-1 networks, and a chain of growing length.

Run `python bench/derivation.py [FILE.json]`; prints seconds and ratios, one line a measurement.  CasADi builds and
makes callable; symengine and SymPy differentiate and name common subexpressions; JAX traces to its jaxpr; PyTorch
runs once and back, which is all that it derives.  SymPy stops at h = 8 (beyond, minutes), what is not installed is
left out.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from workings.derive import backward
from workings.expr import Add, Call, Equation, Mul, Neg, Network, Ref


def network(d: int, h: int) -> Network:
    """The d-h-h-1 network with every weight a name and E = log cosh(y - t)."""
    equations = []
    below = [f"x{i + 1}" for i in range(d)]
    for layer, width in ((1, h), (2, h), (3, 1)):
        above = []
        for j in range(width):
            terms = tuple(Mul((Ref(f"w{layer}_{i + 1}_{j + 1}"), Ref(a))) for i, a in enumerate(below))
            z, a = ("y", "y") if layer == 3 else (f"z{layer}_{j + 1}", f"a{layer}_{j + 1}")
            equations.append(Equation(Ref(z), Add(terms) if len(terms) > 1 else terms[0]))
            if layer < 3:
                equations.append(Equation(Ref(a), Call("tanh", (Ref(z),))))
            above.append(a)
        below = above
    equations.append(Equation(Ref("E"), Call("log", (Call("cosh", (Add((Ref("y"), Neg(Ref("t")))),)),))))
    return Network(tuple(equations))


def chain(n: int) -> Network:
    """a_i = tanh(w_i a_(i-1)), n times."""
    equations = [
        Equation(Ref(f"a{i}"), Call("tanh", (Mul((Ref(f"w{i}"), Ref(f"a{i - 1}" if i > 1 else "x"))),)))
        for i in range(1, n + 1)
    ]
    return Network((*equations, Equation(Ref("E"), Ref(f"a{n}"))))


def casadi(d: int, h: int) -> None:
    """The same network built, differentiated and made callable by CasADi."""
    import casadi as ca

    x = [ca.SX.sym(f"x{i}") for i in range(d)]
    t = ca.SX.sym("t")
    weights: list[ca.SX] = []
    below = x
    for width in (h, h, 1):
        above = []
        for _ in range(width):
            own = [ca.SX.sym(f"w{len(weights) + n}") for n in range(len(below))]
            weights += own
            z = sum((w * a for w, a in zip(own, below, strict=True)), ca.SX(0))
            above.append(z if width == 1 else ca.tanh(z))
        below = above
    error = ca.log(ca.cosh(below[0] - t))
    w = ca.vertcat(*weights)
    ca.Function("f", [ca.vertcat(*x), t, w], [error, ca.gradient(error, w)])


def fastest(*works: Callable[[], object], rounds: int = 9) -> list[float]:
    """The fastest of some interleaved rounds of each, in seconds."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for n, work in enumerate(works):
            gc.collect()
            start = time.perf_counter()
            work()
            best[n] = min(best[n], time.perf_counter() - start)
    return best


def symbolic(library: str, h: int) -> None:
    """The same network in SymPy or symengine: all derivatives, common subexpressions named."""
    se = importlib.import_module(library)
    x, t, weights = [se.Symbol("x1"), se.Symbol("x2")], se.Symbol("t"), []
    below = x
    for layer, width in enumerate((h, h, 1)):
        above = []
        for j in range(width):
            own = [se.Symbol(f"w{layer}_{i}_{j}") for i in range(len(below))]
            weights += own
            z = sum((w*a for w, a in zip(own, below, strict=True)), se.Integer(0))
            above.append(z if width == 1 else se.tanh(z))
        below = above
    error = se.log(se.cosh(below[0] - t))
    se.cse([error, *(se.diff(error, w) for w in weights)])


def library(name: str, h: int) -> None:
    """The same network on numbers of a library: what it derives is a trace."""
    sizes = ((2, h), (h, h), (h, 1))
    if name == "jax":
        import jax
        import jax.numpy as jnp

        def loss(w: list[list[list[float]]], x: list[float]) -> object:
            below = x
            for layer in w:
                z = [sum(a*row[j] for a, row in zip(below, layer, strict=True)) for j in range(len(layer[0]))]
                below = [jnp.tanh(v) for v in z]
            return jnp.log(jnp.cosh(z[0] - 0.5))

        jax.make_jaxpr(jax.grad(loss))([[[0.1]*n for _ in range(m)] for m, n in sizes], [0.3, 0.2])
        return
    import torch

    leaves = [[[torch.tensor(0.1, requires_grad=True) for _ in range(n)] for _ in range(m)] for m, n in sizes]
    below = [torch.tensor(0.3), torch.tensor(0.2)]
    for layer in leaves:
        z = [sum(a*row[j] for a, row in zip(below, layer, strict=True)) for j in range(len(layer[0]))]
        below = [torch.tanh(v) for v in z]
    torch.autograd.grad(torch.log(torch.cosh(z[0] - 0.5)), [w for layer in leaves for row in layer for w in row])


def beside(results: list[dict[str, object]]) -> None:
    """workings and every peer that is installed, at two widths."""
    peers: dict[str, tuple[int, Callable[[int], None]]] = {
        "casadi": (64, lambda h: casadi(2, h)), "symengine": (16, lambda h: symbolic("symengine", h)),
        "sympy": (8, lambda h: symbolic("sympy", h)), "jax": (8, lambda h: library("jax", h)),
        "torch": (16, lambda h: library("torch", h)),
    }
    for name, (h, work) in peers.items():
        if importlib.util.find_spec(name) is None:
            print(f"{name} is not installed")
            continue
        ours, theirs = fastest(lambda h=h: backward(network(2, h), Ref("E")), lambda work=work, h=h: work(h), rounds=5)
        print(f"2-{h}-{h}-1: {ours:8.4f} s, {name} {theirs:8.4f} s   ratio {ours / theirs:.2f}", flush=True)
        results.append({"title": f"derive 2-{h}-{h}-1", "unit": "s", "times": {"workings": ours, name: theirs},
                        "ratios": [{"ours": "workings", "peer": name, "ratio": round(ours/theirs, 3), "at_most": 1.0}]})


def main() -> None:
    results: list[dict[str, object]] = []
    beside(results)
    for h in (2, 4, 8, 16, 32, 64):
        program = backward(network(2, h), Ref("E"))
        closed = 3 * h * h + 4 * h + 6 * h + 2 * h * h + 2 * h + 2 * h + 3
        fewest = backward(network(2, h), Ref("E"), None, "fewest")
        print(f"2-{h}-{h}-1: {program.total} operations (closed form {closed}), fewest {fewest.total}")
        results.append({"title": f"operations of 2-{h}-{h}-1", "unit": "operations",
                        "times": {"plain": program.total, "fewest": fewest.total, "closed form": closed}, "ratios": []})
    for n in (10**3, 10**4, 10**5):
        net = chain(n)
        start = time.perf_counter()
        backward(net, Ref("E"))
        print(f"chain of {n}: {time.perf_counter() - start:8.3f} s")
    for file in sys.argv[1:]:
        Path(file).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
