"""What the importers of torch share: the quantities met so far, told apart from values that are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workings.importers.layers import Layers


class Quantity(str):
    """The name of a line; a class of its own, so that it is told from texts that are arguments."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return str(self)


class LayerWalk:
    """What each name of a program is: a quantity, or a number, a tensor, a list of these."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.found: dict[str, Any] = {}

    def shape(self, x: Quantity) -> tuple[int, ...]:
        """The axes of one sample."""
        return self.layers.shape(x.name)


def pair(value: Any, count: int) -> list[int]:
    """An argument that is one number for all axes, or one for each."""
    found = list(value) if isinstance(value, Sequence) else [value] * count
    return [int(n) for n in found] * (count if len(found) == 1 else 1)
