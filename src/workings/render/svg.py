"""A figure as SVG that needs nothing beside it: labels are outlines, colours follow the reader's theme.

It stands alone as a file, or within a page: its ids begin with a prefix of its own, its rules hold below its
own class only.  The same figure gives the same bytes.
"""

from __future__ import annotations

from html import escape
from math import atan2, cos, sin
from zlib import crc32

from workings.figures import Box, Circle, Figure, Group, Image, Label, Path, Shape, Text
from workings.figures.glyphs import PATHS, Glyph, Outline, Outlines
from workings.render.palette import HATCH_STEP, HATCH_TURN, LOOKS, css

SCOPE = "workings-figure"
HALO = 4.0                    # width of the rim around a label, in points
HEAD, THIN_HEAD = 7.0, 4.5    # length of an arrow's head


def svg(figure: Figure, prefix: str = "", theme: str = "auto") -> str:
    """The figure as an SVG element; `theme` is "auto", "light" or "dark".

    >>> from workings.figures import Circle
    >>> svg(Figure(20, 20, (Circle(10, 10, 5, "neuron"),), "One neuron", "")).count("<circle")
    1
    """
    return _Drawing(figure, theme).text(prefix)


class _Drawing:
    """The state of one call: glyphs, labels and roles met so far."""

    def __init__(self, figure: Figure, theme: str) -> None:
        self.figure, self.theme = figure, theme
        self.outlines = Outlines(figure.spelling)
        self.labels: dict[str, tuple[str, str]] = {}
        self.glyphs: dict[str, str] = {}
        self.roles: dict[str, None] = {"paper": None}

    def text(self, prefix: str) -> str:
        figure = self.figure
        body = "".join(self._shape(shape) for shape in figure.shapes)
        # PREFIX- stands for the ids' prefix until it is known: it is made of the picture itself
        defs = self._defs()
        prefix = prefix or f"f{crc32((defs + body).encode()):08x}"
        width, height = _n(figure.width), _n(figure.height)
        style = css(list(self.roles), SCOPE, self.theme)
        title, described = escape(figure.title), escape(figure.description)
        words = f'<title id="{prefix}-t">{title}</title><desc id="{prefix}-d">{described}</desc>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{SCOPE}" role="img" aria-labelledby="{prefix}-t"'
            f' aria-describedby="{prefix}-d" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
            f'{words}<style>{style}</style>{defs.replace("PREFIX-", f"{prefix}-")}'
            f'<rect class="paper" width="{width}" height="{height}"/>{body.replace("PREFIX-", f"{prefix}-")}</svg>\n'
        )

    # --- shapes ---

    def _shape(self, shape: Shape) -> str:
        # a work list, for groups may hold groups; text goes out in order
        out: list[str] = []
        waiting: list[Shape | str] = [shape]
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                out.append(item)
            elif isinstance(item, Group):
                out.append(f'<g>{_title(item.title)}')
                waiting.append("</g>")
                waiting.extend(reversed(item.shapes))
            else:
                out.append(self._one(item))
        return "".join(out)

    def _one(self, shape: Path | Circle | Text | Image) -> str:
        if isinstance(shape, Image):
            return _image(shape)
        self.roles.setdefault(shape.role)
        if isinstance(shape, Text):
            return self._text(shape)
        attributes = f'class="{shape.role}"{self._hatched(shape.role)}'
        if isinstance(shape, Circle):
            place = f'cx="{_n(shape.x)}" cy="{_n(shape.y)}" r="{_n(shape.radius)}"'
            return _element("circle", f"{attributes} {place}", shape.title)
        drawn = _element("path", f'{attributes} d="{_strokes(shape)}"', shape.title)
        return drawn + (_head(shape) if shape.arrow else "")

    def _hatched(self, role: str) -> str:
        fill = LOOKS[role].fill
        return f' fill="url(#PREFIX-{fill})"' if fill in HATCH_TURN else ""

    def _text(self, text: Text) -> str:
        outline = self.outlines.outline(text.label)
        name = self._label(text.label, outline)
        box = outline.box
        x = text.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor] * box.width * text.size
        y = text.y + (box.above - box.below) / 2 * text.size
        place = f'href="#PREFIX-{name}" transform="translate({_n(x)} {_n(y)}) scale({_n(text.size)})"'
        drawn = _element("use", f'class="{text.role}" {place}', text.title)
        if not text.halo:
            return drawn
        halo = "halo-shade" if text.halo == "shade" else "halo"
        self.roles.setdefault(halo)
        if text.halo == "box":
            return self._behind(x, text.y, box, text.size) + drawn
        return f'<use class="{halo}" stroke-width="{_n(HALO / text.size * 12)}" {place}/>{drawn}'

    def _behind(self, x: float, y: float, box: Box, size: float) -> str:
        """A box of paper behind a label."""
        width, height = box.width * size + 4, (box.above + box.below) * size + 1
        place = f'x="{_n(x - 2)}" y="{_n(y - height / 2)}" width="{_n(width)}" height="{_n(height)}"'
        return f'<rect class="paper" {place} rx="3"/>'

    # --- labels and glyphs, each once ---

    def _label(self, label: Label, outline: Outline) -> str:
        markup = self.outlines.markup(label)
        if markup not in self.labels:
            name = f"l{len(self.labels) + 1}"
            uses = "".join(self._placed(glyph) for glyph in outline.glyphs)
            bars = "".join(
                f'<rect x="{_n(12 * x)}" y="{_n(12 * y)}" width="{_n(12 * w)}" height="{_n(12 * h)}"'
                f' transform="scale({1 / 12:.5f})"/>'
                for x, y, w, h in outline.bars       # at the scale of glyphs, so that a halo has one width
            )
            self.labels[markup] = (name, f'<g id="PREFIX-{name}">{uses}{bars}</g>')
        return self.labels[markup][0]

    def _placed(self, glyph: Glyph) -> str:
        name = self.glyphs.setdefault(glyph.name, f"g{len(self.glyphs) + 1}")
        place = f"translate({_n(glyph.x)} {_n(glyph.y)}) scale({glyph.scale:.5f})"
        return f'<use href="#PREFIX-{name}" transform="{place}"/>'

    def _defs(self) -> str:
        paths = [f'<path id="PREFIX-{short}" d="{PATHS[name]}"/>' for name, short in self.glyphs.items()]
        groups = [group for _, group in self.labels.values()]
        fills = dict.fromkeys(LOOKS[role].fill for role in self.roles if role in LOOKS)
        patterns = [_hatch(fill) for fill in fills if fill in HATCH_TURN]
        return f"<defs>{''.join((*paths, *groups, *patterns))}</defs>"


def _image(shape: Image) -> str:
    """Pixels inside the picture itself."""
    from base64 import b64encode

    place = f'x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.width)}" height="{_n(shape.height)}"'
    data = b64encode(shape.png).decode("ascii")
    kept = 'preserveAspectRatio="none"'
    return _element("image", f'{place} {kept} href="data:image/png;base64,{data}"', shape.title)


def _hatch(fill: str) -> str:
    step = HATCH_STEP
    return (
        f'<pattern id="PREFIX-{fill}" width="{step}" height="{step}" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate({HATCH_TURN[fill]})"><rect class="{fill}-tint" width="{step}" height="{step}"/>'
        f'<path class="{fill}-mark" d="M0 {step / 2}H{step}"/></pattern>'
    )


def _strokes(path: Path) -> str:
    return "".join(f"{step[0]}{' '.join(_n(float(v)) for v in step[1:])}" for step in path.strokes)


def _head(path: Path) -> str:
    """The head of an arrow, along the last stroke."""
    numbers = [float(v) for step in path.strokes for v in step[1:]]
    (x0, y0), (x, y) = numbers[-4:-2], numbers[-2:]
    turn = atan2(y - y0, x - x0)
    head = THIN_HEAD if LOOKS[path.role].width < 0.8 else HEAD
    sides = [(x - head * cos(turn + a), y - head * sin(turn + a)) for a in (0.38, -0.38)]
    corners = "L".join(f"{_n(a)} {_n(b)}" for a, b in ((x, y), *sides))
    return f'<path class="{path.role}-head" d="M{corners}Z"/>'


def _element(tag: str, attributes: str, title: str) -> str:
    return f"<{tag} {attributes}>{_title(title)}</{tag}>" if title else f"<{tag} {attributes}/>"


def _title(title: str) -> str:
    return f"<title>{escape(title)}</title>" if title else ""


def _n(value: float) -> str:
    """A number, short: three digits after the point are a thousandth of a point."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
