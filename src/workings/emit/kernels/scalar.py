"""Functions of one number, right to the last bits over the whole range of doubles; see `kernels/__init__.py`."""

from math import erfc, exp, expm1, fabs, hypot, inf, log, log1p, sinh

LOG2 = 0.6931471805599453
ROOT2 = 1.4142135623730951
INVERSE_E = 0.36787944117144233
INVERSE_E_REST = -1.2428753672788363e-17
EULER = 2.718281828459045


def relu(z):
    return z if z > 0.0 else 0.0


def leaky(z, a):
    return z if z > 0.0 else a*z


def step(z):
    return 1.0 if z > 0.0 else 0.0


def sign(z):
    return 1.0 if z > 0.0 else -1.0 if z < 0.0 else 0.0


def clip(z, lo, hi):
    return min(max(z, lo), hi)


def sigmoid(z):
    u = exp(-fabs(z))
    return (1.0 if z >= 0.0 else u)/(1.0 + u)


def softplus(z):
    return (z if z > 0.0 else 0.0) + log1p(exp(-fabs(z)))


def logsigmoid(z):
    return -softplus(-z)


def logcosh(z):
    m = fabs(z)
    if m > 20.0:
        return m - LOG2
    s = sinh(0.5*m)
    return log1p(2.0*s*s)


def sech(z):
    u = exp(-fabs(z))
    return 2.0*u/(1.0 + u*u)


def csch(z):
    u = exp(-fabs(z))
    return (2.0 if z > 0.0 else -2.0)*u/-expm1(-2.0*fabs(z))


def elu(z):
    return z if z > 0.0 else expm1(z)


def Phi(z):
    return 0.5*erfc(-z/ROOT2)


def sech2(z):
    u = exp(-2.0*fabs(z))
    b = 1.0 + u
    return 4.0*u/(b*b)


def dsigmoid(z):
    u = exp(-fabs(z))
    b = 1.0 + u
    return u/(b*b)


def logsum(v, a, c):
    if v > 0.0:
        u = a*exp(-v)
        return v + (log1p(u) if c == 1.0 else log(c + u))
    u = c*exp(v)
    return log1p(u) if a == 1.0 else log(a + u)


def expshare(v, a, c):
    if v > 0.0:
        return c/(c + a*exp(-v))
    u = c*exp(v)
    return u/(a + u)


def sqrt1pm1(z):
    return z*(z/(1.0 + hypot(1.0, z)))


def xlogx(z):
    return 0.0 if z == 0.0 else z*log(z)


def logplus1(z):
    if z == 0.0:
        return -inf
    if 0.25 < z < 0.55:
        return log1p(EULER*((z - INVERSE_E) - INVERSE_E_REST))
    return 1.0 + log(z)


def bce(v, t):
    return t*softplus(-v) + (1.0 - t)*softplus(v)


def sigmoidgap(v, t, root, rest):
    d = (v - root) - rest
    if fabs(d) < 0.5:
        return t*expm1(d)*sigmoid(-v)
    return (1.0 - t)*sigmoid(v) - t*sigmoid(-v)


def logit(p):
    return -inf if p <= 0.0 else inf if p >= 1.0 else log(p) - log1p(-p)
