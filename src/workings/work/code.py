"""A hand-written backward pass, read and judged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workings.errors import BadValue, NotReadable, Source
from workings.expr import Network
from workings.work.files import file_text
from workings.work.names import NameLike, loss, ref
from workings.work.values import values

if TYPE_CHECKING:
    from workings.checking import Report
    from workings.expr.program import Code


def check_code(net: Network, source: Source, of: NameLike | None = None, at: Any = None, given: Any = None) -> Report:
    """Each assignment of a Python text judged against the network; `of`: what is derived, if not the one last quantity.

    Raises `NotReadable` where Python cannot read it or nothing in it is an assignment.
    """
    from workings import checking
    from workings.importers.from_code import from_code
    from workings.work import split_facts

    code = from_code(source)
    if not code.lines:
        raise NotReadable("there is no assignment in this code", source=source,
                          expected="lines such as dz = da * (1 - a**2)")
    chosen = ref(of, net).name if of is not None else _loss(net, code)
    return checking.check_code(net, code, source, chosen, values(at, net) or None, split_facts(given))


def read_code(source: Source, **roles: Any) -> Network:
    """The network that a forward pass in Python or NumPy states; it is read, never run."""
    from workings.importers.code_equations import equations

    return equations(source, **roles)


def code_source(given: Any) -> Source:
    """The text of a file of code, or the code itself; a text of several lines is never taken for a path.

    >>> code_source("dw = dz * x").text
    'dw = dz * x'
    """
    if isinstance(given, Source):
        return given
    if isinstance(given, os.PathLike):
        return file_text(Path(given))
    if not isinstance(given, str):
        raise BadValue(f"cannot read a {type(given).__name__} as code", expected="a Python text, or the path of a file")
    text = given.strip()
    if "\n" not in text and "=" not in text and len(text) < 4096 and "\0" not in text:
        return file_text(Path(text))
    return Source(given)


def _loss(net: Network, code: Code) -> str | None:
    """The quantity that is derived: the one that nothing uses; raises `BadValue` where that is not one alone."""
    from workings.checking import derives
    from workings.expr import free_keys

    used = {net.variable(key)[0] for e in net.equations for key in free_keys(e.rhs) if key[0] != e.lhs.name}
    ends = list(dict.fromkeys(e.lhs.name for e in net.equations if e.lhs.name not in used))
    if len(ends) != 1:
        if any(derives(net, code, end) for end in ends):
            raise BadValue(f"which quantity does the code derive: {' or '.join(ends)}?", expected=f"of {ends[-1]}",
                           hint=f"--of {ends[-1]}")
        return None
    try:
        return loss(net).name
    except BadValue:
        return None
