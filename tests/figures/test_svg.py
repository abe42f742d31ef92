"""SVG that stands alone: well formed, its ids its own, the same bytes each time, readable on both papers."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from workings.expr import Call, Div, Ref
from workings.figures import Circle, Figure, Group, Path, Text
from workings.figures.glyphs import Outlines, measuring
from workings.figures.shapes import line, rectangle
from workings.render.palette import DARK, LIGHT, LOOKS
from workings.render.svg import svg

SHAPES = (
    rectangle(10, 10, 80, 60, "class1", "first"),
    line([(10, 10), (90, 70)], "edge", arrow=True),
    Group((Circle(50, 40, 20, "neuron"), Text(Ref("w13"), 50, 40, "weight", halo="rim")), "neuron", "Neuron <h1>"),
    Text(("a < b: ", Div(Ref("x"), Call("tanh", (Ref("z"),)))), 20, 90, anchor="start", halo="box"),
)
FIGURE = Figure(120, 100, SHAPES, "A title & more", "What it shows.")


def test_well_formed_and_closed() -> None:
    root = ElementTree.fromstring(svg(FIGURE))
    ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids))
    wanted = [e.attrib["href"][1:] for e in root.iter() if "href" in e.attrib]
    wanted += re.findall(r"url\(#([\w-]+)\)", svg(FIGURE))
    assert set(wanted) <= set(ids)
    assert root.attrib["role"] == "img" and root.attrib["aria-labelledby"] in ids


def test_needs_no_font() -> None:
    text = svg(FIGURE)
    assert "<text" not in text and "font" not in text and "<script" not in text


def test_titles_are_escaped() -> None:
    assert "<title>Neuron &lt;h1&gt;</title>" in svg(FIGURE) and "A title &amp; more" in svg(FIGURE)


def test_same_bytes_and_own_prefix() -> None:
    assert svg(FIGURE) == svg(FIGURE)
    assert 'id="p7-l1"' in svg(FIGURE, "p7")
    other = svg(Figure(1, 1, SHAPES[:1], "", ""))
    assert re.findall(r'id="(\w+)-t"', svg(FIGURE)) != re.findall(r'id="(\w+)-t"', other)


def test_themes() -> None:
    assert "prefers-color-scheme:dark" in svg(FIGURE) and "var(--ink)" in svg(FIGURE)
    assert "var(" not in svg(FIGURE, theme="light") and DARK["ink"] in svg(FIGURE, theme="dark")


@pytest.mark.parametrize("role", LOOKS)
def test_every_role_can_be_drawn(role: str) -> None:
    shape = Path((("M", 0, 0), ("L", 10, 10)), role)
    ElementTree.fromstring(svg(Figure(10, 10, (shape,), "", "")))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(palette: dict[str, str]) -> None:
    for ground in ("paper", "panel", "tint1", "tint2", "tint3", "tint4"):
        assert contrast(palette["ink"], palette[ground]) >= 7
    for words in ("soft", "accent", "shared"):
        assert contrast(palette[words], palette["paper"]) >= 4.5 and contrast(palette[words], palette["panel"]) >= 4.5


def test_widths_grow_with_what_is_written() -> None:
    measure = measuring()
    assert measure(Ref("w13")).width > measure(Ref("w")).width > 0.3
    assert measure(Div(Ref("x"), Ref("z"))).above > measure(Ref("x")).above
    assert measure((Ref("x"), " = ", Ref("x"))).width > 2 * measure(Ref("x")).width


def test_spelling_is_followed() -> None:
    assert Outlines({"w13": "\\theta"}).markup(Ref("w13")) != Outlines().markup(Ref("w13"))


def test_png() -> None:
    pytest.importorskip("typst")
    from workings.render.png import png

    assert png(FIGURE, ppi=72)[:8] == b"\x89PNG\r\n\x1a\n"
