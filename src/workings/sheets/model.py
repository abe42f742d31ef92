"""A sheet as data: exercises, their parts with scopes, hints and claims, and the questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workings.errors import Source, Span, WorkingsError
from workings.expr import Equation, Network, Number, Ref, Remark
from workings.sheets.blocks import Block
from workings.sheets.outline import Points
from workings.sheets.repair import Repair
from workings.sheets.roles import Said

if TYPE_CHECKING:
    from workings.syntax import Statement


@dataclass(slots=True)
class Question:
    """One thing asked.  `asked` is a verb, "chain rule", or "" where the sheet's words were not understood."""

    asked: str
    about: str                # "y", "dE/dw13"
    text: str                 # the sheet's words
    span: Span
    of: Ref | None = None
    wrt: tuple[Ref, ...] = ()
    through: tuple[Ref, ...] = ()        # derivatives found before, at which a chain rule may stop
    at: Mapping[str, Any] = field(default_factory=dict)          # a point: exact values by plain name
    output: str | None = None
    level: Number | None = None          # None: what the class rules state, else 0
    method: bool = False      # added by a hint about the way
    problem: WorkingsError | None = None
    names: tuple[Equation, ...] = ()     # names for nested parts that a hint offers: z = y - t


@dataclass(slots=True)
class Hint:
    """`kind`: "method" (a way), "definition" (names for parts) or "claim" (a fact to use)."""

    kind: str
    text: str
    span: Span
    statements: tuple[Statement, ...] = ()


@dataclass(slots=True)
class Part:
    """A part with the scope that holds after it; label "" is what an exercise says before its parts."""

    label: str
    blocks: tuple[Block, ...]
    net: Network
    questions: list[Question] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    claims: list[Statement] = field(default_factory=list)        # printed solutions, in order
    solution: Span | None = None                                 # where the printed solution begins and ends
    builds_on: tuple[str, ...] = ()
    repair: Repair | None = None
    said: Said = field(default_factory=Said)
    points: list[Points] = field(default_factory=list)

    @property
    def named(self) -> tuple[Equation, ...]:
        """The names for parts of an expression that the hints define and the network does not use."""
        found = (s.meaning for h in self.hints if h.kind == "definition" for s in h.statements)
        equations = (e for meaning in found if isinstance(meaning, tuple) for e in meaning if isinstance(e, Equation))
        return tuple(e for e in equations if e.key not in self.net.defs)


@dataclass(slots=True)
class Exercise:
    number: str
    title: str
    points: list[Points]
    span: Span
    intro: Part
    parts: list[Part] = field(default_factory=list)

    @property
    def all_parts(self) -> list[Part]:
        """The parts, and what stands before them where it asks something itself."""
        return [self.intro, *self.parts] if self.intro.questions else self.parts


@dataclass(slots=True)
class Sheet:
    title: str
    exercises: list[Exercise]
    remarks: list[Remark]
    source: Source
