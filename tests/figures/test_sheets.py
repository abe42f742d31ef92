"""Every picture of every sheet: no label on another, none cut off, and the same in SVG and TikZ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

import workings
from workings.document import Block, Picture
from workings.figures.glyphs import measuring
from workings.figures.overlap import overlaps
from workings.render.svg import svg
from workings.render.tikz import tikz

SHEETS = sorted(p for p in (Path(__file__).parents[2] / "sheets").rglob("*") if p.suffix in (".md", ".tex"))


def pictures(blocks: tuple[Block, ...]) -> Iterator[Picture]:
    waiting = list(reversed(blocks))
    while waiting:
        block = waiting.pop()
        if isinstance(block, Picture):
            yield block
        inner = [*getattr(block, "blocks", ()), *getattr(block, "inner", ())]
        waiting.extend(reversed(inner + [b for item in getattr(block, "items", ()) for b in item]))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda p: p.name)
def test_no_label_lies_on_another(sheet: Path) -> None:
    for picture in pictures(workings.solve(sheet).blocks()):
        figure = picture.figure
        found = overlaps(figure, measuring(figure.spelling))
        assert found == [], (figure.title, found)
        assert ElementTree.fromstring(svg(figure)) is not None
        assert tikz(figure).rstrip().endswith("\\end{tikzpicture}")
        assert picture.alt and figure.title
