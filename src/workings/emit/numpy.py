"""NumPy: one statement an equation, over whole arrays; matrix products where a sum is one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workings.emit import kernels
from workings.emit.identifiers import PYTHON, identifiers
from workings.emit.loops import loops
from workings.emit.plan import Field, Plan, Step
from workings.emit.python import Writer, docstring
from workings.emit.recurrences import Group, grouped
from workings.emit.selftest import numpy_selftest
from workings.emit.sizes import solved
from workings.emit.speak import Said
from workings.emit.text import about
from workings.emit.vectors import ArraySpeaker, NoArrayForm
from workings.expr import Key, Network
from workings.notation import plain

UFUNCS = {name: f"np.{name}({{0}})" for name in (
    "exp log sqrt log2 log10 log1p expm1 sin cos tan tanh sinh cosh sign abs"
).split()} | {f"a{f}": f"np.arc{f}({{0}})" for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
KERNELS = {name: name + "({all})" for name in
           "relu leaky step clip sigmoid softplus logsigmoid logcosh sech csch elu Phi".split()}
OTHERS = {"erf": "erf_of({0})", "erfc": "erfc_of({0})", "where": "", "ind": "np.where({0}, 1.0, 0.0)",
          "delta": "np.where({0} == {1}, 1.0, 0.0)", "max": "", "min": ""}


class NumpySpeaker(ArraySpeaker):
    """Expressions in NumPy's notation."""

    functions: Mapping[str, str] = {**UFUNCS, **KERNELS, **OTHERS}

    def entry(self, name: str, places: list[str], key: Key) -> str:
        return f"{name}[{', '.join(places)}]"


class _Numpy(Writer):
    """Statements over whole arrays; loops where no slice reaches an entry."""

    say: NumpySpeaker

    def __init__(self, plan: Plan, speaker: NumpySpeaker, taken: set[str]) -> None:
        super().__init__(plan, speaker)
        self.taken = taken
        self.made: set[Key] = set()

    def blank(self, field: Field) -> str:
        shape = ", ".join(self.say.length(a) for a in field.axes)
        return f"np.zeros(({shape}{',' if len(field.axes) == 1 else ''}))"

    def group(self, group: Group) -> None:
        """One statement, or the statements of a recurrence under the loop over its steps."""
        if group.letter is None:
            self.statement(group.steps[0], (), 1)
            return
        for step in group.steps:
            self.make(step.target.key, 1)
        axis = self.plan.ranges[group.letter]
        run = f"range({self.say.length(axis)})"
        self.lines.append(f"    for {self.say.name((group.letter, 0))} in {f'reversed({run})' if group.down else run}:")
        for step in group.steps:
            self.statement(step, (group.letter,), 2)

    def make(self, key: Key, depth: int) -> None:
        """The array, before its first entry is set."""
        if key not in self.made:
            self.made.add(key)
            if self.plan.fields[key].axes:
                self.lines.append("    "*depth + f"{self.say.name(key)} = {self.blank(self.plan.fields[key])}")

    def statement(self, step: Step, fixed: Sequence[str], depth: int) -> None:
        letters = [n for n in step.letters if n not in fixed]
        saved = dict(self.say.ranges)
        try:
            target = self.say.array(step.target, letters)
            said = self.say.array(step.value, letters)
        except NoArrayForm:
            self.say.ranges = saved
            self._as_loops(step, fixed, depth)
            return
        finally:
            self.say.ranges = saved
        self._assign(step, target, self._filled(said, letters), depth)

    def _assign(self, step: Step, target: Said, text: str, depth: int) -> None:
        name = self.say.name(step.target.key)
        if target.text != name:
            self.make(step.target.key, depth)
        self.made.add(step.target.key)
        note = f"    # {step.note}" if step.note else ""
        self.lines.append(f"{'    '*depth}{target.text} = {text}{note}")

    def _filled(self, said: Said, letters: Sequence[str]) -> str:
        """The value with all axes of the statement, also those that it does not depend on."""
        own = tuple(n for n in letters if n in said.letters)
        level = self.say.aligned(said, letters)
        if own == tuple(letters):
            return level.text
        shape = ", ".join(self.say.length(self.say.ranges[n]) for n in letters)
        return f"np.broadcast_to({level.text}, ({shape}{',' if len(letters) == 1 else ''}))"

    def _as_loops(self, step: Step, fixed: Sequence[str], depth: int) -> None:
        self.make(step.target.key, depth)
        nest = loops(self.plan.only([step]), self.taken, fixed)
        self.say.axes |= {(name, 0): () for name in nest.locals}
        self.taken |= set(nest.locals)
        self.say.order = []                          # every letter is a loop variable here
        self.nodes([*nest.forward, *nest.backward], depth)


def numpy(net: Network, plan: Plan) -> str:
    """The program as NumPy text."""
    plan = plan.spoken(NumpySpeaker.functions)
    own = {"np", "math", "forward_backward", "self_test", "GRADIENTS", "SIZES"}
    reserved = PYTHON | set(kernels.python("vector")) | own
    names = identifiers([*plan.fields, *((s, 0) for s in (*plan.sizes, *plan.ranges))], reserved)
    speaker = NumpySpeaker(plan, names)
    told, given = solved(plan, speaker, lambda name, place: f"{name}.shape[{place}]")
    writer = _Numpy(plan, speaker, set(names.values()) | reserved)
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
