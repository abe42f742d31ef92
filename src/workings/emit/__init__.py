"""Source text of the forward and backward pass, one file a target, read off the same program that the page shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from workings.errors import BadValue

if TYPE_CHECKING:
    from workings.emit.plan import Plan
    from workings.expr import Network

TARGETS = ("python", "numpy")


def program(net: Network, plan: Plan, to: str) -> str:
    """The text of a plan in a target language.

    Raises `BadValue` for a target that there is not.
    """
    if to not in TARGETS:
        raise BadValue(f"there is no target {to!r}", expected="one of " + ", ".join(TARGETS))
    from importlib import import_module

    write: Callable[[Network, Plan], str] = getattr(import_module(f"workings.emit.{to}"), to)
    return write(net, plan)
