"""`check SHEET --answer FILE`: parts by label, judged in the sheet's scopes."""

from __future__ import annotations

from pathlib import Path

import pytest

import workings
from workings.cli import run
from workings.errors import NotReadable, Source
from workings.sheets.answered import judge_answer

SHEET = Path(__file__).parent / "sheet.md"
ANSWER = r"""Exercise 2
(a) First $\frac{\partial E}{\partial y} = 2(y - t)$, then

$$\frac{\partial E}{\partial u}
 = 2(t - y)(1 - a_1^2) x$$

1a
(x1 >= 0) and (x2 >= 0)
(x1 >= 0) and (x2 >= 0)

9z
9b
E = 3
"""
SUMS = r"""# Exercise 1

Let $E = \frac{1}{N} \sum_{k=1}^N (y_k - t_k)^2$ with $y_k = \sum_{i=1}^d w_i x_i^{(k)}$.

(a) Compute $\partial E/\partial w_i$.
"""


def test_answers():
    report = judge_answer(Source(SHEET.read_text()), Source(ANSWER))
    assert [(j.place, j.verdict, j.slip) for j in report.lines] == [
        ((2, 12), "right", ""), ((4, 3), "wrong", "sign"), ((8, 1), "right", ""), ((9, 1), "duplicate", "")]
    assert report.remarks == [
        "the sheet has no part 9z (line 11); what stands there is not judged",
        "the sheet has no part 9b (line 12); what stands there is not judged"]


def test_a_lost_mean_in_a_sheet_with_written_bounds():
    answer = Source("1a\ndE/dw[i] = sum(k, 2*(y[k]-t[k])*x[i,k])\ndE/dw[i] = 2/N*sum(k, (y[k]-t[k])*x[i,k])\n")
    report = judge_answer(Source(SUMS), answer)
    assert [(j.verdict, j.slip) for j in report.lines] == [("wrong", "lost 1/N"), ("right", "")]


def test_the_command_and_the_function(tmp_path, capsys):
    file = tmp_path / "answer.txt"
    file.write_text(ANSWER)
    assert run(["check", str(SHEET), "--answer", str(file)]) == 1
    assert "Line 4: dE/du = 2*(t - y)*(1 - a1^2)*x\n    ✗ wrong. The two sides differ; slip: sign." in capsys.readouterr().out
    assert workings.check(str(SHEET), answer=str(file)).as_dict()["first_wrong"] == 1


def test_no_label():
    with pytest.raises(NotReadable):
        judge_answer(Source(SHEET.read_text()), Source("nothing here"))
