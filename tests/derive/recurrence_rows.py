"""Recurrences as a course writes them, and numbers for them."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from workings.derive.prepared import prepared
from workings.evaluate.sizes import Usage, stretch
from workings.expr import Network
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read

# name: (text, the loss, steps tried, parameters of second derivatives)
ROWS: dict[str, tuple[str, str, tuple[int, ...], tuple[str, ...]]] = {
    "sum": ("t = 1..T\nh[0] = 0\nh[t] = tanh(w*h[t-1] + u*x[t])\nE = sum(t, (h[t]-s[t])^2)", "E", (1, 2, 4), ("w", "u")),
    "last": ("h[0] = s\nt = 1..T\nh[t] = tanh(w*h[t-1] + u*x[t])\nE = 1/2*(h[T] - y)^2", "E", (1, 2, 4), ("w", "s")),
    "no range": ("h[0] = s\nh[t] = tanh(w*h[t-1])\nE = h[T]^2", "E", (1, 3), ("w",)),
    "head shifted": ("t = 0..T-1\nh[0] = a\nh[t+1] = sin(w*h[t])\nE = h[T]^2", "E", (1, 3), ("w",)),
    "output": ("h[0] = s\nt = 1..T\nz[t] = w*h[t-1] + u*x[t]\nh[t] = tanh(z[t])\ny[t] = v*h[t] + c\n"
               "E = sum(t, (y[t] - d[t])^2)", "E", (1, 2, 3), ("w", "v")),
    "both": ("t = 1..T\nh[0] = a\nh[t] = sin(w*h[t-1] + x[t])\nE = sum(t, h[t]^2) + v*h[T]^3", "E", (1, 3), ("w",)),
    "two back": ("t = 2..T\nh[0] = a\nh[1] = b\nh[t] = p*h[t-1] + q*h[t-2]\nE = sum(t, h[t]^2)", "E", (2, 3, 5), ("p", "a")),
    "down": ("t = 1..T\nb[T+1] = 0\nb[t] = tanh(w*b[t+1] + u*x[t])\nE = sum(t, b[t]^2)", "E", (1, 2, 3), ("w",)),
    "both ways": ("t = 1..T\nf[0] = 0\nf[t] = tanh(w*f[t-1] + x[t])\nb[T+1] = 0\nb[t] = tanh(v*b[t+1] + x[t])\n"
                  "E = sum(t, (f[t]*b[t] - s[t])^2)", "E", (1, 3), ("w", "v")),
    "tied": ("t = 1..T\nh[0] = 0\nh[t] = tanh(w*h[t-1] + w*x[t])\ny[t] = w*h[t]\nE = sum(t, (y[t] - s[t])^2)", "E",
             (1, 3), ("w",)),
    "vector": ("t = 1..T\ni = 1..n\nj = 1..n\nk = 1..m\nh[0,i] = 0\n"
               "h[t,i] = tanh(sum(j, W[i,j]*h[t-1,j]) + sum(k, U[i,k]*x[t,k]) + b[i])\ny[t] = sum(i, v[i]*h[t,i])\n"
               "E = sum(t, (y[t]-s[t])^2)", "E", (1, 3), ("W", "b")),
    "time last": ("t = 1..T\ni = 1..n\nj = 1..n\nh[i,0] = a[i]\nh[i,t] = tanh(sum(j, W[i,j]*h[j,t-1]) + x[i,t])\n"
                  "E = sum(i, h[i,T]^2)", "E", (1, 3), ("a",)),
    "two layers": ("t = 1..T\ng[0] = 0\nh[0] = 0\ng[t] = tanh(w*g[t-1] + x[t])\nh[t] = tanh(v*h[t-1] + u*g[t])\n"
                   "E = sum(t, (h[t] - s[t])^2)", "E", (1, 3), ("w", "v")),
    "depth and time": ("l = 1..L\nt = 1..T\nh[0,t] = x[t]\nh[l,0] = 0\nh[l,t] = tanh(W[l]*h[l-1,t] + U[l]*h[l,t-1])\n"
                       "E = sum(t, h[L,t]^2)", "E", (1, 3), ()),
    "lstm": ("t = 1..T\nh[0] = p0\nc[0] = q0\nf[t] = sigmoid(wf*x[t] + uf*h[t-1] + bf)\n"
             "i[t] = sigmoid(wi*x[t] + ui*h[t-1] + bi)\no[t] = sigmoid(wo*x[t] + uo*h[t-1] + bo)\n"
             "g[t] = tanh(wg*x[t] + ug*h[t-1] + bg)\nc[t] = f[t]*c[t-1] + i[t]*g[t]\nh[t] = o[t]*tanh(c[t])\n"
             "E = sum(t, (h[t] - s[t])^2)", "E", (1, 3), ("uf", "wo")),
    "gru": ("t = 1..T\nh[0] = 0\nz[t] = sigmoid(wz*x[t] + uz*h[t-1])\nr[t] = sigmoid(wr*x[t] + ur*h[t-1])\n"
            "n[t] = tanh(wn*x[t] + un*(r[t]*h[t-1]))\nh[t] = (1 - z[t])*h[t-1] + z[t]*n[t]\nE = (h[T] - y)^2", "E",
            (1, 3), ("uz", "wn")),
    "vector lstm": ("t = 1..T\nk = 1..n\nj = 1..n\nh[0,k] = 0\nc[0,k] = 0\n"
                    "f[t,k] = sigmoid(x[t,k] + sum(j, F[k,j]*h[t-1,j]))\no[t,k] = sigmoid(x[t,k] + sum(j, O[k,j]*h[t-1,j]))\n"
                    "g[t,k] = tanh(x[t,k] + sum(j, G[k,j]*h[t-1,j]))\nc[t,k] = f[t,k]*c[t-1,k] + (1 - f[t,k])*g[t,k]\n"
                    "h[t,k] = o[t,k]*tanh(c[t,k])\nE = sum(t, sum(k, (h[t,k] - s[t,k])^2))", "E", (1, 2), ()),
}


def net_of(name: str) -> Network:
    """A network of the table, with its ranges."""
    return prepared(read(ROWS[name][0], signatures()))


def sizes(net: Network, steps: int) -> dict[str, int]:
    """T and L steps, everything else 2."""
    return {n: steps if n in ("T", "L") else 2 for n in net.sizes}


def extent(net: Network, name: str, places: int, at: dict[str, int]) -> list[range]:
    """The values of the index places of a family."""
    from workings.evaluate import value

    found = [stretch(Usage(net), (name, places), p, lambda e: int(value(e, at))) for p in range(places)]
    assert all(f is not None for f in found), (name, plain)
    return [f for f in found if f is not None]


def numbers(r: random.Random, spans: list[range]) -> Any:
    """Nested lists of fractions."""
    if not spans:
        return Fraction(r.randint(-90, 90), 100)
    return [numbers(r, spans[1:]) for _ in spans[0]]


def point(net: Network, steps: int, seed: int = 0) -> dict[str, Any]:
    """Numbers for all sizes and leaves."""
    r, at = random.Random(seed), sizes(net, steps)
    leaves = {n: numbers(r, extent(net, n, places, at)) for n, places in net.leaves if n not in at}
    return {**at, **leaves}
