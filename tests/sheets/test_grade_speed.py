"""200 answers in under two minutes on two cores."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import pytest

import workings

BENCH = Path(__file__).parents[2] / "bench" / "grade.py"


@pytest.mark.slow
def test_two_hundred_answers_in_two_minutes(tmp_path):
    spec = importlib.util.spec_from_file_location("bench_grade", BENCH)
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    (tmp_path / "answers").mkdir()
    for number in range(200):
        bench.write(tmp_path / "answers", number)
    start = time.monotonic()
    found = workings.grade(bench.SHEET, tmp_path / "answers", processes=2)
    found.save(tmp_path / "marks.csv")
    assert time.monotonic() - start < 120
    assert len(found.answers) == 200 and not any(a.problem for a in found.answers)
