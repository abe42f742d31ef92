"""`workings taylor`: a Taylor polynomial, in symbols or at numbers."""

from __future__ import annotations

from typing import Any

import click

from workings.cli.commands import derived, leveled, named, quantity, verb
from workings.cli.options import give


@verb("Expand a number to second order.",
      'workings taylor "E = log(cosh(w*x - t))" --of E --wrt w --at "w=0, t=0"')
@click.option("--at", metavar="VALUES", help="The point, such as 'w=1, b=0'; without it the formula in symbols.")
@leveled
@derived
def taylor(at: str | None, level: str, **options: Any) -> None:
    """Expand a number to second order: value, gradient and second derivatives, step by step."""
    from workings import api

    net, of, wrt = quantity(options)
    give(api.taylor(net, of, named(wrt, "w,b"), at).at_level(level), options)
