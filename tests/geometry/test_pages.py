"""What pieces and boundaries say: the JSON of the contract, and the page as a lecturer shows it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workings.answers import boundary as boundary_page
from workings.answers import pieces as pieces_page
from workings.answers.geometry import text, why
from workings.document import Aside, Block, Document, Picture, Step
from workings.functions import signatures
from workings.geometry import boundary, pieces
from workings.notation import plain
from workings.render.text import text as as_text
from workings.syntax import read, read_expression

PYRAMID = "y = 1 - rho(x1) - rho(x2) + rho(x1 + x2); rho(z) = max(0, z); class 1 if y < 0; class 2 if y > 0"


def page(found: tuple[Block, ...]) -> str:
    return " ".join(as_text(Document("", found)).split())


def rows(found: tuple[Block, ...], rule: str) -> list[tuple[str, str, str]]:
    return [
        (row.tag, plain(row.formula), text(row.note))
        for b in found if isinstance(b, Step) and b.rule == rule for row in b.rows
    ]


def test_the_patterns_as_the_lecturer_numbers_them() -> None:
    found = pieces_page.blocks(pieces(read(PYRAMID, signatures())))
    patterns = rows(found, "sign patterns")
    assert [p[0] for p in patterns] == list("12345678")
    assert patterns[1] == ("2", "(x1 >= 0) and (x2 >= 0) and (x1 + x2 < 0)", "empty")
    assert [p[0] for p in patterns if p[2]] == ["2", "7"]
    assert rows(found, "function on each piece")[:3] == [
        ("1", "y = 1 - x1 - x2 + (x1 + x2) = 1", ""), ("3", "y = 1 - x1 - 0 + (x1 + x2) = 1 + x2", ""),
        ("4", "y = 1 - x1 - 0 + 0 = 1 - x1", "")]
    said = page(found)
    assert "(2) is empty: x1 >= 0 and x2 >= 0 add up to x1 + x2 >= 0, against x1 + x2 < 0" in said
    assert "6 pieces with 5 different functions, 2 empty." in said
    assert [b.name for b in found if isinstance(b, Picture)] == ["domains"]


def test_the_boundary_is_solved_piece_by_piece_mirrored_and_joined() -> None:
    found = boundary_page.blocks(boundary(read(PYRAMID, signatures())))
    said = page(found)
    assert "In (3), where (x2 < 0) and (x1 + x2 >= 0): the boundary is the ray from (1, -1) in direction (1, 0)" in said
    assert "y(x2, x1) = y(x1, x2)" in said and "(5) from (3) and (6) from (4)" in said
    assert "Class 1 (y < 0): (x1 > 1) and (x2 < -1), or (x1 < -1) and (x2 > 1)." in said
    assert "Class 2 (y > 0): everywhere else off the boundary." in said
    assert ("", "x2 < -1", "where y < 0") in rows(found, "solve in a piece")
    (result,) = [b for b in found if isinstance(b, Aside)]
    assert page(result.blocks).count("the ray from") == 4
    assert [b.name for b in found if isinstance(b, Picture)] == ["domains", "boundary"]


def test_the_json_of_the_contract() -> None:
    net = read(PYRAMID, signatures())
    found: dict[str, Any] = json.loads(json.dumps(pieces_page.as_dict(pieces(net))))
    assert found["units"][2]["pre"] == "x1 + x2" and found["inputs"] == ["x1", "x2"]
    third = found["regions"][2]
    assert (third["number"], third["pattern"], third["status"]) == (3, "+-+", "full")
    assert third["affine"] == {"y": {"const": "1", "x2": "1"}}
    assert found["regions"][1]["why_empty"].startswith("x1 >= 0 and x2 >= 0 add up to")
    assert found["counts"]["cells"] == 6 and found["box"] == "all" and found["certified"] is True
    assert all(step["rule"] for step in found["steps"])
    side = json.loads(json.dumps(boundary_page.as_dict(boundary(net))))
    assert side["boundary"][0] == {"type": "ray", "kind": "crosses", "from": ["1", "-1"], "dir": ["1", "0"]}
    assert side["classes"][0]["label"] == "class 1" and side["classes"][0]["sign"] == -1
    assert side["symmetries"] == ["swap x1 x2", "flip x1 x2"] and side["length"] is None


@pytest.mark.parametrize("text_", [
    PYRAMID, "y = relu(x) - 2*relu(x - 1)", "u = abs(x); y = relu(u - 1/2)", "y = clip(x1, 0, 1) - step(x2)",
])
def test_every_line_of_the_steps_can_be_read_back(text_: str) -> None:
    net = read(text_, signatures())
    for answer in (pieces_page.as_dict(pieces(net)), boundary_page.as_dict(boundary(net))):
        for step in answer["steps"]:
            if step["line"]:
                assert plain(read_expression(step["line"], signatures(), net)) == step["line"]
                assert step["latex"]


REASONS = [
    ("y = relu(x - 1) + relu(-x)", "x >= 1 contradicts x <= 0"),
    ("y = relu(x1) + relu(2*x1 + 1)", "x1 >= 0 contradicts x1 < -1/2"),
    ("y = relu(x1 + x2) + relu(x1 + x2 + 1)", "x1 + x2 >= 0 contradicts x1 + x2 < -1"),
    ("y = relu(x1 + x2) + relu(2*x1 + 2*x2 + 1)", "x1 + x2 >= 0 gives 2*x1 + 2*x2 >= 0, against 2*x1 + 2*x2 < -1"),
    ("y = relu(x1 - x1)", "it would need 0 < 0, which is never true"),
    ("y = relu(2*x1 - 1) + relu(x2) + relu(4*x1 + 2*x2 + 1)",
     "4 times x1 >= 1/2 and 2 times x2 >= 0 add up to 4*x1 + 2*x2 >= 2, against 4*x1 + 2*x2 < -1"),
]


@pytest.mark.parametrize("network, says", REASONS)
def test_why_a_pattern_is_empty(network: str, says: str) -> None:
    answer = pieces(read(network, signatures()))
    assert next(text(why(r.empty, answer.inputs)) for r in answer.regions if r.empty) == says


def test_a_side_of_the_box_is_named() -> None:
    answer = pieces(read("y = relu(x1 + 2)", signatures()), box=[(-1, 1)])
    (reason,) = [r.empty for r in answer.regions if r.empty]
    assert text(why(reason, answer.inputs)) == "x1 >= -1 (the box) contradicts x1 < -2"


WORDS = [
    ("y = abs(x1) + abs(x2)", {}, ["the point (0, 0), only touched", "y > 0: everywhere off the boundary."]),
    ("y = relu(x1) + relu(x2) + 1", {}, ["The level y = 0 is met nowhere: there is no boundary.", "y > 0: everyw"]),
    ("y = relu(x) - 1", {}, ["the point 1", "y > 0: x > 1."]),
    ("y = relu(x)", {}, ["the ray from 0 in direction -1, on all of which the level is met"]),
    ("y = step(x1) - 1/2 + 0*x2", {}, ["where the sign changes in a jump"]),
    ("y1 = x1; y2 = x2", {}, ["between y1 and y2", "y1 is the largest: x1 - x2 > 0."]),
    ("y = x1 + x2", {"level": 1}, ["The boundary y = 1 is", "y < 1: x1 + x2 < 1."]),
]


@pytest.mark.parametrize("network, options, says", WORDS)
def test_the_result_in_words(network: str, options: dict[str, Any], says: list[str]) -> None:
    found = boundary_page.argument(boundary(read(network, signatures()), **options))
    (result,) = [b for b in found if isinstance(b, Aside)]
    for words in says:
        assert words in page(result.blocks)


def test_many_units_are_told_shortly() -> None:
    net = read("y = " + " + ".join(f"relu(x - {k})" for k in range(14)), signatures())
    said = page(pieces_page.argument(pieces(net)))
    assert "14 units have 16384 sign patterns; 15 occur." in said
