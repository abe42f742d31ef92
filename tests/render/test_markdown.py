"""Markdown: formulas that every renderer takes alike, words that are only words, pictures in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from workings.document import Code, Display, Document, Fold, Math, Paragraph, Picture, Raw, Row, Step, Table
from workings.expr import Call, Ref
from workings.figures import Figure
from workings.render.markdown import markdown, portable, words

from sample_page import DOCUMENT, equal

Y, X = Ref("y"), Ref("x1")

BLOCKS = [
    ("inline", (Paragraph(("Let ", Math(Raw("x_1 < 2")), " hold.")),), r"Let $x_1 \lt 2$ hold."),
    ("one line", (Display((Row(equal(Y, X)),)),), "$$\ny = x_{1}\n$$"),
    ("two lines", (Display((Row(equal(Y, X)), Row(equal(Y, Y), continues=True))),),
     "$$\n\\begin{aligned}\ny &= x_{1} \\cr\n&= y\n\\end{aligned}\n$$"),
    ("a fold", (Fold(("Why <b>",), (Paragraph(("So.",)),)),),
     "<details>\n<summary>Why &lt;b&gt;</summary>\n\nSo.\n\n</details>"),
    ("a step", (Step("chain rule", ("One path.",), (Row(equal(Y, X)),)),),
     "1. **Chain rule.** One path.\n\n   $$\n   y = x_{1}\n   $$"),
    ("a bar in a table", (Table((("f",),), (((Math(Call("abs", (X,))),),),)),), "| f |\n| --- |"),
    ("code", (Code("```\nx", "text"),), "````text\n```\nx\n````"),
]


@pytest.mark.parametrize(("name", "blocks", "wanted"), BLOCKS, ids=[row[0] for row in BLOCKS])
def test_blocks(name: str, blocks: tuple, wanted: str, tmp_path: Path) -> None:  # type: ignore[type-arg]
    assert markdown(Document("", blocks), tmp_path / "f").startswith(wanted)


WORDS = ["# no heading", "1. no item", "- no item", "a_b_c *d*", "<b>", "[a](b)", "$x$", "a|b", "~~x~~", "&lt;", "a\\b"]


@pytest.mark.parametrize("text", WORDS)
def test_words_stay_words(text: str) -> None:
    from markdown_it import MarkdownIt

    made = MarkdownIt("gfm-like", {"linkify": False}).render(words(text))
    inside = made.removeprefix("<p>").rstrip().removesuffix("</p>")
    from html import unescape

    assert unescape(inside) == text and made.startswith("<p>")


@pytest.mark.parametrize(("latex", "wanted"), [
    (r"a\,b", r"a\thinspace b"), (r"\{x\}", r"\lbrace x\rbrace"), (r"a \\ b", r"a \cr b"),
    (r"\hat{y}_1 + \hat{z}_2", r"\hat{y} _1 + \hat{z} _2"), ("a<b>c", r"a\lt b\gt c"), ("x^*", r"x^\ast"),
])
def test_formulas_are_portable(latex: str, wanted: str) -> None:
    assert portable(latex) == wanted


def test_pictures_are_saved_beside(tmp_path: Path) -> None:
    figure = Figure(40, 20, (), "t", "d")
    blocks = tuple(Picture(figure, ("A caption",), "In words.", "network") for _ in range(2))
    made = markdown(Document("", blocks), tmp_path / "sheet.files", suffix=".svg")
    assert "![In words.](sheet.files/network.svg)" in made and "(sheet.files/network-2.svg)" in made
    assert sorted(p.name for p in (tmp_path / "sheet.files").iterdir()) == ["network-2.svg", "network.svg"]


def test_no_folder_without_pictures(tmp_path: Path) -> None:
    markdown(Document("t", (Paragraph(("x",)),)), tmp_path / "f")
    assert not (tmp_path / "f").exists()


def test_the_whole_page_holds_no_html_of_the_sheet(tmp_path: Path) -> None:
    from markdown_it import MarkdownIt

    made = markdown(DOCUMENT, tmp_path / "f", suffix=".svg")
    assert "<script" not in MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(made)
    assert made == markdown(DOCUMENT, tmp_path / "f", suffix=".svg")
