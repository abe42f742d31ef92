"""The small networks of tests/geometry/nets, from seeds; their figures by the engine of R^n, which shares no walk.

    python tools/plane_nets.py
"""

from __future__ import annotations

from itertools import pairwise
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "geometry"))
FIELDS = ("cells", "cells_after_output", "maps", "zero_cells", "vertices", "edges")


def nets() -> dict[str, list[dict[str, Any]]]:
    """Float32 weights, zero biases, small integers, eighths, one tiny scale."""
    import numpy as np

    out = {}
    rounds = {
        "float32": lambda a: a.astype(np.float32).astype(float), "integers": lambda a: np.round(2 * a),
        "eighths": lambda a: np.round(8 * a) / 8, "tiny": lambda a: a.astype(np.float32) * 2.0**-40,
    }
    for seed, (name, rule) in enumerate(rounds.items()):
        out[name] = _net(np.random.default_rng(seed), rule, 1.0)
    out["zero_bias"] = _net(np.random.default_rng(7), rounds["float32"], 0.0)
    return out


def _net(random: Any, rule: Any, bias: float) -> list[dict[str, Any]]:
    sizes = (2, 7, 6, 1)
    return [
        {"W": rule(random.normal(size=(m, n))).tolist(), "b": rule(bias * random.normal(size=m)).tolist(),
         "act": "id" if m == 1 else "relu"} for n, m in pairwise(sizes)
    ]


def main() -> None:
    from random_layers import as_network, as_text

    from workings import geometry
    from workings.geometry.fast.levelset import level_set
    from workings.geometry.plane import domain_of, plane_of
    from workings.geometry.stacking import stack

    for name, layers in nets().items():
        net, box = {"layers": layers}, [(-1, 1), (-1, 1)]
        counts = geometry.pieces(as_text(net), box).counts
        found = stack(as_network(net))
        edges = level_set(found, domain_of(plane_of(found.inputs), box), engine="exact")
        ends = sorted(sorted([str(v) for v in p] for p in edges.exact_ends(k)) for k in range(len(edges.edges)))
        text = json.dumps({"net": net, "box": box, "counts": {f: getattr(counts, f) for f in FIELDS}, "boundary": ends})
        (ROOT / "tests" / "geometry" / "nets" / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
