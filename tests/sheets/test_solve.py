"""Sheets in other words, solved: the status of every task, what stands in the answer, and that nothing is dropped."""

from typing import Any

import pytest

from workings.answers.solution import Solution, as_dict
from workings.document import Aside, Heading
from workings.sheets import crosscheck, page, solve

SOLVED = {
    "sigmoid": (r"""
The output of a neuron is $y = \sigma(w x + b)$ with $\sigma(z) = \frac{1}{1+e^{-z}}$.
The loss is $L = \frac12 (y-t)^2$.

(a) Evaluate $y$ for $x = 0$, $w = 1$ and $b = 0$.
(b) Compute the derivative of the loss with respect to $b$.
""", ["solved", "solved"]),
    "pieces with an inner name": (r"""
A network computes $h = \max(0, x_1 - x_2)$ and $y = 2h - 1$. It predicts class A if $y > 0$, class B otherwise.

Find the linear pieces of the network. Then sketch the decision boundary.
""", ["solved", "solved"]),
    "tanh has no pieces": (r"""
Let $y = \tanh(x_1) - x_2$.

(a) Find the linear pieces of $y$.
(b) Compute $\partial y/\partial x_1$.
""", ["out of reach", "solved"]),
    "words not understood": (r"""
Let $y = w x$ be the output.

(a) Philosophise about $y$.
(b) Explain why it is linear.
(c) Compute $dy/dw$.
""", ["not understood", "not understood", "solved"]),
    "an object that is not there": ("Let $y = w x$.\n\n(a) Compute $dy/dq$.\n", ["out of reach"]),
    "values missing": ("Let $y = w x$.\n\n(a) Evaluate $y$ at $x = 1$.\n", ["out of reach"]),
    "no equations": ("(a) Draw the network.\n", ["out of reach"]),
    "a broken equation beside a good one": (
        "Let $y = w x$ and $$b = (a - $$.\n\n(a) Compute $dy/dw$.\n", ["solved"]),
    "to be shown": ("Let $y = x^2$.\n\n(a) Show that $dy/dx = 2x$.\n", ["solved"]),
    "to be shown in words": ("Let $y = x^2$.\n\n(a) Show that the function is convex.\n", ["out of reach"]),
    "several points": ("Let $y = 2 x$.\n\n(a) Evaluate $y$ at $x = 1$ and at $x = 2$.\n", ["solved", "solved"]),
    "a value of a derivative": ("Let $E = w^2$.\n\n(a) Evaluate $dE/dw$ at $w = 3$.\n", ["solved"]),
}


@pytest.mark.parametrize("name", SOLVED)
def test_every_task_has_its_status(name: str) -> None:
    text, expected = SOLVED[name]
    solution = solve(text)
    assert [t.status for t in solution.tasks] == expected
    for task in solution.tasks:
        assert (task.error is None) == (task.status == "solved")
        assert task.error is None or task.error.message


def test_progress_is_told() -> None:
    told: list[tuple[int, int, str]] = []
    solve(SOLVED["sigmoid"][0], lambda done, of, what: told.append((done, of, what)))
    assert told == [(0, 2, "1a run"), (1, 2, "1b gradient"), (2, 2, "")]


def test_the_json_has_the_keys_of_the_contract() -> None:
    text = "# Sheet\n\n## Exercise 1: One (3+4=8 P)\n\nLet $y = w x$.\n\n(a) Compute $dy/dw$.\n\n(b) Why?\n"
    data = as_dict(solve(text))
    assert data["title"] == "Sheet"
    exercise = data["exercises"][0]
    assert (exercise["number"], exercise["title"], exercise["points"]) == ("1", "One", [3, 4])
    first, second = exercise["tasks"]
    assert {k: first[k] for k in ("label", "asked", "about", "status")} == {
        "label": "a", "asked": "gradient", "about": "dy/dw", "status": "solved"}
    assert first["answer"]["result"] == "x"
    assert (second["status"], second["answer"]) == ("not understood", {})
    assert data["remarks"] == [{"source": {"line": 3, "column": 4}, "kind": "note",
                                "says": "the points 3+4 add up to 7, not to 8"}]


def headings(solution: Solution) -> list[str]:
    lines = [b.line for b in page.document(solution).blocks if isinstance(b, Heading)]
    return ["".join(x if isinstance(x, str) else "…" for x in line) for line in lines]


def test_the_page_has_a_heading_for_every_part() -> None:
    found = headings(solve(SOLVED["words not understood"][0]))
    assert found == ["Exercise 1", "1a · Not understood", "1b · Not understood", "1c · Derivative"]


def test_the_page_shows_the_repair_with_the_literal_reading() -> None:
    text = ("Let $y = w x$ and $E = (y t)^2$.\n\n(a) Compute $dE/dw$.\n\n"
            "$$\\frac{dE}{dy} = 2 (y - t)$$\n\n(b) Compute $dE/dx$.\n")
    solution = solve(text)
    assert [a.kind for a in page.document(solution).blocks if isinstance(a, Aside)].count("repaired") == 1
    assert [t.answer["result"] for t in solution.tasks] == ["2*(y - t)*x", "2*(y - t)*w"]


BROKEN: list[tuple[str, str]] = [
    ("draw", "Let $y = \\max(0, x_1)$.\n\n(a) Draw the network.\n"),
    ("pieces", "Let $y = \\max(0, x_1)$.\n\n(a) Find the linear pieces.\n"),
    ("boundary", "Let $y = \\max(0, x_1) - 1$.\n\n(a) Find the decision boundary.\n"),
    ("gradient", "Let $y = x_1 w$.\n\n(a) Compute $dy/dw$.\n"),
    ("backward", "Let $y = x_1 w$.\n\n(a) Write the backward pass for $dy/dw$.\n"),
]


@pytest.mark.parametrize(("asked", "text"), BROKEN)
def test_an_answer_that_fails_its_cross_check_is_not_given(asked: str, text: str, monkeypatch: Any) -> None:
    assert [(t.asked, t.status, len(t.checks)) for t in solve(text).tasks] == [(asked, "solved", 1)]
    monkeypatch.setattr(crosscheck, "same_value", lambda a, b: False)
    task = solve(text).tasks[0]
    assert task.status == "out of reach" and task.answer == {}
    assert isinstance(task.error, crosscheck.Broken)


POINTS = [
    ("Let $y = x_1 - 2 x_2$.\n\n(a) Compute $y$ for $(x_1, x_2) = (0, 1)$, $(1, 0)$ and $(1, 1)$.\n", ["-2", "1", "-1"]),
    ("Let $y = x_1 - 2 x_2$.\n\n(a) Evaluate $y$ at $x_1 = 1, x_2 = 1$ and at $x_1 = 3, x_2 = 0$.\n", ["-1", "3"]),
    ("Let $w = (1, -2)$ and $y = w_1 x_1 + w_2 x_2$.\n\n(a) Evaluate $y$ at $x_1 = 1, x_2 = 2$.\n", ["-3"]),
    ("Let $f(x) = |x - 1| + |x + 1|$.\n\n(a) Compute $f(0)$ and $f(3)$.\n", ["2", "6"]),
    ("Let $y = 3 x$.\n\n(a) Evaluate $y$ at $x = 2$.\n\n(b) Let $z = y + x$. Evaluate $z$ for the values of (a).\n",
     ["6", "8"]),
]


@pytest.mark.parametrize(("text", "expected"), POINTS, ids=lambda v: str(v)[-40:])
def test_every_point_that_is_named_is_worked(text: str, expected: list[str]) -> None:
    tasks = solve(text).tasks
    assert [t.answer["values"][t.subjects[0].name] for t in tasks] == expected        # type: ignore[attr-defined]


def test_a_derivative_at_a_point_has_a_value() -> None:
    task = solve("Let $E = w^2$.\n\n(a) Evaluate $dE/dw$ at $w = 3$.\n").tasks[0]
    assert (task.answer["at"], task.answer["value"]) == ({"w": "3"}, "6")


def test_the_level_is_that_of_the_class_rule() -> None:
    text = 'Let $y = \\max(0, x)$. It says "yes" if $y > 1/2$, otherwise "no".\n\n(a) Find the decision boundary.\n'
    (task,) = solve(text).tasks
    assert [edge["at"] for edge in task.answer["boundary"]] == [["1/2"]]
    assert sorted(c["label"] for c in task.answer["classes"]) == ["no", "yes"]


def test_the_names_that_a_hint_gives_to_parts_are_used() -> None:
    solution = solve(r"""
The error is $E = \log\cosh(y - t)$ with the target t.

(a) Compute the derivative of E with respect to y.

Hint: the error can be decomposed as $r = y - t$, $E = \log\cosh(r)$.
""")
    (task,) = as_dict(solution)["exercises"][0]["tasks"]
    assert task["answer"]["parts"]["r"] == "y - t"
    assert task["answer"]["result"] == "tanh(y - t)"
