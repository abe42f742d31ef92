"""A document as plain text for a terminal: 80 columns, formulas in plain notation, figures as their description."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from workings.document import (
    Aside, Block, Bullets, Checked, Code, Display, Document, Fold, Heading, Inline, Line, Math, Mono, Paragraph,
    Picture, Raw, Row, Step, Table,
)
from workings.expr import Expr
from workings.render import terminal
from workings.render.formulas import halves, length, tidy

WIDTH = 80
ALIGN = 24                    # a left side wider than this is not aligned with the others
LABELS = {"wrong line": "Wrong line", "ambiguous": "Two readings", "quote": ""}


def text(document: Document, width: int = WIDTH, unfold: bool = False) -> str:
    """The page as text; `unfold` prints what is folded away as well.

    >>> print(text(Document("A page", (Paragraph(("It is short.",)),))), end="")
    A page
    ======
    <BLANKLINE>
    It is short.
    """
    writer = Writer(width, unfold or document.unfold)
    title = [document.title, "=" * min(width, len(document.title)), ""] if document.title else []
    body = writer.blocks(document.blocks)
    return "\n".join([*title, *body]).rstrip() + "\n"


class Writer:
    """Blocks to lines no wider than `width` where words allow."""

    def __init__(self, width: int, unfold: bool) -> None:
        self.width, self.unfold = width, unfold

    def blocks(self, blocks: Iterable[Block]) -> list[str]:
        """Lines, a blank one after each block."""
        out: list[str] = []
        for is_step, group in groupby(blocks, key=lambda b: isinstance(b, Step)):
            for number, block in enumerate(group, 1):
                if is_step and isinstance(block, Step):
                    out += self.step(block, number)
                else:
                    out += _WRITERS[type(block)](self, block)
                if out and out[-1]:
                    out.append("")
        return out

    def inside(self, blocks: Iterable[Block], first: str, rest: str) -> list[str]:
        """Blocks indented behind a mark, without the blank line at their end."""
        narrower = Writer(max(24, self.width - len(rest)), self.unfold)
        lines = narrower.blocks(blocks)
        while lines and not lines[-1]:
            lines.pop()
        return [f"{first if i == 0 else rest}{line}".rstrip() for i, line in enumerate(lines)]

    def wrap(self, words: str, first: str = "", rest: str = "") -> list[str]:
        """Words over as many lines as they take; nothing is broken within a word."""
        return textwrap.wrap(
            words, self.width, initial_indent=first, subsequent_indent=rest,
            break_long_words=False, break_on_hyphens=False,
        )

    # ------------------------------------------------------------------ the kinds of blocks

    def heading(self, block: Heading) -> list[str]:
        words = line(block.line)
        under = {1: "=", 2: "-"}.get(block.level)
        return ["", words, *([under * min(self.width, len(words))] if under else []), ""]

    def paragraph(self, block: Paragraph) -> list[str]:
        return self.wrap(line(block.line))

    def display(self, block: Display) -> list[str]:
        return self.rows(block.rows)

    def rows(self, rows: tuple[Row, ...]) -> list[str]:
        """Formulas below one another, aligned at their relation signs, words and numbers behind them."""
        table = [(row, half) for row in rows for half in halves(row, self.width - 26, length)]
        lefts = [_formula(h.left) for _, h in table]
        edge = max((len(t) for t in lefts if len(t) <= ALIGN), default=0)
        out: list[str] = []
        for number, (row, half) in enumerate(table):
            last = number + 1 == len(table) or table[number + 1][0] is not row
            head = f"{lefts[number]:>{edge}} {half.sign} " if half.sign else ""
            body = self._fitted(f"    {head}", _formula(half.right))
            out += self._beside(body, line(row.note), row.tag) if last else body
        return out

    def _fitted(self, head: str, formula: str) -> list[str]:
        """A display of several formulas side by side takes several lines where one is too short."""
        if len(head) + len(formula) <= self.width:
            return [head + formula]
        first, *rest = formula.split(terminal.SIDE_BY_SIDE)
        return [head + first, *(" " * len(head) + part.strip() for part in rest)]

    def _beside(self, body: list[str], note: str, tag: str) -> list[str]:
        """The note and the number behind the last line where there is room, else the note below it."""
        mark = f"({tag.strip('()')})" if tag else ""
        if note and len(body[-1]) + len(note) + len(mark) + 6 <= self.width:
            body = [*body[:-1], f"{body[-1]}   {note}"]
            note = ""
        if mark:
            room = self.width - len(body[-1]) - len(mark)
            body = [*body[:-1], body[-1] + " " * max(2, room) + mark]
        return body + (self.wrap(note, "        ", "        ") if note else [])

    def step(self, block: Step, number: int) -> list[str]:
        rule = f"{block.rule[:1].upper()}{block.rule[1:]}. " if block.rule else ""
        says = self.wrap(rule + line(block.says), f"{number:>2}. ", "    ") or [f"{number:>2}."]
        out = says + self.rows(block.rows)
        return out + self._folded("Smaller steps", block.inner, self.unfold) if block.inner else out

    def bullets(self, block: Bullets) -> list[str]:
        out: list[str] = []
        for number, item in enumerate(block.items, 1):
            mark = f"{number:>2}. " if block.ordered else "  - "
            out += self.inside(item, mark, "    ")
        return out

    def table(self, block: Table) -> list[str]:
        head = [line(cell) for cell in block.head]
        body = [[line(cell) for cell in row] for row in block.rows]
        columns = [max(map(len, column)) for column in zip(head, *body, strict=True)]
        caption = self.wrap(line(block.caption)) if block.caption else []
        if sum(columns) + 2 * len(columns) > self.width:
            return caption + self._list_of_rows(head, body)
        rule = "  ".join("-" * width for width in columns)
        lines = ["  ".join(f"{c:<{w}}" for c, w in zip(row, columns, strict=True)).rstrip() for row in [head, *body]]
        return [*caption, f"  {lines[0]}", f"  {rule}", *(f"  {row}" for row in lines[1:])]

    def _list_of_rows(self, head: list[str], body: list[list[str]]) -> list[str]:
        """A table too wide for the terminal: each row as a list of its cells."""
        out: list[str] = []
        for row in body:
            for at, (name, cell) in enumerate(zip(head, row, strict=True)):
                indent = "  " if at == 0 else "    "
                out += self.wrap(f"{name}: {cell}" if name else cell, indent, "      ")
        return out

    def picture(self, block: Picture) -> list[str]:
        caption = line(block.caption)
        words = block.alt or block.figure.description
        return self.wrap(f"[Picture: {caption}]" if caption else "[Picture]") + self.wrap(words, "    ", "    ")

    def code(self, block: Code) -> list[str]:
        return [f"    {row}".rstrip() for row in block.text.rstrip("\n").split("\n")]

    def aside(self, block: Aside) -> list[str]:
        label = LABELS.get(block.kind, block.kind.capitalize())
        head = [f"| {label}:"] if label else []
        return head + self.inside(block.blocks, "| ", "| ")

    def fold(self, block: Fold) -> list[str]:
        return self._folded(line(block.summary), block.blocks, self.unfold or block.open)

    def checked(self, block: Checked) -> list[str]:
        """The line as it is read, below it the verdict and why."""
        where, read = f"{line(block.where)}: ", block.shown[0] if len(block.shown) == 1 else None
        if isinstance(read, Display) and len(read.rows) == 1:
            read = Paragraph((Math(read.rows[0].formula),))
        if isinstance(read, Paragraph):
            shown = self.wrap(line(read.line), where, "    ")
        else:
            shown = [where.rstrip(), *self.inside(block.shown, "    ", "    ")]
        said, *rest = block.blocks or (Paragraph(("",)),)
        words = line(said.line) if isinstance(said, Paragraph) else ""
        verdict = self.wrap(f"{block.sign} {block.verdict}. {words}".rstrip(), "    ", "    ")
        kept = [b for b in rest if self.unfold or not isinstance(b, Fold)]       # a terminal has nothing to open
        more = [row for b in kept for row in self.inside((b,), "    ", "    ")]
        return [*shown, *verdict, *more]

    def _folded(self, summary: str, blocks: tuple[Block, ...], is_open: bool) -> list[str]:
        if not is_open:
            return self.wrap(f"[+] {summary}", "    ", "        ")
        return self.wrap(f"[-] {summary}", "    ", "        ") + self.inside(blocks, "      ", "      ")


_WRITERS: dict[type[Block], Callable[[Writer, Any], list[str]]] = {
    Heading: Writer.heading, Paragraph: Writer.paragraph, Display: Writer.display, Bullets: Writer.bullets,
    Table: Writer.table, Picture: Writer.picture, Code: Writer.code, Aside: Writer.aside, Fold: Writer.fold,
    Checked: Writer.checked,
}


def line(parts: Line) -> str:
    """Words and formulas as one string."""
    return "".join(_inline(part) for part in tidy(parts))


def _inline(part: Inline) -> str:
    if isinstance(part, str):
        return _clean(part)
    if isinstance(part, Math):
        return _formula(part.formula)
    return f"`{_clean(part.text)}`" if isinstance(part, Mono) else _clean(part.text)


def _formula(formula: Expr | Raw | None) -> str:
    from workings.notation import plain

    if formula is None:
        return ""
    if isinstance(formula, Raw):
        return _clean(terminal.readable(formula.latex))
    return plain(formula)


def _clean(words: str) -> str:
    """No control characters: a sheet must not move the cursor of a terminal."""
    return "".join(c for c in words if (c >= " " and not "\x7f" <= c <= "\x9f") or c in "\n\t")

