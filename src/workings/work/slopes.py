"""Code for a derivative: the backward pass as equations, which are derived once more."""

from __future__ import annotations

from workings.expr import Deriv, Equation, Network, Ref
from workings.errors import OutOfReach
from workings.work.names import NameLike, expression


def derivative_of(of: NameLike | None, net: Network) -> Deriv | None:
    """The dE/dz that a text such as "dE/dz" or "D(E, z)" asks for, None where it is a name."""
    if not isinstance(of, str) or not ("/" in of or of.startswith("D(") or "frac" in of):
        return None
    found = expression(of, net)
    if not isinstance(found, Deriv) or not isinstance(found.of, Ref) or len(found.wrt) != 1:
        return None
    return found


def differentiated(net: Network, slope: Deriv, mode: str) -> tuple[Network, Ref]:
    """The network with the statements of dE/dz among its equations, and the name of dE/dz.

    Raises `OutOfReach` for the derivative by an array, which is no number.
    """
    from workings import derive

    (by,), of = slope.wrt, slope.of
    assert isinstance(of, Ref) and isinstance(by, Ref)
    program = derive.backward(net, of, [by], mode, steady=mode == "plain")
    holder = program.gradients[0][1]
    if not isinstance(holder, Ref) or holder.indices:
        raise OutOfReach("code of a derivative is for the derivative by one number",
                         hint="hvp gives second derivatives of arrays, times a direction")
    statements = (*program.forward, *program.backward)
    return net.with_(equations=tuple(Equation(s.name, s.value) for s in statements)), holder
