"""Functions of one number, right to the last bits over the whole range of doubles; see `kernels/__init__.py`."""

from math import exp, expm1, fabs, log1p, sinh

LOG2 = 0.6931471805599453


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


def whole(x):
    return (x + 6755399441055744.0) - 6755399441055744.0
