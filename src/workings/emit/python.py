"""Plain Python: the module math, numbers and nested lists, one statement a line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from workings.emit import kernels
from workings.emit.frame import OWN, brought, function, head, names_of, words
from workings.emit.loops import For, Node, Set, When, loops
from workings.emit.plan import Field, Plan
from workings.emit.selftest import python_selftest
from workings.emit.sizes import solved
from workings.emit.speak import ATOM, Said, Speaker
from workings.emit.text import about
from workings.expr import Call, Key, Network
from workings.notation import plain

MATH = {name: name + "({0})" for name in (
    "exp log sqrt log2 log10 log1p expm1 sin cos tan asin acos atan tanh sinh cosh asinh acosh atanh erf erfc"
).split()}
OTHERS = {"abs": "fabs({0})", "hypot": "hypot({0}, {1})",
          "max": "max({all})", "min": "min({all})", "where": "", "ind": "(1.0 if {0} else 0.0)",
          "delta": "(1.0 if {0} == {1} else 0.0)"}


class PythonSpeaker(Speaker):
    """Expressions in Python's notation."""

    functions: Mapping[str, str] = {**MATH, **kernels.calls("scalar"), **OTHERS}

    def __init__(self, plan: Plan, names: Mapping[Key, str], accumulators: Iterable[str] = ()) -> None:
        super().__init__(plan, names, accumulators)
        calls = [(s.value, s.target) for s in plan.steps if isinstance(s.value, Call)]
        self.tanhs = {plain(v.args[0]): a for v, a in calls if v.function == "tanh"}

    def _call(self, node: Call, inner: tuple[Said, ...]) -> Said:
        a = self.tanhs.get(plain(node.args[0])) if node.function == "sech2" else None
        if a is None:
            return super()._call(node, inner)
        name = self.say(a)                           # 1 - a^2 loses less than three units in the last place there
        return Said(f"(1.0 - {name}*{name} if -0.7 < {name} < 0.7 else sech2({inner[0].text}))", ATOM)

    def constant(self, name: str) -> str:
        return name


class Writer:
    """Loops as Python text; `entry` and `blank` are what nested lists and arrays differ in."""

    def __init__(self, plan: Plan, speaker: Speaker) -> None:
        self.plan, self.say = plan, speaker
        self.lines: list[str] = []

    def half(self, nodes: Sequence[Node], kind: str) -> None:
        """The arrays of one half made, then its statements."""
        for field in self.plan.fields.values():
            if field.role == kind and self.say.kept(field.key):
                self.lines.append(f"    {self.say.name(field.key)} = {self.blank(field)}")
        self.nodes(nodes, 1)

    def blank(self, field: Field) -> str:
        """An array of zeros: nested lists, the innermost a product."""
        lengths = [self.say.length(a) for a in self.say.kept(field.key)]
        text = f"[0.0]*{_factor(lengths[-1])}"
        for length in reversed(lengths[:-1]):
            text = f"[{text} for _ in range({length})]"
        return text

    def nodes(self, nodes: Sequence[Node], depth: int) -> None:
        """Statements at a depth of indentation."""
        for node in nodes:                           # as deep as sums stand in sums: a few
            pad = "    "*depth
            if isinstance(node, Set):
                self.lines.append(pad + self.assignment(node))
            elif isinstance(node, When):
                self.lines.append(f"{pad}if {self.say.say(node.test)}:")
                self.nodes(node.body, depth + 1)
            elif isinstance(node, For):
                self.lines.append(f"{pad}for {self.say.name((node.letter, 0))} in {self.run(node)}:")
                with self.say.within(node.letter, node.axis):
                    self.nodes(node.body, depth + 1)

    def run(self, loop: For) -> str:
        """The values of a loop variable, from 0."""
        length = self.say.length(loop.axis)
        return f"range({length} - 1, -1, -1)" if loop.down else f"range({length})"

    def assignment(self, node: Set) -> str:
        """One assignment; its note stands behind it."""
        target, value = self.say.say(node.target), self.say.say(node.value)
        note = f"    # {node.note}" if node.note else ""
        if node.op in ("max", "min"):
            return f"{target} = {node.op}({target}, {value}){note}"
        return f"{target} {node.op}= {value}{note}"


def _factor(text: str) -> str:
    return text if text.isidentifier() or text.isdigit() else f"({text})"


def python(net: Network, plan: Plan) -> str:
    """The program as plain Python text."""
    plan = plan.spoken(PythonSpeaker.functions)
    names, _ = names_of(plan, "scalar", set(MATH) | OWN - {"SIZES"})
    nest = loops(plan, set(names.values()))
    speaker = PythonSpeaker(plan, names, nest.locals)
    told, given = solved(plan, speaker, lambda name, place: f"len({name}{'[0]'*place})")
    writer = Writer(plan, speaker)
    writer.lines += [f"    {name} = {text}" for name, text in told]
    writer.half(nest.forward, "forward")
    writer.half(nest.backward, "backward")
    body = "\n".join(function(plan, speaker, given, writer.lines, sizes=False))
    return _module(about(net, plan, "plain Python"), body, python_selftest(plan, given))


def imported(words: Iterable[str], used: Iterable[str], math: Collection[str]) -> list[str]:
    """The import of what a text and its kernels take from the module math."""
    names = sorted(n for n in {*words, *used} if n in math or n in ("fabs", "hypot", "inf", "pi"))
    return [f"from math import {', '.join(names)}"] if names else []


def _module(lines: list[str], body: str, test: str) -> str:
    """A file that stands alone: its head, the functions that it brings along, the program, its self-test."""
    own = kernels.python("scalar")
    taken = brought("scalar", body)
    constants = [own[n].text for n in taken if not own[n].text.startswith("def")]
    functions = [own[n].text for n in taken if own[n].text.startswith("def")]
    top = [*head(lines), *imported(words(body), kernels.used(own, taken), MATH)]
    top += ["", *constants] if constants else []
    return "\n".join([*top, "", "", "\n\n\n".join([*functions, body, test.strip("\n")]), ""])
