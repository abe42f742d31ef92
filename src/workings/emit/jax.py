"""JAX: a pure function with its derivative attached (`custom_vjp`), and both at once as `forward_backward`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workings.emit import kernels
from workings.emit.array_lines import ArrayWriter
from workings.emit.frame import OWN, arrays_module, call, names_of, shaped, words
from workings.emit.plan import Plan
from workings.emit.recurrences import grouped
from workings.emit.selftest import numpy_selftest
from workings.emit.slopes import by_values
from workings.emit.text import about, arguments
from workings.emit.upstream import UPSTREAM, adjoints, seeded
from workings.emit.vectors import ArraySpeaker
from workings.expr import Add, Call, Expr, Neg, Network, Num, free_refs, rewrite
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


PASSES = '''
@{vjp}
def loss({call}):
    """{says}: jax.grad takes the derivative that stands here.

{arguments}
    """
    return forward({call})[0]


def forward({call}):
    """{says}, and what the backward pass needs."""
{forward}
    return {value}, ({saved})


def backward({static}saved, upstream):
    """{derivatives}, times the upstream gradient."""
    {saved} = saved
{backward}
    return {results}


def _by_argument({static}saved, upstream):
    gradients = backward({static}saved, upstream)
    return {order}


loss.defvjp(forward, _by_argument)


def forward_backward({call}):
    """{says}, {derivatives}"""
    value, saved = forward({call})
    return value, *backward({static}saved, 1.0)


GRADIENTS = ({names},)
SIZES = {sizes!r}
'''


def _settled(plan: Plan) -> Plan:
    """v + c + (what a double leaves of c), the first sum kept from being put together with the second by XLA."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Add) or len(node.args) < 3 or not all(_literal(a) for a in node.args[-2:]):
            return node
        return Add((Call("settle", (Add(node.args[:-1]),)), node.args[-1]))

    return replace(plan, steps=[s.with_(s.target, rewrite(s.value, change)) for s in plan.steps])


def _literal(node: Expr) -> bool:
    return isinstance(node.arg if isinstance(node, Neg) else node, Num)


def jax(net: Network, plan: Plan) -> str:
    """The program as JAX text: what the forward pass has found goes to the backward pass, which begins upstream."""
    plan = seeded(by_values(_settled(plan.spoken(JaxSpeaker.functions))))
    names, reserved = names_of(plan, "jax_arrays", OF_FILE | OWN)
    names[UPSTREAM.key] = "upstream"
    speaker = JaxSpeaker(plan, names)
    sizes, given = shaped(plan, speaker)
    writer = ArrayWriter(plan, speaker, set(names.values()) | reserved)
    halves = [_half(writer, plan, half) for half in ("forward", "backward")]
    body = PASSES.format(**_words(plan, speaker, given, sizes, *halves)).strip("\n")
    main = 'if __name__ == "__main__":\n'
    test = numpy_selftest(plan, given).replace(main, main + "    jax.config.update(\"jax_enable_x64\", True)\n")
    imports = ["import jax", "import jax.numpy as jnp", "import numpy as np"]
    imports = ["import functools", "", *imports] if given else imports
    return arrays_module(about(net, plan, "JAX"), "jax_arrays", imports, body, test)


OF_FILE = {"np", "jnp", "jax", "functools", "upstream", "saved", "loss", "forward", "backward"}


def _half(writer: ArrayWriter, plan: Plan, half: str) -> list[str]:
    """The statements of one pass."""
    start = len(writer.lines)
    for group in grouped([s for s in plan.steps if s.half == half]):
        writer.group(group)
    return writer.lines[start:]


def _words(plan: Plan, say: JaxSpeaker, given: list[str], sizes: list[str], forward: list[str],
           backward: list[str]) -> dict[str, Any]:
    """What stands in the frame of the two passes."""
    made = {r.key for s in plan.steps if s.half == "backward" for r in free_refs(s.value)}
    made |= {entry.key for _, entry in plan.gradients}
    kept = [f.key for f in plan.fields.values() if f.role == "forward" and f.key in made]
    saved = [say.name(k) for k in [*(f.key for f in plan.arguments), *kept]]
    begun = adjoints(plan)                           # what is no adjoint has not met the upstream gradient yet
    results = [("" if e.key in begun else "upstream*") + say.name(e.key) for _, e in plan.gradients]
    place = {wrt.key: n for n, (wrt, _) in enumerate(plan.gradients)}
    order = [f"gradients[{place[f.key]}]" if f.key in place else "None" for f in plan.arguments]
    of, first = plain(plan.of), len(plan.arguments)
    static = tuple(range(first, first + len(given)))
    return {
        "call": call(plan, say, given), "says": of, "value": say.name(plan.of.key), "saved": ", ".join(saved) + ",",
        "arguments": "\n".join(f"    {line}" for line in arguments(plan)),
        "forward": _with_sizes(sizes, forward), "backward": _with_sizes(sizes, backward),
        "static": "".join(f"{n}, " for n in given), "results": _tuple(results), "order": _tuple(order),
        "derivatives": ", ".join(f"d{of}/d{plain(w)}" for w, _ in plan.gradients), "sizes": tuple(given),
        "names": ", ".join(f'"{plain(w)}"' for w, _ in plan.gradients),
        "vjp": f"functools.partial(jax.custom_vjp, nondiff_argnums={static})" if given else "jax.custom_vjp",
    }


def _with_sizes(sizes: list[str], lines: list[str]) -> str:
    """Statements, and before them the sizes that they use."""
    used = words("\n".join(lines))
    return "\n".join([*(line for line in sizes if line.split("=")[0].strip() in used), *lines])


def _tuple(items: list[str]) -> str:
    return f"({', '.join(items)},)"
