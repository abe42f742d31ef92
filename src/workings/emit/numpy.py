"""NumPy: one statement an equation, over whole arrays; matrix products where a sum is one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workings.emit import kernels
from workings.emit.array_lines import ArrayWriter
from workings.emit.identifiers import PYTHON, identifiers
from workings.emit.plan import Plan
from workings.emit.python import docstring
from workings.emit.recurrences import grouped
from workings.emit.selftest import numpy_selftest
from workings.emit.sizes import solved
from workings.emit.text import about
from workings.emit.vectors import ArraySpeaker
from workings.expr import Network
from workings.notation import plain

UFUNCS = {name: f"np.{name}({{0}})" for name in (
    "exp log sqrt log2 log10 log1p expm1 sin cos tan tanh sinh cosh sign abs"
).split()} | {f"a{f}": f"np.arc{f}({{0}})" for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
KERNELS = {name: name + "({all})" for name in (
    "relu leaky step clip sigmoid softplus logsigmoid logcosh sech csch elu Phi sech2 dsigmoid logsum expshare "
    "sqrt1pm1 xlogx logplus1 bce sigmoidgap logit"
).split()}
OTHERS = {"hypot": "np.hypot({0}, {1})",
          "erf": "erf_of({0})", "erfc": "erfc_of({0})", "where": "", "ind": "np.where({0}, 1.0, 0.0)",
          "delta": "np.where({0} == {1}, 1.0, 0.0)", "max": "", "min": ""}


class NumpySpeaker(ArraySpeaker):
    """Expressions in NumPy's notation."""

    functions: Mapping[str, str] = {**UFUNCS, **KERNELS, **OTHERS}


def numpy(net: Network, plan: Plan) -> str:
    """The program as NumPy text."""
    plan = plan.spoken(NumpySpeaker.functions)
    own = {"np", "math", "forward_backward", "self_test", "GRADIENTS", "SIZES"}
    reserved = PYTHON | set(kernels.python("vector")) | own
    names = identifiers([*plan.fields, *((s, 0) for s in (*plan.sizes, *plan.ranges))], reserved)
    speaker = NumpySpeaker(plan, names)
    told, given = solved(plan, speaker, lambda name, place: f"{name}.shape[{place}]")
    writer = ArrayWriter(plan, speaker, set(names.values()) | reserved)
    writer.lines += [f"    {name} = {text}" for name, text in told]
    for group in grouped(plan.steps):
        writer.group(group)
    results = [speaker.name(plan.of.key), *(speaker.name(entry.key) for _, entry in plan.gradients)]
    call = [*(speaker.name(f.key) for f in plan.arguments), *given]
    wrt = ", ".join(f'"{plain(w)}"' for w, _ in plan.gradients)
    body = [
        f"def forward_backward({', '.join(call)}):", *docstring(plan), *writer.lines,
        f"    return {', '.join(results)}", "", "", f"GRADIENTS = ({wrt},)",
        f"SIZES = {tuple(given)!r}",
    ]
    return module(about(net, plan, "NumPy"), "\n".join(body), numpy_selftest(plan, given))


def module(head: list[str], body: str, test: str) -> str:
    """A file that stands alone: its head, the functions that it brings along, the program, its self-test."""
    own = kernels.python("vector")
    words = list(dict.fromkeys(re.findall(r"[A-Za-z_]\w*", body)))
    taken = kernels.needed(own, words)
    text = "\n\n\n".join(own[n].text for n in taken)
    imports = ["import math", ""] if "math." in text else []
    brought = [text, "", ""] if text else []
    lines = ['"""' + "\n".join(head), '"""', "", *imports, "import numpy as np", "", "", *brought, body, "", ""]
    return "\n".join([*lines, test.strip("\n"), ""])
