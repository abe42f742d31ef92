"""JAX: a pure function with its derivative attached (`custom_vjp`), and both at once as `forward_backward`."""

from __future__ import annotations

from collections.abc import Mapping

from workings.emit import kernels
from workings.emit.array_lines import written
from workings.emit.frame import OWN, arrays_module, call, function, names_of, shaped
from workings.emit.plan import Plan
from workings.emit.selftest import numpy_selftest
from workings.emit.text import about
from workings.emit.vectors import ArraySpeaker
from workings.expr import Network
from workings.notation import plain

UFUNCS = {name: f"jnp.{name}({{0}})" for name in (
    "exp log sqrt log2 log10 log1p expm1 sin cos tan tanh sinh cosh sign abs"
).split()} | {f"a{f}": f"jnp.arc{f}({{0}})" for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
OTHERS = {"hypot": "jnp.hypot({0}, {1})",
          "erf": "jax.scipy.special.erf({0})", "erfc": "jax.scipy.special.erfc({0})", "where": "",
          "ind": "jnp.where({0}, 1.0, 0.0)", "delta": "jnp.where({0} == {1}, 1.0, 0.0)", "max": "", "min": ""}


class JaxSpeaker(ArraySpeaker):
    """Expressions in JAX's notation: arrays are never changed in place."""

    np, in_place = "jnp", False
    functions: Mapping[str, str] = {**UFUNCS, **kernels.calls("jax_arrays"), **OTHERS}

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
    names, reserved = names_of(plan, "jax_arrays", {"np", "jnp", "jax", "gradients", "upstream"} | OWN)
    speaker = JaxSpeaker(plan, names)
    lines, given = shaped(plan, speaker)
    lines += written(plan, speaker, set(names.values()) | reserved)
    wrapped = WRAP.format(name="loss", call=call(plan, speaker, given), says=plain(plan.of), order=_order(plan, given))
    body = "\n".join([*function(plan, speaker, given, lines), "", wrapped]).strip("\n")
    main = 'if __name__ == "__main__":\n'
    test = numpy_selftest(plan, given).replace(main, main + "    jax.config.update(\"jax_enable_x64\", True)\n")
    imports = ["import jax", "import jax.numpy as jnp", "import numpy as np"]
    return arrays_module(about(net, plan, "JAX"), "jax_arrays", imports, body, test)


def _order(plan: Plan, given: list[str]) -> str:
    """The derivatives by the arguments, in their order; a size has none."""
    place = {wrt.key: n for n, (wrt, _) in enumerate(plan.gradients)}
    words = [f"upstream*gradients[{place[f.key]}]" if f.key in place else "None" for f in plan.arguments]
    return "(" + ", ".join([*words, *("None" for _ in given)]) + ",)"
