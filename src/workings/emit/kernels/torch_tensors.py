"""Functions of torch tensors; see `kernels/__init__.py`."""

import torch



def wide(x):
    half = torch.is_tensor(x) and x.dtype in (torch.float16, torch.bfloat16)
    return x.float() if half else x                  # stored in half precision, computed and added up in single


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
    k = torch.clamp(z, -20.0, 20.0)
    s = (0.5*k).sinh_()
    return s.mul_(s).mul_(2.0).log1p_().add_(torch.sub(z, k, out=k).abs_())


def sech(z):
    u = torch.exp(-torch.abs(z))
    return 2.0*u/(1.0 + u*u)


def elu(z):
    return torch.where(z > 0.0, z, torch.expm1(torch.clamp(z, max=0.0)))


def sech2(z):
    u = torch.exp(torch.abs(z).mul_(-2.0))
    b = u + 1.0
    return u.mul_(4.0).div_(b.mul_(b))


def hypot(a, b):
    return torch.hypot(*torch.broadcast_tensors(a, torch.as_tensor(b, dtype=a.dtype, device=a.device)))


def tanh_pair(z):
    m = torch.abs(z)                                 # tanh z and its slope 1 - tanh(z)^2, by one exponential
    if z.numel() < 4096 or not z.is_cpu or m.amax() > (350.0 if z.dtype == torch.float64 else 43.0):
        s = torch.cosh(z).reciprocal_()              # few operations; and exp(2 z) has no value
        return torch.tanh(z), s.mul_(s)
    g = m.mul_(2.0).expm1_()                         # in place: with large arrays, memory is what takes time
    q = (g + 2.0).reciprocal_()
    return g.mul_(q).copysign_(z), q.addcmul_(q, q, value=-1.0).mul_(4.0)
