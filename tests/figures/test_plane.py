"""Pictures of pieces and boundaries: every domain numbered, labels apart, the exact facts in words."""

from __future__ import annotations

import pytest

from workings.errors import OutOfReach
from workings.figures import Circle, Figure, Path, Text
from workings.figures.glyphs import measuring
from workings.figures.overlap import overlaps
from workings.figures.plane import boundary_figure, domains_figure
from workings.functions import signatures
from workings.geometry import boundary, pieces
from workings.syntax import read

NETS = {
    "1b": "y = 1 - relu(x1) - relu(x2) + relu(x1 + x2); class 1 if y < 0; class 2 if y > 0",
    "fractions": "y = relu(x1 - 1) + relu(-x2) - relu(x1 + 2*x2 - 1/3) + 1/2",
    "deep": "h1 = relu(x1 + x2 - 1); h2 = relu(x1 - x2); y = relu(h1 - 2*h2 + 1) - relu(h2 - 1) - 1/2",
    "leaky": "y = leaky(x1 - x2, 0.1) + x2 - 1",
    "largest": "y1 = relu(x1); y2 = relu(x2); y3 = 1 - x1",
    "zero on a region": "y = relu(x1) - relu(x1 - 1) + 0*x2 - 1",
    "closed": "y = abs(abs(x1) - 1) + abs(x2) - 2",
    "no unit": "y = x1 + 2*x2 - 1",
    "hat": "y = relu(x) - 2*relu(x - 1) + relu(x - 2) - 1/2",
    "two valleys": "y = abs(abs(x) - 1) - 1/3; class A if y < 0; class B if y > 0",
}


def pictures(text: str, box: object = None) -> tuple[Figure, Figure]:
    net = read(text.replace(";", "\n"), signatures())
    return domains_figure(pieces(net, box=box)), boundary_figure(boundary(net, box=box))


@pytest.mark.parametrize("text", NETS.values(), ids=NETS)
def test_no_label_lies_on_another(text: str) -> None:
    for drawn in pictures(text):
        assert overlaps(drawn, measuring(drawn.spelling)) == []


def test_in_a_box() -> None:
    for drawn in pictures(NETS["fractions"], ((-2, 2), (-1, 1))):
        assert overlaps(drawn, measuring(drawn.spelling)) == []


def words(drawn: Figure, role: str) -> list[object]:
    return [s.label for s in drawn.flat() if isinstance(s, Text) and s.role == role]


def test_the_domains_of_the_sheet() -> None:
    drawn, _ = pictures(NETS["1b"])
    assert words(drawn, "number") == ["1", "3", "4", "5", "6", "8"]
    assert len([s for s in drawn.flat() if isinstance(s, Path) and s.role == "crease"]) == 3
    assert "Domain 3, pattern +-+: y = 1 + x2; corner (0, 0)" in drawn.description


def test_the_boundary_of_the_sheet() -> None:
    _, drawn = pictures(NETS["1b"])
    lines = [s for s in drawn.flat() if isinstance(s, Path) and s.role == "boundary" and s.title]
    assert len(lines) == 4
    corners = [s.title for s in drawn.flat() if isinstance(s, Circle) and s.role == "vertex"]
    assert corners == ["(-1, 1)", "(1, -1)"]
    assert words(drawn, "label").count("class 1") == 2 and words(drawn, "label").count("class 2") == 1
    assert "class 1 (y < 0): corner (1, -1)" in drawn.description


def test_classes_differ_by_more_than_colour() -> None:
    from workings.render.palette import HATCH_TURN, LOOKS

    fills = [LOOKS[f"class{i}"].fill for i in (1, 2, 3, 4)]
    assert len({HATCH_TURN[fill] for fill in fills}) == 4


def test_three_inputs() -> None:
    net = read("y = relu(x1) + relu(x2) + relu(x3)", signatures())
    with pytest.raises(OutOfReach, match="needs two inputs; here are 3"):
        domains_figure(pieces(net))
