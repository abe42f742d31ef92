"""Make the pictures of sheets/gallery: the cells by map and by layer, the classes with the data over them.

    .venv/bin/python tools/gallery.py        the networks are those of tools/gallery_nets.py and of the sheet
"""

from fractions import Fraction
from pathlib import Path

import workings

HOME = Path(__file__).parents[1] / "sheets" / "gallery"
SHEET = "y = 2 - r(x1) - r(x2) + r(x1 + x2); r(s) = max(0, s); class 1 if y < 0"
AROUND = [(Fraction(-1, 2), Fraction(3, 2))] * 2          # of the triangle of three digits
CORNERS = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]
DIGITS = (CORNERS, ["a 3", "a 5", "an 8"])

GALLERY = [
    ("sheet", SHEET, {"box": [(-4, 4), (-4, 4)]}, None),
    ("two-moons", HOME / "two-moons.json", {}, HOME / "two-moons.csv"),
    ("residual", HOME / "residual.json", {}, HOME / "residual.csv"),
    ("digits-mlp", HOME / "digits-mlp.json", {"slice": HOME / "three-digits.csv", "box": AROUND}, DIGITS),
    ("digits-conv", HOME / "digits-conv.json", {"slice": HOME / "three-digits.csv", "box": AROUND}, DIGITS),
]


def main() -> None:
    for name, source, where, data in GALLERY:
        net = workings.read(source)
        found = workings.pieces(net, engine="fast", **where)
        print(f"{name}: {found.counts.cells} cells, {found.tally.signs} signs, {found.tally.exact} decided exactly")
        found.picture(HOME / f"{name}-map.png", "map")
        found.picture(HOME / f"{name}-layers.png", "layer")
        classes = workings.boundary(net, engine="fast", **where)
        classes.picture(HOME / f"{name}-classes.png", "class", data)


if __name__ == "__main__":
    main()
