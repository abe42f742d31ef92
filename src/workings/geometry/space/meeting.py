"""Where three creases meet, in doubles, with a bound for the error.

    w = det(n1, n2, n3),   x = -det(d1 | y | z columns), …   for the rows (n, d)

A 3 x 3 determinant has six products of three; its error is at most six times  prod(size + error) - prod(size)  and six
roundings of each product.  Rows are brought to a largest slope of about 1 by powers of two, so nothing runs over.
"""

from __future__ import annotations

from math import frexp, ldexp

from workings.geometry.fast.arrays import SAFE, TINY, U, compiled, inlined
from workings.geometry.space.arrays import OPEN_FROM, Array, Net, State


@inlined
def _det(a: float, b: float, c: float, d: float, e: float, f: float, g: float, h: float, i: float) -> float:
    return a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g)


@inlined
def _off(s1: float, e1: float, s2: float, e2: float, s3: float, e3: float) -> float:
    """How far a sum of two products of three entries may be off, entries at most s + e."""
    exact = s1 * s2 * s3
    return 2.0 * (e1 * s2 * s3 + (s1 + e1) * (e2 * s3 + (s2 + e2) * e3)) + 24.0 * U * exact


@inlined
def _row(net: Net, state: State, crease: int, far: bool, out: Array, at: int) -> None:
    """A row with its errors, largest slope about 1; beside infinity constants of creases are as good as 0."""
    f = state.forms
    a, b, c, d, e, g = f[0, crease], f[1, crease], f[2, crease], f[3, crease], f[4, crease], f[5, crease]
    k = -frexp(max(abs(a), abs(b), abs(c)))[1]
    if far and crease < state.count[OPEN_FROM]:
        g = (abs(d) + g) * net.near + TINY
        d = 0.0
    out[0, at], out[1, at], out[2, at], out[3, at] = ldexp(a, k), ldexp(b, k), ldexp(c, k), ldexp(d, k)
    out[4, at], out[5, at] = ldexp(e, k) + TINY, ldexp(g, k) + TINY


@compiled
def meet(net: Net, state: State, p: int, q: int, r: int, i: int, j: int, at: int) -> bool:
    """The meeting of three creases between the vertices i and j, written as vertex `at`; False: doubles cannot tell."""
    place, name, v = state.place, state.name, state.value
    name[0, at], name[1, at], name[2, at] = p, q, r
    opens = state.count[OPEN_FROM]
    far = p >= opens or q >= opens or r >= opens
    _row(net, state, p, far, v, 0)
    _row(net, state, q, far, v, 1)
    _row(net, state, r, far, v, 2)
    w = _det(v[0, 0], v[1, 0], v[2, 0], v[0, 1], v[1, 1], v[2, 1], v[0, 2], v[1, 2], v[2, 2])
    x = -_det(v[3, 0], v[1, 0], v[2, 0], v[3, 1], v[1, 1], v[2, 1], v[3, 2], v[1, 2], v[2, 2])
    y = -_det(v[0, 0], v[3, 0], v[2, 0], v[0, 1], v[3, 1], v[2, 1], v[0, 2], v[3, 2], v[2, 2])
    z = -_det(v[0, 0], v[1, 0], v[3, 0], v[0, 1], v[1, 1], v[3, 1], v[0, 2], v[1, 2], v[3, 2])
    e1, e2, e3, d1, d2, d3 = v[4, 0], v[4, 1], v[4, 2], v[5, 0], v[5, 1], v[5, 2]
    c1, c2, c3 = abs(v[3, 0]), abs(v[3, 1]), abs(v[3, 2])
    off_w = 3.0 * _off(1.0, e1, 1.0, e2, 1.0, e3) * SAFE + TINY
    off = _off(c1, d1, 1.0, e2, 1.0, e3) + _off(1.0, e1, c2, d2, 1.0, e3) + _off(1.0, e1, 1.0, e2, c3, d3)
    off = off * SAFE + TINY
    size = abs(w) - off_w
    if far:
        return _infinite(net, place, x, y, z, w, off, off_w, at)
    large = max(abs(x), abs(y), abs(z), abs(w))
    if not large > 2.0 * max(off, off_w):
        return False
    if size <= 0.0:
        # which way: as the sum of the vertices on both sides, if the angle between these is not more than a right one
        s0, s1, s2, s3 = (place[0, i] + place[0, j], place[1, i] + place[1, j], place[2, i] + place[2, j],
                          place[3, i] + place[3, j])
        way = x * s0 + y * s1 + z * s2 + w * s3
        reach = abs(s0) + abs(s1) + abs(s2) + abs(s3)
        doubt = (off + off_w + 8.0 * U * large) * reach + 4.0 * large * (
            place[4, i] + place[4, j] + place[5, i] + place[5, j])
        between = (place[0, i] * place[0, j] + place[1, i] * place[1, j] + place[2, i] * place[2, j]
                   + place[3, i] * place[3, j])
        if between <= 0.0 or abs(way) <= 2.0 * doubt:
            return False
        w = max(w, 0.0) if way > 0.0 else max(-w, 0.0)
        if way < 0.0:
            x, y, z = -x, -y, -z
        off_w *= 2.0
    elif w < 0.0:
        x, y, z, w = -x, -y, -z, -w
    k = -frexp(large)[1]
    place[0, at], place[1, at], place[2, at], place[3, at] = ldexp(x, k), ldexp(y, k), ldexp(z, k), ldexp(w, k)
    place[4, at], place[5, at] = ldexp(off, k) * SAFE + TINY, ldexp(off_w, k) * SAFE + TINY
    return True


@inlined
def _infinite(net: Net, place: Array, x: float, y: float, z: float, w: float, off: float, off_w: float,
              at: int) -> bool:
    """A vertex on a side at infinity: with that as the unit of length its coordinates are a direction."""
    size = abs(w) - off_w
    if size <= 0.0:
        return False
    x, y, z = x / w, y / w, z / w
    large = max(abs(x), abs(y), abs(z))
    wrong = (off + large * off_w) / size + 8.0 * U * large
    place[0, at], place[1, at], place[2, at], place[3, at] = x, y, z, 0.0
    place[4, at], place[5, at] = wrong * SAFE + TINY, net.near * 2.0 + TINY
    return True
