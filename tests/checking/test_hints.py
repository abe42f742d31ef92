"""`--next`: one hint after the last right line, never wrong, never the step's result."""

from __future__ import annotations

import pytest

import workings
from workings.cli import run
from workings.derive import gradient
from workings.expr import Ref
from workings.notation import plain

NET = ("z3 = x1*w13; a3 = tanh(z3); z5 = a3*w35; z6 = a3*w36; a5 = tanh(z5); a6 = tanh(z6); y = a5 + a6; "
       "E = (y - t)^2")
SHEET = """# Exercise 1 (5+5+5 P)

Let $z = w x$, $a = \\tanh(z)$ and $E = (a - t)^2$.

(a) Compute $dE/da$.

(b) Compute $dE/dw$.

(c) State the chain rule for $dE/dx$.
"""
# lines of a person -> the hint
HINTS = [
    ("E = (y - t)^2", ["dE/dy = dE/dy*1"],
     "After line 1: name the inner parts, so that each line holds one function: z = y - t. Then the chain rule applies."),
    ("E = w^2", ["dE/dw = 3*w"], "Work out dE/dw. The rule is the power rule, applied to E = w^2."),
    ("E = w^2", ["dE/dw = 2*w"], "dE/dw is worked out, and right. Nothing is left to do here."),
    ("E = w^2", ["E = w^2"], "There is no hint for this."),
    (NET, ["dE/dw13 = dE/dz3*dz3/dw13", "dz3/dw13 = x1"],
     "After line 2: work out dE/dz3 by the chain rule, through each of z5 and z6."),
    (NET, ["dE/dw13 = dE/dz3*x1", "dE/dz3 = dE/da3*(1 - a3^2)"],
     "After line 2: work out dE/da3 by the chain rule, through each of z5 and z6."),
    (NET, ["dE/dw13 = dE/dz3*dz3/dw13", "dz3/dw13 = x1", "dE/dz3 = 3"],
     "After line 2: look at line 3 again; what is asked rests on it, and it is wrong."),
    (NET, ["dE/dz5 = dE/da5*da5/dz5", "dE/da5 = 2*(y - t)"],
     "After line 2: work out da5/dz5. The rule is the known derivative of tanh, applied to a5 = tanh(z5)."),
    (NET, ["dE/dz5 = dE/da5*da5/dz5", "dE/da5 = 2*(y - t)", "da5/dz5 = 1 - a5^2"],
     "After line 1: put the derivatives that you have found, from lines 2 and 3, into dE/dz5."),
]
PARTS = [
    ("1a\ndE/da = 2*(a - t)\n1b\ndE/dw = dE/da*da/dz*dz/dw\n",
     ["1a. dE/da is worked out, and right. Nothing is left to do here.",
      "1b. After line 4: work out da/dz. The rule is the known derivative of tanh, applied to a = tanh(z)."]),
    ("1a\ndE/da = 2*(a - t)\n",
     ["1a. dE/da is worked out, and right. Nothing is left to do here.",
      "1b. Work out dE/dz by the chain rule, through a."]),
    ("1c\ndE/dx = dE/dz*dz/dx\n",
     ["1c. The chain rule for dE/dx is stated, and right. Nothing is left to do here.",
      "1a. Name the inner parts, so that each line holds one function: s = a - t. Then the chain rule applies."]),
]


@pytest.mark.parametrize(("net", "lines", "expected"), HINTS)
def test_hints(net, lines, expected):
    found = workings.check(net, lines, next=True).as_dict()["next"]
    assert [h["says"] for h in found] == [expected]


@pytest.mark.parametrize(("answer", "expected"), PARTS)
def test_hints_for_the_parts_of_a_sheet(answer, expected):
    found = workings.check(SHEET, answer=answer, next=True).as_dict()["next"]
    assert [h["says"] for h in found] == expected


def test_step_by_step_a_hint_leads_to_the_end_and_never_holds_the_result():
    """A person who writes what the engine's own steps say gets a hint after each, until all is done."""
    net = workings.read(NET)
    steps = [s for s in gradient(net, Ref("E"), Ref("w13")).steps if s.rule not in ("multiply out", "simplify")]
    lines: list[str] = []
    for step in steps:
        hint = workings.check(net, lines, next=True).as_dict()["next"][0] if lines else {"kind": "", "says": ""}
        assert hint["kind"] not in ("done", "none", "mend")
        result = plain(step.line.args[-1])
        assert len(result) < 8 or result not in hint["says"]
        lines.append(plain(step.line))
    report = workings.check(net, lines, next=True)
    assert {line.verdict for line in report.lines} == {"right"}
    assert report.as_dict()["next"][0]["kind"] == "done"


def test_the_command_says_it_and_the_exit_code_stays(capsys):
    assert run(["check", "E = w^2", "--line", "dE/dw = 3*w", "--next"]) == 1
    out = capsys.readouterr().out
    assert "What next" in out and "The rule is the power rule" in out
    assert run(["check", "E = w^2", "--line", "dE/dw = 2*w", "--next"]) == 0
