"""A chain of n equations read, differentiated and run, for n = 10^3, 10^4, 10^5: seconds, and how they grow.

usage: python bench/chain.py [largest exponent]
"""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from workings.derive import backward
from workings.evaluate import run
from workings.expr import Ref
from workings.functions import signatures
from workings.syntax import read

R = TypeVar("R")


def chain(n: int) -> str:
    """a1 = tanh(w1*x), a2 = tanh(w2*a1), ..., E = (a_n - t)^2."""
    lines = ["a1 = tanh(w1*x)"] + [f"a{i} = tanh(w{i}*a{i - 1})" for i in range(2, n + 1)]
    return "\n".join([*lines, f"E = (a{n} - t)^2"])


def timed(work: Callable[[], R]) -> tuple[float, R]:
    start = time.perf_counter()
    value = work()
    return time.perf_counter() - start, value


def main(largest: int) -> None:
    print(f"{'n':>8} {'read s':>9} {'backward s':>11} {'run s':>8}   per equation, µs")
    for exponent in range(3, largest + 1):
        n = 10**exponent
        text = chain(n)
        reading, net = timed(lambda text=text: read(text, signatures()))
        deriving, program = timed(lambda net=net: backward(net, Ref("E")))
        values = {"x": 0.5, "t": 0.1} | {f"w{i}": 1.01 for i in range(1, n + 1)}
        running, _ = timed(lambda net=net, values=values: run(net, values))
        each = " / ".join(f"{1e6 * s / n:.1f}" for s in (reading, deriving, running))
        print(f"{n:>8} {reading:>9.3f} {deriving:>11.3f} {running:>8.3f}   {each}   {len(program.backward)} statements")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
