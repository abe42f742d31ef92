"""The order of equations: each after those it uses, those of one recurrence together."""

from __future__ import annotations

from collections.abc import Container, Mapping

from workings.derive.recurrences import circles
from workings.errors import OutOfReach
from workings.expr import Equation, Key, Ref, free_refs


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
                    out += _within_a_step(held[mine], equations)
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


def _within_a_step(members: list[Equation], equations: list[Equation]) -> list[Equation]:
    """a[t] = w*h[t-1] before h[t] = tanh(a[t]): each member after those whose entry of the same step it uses."""
    place = {id(e): n for n, e in enumerate(equations)}
    own = {e.key: e for e in members}
    left = sorted(members, key=lambda e: place.get(id(e), 0))
    waits = {id(e): {id(own[r.key]) for r in free_refs(e.rhs) if r.key in own and own[r.key] is not e
                     and all(isinstance(i, Ref) for i in r.indices)} for e in members}
    out: list[Equation] = []
    while left:
        ready = next((e for e in left if not waits[id(e)] - {id(d) for d in out}), left[0])
        left.remove(ready)
        out.append(ready)
    return out


def circles_in(needs: Mapping[int, list[Equation]], group: Container[Key]) -> dict[int, int]:
    """Of each equation that is part of a recurrence, by its identity: which one."""
    inside = {n: [id(e) for e in es if e.key in group] for n, es in needs.items()}
    return {member: n for n, members in enumerate(circles(inside)) for member in members}
