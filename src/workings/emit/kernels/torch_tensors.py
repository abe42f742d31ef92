"""Functions of torch tensors; see `kernels/__init__.py`."""

import torch

LOG2 = 0.6931471805599453
INVERSE_E = 0.36787944117144233
INVERSE_E_REST = -1.2428753672788363e-17
EULER = 2.718281828459045


def relu(z):
    return torch.clamp(z, min=0.0)


def leaky(z, a):
    return torch.where(z > 0.0, z, a*z)


def step(z):
    return (z > 0.0).to(z.dtype)


def clip(z, lo, hi):
    return torch.clamp(z, lo, hi)


def sigmoid(z):
    u = torch.exp(-torch.abs(z))
    return torch.where(z >= 0.0, torch.ones_like(u), u)/(1.0 + u)


def softplus(z):
    return torch.clamp(z, min=0.0) + torch.log1p(torch.exp(-torch.abs(z)))


def logsigmoid(z):
    return -softplus(-z)


def logcosh(z):
    m = torch.abs(z)
    s = torch.sinh(0.5*torch.clamp(m, max=20.0))
    return torch.where(m > 20.0, m - LOG2, torch.log1p(2.0*s*s))


def sech(z):
    u = torch.exp(-torch.abs(z))
    return 2.0*u/(1.0 + u*u)


def elu(z):
    return torch.where(z > 0.0, z, torch.expm1(torch.clamp(z, max=0.0)))


def Phi(z):
    return 0.5*torch.special.erfc(-z/1.4142135623730951)

def sech2(z):
    u = torch.exp(torch.abs(z).mul_(-2.0))
    b = u + 1.0
    return u.mul_(4.0).div_(b.mul_(b))


def dsigmoid(z):
    u = torch.exp(-torch.abs(z))
    b = 1.0 + u
    return u/(b*b)


def logsum(v, a, c):
    u = torch.exp(-torch.abs(v))
    far = torch.where(v > 0.0, c*torch.ones_like(u), a*torch.ones_like(u))
    near = torch.where(v > 0.0, a*u, c*u)
    inner = torch.where(far == 1.0, torch.log1p(near), torch.log(far + near))
    return torch.clamp(v, min=0.0) + inner


def expshare(v, a, c):
    u = torch.exp(-torch.abs(v))
    return torch.where(v > 0.0, c/(c + a*u), c*u/(a + c*u))


def sqrt1pm1(z):
    return z*(z/(1.0 + torch.hypot(torch.ones_like(z), z)))


def xlogx(z):
    return z*torch.log(torch.where(z == 0.0, 1.0, z))


def logplus1(z):
    near = (z > 0.25) & (z < 0.55)
    d = torch.where(near, (z - INVERSE_E) - INVERSE_E_REST, 0.0)
    return torch.where(near, torch.log1p(EULER*d), 1.0 + torch.log(z))


def bce(v, t):
    return t*softplus(-v) + (1.0 - t)*softplus(v)


def sigmoidgap(v, t, root, rest):
    d = (v - root) - rest
    near = torch.abs(d) < 0.5
    return torch.where(near, t*torch.expm1(torch.where(near, d, 0.0))*sigmoid(-v), (1.0 - t)*sigmoid(v) - t*sigmoid(-v))


def logit(p):
    return torch.log(p) - torch.log1p(-p)


def hypot(a, b):
    return torch.hypot(*torch.broadcast_tensors(a, torch.as_tensor(b, dtype=a.dtype, device=a.device)))
