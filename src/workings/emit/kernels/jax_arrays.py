"""Functions of JAX arrays; see `kernels/__init__.py`."""

import jax
import jax.numpy as jnp

LOG2 = 0.6931471805599453


def relu(z):
    return jnp.maximum(z, 0.0)


def leaky(z, a):
    return jnp.where(z > 0.0, z, a*z)


def step(z):
    return jnp.where(z > 0.0, 1.0, 0.0)


def clip(z, lo, hi):
    return jnp.minimum(jnp.maximum(z, lo), hi)


def sigmoid(z):
    u = jnp.exp(-jnp.abs(z))
    return jnp.where(z >= 0.0, 1.0, u)/(1.0 + u)


def softplus(z):
    return jnp.maximum(z, 0.0) + jnp.log1p(jnp.exp(-jnp.abs(z)))


def logsigmoid(z):
    return -softplus(-z)


def logcosh(z):
    m = jnp.abs(z)
    s = jnp.sinh(0.5*jnp.minimum(m, 20.0))
    return jnp.where(m > 20.0, m - LOG2, jnp.log1p(2.0*s*s))


def sech(z):
    u = jnp.exp(-jnp.abs(z))
    return 2.0*u/(1.0 + u*u)


def elu(z):
    return jnp.where(z > 0.0, z, jnp.expm1(jnp.minimum(z, 0.0)))


def Phi(z):
    return 0.5*jax.scipy.special.erfc(-z/1.4142135623730951)
