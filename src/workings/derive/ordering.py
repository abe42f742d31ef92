"""The order of equations: each after those it uses, those of one recurrence together."""

from __future__ import annotations

from collections.abc import Container, Mapping

from workings.derive.recurrences import circles
from workings.errors import OutOfReach
from workings.expr import Equation, Key


def in_order(
    equations: list[Equation], needs: Mapping[int, list[Equation]], circle: Mapping[int, int]
) -> list[Equation]:
    """The order of the text, but each equation after those it uses."""
    out: list[Equation] = []
    state: dict[int, int] = {}
    held: dict[int, list[Equation]] = {}         # of a recurrence: the member met first, and those that are done
    first: dict[int, int] = {}
    stack = [(e, False) for e in reversed(equations)]
    while stack:
        equation, ready = stack.pop()
        mine = circle.get(id(equation))
        if ready:
            state[id(equation)] = 2
            if mine is None:
                out.append(equation)
            else:
                held.setdefault(mine, []).append(equation)
                if first[mine] == id(equation):
                    out += held[mine]
        elif id(equation) not in state:
            state[id(equation)] = 1
            if mine is not None:
                first.setdefault(mine, id(equation))
            stack.append((equation, True))
            for user in reversed(needs[id(equation)]):
                if id(user) not in state:
                    stack.append((user, False))
                elif state[id(user)] == 1 and circle.get(id(user), -1) != mine:
                    raise OutOfReach(f"{user.lhs.name} is defined through itself", span=user.span)
    return out


def circles_in(needs: Mapping[int, list[Equation]], group: Container[Key]) -> dict[int, int]:
    """Of each equation that is part of a recurrence, by its identity: which one."""
    inside = {n: [id(e) for e in es if e.key in group] for n, es in needs.items()}
    return {member: n for n, members in enumerate(circles(inside)) for member in members}
