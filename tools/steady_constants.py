"""Writes the constants of the steady functions: roots in parts, polynomials about them and for the normal tail.

    .venv/bin/python tools/steady_constants.py        writes src/workings/emit/kernels/constants.py

Everything is computed here by mpmath to 60 digits and rounded once; nothing is copied from a library.  A root stands
as three numbers of 24 bits and the rest, so that z - root is right in single precision too.  About a root r a function
is (z - r) P(z - r), P by interpolation at Chebyshev's points, as short as a relative error of 2^-58 allows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath as mp

Number = Any
TARGET = Path(__file__).parent.parent / "src/workings/emit/kernels/constants.py"
GOAL = mp.mpf(2)**-58
HEAD = '"""Constants of the steady functions, by name; made by tools/steady_constants.py, do not edit."""\n'


def sigmoid(z: Number) -> Number:
    return 1/(1 + mp.exp(-z))


def silu(z: Number) -> Number:
    return z*sigmoid(z)


def mish(z: Number) -> Number:
    return z*mp.tanh(mp.log1p(mp.exp(z)))


def gelu(z: Number) -> Number:
    return z*mp.ncdf(z)


def tanh_gelu(z: Number) -> Number:
    """Hendrycks and Gimpel, arXiv:1606.08415: the form by tanh."""
    return z*sigmoid(2*mp.sqrt(2/mp.pi)*(z + mp.mpf(44715)/1000000*z**3))


def slope(f: Callable[[Number], Number], order: int) -> Callable[[Number], Number]:
    """The derivative of an analytic function by Taylor's series of mpmath."""
    def derived(z: Number) -> Number:
        with mp.workdps(100):
            return +mp.diff(f, z, order)
    return derived


# name: the function, where its root lies, how far about it the polynomial is used
ROOTS: dict[str, tuple[Callable[[Number], Number], float, float]] = {
    "D3SIGMOID": (slope(sigmoid, 3), 1.317, 1.0),
    "DSILU": (slope(silu, 1), -1.278, 1.0),
    "D2SILU": (slope(silu, 2), 2.399, 1.0),
    "DMISH": (slope(mish, 1), -1.192, 1.2),
    "D2MISH_LOW": (slope(mish, 2), -2.256, 1.0),
    "D2MISH_HIGH": (slope(mish, 2), 1.490, 0.5),
    "DGELU": (slope(gelu, 1), -0.7518, 0.6),
    "DTANHGELU": (slope(tanh_gelu, 1), -0.7525, 0.7),
    "D2TANHGELU": (slope(tanh_gelu, 2), 1.41, 0.65),
}


# roots that have a formula: the function is told by its distance from it
KNOWN: dict[str, Callable[[], Number]] = {
    "ROOT2": lambda: mp.sqrt(2), "INVERSE_E": lambda: mp.exp(-1),
}


def parts(x: Number) -> list[float]:
    """A number as a sum of three numbers of 24 bits and what is left."""
    out = []
    for _ in range(3):
        out.append(float(short(x, 24)))
        x -= out[-1]
    return [*out, x]


def short(x: Number, bits: int) -> Number:
    """A number rounded to so many bits."""
    scale = mp.mpf(2)**(bits - 1 - mp.floor(mp.log(abs(x), 2)))
    return mp.nint(x*scale)/scale


def interpolated(g: Callable[[Number], Number], low: Number, high: Number, count: int) -> list[Number]:
    """The coefficients, lowest first, of the polynomial through `count` Chebyshev points."""
    middle, half = (low + high)/2, (high - low)/2
    at = [middle + half*mp.cos(mp.pi*(2*k + 1)/(2*count)) for k in range(count)]
    return solved(at, [g(x) for x in at])


def solved(at: list[Number], values: list[Number]) -> list[Number]:
    """Newton's divided differences, multiplied out."""
    table = list(values)
    for k in range(1, len(at)):
        for n in range(len(at) - 1, k - 1, -1):
            table[n] = (table[n] - table[n - 1])/(at[n] - at[n - k])
    out = [table[-1]]
    for n in range(len(at) - 2, -1, -1):
        out = [mp.mpf(0), *out]
        for k in range(len(out) - 1):
            out[k] -= at[n]*out[k + 1]
        out[0] += table[n]
    return out


def shortest(g: Callable[[Number], Number], low: Number, high: Number, known: dict[Number, Number]) -> list[Number]:
    """The shortest polynomial within the goal, on a grid between the points."""
    def value(x: Number) -> Number:
        if x not in known:
            known[x] = g(x)
        return known[x]

    probes = [low + (high - low)*(mp.mpf(k) + mp.mpf(1)/3)/67 for k in range(67)]
    for count in range(6, 60):
        found = interpolated(value, low, high, count)
        if all(abs(mp.polyval(found[::-1], x)/value(x) - 1) < GOAL for x in probes):
            return found
    raise ValueError("no polynomial is short enough")


def about(f: Callable[[Number], Number], guess: float, width: float) -> tuple[Number, list[Number]]:
    root = mp.findroot(f, guess)
    return root, shortest(lambda d: f(root + d)/d, -mp.mpf(width), mp.mpf(width), {})


def tail(x: Number) -> Number:
    """Phi(-x) exp(x^2/2), which falls from 1/2 as slowly as 1/x."""
    return mp.erfc(x/mp.sqrt(2))/2*mp.exp(x*x/2)


def tails() -> dict[str, list[Number]]:
    """An even function by its square; the normal tail about the middle of two intervals, beyond in 1/x^2, times x."""
    return {
        "D2TANHGELU_NEAR": shortest(lambda s: slope(tanh_gelu, 2)(mp.sqrt(s)), mp.mpf("1e-9"), mp.mpf("0.64"), {}),
        "TAIL_NEAR": shortest(lambda d: tail(mp.mpf(1.25) + d), mp.mpf(-1.25), mp.mpf(1.25), {}),
        "TAIL_MIDDLE": shortest(lambda d: tail(4 + d), mp.mpf(-1.5), mp.mpf(1.5), {}),
        "TAIL_FAR": shortest(lambda s: tail(1/mp.sqrt(s))/mp.sqrt(s), mp.mpf(1)/1700, 1/mp.mpf(5.5)**2, {}),
    }


def tuple_text(name: str, numbers: list[Number]) -> str:
    rows, row = [], ""
    for number in numbers:
        word = repr(float(number)) + ", "
        if len(row) + len(word) > 112:
            rows, row = [*rows, row.rstrip()], ""
        row += word
    inner = "\n    ".join([*rows, row.rstrip()])
    return f"{name} = (\n    {inner}\n)"


def main() -> None:
    mp.mp.dps = 60
    lines = []
    for name, (f, guess, width) in ROOTS.items():
        root, found = about(f, guess, width)
        lines += [tuple_text(f"{name}_PARTS", parts(root)), tuple_text(f"{name}_ABOUT", found)]
        print(name, mp.nstr(root, 20), len(found))
    lines += [tuple_text(f"{name}_PARTS", parts(x())) for name, x in KNOWN.items()]
    a = 2*mp.sqrt(2/mp.pi)
    for name, x, bits in (("LINEAR", a, 20), ("CUBIC", a*mp.mpf(44715)/1000000, 11)):
        lines.append(tuple_text(f"TANHGELU_{name}", [short(x, bits), x - short(x, bits), x]))
    for name, found in tails().items():
        lines.append(tuple_text(name, found))
        print(name, len(found), max(abs(c) for c in found))
    TARGET.write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
