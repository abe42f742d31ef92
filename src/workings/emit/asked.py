"""What a target's program derives by: all parameters, or everything where a library may ask for any of it."""

from __future__ import annotations

from workings.derive import Program
from workings.emit.axes import Axis
from workings.emit.plan import plan
from workings.expr import Network, Range, Ref, fresh
from workings.notation import plain


def everything(net: Network, program: Program, of: Ref) -> tuple[Network, list[Ref]]:
    """The general entry of every argument of a program; a place that no letter runs along gets one of its own."""
    ranges = dict(net.ranges)
    out: list[Ref] = []
    for field in plan(net, program, of).arguments:
        letters: list[str] = []
        for axis in field.axes:
            letters.append(_letter(axis, ranges, letters, net))
        out.append(Ref(field.name, tuple(Ref(n) for n in letters)))
    return (net.with_(ranges=ranges) if len(ranges) > len(net.ranges) else net), out


def _letter(axis: Axis, ranges: dict[str, Range], used: list[str], net: Network) -> str:
    """A letter that runs along just this axis, declared anew where there is none."""
    for name, known in ranges.items():
        if name not in used and (plain(known.lo), plain(known.hi)) == (plain(axis.lo), plain(axis.hi)):
            return name
    taken = set(ranges) | {name for name, _ in net.leaves} | {name for name, _ in net.defs} | set(net.sizes)
    free = next((n for n in "ijklmnpqrs" if n not in taken), "")
    name = free or fresh("m", taken)
    ranges[name] = Range(name, axis.lo, axis.hi)
    return name
