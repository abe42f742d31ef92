"""One convex polygon against creases: certain signs, meetings, halves."""

from __future__ import annotations

from workings.geometry.fast.arrays import FAR, HUGE, SAFE, TINY, U, Array, compiled, inlined


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
def sign_at(forms: Array, corner: Array, label: Array, u: int, i: int) -> int:
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
def told(asked: Array, known: int, u: int, i: int) -> int:
    """The answer for a pair in doubt; 2: it was not asked for yet."""
    for k in range(known):
        if asked[0, k] == u and asked[1, k] == i:
            return int(asked[2, k])
    return 2


@compiled
def ask(asked: Array, k: int, u: int, i: int) -> int:
    """One more pair in doubt, the k-th; those that find no place are asked for later."""
    if k < asked.shape[1]:
        asked[0, k], asked[1, k] = u, i
        return 1
    return 0


@compiled
def judge(forms: Array, corner: Array, label: Array, asked: Array, u: int, n: int, known: int,
          pending: int) -> tuple[int, int]:
    """Does a crease cut the polygon at work: 2 yes, 1 positive, 0 negative, 3 zero on all of it, -1 asked."""
    above, below, doubt = 0, 0, False
    for i in range(n):
        s = sign_at(forms, corner, label, u, i)
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
        for i in range(n):
            if sign_at(forms, corner, label, u, i) == 2 and told(asked, known, u, i) == 2:
                pending += ask(asked, known + pending, u, i)
        return -1, max(pending, 1)
    return (0 if below else 1 if above else 3), pending


@inlined
def copied(place: Array, name: Array, i: int, to_place: Array, to_name: Array, at: int) -> None:
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
def half(forms: Array, corner: Array, label: Array, side: Array, place: Array, name: Array, u: int, n: int, way: int,
          at: int) -> int:
    """The part of the polygon at work where way * sign >= 0, written from vertex `at` on; how many vertices."""
    first = at
    for i in range(n):
        here, then = way * side[i], way * side[i + 1 if i + 1 < n else 0]
        if here >= 0:
            copied(corner, label, i, place, name, at)
            if here == 0 and then < 0:
                name[2, at] = u
            at += 1
        if here * then < 0:
            _meet(forms, corner, i, i + 1 if i + 1 < n else 0, label[2, i], u, place, name, at)
            name[2, at] = u if here > 0 else label[2, i]
            at += 1
    return at - first


@compiled
def first_candidates(forms: Array, corner: Array, label: Array, asked: Array, sign: Array, loose: Array,
                     candidate: Array,
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
        verdict, pending = judge(forms, corner, label, asked, u, n, known, pending)
        loose[u] = verdict == 2
        if verdict == 2:
            candidate[at + found] = u
            found += 1
        else:
            sign[u] = verdict != 0
    return found, pending


@compiled
def still(forms: Array, corner: Array, label: Array, asked: Array, sign: Array, candidate: Array, first: int,
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
                verdict, pending = judge(forms, corner, label, asked, u, n, known, pending)
            if verdict == 2:
                candidate[at + found] = u
                found += 1
            else:
                sign[u] = verdict != 0
    return found, pending


@compiled
def sides(forms: Array, corner: Array, label: Array, asked: Array, side: Array, u: int, n: int, known: int) -> int:
    """The signs of a form at the corners of the polygon at work; or how many pairs are asked for."""
    pending = 0
    for i in range(n):
        s = sign_at(forms, corner, label, u, i)
        if s == 2:
            s = told(asked, known, u, i)
            if s == 2:
                pending += ask(asked, known + pending, u, i)
        side[i] = s
    return pending
