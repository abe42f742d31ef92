"""workings: show your workings.

Write a neural network the way a textbook does; see it drawn, run, cut into its pieces, derived step by
step and checked.

    import workings
    net = workings.read("z3 = x1*w13 + x2*w23; a3 = tanh(z3); E = log cosh(a3 - t)")
    print(workings.gradient(net, "E", "w13"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workings.api import (
        backward, boundary, check, code, draw, grade, gradient, hessian, hvp, jacobian, load, pieces, read, read_text,
        run, same, serve, solve, taylor, train,
    )
    from workings.errors import BadValue, InputTooLarge, NotInstalled, NotReadable, OutOfReach, WorkingsError

__version__ = "0.1.0"

__all__ = [
    "BadValue", "InputTooLarge", "NotInstalled", "NotReadable", "OutOfReach", "WorkingsError", "__version__",
    "backward", "boundary", "check", "code", "draw", "grade", "gradient", "hessian", "hvp", "jacobian", "load",
    "measure", "pieces", "read", "read_text", "run", "same", "serve", "solve", "taylor", "train",
]

_ERRORS = ("BadValue", "InputTooLarge", "NotInstalled", "NotReadable", "OutOfReach", "WorkingsError")


def __getattr__(name: str) -> Any:
    """The verbs and errors, loaded when first used: `import workings` costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'workings' has no attribute {name!r}")
    found = getattr(import_module("workings.errors" if name in _ERRORS else "workings.api"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
