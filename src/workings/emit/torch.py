"""PyTorch: an `autograd.Function` with the derived backward pass; what is saved or computed anew is a choice."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from workings.emit import kernels
from workings.emit.array_lines import ArrayWriter
from workings.emit.frame import arrays_module, call, names_of
from workings.emit.plan import Plan, Step
from workings.emit.recurrences import grouped
from workings.emit.selftest import torch_selftest
from workings.emit.sizes import solved
from workings.emit.slopes import Pair, paired
from workings.emit.speak import Said
from workings.emit.text import about, arguments, shape
from workings.emit.upstream import UPSTREAM, adjoints, seeded
from workings.emit.vectors import ArraySpeaker
from workings.expr import Call, Key, Network, Num, free_refs
from workings.notation import plain

UFUNCS = {name: f"torch.{name}({{0}})" for name in (
    "exp log sqrt log2 log10 log1p expm1 sin cos tan asin acos atan tanh sinh cosh asinh acosh atanh sign abs"
).split()}
OTHERS = {"hypot": "hypot({0}, {1})",
          "erf": "torch.special.erf({0})", "erfc": "torch.special.erfc({0})", "where": "",
          "ind": "({0}).to(like.dtype)", "delta": "({0} == {1}).to(like.dtype)", "max": "", "min": ""}


class TorchSpeaker(ArraySpeaker):
    """Expressions in PyTorch's notation; `like` is a tensor of the type and device at hand."""

    np, axis_word = "torch", "dim"
    reductions: Mapping[str, str] = {"sum": "sum", "prod": "prod", "max": "amax", "min": "amin"}
    functions: Mapping[str, str] = {**UFUNCS, **kernels.calls("torch_tensors"), **OTHERS}

    def zeros(self, shape: str) -> str:
        return f"torch.zeros({shape}, dtype=like.dtype, device=like.device)"

    def spread(self, text: str, shape: str) -> str:
        return f"torch.as_tensor({text}, dtype=like.dtype, device=like.device).expand({shape})"

    def constant(self, name: str) -> str:
        return f"math.{name}"

    def _counter(self, letter: str) -> Said:
        said = super()._counter(letter)
        return Said(f"{said.text[:-1]}, device=like.device)", said.holds, said.letters)

    def _call(self, node: Call, inner: tuple[Said, ...]) -> Said:
        if node.function in ("max", "min") or node.function == "where":
            inner = tuple(Said(_tensor(p), p.holds, p.letters) if isinstance(a, Num) else p
                          for a, p in zip(node.args, inner))
        if len(node.args) == 1 and isinstance(node.args[0], Num) and node.function in UFUNCS:
            return Said(f"math.{node.function}({inner[0].text})", inner[0].holds)
        return super()._call(node, inner)


def _tensor(said: Said) -> str:
    return f"torch.as_tensor({said.text}, dtype=like.dtype, device=like.device)"


def torch(net: Network, plan: Plan, recompute: str = "nothing") -> str:
    """The program as PyTorch text; `recompute`: "nothing" saves what the backward pass uses, "everything" arguments."""
    plan, pairs = paired(seeded(plan.spoken(TorchSpeaker.functions)))
    own = {"torch", "math", "like", "ctx", "upstream", "self_test", "GRADIENTS", "needed", "Pass", "loss"}
    names, reserved = names_of(plan, "torch_tensors", own)
    names[UPSTREAM.key] = "upstream"
    speaker = TorchSpeaker(plan, names)
    told, given = solved(plan, speaker, lambda name, place: f"{name}.shape[{place}]")
    saved = _saved(plan, recompute)
    halves = {half: [s for s in plan.steps if s.half == half] for half in ("forward", "backward")}
    first = ArrayWriter(plan, speaker, set(names.values()) | reserved)
    _write(first, halves["forward"], pairs)
    second = ArrayWriter(plan, speaker, first.taken)
    second.made = set(first.made)
    if recompute == "everything":
        second.made = set()
        _write(second, halves["forward"], pairs)
    _gated(second, halves["backward"], plan)
    text = _function(plan, speaker, told, given, saved, first.lines, second.lines)
    head = [*about(net, plan, "PyTorch"), "", *_bytes(plan, saved)]
    return arrays_module(head, "torch_tensors", ["import torch"], text, torch_selftest(plan, given))


def _write(writer: ArrayWriter, steps: Sequence[Step], pairs: Mapping[Key, Pair]) -> None:
    """The forward statements; a value and its slope in one."""
    joined = {pair.step.target.key: pair for pair in pairs.values()}
    slopes = {pair.slope.key for pair in pairs.values()}
    for group in grouped(steps):
        key = group.steps[0].target.key
        if key in joined:
            pair, name = joined[key], writer.say.name
            writer.made |= {key, pair.slope.key}
            note = f"    # {group.steps[0].note}" if group.steps[0].note else ""
            value = f"tanh_pair({name(pair.inner.key)})"
            writer.lines.append(f"    {name(key)}, {name(pair.slope.key)} = {value}{note}")
        elif key not in slopes:
            writer.group(group)


def _gated(writer: ArrayWriter, steps: Sequence[Step], plan: Plan) -> None:
    """The backward statements; one that is only the derivative by an argument is computed if it is asked for."""
    used = {r.key for s in steps for r in free_refs(s.value)}
    place = {f.key: n for n, f in enumerate(plan.arguments)}
    last = {entry.key: place[wrt.key] for wrt, entry in plan.gradients if wrt.key in place and entry.key not in used}
    for group in grouped(steps):
        key = group.steps[0].target.key
        if group.letter is None and key in last:
            writer.lines.append(f"    if needed[{last[key]}]:")
            writer.statement(group.steps[0], (), 2)
        else:
            writer.group(group)


def _saved(plan: Plan, recompute: str) -> list[Key]:
    """What the forward pass keeps for the backward pass."""
    given = [f.key for f in plan.arguments]
    if recompute == "everything":
        return given
    used = {r.key for s in plan.steps if s.half == "backward" for r in free_refs(s.value)}
    return [key for key, f in plan.fields.items() if key in used and f.role not in ("backward", "upstream")]


def _bytes(plan: Plan, saved: Collection[Key]) -> list[str]:
    """What is saved, in bytes at float64, arguments apart (they are there anyway)."""
    made = [plan.fields[k] for k in saved if plan.fields[k].role == "forward"]
    if not made:
        return ["Between the passes only the arguments are kept; the forward pass is computed anew."]
    words = ", ".join(f"{f.name} ({'8*' + shape(f).replace(' x ', '*') if f.axes else '8'} bytes)" for f in made)
    return [f"Kept between the passes, in float64, besides the arguments: {words}."]


def _function(plan: Plan, say: TorchSpeaker, told: list[tuple[str, str]], given: list[str], saved: list[Key],
              forward: list[str], backward: list[str]) -> str:
    words = call(plan, say, given)
    like = next((say.name(f.key) for f in plan.arguments), "")
    wide = ", ".join([*(f"wide({say.name(f.key)})" for f in plan.arguments), *given])
    sizes = [(name, text) for name, text in [*told, ("like", like)] if _used(name, [*forward, *backward])]
    begun = adjoints(plan)                           # what is no adjoint has not met the upstream gradient yet
    seed = {entry.key: "" if entry.key in begun else "upstream*" for _, entry in plan.gradients}
    place = {wrt.key: seed[entry.key] + say.name(entry.key) for wrt, entry in plan.gradients}
    back = []
    for number, f in enumerate(plan.arguments):
        back.append(f"{place[f.key]} if needed[{number}] else None" if f.key in place else "None")
    kept = ", ".join(say.name(k) for k in saved)
    passed = [n for n in [*given, *(name for name, _ in sizes)] if _used(n, backward)]
    rest = f"{', '.join(passed)}," if passed else ""
    lines = [
        "class Pass(torch.autograd.Function):", f'    """{plain(plan.of)}, with its backward pass written out."""', "",
        "    @staticmethod", f"    def forward(ctx, {words}):", *(f"        {name} = {text}" for name, text in sizes),
        *_in(forward),
        f"        ctx.save_for_backward({kept})", *([f"        ctx.rest = ({rest})"] if rest else []),
        f"        return {say.name(plan.of.key)}", "", "    @staticmethod",
        "    @torch.autograd.function.once_differentiable", "    def backward(ctx, upstream):",
        *([f"        {kept}, = ctx.saved_tensors"] if kept else []),
        *([f"        {rest} = ctx.rest"] if rest else []), "        needed = ctx.needs_input_grad",
        *_in(backward), f"        return ({', '.join([*back, *('None' for _ in given)])},)", "", "",
        f"def loss({words}):", f'    """{plain(plan.of)}', "",
        *(f"    {line}" for line in arguments(plan)), '    """', f"    return Pass.apply({wide})", "", "",
        f"GRADIENTS = ({', '.join(repr(plain(w)) for w, _ in plan.gradients)},)",
    ]
    return "\n".join(lines)


def _used(name: str, lines: Sequence[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", line) for line in lines)


def _in(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]
