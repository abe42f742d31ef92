"""The structure of a plain name: w13 is w with subscripts 1 and 3, net_h1 is net with h1, yhat is y with a hat."""

from __future__ import annotations

import re
from typing import NamedTuple

GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell"
).split()
DECORATIONS = ("hat", "bar", "tilde", "star", "dot")
_SHAPE = re.compile(r"([A-Za-z]+)(\d*)((?:_[A-Za-z0-9]+)*)('*)")


class NameParts(NamedTuple):
    """base letters without decoration, decorations outermost last, subscripts in order, primes."""

    base: str
    decorations: tuple[str, ...]
    subscripts: tuple[str, ...]
    primes: int


def split(name: str) -> NameParts:
    """The parts of a plain name; a name of no known shape is all base."""
    match = _SHAPE.fullmatch(name)
    if not match:
        return NameParts(name, (), (), 0)
    base, digits, rest, primes = match.groups()
    parts = [p for p in rest.split("_") if p]
    # w13 is w_{1,3}; with an underscore after the digits they are one number: w1_12 is w_{1,12}
    subscripts = [digits] if digits and parts else list(digits)
    decorations: list[str] = []
    while True:
        tail = next((d for d in DECORATIONS if base.endswith(d) and len(base) > len(d)), None)
        if tail is None or base in GREEK:
            break
        base, decorations = base[: -len(tail)], [tail, *decorations]
    return NameParts(base, tuple(decorations), (*subscripts, *parts), len(primes))


def base(name: str) -> str:
    """The letters of a name, decorations included: base("x12") is "x", base("yhat_1") is "yhat"."""
    match = re.match(r"[A-Za-z]+", name)
    return match.group() if match else name


def natural(name: str) -> tuple[tuple[str, int], ...]:
    """A sort key under which x2 stands before x10."""
    return tuple((word, int(digits or 0)) for word, digits in re.findall(r"(\D+|^)(\d*)", name))
