"""Deriving beside CasADi: build and backward of the scalar 2-64-64-1 network, and a chain of growing length.

Run `python bench/derivation.py`; prints seconds and ratios, one line a measurement.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

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


def main() -> None:
    try:
        casadi(2, 2)
    except ImportError:
        print("CasADi is not installed: pip install casadi")
        (ours,) = fastest(lambda: backward(network(2, 64), Ref("E")))
        print(f"2-64-64-1, build and backward: {ours:.3f} s")
    else:
        ours, theirs = fastest(lambda: backward(network(2, 64), Ref("E")), lambda: casadi(2, 64))
        print(f"2-64-64-1, build and backward:      {ours:8.3f} s")
        print(f"2-64-64-1, CasADi SX and Function:  {theirs:8.3f} s   ratio {ours / theirs:.2f}")
    for h in (2, 4, 8, 16, 32, 64):
        program = backward(network(2, h), Ref("E"))
        closed = 3 * h * h + 4 * h + 6 * h + 2 * h * h + 2 * h + 2 * h + 3
        fewest = backward(network(2, h), Ref("E"), None, "fewest")
        print(f"2-{h}-{h}-1: {program.total} operations (closed form {closed}), fewest {fewest.total}")
    for n in (10**3, 10**4, 10**5):
        net = chain(n)
        start = time.perf_counter()
        backward(net, Ref("E"))
        print(f"chain of {n}: {time.perf_counter() - start:8.3f} s")


if __name__ == "__main__":
    main()
