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

from math import sqrt
from typing import Any, NamedTuple

from numba import njit  # type: ignore[import-untyped]

Array = Any

DONE, ASK, FULL, GROW, PAUSE = 0, 1, 2, 3, 4          # why the loop came back
U = 2.0**-53
TINY = 1e-300                 # more than what underflow can lose
FLOOR = 1e-300                # so that the square of an error never comes out 0
SAFE = 1.0 + 1e-9             # the bounds themselves are rounded
# no reference counts: nothing is allocated here, and counting costs more than the arithmetic
options = {"_nrt": False, "cache": True, "nogil": True, "error_model": "numpy", "fastmath": {"contract"}}
compiled = njit(**options)
inlined = njit(forceinline=True, **options)

HUGE = 2.0**100                # farther out than this a vertex is a direction, nearly
FAR = 1e150                   # the error of a vertex whose creases may be parallel

# places in `count`
TOP, CELLS, PARTS, SIDES, BORDER, ZERO, SIGNS, VERTICES, ASKED, PAUSE_AT, LISTED, READY, ZEROS, OPEN, OPEN_FROM = range(15)


class Net(NamedTuple):
    """The layers, units first and outputs last; layer l is own + sum over sources of weights @ units."""

    sizes: Array              # of each layer
    starts: Array             # the number of its first unit
    first: Array              # its sources are first[l] … first[l + 1] - 1
    source: Array             # the layer of each source
    place: Array              # where its weights begin, column by column
    normed: Array             # where the Euclidean norms of its rows begin
    weights: Array
    norms: Array
    own: Array                # 5 x units: what comes from the input alone
    slopes: Array             # of each layer below 0
    gamma: Array              # the relative rounding error of one form of each layer


class State(NamedTuple):
    """What the walk is at; `task` columns: layer, first vertex, vertices, first candidate, candidates, unit, sign."""

    forms: Array              # 5 x (units + sides)
    base: Array               # 3 x units: the part of a layer's forms that is the same in all cells of one parent
    bases: Array              # sources x 2: squared error norms of that part
    sign: Array               # 1 or 0 of each unit
    loose: Array              # 1: the unit cuts the parent, its sign differs from cell to cell
    ready: Array              # of each layer: is `base` up to date?
    front: Array              # layers x 2: first candidate, candidates of the parent
    task: Array
    place: Array              # 4 x vertices: x, y, w, error
    name: Array               # 3 x vertices: the two creases that meet, and that of the edge that follows
    candidate: Array
    scratch: Array            # 8 x the largest layer
    index: Array
    corner: Array             # 4 x vertices of the polygon at work
    label: Array              # 3 x vertices, as `name`
    side: Array               # its signs
    asked: Array              # 3 x pairs: unit, vertex, sign
    count: Array


class Out(NamedTuple):
    """Lists that are filled while there is room; of length 0 where only counts are wanted."""

    offset: Array             # cells + 1: the first vertex of each cell
    place: Array              # 4 x vertices
    name: Array               # 3 x vertices
    level: Array              # outputs x vertices: the signs of the outputs
    pattern: Array            # cells x bytes
    map: Array                # cells x outputs x 3
    error: Array              # outputs x 2: the largest errors of a and b, of c


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


@inlined
def _extent(corner: Array, n: int) -> tuple[float, float, float, float]:
    """What the four terms of a bound are multiplied with, for any corner of a polygon."""
    far, near, wrong, lone = 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        far = max(far, abs(corner[0, i]), abs(corner[1, i]))
        w, e = corner[2, i], corner[3, i]
        wrong = max(wrong, e)
        e = 0.0 if w == 1.0 else e
        near = max(near, w + e)
        lone = max(lone, e + 8.0 * U * w)
    return 2.0 * (far + wrong), near, wrong + 8.0 * U * far, lone


@compiled
def _margins(forms: Array, start: int, m: int, corner: Array, n: int, out: Array) -> None:
    """out[0]: the least value of each form on the polygon; out[2]: by how much all values are certain, > 0 if so."""
    a, b, c = forms[0, start:start + m], forms[1, start:start + m], forms[2, start:start + m]
    e, f = forms[3, start:start + m], forms[4, start:start + m]
    lo, hi, margin = out[0, :m], out[1, :m], out[2, :m]
    wide, near, both, lone = _extent(corner, n)
    i = 0
    while i < n:
        i1, i2, i3 = min(i + 1, n - 1), min(i + 2, n - 1), min(i + 3, n - 1)
        x0, x1, x2, x3 = corner[0, i], corner[0, i1], corner[0, i2], corner[0, i3]
        y0, y1, y2, y3 = corner[1, i], corner[1, i1], corner[1, i2], corner[1, i3]
        w0, w1, w2, w3 = corner[2, i], corner[2, i1], corner[2, i2], corner[2, i3]
        if i == 0:
            for j in range(m):
                v0 = a[j] * x0 + b[j] * y0 + c[j] * w0
                v1 = a[j] * x1 + b[j] * y1 + c[j] * w1
                v2 = a[j] * x2 + b[j] * y2 + c[j] * w2
                v3 = a[j] * x3 + b[j] * y3 + c[j] * w3
                lo[j] = min(min(v0, v1), min(v2, v3))
                hi[j] = max(max(v0, v1), max(v2, v3))
        else:
            for j in range(m):
                v0 = a[j] * x0 + b[j] * y0 + c[j] * w0
                v1 = a[j] * x1 + b[j] * y1 + c[j] * w1
                v2 = a[j] * x2 + b[j] * y2 + c[j] * w2
                v3 = a[j] * x3 + b[j] * y3 + c[j] * w3
                lo[j] = min(lo[j], min(min(v0, v1), min(v2, v3)))
                hi[j] = max(hi[j], max(max(v0, v1), max(v2, v3)))
        i += 4
    for j in range(m):
        bound = (e[j] * wide + f[j] * near + (abs(a[j]) + abs(b[j])) * both + abs(c[j]) * lone) * SAFE
        margin[j] = max(lo[j] - bound, -hi[j] - bound)


@inlined
def _sign(forms: Array, corner: Array, label: Array, u: int, i: int) -> int:
    """-1, 0, 1: the sign of a form at a corner of the polygon at work; 2: in doubt."""
    a, b, c = forms[0, u], forms[1, u], forms[2, u]
    x, y, w, wrong = corner[0, i], corner[1, i], corner[2, i], corner[3, i]
    if label[0, i] == u or label[1, i] == u:
        return 0
    value = a * x + b * y + c * w
    far, off = max(abs(x), abs(y)), 0.0 if w == 1.0 else wrong
    bound = forms[3, u] * 2.0 * (far + wrong) + forms[4, u] * (w + off)
    bound = (bound + (abs(a) + abs(b)) * (wrong + 8.0 * U * far) + abs(c) * (off + 8.0 * U * w)) * SAFE
    if value > bound:
        return 1
    if value < -bound:
        return -1
    if bound == 0.0 and a == 0.0 and b == 0.0 and c == 0.0:
        return 0
    return 2


@compiled
def _told(asked: Array, known: int, u: int, i: int) -> int:
    """The answer for a pair in doubt; 2: it was not asked for yet."""
    for k in range(known):
        if asked[0, k] == u and asked[1, k] == i:
            return int(asked[2, k])
    return 2


@compiled
def _ask(asked: Array, k: int, u: int, i: int) -> int:
    """One more pair in doubt, the k-th; those that find no place are asked for later."""
    if k < asked.shape[1]:
        asked[0, k], asked[1, k] = u, i
        return 1
    return 0


@compiled
def _judge(forms: Array, corner: Array, label: Array, asked: Array, u: int, n: int, known: int, pending: int) -> tuple[int, int]:
    """Does the crease of a unit cut the polygon at work: 2 yes, 1 positive, 0 negative, 3 zero on all of it, -1 asked."""
    above, below, before, doubt = 0, 0, pending, False
    for i in range(n):
        s = _sign(forms, corner, label, u, i)
        if s == 2:
            s = _told(asked, known, u, i)
            doubt = doubt or s == 2
        if s == 1:
            above += 1
        elif s == -1:
            below += 1
    if above and below:
        return 2, pending
    if doubt:
        for i in range(n):
            if _sign(forms, corner, label, u, i) == 2 and _told(asked, known, u, i) == 2:
                pending += _ask(asked, known + pending, u, i)
        return -1, max(pending, 1)
    return (0 if below else 1 if above else 3), pending


@inlined
def _copy(place: Array, name: Array, i: int, to_place: Array, to_name: Array, at: int) -> None:
    for k in range(4):
        to_place[k, at] = place[k, i]
    for k in range(3):
        to_name[k, at] = name[k, i]


@compiled
def _meet(forms: Array, corner: Array, i: int, j: int, p: int, q: int, place: Array, name: Array, at: int) -> None:
    """The meeting of two creases between corners i and j, written as vertex `at`."""
    a1, b1, c1, e1, f1 = forms[0, p], forms[1, p], forms[2, p], forms[3, p], forms[4, p]
    a2, b2, c2, e2, f2 = forms[0, q], forms[1, q], forms[2, q], forms[3, q], forms[4, q]
    x, y, w = b1 * c2 - c1 * b2, c1 * a2 - a1 * c2, a1 * b2 - b1 * a2
    s1, s2 = max(abs(a1), abs(b1)), max(abs(a2), abs(b2))
    e1 += 2.0 * U * s1
    e2 += 2.0 * U * s2
    f1 += 2.0 * U * abs(c1)
    f2 += 2.0 * U * abs(c2)
    wrong = (s1 * f2 + e1 * (abs(c2) + f2) + s2 * f1 + e2 * (abs(c1) + f1)) * SAFE + TINY
    wrong_w = 2.0 * (s1 * e2 + e1 * (s2 + e2)) * SAFE + TINY
    name[0, at], name[1, at] = p, q
    far, size = max(abs(x), abs(y)), abs(w) - wrong_w
    if size > 0.0 and far < HUGE * size:
        x /= w
        y /= w
        far = max(abs(x), abs(y))
        place[0, at], place[1, at], place[2, at] = x, y, 1.0
        place[3, at] = ((wrong + far * wrong_w) / size + 4.0 * U * far) * SAFE + TINY
        return
    # far out: which way, if not w, the corners on both sides tell
    u, v, t = corner[0, i] + corner[0, j], corner[1, i] + corner[1, j], corner[2, i] + corner[2, j]
    way = w if size > 0.0 else x * u + y * v + w * t
    doubt = (wrong + wrong_w + 4.0 * U * (far + abs(w))) * 3.0 * (abs(u) + abs(v) + abs(t))
    if far > 2.0 * wrong and (size > 0.0 or abs(way) > doubt + 2.0 * (corner[3, i] + corner[3, j]) * (far + abs(w))):
        scale = 1.0 / far if way > 0.0 else -1.0 / far
        place[0, at], place[1, at], place[2, at] = x * scale, y * scale, max(w * scale, 0.0)
        place[3, at] = (wrong + 2.0 * wrong_w) / far * SAFE + 8.0 * U
    else:
        place[0, at], place[1, at], place[2, at], place[3, at] = 0.0, 0.0, 0.0, FAR


@compiled
def _half(forms: Array, corner: Array, label: Array, side: Array, place: Array, name: Array, u: int, n: int, way: int,
          at: int) -> int:
    """The part of the polygon at work where way * sign >= 0, written from vertex `at` on; how many vertices."""
    first = at
    for i in range(n):
        here, then = way * side[i], way * side[i + 1 if i + 1 < n else 0]
        if here >= 0:
            _copy(corner, label, i, place, name, at)
            if here == 0 and then < 0:
                name[2, at] = u
            at += 1
        if here * then < 0:
            _meet(forms, corner, i, i + 1 if i + 1 < n else 0, label[2, i], u, place, name, at)
            name[2, at] = u if here > 0 else label[2, i]
            at += 1
    return at - first


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
            _copy(state.corner, state.label, i, out.place, out.name, at + i)
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
        verdict, pending = _judge(state.forms, state.corner, state.label, state.asked, start + j, n, known, pending)
        if verdict == 2:
            state.candidate[at + found] = start + j
            found += 1
        zero += verdict == 3
    listing = out.level.shape[1] > 0
    if listing:
        for j in range(m):
            for i in range(n):
                s = _sign(state.forms, state.corner, state.label, start + j, i)
                if s == 2:
                    s = _told(state.asked, known, start + j, i)
                    if s == 2:
                        pending += _ask(state.asked, known + pending, start + j, i)
                out.level[j, count[VERTICES] + i] = s
    count[ZEROS] = zero == m
    return found, pending


@compiled
def _first(forms: Array, corner: Array, label: Array, asked: Array, sign: Array, loose: Array, candidate: Array,
           scratch: Array, start: int, m: int, n: int, at: int, known: int) -> tuple[int, int]:
    """The units of a layer whose creases cut a polygon, as candidates from `at` on; the signs of all others."""
    _margins(forms, start, m, corner, n, scratch)
    lo, margin = scratch[0], scratch[2]
    found, pending = 0, 0
    for j in range(m):
        u = start + j
        if margin[j] > 0.0:
            sign[u] = lo[j] > 0.0
            loose[u] = 0
            continue
        verdict, pending = _judge(forms, corner, label, asked, u, n, known, pending)
        loose[u] = verdict == 2
        if verdict == 2:
            candidate[at + found] = u
            found += 1
        else:
            sign[u] = verdict != 0
    return found, pending


@compiled
def _still(forms: Array, corner: Array, label: Array, asked: Array, sign: Array, candidate: Array, first: int,
           many: int, n: int, known: int) -> tuple[int, int]:
    """Those of the candidates whose creases cut the polygon at work, written behind them."""
    found, pending, at = 0, 0, first + many
    wide, near, both, lone = _extent(corner, n)
    for k in range(first, first + many):
        u = candidate[k]
        a, b, c = forms[0, u], forms[1, u], forms[2, u]
        lo = a * corner[0, 0] + b * corner[1, 0] + c * corner[2, 0]
        hi = lo
        for i in range(1, n):
            value = a * corner[0, i] + b * corner[1, i] + c * corner[2, i]
            lo = min(lo, value)
            hi = max(hi, value)
        bound = (forms[3, u] * wide + forms[4, u] * near + (abs(a) + abs(b)) * both + abs(c) * lone) * SAFE
        if lo > bound:
            sign[u] = 1
        elif hi < -bound:
            sign[u] = 0
        else:
            verdict = 2
            if not (lo < -bound and hi > bound):
                verdict, pending = _judge(forms, corner, label, asked, u, n, known, pending)
            if verdict == 2:
                candidate[at + found] = u
                found += 1
            else:
                sign[u] = verdict != 0
    return found, pending


@compiled
def _sides(forms: Array, corner: Array, label: Array, asked: Array, side: Array, u: int, n: int, known: int) -> int:
    """The signs of a form at the corners of the polygon at work; or how many pairs are asked for."""
    pending = 0
    for i in range(n):
        s = _sign(forms, corner, label, u, i)
        if s == 2:
            s = _told(asked, known, u, i)
            if s == 2:
                pending += _ask(asked, known + pending, u, i)
        side[i] = s
    return pending


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


@compiled
def walk(net: Net, state: State, out: Out, end: int) -> int:
    """Work until no task is left, or there is something to be said; `end`: the layer at whose cells to stop."""
    count, task, forms, corner, label, side = state.count, state.task, state.forms, state.corner, state.label, state.side
    place, name, candidate, asked, sign, loose = state.place, state.name, state.candidate, state.asked, state.sign, state.loose
    sizes, starts, front, ready, scratch = net.sizes, net.starts, state.front, state.ready, state.scratch
    outputs = sizes.shape[0] - 1
    while count[TOP] >= 0:
        top = count[TOP]
        layer, first, n, at, many = task[top, 0], task[top, 1], task[top, 2], task[top, 3], task[top, 4]
        room = _room(net, state, out)
        if room != DONE:
            return room
        if task[top, 5] >= 0:
            sign[task[top, 5]] = task[top, 6]
        for i in range(n):
            _copy(place, name, first + i, corner, label, i)
        known = count[ASKED]
        if many >= 0:
            new, signs = at + many, n * many
            found, pending = _still(forms, corner, label, asked, sign, candidate, at, many, n, known)
        elif layer == outputs:
            new, signs = at, n * sizes[layer]
            found, pending = _outputs(net, state, out, n, new)
        else:
            new, signs = at, n * sizes[layer]
            found, pending = _first(
                forms, corner, label, asked, sign, loose, candidate, scratch, starts[layer], sizes[layer], n, new, known,
            )
            front[layer, 0], front[layer, 1] = new, found
            ready[layer + 1] = 0
        if not pending and found:
            u = candidate[new]
            pending = _sides(forms, corner, label, asked, side, u, n, known)
        if pending:
            count[READY] = pending
            return ASK
        if many < 0 and layer == outputs:
            _emit(net, state, out, n)
        count[SIGNS] += signs
        count[ASKED] = 0
        if found:
            below = _half(forms, corner, label, side, place, name, u, n, -1, first)
            above = _half(forms, corner, label, side, place, name, u, n, 1, first + below)
            task[top, 0], task[top, 1], task[top, 2], task[top, 3] = layer, first, below, new + 1
            task[top, 4], task[top, 5], task[top, 6] = found - 1, u, 0
            top += 1
            task[top, 0], task[top, 1], task[top, 2], task[top, 3] = layer, first + below, above, new + 1
            task[top, 4], task[top, 5], task[top, 6] = found - 1, u, 1
            count[TOP] = top
        elif layer == outputs:
            count[PARTS] += 1
            count[TOP] = top - 1
        else:
            forms_of(net, state, layer + 1, False)
            task[top, 0], task[top, 3], task[top, 4], task[top, 5] = layer + 1, new, -1, -1
            if layer + 1 == end:
                return PAUSE
        if count[SIGNS] >= count[PAUSE_AT] and count[TOP] >= 0:
            return PAUSE
    return DONE
