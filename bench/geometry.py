"""Cells of a network on a box: workings beside its exact engine and beside relucent, in one run, counts compared.

    python bench/geometry.py [--nets FOLDER] [--relucent PYTHON] [--quick]

Every measurement is a process of its own with one BLAS thread, 120 seconds, best of a few repeats where it is short.
relucent (AGPL, its default solver) runs in its own environment: `--relucent /path/to/venv/bin/python`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

LIMIT = 120.0                 # seconds for one engine and net
ROOT = Path(__file__).resolve().parents[1]
SEEDED = {"2-128-128-128-1": (2, 128, 128, 128, 1), "2-256-256-256-1": (2, 256, 256, 256, 1)}
INPUTS = {f"{d}-8-8-1": (d, 8, 8, 1) for d in (3, 4, 5, 6)}
MILLION = (2, 512, 512, 512, 1)
PEER = """
import json, sys, time, numpy as np
from relucent import Complex, convert
given = json.load(open(sys.argv[1]))
number = lambda v: float(__import__("fractions").Fraction(v))
pairs = [(np.array([[number(x) for x in r] for r in l["W"]]), np.array([number(x) for x in l["b"]]))
         for l in given["layers"]]
started = time.perf_counter()
found = Complex(convert(pairs))
found.bfs(cube_radius=1.0, cube_mode="intersect", nworkers=1)
print(json.dumps({"cells": len(found), "seconds": time.perf_counter() - started}))
"""


def seeded(sizes: tuple[int, ...], box: float = 1.0) -> dict[str, Any]:
    """PyTorch's default initialisation, torch.manual_seed(0) where torch is there, else the same law from NumPy."""
    try:
        import torch

        torch.manual_seed(0)
        linear = [torch.nn.Linear(n, m) for n, m in pairwise(sizes)]
        pairs = [(layer.weight.tolist(), layer.bias.tolist()) for layer in linear]
    except ImportError:
        import numpy as np

        r = np.random.default_rng(0)
        pairs = [(r.uniform(-1, 1, (m, n)) / n**0.5, r.uniform(-1, 1, m) / n**0.5) for n, m in pairwise(sizes)]
        pairs = [(w.astype(np.float32).tolist(), b.astype(np.float32).tolist()) for w, b in pairs]
    acts = ["relu"] * (len(pairs) - 1) + ["id"]
    layers = [{"W": w, "b": b, "act": act} for (w, b), act in zip(pairs, acts)]
    return {"input_dim": sizes[0], "box": [[-box, box]] * sizes[0], "layers": layers}


# --- one measurement, in a process of its own ---


def measure(engine: str, path: str) -> dict[str, Any]:
    """Cells and seconds of one engine on one network; the first, compiling run is not counted."""
    import resource

    import workings

    net = workings.read(path)
    if engine == "rn":
        return _timed(lambda: _in_space(net), 1)
    if engine == "products":
        return _products(path)
    options: dict[str, Any] = {"engine": "exact"} if engine == "exact" else {"engine": "fast"}
    if engine == "fast2":
        options["processes"] = 2
    run = _plane(net, options)
    if engine != "exact":
        _plane(workings.read(seeded((2, 4, 1))), options)()
    found = _timed(run, 1 if engine == "exact" else 5)
    return {**found, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _plane(net: Any, options: dict[str, Any]) -> Any:
    from workings.geometry.fast.engine import complex_of
    from workings.work.regions import planar

    stack, domain = planar(net, None, None)
    return lambda: complex_of(stack, domain, lists=False, **options).counts.cells


def _in_space(net: Any) -> int:
    """The engine of R^n, sign pattern by sign pattern."""
    from workings import geometry
    from workings.work.regions import lowered

    return int(geometry.pieces(lowered(net), net.box).counts.cells)


def _timed(run: Any, most: int) -> dict[str, Any]:
    best, began, cells = LIMIT, time.perf_counter(), 0
    for k in range(most):
        started = time.perf_counter()
        cells = run()
        best = min(best, time.perf_counter() - started)
        if time.perf_counter() - began > 10 and k:
            break
    return {"cells": cells, "seconds": best}


def _products(path: str) -> dict[str, Any]:
    """The matrix products that give every cell of a layer its forms, 64 cells at a time, and nothing else."""
    import numpy as np

    layers = json.loads(Path(path).read_text())["layers"]
    parents, flops, seconds = [], 0.0, 0.0
    for k in range(1, len(layers) - 1):
        parents.append(_cells_of({"layers": layers[:k]}))
    for count, layer in zip(parents, layers[1:-1]):
        weights = np.array(layer["W"])
        chunk = np.random.default_rng(0).normal(size=(weights.shape[1], 192))
        started, rounds = time.perf_counter(), max(1, count // 64)
        for _ in range(rounds):
            weights @ chunk
        seconds += time.perf_counter() - started
        flops += rounds * 64 * 6.0 * weights.size
    return {"cells": sum(parents), "seconds": seconds, "gflop": flops / 1e9}


def _cells_of(given: dict[str, Any]) -> int:
    import workings

    sizes = len(given["layers"][-1]["b"])
    out = {"W": [[0.0] * sizes], "b": [1.0], "act": "id"}
    net = workings.read({"layers": [*given["layers"], out], "box": [[-1, 1], [-1, 1]]})
    return int(_plane(net, {})())


# --- the run ---


def ask(engine: str, path: str, peer: str | None = None) -> dict[str, Any]:
    """One measurement; what did not come to an end says so."""
    command = [peer, "-c", PEER, path] if peer else [sys.executable, __file__, "--one", engine, path]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=LIMIT + 30)
    except subprocess.TimeoutExpired:
        return {"says": f"not finished in {LIMIT:.0f} s"}
    if done.returncode:
        return {"says": (done.stderr.strip().splitlines() or ["failed"])[-1][:70]}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return {"says": f"not finished in {LIMIT:.0f} s"} if found["seconds"] > LIMIT else found


def shown(found: dict[str, Any]) -> str:
    if "says" in found:
        return str(found["says"])
    rate = found["cells"] / max(found["seconds"], 1e-9)
    return f"{found['cells']} cells {found['seconds']:.4g} s {rate:.0f}/s"


def compare(name: str, path: str, engines: list[str], relucent: str | None) -> dict[str, dict[str, Any]]:
    """One line an engine, and whether the counts agree."""
    out = {engine: ask(engine, path) for engine in engines}
    out["relucent"] = ask("", path, relucent) if relucent else {"says": "not installed"}
    counts = {v["cells"] for v in out.values() if "cells" in v}
    print(f"{name}: " + ("counts agree" if len(counts) == 1 else f"COUNTS DIFFER {sorted(counts)}"), flush=True)
    own = next((v for v in out.values() if "cells" in v), None)
    for engine, found in out.items():
        ratio = f", {found['seconds'] / own['seconds']:.3g} times the first" if own and "cells" in found else ""
        print(f"    {engine:9} {shown(found)}{ratio}", flush=True)
    return out


def ratios(found: dict[str, dict[str, dict[str, Any]]], paths: dict[str, str]) -> None:
    """The figures of the issue, from this run."""
    big, middle, small = "2-256-256-256-1", "2-128-128-128-1", "rand_2-64-64-1"
    products = ask("products", paths[big])
    print(f"matrix products alone of {big}: {products.get('gflop', 0):.1f} GFLOP in {products.get('seconds', 0):.3f} s")
    rate = {n: v["fast"]["cells"] / v["fast"]["seconds"] for n, v in found.items()
            if "cells" in v.get("fast", {})}
    if "seconds" in products and big in rate:
        one, two = found[big]["fast"]["seconds"], found[big]["fast2"]["seconds"]
        print(f"    256^3 takes {one / products['seconds']:.2f} times the products (at most 5)")
        print(f"    two processes: {one / two:.2f} times one (1.8)")
    for name, least in ((middle, 2.2), (small, 6.0)):
        if name in rate and big in rate:
            print(f"    {name}: {rate[name] / rate[big]:.2f} times the cells per second of 256^3 (at least {least})")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--one", nargs=2, metavar=("ENGINE", "NET"))
    words.add_argument("--nets", default=str(ROOT.parent / "shared" / "nets"))
    words.add_argument("--relucent", default=None, help="a python that has relucent")
    words.add_argument("--quick", action="store_true", help="without relucent's long runs and the large networks")
    given = words.parse_args()
    if given.one:
        print(json.dumps(measure(*given.one)))
        return
    with tempfile.TemporaryDirectory() as folder:
        _all(given, Path(folder))


def _all(given: Any, folder: Path) -> None:
    paths = {p.stem: str(p) for p in sorted(Path(given.nets).glob("*.json")) if p.stem != "truth"}
    for name, sizes in {**SEEDED, **INPUTS}.items():
        (folder / f"{name}.json").write_text(json.dumps(seeded(sizes)))
        paths[name] = str(folder / f"{name}.json")
    found = {}
    for name, path in paths.items():
        flat = json.loads(Path(path).read_text())["input_dim"] == 2
        engines = ["fast", "fast2", "exact"] if flat else ["rn"]
        if given.quick and name in SEEDED:
            engines = engines[:2]
        peer = None if given.quick and flat else given.relucent
        found[name] = compare(name, path, engines, peer)
    ratios(found, paths)
    path = folder / "million.json"
    path.write_text(json.dumps(seeded(MILLION, 5.0)))
    million = ask("fast", str(path))
    print(f"a million cells, counted: {shown(million)}, {million.get('megabytes', 0):.0f} MB")


if __name__ == "__main__":
    main()
