"""Functions of one number, right to the last bits, written once for every language; see `translated.py`.

Straight lines only: names are set once, `a if c else b` computes both sides, so none of them may fail.  u = exp(-|z|),
b = 1 + u, `lost` what rounding takes off b, relative to b.  A number times exp(-x) far out is exp(40 - x) times that
number times exp(-40), so that it is not rounded as a subnormal number first.  d is the distance from a root, within
which the function is d times a polynomial (`constants.py`).
"""

from math import exp, expm1, fabs, log, log1p, sqrt

from workings.emit.kernels.constants import (
    D2MISH_HIGH_ABOUT, D2MISH_HIGH_PARTS, D2MISH_LOW_ABOUT, D2MISH_LOW_PARTS, D2SILU_ABOUT, D2SILU_PARTS,
    D2TANHGELU_ABOUT, D2TANHGELU_NEAR, D2TANHGELU_PARTS, D3SIGMOID_ABOUT, D3SIGMOID_PARTS, DGELU_ABOUT,
    DGELU_PARTS, DMISH_ABOUT, DMISH_PARTS, DSILU_ABOUT, DSILU_PARTS, DTANHGELU_ABOUT, DTANHGELU_PARTS,
    INVERSE_E_PARTS, ROOT2_PARTS, TAIL_FAR, TAIL_MIDDLE, TAIL_NEAR, TANHGELU_CUBIC, TANHGELU_LINEAR,
)
from workings.emit.kernels.scalar import hypot, sigmoid, softplus, whole

FAR = 690.0                   # where exp(-x) comes near the smallest normal number
EXP_40 = 4.248354255291589e-18
ROOT2 = 1.4142135623730951
BELL = 0.3989422804014327     # 1/sqrt(2 pi)
EULER = 2.718281828459045


def away(z, root):
    return (((z - root[0]) - root[1]) - root[2]) - root[3]


def poly(z, c):
    p = 0.0
    for k in range(len(c) - 1, -1, -1):
        p = p*z + c[k]
    return p


def near_root(d, width, c):
    return d*poly(max(min(d, width), -width), c)


# -- slopes of the sigmoid
def bend(x, times):
    k = 40.0 if x > FAR else 0.0
    u = exp(k - x)
    c = EXP_40 if x > FAR else 1.0
    b = 1.0 + u*c
    lost = (u*c - (b - 1.0))/b
    return u*(times*expm1(-x))/(b*b*b)*(1.0 - 3.0*lost)*c


def d2sigmoid(z):
    return bend(fabs(z), 1.0 if z > 0.0 else -1.0)


def third(x, times):
    k = 40.0 if x > FAR else 0.0
    u = exp(k - x)
    c = EXP_40 if x > FAR else 1.0
    w = u*c
    b = 1.0 + w
    lost = (w - (b - 1.0))/b
    d = away(x, D3SIGMOID_PARTS)
    side = u*(times*(1.0 - w*(4.0 - w)))/(b*b*b*b)*(1.0 - 4.0*lost)*c
    return times*near_root(d, 1.0, D3SIGMOID_ABOUT) if fabs(d) < 1.0 else side


def d3sigmoid(z):
    return third(fabs(z), 1.0)


def d2tanh(z):
    return bend(2.0*fabs(z), 8.0 if z > 0.0 else -8.0)


def d3tanh(z):
    return third(2.0*fabs(z), 16.0)


# -- the normal distribution
def bell(x, far):
    k = 40.0 if x > far else 0.0
    y = min(x, 45.0)
    h = whole(64.0*y)*0.015625
    e = exp(k - 0.5*h*h)
    return e + e*expm1(-0.5*(y - h)*(y + h))


def normal_tail(x):
    y = min(x, 41.0)
    w = max(y, 5.5)
    near = poly(min(y, 2.5) - 1.25, TAIL_NEAR)
    middle = poly(max(min(y, 5.5), 2.5) - 4.0, TAIL_MIDDLE)
    far = poly(1.0/(w*w), TAIL_FAR)/w
    return near if x < 2.5 else middle if x < 5.5 else far


def Phi(z):
    x = fabs(z)
    t = bell(x, 1000.0)*normal_tail(x)
    return 1.0 - t if z > 0.0 else t


def dPhi(z):
    x = fabs(z)
    return BELL*bell(x, 37.0)*(EXP_40 if x > 37.0 else 1.0)


def d2Phi(z):
    x = fabs(z)
    return -z*(BELL*bell(x, 37.0))*(EXP_40 if x > 37.0 else 1.0)


def gelu(z):
    x = fabs(z)
    t = bell(x, 37.0)*normal_tail(x)
    c = EXP_40 if x > 37.0 else 1.0
    return z*(1.0 - t*c) if z > 0.0 else min(x, 45.0)*t*-c


def dgelu(z):
    x = fabs(z)
    y = min(x, 45.0)
    e = bell(x, 37.0)
    t = normal_tail(x)
    c = EXP_40 if x > 37.0 else 1.0
    d = away(z, DGELU_PARTS)
    low = e*(t - BELL*y)*c
    high = (1.0 - e*t*c) + BELL*y*e*c
    return near_root(d, 0.6, DGELU_ABOUT) if fabs(d) < 0.6 else high if z > 0.0 else low


def d2gelu(z):
    x = fabs(z)
    y = min(x, 45.0)
    square = y*y - 2.0 if y < 1.0 else away(y, ROOT2_PARTS)*(y + ROOT2)
    return -BELL*bell(x, 37.0)*square*(EXP_40 if x > 37.0 else 1.0)


# -- GELU by tanh: z sigmoid(q), q = A z + B z^3, A = 2 sqrt(2/pi), B = 0.044715 A
def twice_tanh(x, far):
    k = 40.0 if x > far else 0.0
    y = min(x, 23.0)
    h = whole(256.0*y)*0.00390625
    rest = y - h
    first = TANHGELU_LINEAR[0]*h + TANHGELU_CUBIC[0]*(h*h*h)
    last = TANHGELU_LINEAR[1]*h + TANHGELU_CUBIC[1]*(h*h*h)
    more = rest*(TANHGELU_LINEAR[2] + TANHGELU_CUBIC[2]*(3.0*h*(h + rest) + rest*rest))
    e = exp(k - first)
    return e + e*expm1(-(last + more))


def slope_coarse(h):
    return TANHGELU_LINEAR[0] + 3.0*TANHGELU_CUBIC[0]*(h*h)


def slope_fine(y, h):
    return TANHGELU_LINEAR[1] + 3.0*(TANHGELU_CUBIC[1]*(h*h) + TANHGELU_CUBIC[2]*(y - h)*(y + h))


def tanhgelu(z):
    x = fabs(z)
    u = twice_tanh(x, 20.8)
    c = EXP_40 if x > 20.8 else 1.0
    return z/(1.0 + u*c) if z > 0.0 else -(min(x, 23.0)*u/(1.0 + u*c))*c


def dtanhgelu(z):
    x = fabs(z)
    y = min(x, 23.0)
    u = twice_tanh(x, 20.8)
    c = EXP_40 if x > 20.8 else 1.0
    b = 1.0 + u*c
    h = whole(256.0*y)*0.00390625
    s = y*(slope_coarse(h) + slope_fine(y, h))
    d = away(z, DTANHGELU_PARTS)
    lost = (u*c - (b - 1.0))/b
    side = (1.0 + s*(u*c)/b)/b if z > 0.0 else u*(b - s)/(b*b)*(1.0 - 2.0*lost)*c
    return near_root(d, 0.7, DTANHGELU_ABOUT) if fabs(d) < 0.7 else side


def d2tanhgelu(z):
    x = fabs(z)
    y = min(x, 23.0)
    u = twice_tanh(x, 20.8)
    c = EXP_40 if x > 20.8 else 1.0
    b = 1.0 + u*c
    h = whole(256.0*y)*0.00390625
    first = slope_coarse(h)
    last = slope_fine(y, h)
    t = first + last
    s = (h*first - 4.0) + ((y - h)*first + y*last)      # 4 less than y t
    lost = (u*c - (b - 1.0))/b
    d = away(x, D2TANHGELU_PARTS)
    bracket = u*c*(t*(s + 8.0) - 3.1915382432114616) - (t*s + 3.1915382432114616)
    outer = u*bracket/(b*b*b)*(1.0 - 3.0*lost)*c
    side = poly(min(y, 0.8)*min(y, 0.8), D2TANHGELU_NEAR) if y < 0.8 else outer
    return near_root(d, 0.65, D2TANHGELU_ABOUT) if fabs(d) < 0.65 else side


# -- SiLU
def silu(z):
    x = fabs(z)
    k = 40.0 if x > FAR else 0.0
    u = exp(k - x)
    c = EXP_40 if x > FAR else 1.0
    b = 1.0 + u*c
    return z/b if z > 0.0 else min(x, 800.0)*u/b*-c


def dsilu(z):
    x = fabs(z)
    y = min(x, 800.0)
    k = 40.0 if x > FAR else 0.0
    u = exp(k - y)
    c = EXP_40 if x > FAR else 1.0
    b = 1.0 + u*c
    d = away(z, DSILU_PARTS)
    lost = (u*c - (b - 1.0))/b
    side = (1.0 + y*(u*c)/b)/b if z > 0.0 else u*(b - y)/(b*b)*(1.0 - 2.0*lost)*c
    return near_root(d, 1.0, DSILU_ABOUT) if fabs(d) < 1.0 else side


def d2silu(z):
    x = fabs(z)
    y = min(x, 800.0)
    k = 40.0 if x > FAR else 0.0
    u = exp(k - y)
    c = EXP_40 if x > FAR else 1.0
    b = 1.0 + u*c
    lost = (u*c - (b - 1.0))/b
    d = away(x, D2SILU_PARTS)
    side = u*((2.0 - y) + u*c*(2.0 + y))/(b*b*b)*(1.0 - 3.0*lost)*c
    return near_root(d, 1.0, D2SILU_ABOUT) if fabs(d) < 1.0 else side


# -- Mish, in u: its tanh is (1 + 2u)/(1 + 2u + 2u^2) for z > 0 and u (2 + u)/(2 + 2u + u^2) else
def mish_low(w):
    return 2.0 + w*(2.0 + w)


def mish_low_lost(w):
    a = 2.0 + w
    e = 2.0 + w*a
    return ((w*a - (e - 2.0)) + w*(w - (a - 2.0)))/e


def mish_high(w):
    return 1.0 + 2.0*w*(1.0 + w)


def mish_high_lost(w):
    a = 1.0 + w
    f = 1.0 + 2.0*w*a
    return ((2.0*w*a - (f - 1.0)) + 2.0*w*(w - (a - 1.0)))/f


def mish(z):
    x = fabs(z)
    k = 40.0 if x > FAR else 0.0
    u = exp(k - x)
    c = EXP_40 if x > FAR else 1.0
    w = u*c
    high = z*((1.0 + 2.0*w)/mish_high(w))
    return high if z > 0.0 else min(x, 800.0)*u*(2.0 + w)/mish_low(w)*-c


def dmish(z):
    x = fabs(z)
    y = min(x, 800.0)
    k = 40.0 if x > FAR else 0.0
    u = exp(k - y)
    c = EXP_40 if x > FAR else 1.0
    w = u*c
    e = mish_low(w)
    f = mish_high(w)
    d = away(z, DMISH_PARTS)
    low = u*(4.0*(1.0 - y) + w*((6.0 - 4.0*y) + w*(4.0 + w)))/(e*e)*(1.0 - 2.0*mish_low_lost(w))*c
    high = (1.0 + w*(4.0 + w*((6.0 + 4.0*y) + 4.0*w*(1.0 + y))))/(f*f)*(1.0 - 2.0*mish_high_lost(w))
    return near_root(d, 1.2, DMISH_ABOUT) if fabs(d) < 1.2 else high if z > 0.0 else low


def d2mish(z):
    x = fabs(z)
    y = min(x, 800.0)
    k = 40.0 if x > FAR else 0.0
    u = exp(k - y)
    c = EXP_40 if x > FAR else 1.0
    w = u*c
    e = mish_low(w)
    f = mish_high(w)
    d = away(z, D2MISH_LOW_PARTS)
    g = away(z, D2MISH_HIGH_PARTS)
    low = u*(8.0*((2.0 - y) + w*((4.0 - y) + w*(1.5*(2.0 + y) + w*(1.0 + y)))))/(e*e*e)
    high = w*(8.0*((1.0 - y) + w*(1.5*(2.0 - y) + w*((4.0 + y) + w*(2.0 + y)))))/(f*f*f)
    side = high*(1.0 - 3.0*mish_high_lost(w))*w if z > 0.0 else low*(1.0 - 3.0*mish_low_lost(w))*c
    inner = near_root(g, 0.5, D2MISH_HIGH_ABOUT) if fabs(g) < 0.5 else side
    return near_root(d, 1.0, D2MISH_LOW_ABOUT) if fabs(d) < 1.0 else inner


# -- exponentials and logarithms
def dip(z):
    return expm1(min(z, 0.0))


def ddip(z):
    return exp(min(z, 0.0))


def log1mexp(z):
    y = max(z, 5e-324)
    small = log(-expm1(-min(y, 0.7)))
    return small if y < 0.6931471805599453 else log1p(-exp(-max(y, 0.6)))


def dlog1mexp(z):
    y = max(z, 5e-324)
    return exp(-y)/-expm1(-y)


def d2log1mexp(z):
    y = max(z, 5e-324)
    m = expm1(-y)
    return -(exp(-y)/m)/m


def logit(p):
    q = max(min(p, 1.0), 5e-324)
    r = max(min(p, 0.75), 0.25)
    middle = log1p((2.0*r - 1.0)/(1.0 - r))
    side = log(q) - log1p(-min(q, 1.0 - 1.1102230246251565e-16))
    return middle if fabs(q - 0.5) < 0.25 else side


def dlogit(p):
    return 1.0/p/(1.0 - p)


def d2logit(p):
    s = p*(1.0 - p)
    return (2.0*p - 1.0)/s/s


def xlogx(z):
    return z*log(max(z, 5e-324))


def logplus1(z):
    y = max(z, 5e-324)
    d = away(min(y, 1.0), INVERSE_E_PARTS)
    return log1p(EULER*max(d, -0.2)) if fabs(d) < 0.13 else 1.0 + log(y)


# -- roots
def sqrt1pm1(z):
    return z*(z/(1.0 + hypot(z, 1.0)))


def dsqrt1pm1(z):
    return z/hypot(z, 1.0)


def d2sqrt1pm1(z):
    x = fabs(z)
    q = min(x, 1e8)*min(x, 1e8)
    w = 1.0 + q
    lost = (q - (w - 1.0))/w
    y = max(x, 1.0)
    return 1.0/(w*sqrt(w))*(1.0 - 1.5*lost) if x < 1e8 else 1.0/y/y/y


def dhypot(a, b):
    return a/hypot(a, b)


def scale(a, b):
    m = max(fabs(a), fabs(b))
    return 2.409919865102884e-181 if m > 1e150 else 4.149515568880993e+180 if m < 1e-150 else 1.0      # 2^-600, 2^600


def bent(a, b, c):
    k = scale(a, b)
    x = a*k
    y = b*k
    s = x*x + y*y
    return c*k/s*(y/sqrt(s))*k


def d2hypot(a, b):
    return bent(a, b, b)


def mixedhypot(a, b):
    return -bent(a, b, a)


# -- sums of exponentials
def sech2(z):
    u = exp(-2.0*fabs(z))
    b = 1.0 + u
    return 4.0*u/(b*b)


def dsigmoid(z):
    u = exp(-fabs(z))
    b = 1.0 + u
    return u/(b*b)


def expdiff(a, b):
    d = a - b
    v = d - a
    lost = (a - (d - v)) - (b + v)
    e = exp(d)
    return e + e*(lost if d > -800.0 else 0.0)


def softgap(e, top, part, rest, t, total):
    others = rest if e == top else (1.0 + rest) - part
    return (part*(total - t) - t*others)/(1.0 + rest)


def logsum(v, a, c):
    u = exp(-fabs(v))
    far = c if v > 0.0 else a
    near = a*u if v > 0.0 else c*u
    return max(v, 0.0) + (log1p(near) if far == 1.0 else log(far + near))


def expshare(v, a, c):
    u = exp(-fabs(v))
    return c/(c + a*u) if v > 0.0 else c*u/(a + c*u)


def dexpshare(v, a, c):
    u = exp(-fabs(v))
    s = c + a*u if v > 0.0 else a + c*u
    return a*c*u/(s*s)


def d2expshare(v, a, c, root, rest):
    u = exp(-fabs(v))
    d = max(min((v - root) - rest, 0.5), -0.5)
    s = c + a*u if v > 0.0 else a + c*u
    near = c*expm1(-d) if v > 0.0 else -a*expm1(d)
    gap = near if fabs(d) < 0.5 else a*u - c if v > 0.0 else a - c*u
    return a*c*u*gap/(s*s*s)


def bce(v, t):
    return t*softplus(-v) + (1.0 - t)*softplus(v)


def sigmoidgap(v, t, root, rest):
    d = (v - root) - rest
    near = t*expm1(max(min(d, 0.5), -0.5))*sigmoid(-v)
    return near if fabs(d) < 0.5 else (1.0 - t)*sigmoid(v) - t*sigmoid(-v)
