"""Which statements belong to one recurrence: they share the loop over its steps, in the order that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workings.emit.plan import Step
from workings.errors import OutOfReach
from workings.evaluate import value
from workings.expr import Expr, Key, Ref, free_refs, substitute


@dataclass(slots=True, eq=False)
class Group:
    """Statements in order; `letter`: the index of the steps, None outside of recurrences; `down`: from the last one."""

    steps: list[Step]
    letter: str | None = None
    down: bool = False


def grouped(steps: Sequence[Step]) -> list[Group]:
    """The statements, those that need each other's earlier steps together."""
    definers: dict[Key, list[int]] = {}
    for number, step in enumerate(steps):
        if step.letters:                             # h[0] = 0 starts a recurrence and is no part of it
            definers.setdefault(step.target.key, []).append(number)
    needs = [[m for r in free_refs(s.value) for m in definers.get(r.key, ())] for s in steps]
    out: list[Group] = []
    placed: set[int] = set()
    for number in range(len(steps)):
        if number in placed:
            continue
        members = _cycle(number, needs)
        placed |= set(members)
        if members == [number] and number not in needs[number]:
            out.append(Group([steps[number]]))
        else:
            out.append(_recurrence([steps[m] for m in members]))
    return out


def _cycle(start: int, needs: list[list[int]]) -> list[int]:
    """The statements that need this one and that it needs, itself among them."""
    below = _reached(start, needs)
    if start not in below:
        return [start]
    return sorted(n for n in below if start in _reached(n, needs))


def _reached(start: int, needs: list[list[int]]) -> set[int]:
    out: set[int] = set()
    stack = [start]
    while stack:
        for other in needs[stack.pop()]:
            if other not in out:
                out.add(other)
                stack.append(other)
    return out


def _recurrence(steps: list[Step]) -> Group:
    """The group of a recurrence: the shifted index of each statement gets the letter of the first."""
    keys = {s.target.key for s in steps}
    lags = [lag for step in steps for lag in _lags(step, keys)]
    if not lags:
        raise OutOfReach(f"{steps[0].target.name} needs itself at the same step", span=steps[0].target.span)
    places = {key: place for key, place, _ in lags}
    down = {shift > 0 for _, _, shift in lags if shift}
    if len(down) != 1:
        raise OutOfReach(f"the recurrence of {steps[0].target.name} runs both ways", span=steps[0].target.span)
    letter = ""
    out = []
    for step in steps:
        own = step.target.indices[places.get(step.target.key, 0)]
        assert isinstance(own, Ref)
        letter = letter or own.name
        out.append(step if own.name == letter else _renamed(step, own.name, letter))
    return Group(out, letter, down.pop())


def _lags(step: Step, keys: set[Key]) -> list[tuple[Key, int, int]]:
    """(variable, place, shift) of each reference to another step: h[t-1] has the shift -1."""
    own = set(step.letters)
    out = []
    for ref in free_refs(step.value):
        if ref.key in keys:
            for place, index in enumerate(ref.indices):
                shift = _shift(index, own)
                if shift:
                    out.append((ref.key, place, shift))
    return out


def _shift(index: Expr, own: set[str]) -> int:
    """-1 of t - 1; 0 for anything else."""
    letters = {r.name for r in free_refs(index) if not r.indices}
    if isinstance(index, Ref) or len(letters) != 1 or not letters <= own:
        return 0
    letter = letters.pop()
    start, next_one = (value(index, {letter: at}, mode="exact") for at in (0, 1))
    return int(start) if next_one - start == 1 and start == int(start) else 0


def _renamed(step: Step, old: str, new: str) -> Step:
    table: dict[str, Expr] = {old: Ref(new)}
    target = Ref(step.target.name, tuple(substitute(i, table) for i in step.target.indices))
    letters = tuple(new if n == old else n for n in step.letters)
    test = None if step.test is None else substitute(step.test, table)
    return replace(step, target=target, value=substitute(step.value, table), letters=letters, test=test)
