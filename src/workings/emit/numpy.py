"""NumPy: one statement an equation, over whole arrays; matrix products where a sum is one."""

from __future__ import annotations

from collections.abc import Mapping

from workings.emit import kernels
from workings.emit.array_lines import written
from workings.emit.frame import OWN, arrays_module, function, names_of, shaped
from workings.emit.plan import Plan
from workings.emit.selftest import numpy_selftest
from workings.emit.text import about
from workings.emit.vectors import ArraySpeaker
from workings.expr import Network

UFUNCS = {name: f"np.{name}({{0}})" for name in (
    "exp log sqrt log2 log10 log1p expm1 sin cos tan tanh sinh cosh sign abs"
).split()} | {f"a{f}": f"np.arc{f}({{0}})" for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
OTHERS = {"hypot": "np.hypot({0}, {1})",
          "erf": "erf_of({0})", "erfc": "erfc_of({0})", "where": "", "ind": "np.where({0}, 1.0, 0.0)",
          "delta": "np.where({0} == {1}, 1.0, 0.0)", "max": "", "min": ""}


class NumpySpeaker(ArraySpeaker):
    """Expressions in NumPy's notation."""

    functions: Mapping[str, str] = {**UFUNCS, **kernels.calls("vector"), **OTHERS}


def numpy(net: Network, plan: Plan) -> str:
    """The program as NumPy text."""
    plan = plan.spoken(NumpySpeaker.functions)
    names, reserved = names_of(plan, "vector", {"np", "math"} | OWN)
    speaker = NumpySpeaker(plan, names)
    lines, given = shaped(plan, speaker)
    lines += written(plan, speaker, set(names.values()) | reserved)
    body = "\n".join(function(plan, speaker, given, lines))
    imports = ["import numpy as np"]
    return arrays_module(about(net, plan, "NumPy"), "vector", imports, body, numpy_selftest(plan, given))
