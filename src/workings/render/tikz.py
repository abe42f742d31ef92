r"""A figure as TikZ: text that pdflatex sets with tikz, amsmath and amssymb, and nothing else.

Roles become styles, declared at the top, so that a person changes the look in one place.  Labels are LaTeX in
the person's own spelling; what a shape says to a screen reader stands beside it as a comment.
"""

from __future__ import annotations

from collections.abc import Iterator

from workings.errors import OutOfReach
from workings.expr import Expr
from workings.figures import Circle, Figure, Group, Image, Path, Shape, Text
from workings.notation import latex
from workings.render.palette import HATCH_TURN, LIGHT, LOOKS, Look

PATTERNS = {45: "north west lines", -45: "north east lines", 0: "horizontal lines", 90: "vertical lines"}
LETTERS = 10.0                # the size of letters that a node's scale refers to
ANCHORS = {"start": "west", "middle": "center", "end": "east"}
BEHIND = {"rim": "paper", "box": "paper", "shade": "panel"}
NEEDS = r"""\usepackage{tikz,amsmath,amssymb}
\usetikzlibrary{patterns}"""

ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": "$<$", ">": "$>$", "|": "$|$", '"': "''",
    "×": r"$\times$", "÷": r"$\div$", "−": "$-$", "–": "--", "—": "---", "…": r"\dots{}", "⋮": r"$\vdots$",
    "≥": r"$\ge$", "≤": r"$\le$", "≠": r"$\ne$", "∈": r"$\in$", "Σ": r"$\Sigma$", "∑": r"$\textstyle\sum$",
    "⊙": r"$\odot$", "→": r"$\to$", "’": "'", "\N{NO-BREAK SPACE}": "~", "·": r"$\cdot$", "∧": r"$\wedge$",
}


def tikz(figure: Figure) -> str:
    r"""The figure as a `tikzpicture`, to be put into a document that has the packages of `NEEDS`.

    >>> from workings.figures import Circle
    >>> tikz(Figure(20, 20, (Circle(10, 10, 5, "neuron"),), "One neuron", "")).splitlines()[-2]
    '\\path[figure neuron] (10,10) circle[radius=5pt];'
    """
    styles = [rf"\tikzset{{figure {role}/.style={{{style}}}}}" for role, style in _styles(figure).items()]
    used = "".join(styles) + "figure-paper figure-panel"
    head = [rf"\definecolor{{figure-{k}}}{{HTML}}{{{c}}}" for k, c in _colours().items() if f"figure-{k}" in used]
    size = rf"\useasboundingbox (0,0) rectangle ({_n(figure.width)},{_n(figure.height)});"
    lines = [*_comment(figure.title), r"\begin{tikzpicture}[x=1pt,y=-1pt]", *head, *styles, size]
    return "\n".join([*lines, *_body(figure), r"\end{tikzpicture}"]) + "\n"


def document(figure: Figure) -> str:
    """The figure as a document of its own, on a page of its own size.

    >>> document(Figure(20, 10, (), "Nothing", "")).splitlines()[0]
    '% To be set with pdflatex.'
    """
    width, height = _n(figure.width), _n(figure.height)
    return "\n".join((
        "% To be set with pdflatex.", r"\documentclass{article}", NEEDS, r"\begin{document}",
        rf"\pdfhorigin=0pt \pdfvorigin=0pt \hoffset=0pt \voffset=0pt \pdfpagewidth={width}pt \pdfpageheight={height}pt",
        rf"\shipout\hbox{{%{chr(10)}{tikz(figure)}}}", r"\end{document}", "",
    ))


def picture(figure: Figure) -> str:
    r"""The figure to be read by `\input`, with what the document around it needs said above it."""
    needs = NEEDS.replace("\n", "\n%   ")
    return f"% The document needs:\n%   {needs}\n{tikz(figure)}"


# --- styles ---


def _colours() -> dict[str, str]:
    """The light palette; print has white paper."""
    return {name: colour[1:].upper() for name, colour in {**LIGHT, "paper": "#ffffff"}.items()}


def _styles(figure: Figure) -> dict[str, str]:
    """How each role in use looks, what is written and what is drawn."""
    found: dict[str, str] = {}
    for shape in figure.flat():
        look = LOOKS[shape.role]
        found.setdefault(shape.role, f"text=figure-{look.fill}" if isinstance(shape, Text) else _style(look))
    return found


def _style(look: Look) -> str:
    parts: list[str] = []
    if look.fill in HATCH_TURN:
        number = look.fill[-1]
        parts.append(f"preaction={{fill=figure-tint{number}}}")
        parts.append(f"pattern={PATTERNS[HATCH_TURN[look.fill]]},pattern color=figure-mark{number}")
    elif look.fill:
        parts.append(f"fill=figure-{look.fill}")
    if look.stroke:
        parts.append(f"draw=figure-{look.stroke},line width={look.width:g}pt,>=latex")
    if look.dash:
        lengths = look.dash.split()
        parts.append("dash pattern=" + " ".join(f"{'off' if i % 2 else 'on'} {v}pt" for i, v in enumerate(lengths)))
    if look.width > 2:
        parts.append("line cap=round,line join=round")
    return ",".join(parts)


# --- shapes ---


def _body(figure: Figure) -> Iterator[str]:
    waiting: list[Shape] = list(reversed(figure.shapes))
    while waiting:
        shape = waiting.pop()
        yield from _comment(shape.title)
        if isinstance(shape, Group):
            waiting.extend(reversed(shape.shapes))
        elif isinstance(shape, Text):
            yield _text(shape, figure)
        elif isinstance(shape, Circle):
            yield rf"\path[figure {shape.role}] {_place(shape.x, shape.y)} circle[radius={_n(shape.radius)}pt];"
        elif isinstance(shape, Image):
            raise OutOfReach("this picture holds pixels, TikZ holds none", hint="save it as .pdf")
        else:
            yield _path(shape)


def _path(path: Path) -> str:
    arrow = ",->" if path.arrow else ""
    return rf"\path[figure {path.role}{arrow}]{''.join(map(_stroke, path.strokes))};"


def _stroke(step: tuple[str | float, ...]) -> str:
    numbers = [float(v) for v in step[1:]]
    places = [_place(x, y) for x, y in zip(numbers[0::2], numbers[1::2])]
    if step[0] == "C":
        return f" .. controls {places[0]} and {places[1]} .. {places[2]}"
    return {"M": f" {places[0]}", "L": f" -- {places[0]}"}[str(step[0])] if places else " -- cycle"


def _text(text: Text, figure: Figure) -> str:
    parts = text.label if isinstance(text.label, tuple) else (text.label,)
    written = "".join(_label(part, figure) for part in parts)
    options = [f"figure {text.role},anchor={ANCHORS[text.anchor]},scale={_n(text.size / LETTERS)}"]
    options += [f"fill=figure-{BEHIND[text.halo]},inner sep=1pt"] if text.halo else ["inner sep=0pt"]
    font = rf"\fontsize{{{LETTERS:g}}}{{12}}\selectfont "
    return rf"\node[{','.join(options)}] at {_place(text.x, text.y)} {{{font}{written}}};"


def _label(part: str | Expr, figure: Figure) -> str:
    if isinstance(part, Expr):
        return f"${latex(part, figure.spelling)}$"
    return escaped(part)


def escaped(words: str) -> str:
    r"""Words as LaTeX prints them literally; a letter that pdflatex does not know is named by its number.

    >>> escaped("50% of w_1")
    '50\\% of w\\_1'
    """
    return "".join(ESCAPES.get(c) or (c if " " <= c < "\u0180" else f"[U+{ord(c):04X}]") for c in words)


def _comment(words: str) -> list[str]:
    line = " ".join(words.split())
    return [f"% {line}"] if line else []


def _place(x: float, y: float) -> str:
    return f"({_n(x)},{_n(y)})"


def _n(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
