"""What `hessian` says: the steps of a derivative taken twice."""

from __future__ import annotations

from workings.answers.gradient import as_dict, blocks

__all__ = ["as_dict", "blocks"]
