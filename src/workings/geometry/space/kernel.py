"""The hot loop in space: one convex polyhedron cut by one layer of creases after another, depth first.

    form      a unit's pre-activation on the cell as a*x + b*y + c*z + d*w, with bounds for the errors
    vertex    (x, y, z, w) with w >= 0 and largest entry about 1, and the three creases that meet there; its
              coordinates come from these, never from other vertices
    facet     a bit in `tight` of each vertex on it; two vertices with two facets in common are neighbours

A sign is taken from doubles where the value is larger than its bound.  Else it is asked for: the loop returns ASK
with the pairs (unit, vertex) of the task on top, and takes the task up again once the answers stand in `told`.
Bounds as in `fast.kernel`.
"""

from __future__ import annotations

from math import sqrt

from workings.geometry.fast.arrays import ASK, DONE, FLOOR, FULL, GROW, PAUSE, SAFE, TINY, U, compiled, inlined
from workings.geometry.space.arrays import (
    CELLS, CORNERS, CUTS, FACE, FACED, FACETS, FIRST, FRESH, FROM, LAYER, LISTED, MANY, OVER, PARTS, PAUSE_AT, READY,
    SIDE, SIDES, SIGNS, TOP, UNIT, ZERO, ZEROS, Net, Out, State,
)
from workings.geometry.space.meeting import meet

# --- forms ---


@compiled
def _given(net: Net, state: State, layer: int, gamma: float) -> tuple[int, float, float]:
    """What a layer's units give: how many are not 0, and the Euclidean norms of their errors."""
    start, slope, n, g, h = net.starts[layer], net.slopes[layer], 0, 0.0, 0.0
    for u in range(start, start + net.sizes[layer]):
        factor = 1.0 if state.sign[u] else slope
        if factor == 0.0:
            continue
        for k in range(4):
            state.value[k, n] = factor * state.forms[k, u]
        large = max(abs(state.value[0, n]), abs(state.value[1, n]), abs(state.value[2, n]))
        e = abs(factor) * state.forms[4, u] + gamma * large
        f = abs(factor) * state.forms[5, u] + gamma * abs(state.value[3, n])
        g += e * e + (FLOOR if e > 0.0 else 0.0)
        h += f * f + (FLOOR if f > 0.0 else 0.0)
        state.index[n] = u - start
        n += 1
    return n, sqrt(g) * SAFE, sqrt(h) * SAFE


@compiled
def forms_of(net: Net, state: State, layer: int) -> None:
    """The forms of a layer under the signs of those before it."""
    start, m, forms = net.starts[layer], net.sizes[layer], state.forms
    for k in range(6):
        for j in range(start, start + m):
            forms[k, j] = net.own[k, j]
    for s in range(net.first[layer], net.first[layer + 1]):
        n, g, h = _given(net, state, net.source[s], net.gamma[layer])
        for i in range(n):
            o = net.place[s] + state.index[i] * m
            a, b, c, d = state.value[0, i], state.value[1, i], state.value[2, i], state.value[3, i]
            for j in range(m):
                w = net.weights[o + j]
                forms[0, start + j] += a * w
                forms[1, start + j] += b * w
                forms[2, start + j] += c * w
                forms[3, start + j] += d * w
        if n:
            for j in range(m):
                norm = net.norms[net.normed[s] + j]
                forms[4, start + j] += g * norm + TINY
                forms[5, start + j] += h * norm + TINY


# --- signs ---


@inlined
def _sign(state: State, u: int, i: int) -> int:
    """The sign of a form at a vertex, 2 in doubt."""
    f, p = state.forms, state.place
    a, b, c, d, x, y, z, w = f[0, u], f[1, u], f[2, u], f[3, u], p[0, i], p[1, i], p[2, i], p[3, i]
    value = a * x + b * y + c * z + d * w
    slopes, reach = abs(a) + abs(b) + abs(c), abs(x) + abs(y) + abs(z)
    wrong, off = p[4, i], p[5, i]
    bound = f[4, u] * (reach + 3.0 * wrong) + f[5, u] * (w + off) + slopes * wrong + abs(d) * off
    bound = (bound + 8.0 * U * (slopes * reach + abs(d) * w)) * SAFE + TINY
    if value > bound:
        return 1
    return -1 if value < -bound else 2


@compiled
def _judge(state: State, u: int, j: int, first: int, n: int, pending: int, all_: bool) -> tuple[int, int]:
    """The signs of a form at the vertices, in `side`: 2 it cuts, 1 positive, 0 negative, 3 zero throughout, -1 asked.

    `all_`: ask for every sign in doubt, also where it is clear that the crease cuts.
    """
    above, below, doubt = False, False, False
    for i in range(n):
        s = _sign(state, u, first + i)
        if s == 2:
            s = state.told[j, i]
        state.side[i] = s
        above = above or s == 1
        below = below or s == -1
        doubt = doubt or s == 2
    if doubt and (all_ or not (above and below)):
        for i in range(n):
            if state.side[i] == 2 and pending < state.asked.shape[1]:
                state.asked[0, pending], state.asked[1, pending] = u, i
                pending += 1
        return -1, pending
    return (2 if above and below else 1 if above else 0 if below else 3), pending


@compiled
def _candidates(net: Net, state: State) -> tuple[int, int]:
    """The units that cut the task on top, listed behind its candidates; the signs of the others.  How many; asked."""
    task, top = state.task, state.count[TOP]
    layer, first, n, at, many = task[top, LAYER], task[top, FIRST], task[top, MANY], task[top, FROM], task[top, CUTS]
    start = net.starts[layer]
    found, pending, new = 0, 0, at + max(many, 0)
    for k in range(many if many >= 0 else net.sizes[layer]):
        u = state.candidate[at + k] if many >= 0 else start + k
        verdict, pending = _judge(state, u, u - start, first, n, pending, False)
        if verdict == 2:
            state.candidate[new + found] = u
            found += 1
        elif verdict >= 0:
            state.sign[u] = verdict != 0
    return found, pending


@compiled
def _outputs(net: Net, state: State, out: Out) -> tuple[int, int]:
    """At a cell: the outputs whose level cuts it, as candidates; how many, asked."""
    task, top, count = state.task, state.count[TOP], state.count
    layer, first, n, at = task[top, LAYER], task[top, FIRST], task[top, MANY], task[top, FROM]
    start, found, pending, zero = net.starts[layer], 0, 0, 0
    listing = out.level.shape[1] > 0
    for j in range(net.sizes[layer]):
        verdict, pending = _judge(state, start + j, j, first, n, pending, listing)
        if verdict == 2:
            state.candidate[at + found] = start + j
            found += 1
        zero += verdict == 3
        if listing:
            for i in range(n):
                out.level[j, count[CORNERS] + i] = state.side[i]
    count[ZEROS] = zero == net.sizes[layer]
    return found, pending


# --- cells ---


@compiled
def _emit(net: Net, state: State, out: Out) -> None:
    """One cell, for the counts and for the lists."""
    count, task, top = state.count, state.task, state.count[TOP]
    first, n, face, faced = task[top, FIRST], task[top, MANY], task[top, FACE], task[top, FACED]
    layer = net.sizes.shape[0] - 1
    start, m, cell = net.starts[layer], net.sizes[layer], count[LISTED]
    count[CELLS] += 1
    count[ZERO] += count[ZEROS]
    for j in range(m):
        for k in range(4):
            out.map[cell, j, k] = state.forms[k, start + j]
        out.error[j, 0] = max(out.error[j, 0], state.forms[4, start + j])
        out.error[j, 1] = max(out.error[j, 1], state.forms[5, start + j])
    for byte in range(out.pattern.shape[1]):
        bits = 0
        for k in range(8 * byte, min(8 * byte + 8, start)):
            bits |= state.sign[k] << (7 - (k & 7))
        out.pattern[cell, byte] = bits
    if out.offset.shape[0]:
        at, side = count[CORNERS], count[SIDES]
        for i in range(n):
            for k in range(6):
                out.place[k, at + i] = state.place[k, first + i]
            out.tight[at + i] = state.tight[first + i]
        for k in range(faced):
            out.facet[side + k] = state.facet[face + k]
        out.offset[cell + 1], out.facets[cell + 1] = at + n, side + faced
        count[CORNERS], count[SIDES] = at + n, side + faced
    count[LISTED] = cell + 1


@inlined
def _copied(state: State, here: int, there: int) -> None:
    """A vertex."""
    for k in range(6):
        state.place[k, there] = state.place[k, here]
    for k in range(3):
        state.name[k, there] = state.name[k, here]
    state.tight[there] = state.tight[here]


@compiled
def _half(net: Net, state: State, unit: int, way: int, first: int, n: int, face: int, faced: int, at: int,
          to: int) -> tuple[int, int]:
    """The part of a task where way * sign >= 0, written from vertex `at` and facet `to` on; vertices and facets."""
    place, tight, side, many = state.place, state.tight, state.side, 0
    bit = 1 << faced
    for i in range(n):
        if way * side[i] >= 0:
            _copied(state, first + i, at + many)
            if side[i] == 0:
                tight[at + many] |= bit
            many += 1
    for i in range(n):
        if side[i] != 1:
            continue
        for j in range(n):
            common = tight[first + i] & tight[first + j]
            if side[j] == -1 and common & (common - 1):
                p, q = _two(common)
                if not meet(net, state, state.facet[face + p], state.facet[face + q], unit, first + i, first + j,
                            at + many):
                    place[4, at + many] = place[5, at + many] = 1e150
                tight[at + many] = common | bit
                many += 1
    return many, _pruned(state, unit, at, many, face, faced, to)


@inlined
def _two(bits: int) -> tuple[int, int]:
    """The places of the two lowest bits."""
    p = 0
    while not bits >> p & 1:
        p += 1
    q = p + 1
    while not bits >> q & 1:
        q += 1
    return p, q


@compiled
def _pruned(state: State, unit: int, at: int, many: int, face: int, faced: int, to: int) -> int:
    """Facets of a half: those with three vertices or more, numbered anew; how many."""
    held, keep = 0, 0
    for k in range(faced + 1):
        on = 0
        for i in range(at, at + many):
            on += state.tight[i] >> k & 1
        if on >= 3:
            state.facet[to + held] = unit if k == faced else state.facet[face + k]
            keep |= 1 << k
            held += 1
    if held <= faced:
        for i in range(at, at + many):
            bits, new, k = 0, 0, 0
            for k in range(faced + 1):
                if keep >> k & 1:
                    bits |= (state.tight[i] >> k & 1) << new
                    new += 1
            state.tight[i] = bits
    return held


@compiled
def _parted(net: Net, state: State, unit: int, after: int, many: int) -> None:
    """The task on top becomes two, below and above the crease of a unit; `many` others may still cut them."""
    task, top, share = state.task, state.count[TOP], state.share
    layer, first, n, face, faced = (
        task[top, LAYER], task[top, FIRST], task[top, MANY], task[top, FACE], task[top, FACED],
    )
    at, to = first + n, face + faced
    low, few = _half(net, state, unit, -1, first, n, face, faced, at, to)
    high, more = _half(net, state, unit, 1, first, n, face, faced, at + low, to + few)
    for i in range(low + high):                   # down over the task itself
        _copied(state, at + i, first + i)
    for k in range(few + more):
        state.facet[face + k] = state.facet[to + k]
    share[top] /= 2.0
    share[top + 1] = share[top]
    for k in range(2):
        row = task[top + k]
        row[LAYER], row[FIRST], row[MANY] = layer, first + (low if k else 0), high if k else low
        row[FACE], row[FACED] = face + (few if k else 0), more if k else few
        row[FROM], row[CUTS], row[UNIT], row[SIDE] = after, many, unit, k
    state.count[TOP] = top + 1


@compiled
def _room(net: Net, state: State, out: Out) -> int:
    """DONE; or GROW, FULL or OVER where the task on top may not fit."""
    count, task, top = state.count, state.task, state.count[TOP]
    first, n, face, faced = task[top, FIRST], task[top, MANY], task[top, FACE], task[top, FACED]
    if faced + 1 >= FACETS:
        return OVER
    most = 3 * n + n * n // 2 + 8
    if first + most > state.place.shape[1] or n > state.side.shape[0] or face + 4 * faced + 8 > state.facet.shape[0]:
        return GROW
    at = task[top, FROM] + max(task[top, CUTS], 0)
    if at + state.index.shape[0] > state.candidate.shape[0] or top + 4 > task.shape[0]:
        return GROW
    if count[LISTED] >= out.map.shape[0]:
        return FULL
    if out.offset.shape[0] and (count[CORNERS] + n > out.tight.shape[0] or count[SIDES] + faced > out.facet.shape[0]):
        return FULL
    return DONE


@compiled
def _next_layer(net: Net, state: State, layer: int, after: int) -> None:
    """The task on top stands before the next layer."""
    row = state.task[state.count[TOP]]
    forms_of(net, state, layer + 1)
    row[LAYER], row[FROM], row[CUTS], row[UNIT] = layer + 1, after, -1, -1


@compiled
def walk(net: Net, state: State, out: Out) -> int:
    """Work until no task is left, or there is something to be said."""
    count, task, outputs = state.count, state.task, net.sizes.shape[0] - 1
    while count[TOP] >= 0:
        top = count[TOP]
        room = _room(net, state, out)
        if room != DONE:
            return int(room)
        layer, first, n, many = task[top, LAYER], task[top, FIRST], task[top, MANY], task[top, CUTS]
        if task[top, UNIT] >= 0:
            state.sign[task[top, UNIT]] = task[top, SIDE]
        if count[FRESH]:
            for j in range(net.sizes[layer]):
                for i in range(n):
                    state.told[j, i] = 2
            count[FRESH] = 0
        found, pending = _outputs(net, state, out) if layer == outputs and many < 0 else _candidates(net, state)
        new, unit = task[top, FROM] + max(many, 0), 0
        if not pending and found:
            unit = state.candidate[new]
            _, pending = _judge(state, unit, unit - net.starts[layer], first, n, 0, True)
        if pending:
            count[READY] = pending
            return ASK
        if layer == outputs and many < 0:
            _emit(net, state, out)
        count[SIGNS] += n * (many if many >= 0 else net.sizes[layer])
        count[FRESH] = 1
        if found:
            _parted(net, state, unit, new + 1, found - 1)
        elif layer == outputs:
            count[PARTS] += 1
            count[TOP] = top - 1
        else:
            _next_layer(net, state, layer, new)
        if count[SIGNS] >= count[PAUSE_AT] and count[TOP] >= 0:
            return PAUSE
    return DONE
