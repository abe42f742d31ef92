"""Functions of JAX arrays; see `kernels/__init__.py`."""

import math

import jax
import jax.numpy as jnp

LOG2 = 0.6931471805599453
COSH1 = tuple(1.0/math.factorial(2*n + 2) for n in range(13))

EXPM1 = tuple(1.0/math.factorial(n + 1) for n in range(17))


def settle(x):
    return jax.lax.optimization_barrier(x)           # XLA takes (z - a) - b for z - (a + b), which rounds otherwise


def away(z, root):
    return settle(settle(settle(z - root[0]) - root[1]) - root[2]) - root[3]


def log1p_of(x):
    low = jnp.minimum(x, -0.3)                       # XLA's log1p is off by a hundred units in the last place there
    return jnp.where(x < -0.3, jnp.log(1.0 + low), jnp.log1p(jnp.maximum(x, -0.3)))


def expm1_of(x):
    r = jnp.clip(x, -0.5, 0.5)                       # XLA's expm1 is off by four units near 0
    p = EXPM1[-1]
    for c in EXPM1[-2:1:-1]:
        p = p*r + c
    return jnp.where(jnp.abs(x) < 0.5, r + r*r*(0.5 + r*p), jnp.expm1(x))


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
    w = jnp.square(jnp.minimum(m, 2.0))
    p = COSH1[-1]
    for c in COSH1[-2::-1]:
        p = p*w + c
    v = jnp.log1p(jnp.where(m < 2.0, w*p, jnp.exp(-2.0*m)))
    return jnp.where(m < 2.0, v, v - LOG2 + m)


def sech(z):
    u = jnp.exp(-jnp.abs(z))
    return 2.0*u/(1.0 + u*u)


def elu(z):
    return jnp.where(z > 0.0, z, jnp.expm1(jnp.minimum(z, 0.0)))


def tanh(z):
    m = jnp.abs(z)                                   # jnp.tanh is 7 units in the last place off where it nears 1
    u = jnp.exp(-2.0*m)
    return jnp.where(m < 0.6, jnp.tanh(z), jnp.sign(z)*(1.0 - u)/(1.0 + u))


def tanh_slope(z, a):
    b = 1.0 + jnp.abs(a)                             # 1 - a^2 for a = tanh z: 1 - |a| is exp(-2 |z|) (1 + |a|)
    return jnp.exp(-2.0*jnp.abs(z))*(b*b)
