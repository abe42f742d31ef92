"""Training: the free parameters of a network fitted to data with the derived gradient."""

from workings.fit.train import Fit, train

__all__ = ["Fit", "train"]
