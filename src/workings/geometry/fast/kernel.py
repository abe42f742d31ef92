"""The hot loop: one convex polygon cut by one layer of creases after another, depth first, compiled by numba.

    form      a unit's pre-activation on the cell as a*x + b*y + c, the columns 0, 1, 2 of `forms`;
              column 3 bounds the error of a and of b, column 4 that of c
    crease    the number of a unit, or units + the number of a side of the domain
    vertex    (x, y, w), w = 1 but for those far out, a bound for the error of each, and the two creases that meet
              there; never interpolated
    task      a polygon, a layer, and the units of that layer whose creases may still cut it

A sign is taken from doubles where the value is larger than its bound.  Else it is asked for: the loop returns ASK
with the pairs (unit, vertex) of the task on top, and takes the task up again once the answers stand in `asked`.

Bounds: fl(sum of n products) = sum of products * (1 + d), |d| <= n u / (1 - n u), u = 2^-53 (Higham, Accuracy and
Stability of Numerical Algorithms, 3.1), fused or not and in any order; sums of errors by Cauchy and Schwarz.
"""

from __future__ import annotations

from workings.geometry.fast.arrays import (
    ASK, ASKED, BORDER, CELLS, DONE, EARLY, FULL, GROW, LISTED, OPEN, OPEN_FROM, PARTS, PAUSE, PAUSE_AT, READY,
    SIDES, SIGNS, SKIP, STOP_AT, TOP, U, VERTICES, ZERO, ZEROS, Net, Out, State, compiled, inlined,
)
from workings.geometry.fast.forms import forms_of
from workings.geometry.fast.polygon import ask, copied, first_candidates, half, judge, sides, sign_at, still, told

__all__ = [  # noqa: RUF022
    "ASK", "ASKED", "BORDER", "CELLS", "DONE", "EARLY", "FULL", "GROW", "LISTED", "OPEN", "OPEN_FROM", "PARTS",
    "PAUSE", "PAUSE_AT", "READY", "SIDES", "SIGNS", "SKIP", "STOP_AT", "TOP", "U", "VERTICES", "ZERO", "Net", "Out",
    "State", "forms_of", "walk",
]


@compiled
def _emit(net: Net, state: State, out: Out, n: int) -> None:
    """One cell, for the counts and for the lists."""
    count = state.count
    count[CELLS] += 1
    count[SIDES] += n
    count[ZERO] += count[ZEROS]
    for i in range(n):
        count[BORDER] += state.label[2, i] >= state.sign.shape[0]
        count[OPEN] += state.label[2, i] >= count[OPEN_FROM]
    cell, at = count[LISTED], count[VERTICES]
    layer = net.sizes.shape[0] - 1
    start, m = net.starts[layer], net.sizes[layer]
    if out.map.shape[0]:
        for j in range(m):
            for k in range(3):
                out.map[cell, j, k] = state.forms[k, start + j]
            out.error[j, 0] = max(out.error[j, 0], state.forms[3, start + j])
            out.error[j, 1] = max(out.error[j, 1], state.forms[4, start + j])
    if out.offset.shape[0]:
        for i in range(n):
            copied(state.corner, state.label, i, out.place, out.name, at + i)
        out.offset[cell + 1] = at + n
        count[VERTICES] = at + n
    if out.pattern.shape[0]:
        for byte in range(out.pattern.shape[1]):
            bits = 0
            for k in range(8 * byte, min(8 * byte + 8, start)):
                bits |= state.sign[k] << (7 - (k & 7))
            out.pattern[cell, byte] = bits
    count[LISTED] = cell + 1


@compiled
def _outputs(net: Net, state: State, out: Out, n: int, at: int) -> tuple[int, int]:
    """At a cell: the outputs whose level cuts it, as candidates from `at` on; or how many pairs are asked for."""
    layer = net.sizes.shape[0] - 1
    start, m, count = net.starts[layer], net.sizes[layer], state.count
    found, zero, pending, known = 0, 0, 0, count[ASKED]
    for j in range(m):
        verdict, pending = judge(state.forms, state.corner, state.label, state.asked, start + j, n, known, pending)
        if verdict == 2:
            state.candidate[at + found] = start + j
            found += 1
        zero += verdict == 3
    listing = out.level.shape[1] > 0
    if listing:
        for j in range(m):
            for i in range(n):
                s = sign_at(state.forms, state.corner, state.label, start + j, i)
                if s == 2:
                    s = told(state.asked, known, start + j, i)
                    if s == 2:
                        pending += ask(state.asked, known + pending, start + j, i)
                out.level[j, count[VERTICES] + i] = s
    count[ZEROS] = zero == m
    return found, pending


@compiled
def _room(net: Net, state: State, out: Out) -> int:
    """DONE, or GROW or FULL where the task on top may not fit."""
    count, task = state.count, state.task
    top = count[TOP]
    first, n, at = task[top, 1], task[top, 2], task[top, 3] + max(task[top, 4], 0)
    if n + 4 > state.side.shape[0] or first + 2 * n + 8 > state.place.shape[1]:
        return GROW
    if at + state.scratch.shape[1] > state.candidate.shape[0] or top + 4 > task.shape[0]:
        return GROW
    if out.map.shape[0] and count[LISTED] >= out.map.shape[0]:
        return FULL
    if out.offset.shape[0] and count[VERTICES] + n > out.place.shape[1]:
        return FULL
    return DONE


@inlined
def _found(net: Net, state: State, out: Out, n: int) -> tuple[int, int]:
    """The units that cut the polygon at work, behind those of the task on top: how many, how many pairs are asked."""
    top, known, task = state.count[TOP], state.count[ASKED], state.task
    layer, at, many = task[top, 0], task[top, 3], task[top, 4]
    if many >= 0:
        return still(
            state.forms, state.corner, state.label, state.asked, state.sign, state.candidate, at, many, n, known,
        )
    if layer == net.sizes.shape[0] - 1:
        return _outputs(net, state, out, n, at)
    found, pending = first_candidates(
        state.forms, state.corner, state.label, state.asked, state.sign, state.loose, state.candidate, state.scratch,
        net.starts[layer], net.sizes[layer], n, at, known,
    )
    state.front[layer, 0], state.front[layer, 1] = at, found
    state.ready[layer + 1] = 0
    return found, pending


@inlined
def _part(state: State, unit: int, n: int, after: int, many: int) -> None:
    """The task on top becomes two, below and above the crease of a unit; `many` others may still cut them."""
    task, top = state.task, state.count[TOP]
    layer, first = task[top, 0], task[top, 1]
    forms, corner, label, side, place, name = (
        state.forms, state.corner, state.label, state.side, state.place, state.name,
    )
    below = half(forms, corner, label, side, place, name, unit, n, -1, first)
    above = half(forms, corner, label, side, place, name, unit, n, 1, first + below)
    task[top, 0], task[top, 1], task[top, 2], task[top, 3] = layer, first, below, after
    task[top, 4], task[top, 5], task[top, 6] = many, unit, 0
    top += 1
    task[top, 0], task[top, 1], task[top, 2], task[top, 3] = layer, first + below, above, after
    task[top, 4], task[top, 5], task[top, 6] = many, unit, 1
    state.count[TOP] = top


@compiled
def walk(net: Net, state: State, out: Out, end: int) -> int:
    """Work until no task is left, or there is something to be said.

    `end`: stop at the cells of this layer (before the layer itself), from number STOP_AT on; with SKIP those before
    are left out.
    """
    count, task, outputs = state.count, state.task, net.sizes.shape[0] - 1
    while count[TOP] >= 0:
        top = count[TOP]
        layer, first, n, at, many = task[top, 0], task[top, 1], task[top, 2], task[top, 3], task[top, 4]
        room = _room(net, state, out)
        if room != DONE:
            return int(room)
        if task[top, 5] >= 0:
            state.sign[task[top, 5]] = task[top, 6]
        for i in range(n):
            copied(state.place, state.name, first + i, state.corner, state.label, i)
        found, pending = _found(net, state, out, n)
        new, signs = at + max(many, 0), n * (many if many >= 0 else net.sizes[layer])
        unit = state.candidate[new]
        if not pending and found:
            pending = sides(state.forms, state.corner, state.label, state.asked, state.side, unit, n, count[ASKED])
        if pending:
            count[READY] = pending
            return ASK
        if many < 0 and layer == outputs:
            _emit(net, state, out, n)
        count[SIGNS] += signs
        count[ASKED] = 0
        if found:
            _part(state, unit, n, new + 1, found - 1)
        elif layer == outputs:
            count[PARTS] += 1
            count[TOP] = top - 1
        else:
            count[EARLY] += layer + 1 == end
            here = layer + 1 == end and count[EARLY] >= count[STOP_AT]
            if layer + 1 == end and count[SKIP] and not here:
                count[TOP] = top - 1
                continue
            forms_of(net, state, layer + 1, False)
            task[top, 0], task[top, 3], task[top, 4], task[top, 5] = layer + 1, new, -1, -1
            if here:
                return PAUSE
        if count[SIGNS] >= count[PAUSE_AT] and count[TOP] >= 0:
            return PAUSE
    return DONE
