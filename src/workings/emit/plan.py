"""What a program in any language needs to know: its arguments with their axes, its statements in order, its results.

A plan is read off the backward program (`derive.backward`), so that code and page cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workings.derive import Program
from workings.emit.axes import Axis, axes_of, letters, outside
from workings.emit.inline import spoken
from workings.errors import OutOfReach
from workings.evaluate.sizes import Usage
from workings.expr import Big, Deriv, Equation, Expr, Key, Logic, Network, Ref, Rel, free_refs, preorder
from workings.expr.inline import inlined
from workings.notation import plain


@dataclass(slots=True, eq=False)
class Field:
    """A number or array of the program; `axes` from the outside in; `role` as in the network, or forward, backward."""

    name: str
    axes: tuple[Axis, ...]
    role: str

    @property
    def key(self) -> Key:
        """The variable that it holds."""
        return self.name, len(self.axes)


@dataclass(slots=True, eq=False)
class Step:
    """`target = value` for every value of the target's index letters; `note`: the equation's tag or the derivative."""

    target: Ref
    value: Expr
    half: str
    note: str = ""
    letters: tuple[str, ...] = ()     # the indices that run: those of the left side, from the outside in
    test: Expr | None = None          # where it holds, if other statements give some of the entries

    def with_(self, target: Ref, value: Expr) -> Step:
        """The same statement with another left and right side."""
        return replace(self, target=target, value=value)


@dataclass(slots=True, eq=False)
class Plan:
    """A program with nothing left open but the language."""

    of: Ref
    sizes: tuple[str, ...]
    fields: dict[Key, Field]
    steps: list[Step]
    gradients: list[tuple[Ref, Ref]]
    ranges: Mapping[str, Axis]
    notes: list[str] = field(default_factory=list)

    @property
    def arguments(self) -> list[Field]:
        """What the caller gives, inputs first, then targets, then parameters."""
        order = {"input": 0, "target": 1, "parameter": 2}
        given = [f for f in self.fields.values() if f.role in order]
        return sorted(given, key=lambda f: order[f.role])

    def only(self, steps: list[Step]) -> Plan:
        """The plan with these statements alone."""
        return replace(self, steps=steps)

    def spoken(self, known: Collection[str]) -> Plan:
        """The plan with functions that a language does not know written out by their bodies."""
        return replace(self, steps=[s.with_(s.target, spoken(s.value, known)) for s in self.steps])


def plan(net: Network, program: Program, of: Ref) -> Plan:
    """The plan of a backward program.

    Raises `OutOfReach` for a quantity that has no numbers and for an index whose range nothing tells.
    """
    steps = [*_steps(net, program)]
    known = net.with_(equations=tuple(Equation(s.target, s.value) for s in steps))
    usage = Usage(known)
    for step in steps:
        step.letters = tuple(n for n in letters(step.target) if n not in known.sizes)
    ranges = _ranges(usage, steps)
    for step in steps:
        step.test = _apart(step, steps, ranges)
    fields = _fields(net, known, usage, steps)
    gradients = [(wrt, _holder(entry, program)) for wrt, entry in program.gradients]
    notes = [plain(found.written) + " = " + plain(found.call) for found in program.recognised]
    return Plan(of, _sizes(known, fields, ranges), fields, steps, gradients, ranges, notes + program.notes)


def _steps(net: Network, program: Program) -> Iterable[Step]:
    # a tag is free text and will stand in a comment, which it must not end
    tags = {(e.key, plain(e.lhs)): re.sub(r"[^\w.' -]", "", e.tag) for e in net.equations if e.tag}
    for statement in program.forward:
        tag = tags.get((statement.name.key, plain(statement.name)), "")
        yield Step(statement.name, inlined(statement.value, net.functions), "forward", f"({tag})" if tag else "")
    for statement in program.backward:
        note = _derivative(statement.is_) if statement.is_ is not None else ""
        yield Step(statement.name, inlined(statement.value, net.functions), "backward", note)


def _apart(step: Step, steps: Sequence[Step], ranges: Mapping[str, Axis]) -> Expr | None:
    """t != T where h[T, i] has a statement of its own."""
    tests: list[Expr] = []
    for other in steps:
        if other.target.key != step.target.key or other is step:
            continue
        for mine, own in zip(step.target.indices, other.target.indices):
            runs = isinstance(mine, Ref) and mine.name in step.letters
            if runs and plain(own) != plain(mine) and not outside(own, ranges[mine.name]):  # type: ignore[attr-defined]
                tests.append(Rel((mine, own), ("!=",)))
    return None if not tests else tests[0] if len(tests) == 1 else Logic("and", tuple(tests))


def _derivative(of: Deriv) -> str:
    return "d" + plain(of.of) + "".join("/d" + plain(w) for w in of.wrt)


def _holder(entry: Expr, program: Program) -> Ref:
    if isinstance(entry, Ref):
        return entry
    raise OutOfReach(f"the gradient {plain(entry)} is no quantity of its own")


def _ranges(usage: Usage, steps: list[Step]) -> dict[str, Axis]:
    """Where each index letter runs."""
    out: dict[str, Axis] = {}
    for step in steps:
        bound = [n for n in preorder(step.value) if isinstance(n, Big)]
        for letter in (*step.letters, *(b.index for b in bound)):
            found = usage.of_index(letter)
            if found is not None:
                out.setdefault(letter, Axis(*found))
    return out


def _fields(net: Network, known: Network, usage: Usage, steps: list[Step]) -> dict[Key, Field]:
    out: dict[Key, Field] = {}
    indices = known.indices
    for step in steps:
        for ref in free_refs(step.value):
            key = ref.key
            if key in known.defs or key in out or (not key[1] and ref.name in indices):
                continue
            role = net.role(net.variable(key))
            if role in ("size", "index"):
                continue
            if role not in ("input", "target", "parameter"):
                raise OutOfReach(f"{ref.name} is given by no equation: it has no numbers", span=ref.span)
            out[key] = Field(ref.name, axes_of(usage, key), role)
    for step in steps:
        key = step.target.key
        if key not in out:
            out[key] = Field(step.target.name, axes_of(usage, key), step.half)
    return out


def _sizes(net: Network, fields: Mapping[Key, Field], ranges: Mapping[str, Axis]) -> tuple[str, ...]:
    """The symbolic sizes, in the order in which they are met."""
    axes = [a for f in fields.values() for a in f.axes] + list(ranges.values())
    names = [r.name for a in axes for e in (a.lo, a.hi) for r in free_refs(e) if not r.indices]
    used = [r.name for e in net.equations for r in free_refs(e.rhs) if r.name in net.sizes]
    return tuple(n for n in dict.fromkeys([*names, *used]) if n not in ranges)
