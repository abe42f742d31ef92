"""Functions of one number, right to the last bits, written once for every language; see `translated.py`.

Straight lines only: names are set once, `a if c else b` computes both sides, so none of them may fail.  u = exp(-|z|),
b = 1 + u, `lost` what rounding takes off b, relative to b.  A number times exp(-x) far out is exp(40 - x) times that
number times exp(-40), so that it is not rounded as a subnormal number first.  d is the distance from a root, within
which the function is d times a polynomial (`constants.py`).
"""

from math import exp, expm1, fabs

from workings.emit.kernels.constants import (
    D2MISH_HIGH_ABOUT, D2MISH_HIGH_PARTS, D2MISH_LOW_ABOUT, D2MISH_LOW_PARTS, D2SILU_ABOUT, D2SILU_PARTS,
    D2TANHGELU_ABOUT, D2TANHGELU_NEAR, D2TANHGELU_PARTS, D3SIGMOID_ABOUT, D3SIGMOID_PARTS, DGELU_ABOUT,
    DGELU_PARTS, DMISH_ABOUT, DMISH_PARTS, DSILU_ABOUT, DSILU_PARTS, DTANHGELU_ABOUT, DTANHGELU_PARTS,
    ROOT2_PARTS, TAIL_FAR, TAIL_MIDDLE, TAIL_NEAR, TANHGELU_CUBIC, TANHGELU_LINEAR,
)
from workings.emit.kernels.scalar import whole

FAR = 690.0                   # where exp(-x) comes near the smallest normal number
EXP_40 = 4.248354255291589e-18
ROOT2 = 1.4142135623730951
BELL = 0.3989422804014327     # 1/sqrt(2 pi)


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
    lost = (w*a - (e - 2.0)) + w*(w - (a - 2.0))
    return lost/e


def mish_high(w):
    return 1.0 + 2.0*w*(1.0 + w)


def mish_high_lost(w):
    a = 1.0 + w
    f = 1.0 + 2.0*w*a
    lost = (2.0*w*a - (f - 1.0)) + 2.0*w*(w - (a - 1.0))
    return lost/f


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
    more = 40.0 if 2.0*y > FAR else 0.0
    square = exp(more - 2.0*y)
    high = square*(8.0*((1.0 - y) + w*(1.5*(2.0 - y) + w*((4.0 + y) + w*(2.0 + y)))))/(f*f*f)
    upper = high*(1.0 - 3.0*mish_high_lost(w))*(EXP_40 if 2.0*y > FAR else 1.0)
    lower = low*(1.0 - 3.0*mish_low_lost(w))*c
    side = upper if z > 0.0 else lower
    inner = near_root(g, 0.5, D2MISH_HIGH_ABOUT) if fabs(g) < 0.5 else side
    return near_root(d, 1.0, D2MISH_LOW_ABOUT) if fabs(d) < 1.0 else inner
