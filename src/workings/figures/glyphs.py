"""Labels as outlines of STIX Two Math: how wide they are, and the strokes that draw them without any font.

Laid out by ziamath.  A glyph is drawn once for a figure and used wherever it stands; so an outline is a list
of (glyph, x, y, scale), with bars (of fractions and roots) beside it, all at 1 point with the base line at 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.etree import ElementTree

from workings.errors import NotInstalled
from workings.expr import Expr
from workings.figures.shapes import Box, Label, Measure
from workings.notation import mathml

SIZE = 24.0                   # at which ziamath lays out; everything is divided by it


@dataclass(frozen=True, slots=True)
class Glyph:
    """One use of a glyph."""

    name: str
    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Outline:
    """A label at 1 point: its box, the glyphs and the filled bars (x, y, width, height)."""

    box: Box
    glyphs: tuple[Glyph, ...]
    bars: tuple[tuple[float, float, float, float], ...]


class Outlines:
    """The outlines of labels in one spelling, each laid out once; `paths` has the strokes of each glyph."""

    def __init__(self, spelling: Mapping[str, str] | None = None) -> None:
        self.spelling = dict(spelling or {})
        self.paths: dict[str, str] = {}
        self._done: dict[str, Outline] = {}
        self._views: dict[str, tuple[float, float, float]] = {}

    def measure(self, label: Label) -> Box:
        """The size of a label at 1 point."""
        return self.outline(label).box

    def outline(self, label: Label) -> Outline:
        """The label as glyphs."""
        written = self.markup(label)
        if written not in self._done:
            self._done[written] = self._drawn(written)
        return self._done[written]

    def markup(self, label: Label) -> str:
        """The label as MathML."""
        parts = label if isinstance(label, tuple) else (label,)
        return "".join(self._formula(p) if isinstance(p, Expr) else _words(p) for p in parts)

    def _formula(self, expr: Expr) -> str:
        text = mathml(expr, self.spelling)
        return text[text.index(">") + 1 : text.rindex("</math>")]

    def _drawn(self, written: str) -> Outline:
        typeset = _typesetter()(f'<math display="inline"><mrow>{written}</mrow></math>', size=SIZE)
        canvas = ElementTree.Element("g")
        typeset.node.draw(0, 0, canvas)
        box = typeset.node.bbox
        glyphs: list[Glyph] = []
        bars: list[tuple[float, float, float, float]] = []
        for item in canvas.iter():
            if item.tag == "symbol":
                self._take(item)
            elif item.tag == "use" and self.paths[_name(item)]:
                glyphs.append(self._placed(item))
            elif item.tag == "rect":
                x, y, width, height = (float(item.attrib[k]) / SIZE for k in ("x", "y", "width", "height"))
                bars.append((x, y, width, height))
        return Outline(Box(box.xmax / SIZE, box.ymax / SIZE, -box.ymin / SIZE), tuple(glyphs), tuple(bars))

    def _take(self, symbol: ElementTree.Element) -> None:
        name = symbol.attrib["id"]
        if name not in self.paths:
            self.paths[name] = symbol[0].attrib["d"].strip() if len(symbol) else ""
            left, top, _, height = map(float, symbol.attrib["viewBox"].split())
            self._views[name] = (left, top, height)

    def _placed(self, use: ElementTree.Element) -> Glyph:
        """Where the glyph's own origin comes to stand."""
        left, top, tall = self._views[_name(use)]
        scale = float(use.attrib["height"]) / tall
        x, y = float(use.attrib["x"]) - left * scale, float(use.attrib["y"]) - top * scale
        return Glyph(_name(use), x / SIZE, y / SIZE, scale / SIZE)


def measuring(spelling: Mapping[str, str] | None = None) -> Measure:
    """The measure of labels in one spelling.

    >>> measuring()("class 1").width > measuring()("class").width
    True
    """
    return Outlines(spelling).measure


def _name(use: ElementTree.Element) -> str:
    return use.attrib["href"][1:]


def _words(text: str) -> str:
    return f"<mtext>{escape(text).replace(' ', chr(0xA0))}</mtext>" if text else ""


def _typesetter() -> Any:
    try:
        from ziamath.zmath import Math
    except ImportError:
        raise NotInstalled("drawing labels needs ziamath", hint="pip install ziamath") from None
    return Math
