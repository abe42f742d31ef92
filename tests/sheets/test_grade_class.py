"""`grade` on a class of our own: fourteen answers to sheets/backpropagation.md, with the marks and groups they deserve."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import workings
from workings.answers.grade import groups, slips_table, table

SHEET = Path(__file__).parents[2] / "sheets" / "backpropagation.md"
ANSWERS = Path(__file__).parent / "class" / "answers"
PARTS = "1a 1b 2a 2b 2c 3a 3b 4a 4b 4c 4d".split()
# ? is left to a person
EXPECTED = """
    =mia         ?  ?    10  0   0  ?  0    ?  0   0 0
    ada          ?  15   10  10  10 ?  15   ?  10  5 10
    ben          ?  ?    7.5 0   10 ?  11.5 ?  0   0 0
    cem          ?  ?    10  0   0  ?  0    ?  7.5 5 10
    dora         ?  ?    10  0   0  ?  15   ?  0   0 0
    eli          ?  ?    10  ?   ?  ?  ?    ?  ?   ? ?
    finn         ?  ?    7.5 0   0  ?  11.5 ?  0   0 0
    gwen         ?  ?    10  0   0  ?  7.5  ?  5   0 0
    hana         ?  ?    ?   ?   ?  ?  ?    ?  ?   ? ?
    igor         ?  ?    ?   ?   ?  ?  ?    ?  ?   ? ?
    juno         ?  ?    ?   0   ?  ?  0    ?  10  0 0
    kim          ?  ?    10  0   ?  ?  0    ?  7.5 0 0
    lea          ?  ?    0   0   0  ?  0    ?  0   0 0
    noor/answer  ?  11.5 0   7.5 0  ?  0    ?  0   0 0
"""
# (answer, part) -> what the reason must say
REASONS = {
    ("=mia", "2a"): "dL/dy is right",
    ("ada", "1b"): "the whole boundary is there, and right",
    ("ben", "2a"): "sign in line 7 (-2.5)",
    ("ben", "3b"): "index: x1 where x2 is meant in line 19 (-3.75)",
    ("cem", "4b"): "lost inner derivative: of z3 by w13 in line 6 (-2.5)",
    ("cem", "4d"): "line 14 follows from 4b (line 6) (nothing off)",
    ("eli", "2c"): "there are only words, or a picture, under this label",
    ("gwen", "3b"): "dL/dw24 not worked out (-7.5)",
    ("gwen", "4b"): "dE/dw24 missing (-5)",
    ("juno", "2a"): "line 2 is undecided",
    ("kim", "2c"): "line 3 was not understood: the bracket ( is never closed",
    ("kim", "4b"): "factor: 2 too many in line 5 (-2.5)",
    ("noor/answer", "1b"): "the ray from (-2, 2) along (-1, 0) missing (-3.75)",
}
GROUPS = [
    ("2a", "dL/dy", "sign", ["=mia", "ben", "finn"]),
    ("3b", "dL/dw24", "index: x1 where x2 is meant", ["ben", "finn"]),
]


@pytest.fixture(scope="module")
def graded():
    return workings.grade(SHEET, ANSWERS, processes=2)


def marks(answer):
    return ["?" if p.marks is None else str(float(p.marks)).removesuffix(".0") for p in answer.parts]


@pytest.mark.parametrize("row", EXPECTED.strip().splitlines(), ids=lambda row: row.split()[0])
def test_marks(graded, row):
    name, *expected = row.split()
    answer = next(a for a in graded.answers if a.name == name)
    assert [p.part for p in answer.parts] == PARTS
    assert marks(answer) == expected


@pytest.mark.parametrize(("name", "part"), REASONS)
def test_reasons(graded, name, part):
    answer = next(a for a in graded.answers if a.name == name)
    assert next(p.why for p in answer.parts if p.part == part).startswith(REASONS[name, part])


def test_no_answer_is_forgotten_and_files_that_are_no_text_are_told(graded):
    assert len(graded.answers) == len([p for p in ANSWERS.rglob("*") if p.is_file()]) == 14
    assert {a.name: a.problem for a in graded.answers if a.problem} == {
        "hana": "the file is empty", "igor": "igor.md is no text: byte 128 (line 2) is not UTF-8"}


def test_groups_of_the_same_proven_slip(graded):
    assert [(g.part, g.about, g.slip, g.names) for g in groups(graded.data)][:2] == GROUPS
    assert slips_table(graded.data)[1] == [
        "2a", "dL/dy", "sign", "3", "'=mia, ben, finn", "dL/dy = -tanh(y - t)"]


def test_the_rule_stands_in_every_output(graded):
    assert any("1/4 of the part's points off" in line for line in graded.as_dict()["rubric"])
    assert "1/4 of the part's" in graded.text()


def test_the_files(graded, tmp_path):
    target = graded.save(tmp_path / "marks.csv")
    rows = list(csv.DictReader(target.open(encoding="utf-8")))
    assert [row["answer"] for row in rows][:2] == ["'=mia", "ada"]
    assert rows[1]["2a"] == "10" and rows[1]["marks so far"] == "85" and rows[1]["needs a person"] == "1a, 3a, 4a"
    assert all(row["marks so far"] == "" for row in rows if row["answer"] in ("hana", "igor"))
    pages = tmp_path / "marks.pages"
    assert sorted(p.name for p in pages.iterdir()) == sorted(
        ["index.html", *(Path(row["feedback"]).name for row in rows)])
    page = (pages / "cem.html").read_text(encoding="utf-8")
    assert "It follows from your 4b (line 6)" in page
    assert 'src="http' not in page and 'href="http' not in page and "<script" not in page
    assert 'href="ada.html"' in (pages / "index.html").read_text(encoding="utf-8")
    assert "2a,dL/dy,sign,3" in (tmp_path / "marks.slips.csv").read_text(encoding="utf-8")


def test_nothing_is_overwritten_unasked(graded, tmp_path):
    graded.save(tmp_path / "marks.csv")
    with pytest.raises(workings.BadValue, match="is there already"):
        graded.save(tmp_path / "marks.csv")
    graded.save(tmp_path / "marks.csv", overwrite=True)


def test_the_same_bytes_whatever_the_processes(graded):
    alone = workings.grade(SHEET, ANSWERS, processes=1)
    assert table(alone.data) == table(graded.data) and alone.as_dict() == graded.as_dict()
