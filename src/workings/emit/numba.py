"""numba: the loops of the C program in Python, compiled when they are first called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workings.emit import kernels
from workings.emit.fuse import fused, momentary
from workings.emit.identifiers import PYTHON, identifiers
from workings.emit.loops import Node, loops
from workings.emit.plan import Field, Plan
from workings.emit.python import MATH, PythonSpeaker, Writer, docstring, imported
from workings.emit.selftest import numpy_selftest
from workings.emit.sizes import solved
from workings.emit.text import about
from workings.expr import Key, Network
from workings.notation import plain


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
    own = {"np", "numba", "forward_backward", "self_test", "GRADIENTS", "SIZES"}
    reserved = PYTHON | set(MATH) | set(kernels.python("scalar")) | own
    names = identifiers([*plan.fields, *((s, 0) for s in (*plan.sizes, *plan.ranges))], reserved)
    nest = loops(plan, set(names.values()))
    nodes = fused([*nest.forward, *nest.backward])
    speaker = NumbaSpeaker(plan, names, nest.locals)
    speaker.momentary = momentary(nodes, {plan.of.key, *(entry.key for _, entry in plan.gradients)})
    told, given = solved(plan, speaker, lambda name, place: f"{name}.shape[{place}]")
    writer = _Numba(plan, speaker)
    writer.lines += [f"    {name} = {text}" for name, text in told]
    writer.program(nodes)
    results = [speaker.name(plan.of.key), *(speaker.name(entry.key) for _, entry in plan.gradients)]
    call = [*(speaker.name(f.key) for f in plan.arguments), *given]
    wrt = ", ".join(f'"{plain(w)}"' for w, _ in plan.gradients)
    body = "\n".join([
        "@numba.njit", f"def forward_backward({', '.join(call)}):", *docstring(plan), *writer.lines,
        f"    return {', '.join(results)}", "", "", f"GRADIENTS = ({wrt},)", f"SIZES = {tuple(given)!r}",
    ])
    return _module(about(net, plan, "numba"), body, numpy_selftest(plan, given))


def _module(head: list[str], body: str, test: str) -> str:
    """A file that stands alone: the functions that it brings along are compiled into the program."""
    library = kernels.python("scalar")
    words = list(dict.fromkeys(re.findall(r"[A-Za-z_]\w*", body)))
    taken = kernels.needed(library, words)
    brought = [("@numba.njit\n" if library[n].text.startswith("def") else "") + library[n].text for n in taken]
    needs = imported(words, kernels.used(library, taken), MATH)
    lines = ['"""' + "\n".join(head), '"""', "", *needs, "", "import numba", "import numpy as np"]
    return "\n".join([*lines, "", "", "\n\n\n".join([*brought, body]), "", "", test.strip("\n"), ""])
