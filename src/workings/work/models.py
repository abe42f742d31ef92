"""Networks that are no text: files of arrays, ONNX and torch, and Python's arrays."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workings.errors import BadValue, InputTooLarge
from workings.expr import Network
from workings.limits import MAX_MODEL
from workings.work.files import MODELS, decoded, missing


def is_model(given: Any) -> bool:
    """Is it a file of a network, or a network given as arrays?"""
    if isinstance(given, str | os.PathLike):
        path = str(given).strip()
        return Path(path).suffix.lower() in MODELS and "\n" not in path and ("=" not in path or os.path.exists(path))
    return isinstance(given, Mapping | list | tuple)


def model(given: Any, **roles: Any) -> Network:
    """The network of a file .json, .onnx or .pt2, or of arrays.

    >>> model([[[1, -1]], [0]]).parameters
    (('W1', 0), ('b1', 0))
    """
    if not isinstance(given, str | os.PathLike):
        from workings.importers.from_arrays import from_arrays

        return from_arrays(given, **roles)
    path = Path(str(given).strip())
    data = _bytes(path)
    suffix = path.suffix.lower()
    if suffix == ".json":
        from workings.importers.from_arrays import from_json

        return from_json(decoded(data, path), str(path), **roles)
    if suffix == ".onnx":
        from workings.importers.from_onnx import from_onnx

        return from_onnx(data, path, **roles)
    from workings.importers.from_pt2 import from_pt2

    return from_pt2(path, **roles)


def _bytes(path: Path) -> bytes:
    if not path.exists():
        raise missing(path)
    if path.is_dir():
        raise BadValue(f"{path} is a folder", expected="the file of a network")
    try:
        size = path.stat().st_size
        if size > MAX_MODEL:
            raise InputTooLarge(f"{path} has {size} bytes", expected=f"at most {MAX_MODEL} bytes")
        return path.read_bytes()
    except OSError as error:
        raise BadValue(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
