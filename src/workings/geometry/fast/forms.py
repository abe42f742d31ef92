"""The forms of one layer's units on a cell, with bounds for their errors.

What is the same in all cells of one parent is summed once; a cell adds the units that cut the parent.
"""

from __future__ import annotations

from math import sqrt

from workings.geometry.fast.arrays import FLOOR, SAFE, TINY, Array, Net, State, compiled


@compiled
def _add(weights: Array, place: int, m: int, index: Array, value: Array, n: int, out: Array, start: int) -> None:
    """out += sum over k < n of value[:, k] times column index[k]: eight columns at a time."""
    a, b, c = out[0, start:start + m], out[1, start:start + m], out[2, start:start + m]
    k = 0
    while k + 8 <= n:
        o = place + index[k] * m
        w0 = weights[o:o + m]
        o = place + index[k + 1] * m
        w1 = weights[o:o + m]
        o = place + index[k + 2] * m
        w2 = weights[o:o + m]
        o = place + index[k + 3] * m
        w3 = weights[o:o + m]
        o = place + index[k + 4] * m
        w4 = weights[o:o + m]
        o = place + index[k + 5] * m
        w5 = weights[o:o + m]
        o = place + index[k + 6] * m
        w6 = weights[o:o + m]
        o = place + index[k + 7] * m
        w7 = weights[o:o + m]
        a0, a1, a2, a3 = value[0, k], value[0, k + 1], value[0, k + 2], value[0, k + 3]
        a4, a5, a6, a7 = value[0, k + 4], value[0, k + 5], value[0, k + 6], value[0, k + 7]
        b0, b1, b2, b3 = value[1, k], value[1, k + 1], value[1, k + 2], value[1, k + 3]
        b4, b5, b6, b7 = value[1, k + 4], value[1, k + 5], value[1, k + 6], value[1, k + 7]
        c0, c1, c2, c3 = value[2, k], value[2, k + 1], value[2, k + 2], value[2, k + 3]
        c4, c5, c6, c7 = value[2, k + 4], value[2, k + 5], value[2, k + 6], value[2, k + 7]
        for j in range(m):
            x0, x1, x2, x3, x4, x5, x6, x7 = w0[j], w1[j], w2[j], w3[j], w4[j], w5[j], w6[j], w7[j]
            a[j] += a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3 + a4 * x4 + a5 * x5 + a6 * x6 + a7 * x7
            b[j] += b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3 + b4 * x4 + b5 * x5 + b6 * x6 + b7 * x7
            c[j] += c0 * x0 + c1 * x1 + c2 * x2 + c3 * x3 + c4 * x4 + c5 * x5 + c6 * x6 + c7 * x7
        k += 8
    while k < n:
        o = place + index[k] * m
        w0 = weights[o:o + m]
        a0, b0, c0 = value[0, k], value[1, k], value[2, k]
        for j in range(m):
            a[j] += a0 * w0[j]
            b[j] += b0 * w0[j]
            c[j] += c0 * w0[j]
        k += 1


@compiled
def _gather(net: Net, state: State, layer: int, target: int, which: int) -> tuple[int, float, float]:
    """The forms of a layer's units as they come out of them: how many, and the squared norms of their errors.

    which: 0 all units, 1 those whose sign is the same in all cells of the parent, 2 the others.
    """
    start, m, slope, gamma = net.starts[layer], net.sizes[layer], net.slopes[layer], net.gamma[target]
    forms, value, index = state.forms, state.scratch, state.index
    n, g, h = 0, 0.0, 0.0
    count = state.front[layer, 1] if which == 2 else m
    for i in range(count):
        u = state.candidate[state.front[layer, 0] + i] if which == 2 else start + i
        if which == 1 and state.loose[u]:
            continue
        factor = 1.0 if state.sign[u] else slope
        if factor == 0.0:
            continue
        a, b, c = forms[0, u] * factor, forms[1, u] * factor, forms[2, u] * factor
        value[0, n], value[1, n], value[2, n] = a, b, c
        index[n] = u - start
        n += 1
        size = abs(factor)
        e = size * forms[3, u] + gamma * max(abs(a), abs(b))
        f = size * forms[4, u] + gamma * abs(c)
        g += e * e + (FLOOR if e > 0.0 else 0.0)
        h += f * f + (FLOOR if f > 0.0 else 0.0)
    return n, g, h


@compiled
def _errors(net: Net, state: State, target: int, extra_g: float, extra_h: float) -> None:
    """The error bounds of the forms of a layer from those of its sources."""
    start, m, forms, own = net.starts[target], net.sizes[target], state.forms, net.own
    e, f = forms[3, start:start + m], forms[4, start:start + m]
    own_e, own_f = own[3, start:start + m], own[4, start:start + m]
    for j in range(m):
        e[j] = own_e[j]
        f[j] = own_f[j]
    last = net.first[target + 1] - 1
    for s in range(net.first[target], last + 1):
        g, h = state.bases[s, 0], state.bases[s, 1]
        if s == last:
            g += extra_g
            h += extra_h
        g, h = sqrt(g) * SAFE, sqrt(h) * SAFE
        under, over = TINY if g > 0.0 else 0.0, TINY if h > 0.0 else 0.0
        norms = net.norms[net.normed[s]:net.normed[s] + m]
        for j in range(m):
            e[j] += g * norms[j] + under
            f[j] += h * norms[j] + over


@compiled
def _base(net: Net, state: State, target: int, which: int) -> None:
    """What no unit that cuts the parent changes: `base` of a layer (which = 1), or all of it (which = 0)."""
    start, m, base = net.starts[target], net.sizes[target], state.base
    for k in range(3):
        for j in range(start, start + m):
            base[k, j] = net.own[k, j]
    last = net.first[target + 1] - 1
    for s in range(net.first[target], last + 1):
        n, g, h = _gather(net, state, net.source[s], target, which if s == last else 0)
        state.bases[s, 0], state.bases[s, 1] = g, h
        _add(net.weights, net.place[s], m, state.index, state.scratch, n, base, start)


@compiled
def forms_of(net: Net, state: State, target: int, fresh: bool) -> None:
    """The forms of a layer under the signs of those before it; `fresh`: without what is known of the parent."""
    start, m = net.starts[target], net.sizes[target]
    last = net.first[target + 1] - 1
    n, g, h = 0, 0.0, 0.0
    if fresh:
        _base(net, state, target, 0)
        state.ready[target] = 0
    elif not state.ready[target]:
        _base(net, state, target, 1)
        state.ready[target] = 1
    forms, base = state.forms, state.base
    for k in range(3):
        for j in range(start, start + m):
            forms[k, j] = base[k, j]
    if not fresh and last >= net.first[target]:
        n, g, h = _gather(net, state, net.source[last], target, 2)
        _add(net.weights, net.place[last], m, state.index, state.scratch, n, state.forms, start)
    _errors(net, state, target, g, h)
