"""Exponentials, logarithms, lengths and losses, right to the last bits, written as `steady.py` is."""

from math import exp, expm1, fabs, log, log1p, sqrt

from workings.emit.kernels.constants import INVERSE_E_PARTS
from workings.emit.kernels.scalar import hypot, sigmoid, softplus, whole
from workings.emit.kernels.steady import away

EULER = 2.718281828459045


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
    once = exp(-y)/m
    return -once/m


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
    once = (2.0*p - 1.0)/s
    return once/s


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
    once = 1.0/y/y
    return 1.0/(w*sqrt(w))*(1.0 - 1.5*lost) if x < 1e8 else once/y


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
    gone = v - root
    d = max(min(gone - rest, 0.5), -0.5)
    s = c + a*u if v > 0.0 else a + c*u
    near = c*expm1(-d) if v > 0.0 else -a*expm1(d)
    gap = near if fabs(d) < 0.5 else a*u - c if v > 0.0 else a - c*u
    return a*c*u*gap/(s*s*s)


def bce(v, t):
    return t*softplus(-v) + (1.0 - t)*softplus(v)


def sigmoidgap(v, t, root, rest):
    gone = v - root
    d = gone - rest
    near = t*expm1(max(min(d, 0.5), -0.5))*sigmoid(-v)
    return near if fabs(d) < 0.5 else (1.0 - t)*sigmoid(v) - t*sigmoid(-v)


def shareloss(v, a, c, t):
    return logsum(v, a, c) - t*v


def sharegap(v, a, c, t, root, rest):
    gone = v - root
    d = gone - rest
    share = expshare(v, a, c)
    others = expshare(-v, c, a)
    near = t*expm1(max(min(d, 0.5), -0.5))*others
    return near if fabs(d) < 0.5 else (1.0 - t)*share - t*others


def growth(v):
    return exp(min(v, 709.782712893384)) if v < 709.7827128933841 else 1e308*v


def poisson(v, k):
    return growth(v) - k*v if v < 709.78 else growth(v)


def expgap(v, k, root, rest):
    gone = v - root
    d = gone - rest
    far = growth(v) - k
    return k*expm1(max(min(d, 0.5), -0.5)) if fabs(d) < 0.5 else far


def normalloss(s, r):
    q = r/s
    return 0.5*q*q + log(max(s, 5e-324))


def normalgap(s, r):
    once = (s - r)/s*((s + r)/s)
    return once/s


def dnormalgap(s, r, root, rest):
    gone = root - s
    d = gone + rest
    once = d/s*((root + s)/s)/s
    return once/s


def fallen(v, g):
    x = max(v, 0.0)
    h = whole(64.0*min(x, 1e6))*0.015625
    e = exp(-(h*g))
    return (e + e*expm1(-((x - h)*g)))*exp(-g*log1p(exp(-fabs(v))))


def focal(v, g):
    return fallen(v, g)*softplus(-v)


def dfocal(v, g):
    return -fallen(v, g)*(g*(sigmoid(v)*softplus(-v)) + sigmoid(-v))


def d2focal(v, g):
    s = sigmoid(-v)
    q = sigmoid(v)
    p = softplus(-v)
    return fallen(v, g)*(g*(q*p)*(g*q - s) + q*((2.0*g + 1.0)*s))


def logratio(a, b):
    d = a - b
    near = log1p(max(min(d/b, 1.0), -0.5))
    return near if fabs(d) < 0.5*min(fabs(a), fabs(b)) else log(max(a, 5e-324)) - log(max(b, 5e-324))


def inverse(z):
    return 1.0/z


def inverse2(z):
    once = 1.0/z
    return once/z


def rategap(r, k):
    return (r - k)/r


def relent(p, q):
    return p*logratio(p, q)


def relentgap(p, q, root, rest):
    gone = p - root
    d = gone - rest
    near = log1p(max(min(EULER*(d/q), 0.4), -0.4))
    return near if fabs(d) < 0.35*fabs(root) else 1.0 + logratio(p, q)
