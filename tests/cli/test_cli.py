"""The command line: exit codes, JSON and nothing else, errors on one screen, no traceback ever."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workings.cli import run

FOLD = "y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)"
LOSS = "E = log(cosh(y - t))"
SHEET = """# A sheet

## Exercise 1: A unit (4 P)

Consider the network $y = \\max(0, x_1)$.

(a) Draw the neural network.
"""

# command line, exit code, in stdout, in stderr
ROWS = [
    (["--version"], 0, "workings 0", ""),
    (["--help"], 0, "Exit codes", ""),
    (["doctor"], 0, "numpy", ""),
    (["read", "y = w*x; E = (y - t)^2"], 0, "y = w*x", ""),
    (["read", "y = w_{13} x", "--to", "plain"], 0, "y = w13*x", ""),
    (["read", "y = w13*x", "--to", "latex"], 0, "w_{13}", ""),
    (["read", "y = w*u", "--inputs", "u"], 0, "u", ""),
    (["draw", FOLD], 0, "x1", ""),
    (["run", "y = 2*x", "--at", "x=1/2"], 0, "1", ""),
    (["run", "y = x[1] + x[2]; x in R^2", "--at", "x=(1/2, 1)"], 0, "3/2", ""),
    (["pieces", FOLD], 0, "(x1 >= 0)", ""),
    (["pieces", FOLD, "--count"], 0, "cells", ""),
    (["pieces", FOLD, "--box=-1,1,-1,1"], 0, "(x1 >= 0)", ""),
    (["boundary", FOLD], 0, "x1", ""),
    (["gradient", LOSS, "--of", "E", "--wrt", "y"], 0, "tanh(y - t)", ""),
    (["gradient", LOSS, "--wrt", "y"], 0, "tanh(y - t)", ""),
    (["hessian", "E = w^2", "--of", "E", "--wrt", "w,w"], 0, "2", ""),
    (["backward", "z = x*w; E = z^2", "--of", "E", "--wrt", "w"], 0, "gw", ""),
    (["check", LOSS, "--line", "dE/dy = tanh(y - t)"], 0, "right", ""),
    (["check", LOSS, "--line", "dE/dy = tanh(t - y)"], 1, "wrong", ""),
    (["check", LOSS, "--line", "dE/dy = tanh(t - y)", "--line", "dE/dy = ("], 1, "wrong", ""),
    (["check", LOSS, "--line", "dE/dy = ("], 2, "not understood", ""),
    (["draw", FOLD, "--quiet"], 0, "", ""),
    (["read", "y ="], 2, "", "^"),
    (["read", "none.txt"], 2, "", "there is no file"),
    (["read", "."], 2, "", "folder"),
    (["gradient", LOSS, "--of", "E"], 2, "", "--wrt"),
    (["gradient", LOSS, "--of", "E", "--wrt", "q"], 2, "", "no quantity q"),
    (["nonsense"], 2, "", "nonsense"),
    (["draw"], 2, "", "NETWORK"),
    (["pieces", "y = tanh(x1)"], 3, "", "tanh"),
    (["serve", "--port", "99999"], 2, "", "there is no port 99999"),
    (["code", "y = x", "--to", "c"], 2, "", "no parameter"),
    (["check", "sheet.md", "--answer", "a.md"], 2, "", "no file sheet.md"),
    (["read", "y = __import__('os')"], 2, "", "^"),
]


@pytest.mark.parametrize(("argv", "code", "out", "err"), ROWS, ids=[" ".join(row[0])[:60] for row in ROWS])
def test_commands(argv: list[str], code: int, out: str, err: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == code
    said = capsys.readouterr()
    assert out in said.out and err in said.err
    assert "Traceback" not in said.err and len(said.err.splitlines()) < 24
    if "--quiet" in argv:
        assert said.out == ""


ANSWERED = [argv for argv, code, _, _ in ROWS if code < 2 and "--quiet" not in argv and argv[0][0] != "-"]


@pytest.mark.parametrize("argv", ANSWERED, ids=lambda argv: " ".join(argv)[:60])
def test_json_is_one_document_and_nothing_else(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run([*argv, "--json"])
    assert json.loads(capsys.readouterr().out)["schema"] == 1


def test_an_error_is_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", "y = (", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert found["error"] and found["source"]["line"] == 1


VERBS = "solve read draw run pieces boundary gradient hessian backward check".split()


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_help_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--help"]) == 0
    assert f"workings {verb} " in capsys.readouterr().out.split("Example")[1]


def test_files_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [str(tmp_path / f"n.{suffix}") for suffix in ("html", "md", "txt", "json", "svg", "png")]
    assert run(["draw", FOLD, *[part for name in names for part in ("-o", name)]]) == 0
    assert capsys.readouterr().out.count("wrote ") == 6
    assert all(Path(name).stat().st_size for name in names) and (tmp_path / "n.files").is_dir()
    assert run(["draw", FOLD, "-o", str(tmp_path / "n.pdf")]) == 3
    assert run(["draw", FOLD, "-o", str(tmp_path / "none" / "n.html")]) == 2


def test_values_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "v.json").write_text('{"x": 0.1, "w": "1/3"}')
    assert run(["run", "y = w*x", "--values", str(tmp_path / "v.json"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["values"]["y"] == "1/30"


# ---------------------------------------------------------------------- solve

@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.md"
    path.write_text(SHEET, encoding="utf-8")
    return path


def test_the_solution_lies_beside_the_sheet(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["solve", str(sheet)]) == 0
    page = (sheet.parent / "sheet.solution.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "<svg" in page
    assert "1a" in capsys.readouterr().out


def test_solve_to_named_files_and_as_json(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = sheet.parent / "out.md"
    assert run(["solve", str(sheet), "-o", str(target), "--quiet"]) == 0
    assert target.exists() and list((sheet.parent / "out.files").iterdir())
    assert not (sheet.parent / "sheet.solution.html").exists()
    assert run(["solve", str(sheet), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["exercises"][0]["tasks"][0]["status"] == "solved"


def test_one_exercise(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["solve", str(sheet), "--exercise", "1", "--json"]) == 0
    assert run(["solve", str(sheet), "--exercise", "7"]) == 2
    assert "no exercise 7" in capsys.readouterr().err


def test_a_part_that_is_not_solved_is_exit_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.md"
    path.write_text(SHEET + "\n(b) Prove that the moon is round.\n", encoding="utf-8")
    assert run(["solve", str(path)]) == 3
    assert "1b" in capsys.readouterr().err


def test_a_sheet_that_asks_nothing_is_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["solve", "Only words here."]) == 2
    assert "no question" in capsys.readouterr().err


# ---------------------------------------------------------------------- processes

def workings(*argv: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    return subprocess.run([sys.executable, "-m", "workings", *argv], capture_output=True, **options)  # type: ignore[call-overload,no-any-return]


def test_standard_input() -> None:
    done = workings("read", "-", "--to", "plain", input=b"y = w_{1} x")
    assert done.returncode == 0 and b"w1" in done.stdout
    assert workings("read", "-", input=b"\xff\xfe\x00").returncode == 2
    assert workings("solve", "-", input=SHEET.encode()).stdout.startswith(b"A sheet")


def test_a_closed_pipe_is_no_error() -> None:
    script = f'"{sys.executable}" -m workings pieces "{FOLD}" | head -1'
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {script}"], capture_output=True)
    assert done.stderr == b"" and done.stdout.count(b"\n") == 1


def test_an_unforeseen_fault_is_one_honest_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    from workings import api

    def fail(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(api, "draw", fail)
    assert run(["draw", FOLD]) == 3
    said = capsys.readouterr().err
    assert "fault in workings" in said and "KeyError" in said and "Traceback" not in said
    with pytest.raises(KeyError):
        run(["draw", FOLD, "--debug"])


def test_control_c_is_clean(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from workings import api

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "draw", stop)
    assert run(["draw", FOLD]) == 130
    assert capsys.readouterr().err.strip() == "stopped"
