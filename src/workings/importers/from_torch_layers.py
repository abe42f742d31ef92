"""Layers of geometry as rows of the torch table: convolutions, pooling, batch normalisation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workings.expr import Expr

ROWS: Mapping[str, Callable[..., Expr]] = {}
MODULES: Mapping[str, Callable[..., Expr]] = {}
