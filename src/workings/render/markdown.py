"""A document as GitHub-flavoured Markdown: `$…$` and `$$…$$` formulas, folds, pictures in files beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from workings.document import (
    Aside, Block, Bullets, Checked, Code, Display, Document, Fold, Heading, Inline, Line, Link, Math, Mono,
    Paragraph, Picture, Raw, Row, Step, Table,
)
from workings.expr import Expr
from workings.render.formulas import LATEX_SIGNS, halves, tidy
from workings.render.html import LABELS
from workings.render.tex import bare

SPECIAL = re.compile(r"([\\`*_\[\]<>#$|~]|&(?=#?\w+;))")
# A backslash before punctuation is an escape in Markdown, and some renderers apply it within formulas too.
_SPACES = {r"\,": r"\thinspace ", r"\;": r"\thickspace ", r"\:": r"\medspace ", r"\!": r"\negthinspace ",
           r"\{": r"\lbrace ", r"\}": r"\rbrace ", r"\|": r"\Vert ", r"\\": r"\cr ", r"\ ": r"\thinspace "}


def markdown(document: Document, folder: str | Path, suffix: str = ".png") -> str:
    """The page as Markdown; its pictures are saved in `folder`, which stands beside the page."""
    writer = Writer(document.spelling, Path(folder), suffix, document.unfold)
    levels = [b.level for b in document.blocks if isinstance(b, Heading)]
    writer.shift = 2 - min(levels, default=2)
    parts = [f"# {words(document.title)}"] if document.title else []
    return "\n\n".join([*parts, *writer.blocks(document.blocks)]).rstrip() + "\n"


class Writer:
    """Each block becomes a stretch of Markdown; blank lines stand between stretches."""

    def __init__(self, spelling: Mapping[str, str], folder: Path, suffix: str, unfold: bool = False) -> None:
        self.spelling, self.folder, self.suffix, self.unfold = spelling, folder, suffix, unfold
        self.shift = 0
        self.names: dict[str, int] = {}

    def blocks(self, blocks: Iterable[Block]) -> list[str]:
        """The stretches of blocks in order; steps are numbered."""
        out: list[str] = []
        for is_step, group in groupby(blocks, key=lambda b: isinstance(b, Step)):
            for number, block in enumerate(group, 1):
                if is_step and isinstance(block, Step):
                    out.append(self.step(block, number))
                else:
                    out.append(_WRITERS[type(block)](self, block))
        return [part for part in out if part]

    def line(self, parts: Line) -> str:
        """Words and formulas, escaped."""
        return "".join(self.inline(part) for part in tidy(parts))

    def inline(self, part: Inline) -> str:
        """One part of a line."""
        if isinstance(part, str):
            return words(part)
        if isinstance(part, Math):
            return f"${self.formula(part.formula)}$"
        if isinstance(part, Mono):
            ticks = "`" * (1 + max((len(run) for run in re.findall("`+", part.text)), default=0))
            return f"{ticks}{part.text}{ticks}"
        if isinstance(part, Link):
            return f"[{words(part.text)}]({quote(part.to)})"
        return f"**{words(part.text)}**"

    def formula(self, formula: Expr | Raw | None) -> str:
        """LaTeX that every renderer of Markdown takes alike."""
        from workings.notation import latex

        if formula is None:
            return ""
        return portable(bare(formula.latex) if isinstance(formula, Raw) else latex(formula, self.spelling))

    # ------------------------------------------------------------------ the kinds of blocks

    def heading(self, block: Heading) -> str:
        return f"{'#' * min(6, max(2, block.level + self.shift))} {self.line(block.line)}"

    def paragraph(self, block: Paragraph) -> str:
        return self.line(block.line)

    def display(self, block: Display) -> str:
        return self.rows(block.rows)

    def rows(self, rows: tuple[Row, ...]) -> str:
        """Formulas below one another, aligned at their relation signs."""
        lines = [text for row in rows for text in self._lines(row)]
        if not lines:
            return ""
        if len(lines) == 1 and "&&" not in lines[0]:
            return f"$$\n{lines[0].replace('&', '')}\n$$"
        body = " \\cr\n".join(lines)
        return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"

    def _lines(self, row: Row) -> list[str]:
        out = []
        for half in halves(row):
            sign = LATEX_SIGNS.get(half.sign, half.sign)
            body = self.formula(half.right)
            out.append(f"{self.formula(half.left)} &{sign} {body}".strip() if sign else f"& {body}")
        note = "".join(self._in_formula(part) for part in row.note)
        tag = rf"\text{{({words_in_formula(row.tag.strip('()'))})}}" if row.tag else ""
        beside = r" \quad ".join(part for part in (note, tag) if part)
        if beside:
            out[-1] += rf" && {beside}"
        return out

    def _in_formula(self, part: Inline) -> str:
        if isinstance(part, Math):
            return self.formula(part.formula)
        return rf"\text{{{words_in_formula(part if isinstance(part, str) else part.text)}}}"

    def step(self, block: Step, number: int) -> str:
        rule = f"**{words(block.rule[:1].upper() + block.rule[1:])}.** " if block.rule else ""
        parts = [f"{number}. {rule}{self.line(block.says)}".rstrip(), self.rows(block.rows)]
        if block.inner:
            parts.append(self._details("Smaller steps", self.blocks(block.inner), False))
        return _indented([part for part in parts if part], "   ")

    def bullets(self, block: Bullets) -> str:
        out = []
        for number, item in enumerate(block.items, 1):
            mark = f"{number}. " if block.ordered else "- "
            first, *rest = self.blocks(item) or [""]
            out.append(_indented([mark + first, *rest], " " * len(mark)))
        return "\n".join(out)

    def table(self, block: Table) -> str:
        caption = f"{self.line(block.caption)}\n\n" if block.caption else ""
        rows = [block.head, *block.rows]
        lines = [f"| {' | '.join(self._cell(c) for c in row)} |" for row in rows]
        return caption + "\n".join([lines[0], "|" + " --- |" * len(block.head), *lines[1:]])

    def _cell(self, cell: Line) -> str:
        # A bar ends a cell even within a formula.
        return "".join(
            self.inline(p).replace("|", r"\vert ") if isinstance(p, Math) else self.inline(p) for p in cell
        )

    def picture(self, block: Picture) -> str:
        name = re.sub(r"[^A-Za-z0-9-]+", "-", block.name).strip("-") or "figure"
        self.names[name] = self.names.get(name, 0) + 1
        if self.names[name] > 1:
            name = f"{name}-{self.names[name]}"
        self._save(block, self.folder / f"{name}{self.suffix}")
        alt = words(" ".join((block.alt or block.figure.description).split()))
        link = f"![{alt}]({self.folder.name.replace(' ', '%20')}/{name}{self.suffix})"
        return f"{link}\n\n*{self.line(block.caption)}*" if block.caption else link

    def _save(self, block: Picture, path: Path) -> None:
        from workings.render.save import folder, write

        folder(path.parent)
        if self.suffix == ".svg":
            from workings.render.svg import svg

            write(path, svg(block.figure))
        else:
            from workings.render.png import png

            write(path, png(block.figure))

    def code(self, block: Code) -> str:
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", block.text)), default=0))
        text = block.text.rstrip("\n")
        return f"{fence}{block.language}\n{text}\n{fence}"

    def aside(self, block: Aside) -> str:
        label = LABELS.get(block.kind, block.kind.capitalize())
        first, *rest = self.blocks(block.blocks) or [""]
        joined = "\n\n".join([f"**{label}.** {first}" if _is_words(first) else f"**{label}.**\n\n{first}", *rest])
        return "\n".join(f"> {row}".rstrip() for row in joined.split("\n"))

    def fold(self, block: Fold) -> str:
        return self._details(self._summary(block.summary), self.blocks(block.blocks), block.open)

    def checked(self, block: Checked) -> str:
        said, *rest = self.blocks(block.blocks) or [""]
        head = f"**{self.line(block.where)}**"
        first, *shown = self.blocks(block.shown) or [""]
        lead = f"- {head}: {first}" if _is_words(first) else f"- {head}:\n\n{first}"
        verdict = f"**{words(block.sign)} {block.verdict}.** {said}".rstrip()
        return _indented([lead, *shown, verdict, *rest], "  ")

    def _summary(self, line: Line) -> str:
        """A summary is HTML, where no renderer sets formulas: they stand in plain notation."""
        from workings.notation import plain

        out = []
        for part in line:
            if isinstance(part, Math):
                formula = part.formula
                shown = bare(formula.latex) if isinstance(formula, Raw) else plain(formula)
                out.append(f"<code>{escape(shown)}</code>")
            else:
                out.append(escape(part if isinstance(part, str) else part.text))
        return "".join(out)

    def _details(self, summary: str, parts: list[str], is_open: bool) -> str:
        state = " open" if is_open or self.unfold else ""
        return "\n\n".join([f"<details{state}>\n<summary>{summary}</summary>", *parts, "</details>"])


_WRITERS: dict[type[Block], Callable[[Writer, Any], str]] = {
    Heading: Writer.heading, Paragraph: Writer.paragraph, Display: Writer.display, Bullets: Writer.bullets,
    Table: Writer.table, Picture: Writer.picture, Code: Writer.code, Aside: Writer.aside, Fold: Writer.fold,
    Checked: Writer.checked,
}


def words(text: str) -> str:
    """Words that Markdown must not take for anything else.

    >>> words("a_b < [c]")
    'a\\\\_b \\\\< \\\\[c\\\\]'
    """
    escaped = SPECIAL.sub(r"\\\1", text)
    return re.sub(r"^(\s*)([-+]|\d+[.)])(?=\s)", lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", escaped)


def words_in_formula(text: str) -> str:
    """Words within `\\text{}`: nothing in them is a command."""
    return re.sub(r"[\\{}$&#^_%~]", lambda m: {"_": " ", "~": " "}.get(m[0], ""), text)


def portable(latex: str) -> str:
    r"""LaTeX without what Markdown would change: no escapes before punctuation, no emphasis, no tags.

    >>> portable(r"\hat{y}_1\,a < b")
    '\\hat{y} _1\\thinspace a \\lt b'
    """
    out = re.sub(r"\\[,;:!{}|\\ ]", lambda m: _SPACES[m[0]], " ".join(latex.split()))
    out = out.replace("<", r"\lt ").replace(">", r"\gt ").replace("*", r"\ast ").replace("$", "")
    return re.sub(r" {2,}", " ", re.sub(r"(?<=[)}\]])_", " _", out)).strip()


def _indented(parts: list[str], indent: str) -> str:
    """The first part as it is, what follows moved in so that it belongs to the same item."""
    return "\n\n".join(parts).replace("\n", "\n" + indent).replace("\n" + indent + "\n", "\n\n")


def _is_words(part: str) -> bool:
    return not part.startswith(("$$", "|", "!", ">", "`", "<", "#", "- ", "1. "))
