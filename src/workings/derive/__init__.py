"""The derivation engine: gradients with their steps, chain rules, backward programs, second derivatives."""

from workings.derive.deltas import with_deltas
from workings.derive.doors import backward, chain_rule, gradient, hessian, hvp, jacobian, taylor
from workings.derive.program import Program, Statement
from workings.derive.steps import Derivation, Step
from workings.derive.taylor import Expansion

__all__ = [
    "Derivation", "Expansion", "Program", "Statement", "Step", "backward", "chain_rule", "gradient", "hessian", "hvp",
    "jacobian", "taylor", "with_deltas",
]
