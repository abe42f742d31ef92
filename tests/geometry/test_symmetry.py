"""Symmetries: which are found, what they save, and that each holds at every point."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from nets import Random, grid, networks
from workings.answers.boundary import as_dict, blocks
from workings.answers.geometry import text
from workings.document import Step
from workings.functions import signatures
from workings.geometry import boundary
from workings.syntax import read

ROWS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)", {}, ["swap x1 x2", "flip x1 x2"]),
    ("y = abs(x1) + abs(x2) - 1", {}, ["swap x1 x2", "flip x1", "flip x2"]),
    ("y = abs(x1) + 2*abs(x2) - 1", {}, ["flip x1", "flip x2"]),
    ("y = abs(x1) - x2", {}, ["flip x1"]),
    ("y = abs(x1 - x2) - 1", {}, ["swap x1 x2", "flip x1 x2"]),
    ("y = abs(x1 + 2*x2) - 1", {}, ["flip x1 x2"]),
    ("y = relu(x1 - x2) - 1", {}, ["swap x1 x2 and flip x1 x2"]),
    ("y = x1 - x2", {}, ["swap x1 x2 and flip x1 x2"]),
    ("y = relu(x1) + 2*relu(x2) + relu(-x2 + 1)", {}, []),
    ("y = abs(x) - 1", {}, ["flip x"]),
    ("y = abs(x) - 1", {"box": [(-1, 2)]}, []),
    ("y = abs(x1) - x2", {"box": [(-1, 1), (0, 1)]}, ["flip x1"]),
    # the pieces are not symmetric, the function is
    ("y = max(x1, x2) + relu(x1 - 2*x2) - max(x1, 2*x2) + 2*x2 - 1", {}, ["swap x1 x2"]),
    ("y = max(x1, x2) + relu(x1 - 2*x2) - max(x1, 2*x2) + 2*x2 - 1", {"box": [(-1, 1), (-2, 2)]}, []),
    # quarter turns, and no mirror
    ("y = max(x1 + 2*x2, 2*x1 - x2, -x1 - 2*x2, x2 - 2*x1) - 1", {}, ["flip x1 x2", "swap x1 x2 and flip x1"]),
    ("y = abs(x1) + abs(x2) + abs(x3) - 1", {},
     ["swap x1 x2", "swap x1 x3", "swap x2 x3", "flip x1", "flip x2", "flip x3"]),
    ("y1 = abs(x1) - x2; y2 = x2", {}, ["flip x1"]),
]


@pytest.mark.parametrize("network, options, names", ROWS)
def test_the_symmetries_are_named(network: str, options: dict[str, Any], names: list[str]) -> None:
    answer = boundary(read(network, signatures()), **options)
    assert as_dict(answer)["symmetries"] == names and answer.certified


WORDS = [
    ("y = abs(x1) - x2", "y(-x1, x2) = y(x1, x2): with the sign of x1 changed, ", "(2) from (1)"),
    ("y = abs(x) - 1", "y(-x) = y(x): with the sign of x changed, ", "(2) from (1)"),
    ("y = abs(x1 + 2*x2) - 1", "y(-x1, -x2) = y(x1, x2): with both signs changed, ", "(2) from (1)"),
    ("y = relu(x1 + 1) + relu(1 - x2)", "y(-x2, -x1) = y(x1, x2): with x1 and x2 exchanged and both signs changed, ",
     "(3) from (2)"),
    # the exchange takes each piece to itself, the signs do not
    ("y = relu(x1 + x2) + relu(-x1 - x2) - 1", "y(-x1, -x2) = y(x1, x2): with both signs changed, ", "(3) from (2)"),
    ("y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)", "y(x2, x1) = y(x1, x2): with x1 and x2 exchanged, ",
     "(5) from (3) and (6) from (4)"),
]


@pytest.mark.parametrize("network, says, saves", WORDS)
def test_what_a_lecturer_says(network: str, says: str, saves: str) -> None:
    found = blocks(boundary(read(network, signatures())))
    said = [text(b.says) for b in found if isinstance(b, Step) and b.rule == "symmetry"]
    assert any(says in line and saves in line for line in said), said


def test_a_flat_piece_of_the_boundary_is_a_part_of_a_plane() -> None:
    says = [text(b.says) for b in blocks(boundary(read("y = max(x1, x2, x3)", signatures()))) if isinstance(b, Step)]
    assert any("the boundary is the part of the plane x1 = 0 where (x2 <= 0) and (x3 <= 0); y < 0 where" in s for s in says)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(networks(sizes=(1, 2), deepest=1))
def test_a_symmetry_holds_at_every_point_and_changes_no_answer(net: Random) -> None:
    answer = boundary(net.network())
    assert answer.certified
    for symmetry in answer.symmetries:
        for point in grid(len(net.inputs)):
            assert net.run(point)[0] == net.run(symmetry.image(point))[0]
    for solved in answer.solved:
        if solved.zero is not None:
            assert all(net.run(v)[0] == Fraction(0) for v in solved.zero.vertices)
