"""One convex polygon against creases: certain signs, meetings, halves.

A polygon is `n` vertices from number `first` on, counterclockwise; what is asked of it is told its extent, once.
"""

from __future__ import annotations

from workings.geometry.fast.arrays import FAR, HUGE, SAFE, TINY, U, Array, compiled, inlined

Extent = tuple[float, float, float, float]


@inlined
def extent(place: Array, first: int, n: int) -> Extent:
    """What the four terms of a bound are multiplied with, for any corner of a polygon."""
    far, near, wrong, lone = 0.0, 0.0, 0.0, 0.0
    for i in range(first, first + n):
        far = max(far, max(abs(place[i, 0]), abs(place[i, 1])))
        w, e = place[i, 2], place[i, 3]
        wrong = max(wrong, e)
        e = 0.0 if w == 1.0 else e
        near = max(near, w + e)
        lone = max(lone, e + 8.0 * U * w)
    return 2.0 * (far + wrong), near, wrong + 8.0 * U * far, lone


@inlined
def _bound(forms: Array, u: int, size: Extent) -> float:
    """How far the value of a form at a corner of the polygon may be off."""
    a, b, c = abs(forms[0, u]), abs(forms[1, u]), abs(forms[2, u])
    bound: float = (forms[3, u] * size[0] + forms[4, u] * size[1] + (a + b) * size[2] + c * size[3]) * SAFE
    return bound


@compiled
def _margins(forms: Array, start: int, m: int, place: Array, first: int, n: int, size: Extent, out: Array) -> None:
    """out[0]: the least value of each form on the polygon; out[2]: by how much all values are certain, > 0 if so."""
    a, b, c = forms[0, start:start + m], forms[1, start:start + m], forms[2, start:start + m]
    e, f = forms[3, start:start + m], forms[4, start:start + m]
    lo, hi, margin = out[0, :m], out[1, :m], out[2, :m]
    wide, near, both, lone = size
    i, end = first, first + n - 1
    while i <= end:
        i1, i2, i3 = min(i + 1, end), min(i + 2, end), min(i + 3, end)
        x0, x1, x2, x3 = place[i, 0], place[i1, 0], place[i2, 0], place[i3, 0]
        y0, y1, y2, y3 = place[i, 1], place[i1, 1], place[i2, 1], place[i3, 1]
        w0, w1, w2, w3 = place[i, 2], place[i1, 2], place[i2, 2], place[i3, 2]
        if i == first:
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


@compiled
def sign_at(forms: Array, place: Array, name: Array, u: int, i: int) -> int:
    """-1, 0, 1: the sign of a form at a vertex; 2: in doubt."""
    a, b, c = forms[0, u], forms[1, u], forms[2, u]
    x, y, w, wrong = place[i, 0], place[i, 1], place[i, 2], place[i, 3]
    if name[i, 0] == u or name[i, 1] == u:
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
def told(asked: Array, known: int, u: int, i: int) -> int:
    """The answer for a pair in doubt; 2: it was not asked for yet."""
    for k in range(known):
        if asked[k, 0] == u and asked[k, 1] == i:
            return int(asked[k, 2])
    return 2


@compiled
def ask(asked: Array, k: int, u: int, i: int) -> int:
    """One more pair in doubt, the k-th; those that find no place are asked for later."""
    if k < asked.shape[0]:
        asked[k, 0], asked[k, 1] = u, i
        return 1
    return 0


@compiled
def _judge(forms: Array, place: Array, name: Array, first: int, n: int, asked: Array, u: int, known: int,
           pending: int) -> tuple[int, int]:
    """Does a crease cut the polygon: 2 yes, 1 positive, 0 negative, 3 zero on all of it, -1 asked."""
    above, below, doubt = 0, 0, False
    for i in range(first, first + n):
        s = sign_at(forms, place, name, u, i)
        if s == 2:
            s = told(asked, known, u, i)
            doubt = doubt or s == 2
        if s == 1:
            above += 1
        elif s == -1:
            below += 1
    if above and below:
        return 2, pending
    if doubt:
        for i in range(first, first + n):
            if sign_at(forms, place, name, u, i) == 2 and told(asked, known, u, i) == 2:
                pending += ask(asked, known + pending, u, i)
        return -1, max(pending, 1)
    return (0 if below else 1 if above else 3), pending


@inlined
def verdict(forms: Array, place: Array, name: Array, first: int, n: int, size: Extent, asked: Array, u: int,
            known: int, pending: int) -> tuple[int, int]:
    """The same, from the least and largest value alone where these are certain."""
    a, b, c = forms[0, u], forms[1, u], forms[2, u]
    lo = a * place[first, 0] + b * place[first, 1] + c * place[first, 2]
    hi = lo
    for i in range(first + 1, first + n):
        value = a * place[i, 0] + b * place[i, 1] + c * place[i, 2]
        lo = min(lo, value)
        hi = max(hi, value)
    bound = _bound(forms, u, size)
    if lo > bound:
        return 1, pending
    if hi < -bound:
        return 0, pending
    if lo < -bound and hi > bound:
        return 2, pending
    return _judge(forms, place, name, first, n, asked, u, known, pending)


@inlined
def signs(forms: Array, place: Array, name: Array, first: int, n: int, size: Extent, asked: Array, side: Array, u: int,
          known: int, pending: int) -> int:
    """The signs of a form at the corners of the polygon, into `side`; how many pairs are asked for with these."""
    a, b, c, bound = forms[0, u], forms[1, u], forms[2, u], _bound(forms, u, size)
    for i in range(n):
        k = first + i
        value = a * place[k, 0] + b * place[k, 1] + c * place[k, 2]
        s = int(value > bound) - int(value < -bound)
        if s == 0:
            s = sign_at(forms, place, name, u, k)
            if s == 2:
                s = told(asked, known, u, k)
                if s == 2:
                    pending += ask(asked, known + pending, u, k)
        side[i] = s
    return pending


@inlined
def _meeting(forms: Array, place: Array, i: int, j: int, p: int, q: int) -> tuple[float, float, float, float]:
    """The meeting of two creases between vertices i and j: x, y, w and a bound for the error of each."""
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
    far, size = max(abs(x), abs(y)), abs(w) - wrong_w
    if size > 0.0 and far < HUGE * size:
        x /= w
        y /= w
        far = max(abs(x), abs(y))
        return x, y, 1.0, ((wrong + far * wrong_w) / size + 4.0 * U * far) * SAFE + TINY
    # far out: which way, if not w, the corners on both sides tell, unless they lie in more or less opposite directions
    between = place[i, 0] * place[j, 0] + place[i, 1] * place[j, 1] + place[i, 2] * place[j, 2]
    if size <= 0.0 and between <= 0.0:
        return 0.0, 0.0, 0.0, FAR
    u, v, t = place[i, 0] + place[j, 0], place[i, 1] + place[j, 1], place[i, 2] + place[j, 2]
    way = w if size > 0.0 else x * u + y * v + w * t
    doubt = (wrong + wrong_w + 4.0 * U * (far + abs(w))) * 3.0 * (abs(u) + abs(v) + abs(t))
    if far > 2.0 * wrong and (size > 0.0 or abs(way) > doubt + 2.0 * (place[i, 3] + place[j, 3]) * (far + abs(w))):
        scale = 1.0 / far if way > 0.0 else -1.0 / far
        return x * scale, y * scale, max(w * scale, 0.0), (wrong + 2.0 * wrong_w) / far * SAFE + 8.0 * U
    return 0.0, 0.0, 0.0, FAR


@inlined
def _written(place: Array, name: Array, at: int, x: float, y: float, w: float, wrong: float, p: int, q: int,
             edge: int) -> None:
    """One vertex."""
    place[at, 0], place[at, 1], place[at, 2], place[at, 3] = x, y, w, wrong
    name[at, 0], name[at, 1], name[at, 2] = p, q, edge


@inlined
def parted(forms: Array, place: Array, name: Array, first: int, n: int, side: Array, u: int) -> tuple[int, int]:
    """The parts of the polygon where the crease of u is <= 0 and >= 0, written behind it; how many vertices each."""
    below, before = 0, side[n - 1]
    for i in range(n):
        here = side[i]
        below += int(here <= 0) + int(here * before < 0)
        before = here
    low, middle = first + n, first + n + below
    high = middle
    for i in range(n):
        here, then = side[i], side[i + 1 if i + 1 < n else 0]
        at, edge = first + i, name[first + i, 2]
        x, y, w, wrong, p, q = place[at, 0], place[at, 1], place[at, 2], place[at, 3], name[at, 0], name[at, 1]
        if here <= 0:
            _written(place, name, low, x, y, w, wrong, p, q, u if here == 0 and then > 0 else edge)
            low += 1
        if here >= 0:
            _written(place, name, high, x, y, w, wrong, p, q, u if here == 0 and then < 0 else edge)
            high += 1
        if here * then < 0:
            x, y, w, wrong = _meeting(forms, place, at, at + 1 if i + 1 < n else first, edge, u)
            _written(place, name, low, x, y, w, wrong, edge, u, u if here < 0 else edge)
            _written(place, name, high, x, y, w, wrong, edge, u, u if here > 0 else edge)
            low += 1
            high += 1
    return below, high - middle


@compiled
def first_candidates(forms: Array, place: Array, name: Array, first: int, n: int, size: Extent, asked: Array,
                     sign: Array, loose: Array, candidate: Array, scratch: Array, start: int, m: int, at: int,
                     known: int) -> tuple[int, int]:
    """The units of a layer whose creases cut a polygon, as candidates from `at` on; the signs of all others."""
    _margins(forms, start, m, place, first, n, size, scratch)
    lo, margin = scratch[0, :m], scratch[2, :m]
    on, out = sign[start:start + m], loose[start:start + m]
    found, pending = 0, 0
    for j in range(m):
        on[j] = lo[j] > 0.0
        out[j] = not margin[j] > 0.0
    for j in range(m):
        if not out[j]:
            continue
        u = start + j
        answer, pending = _judge(forms, place, name, first, n, asked, u, known, pending)
        out[j] = answer == 2
        if answer == 2:
            candidate[at + found] = u
            found += 1
        else:
            on[j] = answer != 0
    return found, pending


@inlined
def still(forms: Array, place: Array, name: Array, first: int, n: int, size: Extent, asked: Array, sign: Array,
          candidate: Array, at: int, many: int, known: int, index: Array) -> tuple[int, int, int]:
    """Those of the candidates whose creases cut the polygon, written behind them; the others into `index` from 1 on."""
    found, pending, gone = 0, 0, 1
    for k in range(at, at + many):
        u = candidate[k]
        answer, pending = verdict(forms, place, name, first, n, size, asked, u, known, pending)
        if answer == 2:
            candidate[at + many + found] = u
            found += 1
        else:
            sign[u] = answer != 0
            index[gone] = u
            gone += 1
    return found, pending, gone
