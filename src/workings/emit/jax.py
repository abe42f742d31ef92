"""JAX: a pure function with its derivative attached (`custom_vjp`), and both at once as `forward_backward`."""

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

UFUNCS = {name: f"jnp.{name}({{0}})" for name in (
    "exp log sqrt log2 log10 log1p expm1 sin cos tan tanh sinh cosh sign abs"
).split()} | {f"a{f}": f"jnp.arc{f}({{0}})" for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
KERNELS = {name: name + "({all})" for name in (
    "relu leaky step clip sigmoid softplus logsigmoid logcosh sech elu Phi sech2 dsigmoid logsum expshare sqrt1pm1 "
    "xlogx logplus1 bce sigmoidgap logit"
).split()}
OTHERS = {"hypot": "jnp.hypot({0}, {1})",
          "erf": "jax.scipy.special.erf({0})", "erfc": "jax.scipy.special.erfc({0})", "where": "",
          "ind": "jnp.where({0}, 1.0, 0.0)", "delta": "jnp.where({0} == {1}, 1.0, 0.0)", "max": "", "min": ""}


class JaxSpeaker(ArraySpeaker):
    """Expressions in JAX's notation: arrays are never changed in place."""

    np, in_place = "jnp", False
    functions: Mapping[str, str] = {**UFUNCS, **KERNELS, **OTHERS}

    def assigned(self, name: str, target: str, value: str) -> str:
        if target == name:
            return f"{name} = {value}"
        return f"{name} = {name}.at{target.removeprefix(name)}.set({value})"


WRAP = '''
@jax.custom_vjp
def {name}({call}):
    """{says}: jax.grad takes the derivative that stands above."""
    return forward_backward({call})[0]


def _forward({call}):
    value, *gradients = forward_backward({call})
    return value, gradients


def _backward(gradients, upstream):
    return tuple({order})


{name}.defvjp(_forward, _backward)
'''


def jax(net: Network, plan: Plan) -> str:
    """The program as JAX text."""
    plan = plan.spoken(JaxSpeaker.functions)
    own = {"np", "jnp", "jax", "forward_backward", "self_test", "GRADIENTS", "SIZES", "gradients", "upstream"}
    reserved = PYTHON | set(kernels.python("jax_arrays")) | own
    names = identifiers([*plan.fields, *((s, 0) for s in (*plan.sizes, *plan.ranges))], reserved)
    speaker = JaxSpeaker(plan, names)
    told, given = solved(plan, speaker, lambda name, place: f"{name}.shape[{place}]")
    writer = ArrayWriter(plan, speaker, set(names.values()) | reserved)
    writer.lines += [f"    {name} = {text}" for name, text in told]
    for group in grouped(plan.steps):
        writer.group(group)
    results = [speaker.name(plan.of.key), *(speaker.name(entry.key) for _, entry in plan.gradients)]
    call = ", ".join([*(speaker.name(f.key) for f in plan.arguments), *given])
    wrt = ", ".join(f'"{plain(w)}"' for w, _ in plan.gradients)
    body = "\n".join([
        f"def forward_backward({call}):", *docstring(plan), *writer.lines, f"    return {', '.join(results)}", "", "",
        f"GRADIENTS = ({wrt},)", f"SIZES = {tuple(given)!r}", "",
        WRAP.format(name="loss", call=call, says=plain(plan.of), order=_order(plan, given)),
    ])
    return _module(about(net, plan, "JAX"), body, numpy_selftest(plan, given))


def _order(plan: Plan, given: list[str]) -> str:
    """The derivatives by the arguments, in their order; a size has none."""
    place = {wrt.key: n for n, (wrt, _) in enumerate(plan.gradients)}
    words = [f"upstream*gradients[{place[f.key]}]" if f.key in place else "None" for f in plan.arguments]
    return "(" + ", ".join([*words, *("None" for _ in given)]) + ",)"


def _module(head: list[str], body: str, test: str) -> str:
    own = kernels.python("jax_arrays")
    taken = kernels.needed(own, dict.fromkeys(re.findall(r"[A-Za-z_]\w*", body)))
    brought = "\n\n\n".join(own[n].text for n in taken)
    math = ["import math", ""] if "math." in brought + body else []
    lines = ['"""' + "\n".join(head), '"""', "", *math]
    lines += ["import jax", "import jax.numpy as jnp", "import numpy as np", "", ""]
    lines += [brought, "", ""] if brought else []
    double = "    jax.config.update(\"jax_enable_x64\", True)\n"
    test = test.strip("\n").replace('if __name__ == "__main__":\n', 'if __name__ == "__main__":\n' + double)
    return "\n".join([*lines, body.strip("\n"), "", "", test, ""])
