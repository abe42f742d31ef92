"""Emitted code beside its peers, in one run, one thread, rounds interleaved; it prints ratios.

    python bench/code.py [a] [b] [c] [d] [e] [FILE.json]

a  one call from Python, 2-2-2-1 tanh and log cosh: C (bound buffers) beside CasADi's compiled C, Python beside SymPy
b  the mean gradient over N = 1e3 and 1e6 points: C and NumPy beside JAX and torch.compile (float64)
c  MLPs at batch 128, float32: 2-64-64-1 log cosh, 784-128-10 softmax cross-entropy: C beside JAX
d  PyTorch and JAX output beside their own autograd, on the nets of shared/peers/emit_targets.py and on 2-64-64-1 at
   N = 1000 in float64; e: the same with slopes that may cancel

A peer that is not installed (symengine, PyTensor) is left out, and that is said.
"""

from __future__ import annotations

import importlib.util
import json
import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu",
               "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import workings
from workings.emit.build import loaded

Run = Callable[[], Any]

SCALAR = """
z3 = x1*w13 + x2*w23; z4 = x1*w14 + x2*w24
a3 = tanh(z3); a4 = tanh(z4)
z5 = a3*w35 + a4*w45; z6 = a3*w36 + a4*w46
a5 = tanh(z5); a6 = tanh(z6)
y = a5*w57 + a6*w67
E = log cosh(y - t)
"""
SAMPLES = """
k = 1..N
z3[k] = x1[k]*w13 + x2[k]*w23; z4[k] = x1[k]*w14 + x2[k]*w24
a3[k] = tanh(z3[k]); a4[k] = tanh(z4[k])
z5[k] = a3[k]*w35 + a4[k]*w45; z6[k] = a3[k]*w36 + a4[k]*w46
a5[k] = tanh(z5[k]); a6[k] = tanh(z6[k])
y[k] = a5[k]*w57 + a6[k]*w67
E = 1/N*sum(k, log cosh(y[k] - t[k]))
"""
DEEP = """
i = 1..d; j = 1..h; m = 1..h; k = 1..N
a[k,j] = tanh(sum(i, W1[i,j]*x[k,i]) + b1[j])
c[k,m] = tanh(sum(j, W2[j,m]*a[k,j]) + b2[m])
y[k] = sum(m, w3[m]*c[k,m]) + b3
E = 1/N*sum(k, log cosh(y[k] - t[k]))
"""
CLASSES = """
i = 1..d; j = 1..h; c = 1..C; k = 1..N
a[k,j] = tanh(sum(i, W1[i,j]*x[k,i]) + b1[j])
z[k,c] = sum(j, W2[j,c]*a[k,j]) + b2[c]
p[k,c] = exp(z[k,c])/sum(c2, 1, C, exp(z[k,c2]))
E = -1/N*sum(k, sum(c, t[k,c]*log(p[k,c])))
"""
W = "w13 w23 w14 w24 w35 w45 w36 w46 w57 w67".split()


def measured(runs: dict[str, Run], rounds: int = 15, slot: float = 0.05) -> dict[str, float]:
    """The fastest time of a call of each, in seconds; rounds go in turn, so that noise meets all alike."""
    counts, best = {}, dict.fromkeys(runs, float("inf"))
    for name, run in runs.items():
        run()
        start = time.perf_counter()
        run()
        counts[name] = max(1, int(slot/max(time.perf_counter() - start, 1e-8)))
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            for _ in range(counts[name]):
                run()
            best[name] = min(best[name], (time.perf_counter() - start)/counts[name])
    return best


def told(title: str, best: dict[str, float], unit: float, per: str, pairs: Sequence[tuple[str, str, float]]) -> None:
    """The times, and each pair as a ratio beside what it may be."""
    print(title, flush=True)
    rows = [{"ours": o, "peer": p, "ratio": round(best[o]/best[p], 3), "at_most": m} for o, p, m in pairs if p in best]
    RESULTS.append({"title": title, "unit": per, "times": {n: best[n]*unit for n in best}, "ratios": rows})
    for name, seconds in sorted(best.items(), key=lambda item: item[1]):
        print(f"    {seconds*unit:10.3f} {per}  {name}")
    for ours, peer, most in pairs:
        if ours in best and peer in best:
            ratio = best[ours]/best[peer]
            print(f"    {ratio:10.2f} = {ours} / {peer}   (at most {most}: {'yes' if ratio <= most else 'NO'})")


def casadi_c(weights: Any, inputs: Any) -> Run:
    """CasADi's generated C, compiled, called through its bound buffers."""
    import casadi as ca

    w, x = ca.SX.sym("w", 10), ca.SX.sym("x", 3)
    a3, a4 = ca.tanh(x[0]*w[0] + x[1]*w[1]), ca.tanh(x[0]*w[2] + x[1]*w[3])
    y = ca.tanh(a3*w[4] + a4*w[5])*w[8] + ca.tanh(a3*w[6] + a4*w[7])*w[9]
    loss = ca.log(ca.cosh(y - x[2]))
    home = Path(tempfile.mkdtemp())
    there = Path.cwd()
    os.chdir(home)
    ca.Function("F", [w, x], [loss, ca.gradient(loss, w)]).generate("F.c")
    os.chdir(there)
    flags = ["-O3", "-march=native", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, str(home/"F.c"), "-o", str(home/"F.so"), "-lm"], check=True)
    buffer, run = ca.external("F", str(home/"F.so")).buffer()
    out = np.zeros(1), np.zeros(10)
    for n, array in enumerate((weights, inputs)):
        buffer.set_arg(n, memoryview(array))
    for n, array in enumerate(out):
        buffer.set_res(n, memoryview(array))
    KEPT.append((buffer, out, weights, inputs))
    return run


KEPT: list[Any] = []
RESULTS: list[dict[str, Any]] = []


def sympy_math(weights: Sequence[float], inputs: Sequence[float]) -> Run:
    """SymPy's gradient with common subexpressions named, through lambdify and math."""
    import sympy as sp

    w, x = sp.symbols(W), sp.symbols("x1 x2 t")
    a3, a4 = sp.tanh(x[0]*w[0] + x[1]*w[1]), sp.tanh(x[0]*w[2] + x[1]*w[3])
    y = sp.tanh(a3*w[4] + a4*w[5])*w[8] + sp.tanh(a3*w[6] + a4*w[7])*w[9]
    loss = sp.log(sp.cosh(y - x[2]))
    function = sp.lambdify([*w, *x], [loss, *(sp.diff(loss, v) for v in w)], modules="math", cse=True)
    return lambda: function(*weights, *inputs)


def symengine_llvm(weights: Sequence[float], inputs: Sequence[float]) -> Run:
    """symengine's gradient with common subexpressions named, compiled through LLVM."""
    import symengine as se

    w, x = se.symbols(W), se.symbols("x1 x2 t")
    a3, a4 = se.tanh(x[0]*w[0] + x[1]*w[1]), se.tanh(x[0]*w[2] + x[1]*w[3])
    y = se.tanh(a3*w[4] + a4*w[5])*w[8] + se.tanh(a3*w[6] + a4*w[7])*w[9]
    loss = se.log(se.cosh(y - x[2]))
    function = se.Lambdify([*w, *x], [loss, *(se.diff(loss, v) for v in w)], backend="llvm", cse=True)
    given, out = np.array([*weights, *inputs]), np.empty(11)
    return lambda: function(given, out=out)


def pytensor_function(weights: Sequence[float], inputs: Sequence[float]) -> Run:
    """PyTensor's gradient, compiled in its default mode."""
    import pytensor
    import pytensor.tensor as pt

    w, x = [pt.dscalar(n) for n in W], [pt.dscalar(n) for n in ("x1", "x2", "t")]
    a3, a4 = pt.tanh(x[0]*w[0] + x[1]*w[1]), pt.tanh(x[0]*w[2] + x[1]*w[3])
    y = pt.tanh(a3*w[4] + a4*w[5])*w[8] + pt.tanh(a3*w[6] + a4*w[7])*w[9]
    loss = pt.log(pt.cosh(y - x[2]))
    function = pytensor.function([*w, *x], [loss, *pytensor.grad(loss, w)])
    function.trust_input = True
    given = [np.asarray(v) for v in (*weights, *inputs)]
    return lambda: function(*given)


def optional(runs: dict[str, Run], name: str, module: str, make: Callable[[], Run]) -> None:
    """One more peer, where it is installed."""
    if importlib.util.find_spec(module) is None:
        print(f"    {name}: not installed")
    else:
        runs[name] = make()


def part_a() -> None:
    weights, inputs = np.random.default_rng(0).normal(size=10), np.array([0.3, -0.7, 0.25])
    named = dict(zip(W, weights)) | {"x1": 0.3, "x2": -0.7, "t": 0.25}
    bound = workings.code(SCALAR, "E", "c").compile().bind(**named)
    module = loaded(str(workings.code(SCALAR, "E", "python")))
    arguments = [float(named[f.name]) for f in workings.code(SCALAR, "E", "python").plan.arguments]
    runs: dict[str, Run] = {
        "C, bound buffers": bound.call, "C, inputs as numbers": lambda: bound.call(0.3, -0.7, 0.25),
        "Python": lambda: module.forward_backward(*arguments), "CasADi C, bound buffers": casadi_c(weights, inputs),
        "SymPy lambdify math": sympy_math([float(v) for v in weights], [0.3, -0.7, 0.25]),
    }
    at = [float(v) for v in weights], [0.3, -0.7, 0.25]
    optional(runs, "symengine LLVM", "symengine", lambda: symengine_llvm(*at))
    optional(runs, "PyTensor", "pytensor", lambda: pytensor_function(*at))
    runs |= libraries(weights)
    told("a  one call, all ten gradients", measured(runs), 1e6, "us", [
        ("C, bound buffers", "CasADi C, bound buffers", 0.75), ("Python", "SymPy lambdify math", 1.0),
        ("C, bound buffers", "symengine LLVM", 1.0), ("C, bound buffers", "PyTensor", 1.0),
        ("C, bound buffers", "JAX jit", 1.0), ("C, bound buffers", "torch eager", 1.0)])


def libraries(weights: Any) -> dict[str, Run]:
    """JAX and torch at one point."""
    import jax
    import jax.numpy as jnp
    import torch

    jax.config.update("jax_enable_x64", True)
    torch.set_num_threads(1)
    derived, eager = jax.jit(jax.value_and_grad(_jax_net(jnp))), _jax_net(torch)
    arrays = [jnp.asarray(a) for a in (weights, 0.3, -0.7, 0.25)]
    leaf = torch.tensor(weights, requires_grad=True)
    rest = [torch.tensor(v, dtype=torch.float64) for v in (0.3, -0.7, 0.25)]
    return {"JAX jit": lambda: jax.block_until_ready(derived(*arrays)),
            "torch eager": lambda: torch.autograd.grad(eager(leaf, *rest), leaf)}


def _jax_net(jnp: Any) -> Any:
    def loss(w: Any, x1: Any, x2: Any, t: Any) -> Any:
        a3, a4 = jnp.tanh(x1*w[0] + x2*w[1]), jnp.tanh(x1*w[2] + x2*w[3])
        y = jnp.tanh(a3*w[4] + a4*w[5])*w[8] + jnp.tanh(a3*w[6] + a4*w[7])*w[9]
        return jnp.mean(jnp.log(jnp.cosh(y - t)))
    return loss


def part_b() -> None:
    import jax
    import jax.numpy as jnp
    import torch

    jax.config.update("jax_enable_x64", True)
    torch.set_num_threads(1)
    draw = np.random.default_rng(0)
    weights = draw.normal(size=10)
    code = {to: workings.code(SAMPLES, "E", to) for to in ("c", "numpy")}
    module = loaded(str(code["numpy"]))
    program = code["c"].compile()
    derived = jax.jit(jax.value_and_grad(_jax_net(jnp)))
    compiled = torch.compile(_jax_net(torch))
    for n in (1000, 1_000_000):
        x1, x2, t = draw.normal(size=(3, n))
        named = dict(zip(W, weights)) | {"x1": x1, "x2": x2, "t": t}
        bound = program.bind(**named)
        given = [named[f.name] for f in code["numpy"].plan.arguments]
        arrays = [jnp.asarray(a) for a in (weights, x1, x2, t)]
        tensors = [torch.tensor(weights, requires_grad=True), *(torch.tensor(a) for a in (x1, x2, t))]
        runs: dict[str, Run] = {
            "C": bound.call, "NumPy": lambda given=given: module.forward_backward(*given),
            "JAX jit": lambda arrays=arrays: jax.block_until_ready(derived(*arrays)),
            "torch.compile": lambda tensors=tensors: torch.autograd.grad(compiled(*tensors), tensors[0]),
            "torch eager": lambda tensors=tensors: torch.autograd.grad(_jax_net(torch)(*tensors), tensors[0]),
        }
        told(f"b  mean gradient, N = {n}", measured(runs), 1e9/n, "ns a point", [
            ("C", "JAX jit", 0.35), ("C", "torch.compile", 0.6)])


def part_c() -> None:
    import jax
    import jax.numpy as jnp

    draw = np.random.default_rng(0)

    def deep(p: Any, x: Any, t: Any) -> Any:
        y = jnp.tanh(jnp.tanh(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]) @ p["w3"] + p["b3"]
        return jnp.mean(jnp.log(jnp.cosh(y - t)))

    def classes(p: Any, x: Any, t: Any) -> Any:
        return -jnp.mean((t*jax.nn.log_softmax(jnp.tanh(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])).sum(-1))

    small = {"W1": (2, 64), "b1": (64,), "W2": (64, 64), "b2": (64,), "w3": (64,), "b3": ()}
    large = {"W1": (784, 128), "b1": (128,), "W2": (128, 10), "b2": (10,)}
    nets = (("2-64-64-1", DEEP, deep, small, 2), ("784-128-10", CLASSES, classes, large, 784))
    for title, text, loss, shapes, d in nets:
        p = {n: draw.normal(size=s).astype(np.float32)*0.1 for n, s in shapes.items()}
        x = draw.normal(size=(128, d)).astype(np.float32)
        t = draw.normal(size=128) if d == 2 else np.eye(10)[draw.integers(0, 10, 128)]
        t = t.astype(np.float32)
        program = workings.code(text, "E", "c", dtype="float32").compile()
        bound = program.bind(x=x, t=t, **p)
        derived = jax.jit(jax.value_and_grad(loss))
        arrays = {n: jnp.asarray(v) for n, v in p.items()}, jnp.asarray(x), jnp.asarray(t)
        runs: dict[str, Run] = {"C": bound.call, "JAX jit": lambda a=arrays, f=derived: jax.block_until_ready(f(*a))}
        title = f"c  {title}, batch 128, float32 ({program.taken})"
        told(title, measured(runs, 25), 1e6, "us", [("C", "JAX jit", 1.0)])


PLAIN = """
i = 1..d; j = 1..h; m = 1..h; k = 1..N
a[k,j] = tanh(sum(i, W1[i,j]*x[k,i]))
c[k,m] = tanh(sum(j, W2[j,m]*a[k,j]))
y[k] = sum(m, w3[m]*c[k,m])
E = 1/N*sum(k, log cosh(y[k] - t[k]))
"""
SHAPES = ((2, 1, "f8"), (2, 1000, "f8"), (2, 10**6, "f8"), (64, 128, "f4"), (64, 1000, "f8"))


def part_d(mode: str = "plain") -> None:
    import jax
    import torch

    jax.config.update("jax_enable_x64", True)
    torch.set_num_threads(1)
    code = {to: workings.code(PLAIN, "E", to, mode=mode) for to in ("torch", "jax")}
    modules = {to: loaded(str(text)) for to, text in code.items()}
    order = [f.name for f in code["torch"].plan.arguments]

    for h, n, dtype in SHAPES:
        best = measured(_against(modules, order, h, n, dtype), 15, 0.02)
        told(f"d  2-{h}-{h}-1, N = {n}, {dtype}, mode {mode}", best, 1e6, "us", [
            ("torch: emitted", "torch: its autograd", 1.05), ("JAX: emitted", "JAX: its autograd", 1.05)])


def _against(modules: dict[str, Any], order: Sequence[str], h: int, n: int, dtype: str) -> dict[str, Run]:
    import jax
    import jax.numpy as jnp
    import torch

    def own(np_: Any) -> Any:
        def of(x: Any, t: Any, W1: Any, W2: Any, w3: Any) -> Any:
            return np_.mean(np_.log(np_.cosh(np_.tanh(np_.tanh(x @ W1) @ W2) @ w3 - t)))
        return of

    draw = np.random.default_rng(0)
    p = {name: (draw.normal(size=size)/size[0]**0.5).astype(dtype)
         for name, size in (("W1", (2, h)), ("W2", (h, h)), ("w3", (h,)))}
    values = {**p, "x": draw.normal(size=(n, 2)).astype(dtype), "t": draw.normal(size=n).astype(dtype)}
    tensors = {name: torch.tensor(v, requires_grad=name in p) for name, v in values.items()}
    leaves, ours = [tensors[name] for name in p], [tensors[name] for name in order]
    theirs = [tensors[name] for name in ("x", "t", *p)]
    arrays = {name: jnp.asarray(v) for name, v in values.items()}
    emitted = jax.jit(jax.value_and_grad(modules["jax"].loss, tuple(order.index(name) for name in p)))
    derived = jax.jit(jax.value_and_grad(own(jnp), (2, 3, 4)))
    mine, other = [arrays[name] for name in order], [arrays[name] for name in ("x", "t", *p)]
    return {
        "torch: emitted": lambda: torch.autograd.grad(modules["torch"].loss(*ours), leaves),
        "torch: its autograd": lambda: torch.autograd.grad(own(torch)(*theirs), leaves),
        "JAX: emitted": lambda: jax.block_until_ready(emitted(*mine)),
        "JAX: its autograd": lambda: jax.block_until_ready(derived(*other)),
    }


PARTS = {"a": part_a, "b": part_b, "c": part_c, "d": part_d, "e": lambda: part_d("fewest")}

if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    files = [a for a in sys.argv[1:] if a.endswith(".json")]
    for letter in [a for a in sys.argv[1:] if a in PARTS] or PARTS:
        PARTS[letter]()
    for file in files:
        Path(file).write_text(json.dumps(RESULTS, indent=1) + "\n", encoding="utf-8")
