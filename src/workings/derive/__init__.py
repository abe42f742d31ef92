"""The derivation engine: gradients with their steps, chain rules, backward programs, second derivatives."""

from workings.derive.backward import backward

__all__ = ["backward"]
