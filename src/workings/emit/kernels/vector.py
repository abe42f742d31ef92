"""Functions of NumPy arrays, right to the last bits over the whole range of doubles; see `kernels/__init__.py`."""

import math

import numpy as np

LOG2 = 0.6931471805599453
INVERSE_E = 0.36787944117144233
INVERSE_E_REST = -1.2428753672788363e-17
EULER = 2.718281828459045
ROOT2 = 1.4142135623730951

erf = np.frompyfunc(math.erf, 1, 1)
erfc = np.frompyfunc(math.erfc, 1, 1)


def relu(z):
    return np.maximum(z, 0.0)


def leaky(z, a):
    return np.where(z > 0.0, z, a*z)


def step(z):
    return np.where(z > 0.0, 1.0, 0.0)


def clip(z, lo, hi):
    return np.minimum(np.maximum(z, lo), hi)


def sigmoid(z):
    u = np.exp(-np.abs(z))
    return np.where(z >= 0.0, 1.0, u)/(1.0 + u)


def softplus(z):
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def logsigmoid(z):
    return -softplus(-z)


def logcosh(z):
    m = np.abs(z)
    s = np.sinh(0.5*np.minimum(m, 20.0))
    return np.where(m > 20.0, m - LOG2, np.log1p(2.0*s*s))


def sech(z):
    u = np.exp(-np.abs(z))
    return 2.0*u/(1.0 + u*u)


def csch(z):
    u = np.exp(-np.abs(z))
    return np.copysign(2.0*u/-np.expm1(-2.0*np.abs(z)), z)


def elu(z):
    return np.where(z > 0.0, z, np.expm1(np.minimum(z, 0.0)))


def erf_of(z):
    return np.asarray(erf(z), dtype=float)


def erfc_of(z):
    return np.asarray(erfc(z), dtype=float)


def Phi(z):
    return 0.5*erfc_of(-z/ROOT2)

def sech2(z):
    u = np.exp(-2.0*np.abs(z))
    b = 1.0 + u
    return 4.0*u/(b*b)


def dsigmoid(z):
    u = np.exp(-np.abs(z))
    b = 1.0 + u
    return u/(b*b)


def logsum(v, a, c):
    u = np.exp(-np.abs(v))
    far = np.where(v > 0.0, c*np.ones_like(u), a*np.ones_like(u))
    near = np.where(v > 0.0, a*u, c*u)
    inner = np.where(far == 1.0, np.log1p(near), np.log(far + near))
    return np.maximum(v, 0.0) + inner


def expshare(v, a, c):
    u = np.exp(-np.abs(v))
    return np.where(v > 0.0, c/(c + a*u), c*u/(a + c*u))


def sqrt1pm1(z):
    return z*(z/(1.0 + np.hypot(1.0, z)))


def xlogx(z):
    return z*np.log(np.where(z == 0.0, 1.0, z))


def logplus1(z):
    near = (z > 0.25) & (z < 0.55)
    d = np.where(near, (z - INVERSE_E) - INVERSE_E_REST, 0.0)
    return np.where(near, np.log1p(EULER*d), 1.0 + np.log(z))


def bce(v, t):
    return t*softplus(-v) + (1.0 - t)*softplus(v)


def sigmoidgap(v, t, root, rest):
    d = (v - root) - rest
    near = np.abs(d) < 0.5
    return np.where(near, t*np.expm1(np.where(near, d, 0.0))*sigmoid(-v), (1.0 - t)*sigmoid(v) - t*sigmoid(-v))


def logit(p):
    return np.log(p) - np.log1p(-p)
