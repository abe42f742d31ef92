"""The page: a thin API over the verbs, on this machine, and the built front end beside it."""

from __future__ import annotations

from workings.web.serve import serve

__all__ = ["serve"]
