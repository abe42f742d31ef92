"""Results of geometry in files that load again: NumPy archives, Parquet tables, JSON; nothing in them is a pickle."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from workings.errors import BadValue, InputTooLarge, NotInstalled, OutOfReach
from workings.limits import MAX_MODEL

TABLES = (".npz", ".parquet")
LISTED = 2_000                # cells up to which a .npz file holds the exact strings as well
PIECES = ("patterns", "A", "b", "vertices", "offsets", "neighbours")


def content(result: Any, suffix: str) -> bytes:
    """A result of `pieces` or `boundary` as a .npz archive or a .parquet table."""
    if suffix == ".npz":
        return _archive(result)
    return _parquet(result)


def _arrays(result: Any) -> dict[str, Any]:
    import numpy as np

    if result.verb == "pieces":
        names = PIECES if result._planar else PIECES[:-1]
        return {name: getattr(result, name) for name in names}
    found = result.level_set
    if hasattr(found, "faces"):
        corners = [found.complex.vertices[found.complex.corners_on(f)] for f in found.faces.tolist()]
        return {
            "faces": np.concatenate(corners) if corners else np.zeros((0, found.complex.size)),
            "offsets": np.cumsum([0, *map(len, corners)]), "crosses": found.crosses, "pairs": found.pairs,
            "regions": np.asarray(found.regions),
        }
    return {
        "segments": found.segments, "crosses": found.crosses, "pairs": found.pairs,
        "points": found.complex.vertices[found.points], "regions": np.asarray(found.regions),
    }


def _facts(result: Any) -> dict[str, Any]:
    """What the JSON says; for many cells without the lists."""
    many = len(result.offsets) - 1 if result.verb == "pieces" else _parts(result.level_set)
    if many <= LISTED:
        facts: dict[str, Any] = result.as_dict()
        return facts
    if result.verb == "pieces":
        from workings.answers.complexes import counts

        return {"schema": 1, "inputs": list(result.mesh.names), "outputs": list(result.mesh.outputs),
                **counts(result.complex)}
    found = result.level_set
    return {"schema": 1, "inputs": list(found.complex.layers.domain.plane.names), "outputs": list(found.outputs),
            "level": str(found.level), "length": found.length}


def _parts(found: Any) -> int:
    return len(found.faces) if hasattr(found, "faces") else len(found.edges)


def _archive(result: Any) -> bytes:
    import numpy as np

    facts = json.dumps({"verb": result.verb, **_facts(result)}, ensure_ascii=False).encode("utf-8")
    held = io.BytesIO()
    np.savez_compressed(held, facts=np.frombuffer(facts, dtype=np.uint8), **_arrays(result))
    return held.getvalue()


def _parquet(result: Any) -> bytes:
    """One row a cell: its pattern, map and corners."""
    if result.verb != "pieces":
        raise OutOfReach("a boundary is not written as a table", hint="save it as .npz or .json")
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise NotInstalled("Parquet tables need pyarrow", hint="pip install pyarrow") from None
    import numpy as np

    offsets = np.asarray(result.offsets)
    signs = np.where(result.patterns, ord("+"), ord("-")).astype(np.uint8)
    columns = {"pattern": [bytes(row).decode("ascii") for row in signs]}
    columns |= {f"A_{name}": list(result.A[:, k]) for k, name in enumerate(result.mesh.outputs)}
    columns |= {f"b_{name}": result.b[:, k] for k, name in enumerate(result.mesh.outputs)}
    corners = [result.vertices[i:j].reshape(-1) for i, j in pairwise(offsets.tolist())]
    table = pyarrow.table({**columns, "vertices": corners})
    held = io.BytesIO()
    parquet.write_table(table, held)
    return held.getvalue()


class Stored:
    """A result that was loaded: `as_dict()` gives its facts, its arrays are attributes."""

    def __init__(self, facts: dict[str, Any], arrays: dict[str, Any]) -> None:
        self.facts, self.arrays = facts, arrays

    def as_dict(self) -> dict[str, Any]:
        """The facts that were saved."""
        return self.facts

    def __getattr__(self, name: str) -> Any:
        if name in ("facts", "arrays") or name not in self.arrays:
            raise AttributeError(f"the file holds no {name}; it holds {', '.join(self.__dict__.get('arrays', ()))}")
        return self.arrays[name]

    def __repr__(self) -> str:
        return f"<workings: saved results, arrays {', '.join(self.arrays) or 'none'}>"


def load(path: str | Path) -> Stored:
    """A result saved as .npz or .json; raises `BadValue` for anything else."""
    file = Path(path)
    if not file.is_file():
        raise BadValue(f"there is no file {path}", expected="a result saved as .npz or .json")
    if file.stat().st_size > MAX_MODEL:
        raise InputTooLarge(f"{path} has {file.stat().st_size} bytes", expected=f"at most {MAX_MODEL}")
    suffix = file.suffix.lower()
    if suffix == ".json":
        return Stored(_told(file.read_bytes(), path), {})
    if suffix != ".npz":
        raise BadValue(f"{path} is no file that loads again", expected="a result saved as .npz or .json")
    import zipfile

    import numpy as np

    try:
        with np.load(file, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BadValue(f"{path} cannot be loaded: {str(error)[:100]}", expected="a result saved as .npz") from None
    if "facts" not in arrays:
        raise BadValue(f"{path} holds no facts", expected="a result saved as .npz by workings")
    return Stored(_told(arrays.pop("facts").tobytes(), path), arrays)


def _told(data: bytes, path: str | Path) -> dict[str, Any]:
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadValue(f"{path} cannot be loaded: {str(error)[:100]}", expected="a result saved by workings") from None
    if not isinstance(found, dict):
        raise BadValue(f"{path} holds a {type(found).__name__}", expected="a result saved by workings")
    return found
