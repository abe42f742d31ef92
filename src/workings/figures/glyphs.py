"""Labels as outlines of STIX Two Math: how wide they are, and the strokes that draw them without any font.

Laid out by ziamath.  A glyph is drawn once for a figure and used wherever it stands; so an outline is a list
of (glyph, x, y, scale), with bars (of fractions and roots) beside it, all at 1 point with the base line at 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
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
    """The outlines of labels in one spelling."""

    def __init__(self, spelling: Mapping[str, str] | None = None) -> None:
        self.spelling = dict(spelling or {})

    def measure(self, label: Label) -> Box:
        """The size of a label at 1 point."""
        return self.outline(label).box

    def outline(self, label: Label) -> Outline:
        """The label as glyphs."""
        return laid_out(self.markup(label))

    def markup(self, label: Label) -> str:
        """The label as MathML."""
        parts = label if isinstance(label, tuple) else (label,)
        return "".join(self._formula(p) if isinstance(p, Expr) else _words(p) for p in parts)

    def _formula(self, expr: Expr) -> str:
        text = mathml(expr, self.spelling)
        return text[text.index(">") + 1 : text.rindex("</math>")]


@lru_cache(maxsize=4096)
def laid_out(written: str) -> Outline:
    """MathML without its outer element, as glyphs; the same formula is laid out once."""
    row = _flattened(ElementTree.fromstring(f'<math display="inline"><mrow>{written}</mrow></math>'))
    for name in row.iter("mi"):
        if len((name.text or "").strip()) > 1:
            name.tag = "mtext"               # ziamath pads words in <mi>; the notation has set its spaces itself
    typeset = _typesetter()(row, size=SIZE)
    canvas = ElementTree.Element("g")
    typeset.node.draw(0, 0, canvas)
    views: dict[str, tuple[float, float, float]] = {}
    glyphs: list[Glyph] = []
    bars: list[tuple[float, float, float, float]] = []
    for item in canvas.iter():
        if item.tag == "symbol":
            left, top, _, height = map(float, item.attrib["viewBox"].split())
            views[item.attrib["id"]] = (left, top, height)
            strokes = item[0].attrib["d"].strip() if len(item) else ""
            PATHS.setdefault(item.attrib["id"], strokes)
        elif item.tag == "use" and PATHS[_name(item)]:
            glyphs.append(_placed(item, views[_name(item)]))
        elif item.tag == "rect":
            x, y, width, height = (float(item.attrib[k]) / SIZE for k in ("x", "y", "width", "height"))
            bars.append((x, y, width, height))
    box = typeset.node.bbox
    return Outline(Box(box.xmax / SIZE, box.ymax / SIZE, -box.ymin / SIZE), tuple(glyphs), tuple(bars))


PATHS: dict[str, str] = {}    # the strokes of each glyph met so far; a glyph is the same in every formula


def _flattened(root: ElementTree.Element) -> ElementTree.Element:
    """The same formula with rows within rows opened, where no bracket stretches to the height of the row.

    ziamath lays out each row twice to find the height of its brackets: 2^depth in the depth of rows.
    """
    for parent in reversed(list(root.iter())):               # inner rows first
        if parent.tag in ("mrow", "math"):
            parent[:] = [item for child in parent for item in (child if _opens(child) else (child,))]
    return root


def _opens(child: ElementTree.Element) -> bool:
    return child.tag == "mrow" and all(mo.get("fence") != "true" or mo.get("stretchy") == "false" for mo in child)


def _placed(use: ElementTree.Element, view: tuple[float, float, float]) -> Glyph:
    """Where the glyph's own origin comes to stand."""
    left, top, tall = view
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
