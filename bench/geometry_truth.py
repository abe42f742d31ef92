"""Every figure of truth.json for every network beside it, in both engines; boundaries as point sets, exactly.

    python bench/geometry_truth.py [FOLDER]        FOLDER: networks and truth.json, ../shared/nets by default

Exit code 1 where a figure differs.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "nets"
PLAIN = {"cells": "cells", "cells_split_by_output": "cells_after_output", "distinct_affine_maps": "maps",
         "zero_cells": "zero_cells", "vertices": "vertices", "edges": "edges"}
OPEN = {"cells_unbounded": "cells", "cells_unbounded_split_by_output": "cells_after_output"}


def plane(net: Any, truth: dict[str, Any], engine: str) -> list[str]:
    """What differs, in the box and in all of the plane."""
    from workings.geometry.fast.engine import complex_of
    from workings.geometry.fast.levelset import level_set
    from workings.work.regions import planar

    out = []
    for box, names in ((None, PLAIN), ("all", OPEN)):
        stack, domain = planar(net, box, None)
        counts = complex_of(stack, domain, lists=False, engine=engine).counts
        out += [f"{key}: {getattr(counts, own)}, not {truth[key]}" for key, own in names.items()
                if key in truth and getattr(counts, own) != truth[key]]
    stack, domain = planar(net, None, None)
    return out + _boundary(level_set(stack, domain, engine=engine), truth)


def _boundary(found: Any, truth: dict[str, Any]) -> list[str]:
    mine = {frozenset(found.exact_ends(k)): bool(found.crosses[k]) for k in range(len(found.edges))}
    theirs = {frozenset(tuple(map(Fraction, p)) for p in ends): kind for *ends, kind in truth["boundary"]}
    points = {found.complex.exact_vertex(int(c)) for c in found.points}
    checks = {
        "boundary": set(mine) == set(theirs),
        "crossing": all(mine.get(e, False) for e, kind in theirs.items() if kind == "cross"),
        "segments": len(found.edges) == truth["boundary_segments"],
        "isolated zeros": points == {tuple(map(Fraction, p)) for p in truth["isolated_zeros"]},
        "length": abs((found.length or 0.0) - truth["boundary_length_float"]) < 1e-9,
    }
    return [f"{name} differs" for name, good in checks.items() if not good]


def space(net: Any, truth: dict[str, Any], engine: str) -> list[str]:
    """The same for three inputs, of which no boundary is stated."""
    from workings.geometry.space.engine import space_of
    from workings.work.regions import spatial

    out = []
    for box, names in ((None, PLAIN), ("all", OPEN)):
        counts = space_of(*spatial(net, box, None), lists=False, engine=engine).counts
        out += [f"{key}: {getattr(counts, own)}, not {truth[key]}" for key, own in names.items()
                if key in truth and getattr(counts, own) != truth[key]]
    return out


def main() -> int:
    import workings

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    wrong = 0
    for name, truth in json.loads((folder / "truth.json").read_text()).items():
        net = workings.read(str(folder / f"{name}.json"))
        for engine in ("fast", "exact"):
            differs = (plane if len(net.inputs) == 2 else space)(net, truth, engine)
            wrong += bool(differs)
            print(f"{name}, {engine}: " + ("; ".join(differs) or "every figure"), flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
