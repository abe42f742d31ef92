"""Checkpoints: all that a run needs to go on to the very same bytes, written whole or not at all."""

from __future__ import annotations

import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from workings.errors import BadValue


def fingerprint(*parts: Any) -> str:
    """What a checkpoint belongs to: network, data, options."""
    digest = sha256()
    for part in parts:
        digest.update(part.tobytes() if hasattr(part, "tobytes") else repr(part).encode())
    return digest.hexdigest()


def write(path: Path, mark: str, arrays: dict[str, Any], facts: dict[str, Any]) -> None:
    """Arrays and facts under a name, through a temporary one."""
    import os
    import tempfile

    import numpy as np

    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps({"mark": mark, **facts}).encode(), dtype=np.uint8)
    np.savez(buffer, facts=text, **arrays)
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as beside:
        beside.write(buffer.getvalue())
    os.replace(beside.name, path)


def read(path: Path, mark: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `write` wrote.

    Raises `BadValue` for a file that is none, or of another network, data or options.
    """
    from zipfile import BadZipFile

    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        facts = json.loads(bytes(arrays.pop("facts")).decode())
    except (ValueError, KeyError, BadZipFile, OSError) as error:
        raise BadValue(f"{path} is no checkpoint: {error}") from None
    if facts.get("mark") != mark:
        raise BadValue(f"{path} belongs to another run", expected="the same network, data and options",
                       hint="name another checkpoint")
    return arrays, facts
