"""A person's program as read: assignments in order, in the names that the code uses."""

from __future__ import annotations

from dataclasses import dataclass

from workings.errors import Span, WorkingsError
from workings.expr.nodes import Expr


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """`for index in range(start, stop)`; `backwards`: from the last value to the first."""

    index: str
    start: Expr
    stop: Expr
    backwards: bool = False


@dataclass(slots=True, eq=False)
class Assignment:
    """One assignment `target[indices] op value`, and the loops that it stands in, the outermost first.

    `mask`: a condition in the place of indices: only where it holds the target changes.  `scope`: the function that
    it stands in.  `error`: why it is not understood; then `value` is None.  `size`: the code's name for a length.
    """

    target: str
    op: str
    value: Expr | None
    span: Span
    text: str
    indices: tuple[Expr, ...] = ()
    mask: Expr | None = None
    loops: tuple[Loop, ...] = ()
    scope: str = ""
    error: WorkingsError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Code:
    """All assignments of a text, and the arguments of each function in it."""

    lines: tuple[Assignment, ...]
    arguments: dict[str, tuple[str, ...]]
