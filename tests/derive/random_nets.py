"""Random networks as text, and the same network as a plain Python function of mpmath numbers (no code of ours)."""

from __future__ import annotations

import random
from collections.abc import Callable

import mpmath as mp

Point = dict[str, mp.mpf]
Forward = Callable[[Point], mp.mpf]

ONE_PLACE: dict[str, Callable[[mp.mpf], mp.mpf]] = {
    "tanh": mp.tanh, "exp": mp.exp, "sin": mp.sin, "cosh": mp.cosh,
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)), "relu": lambda z: max(z, mp.mpf(0)),
}


def scalar(seed: int, lines: int = 6) -> tuple[str, Forward, list[str]]:
    """A network of named lines with shared parameters: text, function of a point, names of its leaves."""
    r = random.Random(seed)
    known = leaves = ["x1", "x2", "w1", "w2", "v"]
    text: list[str] = []
    work: list[tuple[str, Callable[[Point], mp.mpf]]] = []
    for n in range(lines):
        name = "E" if n == lines - 1 else f"h{n + 1}"
        picked = [r.choice(known[-4:]), r.choice(known), r.choice(known)]
        if n == lines - 1:
            picked[0] = f"h{lines - 1}"
        line, do = _line(r, picked)
        text.append(f"{name} = {line}")
        work.append((name, do))
        known = [*known, name]

    def forward(point: Point) -> mp.mpf:
        values = dict(point)
        for name, do in work:
            values[name] = do(values)
        return values["E"]

    return "\n".join(text), forward, leaves


def _line(r: random.Random, names: list[str]) -> tuple[str, Callable[[Point], mp.mpf]]:
    a, b, c = names
    f = r.choice(list(ONE_PLACE))
    do = ONE_PLACE[f]
    return r.choice([
        (f"{f}({a}*{b} + {c})", lambda p: do(p[a] * p[b] + p[c])),
        (f"{a}*{b} + {a}*{c}", lambda p: p[a] * p[b] + p[a] * p[c]),
        (f"0.5*{a}^2 - {b}", lambda p: p[a] ** 2 / 2 - p[b]),
        (f"{f}({a})*{b}", lambda p: do(p[a]) * p[b]),
        (f"{a}/(1 + {b}^2)", lambda p: p[a] / (1 + p[b] ** 2)),
        (f"log cosh({a} - {b})", lambda p: mp.log(mp.cosh(p[a] - p[b]))),
        (f"log(1 + exp({a})) - {c}*{b}", lambda p: mp.log(1 + mp.exp(p[a])) - p[c] * p[b]),
        (f"({a} + {b})^3/6", lambda p: (p[a] + p[b]) ** 3 / 6),
    ])


def slope(forward: Forward, point: Point, name: str) -> mp.mpf:
    """The derivative by one leaf, as a central difference of 60 digits."""
    with mp.workdps(60):
        h = mp.mpf(10) ** -20
        up, down = dict(point), dict(point)
        up[name] += h
        down[name] -= h
        return (forward(up) - forward(down)) / (2 * h)


def point(names: list[str], seed: int) -> dict[str, str]:
    """Small decimals, none of them 0."""
    r = random.Random(seed)
    return {n: f"{r.choice('+-').replace('+', '')}0.{r.randint(1, 9)}{r.randint(1, 9)}" for n in names}
