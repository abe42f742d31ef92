"""The report of `check`: the reading first, then sign and word, the reason, the counterexample; proofs folded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import workings
from workings.cli import run

NET = "z = x*w; a = tanh(z); E = (a - t)^2"
LINES = ["dE/da = 2*(a - t)", "dE/dw = 2*(t - a)*(1 - a^2)*x", "dE/dq = 3", "dE/dw = 2*(", "E = E"]
SHARED = Path(__file__).parents[3] / "shared/sheets/exercise-sheet-2.md"
NOTES = [
    "The numbers in line 50 are right once the duplicate is struck out.",
    "Line 67 names c: it is cosh(z).",
    "Lines 72 and 75 are one step printed twice.",
    "The printed solution of 3b stops before dy/da6, da3/dz3, dz3/dw13.",
    "Line 143 states nothing: its other side is left open; it writes ell for E.",
]


@pytest.fixture(scope="module")
def report():
    return workings.check(NET, LINES)


def plain(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.replace("</p>", " ")))


def test_text(report):
    text = report.text()
    assert text.startswith("5 lines: 2 right, 1 wrong, 2 not understood; the first error is in line 2.")
    assert "Line 1: dE/da = 2*(a - t)\n    ✓ right. The normal forms agree." in text
    assert "Line 2: dE/dw = 2*(t - a)*(1 - a^2)*x\n    ✗ wrong. The two sides differ; slip: sign.\n" in text
    assert re.search(r"Counterexample\. At .+ yours\s+is\s+-?\d.*,\s+and\s+the\s+truth\s+is\s+-?\d", text, re.S)
    assert "… not understood. No quantity of this network is called q." in text
    assert "        dE/dw = 2*(\n" in text and "^" in text      # the place, with a caret under it
    assert "derived" not in text                                # a terminal has nothing to open


def test_the_page_shows_the_reading_before_the_verdict_and_signs_beside_words(report):
    page = report._repr_html_()
    first = page[page.index('<section class="checked right"') : page.index("</section>")]
    assert first.index("<math") < first.index('class="verdict"') < first.index('class="why"')
    assert 'aria-hidden="true">✓</span> right' in first and 'aria-label="Line 1: right"' in first
    assert "<details" in first and "is derived</summary>" in first
    wrong = page[page.index('<section class="checked wrong"') :]
    assert '✗</span> wrong' in wrong and "Counterexample." in wrong
    assert "<details" not in wrong[: wrong.index("</section>")]                  # it would give the solution away


@pytest.mark.parametrize("suffix", [".html", ".md", ".txt", ".json"])
def test_files(report, tmp_path, suffix):
    text = report.save(tmp_path / f"report{suffix}").read_text(encoding="utf-8")
    assert "sign" in text and "not understood" in text


def test_words_of_a_person_are_escaped():
    page = workings.check(NET, ["<script>alert(1)</script> = 3"])._repr_html_()
    assert "<script>" not in page


@pytest.mark.parametrize(("lines", "code"), [
    (["dE/da = 2*(a - t)"], 0), (LINES[:2], 1), (["dE/da = 2*(a - t)", "dE/dq = 3"], 2), (["dE/dq = 3", LINES[1]], 1),
    (["dE/da = 2*(a - t) + atan(x) + atan(1/x) - atan(2*x) - atan(1/(2*x))"], 3),
    (["dE/dq = 3", "dE/da = 2*(a - t) + atan(x) + atan(1/x) - atan(2*x) - atan(1/(2*x))"], 2),
])
def test_exit_codes(lines, code, capsys):
    assert run(["check", NET, *(part for line in lines for part in ("--line", line)), "--quiet"]) == code
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(not SHARED.exists(), reason="the shared sheet is not here")
def test_the_shared_sheet_in_text_json_and_html():
    report = workings.check(SHARED)
    facts, text, page = report.as_dict(), " ".join(report.text().split()), plain(report._repr_html_())
    wrong = {j["source"]["line"]: (j["verdict"], j.get("slip")) for j in facts["lines"] if j["verdict"] != "right"}
    assert wrong == {31: ("duplicate", None), 125: ("wrong", "index: a6 where a5 is meant"), 141: ("wrong", "minus lost")}
    assert facts["lines"][facts["first_wrong"]]["source"]["line"] == 31
    for note in NOTES:
        assert note in text and note in page
        assert note[:1].lower() + note[1:].rstrip(".") in [r[:1].lower() + r[1:] for r in facts["remarks"]]
    assert "what follows is judged under that reading; slip: minus lost." in text and "= duplicate" in page
