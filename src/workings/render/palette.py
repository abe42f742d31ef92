"""How each role of a figure looks: strokes, fills, hatching, on light and on dark paper.

Contrast against the paper, and of text against what it stands on, is 4.5:1 or more (WCAG 2.1, 1.4.3); classes
differ by hatching as well as by tint, and blue and orange are told apart by colour-blind eyes.
"""

from __future__ import annotations

from typing import NamedTuple

LIGHT = {
    "paper": "#fffefb", "ink": "#1c1e22", "soft": "#565b63", "faint": "#d9d7d0", "panel": "#f1efe6",
    "accent": "#0b5394", "shared": "#8a3b00", "tint1": "#dbe8f6", "mark1": "#7fa6d1", "tint2": "#fbe9d3",
    "mark2": "#d9a25c", "tint3": "#dff0e0", "mark3": "#7db587", "tint4": "#efe0f3", "mark4": "#b48cc2",
}
DARK = {
    "paper": "#16181c", "ink": "#e8e6e1", "soft": "#aab0ba", "faint": "#3a3e46", "panel": "#262b33",
    "accent": "#8dbdff", "shared": "#f0b07a", "tint1": "#1c2c42", "mark1": "#476a96", "tint2": "#3a2a17",
    "mark2": "#86622f", "tint3": "#1b3322", "mark3": "#467a52", "tint4": "#33233a", "mark4": "#7b578a",
}


class Look(NamedTuple):
    """Colours by their names above; a fill "hatch1" is tint 1 under the lines of mark 1."""

    stroke: str = ""
    width: float = 0.0
    fill: str = ""
    dash: str = ""


LOOKS = {
    "paper": Look(fill="paper"),
    "image": Look(),
    # networks
    "input": Look("ink", 1.3, "paper"),
    "neuron": Look("ink", 1.5, "panel"),
    "operation": Look("ink", 1.3, "paper"),
    "edge": Look("ink", 1.0),
    "thin-edge": Look("soft", 0.6),
    "shared-edge": Look("shared", 2.6, dash="7 3"),
    "shared-core": Look("paper", 1.0, dash="7 3"),
    "shared-arrow": Look("shared", 1.4),
    "loop": Look("ink", 1.0, dash="2 2"),
    "loss": Look("soft", 1.0, "paper", "4 3"),
    "loss-edge": Look("soft", 1.0, dash="4 3"),
    "glyph": Look("accent", 1.6),
    "glyph-axis": Look("soft", 0.6),
    # the plane
    "axis": Look("soft", 1.0),
    "tick": Look("soft", 1.0),
    "frame": Look("soft", 1.0),
    "grid": Look("faint", 0.7),
    "crease": Look("ink", 1.1, dash="5 3"),
    "faint-crease": Look("soft", 0.8, dash="4 3"),
    "outline": Look("soft", 0.5),
    "badge": Look("ink", 1.0, "paper"),
    "boundary": Look("ink", 3.2),
    "touches": Look("ink", 2.2, dash="1 4"),
    "jump": Look("ink", 2.2, dash="8 3 2 3"),
    "vertex": Look("paper", 1.2, "ink"),
    "curve": Look("accent", 2.0),
    "domain": Look(),
    "shade": Look(fill="panel"),
    "class1": Look(fill="hatch1"),
    "class2": Look(fill="hatch2"),
    "class3": Look(fill="hatch3"),
    "class4": Look(fill="hatch4"),
    "zero": Look("ink", 1.0, "faint"),
    "layer1": Look("ink", 1.1),
    "layer2": Look("accent", 1.0, dash="6 2"),
    "layer3": Look("shared", 1.0, dash="3 2"),
    "layer4": Look("ink", 0.9, dash="1 2"),
    "layer5": Look("accent", 0.9, dash="8 2 2 2"),
    "layer6": Look("shared", 0.9, dash="8 2 2 2 2 2"),
    "fine-layer1": Look("ink", 0.5),
    "fine-layer2": Look("accent", 0.4, dash="4 1.5"),
    "fine-layer3": Look("shared", 0.35, dash="2 1.2"),
    "fine-layer4": Look("ink", 0.3, dash="1 1.2"),
    "fine-layer5": Look("accent", 0.3, dash="5 1.5 1 1.5"),
    "fine-layer6": Look("shared", 0.3, dash="5 1.5 1 1.5 1 1.5"),
    "hair-layer1": Look("ink", 0.14),
    "hair-layer2": Look("accent", 0.12, dash="4 1.5"),
    "hair-layer3": Look("shared", 0.12, dash="2 1.2"),
    "hair-layer4": Look("ink", 0.1, dash="1 1.2"),
    "hair-layer5": Look("accent", 0.1, dash="5 1.5 1 1.5"),
    "hair-layer6": Look("shared", 0.1, dash="5 1.5 1 1.5 1 1.5"),
    "gradient": Look("ink", 0.7),
    "mark": Look("paper", 0.7, "ink"),
    "hollow-mark": Look("ink", 1.0, "paper"),
    # words
    "label": Look(fill="ink"),
    "weight": Look(fill="accent"),
    "shared-weight": Look(fill="shared"),
    "note": Look(fill="soft"),
    "tick-label": Look(fill="soft"),
    "number": Look(fill="ink"),
}
HATCH_TURN = {"hatch1": 45, "hatch2": -45, "hatch3": 0, "hatch4": 90}
HATCH_STEP = 7


def css(roles: list[str], scope: str, theme: str) -> str:
    """The rules for the roles in use.  Theme "auto" follows the reader's; "light" and "dark" are fixed."""
    names = LIGHT if theme == "light" else DARK
    colour = {n: f"var(--{n})" for n in LIGHT} if theme == "auto" else names
    rules = [_rule(role, scope, colour) for role in roles]
    if theme == "auto":
        rules = [_themes(scope), *rules]
    return "".join(rules)


def _themes(scope: str) -> str:
    def colours(palette: dict[str, str]) -> str:
        return "".join(f"--{name}:{value};" for name, value in palette.items())

    dark = f"@media screen and (prefers-color-scheme:dark){{.{scope}{{{colours(DARK)}}}}}"
    return f".{scope}{{{colours(LIGHT)}}}{dark}@media print{{.{scope}{{--paper:#fff}}}}"


def _rule(role: str, scope: str, colour: dict[str, str]) -> str:
    if role in ("halo", "halo-shade"):
        behind = colour["paper" if role == "halo" else "panel"]
        return f".{scope} .{role}{{fill:{behind};stroke:{behind};stroke-linejoin:round}}"
    look = LOOKS[role]
    if look.fill in HATCH_TURN:
        number = look.fill[-1]
        tint, mark = colour[f"tint{number}"], colour[f"mark{number}"]
        return f".{scope} .{look.fill}-tint{{fill:{tint}}}.{scope} .{look.fill}-mark{{stroke:{mark};stroke-width:1.2}}"
    parts = [f"fill:{colour[look.fill]}" if look.fill else "fill:none"]
    if look.stroke:
        parts += [f"stroke:{colour[look.stroke]}", f"stroke-width:{look.width:g}"]
    if look.dash:
        parts.append(f"stroke-dasharray:{look.dash}")
    if look.width > 2:
        parts += ["stroke-linecap:round", "stroke-linejoin:round"]
    head = f".{scope} .{role}-head{{fill:{colour[look.stroke]}}}" if look.stroke and not look.fill else ""
    return f".{scope} .{role}{{{';'.join(parts)}}}{head}"
