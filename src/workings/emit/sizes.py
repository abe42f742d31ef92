"""Symbolic sizes from the lengths of the arrays that are given."""

from __future__ import annotations

from collections.abc import Callable

from workings.emit.plan import Field, Plan
from workings.emit.speak import Position, Speaker
from workings.expr import Ref, free_refs


def solved(plan: Plan, speaker: Speaker, length: Callable[[str, int], str]) -> tuple[list[tuple[str, str]], list[str]]:
    """(size, text) for each size that an argument's length gives, and the sizes that must be given.

    `length(name, place)` says the length of an axis of an argument.
    """
    found: list[tuple[str, str]] = []
    given: list[str] = []
    for size in plan.sizes:
        text = next((t for f in plan.arguments if (t := _from(size, f, speaker, length))), "")
        if text:
            found.append((speaker.name((size, 0)), text))
        else:
            given.append(size)
    return found, given


def _from(size: str, field: Field, speaker: Speaker, length: Callable[[str, int], str]) -> str:
    """The size by one argument: N is len(x) where x[k] runs from 1 to N."""
    for place, axis in enumerate(field.axes):
        if isinstance(axis.hi, Ref) and axis.hi.name == size and not free_refs(axis.lo):
            start = speaker.position(axis.lo)
            if start is not None:
                own = length(speaker.name(field.key), place)
                return str(Position({own: 1}).plus(start).plus(Position({}, -1)))
    return ""
