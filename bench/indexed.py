"""The three indexed cases of research/derivation.md, section 5, beside SymPy and JAX in one run.

    A  E = 1/N sum_k log cosh(sum_i w_i x_ki - t_k)           by w_i
    B  softmax cross-entropy of z = W x                        by W_ci
    C  two layers, log cosh(sum_j v_j tanh(W x) - t)           by W_ji

`python bench/indexed.py` prints medians of warm calls in milliseconds, the result, and how many times slower others
are.  "gradient" is the whole derivation, done again and tried at random points; "backward" the program for all.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from workings.derive import backward, gradient
from workings.expr import Ref
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_expression

CASES = {
    "A": ("i = 1..d; k = 1..N; y[k] = sum(i, w[i]*x[k,i]); E = 1/N*sum(k, log(cosh(y[k] - t[k])))", "w[i]"),
    "B": ("i = 1..d; k = 1..N; c = 1..C; b = 1..C; sum(c, T[k,c]) = 1; z[k,c] = sum(i, W[c,i]*x[k,i]); "
          "p[k,c] = exp(z[k,c])/sum(b, exp(z[k,b])); E = -1/N*sum(k, sum(c, T[k,c]*log(p[k,c])))", "W[c,i]"),
    "C": ("i = 1..d; k = 1..N; j = 1..H; a[k,j] = tanh(sum(i, W[j,i]*x[k,i])); y[k] = sum(j, v[j]*a[k,j]); "
          "E = 1/N*sum(k, log(cosh(y[k] - t[k])))", "W[j,i]"),
}


def median(work: Callable[[], object], rounds: int = 15) -> float:
    """Milliseconds of a warm call."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


def ours(text: str, by: str) -> tuple[float, float, float, str]:
    """Milliseconds of gradient, of it without replay and trial, of backward; the result."""
    net = read(text, signatures())
    wrt = read_expression(by, signatures(), net)
    assert isinstance(wrt, Ref)
    shown = plain(gradient(net, Ref("E"), wrt).result)
    return (median(lambda: gradient(net, Ref("E"), wrt)), median(lambda: gradient(net, Ref("E"), wrt, verified=False)),
            median(lambda: backward(net, Ref("E"), [wrt])), shown)


def with_sympy() -> dict[str, float]:
    """Milliseconds to a form without Kronecker deltas (`simplify`; `diff` alone leaves them)."""
    import sympy as sp

    N, d, H, C = sp.symbols("N d H C", integer=True, positive=True)
    i, j, k, c, b, m, p, q = sp.symbols("i j k c b m p q", integer=True)
    w, x, t, W, v, T = (sp.IndexedBase(n) for n in ("w", "x", "t", "W", "v", "T"))

    def z(cc: object) -> object:
        return sp.Sum(W[cc, i] * x[k, i], (i, 1, d))

    A = sp.Sum(sp.log(sp.cosh(sp.Sum(w[i] * x[k, i], (i, 1, d)) - t[k])), (k, 1, N)) / N
    B = -sp.Sum(sp.Sum(T[k, c] * sp.log(sp.exp(z(c)) / sp.Sum(sp.exp(z(b)), (b, 1, C))), (c, 1, C)), (k, 1, N)) / N
    inner = sp.Sum(v[j] * sp.tanh(sp.Sum(W[j, i] * x[k, i], (i, 1, d))), (j, 1, H))
    L = sp.Sum(sp.log(sp.cosh(inner - t[k])), (k, 1, N)) / N
    out = {}
    for name, expr, by in (("A", A, w[m]), ("B", B, W[p, q]), ("C", L, W[p, q])):
        sp.core.cache.clear_cache()
        start = time.perf_counter()
        sp.simplify(expr.diff(by))
        out[name] = 1e3 * (time.perf_counter() - start)
    return out


def with_jax() -> dict[str, float]:
    """Milliseconds to trace a gradient with symbolic sizes."""
    import jax
    import jax.numpy as jnp
    from jax import export

    def shaped(*names: str) -> list[object]:
        scope = export.SymbolicScope()
        return [jax.ShapeDtypeStruct(export.symbolic_shape(n, scope=scope), jnp.float32) for n in names]

    def two(W: object, v: object, x: object, t: object) -> object:
        return jnp.log(jnp.cosh(jnp.tanh(x @ W.T) @ v - t)).mean()  # type: ignore[attr-defined,operator]

    cases = {
        "A": (lambda w, x, t: jnp.log(jnp.cosh(x @ w - t)).mean(), ("d", "N, d", "N")),
        "B": (lambda W, x, T: -(T * jax.nn.log_softmax(x @ W.T)).sum() / x.shape[0], ("C, d", "N, d", "N, C")),
        "C": (two, ("H, d", "H", "N, d", "N")),
    }
    return {n: median(lambda f=f, s=s: jax.make_jaxpr(jax.grad(f))(*shaped(*s)), 5) for n, (f, s) in cases.items()}


def main() -> None:
    rows = {name: ours(*case) for name, case in CASES.items()}
    others: dict[str, dict[str, float]] = {}
    for name, work in (("SymPy simplify", with_sympy), ("JAX trace", with_jax)):
        try:
            others[name] = work()
        except ImportError:
            print(f"{name}: not installed")
    for name, (whole, alone, program, shown) in rows.items():
        print(f"{name}  dE/d{CASES[name][1]} = {shown}")
        print(f"   gradient {whole:6.1f} ms (without replay and trial {alone:.1f}), backward {program:.1f} ms")
        for peer, times in others.items():
            ratios = f"{times[name] / whole:.1f} x gradient, {times[name] / program:.1f} x backward"
            print(f"   {peer} {times[name]:8.1f} ms   {ratios}")


if __name__ == "__main__":
    main()
