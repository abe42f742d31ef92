"""How the names that a derivation gives are spelled in LaTeX: gy is g with y below it, gw13 is g with w_{13}."""

from __future__ import annotations

from collections.abc import Iterable

from workings.derive import Derivation, Expansion, Program
from workings.expr import Network, Ref


def spelling(result: object, net: Network) -> dict[str, str]:
    r"""The spelling of the text, and that of the adjoints in a result.

    >>> from workings.derive import backward
    >>> from workings.expr import Equation, Mul, Ref
    >>> net = Network((Equation(Ref("E"), Mul((Ref("w13"), Ref("x")))),))
    >>> spelling(backward(net, Ref("E"), [Ref("w13")]), net)
    {'gw13': 'g_{w_{13}}'}
    """
    from workings.notation import latex_name

    known = net.spelling
    own = {name: of for name, of in _adjoints(result) if name == f"g{of}" and name not in known}
    return {**known, **{name: rf"g_{{{latex_name(of, known)}}}" for name, of in own.items()}}


def _adjoints(result: object) -> Iterable[tuple[str, str]]:
    """Names of adjoints, each with the name of the quantity that it belongs to."""
    if isinstance(result, Program):
        refs = [(s.name.name, s.is_.wrt[0]) for s in result.backward if s.is_ is not None]
        return [(name, of.name) for name, of in refs if isinstance(of, Ref)]
    if isinstance(result, Expansion):
        result = result.derivation
    if isinstance(result, Derivation):
        return [(ref.name, ref.name[1:]) for ref, _ in result.where]
    return ()
