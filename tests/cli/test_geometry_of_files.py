"""`pieces`, `boundary` and `same` of files, slices and boxes, as a person calls them."""

import json

import pytest

from workings.cli import run

SEED = {"box": [[-1, 1], [-1, 1]], "layers": [
    {"W": [[1, 0], [0, 1], [1, 1]], "b": [0, 0, 0], "act": "relu"}, {"W": [[-1, -1, 1]], "b": [1], "act": "id"}]}
DEEP = {"layers": [
    {"W": [[(7 * i + 3 * j) % 5 - 2 for j in range(3)] for i in range(7)], "b": [i % 3 - 1 for i in range(7)], "act": "relu"},
    {"W": [[(5 * i + 2 * j) % 7 - 3 for j in range(7)] for i in range(7)], "b": [1] * 7, "act": "relu"},
    {"W": [[1, -1, 1, -1, 1, -1, 1], [0, 1, 0, -1, 0, 1, 0]], "b": [0, 1], "act": "softmax"}]}


@pytest.fixture
def files(tmp_path):
    made = {"seed.json": json.dumps(SEED), "deep.json": json.dumps(DEEP), "plane.csv": "0,0,0\n1,0,1/2\n0,1,0\n",
            "line.csv": "0 0 0\n1 2 3\n", "flat.csv": "0,0,0\n1,1,1\n2,2,2\n", "short.csv": "0,0\n1,0\n0,1\n",
            "words.csv": "a,b,c\n1,2,3\n", "data.csv": "s,t,class\n0,0,one\n0.5,-0.5,two\n",
            "tanh.json": json.dumps({"layers": [{"W": [[1, 1]], "b": [0], "act": "tanh"}]}),
            "other.json": json.dumps({**SEED, "layers": [SEED["layers"][0], {"W": [[-1, -1, 1]], "b": ["3/4"]}]})}
    for name, text in made.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def called(files, capsys, line):
    code = run([str(files / word) if (files / word).exists() else
                word.replace("@", str(files) + "/") for word in line.split()])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_counts_of_a_file_with_its_own_box(files, capsys):
    code, out, _ = called(files, capsys, "pieces seed.json --count --json")
    told = json.loads(out)
    assert code == 0 and told["box"] == [["-1", "1"], ["-1", "1"]] and told["certified"]
    assert told["counts"] | {"thin": 0, "empty": 2} == {
        "cells": 6, "cells_after_output": 6, "maps": 5, "zero_cells": 0, "vertices": 9, "edges": 14, "thin": 0, "empty": 2}
    code, out, _ = called(files, capsys, "pieces seed.json --count --json --box=all")
    assert json.loads(out)["counts"]["cells_after_output"] == 10 and json.loads(out)["box"] == "all"


def test_a_small_file_shows_all_its_workings(files, capsys):
    code, out, _ = called(files, capsys, "pieces seed.json --json")
    told = json.loads(out)
    assert code == 0 and [r["status"] for r in told["regions"]].count("empty") == 2 and told["steps"]
    assert told["inputs"] == ["x1", "x2"] and told["regions"][0]["affine"] == {
        name: told["regions"][0]["affine"][name] for name in told["regions"][0]["affine"]}
    assert told["regions"][2]["affine"]["y"] == {"const": "1", "x2": "1"}


@pytest.mark.parametrize("where", ["--slice=@plane.csv --box=-1,1,-1,1", "--slice=@plane.csv", "--slice=@line.csv --box=0,1"])
def test_slices(files, capsys, where):
    code, out, err = called(files, capsys, f"pieces deep.json --json {where}")
    told = json.loads(out)
    assert code == 0, err
    assert told["inputs"] == (["s", "t"] if "plane" in where else ["s"])
    assert len(told["regions"]) == told["counts"]["cells"] and "".join(told["regions"][0]["pattern"]).strip("+-") == ""
    code, out, _ = called(files, capsys, f"boundary deep.json --json {where}")
    told = json.loads(out)
    assert code == 0 and all(part["between"] == ["y1", "y2"] for part in told["boundary"] if part["type"] != "region")
    assert [c["output"] for c in told["classes"]] == ["y1", "y2"]


@pytest.mark.parametrize("line, code, says, advice", [
    ("pieces deep.json --slice=@flat.csv", 2, "the three points of the slice lie on one line", "span a plane"),
    ("pieces deep.json --slice=@short.csv", 2, "has 2 numbers, the network 3 inputs", "3 numbers a row"),
    ("pieces deep.json --slice=@words.csv", 2, "row 1: 'a' is no number", "numbers such as"),
    ("pieces deep.json --slice=@gone.csv", 2, "there is no file", ""),
    ("pieces deep.json", 3, "3 inputs", "slice"),
    ("pieces seed.json --box=0,0,-1,1", 2, "runs from 0 to 0", "low < high"),
    ("pieces seed.json --box=0,1", 2, "the box has 1 pairs, the network 2 inputs", ""),
    ("boundary seed.json --box=1,0,-1,1", 2, "runs from 1 to 0", "low < high"),
    ("boundary deep.json --output=y9 --slice=@plane.csv", 2, "y9", "y1"),
    ("pieces tanh.json", 3, "tanh", "relu"),
    ("boundary tanh.json", 3, "tanh", "relu"),
    ("pieces seed.json -o @out.xyz", 2, "the suffix .xyz", ".npz"),
    ("pieces seed.json --data @gone.csv -o @out.png", 2, "there is no file", ""),
])
def test_what_is_refused(files, capsys, line, code, says, advice):
    got, _, err = called(files, capsys, line)
    if line == "pieces deep.json":                 # small enough to be cut in three dimensions
        assert got == 0
        return
    assert got == code and says in err and advice in err and "Traceback" not in err


def test_files_are_written(files, capsys):
    names = "out.npz out.svg out.png out.pdf out.json out.html"
    line = "pieces deep.json --slice=@plane.csv --box=-1,1,-1,1 --by layer --data @data.csv"
    code, out, err = called(files, capsys, line + "".join(f" -o @{n}" for n in names.split()))
    assert code == 0 and out.count("wrote") == 6, err
    svg = (files / "out.svg").read_text()
    assert "data:image/png" in svg and "one" in svg and "creases of layer 2" in svg
    assert (files / "out.pdf").read_bytes()[:4] == b"%PDF"
    code, _, _ = called(files, capsys, "boundary deep.json --slice=@plane.csv --box=-1,1,-1,1 -o @line.png -o @line.npz")
    assert code == 0 and (files / "line.png").read_bytes()[:4] == b"\x89PNG"


def test_a_budget_ends_with_what_is_done_marked_partial(files, capsys):
    rows = [[((i * 37 + j * 11) % 101 - 50) / 37 for j in range(40)] for i in range(40)]
    first = [[((i * 29 + j * 13) % 97 - 48) / 31 for j in range(2)] for i in range(40)]
    bias = [((i * 7) % 13 - 6) / 11 for i in range(40)]
    (files / "large.json").write_text(json.dumps({"layers": [
        {"W": first, "b": bias, "act": "relu"}, {"W": rows, "b": bias, "act": "relu"},
        {"W": rows, "b": bias, "act": "relu"}, {"W": rows[:1], "b": [0], "act": "id"}]}))
    code, out, err = called(files, capsys, "pieces large.json --box=-1,1,-1,1 --seconds 0 --engine exact --count --json")
    assert code == 3 and "partial: the time was over" in err and json.loads(out)["counts"]["cells"] > 0


def test_same(files, capsys):
    assert called(files, capsys, "same seed.json seed.json")[:2] == (0, "The networks agree at every point.\n")
    code, out, _ = called(files, capsys, "same seed.json other.json --json")
    assert code == 1 and json.loads(out)["largest"] == "1/4"
    assert called(files, capsys, "same seed.json deep.json")[0] == 2
