"""What the checker says: of two expressions (`Verdict`), of a line (`Judged`), of all lines (`Report`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from workings.errors import Source, WorkingsError
from workings.expr import Expr, Network


@dataclass(slots=True)
class Counterexample:
    """A point where two sides differ, small and exact; the values are exact or decimals of a certified ball.

    `where`: at which unit or part of the sides they part, in words; "" where that cannot be told for certain.
    """

    at: dict[str, Fraction]
    left: str
    right: str
    sizes: dict[str, int] = field(default_factory=dict)
    where: str = ""


@dataclass(slots=True)
class Verdict:
    """`kind`: "equal", "different" or "undecided"; `how`: "proved" or "tested"; `evidence`: the reason in words."""

    kind: str
    how: str = "proved"
    where_valid: str = ""
    counterexample: Counterexample | None = None
    evidence: str = ""


@dataclass(slots=True, eq=False)
class Judged:
    """One line: the verdict, why, and where it fails.  `parts` are the sides of a chain that were compared."""

    line: int
    text: str
    verdict: str              # right | wrong | duplicate | undecided | not understood
    how: str = ""
    where_valid: str = ""
    reason: str = ""
    counterexample: Counterexample | None = None
    follows: bool = False
    since: tuple[Judged, ...] = ()            # the earlier wrong lines that it follows from
    slip: str = ""
    status: str = ""          # of a domain: full, thin or empty
    body: Expr | None = None
    place: tuple[int, int] | None = None      # line and column in its source
    error: WorkingsError | None = None
    part: str = ""            # of a sheet: 2a
    scope: Network | None = None              # the network in which it was judged


@dataclass(slots=True)
class Labelled:
    """A part of a sheet in a person's answer: where its label stands, and what became of it."""

    part: str                 # 2a
    status: str               # answered | no formula | missing | unknown
    places: list[int] = field(default_factory=list)      # lines of its labels


@dataclass(slots=True, eq=False)
class Report:
    """All lines, judged."""

    lines: list[Judged]
    remarks: list[str] = field(default_factory=list)
    source: Source | None = None
    by_place: bool = False    # the lines of a file: each is called by its number there
    parts: list[Labelled] = field(default_factory=list)
    next: list[Any] = field(default_factory=list)         # hints: `following.Hint`

    @property
    def first_wrong(self) -> int | None:
        """The index of the first wrong or duplicate line."""
        return next((j.line for j in self.lines if j.verdict in ("wrong", "duplicate")), None)
