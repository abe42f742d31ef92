"""Functions of NumPy arrays, right to the last bits over the whole range of doubles; see `kernels/__init__.py`."""

import math

import numpy as np

LOG2 = 0.6931471805599453
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
