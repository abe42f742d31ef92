"""Statements over whole arrays, as the libraries that follow NumPy write them."""

from __future__ import annotations

from collections.abc import Sequence

from workings.emit.loops import For, Set, loops
from workings.emit.plan import Field, Plan, Step
from workings.emit.python import Writer
from workings.emit.recurrences import Group, grouped
from workings.emit.speak import Said
from workings.emit.vectors import ArraySpeaker, NoArrayForm
from workings.expr import Expr, Key, free_refs


class ArrayWriter(Writer):
    """Statements over whole arrays; loops where no slice reaches an entry."""

    say: ArraySpeaker

    def __init__(self, plan: Plan, speaker: ArraySpeaker, taken: set[str]) -> None:
        super().__init__(plan, speaker)
        self.taken = taken
        self.made: set[Key] = set()

    def blank(self, field: Field) -> str:
        shape = ", ".join(self.say.length(a) for a in field.axes)
        return self.say.zeros(f"({shape}{',' if len(field.axes) == 1 else ''})")

    def group(self, group: Group) -> None:
        """One statement, or the statements of a recurrence under the loop over its steps."""
        if group.letter is None:
            self.statement(group.steps[0], (), 1)
            return
        for step in group.steps:
            self.make(step.target.key, 1)
        axis = self.plan.ranges[group.letter]
        run = self.run(For(group.letter, axis, [], group.down))
        self.lines.append(f"    for {self.say.name((group.letter, 0))} in {run}:")
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
            if step.test is not None:
                depth = self._tested(step.test, letters, depth)
            target = self.say.array(step.target, letters)
            said = self.say.array(step.value, letters)
        except NoArrayForm:
            self.say.ranges = saved
            self._as_loops(step, fixed, depth)
            return
        finally:
            self.say.ranges = saved
        self._assign(step, target, said, letters, depth)

    def _tested(self, test: Expr, letters: Sequence[str], depth: int) -> int:
        """A condition on what loops around fix stands in front; one on the axes of the array cannot."""
        if any(r.name in letters for r in free_refs(test)):
            raise NoArrayForm
        self.say.order = []
        self.lines.append("    "*depth + f"if {self.say.say(test)}:")
        return depth + 1

    def _assign(self, step: Step, target: Said, said: Said, letters: Sequence[str], depth: int) -> None:
        name = self.say.name(step.target.key)
        if target.text != name:
            self.make(step.target.key, depth)
        # entries of an array that is there take a value that is the same along some of their axes
        text = self._filled(said, letters) if target.text == name else self.say.aligned(said, letters).text
        self.made.add(step.target.key)
        note = f"    # {step.note}" if step.note else ""
        self.lines.append(f"{'    '*depth}{self.say.assigned(name, target.text, text)}{note}")

    def _filled(self, said: Said, letters: Sequence[str]) -> str:
        """The value with all axes of the statement, also those that it does not depend on."""
        own = tuple(n for n in letters if n in said.letters)
        level = self.say.aligned(said, letters)
        if own == tuple(letters):
            return level.text
        shape = ", ".join(self.say.length(self.say.ranges[n]) for n in letters)
        return self.say.spread(level.text, f"({shape}{',' if len(letters) == 1 else ''})")

    def assignment(self, node: Set) -> str:
        if self.say.in_place or not node.target.indices:
            return super().assignment(node)
        target, note = self.say.say(node.target), f"    # {node.note}" if node.note else ""
        value = self.say.say(node.value)
        if node.op:
            taken = f"{self.say.np}.{node.op}imum({target}, {value})"
            value = f"{target} {node.op} {value}" if node.op in "+*" else taken
        return self.say.assigned(self.say.name(node.target.key), target, value) + note

    def _as_loops(self, step: Step, fixed: Sequence[str], depth: int) -> None:
        self.make(step.target.key, depth)
        nest = loops(self.plan.only([step]), self.taken, fixed)
        self.say.axes |= {(name, 0): () for name in nest.locals}
        self.taken |= set(nest.locals)
        self.say.order = []                          # every letter is a loop variable here
        self.nodes([*nest.forward, *nest.backward], depth)


def written(plan: Plan, speaker: ArraySpeaker, taken: set[str]) -> list[str]:
    """All statements of a plan."""
    writer = ArrayWriter(plan, speaker, taken)
    for group in grouped(plan.steps):
        writer.group(group)
    return writer.lines
