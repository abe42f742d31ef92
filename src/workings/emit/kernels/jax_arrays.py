"""Functions of JAX arrays; see `kernels/__init__.py`."""

import math

import jax
import jax.numpy as jnp

LOG2 = 0.6931471805599453
INVERSE_E = 0.36787944117144233
INVERSE_E_REST = -1.2428753672788363e-17
EULER = 2.718281828459045
COSH1 = tuple(1.0/math.factorial(2*n + 2) for n in range(13))


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


def Phi(z):
    return 0.5*jax.scipy.special.erfc(-z/1.4142135623730951)

def sech2(z):
    u = jnp.exp(-2.0*jnp.abs(z))
    b = 1.0 + u
    return 4.0*u/(b*b)


def dsigmoid(z):
    u = jnp.exp(-jnp.abs(z))
    b = 1.0 + u
    return u/(b*b)


def logsum(v, a, c):
    u = jnp.exp(-jnp.abs(v))
    far = jnp.where(v > 0.0, c*jnp.ones_like(u), a*jnp.ones_like(u))
    near = jnp.where(v > 0.0, a*u, c*u)
    inner = jnp.where(far == 1.0, jnp.log1p(near), jnp.log(far + near))
    return jnp.maximum(v, 0.0) + inner


def expshare(v, a, c):
    u = jnp.exp(-jnp.abs(v))
    return jnp.where(v > 0.0, c/(c + a*u), c*u/(a + c*u))


def sqrt1pm1(z):
    return z*(z/(1.0 + jnp.hypot(1.0, z)))


def xlogx(z):
    return z*jnp.log(jnp.where(z == 0.0, 1.0, z))


def logplus1(z):
    near = (z > 0.25) & (z < 0.55)
    d = jnp.where(near, (z - INVERSE_E) - INVERSE_E_REST, 0.0)
    return jnp.where(near, jnp.log1p(EULER*d), 1.0 + jnp.log(z))


def bce(v, t):
    return t*softplus(-v) + (1.0 - t)*softplus(v)


def sigmoidgap(v, t, root, rest):
    d = (v - root) - rest
    near = jnp.abs(d) < 0.5
    return jnp.where(near, t*jnp.expm1(jnp.where(near, d, 0.0))*sigmoid(-v), (1.0 - t)*sigmoid(v) - t*sigmoid(-v))


def logit(p):
    return jnp.log(p) - jnp.log1p(-p)
