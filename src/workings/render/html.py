"""A document as one HTML file that needs no network and no script to be read."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workings.document import (
    Aside, Block, Bullets, Checked, Code, Display, Document, Fold, Heading, Inline, Line, Link, Math, Paragraph,
    Picture, Row, Step, Strong, Table,
)
from workings.render import formulas

if TYPE_CHECKING:
    from workings.figures import Figure

LABELS = {
    "note": "Note", "repaired": "Repaired", "wrong line": "Wrong line", "ambiguous": "Two readings",
    "result": "Result", "quote": "From the sheet",
}
SHORT = 28                    # letters of a formula and a note that stand beside one another on a phone
SHORT_ENTRY = 12              # letters of an entry of a table of contents that others stand beside
SMALLEST = 0.72               # of its natural size, a picture on a narrow screen
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
)
_FONT_NOTICE = (
    "The mathematics is set in a subset of STIX Two Math, Copyright 2001-2021 The STIX Fonts Project Authors "
    "(https://github.com/stipub/stixfonts), SIL Open Font License 1.1, https://openfontlicense.org"
)


def html(document: Document) -> str:
    """The whole page."""
    return Page(document).write()


def fragment(document: Document) -> str:
    """The blocks alone, with their style, to stand within another page (a notebook)."""
    page = Page(document)
    return f'<div class="workings" lang="{escape(document.language)}"><style>{_style(scoped=True)}</style>' + (
        page.blocks(document.blocks) + "</div>"
    )


def shell(title: str, body: str, nav: str = "", language: str = "en") -> str:
    """A page around blocks that have been written."""
    title = escape(title)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="generator" content="workings">\n'
        f"<title>{title}</title>\n<!-- {_FONT_NOTICE} -->\n<style>\n{_style()}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the content</a>\n'
        f"<header><h1>{title}</h1></header>\n{nav}"
        f'<main id="main">\n{body}</main>\n'
        "<footer><p>Worked by workings.</p></footer>\n</body>\n</html>\n"
    )


class Page:
    """One document being written: its spelling, its anchors, the number of its pictures."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.spelling, self.unfold = document.spelling, document.unfold
        self.anchors: dict[str, int] = {}
        self.contents: list[tuple[int, str, str]] = []
        levels = [b.level for b in document.blocks if isinstance(b, Heading)]
        self.shift = 2 - min(levels, default=2)
        self.pictures = 0

    def write(self) -> str:
        """Head, contents, blocks."""
        body = self.blocks(self.document.blocks)
        return shell(self.document.title, body, self._nav(), self.document.language)

    def _nav(self) -> str:
        if len(self.contents) < 3:
            return ""
        items = "".join(
            f'<li class="level{level}"><a href="#{anchor}">{line}</a></li>\n' for level, anchor, line in self.contents
        )
        # Labels such as 2a stand side by side.
        short = ' class="short"' if self._brief() else ""
        return f'<nav{short} aria-label="Contents"><h2>Contents</h2>\n<ul>\n{items}</ul></nav>\n'

    def _brief(self) -> bool:
        return all(len(re.sub("<[^>]*>", "", line)) <= SHORT_ENTRY for *_, line in self.contents)

    def blocks(self, blocks: Iterable[Block]) -> str:
        """Blocks in order; steps that follow one another make one numbered list."""
        out: list[str] = []
        for is_step, group in groupby(blocks, key=lambda b: isinstance(b, Step)):
            text = "".join(_WRITERS[type(block)](self, block) for block in group)
            out.append(f'<ol class="steps">\n{text}</ol>\n' if is_step else text)
        return "".join(out)

    def line(self, line: Line) -> str:
        """Words and formulas."""
        return "".join(self.inline(part) for part in formulas.tidy(line))

    def inline(self, part: Inline) -> str:
        """One part of a line, escaped."""
        if isinstance(part, str):
            return escape(part)
        if isinstance(part, Math):
            return formulas.inline(part.formula, self.spelling)
        if isinstance(part, Link):
            return f'<a href="{escape(quote(part.to))}">{escape(part.text)}</a>'
        tag = "strong" if isinstance(part, Strong) else "code"
        return f"<{tag}>{escape(part.text)}</{tag}>"

    # ------------------------------------------------------------------ the kinds of blocks

    def heading(self, block: Heading) -> str:
        level = min(6, max(2, block.level + self.shift))
        anchor = self._anchor(block)
        line = self.line(block.line)
        if level <= 3:
            self.contents.append((level, anchor, line))
        return f'<h{level} id="{anchor}">{line}</h{level}>\n'

    def _anchor(self, block: Heading) -> str:
        words = block.anchor or " ".join(p for p in block.line if isinstance(p, str))
        name = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "part"
        self.anchors[name] = self.anchors.get(name, 0) + 1
        return name if self.anchors[name] == 1 else f"{name}-{self.anchors[name]}"

    def paragraph(self, block: Paragraph) -> str:
        return f"<p>{self.line(block.line)}</p>\n"

    def display(self, block: Display) -> str:
        return self.rows(block.rows)

    def rows(self, rows: tuple[Row, ...]) -> str:
        """Formulas below one another, aligned at their relation signs."""
        if not rows:
            return ""
        widest = max(formulas.letters(Math(row.formula)) for row in rows)
        return f'<div class="display">\n{"".join(self._row(row, widest) for row in rows)}</div>\n'

    def _row(self, row: Row, widest: int) -> str:
        lines = formulas.halves(row)
        out = []
        for number, half in enumerate(lines):
            last = number == len(lines) - 1
            note = self._beside(row.note, widest) if row.note and last else ""
            tag = f'<span class="tag">({escape(row.tag.strip("()"))})</span>' if row.tag and last else ""
            right = formulas.shown(half.right, self.spelling, half.sign)
            if half.left is None and not half.sign:
                cells = f'<span class="whole">{right}</span>'
            else:
                cells = f'<span class="left">{formulas.shown(half.left, self.spelling)}</span><span class="right">'
                cells += f"{right}</span>"
            out.append(f'<div class="row">{cells}{note}{tag}</div>\n')
        return "".join(out)

    def _beside(self, note: Line, widest: int) -> str:
        kind = "beside short" if widest + sum(map(formulas.letters, note)) <= SHORT else "beside"
        return f'<span class="{kind}">{self.line(note)}</span>'

    def step(self, block: Step) -> str:
        rule = f'<span class="rule">{escape(block.rule[:1].upper() + block.rule[1:])}.</span> ' if block.rule else ""
        inner = self.blocks(block.inner)
        if inner:
            folded = f"<summary>Smaller steps</summary>\n<div>{inner}</div>"
            inner = f'<details class="fold"{self._open()}>{folded}</details>\n'
        says = f"<p>{rule}{self.line(block.says)}</p>\n" if rule or block.says else ""
        return f"<li>{says}{self.rows(block.rows)}{inner}</li>\n"

    def _open(self, is_open: bool = False) -> str:
        return " open" if is_open or self.unfold else ""

    def bullets(self, block: Bullets) -> str:
        tag = "ol" if block.ordered else "ul"
        items = "".join(f"<li>{self.blocks(item)}</li>\n" for item in block.items)
        return f"<{tag}>\n{items}</{tag}>\n"

    def table(self, block: Table) -> str:
        caption = f"<caption>{self.line(block.caption)}</caption>" if block.caption else ""
        head = "".join(f'<th scope="col">{self.line(cell)}</th>' for cell in block.head)
        rows = "".join("<tr>" + "".join(f"<td>{self.line(c)}</td>" for c in row) + "</tr>\n" for row in block.rows)
        return (
            f'<div class="wide"><table>{caption}<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n'
        )

    def picture(self, block: Picture) -> str:
        self.pictures += 1
        caption = f"<figcaption>{self.line(block.caption)}</figcaption>" if block.caption else ""
        words = ""
        if block.alt:
            summary = "<summary>The picture in words</summary>"
            words = f'<details class="words">{summary}<p>{escape(block.alt)}</p></details>'
        # On a phone a wide picture scrolls before its labels get too small to read.
        least = round(SMALLEST * block.figure.width)
        drawn = f'<div class="wide"><div style="min-width:{least}px">{_svg(block.figure)}</div></div>'
        return f"<figure>{drawn}{caption}{words}</figure>\n"

    def code(self, block: Code) -> str:
        return f'<pre class="wide"><code class="language-{escape(block.language)}">{escape(block.text)}</code></pre>\n'

    def aside(self, block: Aside) -> str:
        label = LABELS.get(block.kind, block.kind.capitalize())
        kind = re.sub(r"[^a-z]+", "-", block.kind.lower())
        tag = "blockquote" if block.kind == "quote" else "aside"
        return (
            f'<{tag} class="box {kind}" aria-label="{escape(label)}"><p class="label">{escape(label)}</p>\n'
            f"{self.blocks(block.blocks)}</{tag}>\n"
        )

    def fold(self, block: Fold) -> str:
        return (
            f'<details class="fold"{self._open(block.open)}><summary>{self.line(block.summary)}</summary>\n'
            f"<div>{self.blocks(block.blocks)}</div></details>\n"
        )

    def checked(self, block: Checked) -> str:
        kind = block.verdict.replace(" ", "-")
        where = " ".join(p for p in block.where if isinstance(p, str))
        return (
            f'<section class="checked {kind}" aria-label="{escape(f"{where}: {block.verdict}")}">'
            f'<p class="where">{self.line(block.where)}</p>\n<div class="said">{self.blocks(block.shown)}</div>\n'
            f'<p class="verdict"><span class="sign" aria-hidden="true">{escape(block.sign)}</span> '
            f'{escape(block.verdict)}</p>\n<div class="why">{self.blocks(block.blocks)}</div></section>\n'
        )


_WRITERS: dict[type[Block], Callable[[Page, Any], str]] = {
    Heading: Page.heading, Paragraph: Page.paragraph, Display: Page.display, Step: Page.step, Bullets: Page.bullets,
    Table: Page.table, Picture: Page.picture, Code: Page.code, Aside: Page.aside, Fold: Page.fold,
    Checked: Page.checked,
}


def _svg(figure: Figure) -> str:
    from workings.render.svg import svg

    text: str = svg(figure)
    return text[text.index("<svg") :]         # an XML declaration has no place within a page


@cache
def sheet(font: str) -> str:
    """The style of blocks below the class `workings`, for a page of its own; `font`: where its font is."""
    face, palette, blocks, _ = _parts(font)
    return face + palette.replace(":root", ".workings") + ".workings {\n" + blocks + "}\n"


def _style(scoped: bool = False) -> str:
    """The style sheet with the font inside; scoped, its rules hold only within a notebook's cell."""
    font = b64encode((files("workings.render") / "stix-two-math.woff2").read_bytes()).decode("ascii")
    face, palette, blocks, page = _parts(f"data:font/woff2;base64,{font}")
    if scoped:
        # A notebook's own theme need not be that of the system: the cell brings its paper with it.
        own = "background: var(--paper); color: var(--ink); padding: 0.4em 0.9em;\n"
        return face + palette.replace(":root", ".workings") + ".workings {\n" + own + blocks + "}\n"
    return face + palette + blocks + page


def _parts(font: str) -> tuple[str, str, str, str]:
    """The font's rule, the colours, the blocks, the page."""
    face = (
        f'@font-face {{ font-family: "Workings Math"; src: url({font}) format("woff2"); font-display: block; }}\n'
    )
    here = files("workings.render")
    palette, blocks, page = (
        (here / f"{name}.css").read_text(encoding="utf-8") for name in ("palette", "blocks", "page")
    )
    return face, palette, blocks, page
