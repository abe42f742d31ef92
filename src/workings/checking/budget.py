"""How much work one question may cost: past it the answer is "undecided", never a hang and never a guess."""

from __future__ import annotations

from time import monotonic

from workings.limits import CHECK_SECONDS, CHECK_STEPS

LOOK = 500                    # steps between two looks at the clock


class Budget(Exception):
    """The comparison would take too long by this method."""


class Work:
    """Steps left for one question.  Steps decide, so that verdicts do not depend on the machine; the clock stands a
    hundred times further off, against arithmetic of a library that hangs."""

    def __init__(self, steps: int = CHECK_STEPS) -> None:
        self.left, self._next = steps, steps
        self._end = monotonic() + CHECK_SECONDS

    def spend(self, steps: int) -> None:
        """Count work; past the limit the comparison ends."""
        self.left -= steps
        if self.left < self._next:
            self._next = max(0, self.left - LOOK)
            if self.left < 0 or monotonic() > self._end:
                self.left, self._next = -1, 0
                raise Budget

    @property
    def spent(self) -> bool:
        """Is nothing left?"""
        return self.left < 0
