"""The statements of an adjoint recurrence: which steps a line is about, and all of them in one line."""

from __future__ import annotations

from workings.derive import Step
from workings.document import Line, Math
from workings.expr import Call, Expr, Logic, Num, Ref, Rel, same


def runs(step: Step) -> Line:
    """The steps that a line is about: for t = T - 1, ..., 1 where it is not for all."""
    special = step.says.get("special") or ()
    letters = {r.args[0].name: r.args[1] for s in special for r in s.says["at"] if isinstance(r.args[0], Ref)}
    out: list[Line] = []
    for letter, lo, hi in step.says.get("runs", ()) if special else ():
        if letter.name in letters and lo is not None and hi is not None:
            out.append(("for ", Math(Rel((lo, letter, hi), ("<=", "<=")))))
    return tuple(part for n, line in enumerate(out) for part in ((", ", *line) if n else line))


def in_cases(step: Step) -> Rel:
    """gh[t] = where(t < T, what holds before the last step, what holds at it): one line for all steps.

    A line alone, as in JSON, says of itself where it holds.
    """
    special: list[Step] = step.says.get("special") or []
    if not special:
        return step.line
    sides = list(step.line.args)
    known = len(sides) - _tail(step)
    for n in range(known, len(sides)):
        whole = sides[n]
        for other in reversed(special):
            theirs = other.line.args
            there = theirs[min(n, len(theirs) - 1)]
            if step.says["ends"]:                    # and 0 by the entries after the derived one
                there = Call("where", (_at(other), there, Num(0, "0")))
            whole = Call("where", (_before(step, other), whole, there))
        sides[n] = whole
    return Rel(tuple(sides), step.line.ops)


def _tail(step: Step) -> int:
    """How many sides of a line hold for some steps only: all but the name and the derivative."""
    heads = 1 + isinstance(step.line.args[0], Ref)
    return len(step.line.args) - heads


def _before(step: Step, other: Step) -> Expr:
    """The condition under which a step is not the special one: t < T, or t > 1 where the steps go down."""
    at: list[Rel] = other.says["at"]
    if len(at) > 1:
        return Logic("not", (_at(other),))
    (letter, value) = at[0].args
    lowest = next((lo for x, lo, _ in step.says["runs"] if same(x, letter)), None)
    down = isinstance(value, Num) and isinstance(lowest, Num) and value.value < lowest.value
    return Rel((letter, value), (">" if down else "<",))


def _at(other: Step) -> Expr:
    at: list[Rel] = other.says["at"]
    return at[0] if len(at) == 1 else Logic("and", tuple(at))
