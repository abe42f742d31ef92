"""ONNX models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workings.errors import BadValue
from workings.expr import Network


def from_onnx(data: bytes, path: Path, **roles: Any) -> Network:
    """The network of an ONNX file."""
    if not data:
        raise BadValue(f"{path} is empty", expected="an ONNX model")
    raise BadValue(f"{path} is no ONNX model that is read", expected="an ONNX model")
