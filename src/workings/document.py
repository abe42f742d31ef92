"""What a page is: a closed set of block kinds.  Engines and sheets make blocks; `render` prints them.

A `Line` is words and formulas: `("The slope is ", Math(expr), ".")`.  A formula is an `Expr` (printed by
`notation` in whatever format the page has) or a `Raw` piece of LaTeX quoted from a person's text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workings.expr import Expr

if TYPE_CHECKING:
    from workings.figures import Figure as FigureData


@dataclass(frozen=True, slots=True)
class Raw:
    """LaTeX as a person wrote it; printed escaped, and typeset where the format can."""

    latex: str


@dataclass(frozen=True, slots=True)
class Math:
    """A formula within a line."""

    formula: Expr | Raw


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that carry the weight of the sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Mono:
    """A piece of code, a file name, a command."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a file beside the page."""

    text: str
    to: str


Inline = str | Math | Strong | Mono | Link
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a display: a formula (a `Rel` is aligned at its first sign) and words beside it.

    `continues`: the row begins with the relation sign, its left side being that of the row above.
    """

    formula: Expr | Raw
    note: Line = ()
    tag: str = ""
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    line: Line
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, slots=True)
class Display:
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One idea of a derivation: what is done and why (`says`), the lines, and smaller steps folded away."""

    rule: str                 # the rule's name: "chain rule"
    says: Line
    rows: tuple[Row, ...] = ()
    inner: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]
    caption: Line = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure with its caption; `alt` is the text form: the same facts in sentences."""

    figure: FigureData
    caption: Line
    alt: str
    name: str = "figure"      # of the file beside a Markdown page


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    language: str = "text"


@dataclass(frozen=True, slots=True)
class Aside:
    """A box beside the argument; `kind`: "note", "repaired", "wrong line", "ambiguous", "result", "quote"."""

    kind: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """Bookkeeping that a reader may open."""

    summary: Line
    blocks: tuple[Block, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A person's line: where it stands, how it is read, then the verdict as sign and word, and why."""

    where: Line
    shown: tuple[Block, ...]
    verdict: str              # right | wrong | duplicate | undecided | not understood
    sign: str
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Display | Step | Bullets | Table | Picture | Code | Aside | Fold | Checked


@dataclass(frozen=True, slots=True)
class Document:
    """A page.  `spelling`: the LaTeX spelling of plain names, for all of its formulas; `unfold`: every fold is open."""

    title: str
    blocks: tuple[Block, ...]
    spelling: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    unfold: bool = False
