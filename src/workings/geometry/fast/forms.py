"""The forms of one layer's units on a cell, with bounds for their errors.

A layer is summed while the one before it is cut: a task holds the sum over the units that are decided on all of its
polygon, and each half adds those that are decided there.  A cell finds its forms ready.
"""

from __future__ import annotations

from math import sqrt

from workings.geometry.fast.arrays import (
    FEW, FLOOR, LAYER, MANY, SAFE, SLOT, TINY, TOP, Array, Net, State, compiled, inlined, reordered,
)


@compiled
def _add(weights: Array, place: int, m: int, index: Array, value: Array, k: int, n: int, a: Array, b: Array,
         c: Array) -> None:
    """(a, b, c) += sum over k <= i < n of value[:, i] times column index[i]: four columns at a time."""
    while k + 4 <= n:
        o = place + index[k] * m
        w0 = weights[o:o + m]
        o = place + index[k + 1] * m
        w1 = weights[o:o + m]
        o = place + index[k + 2] * m
        w2 = weights[o:o + m]
        o = place + index[k + 3] * m
        w3 = weights[o:o + m]
        a0, a1, a2, a3 = value[0, k], value[0, k + 1], value[0, k + 2], value[0, k + 3]
        b0, b1, b2, b3 = value[1, k], value[1, k + 1], value[1, k + 2], value[1, k + 3]
        c0, c1, c2, c3 = value[2, k], value[2, k + 1], value[2, k + 2], value[2, k + 3]
        for j in range(m):
            x0, x1, x2, x3 = w0[j], w1[j], w2[j], w3[j]
            a[j] += a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3
            b[j] += b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3
            c[j] += c0 * x0 + c1 * x1 + c2 * x2 + c3 * x3
        k += 4
    while k < n:
        o = place + index[k] * m
        w0 = weights[o:o + m]
        a0, b0, c0 = value[0, k], value[1, k], value[2, k]
        for j in range(m):
            a[j] += a0 * w0[j]
            b[j] += b0 * w0[j]
            c[j] += c0 * w0[j]
        k += 1


@inlined
def _add_few(weights: Array, place: int, m: int, size: int, index: Array, value: Array, n: int, a: Array, b: Array,
             c: Array) -> None:
    """The same where weights stand row by row."""
    for k in range(m):
        for i in range(n):
            w = weights[place + k * size + index[i]]
            a[k] += w * value[0, i]
            b[k] += w * value[1, i]
            c[k] += w * value[2, i]


@reordered
def _wrong(forms: Array, sign: Array, loose: Array, start: int, m: int, slope: float, every: int,
           gamma: float) -> tuple[float, float]:
    """The squared norms of the errors of a layer's units as they come out of it: all of them, or the decided ones."""
    a, b, c = forms[0, start:start + m], forms[1, start:start + m], forms[2, start:start + m]
    e, f = forms[3, start:start + m], forms[4, start:start + m]
    on, out = sign[start:start + m], loose[start:start + m]
    g, h = 0.0, 0.0
    for i in range(m):
        size = (1.0 if on[i] else abs(slope)) * (1.0 if every or not out[i] else 0.0)
        p = size * (e[i] + gamma * max(abs(a[i]), abs(b[i])))
        q = size * (f[i] + gamma * abs(c[i]))
        g += p * p + (FLOOR if p > 0.0 else 0.0)
        h += q * q + (FLOOR if q > 0.0 else 0.0)
    return g, h


@reordered
def _row(weights: Array, place: int, forms: Array, sign: Array, loose: Array, start: int, m: int, slope: float,
         every: int) -> tuple[float, float, float]:
    """One row of the weights times a layer's units as they come out of it."""
    a, b, c = forms[0, start:start + m], forms[1, start:start + m], forms[2, start:start + m]
    row, on, out = weights[place:place + m], sign[start:start + m], loose[start:start + m]
    x, y, z = 0.0, 0.0, 0.0
    for i in range(m):
        w = row[i] * (1.0 if on[i] else slope) * (1.0 if every or not out[i] else 0.0)
        x += w * a[i]
        y += w * b[i]
        z += w * c[i]
    return x, y, z


@compiled
def _packed(forms: Array, sign: Array, loose: Array, start: int, m: int, slope: float, every: int, index: Array,
            value: Array) -> int:
    """The forms of a layer's units as they come out of it, those that are not 0 one after the other."""
    n = 0
    for i in range(m):
        u = start + i
        factor = 1.0 if sign[u] else slope
        value[0, n], value[1, n], value[2, n] = forms[0, u] * factor, forms[1, u] * factor, forms[2, u] * factor
        index[n] = i
        n += (factor != 0.0) & (every | (1 - loose[u]))
    return n


@compiled
def _product(forms: Array, sign: Array, loose: Array, start: int, size: int, slope: float, every: int, weights: Array,
            place: int, m: int, index: Array, value: Array, a: Array, b: Array, c: Array) -> None:
    """(a, b, c) += weights @ the units of a layer: all of them, or the decided ones."""
    if m <= FEW:
        for k in range(m):
            x, y, z = _row(weights, place + k * size, forms, sign, loose, start, size, slope, every)
            a[k], b[k], c[k] = a[k] + x, b[k] + y, c[k] + z
    else:
        n = _packed(forms, sign, loose, start, size, slope, every, index, value)
        _add(weights, place, m, index, value, 0, n, a, b, c)


@inlined
def _begun(net: Net, state: State, layer: int, a: Array, b: Array, c: Array) -> tuple[float, float]:
    """The sum for the next layer at a cell that its units have just been cut into: own forms, earlier layers, and the
    units that do not cut it; the squared norms of the errors of these units."""
    target, g, h = layer + 1, 0.0, 0.0
    start, m, gamma = net.starts[target], net.sizes[target], net.gamma[target]
    for j in range(m):
        a[j], b[j], c[j] = net.own[0, start + j], net.own[1, start + j], net.own[2, start + j]
    for s in range(net.first[target], net.first[target + 1]):
        i = net.source[s]
        every = int(i != layer)
        _product(state.forms, state.sign, state.loose, net.starts[i], net.sizes[i], net.slopes[i], every, net.weights,
                net.place[s], m, state.index, state.scratch, a, b, c)
        g, h = _wrong(state.forms, state.sign, state.loose, net.starts[i], net.sizes[i], net.slopes[i], every, gamma)
        state.rest[s, 0], state.rest[s, 1] = g, h
    return g, h


@inlined
def _decided(net: Net, state: State, layer: int, many: int, g: float, h: float) -> tuple[int, float, float]:
    """The first `many` units of `index`, packed in their places; and the norms with theirs."""
    start, slope, gamma, n = net.starts[layer], net.slopes[layer], net.gamma[layer + 1], 0
    forms, value, index = state.forms, state.scratch, state.index
    for i in range(many):
        u = index[i]
        factor = 1.0 if state.sign[u] else slope
        if factor == 0.0:
            continue
        a, b, c, size = forms[0, u] * factor, forms[1, u] * factor, forms[2, u] * factor, abs(factor)
        p = size * forms[3, u] + gamma * max(abs(a), abs(b))
        q = size * forms[4, u] + gamma * abs(c)
        g += p * p + (FLOOR if p > 0.0 else 0.0)
        h += q * q + (FLOOR if q > 0.0 else 0.0)
        value[0, n], value[1, n], value[2, n] = a, b, c
        index[n] = u - start
        n += 1
    return n, g, h


@inlined
def summed(net: Net, state: State, gone: int, leaf: bool) -> tuple[float, float]:
    """The sum of the task on top, for a `leaf` as the forms of the next layer; the squared norms of its errors.

    `gone`: how many units of `index` it decides, where its layer is cut already.
    """
    task, top = state.task, state.count[TOP]
    layer, slot, fresh = task[top, LAYER], task[top, SLOT], task[top, MANY] < 0
    start, m, last = net.starts[layer + 1], net.sizes[layer + 1], net.first[layer + 2] - 1
    tied = last >= net.first[layer + 1] and net.source[last] == layer
    n, g, h = 0, state.norm[slot, 0], state.norm[slot, 1]
    if not fresh and tied:
        n, g, h = _decided(net, state, layer, gone, g, h)
    if not fresh and not leaf and not n:
        return g, h
    old_a, old_b, old_c = state.sums[slot, 0, :m], state.sums[slot, 1, :m], state.sums[slot, 2, :m]
    to = slot + 1
    a, b, c = state.sums[to, 0, :m], state.sums[to, 1, :m], state.sums[to, 2, :m]
    if leaf:
        a, b, c = state.forms[0, start:start + m], state.forms[1, start:start + m], state.forms[2, start:start + m]
    else:
        task[top, SLOT] = to
    if fresh:
        g, h = _begun(net, state, layer, a, b, c)
    else:
        for j in range(m):
            a[j], b[j], c[j] = old_a[j], old_b[j], old_c[j]
        if m > FEW:
            _add(net.weights, net.place[last], m, state.index, state.scratch, 0, n, a, b, c)
        else:
            _add_few(net.weights, net.place[last], m, net.sizes[layer], state.index, state.scratch, n, a, b, c)
    if not leaf:
        state.norm[to, 0], state.norm[to, 1] = g, h
    return g, h


@inlined
def bounded(net: Net, state: State, target: int, g: float, h: float) -> None:
    """The error bounds of the forms of a layer, from the squared norms of the errors of its last source."""
    start, m, forms, own = net.starts[target], net.sizes[target], state.forms, net.own
    e, f = forms[3, start:start + m], forms[4, start:start + m]
    own_e, own_f = own[3, start:start + m], own[4, start:start + m]
    for j in range(m):
        e[j], f[j] = own_e[j], own_f[j]
    last = net.first[target + 1] - 1
    for s in range(net.first[target], last + 1):
        x, y = (g, h) if s == last else (state.rest[s, 0], state.rest[s, 1])
        x, y = sqrt(x) * SAFE, sqrt(y) * SAFE
        under, over = TINY if x > 0.0 else 0.0, TINY if y > 0.0 else 0.0
        norms = net.norms[net.normed[s]:net.normed[s] + m]
        for j in range(m):
            e[j] += x * norms[j] + under
            f[j] += y * norms[j] + over
