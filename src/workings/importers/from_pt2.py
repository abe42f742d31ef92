"""Torch programs in `.pt2` files: zip archives that may hold pickles, which are never opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workings.errors import OutOfReach
from workings.expr import Network


def from_pt2(path: Path, **roles: Any) -> Network:
    """The network of a `.pt2` file none of whose entries is a pickle."""
    raise OutOfReach(f"{path}: .pt2 files are not read yet", hint="torch.onnx.export(model, x, 'net.onnx')")
