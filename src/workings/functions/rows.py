"""What a row of the table of functions says, and how it says it.

Texts are in our own plain notation over the row's parameters (z first, then a, b, c …), and are read on first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

MANY = 1_000_000              # the most arguments that `max(a, b, …)` may have: no limit


class Signature(NamedTuple):
    """What reading must know of one spelling of a function: whose spelling it is and how many arguments it takes.

    `soft`: the spelling is a function only where it is followed by a bracket and the text neither defines
    nor declares it nor uses it as a plain name (`sigma`, `T`, `H`, `delta`, `Phi`).
    """

    name: str
    least: int
    most: int
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Piecewise:
    """A piecewise-linear function: its units (the pre-activations whose signs matter) and its value for each pattern.

    A pattern writes + for unit >= 0 and - for unit < 0, one sign a unit.  `crease`: the value where the one
    unit is 0, if it is not that of the + side (step and sign jump).  `nests`: more arguments than parameters
    nest from the left, max(a, b, c) = max(max(a, b), c).
    """

    units: tuple[str, ...]
    values: Mapping[str, str]
    crease: str = ""
    nests: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A function of the table.

    `body` is empty for a primitive; `derivative` has one text for each parameter ("" where only the engine
    knows, as for arrays); `slopes`: the same for programs, by functions that keep all digits; `kind`: "scalar" (works
    on each entry of an array), "array", "index" (takes indices or conditions); `kink`: the convention printed where
    a slope or value at a kink is used; `stable`: why its value is computed by its own method and not by its body;
    `source`: where the formula stands.

    `indexed`: what a function of arrays is entry by entry, one text for each number of axes it takes.  A text
    declares the shapes of the parameters it needs (`x in R^n`; the others are numbers), the ranges of its
    letters, and ends with the entry `out[i] = ...`; lines before it name parts.  `rows`: further axes in front
    of the first parameter's are carried along, as a batch is; so are those of another parameter that has as many.
    `optional`: parameters at the end that may be left out; a text is for as many arguments as it names parameters.
    """

    name: str
    says: str
    params: tuple[str, ...] = ("z",)
    body: str = ""
    derivative: tuple[str, ...] = ()
    slopes: tuple[str, ...] = ()
    latex: str = ""
    spellings: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    kind: str = "scalar"
    most: int = 0             # arguments, if more than parameters
    kink: str = ""
    piecewise: Piecewise | None = None
    stable: str = ""
    source: str = ""
    indexed: tuple[str, ...] = ()
    rows: bool = False
    optional: int = 0
    domain: tuple[float, float] = (-3.0, 3.0)     # of the first argument, where the tests draw points

    @property
    def primitive(self) -> bool:
        """Has it no body?"""
        return not self.body

    def signatures(self) -> dict[str, Signature]:
        """Every spelling of the function."""
        least, most = len(self.params) - self.optional, max(self.most, len(self.params))
        hard = {s: Signature(self.name, least, most) for s in (self.name, *self.spellings) if s not in self.soft}
        return hard | {s: Signature(self.name, least, most, True) for s in self.soft}
