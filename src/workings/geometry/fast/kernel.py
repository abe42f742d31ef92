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
    ASK, ASKED, AT, BORDER, CELLS, CORNERS, CUTS, DONE, FIRST, FULL, GROW, INSIDE, ITEMS, LAYER, LISTED, MANY, OPEN,
    OPEN_FROM, PARTS, PAUSE, PAUSE_AT, READY, SIDES, SIGN, SIGNS, SKIP, SLOT, STOP_AT, TOP, U, UNIT, VERTICES, ZERO,
    ZEROS, Net, Out, State, compiled, inlined,
)
from workings.geometry.fast.forms import bounded, summed
from workings.geometry.fast.polygon import Extent, extent, first_candidates, parted, signs, still, verdict

__all__ = [  # noqa: RUF022
    "ASK", "ASKED", "BORDER", "CELLS", "DONE", "FULL", "GROW", "ITEMS", "LISTED", "OPEN", "OPEN_FROM", "PARTS",
    "PAUSE", "PAUSE_AT", "READY", "SIDES", "SIGNS", "SKIP", "STOP_AT", "TOP", "U", "VERTICES", "ZERO", "Net", "Out",
    "State", "walk",
]


@inlined
def _emit(net: Net, state: State, out: Out, first: int, n: int) -> None:
    """One cell, for the counts and for the lists."""
    count = state.count
    count[CELLS] += 1
    count[SIDES] += n
    count[ZERO] += count[ZEROS]
    for i in range(first, first + n):
        count[BORDER] += state.name[i, 2] >= state.sign.shape[0]
        count[OPEN] += state.name[i, 2] >= count[OPEN_FROM]
    cell, at = count[LISTED], count[VERTICES]
    layer = net.sizes.shape[0] - 1
    start, m = net.starts[layer], net.sizes[layer]
    for j in range(m):
        for k in range(3):
            out.map[cell, j, k] = state.forms[k, start + j]
        out.error[j, 0] = max(out.error[j, 0], state.forms[3, start + j])
        out.error[j, 1] = max(out.error[j, 1], state.forms[4, start + j])
    count[LISTED] = cell + 1
    if not out.offset.shape[0]:
        return
    for i in range(n):
        for k in range(4):
            out.place[at + i, k] = state.place[first + i, k]
        for k in range(3):
            out.name[at + i, k] = state.name[first + i, k]
    out.offset[cell + 1] = at + n
    count[VERTICES] = at + n
    for byte in range(out.pattern.shape[1]):
        bits = 0
        for k in range(8 * byte, min(8 * byte + 8, start)):
            bits |= state.sign[k] << (7 - (k & 7))
        out.pattern[cell, byte] = bits


@inlined
def _outputs(net: Net, state: State, out: Out, first: int, n: int, size: Extent, at: int) -> tuple[int, int]:
    """At a cell: the outputs whose level cuts it, as candidates from `at` on; or how many pairs are asked for."""
    layer = net.sizes.shape[0] - 1
    start, m, count = net.starts[layer], net.sizes[layer], state.count
    found, zero, pending, known = 0, 0, 0, count[ASKED]
    for u in range(start, start + m):
        answer, pending = verdict(
            state.forms, state.place, state.name, first, n, size, state.asked, u, known, pending,
        )
        if answer == 2:
            state.candidate[at + found] = u
            found += 1
        zero += answer == 3
    if out.offset.shape[0]:
        for j in range(m):
            pending = signs(
                state.forms, state.place, state.name, first, n, size, state.asked, state.side, start + j, known,
                pending,
            )
            for i in range(n):
                out.level[count[VERTICES] + i, j] = state.side[i]
    count[ZEROS] = zero == m
    return found, pending


@inlined
def _room(net: Net, state: State, out: Out) -> int:
    """DONE, or GROW or FULL where the task on top may not fit."""
    count, task = state.count, state.task
    top = count[TOP]
    first, n, at = task[top, FIRST], task[top, CORNERS], task[top, AT] + max(task[top, MANY], 0)
    if n + 4 > state.side.shape[0] or first + 3 * n + 8 > state.place.shape[0]:
        return GROW
    if at + state.scratch.shape[1] > state.candidate.shape[0] or top + 4 > task.shape[0]:
        return GROW
    if task[top, SLOT] + 2 > state.sums.shape[0]:
        return GROW
    if count[LISTED] >= out.map.shape[0]:
        return FULL
    if out.offset.shape[0] and count[VERTICES] + n > out.place.shape[0]:
        return FULL
    return DONE


@inlined
def _part(state: State, unit: int, after: int, many: int) -> None:
    """The task on top becomes two, below and above the crease of a unit; `many` others may still cut them."""
    task, top = state.task, state.count[TOP]
    first, n = task[top, FIRST], task[top, CORNERS]
    below, above = parted(state.forms, state.place, state.name, first, n, state.side, unit)
    task[top, CUTS] += 1
    task[top + 1, LAYER], task[top + 1, SLOT], task[top + 1, CUTS] = task[top, LAYER], task[top, SLOT], task[top, CUTS]
    for k in range(2):
        row = top + k
        task[row, FIRST] = first + n + (below if k else 0)
        task[row, CORNERS] = above if k else below
        task[row, AT], task[row, MANY], task[row, UNIT], task[row, SIGN] = after, many, unit, k
    state.count[TOP] = top + 1


@inlined
def _settle(net: Net, state: State, out: Out, layer: int, gone: int, found: int, unit: int, new: int) -> None:
    """The task on top, all its signs known: its cell handed over, taken to the next layer, or cut by `unit`."""
    count, task = state.count, state.task
    top, outputs = count[TOP], net.sizes.shape[0] - 1
    first, n, many = task[top, FIRST], task[top, CORNERS], task[top, MANY]
    if layer == outputs:
        if many < 0:
            _emit(net, state, out, first, n)
        if not found:
            count[PARTS] += 1
            count[TOP] = top - 1
    else:
        g, h = summed(net, state, gone, found == 0)
        if not found:
            bounded(net, state, layer + 1, g, h)
            task[top, LAYER], task[top, AT], task[top, MANY] = layer + 1, new, -1
    if found:
        _part(state, unit, new + 1, found - 1)


@compiled
def walk(net: Net, state: State, out: Out, end: int) -> int:
    """Work until no task is left, or there is something to be said.

    An item is a polygon that was cut `end` times, or a cell cut less often (no items where `end` < 0).  The walk stops
    before item number STOP_AT, counted from 1; with SKIP those before are left out.
    """
    count, task, outputs = state.count, state.task, net.sizes.shape[0] - 1
    forms, place, name, asked, candidate = state.forms, state.place, state.name, state.asked, state.candidate
    while count[TOP] >= 0:
        top = count[TOP]
        room = _room(net, state, out)
        if room != DONE:
            return int(room)
        layer, first, n = task[top, LAYER], task[top, FIRST], task[top, CORNERS]
        at, many = task[top, AT], task[top, MANY]
        cuts = task[top, CUTS]
        if cuts == end or (cuts < end and many < 0 and layer == outputs):
            count[ITEMS] += 1
            task[top, CUTS] = INSIDE
            if count[ITEMS] >= count[STOP_AT]:
                return PAUSE
            if count[SKIP]:
                count[TOP] = top - 1
                continue
        unit, gone, known, size = task[top, UNIT], 0, count[ASKED], extent(place, first, n)
        if many >= 0:
            state.sign[unit], state.index[0] = task[top, SIGN], unit
            found, pending, gone = still(
                forms, place, name, first, n, size, asked, state.sign, candidate, at, many, known, state.index,
            )
        elif layer == outputs:
            found, pending = _outputs(net, state, out, first, n, size, at)
        else:
            found, pending = first_candidates(
                forms, place, name, first, n, size, asked, state.sign, state.loose, candidate, state.scratch,
                net.starts[layer], net.sizes[layer], at, known,
            )
        new, tests = at + max(many, 0), n * (many if many >= 0 else net.sizes[layer])
        unit = candidate[new]
        if not pending and found:
            pending = signs(forms, place, name, first, n, size, asked, state.side, unit, known, 0)
        if pending:
            count[READY] = pending
            return ASK
        count[SIGNS] += tests
        count[ASKED] = 0
        _settle(net, state, out, layer, gone, found, unit, new)
        if count[SIGNS] >= count[PAUSE_AT] and count[TOP] >= 0:
            return PAUSE
    return DONE
