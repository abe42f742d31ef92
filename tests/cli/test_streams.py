"""Standard input and output: sheets through a pipe, one JSON document, narrow terminals, no colours."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

SHEET = """# Sheet

## Exercise 1: A unit (4 P)

Consider the network $y = \\max(0, x_1 - x_2)$ with a rather long sentence about what it is good for and why.

(a) Draw the neural network.
(b) Find the linear pieces, and draw the decision boundary $y = 1$.
"""
NET = "a3 = tanh(x1*w13); y = a3*w35; E = log(cosh(y - t))"
FOLD = "y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)"
VERBS = {
    "read": [NET], "draw": [NET], "run": [NET, "--at", "x1=1, w13=0.5, w35=2, t=0"], "pieces": [FOLD],
    "boundary": [FOLD], "gradient": [NET, "--wrt", "w13"], "hessian": [NET, "--wrt", "y,y"], "backward": [NET],
    "check": [NET, "--line", "dE/dy = tanh(y - t)"], "solve": [SHEET], "doctor": [],
}


def piped(command: str, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """A shell line in which `workings` is this one."""
    line = f'workings() {{ "{sys.executable}" -m workings "$@"; }}; set -o pipefail; {command}'
    return subprocess.run(
        ["bash", "-c", line], input=given, capture_output=True, text=True, env={**os.environ, **variables})


def test_a_sheet_on_standard_input() -> None:
    done = piped("workings solve -", SHEET)
    assert done.returncode == 0 and done.stdout.startswith("Sheet\n=====\n") and "1b" in done.stdout
    assert done.stderr == ""


def test_a_network_on_standard_input_by_crlf() -> None:
    done = piped("workings gradient - --wrt w", "y = w*x\r\nE = y^2\r\n")
    assert done.returncode == 0 and "dE/dw = 2*y*x" in done.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_json_is_one_document_in_a_pipe(verb: str) -> None:
    from contextlib import redirect_stdout
    from io import StringIO

    from workings.cli import run

    with redirect_stdout(StringIO()) as out:
        assert run([verb, *VERBS[verb], "--json"]) == 0
    found = json.loads(out.getvalue(), parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert isinstance(found, dict) and out.getvalue().endswith("}\n")
    assert found["schema"] == 1


def test_json_of_a_sheet_on_standard_input() -> None:
    done = piped("workings solve - --json", SHEET)
    assert [t["status"] for t in json.loads(done.stdout)["exercises"][0]["tasks"]] == ["solved"] * 3
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["workings solve -", "workings solve - --json", f"workings backward '{NET}'"])
def test_a_reader_that_has_seen_enough(command: str) -> None:
    done = piped(f"{command} | head -1", SHEET)
    assert done.stderr == "" and done.stdout.count("\n") == 1


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "xterm-256color", "FORCE_COLOR": "1"}])
def test_no_colours_in_a_pipe(variables: dict[str, str]) -> None:
    done = piped("workings solve -", SHEET, **variables)
    assert "\x1b" not in done.stdout and "\x1b" not in done.stderr


def test_a_narrow_terminal() -> None:
    done = piped("workings solve -", SHEET, COLUMNS="40")
    words = [line for line in done.stdout.splitlines() if not re.search(r"[=<>\d-]", line)]
    assert len(words) > 10 and max(map(len, words)) <= 40
    wide = piped("workings solve -", SHEET, COLUMNS="300")
    assert 60 < max(map(len, wide.stdout.splitlines())) <= 80


def test_a_terminal_without_unicode() -> None:
    done = piped("workings read 'y = w*x' --json; workings gradient 'E = sum(i, x[i]^2)' --of E --wrt 'x[i]'",
                 PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and done.stderr == ""
