"""The real sheet, taken as it stands beside this repository: all eleven parts, and the repair that a line proves."""

from functools import cache
from pathlib import Path

import pytest
from facts import exact, near

from workings.answers.solution import Solution, as_dict
from workings.errors import Source
from workings.sheets import solve

SHEET = Path(__file__).parents[3] / "shared" / "sheets" / "exercise-sheet-2.md"
pytestmark = pytest.mark.skipif(not SHEET.is_file(), reason="the shared sheet does not stand beside this repository")


@cache
def solution() -> Solution:
    return solve(Source(SHEET.read_text("utf-8"), str(SHEET)))


def test_every_part_is_solved() -> None:
    found = [(e.number + t.label, t.asked, t.about, t.status) for e in solution().exercises for t in e.tasks]
    assert found == [
        ("1a", "draw", "y", "solved"), ("1b", "pieces", "y", "solved"), ("1b", "boundary", "y", "solved"),
        ("2a", "gradient", "dE/dy", "solved"), ("2b", "chain rule", "dE/dw", "solved"),
        ("2c", "gradient", "dE/dw[i]", "solved"), ("3a", "draw", "y", "solved"),
        ("3b", "backward", "dE/dw13", "solved"), ("4a", "draw", "y", "solved"),
        ("4b", "gradient", "dE/dw13", "solved"), ("4b", "gradient", "dE/dw24", "solved"),
        ("4c", "chain rule", "dE/dv", "solved"), ("4d", "gradient", "dE/dv", "solved"),
    ]


def test_points_and_titles() -> None:
    data = as_dict(solution())
    assert data["title"] == "Exercise Sheet 2"
    assert [e["points"] for e in data["exercises"]] == [[5, 15], [10, 10, 10], [5, 15], [5, 10, 5, 10]]
    assert data["exercises"][3]["title"] == "Backpropagation with Shared Parameters"


def test_the_lost_minus_is_restored_because_a_line_proves_it() -> None:
    says = [r for r in as_dict(solution())["remarks"] if r["kind"] == "repaired"]
    assert len(says) == 1 and says[0]["source"]["line"] == 141
    assert "E = (y*t)^2" in says[0]["says"] and "dE/dy = 2*(y - t)" in says[0]["says"]
    task = next(t for t in solution().tasks if t.about == "dE/dw13" and t.asked == "gradient")
    point = {"x1": 2, "x2": 3, "w13": 1, "w24": 2, "t": 5}          # y = 2 + 18, dE/dw13 = 2 (20 - 5) * 2 * 2
    assert exact(dict(task.answer), task.net, point) == 120


def test_the_shared_parameter() -> None:
    task = next(t for t in solution().tasks if t.about == "dE/dv" and t.asked == "gradient")
    slope = [float(exact(dict(task.answer), task.net, {"x1": 1, "x2": 2, "t": 1, "v": v})) for v in (0,)]
    # w13 = log 2, w24 = -log 2, y = log(2)^2 / 2 * 5; both slopes are 1/2 there
    y, log2 = 2.5 * 0.6931471805599453**2, 0.6931471805599453
    assert near(slope[0], 2 * (y - 1) * (log2 * 0.5 - 4 * log2 * 0.5))


def test_nothing_is_remarked_but_what_is_so() -> None:
    kinds = [(r["kind"], r["source"]["line"]) for r in as_dict(solution())["remarks"]]
    assert kinds == [("note", 59), ("note", 83), ("repaired", 141), ("note", 147)]
