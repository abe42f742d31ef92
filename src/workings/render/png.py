"""A figure as PNG or PDF, through the typst wheel: no browser, no TeX, no fonts."""

from __future__ import annotations

from typing import Any

from workings.errors import NotInstalled
from workings.figures import Figure
from workings.render.svg import svg

PIXELS_PER_INCH = 144.0       # two pixels a point: sharp on a dense screen, and hatches repeat to the pixel


def png(figure: Figure, theme: str = "light", ppi: float = PIXELS_PER_INCH) -> bytes:
    """The figure as PNG bytes; `NotInstalled` where typst is missing."""
    return _compiled(figure, theme, format="png", ppi=ppi)


def pdf(figure: Figure, theme: str = "light") -> bytes:
    """The figure as a PDF page of its own size; lines and labels stay lines and labels."""
    return _compiled(figure, theme, format="pdf", timestamp=0)


def _compiled(figure: Figure, theme: str, **how: Any) -> bytes:
    try:
        import typst
    except ImportError:
        raise NotInstalled("PNG and PDF pictures need typst", hint="pip install typst") from None
    drawing = svg(figure, "f", theme).replace("\\", "\\\\").replace('"', '\\"')
    page = (
        f"#set page(width: {figure.width:.3f}pt, height: {figure.height:.3f}pt, margin: 0pt)\n"
        f'#image(bytes("{drawing}"), format: "svg", width: 100%, height: 100%)\n'
    )
    made: bytes = typst.compile(page.encode(), **how)
    return made
