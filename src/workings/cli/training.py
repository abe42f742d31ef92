"""`workings train`: its options, and a progress bar on long work."""

from __future__ import annotations

from typing import Any

from workings.cli.options import give, network
from workings.cli.solving import progress
from workings.errors import BadValue

CHOICES = ("method", "steps", "batch", "rate", "schedule", "validation", "patience", "seed")


def train_network(options: dict[str, Any]) -> None:
    """Train, then write or print the fit."""
    from workings import api

    chosen = {name: options.pop(name) for name in CHOICES} | _sizes(options.pop("sizes"))
    data, of, checkpoint, resume = (options.pop(n) for n in ("data", "of", "checkpoint", "resume"))
    net = network(options)
    with progress() as told:
        fit = api.train(net, data, of, checkpoint=checkpoint, resume=resume, progress=_note(told), **chosen)
    give(fit, options)


def _note(told: Any) -> Any:
    if told is None:
        return None
    return lambda done, steps, value: told(done, steps, f"loss {value:.4g}")


def _sizes(given: tuple[str, ...]) -> dict[str, int]:
    out = {}
    for text in given:
        name, _, number = text.partition("=")
        if not number.strip().isdecimal():
            raise BadValue(f"--size {text}", expected="a name and a whole number: h=8")
        out[name.strip()] = int(number)
    return out
