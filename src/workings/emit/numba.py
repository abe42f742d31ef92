"""numba: the loops of the C program in Python, compiled when they are first called."""

from __future__ import annotations

from collections.abc import Sequence

from workings.emit import kernels
from workings.emit.frame import OWN, brought, function, head, names_of, shaped, words
from workings.emit.fuse import fused, momentary
from workings.emit.loops import Node, loops
from workings.emit.plan import Field, Plan
from workings.emit.python import MATH, PythonSpeaker, Writer, imported
from workings.emit.selftest import numpy_selftest
from workings.emit.text import about
from workings.expr import Key, Network


class NumbaSpeaker(PythonSpeaker):
    """Python's notation with entries of arrays: x[k, i]."""

    def entry(self, name: str, places: list[str], key: Key) -> str:
        return f"{name}[{', '.join(places)}]"


class _Numba(Writer):
    def blank(self, field: Field) -> str:
        shape = ", ".join(self.say.length(a) for a in self.say.kept(field.key))
        return f"np.zeros(({shape},))" if "," not in shape else f"np.zeros(({shape}))"

    def program(self, nodes: Sequence[Node]) -> None:
        """Arrays first, then all statements."""
        self.half((), "forward")
        self.half(nodes, "backward")


def numba(net: Network, plan: Plan) -> str:
    """The program as Python text for numba."""
    plan = plan.spoken(NumbaSpeaker.functions)
    names, _ = names_of(plan, "scalar", {"np", "numba"} | set(MATH) | OWN)
    nest = loops(plan, set(names.values()))
    nodes = fused([*nest.forward, *nest.backward])
    speaker = NumbaSpeaker(plan, names, nest.locals)
    speaker.momentary = momentary(nodes, {plan.of.key, *(entry.key for _, entry in plan.gradients)})
    lines, given = shaped(plan, speaker)
    writer = _Numba(plan, speaker)
    writer.program(nodes)
    body = "\n".join(["@numba.njit", *function(plan, speaker, given, [*lines, *writer.lines])])
    return _module(about(net, plan, "numba"), body, numpy_selftest(plan, given))


def _module(lines: list[str], body: str, test: str) -> str:
    """A file that stands alone: the functions that it brings along are compiled into the program."""
    library = kernels.python("scalar")
    taken = brought("scalar", body)
    carried = [("@numba.njit\n" if library[n].text.startswith("def") else "") + library[n].text for n in taken]
    needs = imported(words(body), kernels.used(library, taken), MATH)
    text = "\n\n\n".join([*carried, body])
    return "\n".join([*head(lines), *needs, "", "import numba", "import numpy as np", "", "", text, "", "",
                      test.strip("\n"), ""])
