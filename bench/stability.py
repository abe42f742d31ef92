"""How many digits values and derivatives keep: workings in every target beside JAX, torch, SymPy, CasADi, in one run.

`python bench/stability.py [FILE.json]` takes the 14 formulas of research/derivation.md, section 4 (28 cells: value and
slope), and the further functions of tests/emit/steady_functions.py (value, slope, second derivative), each in its
textbook spelling, on both grids of section 4: 2000 magnitudes from 1e-308 to 1e308 of each sign and 0, and 2000 from
1e-9 to 1e3 of each sign.  The truth is mpmath's, 100 digits.  A cell is clean when the largest error is at most 4 units
in the last place and nothing is inf or NaN where the truth is finite.  XLA takes subnormal numbers for 0: what JAX
does where point or truth is below 1e-290 in magnitude, or the point above 1e290, is counted apart ("tail").
Prints a table in Markdown; the file gets the same as JSON, and a .md beside it the table.  `--thin`: 100 magnitudes.
"""

from __future__ import annotations

import json
import math
import os
import platform
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

os.environ.update(JAX_PLATFORMS="cpu", OMP_NUM_THREADS="1")
sys.path.insert(0, str(Path(__file__).parent.parent / "tests/emit"))

import mpmath as mp
import numpy as np

from steady_functions import FUNCTIONS
from steady_losses import LOSSES
from steady_truths import CELLS, FORMULAS, B
from test_stability import computed_by
from workings.expr import Add, Call, Const, Div, Expr, Mul, Neg, Num, Pow, Ref, Rel, fold
from workings.functions import signatures
from workings.syntax import read_expression

Array = Any
Run = Callable[[Array], tuple[Array, ...]]
WORST, SMALL = 4.0, 1e-290
TARGETS = ("python", "numpy", "numba", "c", "torch", "jax")


class Row(NamedTuple):
    """A formula, the truths of its cells, and where it is tried."""

    group: str
    name: str
    text: str
    truths: tuple[Any, ...]
    domain: str


ROWS = (
    *(Row("section 4", f.text, f.text, (f.value, f.slope), "positive" if f.positive else "real")
      for f in FORMULAS[:CELLS]),
    *(Row("further", f.name, f.spellings[0], f.truths, f.domain)
      for f in (*FUNCTIONS, *LOSSES)),
)


def grid(domain: str, count: int) -> Array:
    """Both grids of section 4 one after the other; 0 < z < 1 where only that has a value."""
    wide, work = np.logspace(-308, 308, count), np.logspace(-9, 3, count)
    if domain == "unit":
        return np.concatenate([np.logspace(-308, -1e-4, count), 1.0 - np.logspace(-15, -0.4, count)])
    if domain == "positive":
        return np.concatenate([wide, work])
    return np.concatenate([-wide, [0.0], wide, -work, work])


# -- the peers, from the same text
def spoken(text: str, z: Any, m: dict[str, Any]) -> Any:
    """The formula over a library's own functions, as a person would type it."""
    def say(node: Expr, inner: tuple[Any, ...]) -> Any:
        match node:
            case Num():
                return float(node.value) if "." in node.text else m.get("number", float)(int(node.value))
            case Const():
                return m["pi"]
            case Ref():
                return z if node.name == "z" else B
            case Neg():
                return -inner[0]
            case Add():
                total = inner[0]
                for part in inner[1:]:
                    total = total + part
                return total
            case Mul():
                total = inner[0]
                for part in inner[1:]:
                    total = total*part
                return total
            case Div():
                return inner[0]/inner[1]
            case Pow():
                return inner[0]*inner[0] if inner[1] == 2 else inner[0]**int(inner[1])
            case Rel():
                return inner[0] > inner[1] if node.ops[0] == ">" else inner[0] <= inner[1]
            case Call() if node.function == "where":
                return m["where"](*inner)
            case Call():
                plain = all(isinstance(x, int | float) for x in inner) and "number" not in m
                return (getattr(math, node.function) if plain else m[node.function])(*inner)
        raise ValueError(type(node).__name__)

    return fold(read_expression(text, signatures()), say)


NAMES = ("exp", "log", "sqrt", "cosh", "sinh", "tanh")


def with_torch(text: str, orders: int, own: Callable[[Any], Any] | None = None) -> Run:
    import torch

    m = {n: getattr(torch, n) for n in NAMES} | {
        "erf": torch.erf, "abs": torch.abs, "pi": math.pi, "where": torch.where, "sigmoid": torch.sigmoid}

    def run(points: Array) -> tuple[Array, ...]:
        z = torch.tensor(points, requires_grad=True)
        out = [own(z) if own is not None else spoken(text, z, m)]
        for _ in range(orders - 1):
            slope = torch.autograd.grad(out[-1].sum(), z, create_graph=True)[0] if out[-1].requires_grad else 0*z
            out.append(slope)
        return tuple(o.detach().numpy() for o in out)

    return run


def with_jax(text: str, orders: int, own: Callable[[Any], Any] | None = None) -> Run:
    import jax
    import jax.numpy as jnp

    m = {n: getattr(jnp, n) for n in NAMES} | {
        "erf": jax.scipy.special.erf, "abs": jnp.abs, "pi": math.pi, "where": jnp.where, "sigmoid": jax.nn.sigmoid}
    functions = [own if own is not None else lambda z: spoken(text, z, m)]
    for _ in range(orders - 1):
        functions.append(jax.grad(functions[-1]))
    compiled = [jax.jit(jax.vmap(f)) for f in functions]
    return lambda points: tuple(np.asarray(f(jnp.array(points))) for f in compiled)


def with_casadi(text: str, orders: int) -> Run:
    import casadi as ca

    m = {n: getattr(ca, n) for n in (*NAMES, "erf")} | {"abs": ca.fabs, "pi": math.pi, "where": ca.if_else,
                                                        "sigmoid": lambda z: 1/(1 + ca.exp(-z))}
    z = ca.SX.sym("z")
    out = [spoken(text, z, m)]
    for _ in range(orders - 1):
        out.append(ca.gradient(out[-1], z))
    f = ca.Function("f", [z], out)

    def run(points: Array) -> tuple[Array, ...]:
        found = f(points.reshape(1, -1))
        return tuple(np.asarray(x).ravel()*np.ones(len(points)) for x in found)

    return run


def with_sympy(text: str, orders: int) -> Run:
    import sympy as sp

    m = {n: getattr(sp, n) for n in (*NAMES, "erf")} | {
        "abs": sp.Abs, "pi": sp.pi, "number": sp.Integer, "sigmoid": lambda z: 1/(1 + sp.exp(-z)),
        "where": lambda c, a, b: sp.Piecewise((a, c), (b, True))}
    z = sp.Symbol("z", real=True)
    out = [spoken(text, z, m)]
    for _ in range(orders - 1):
        out.append(sp.diff(out[-1], z))
    f = sp.lambdify([z], out, modules=["scipy", "numpy"], cse=True)
    return lambda points: tuple(np.asarray(x, dtype=float)*np.ones(len(points)) for x in f(points))


def own_calls() -> dict[str, tuple[Callable[[Any], Any] | None, Callable[[Any], Any] | None]]:
    """What a person gets who knows the library's own stable function: torch's, JAX's."""
    import jax
    import jax.numpy as jnp
    import torch
    import torch.nn.functional as F

    return {
        "softplus": (F.softplus, jax.nn.softplus), "log-sigmoid": (F.logsigmoid, jax.nn.log_sigmoid),
        "softplus of -z": (lambda z: F.softplus(-z), lambda z: jax.nn.softplus(-z)),
        "sigmoid": (torch.sigmoid, jax.nn.sigmoid), "tanh": (torch.tanh, jnp.tanh), "SiLU": (F.silu, jax.nn.silu),
        "GELU": (F.gelu, lambda z: jax.nn.gelu(z, approximate=False)), "Mish": (F.mish, jax.nn.mish),
        "GELU by tanh": (lambda z: F.gelu(z, approximate="tanh"), jax.nn.gelu), "ELU": (F.elu, jax.nn.elu),
        "logit": (torch.logit, jax.scipy.special.logit),
        "x log x": (lambda z: torch.xlogy(z, z), lambda z: jax.scipy.special.xlogy(z, z)),
        "log-sum-exp": (lambda z: torch.logsumexp(torch.stack([z, 0*z + 2, 0*z - 1]), 0),
                        lambda z: jax.nn.logsumexp(jnp.stack([z, 2.0 + 0*z, -1.0 + 0*z]))),
        "softmax": (lambda z: torch.softmax(torch.stack([z, 0*z, 0*z + 1]), 0)[0],
                    lambda z: jax.nn.softmax(jnp.stack([z, 0*z, 1.0 + 0*z]))[0]),
        "cross-entropy with softmax": (lambda z: -torch.log_softmax(torch.stack([z, 0*z, 0*z + 1]), 0)[0],
                                       lambda z: -jax.nn.log_softmax(jnp.stack([z, 0*z, 1.0 + 0*z]))[0]),
        "hypot": (lambda z: torch.hypot(z, torch.full_like(z, 3.0)), lambda z: jnp.hypot(z, 3.0)),
    }


# -- ours
def ours(row: Row, target: str) -> Run:
    """The emitted program: E and dE/dz from one, the second derivative from that of dE/dz."""
    def run(points: Array) -> tuple[Array, ...]:
        with np.errstate(all="ignore"):
            first = computed_by(f"E = {row.text}", "E", target, points)
            if len(row.truths) == 2:
                return first
            return (*first, computed_by(f"E = {row.text}", "dE/dz", target, points)[1])

    return run


# -- errors
def truth(function: Callable[[Any], Any], points: Array) -> tuple[Array, Array]:
    """The truth as a double and what it leaves."""
    high, low = np.empty(len(points)), np.zeros(len(points))
    for n, z in enumerate(points):
        exact = function(mp.mpf(float(z)))
        high[n] = float(exact)
        low[n] = float(exact - mp.mpf(high[n])) if math.isfinite(high[n]) else 0.0
    return high, low


def errors(got: Array, high: Array, low: Array, where: Array) -> dict[str, Any]:
    """The largest error in units in the last place, how many are above 4, how many are inf or NaN."""
    with np.errstate(all="ignore"):
        ok = np.isfinite(high) & where
        bad = ok & ~np.isfinite(got)
        fine = ok & np.isfinite(got)
        off = np.abs((got[fine] - high[fine]) - low[fine])/np.spacing(np.abs(high[fine]))
    return {"points": int(ok.sum()), "nonfinite": int(bad.sum()), "over4": int((off > WORST).sum()),
            "ulp": float(off.max()) if off.size else 0.0}


def columns(row: Row) -> dict[str, Run]:
    """Everything that computes this row, by name; ours first."""
    orders = len(row.truths)
    out: dict[str, Run] = {f"workings {t}": ours(row, t) for t in TARGETS}
    for name, make in (("torch", with_torch), ("jax", with_jax), ("casadi", with_casadi), ("sympy", with_sympy)):
        out[name] = lambda points, make=make: make(row.text, orders)(points)     # type: ignore[misc]
    own = own_calls().get(row.name)
    if own is not None and row.group == "further":
        out["torch's own"] = with_torch(row.text, orders, own[0])
        out["jax's own"] = with_jax(row.text, orders, own[1])
    return out


def measured(count: int) -> dict[str, Any]:
    """Every cell of every column."""
    import jax

    jax.config.update("jax_enable_x64", True)
    cells: list[dict[str, Any]] = []
    for row in ROWS:
        points = grid(row.domain, count)
        exact = [truth(t, points) for t in row.truths]
        for name, run in columns(row).items():
            try:
                got = run(points)
            except Exception as error:               # a peer may lack a function; ours may not fail
                print(f"{row.name}, {name}: {type(error).__name__}: {str(error)[:90]}", file=sys.stderr)
                continue
            for order, (values, (high, low)) in enumerate(zip(got, exact)):
                cells.append({"group": row.group, "row": row.name, "order": order, "by": name,
                              **judged(np.asarray(values, dtype=float), high, low, points, "jax" in name)})
        print(f"{row.group}: {row.name}", file=sys.stderr, flush=True)
    return {"machine": machine(), "magnitudes": count, "cells": cells}


def judged(got: Array, high: Array, low: Array, points: Array, flushes: bool) -> dict[str, Any]:
    """One cell; of JAX the tail apart."""
    if not flushes:
        return errors(got, high, low, np.ones(len(points), dtype=bool))
    size = np.abs(points)
    normal = ((np.abs(high) >= SMALL) | (high == 0)) & ((size >= SMALL) | (size == 0)) & (size <= 1/SMALL)
    return {**errors(got, high, low, normal), "tail": errors(got, high, low, ~normal)}


def machine() -> str:
    """The processor and the versions that count."""
    from importlib.metadata import version

    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    names = ("numpy", "numba", "torch", "jax", "casadi", "sympy", "mpmath")
    return ", ".join([cpu, f"Python {platform.python_version()}", f"glibc {platform.libc_ver()[1]}",
                      *(f"{n} {version(n)}" for n in names)])


# -- the table
def table(found: dict[str, Any]) -> str:
    """Cells clean by column, then each row with the largest error and the number of inf and NaN."""
    cells = found["cells"]
    names = list(dict.fromkeys(c["by"] for c in cells))
    lines = [f"Measured on {found['machine']}; {found['magnitudes']} magnitudes a grid and sign.", ""]
    for group in ("section 4", "further"):
        lines += [f"### Clean cells, {group}", "", "| | clean | without inf or NaN | inf or NaN | points above 4 ULP |",
                  "| --- | --- | --- | --- | --- |"]
        for name in names:
            own = [c for c in cells if c["by"] == name and c["group"] == group]
            if own:
                clean = sum(c["nonfinite"] == 0 and c["ulp"] <= WORST for c in own)
                whole = sum(c["nonfinite"] == 0 for c in own)
                bad, over = (sum(c[k] for c in own) for k in ("nonfinite", "over4"))
                lines.append(f"| {name} | {clean} of {len(own)} | {whole} | {bad} | {over} |")
        lines.append("")
    tails = [c for c in cells if c["by"] == "workings jax" and c["tail"]["over4"] + c["tail"]["nonfinite"]]
    lines += [f"The flushed tail of JAX: {sum(c['tail']['over4'] for c in tails)} of "
              f"{sum(c['tail']['points'] for c in cells if c['by'] == 'workings jax')} points above 4 ULP, "
              f"{sum(c['tail']['nonfinite'] for c in tails)} inf or NaN, in {len(tails)} cells.", ""]
    lines += ["### Largest error in ULP / inf and NaN", "", "| | " + " | ".join(names) + " |",
              "| --- |" + " --- |"*len(names)]
    by = {(c["group"], c["row"], c["order"], c["by"]): c for c in cells}
    for group, row, order in dict.fromkeys((c["group"], c["row"], c["order"]) for c in cells):
        words = [_cell(by.get((group, row, order, name))) for name in names]
        lines.append(f"| {row.replace('|', '∣')}, {('value', 'slope', 'second')[order]} | " + " | ".join(words) + " |")
    return "\n".join(lines) + "\n"


def _cell(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return ""
    bad = f"/{cell['nonfinite']}" if cell["nonfinite"] else ""
    return f"{cell['ulp']:.1f}{bad}" if cell["ulp"] < 100 else f"{cell['ulp']:.0e}{bad}"


def main() -> None:
    warnings.filterwarnings("ignore")
    np.seterr(all="ignore")
    mp.mp.dps = 100
    files = [a for a in sys.argv[1:] if not a.startswith("-")]
    found = measured(100 if "--thin" in sys.argv else 2000)
    text = table(found)
    print(text)
    if files:
        Path(files[0]).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        Path(files[0]).with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
