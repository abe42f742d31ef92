"""Source text of the forward and backward pass, one file a target, read off the same program that the page shows."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from workings.errors import BadValue

if TYPE_CHECKING:
    from workings.derive import Program
    from workings.emit.result import Code
    from workings.expr import Network, Ref

TARGETS = ("python", "numpy", "numba", "c", "jax", "torch")


OF_ALL = ("jax", "torch")     # libraries that may ask for the derivative by any argument


def known_target(to: str) -> None:
    """Raises `BadValue` for a target that there is not."""
    if to not in TARGETS:
        raise BadValue(f"there is no target {to!r}", expected="one of " + ", ".join(TARGETS))


def code(net: Network, program: Program, of: Ref, to: str = "numpy", **options: str) -> Code:
    """The text of a backward program in a target language; PyTorch takes `recompute` ("nothing" or "everything").

    Raises `BadValue` for a target or option that there is not, `OutOfReach` for what has no text there.
    """
    from workings.emit.result import Code
    from workings.emit.plan import plan

    known_target(to)
    extra = set(options) - ({"recompute"} if to == "torch" else set())
    if extra:
        raise BadValue(f"the target {to} has no option {min(extra)}", expected="recompute= with to='torch'")
    planned = plan(net, program, of)
    files = {}
    if to == "c":
        from workings.emit.c import program as c_program

        found = c_program(net, planned)
        files = {".h": found.header, ".c": found.source}
    write: Callable[..., str] = getattr(import_module(f"workings.emit.{to}"), to)
    return Code.of(write(net, planned, **options), net, planned, to, files)
