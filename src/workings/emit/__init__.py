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


OPTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "torch": {"recompute": ("nothing", "everything")},
    "c": {"dtype": ("float64", "float32")},
}
OF_ALL = ("jax", "torch")     # libraries that may ask for the derivative by any argument


def known_target(to: str) -> None:
    """Raises `BadValue` for a target that there is not."""
    if to not in TARGETS:
        raise BadValue(f"there is no target {to!r}", expected="one of " + ", ".join(TARGETS))


def code(net: Network, program: Program, of: Ref, to: str = "numpy", mode: str = "plain", **options: str) -> Code:
    """The text of a backward program in a target language; `mode="fewest"` keeps slopes that may cancel.

    Options: `recompute` ("nothing" or "everything") of PyTorch, `dtype` ("float64" or "float32") of C.  Raises
    `BadValue` for a target or option that there is not, `OutOfReach` for what has no text there.
    """
    from workings.emit.result import Code
    from workings.emit.plan import plan
    from workings.emit.steady import steady

    known_target(to)
    for name, chosen in options.items():
        if chosen not in OPTIONS.get(to, {}).get(name, ()):
            known = [f"{n}={v!r} with to={t!r}" for t, of_ in OPTIONS.items() for n, vs in of_.items() for v in vs]
            raise BadValue(f"the target {to} has no option {name}={chosen!r}", expected=", ".join(known))
    planned = steady(plan(net, program, of), mode == "plain")
    files = {}
    if to == "c":
        from workings.emit.c import program as c_program

        found = c_program(net, planned, **options)
        files = {".h": found.header, ".c": found.source}
    write: Callable[..., str] = getattr(import_module(f"workings.emit.{to}"), to)
    out = Code.of(write(net, planned, **options), net, planned, to, files)
    out.dtype = options.get("dtype", "float64")
    return out
