"""Functions of torch tensors; see `kernels/__init__.py`."""

import torch

LOG2 = 0.6931471805599453


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
