"""Folders that are not as they should be: links, pipes, floods, processes that die or hang; rubrics; file names."""

from __future__ import annotations

import os
import sys

import pytest

import workings
from workings.answers.grade import cell
from workings.cli import run
from workings.errors import BadValue, NotReadable, Source
from workings.render.marks import page_names
from workings.sheets import grade as grading
from workings.sheets.read import read_sheet
from workings.sheets.rubric import points, rubric

SHEET = "# Exercise 1 (10 P)\n\nLet $E = w^2$.\n\n(a) Compute $dE/dw$.\n"
TWO = "# Exercise 1 {0}\n\nLet $E = w^2$.\n\n(a) {1}Compute $dE/dw$.\n\n(b) {2}Compute $dE/dw$ again.\n"


def folder(path, **files):
    place = path / "answers"
    place.mkdir()
    for name, text in files.items():
        (place / name.replace("__", ".")).write_text(text)
    return place


def test_links_pipes_and_other_files_are_left_to_a_person(tmp_path):
    place = folder(tmp_path, good__txt="1a\ndE/dw = 2*w\n", scan__pdf="x", data__bin="x", also__md="1a\ndE/dw = 2*w\n")
    (tmp_path / "secret.md").write_text("1a\ndE/dw = 2*w\n")
    (place / "link.md").symlink_to(tmp_path / "secret.md")
    (place / "inner.md").symlink_to(place / "good.txt")
    (place / "loop.md").symlink_to(place / "loop.md")
    (place / ".hidden.md").write_text("1a")
    os.mkfifo(place / "pipe.md")
    found = workings.grade(SHEET, place)
    assert {a.name: a.problem for a in found.answers if a.problem} == {
        "data": "files that end in .bin are not read", "link": "it is a link that leads out of the folder",
        "loop": "it is a link that leads out of the folder", "pipe": "it is no ordinary file",
        "scan": "it is a PDF, which workings does not read"}
    assert [a.name for a in found.answers if a.marks == 10] == ["also", "good", "inner"]


def test_a_flood_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(grading, "GRADE_BYTES", 10)
    found = workings.grade(SHEET, folder(tmp_path, long__txt="1a\ndE/dw = 2*w\n"))
    assert found.answers[0].problem == "it has 15 bytes, and at most 10 are read"
    assert found.answers[0].waiting == ["1a"]


@pytest.mark.parametrize(("code", "says"), [
    ("import sys; sys.stdin.readline(); sys.stdin.readline(); sys.exit(3)", "judging it ended without a result"),
    ("import sys, time; sys.stdin.readline(); time.sleep(60)", "it took more than 0.5 seconds"),
    ("print('{')", "judging it ended without a result"),
])
def test_a_process_that_dies_hangs_or_talks_nonsense_stops_no_other(tmp_path, monkeypatch, code, says):
    monkeypatch.setattr(grading, "GRADE_SECONDS", 0.5)
    place = folder(tmp_path, a__txt="1a", b__txt="1a")
    found = grading.grade(Source(SHEET), place, [sys.executable, "-c", code], processes=1)
    assert [a.problem for a in found.answers] == [says, says]
    assert all(p.marks is None for a in found.answers for p in a.parts)


def test_a_file_of_the_folder_is_never_taken_for_a_module(tmp_path, monkeypatch):
    place = folder(tmp_path, a__txt="1a\ndE/dw = 2*w\n")
    (tmp_path / "json.py").write_text("raise SystemExit('run')")
    (tmp_path / "click.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    assert workings.grade(SHEET, place).answers[0].marks == 10


def test_folders_of_persons_and_names_twice(tmp_path):
    place = folder(tmp_path, x__md="1a\ndE/dw = 2*w\n", x__txt="1a\ndE/dw = 2*w\n")
    (place / "kim").mkdir()
    (place / "kim" / "sheet.md").write_text("1a\ndE/dw = -2*w\n")
    found = workings.grade(SHEET, place)
    assert [(a.name, str(a.marks)) for a in found.answers] == [
        ("kim/sheet", "15/2"), ("x.md", "10"), ("x.txt", "10")]


def test_nothing_to_grade(tmp_path):
    with pytest.raises(BadValue, match="there is no answer"):
        workings.grade(SHEET, folder(tmp_path))
    with pytest.raises(BadValue, match="is no folder"):
        workings.grade(SHEET, tmp_path / "nowhere")
    with pytest.raises(NotReadable, match="asks nothing"):
        workings.grade("just words", tmp_path)


@pytest.mark.parametrize(("text", "part", "kind", "share"), [
    ("", "1a", "slip", "1/4"),
    ("slip: 10 %", "1a", "slip", "1/10"),
    ("# a remark\nslip: 0,5\n1a slip: 1/3", "1a", "slip", "1/3"),
    ("1a slip: 1/3", "1b", "slip", "1/4"),
    ("follows: 1/10", "1a", "follows", "1/10"),
])
def test_rubrics(text, part, kind, share):
    assert str(rubric(Source(text)).share(kind, part)) == share


@pytest.mark.parametrize(("text", "says"), [
    ("slipp: 1/4", "there is no rule 'slipp'"),
    ("slip 1/4", "this line says no rule"),
    ("slip: much", "'much' is no number"),
    ("slip: 3/2", "3/2 is more than all points of a part"),
    ("slip: 1/0", "'1/0' is no number"),
    ("round: 0", "0 is too small"),
])
def test_rubrics_that_cannot_be_read(text, says):
    with pytest.raises(NotReadable) as caught:
        rubric(Source(text, "rubric.txt"))
    assert says in str(caught.value) and "^" in str(caught.value)


@pytest.mark.parametrize(("sheet", "rules", "expected", "told"), [
    (TWO.format("(5+15=20 P)", "", ""), "", ["5", "15"], ""),
    (TWO.format("(20 points)", "", ""), "", ["10", "10"], "each counts the same"),
    (TWO.format("", "(3 P) ", "(4 P) "), "", ["3", "4"], ""),
    (TWO.format("", "", ""), "", ["1", "1"], "prints no points"),
    (TWO.format("", "", ""), "1b: 12\n7z: 3", ["1", "12"], "speaks of 7z"),
])
def test_points(sheet, rules, expected, told):
    worth, said = points(read_sheet(Source(sheet)), rubric(Source(rules)))
    assert [str(p) for p in worth.values()] == expected
    assert told in " ".join(said) and bool(told) == bool(said)


def test_a_part_by_hand_and_a_rubric_from_the_command_line(tmp_path, capsys):
    place = folder(tmp_path, a__txt="1a\ndE/dw = -2*w\n1b\ndE/dw = 2*w\n")
    (tmp_path / "sheet.md").write_text(TWO.format("(10+10 P)", "", ""))
    (tmp_path / "rules.txt").write_text("slip: 1/10\n1b: by hand\n")
    code = run(["grade", str(tmp_path / "sheet.md"), str(place), "--rubric", str(tmp_path / "rules.txt")])
    out = capsys.readouterr().out
    assert code == 3 and "1b, this part is marked by hand" in out and "9" in out


def test_the_command(tmp_path, capsys):
    place = folder(tmp_path, a__txt="1a\ndE/dw = 2*w\n")
    (tmp_path / "sheet.md").write_text(SHEET)
    command = ["grade", str(tmp_path / "sheet.md"), str(place), "-o", str(place / "marks.csv")]
    assert run(command) == 0
    assert "wrote" in capsys.readouterr().out
    assert run(command) == 2
    assert "nothing is overwritten unasked" in capsys.readouterr().err
    assert run([*command, "--force", "--quiet"]) == 0          # what was written is no answer
    assert capsys.readouterr().out == ""
    (place / "marks.csv").rename(tmp_path / "marks.csv")
    (place / "marks.slips.csv").unlink()
    (place / "marks.pages").rename(tmp_path / "pages")
    assert run(["grade", str(tmp_path / "sheet.md"), str(place), "--json"]) == 0
    assert '"schema": 1' in capsys.readouterr().out


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", " =x"])
def test_no_cell_is_a_formula(text):
    assert cell(text) == f"'{text}"


def test_names_of_pages_are_safe():
    assert page_names(["../../etc/passwd", "index", "a" * 300, "CON?", "ä"]) == {
        "../../etc/passwd": "etc_passwd.html", "index": "index-2.html", "a" * 300: "a" * 80 + ".html",
        "CON?": "CON.html", "ä": "ä.html"}
