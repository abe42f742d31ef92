"""What a researcher asks on the command line and in Python: measure, the cell at a point, the nearest boundary point."""

import json

import pytest

import workings
from workings.cli import run
from workings.errors import BadValue, OutOfReach

RING = "y = max(abs(x1), abs(x2)) - 1/2"
BOX = "--box=-1,1,-1,1"


def asked(capsys, *words, code=0):
    assert run(list(words)) == code
    out = capsys.readouterr()
    return json.loads(out.out) if "--json" in words else out.out or out.err


def test_measure(capsys):
    facts = asked(capsys, "measure", RING, BOX, "--json")
    low, high = facts["extremes"]["y"]["min"], facts["extremes"]["y"]["max"]
    assert (low["value"], low["at"], high["value"]) == ("-1/2", ["0", "0"], "1/2")
    assert {norm: own["y"]["value"] for norm, own in facts["lipschitz"].items()} == {"1": 1, "2": 1, "inf": 1}
    assert facts["constant"]["constant"] is False
    assert [w["class"] for w in facts["constant"]["witness"]] == ["y < 0", "y > 0"]
    assert [(c["label"], c["components"], c["holes"], c["size"]) for c in facts["classes"]] == [
        ("y < 0", 1, 0, 1.0), ("y > 0", 1, 1, 3.0)]
    assert sum(facts["histogram"]["counts"]) == facts["counts"]["cells"] == 8
    assert facts["certified"] and facts["tally"]["signs"] > 0 and facts["missing"] == {}


def test_measure_as_a_page(capsys):
    shown = asked(capsys, "measure", RING, BOX)
    for words in ("8 cells. Certified:", "Lipschitz constant", "Is the class constant? No: y < 0 at (0, 0)", "y > 0"):
        assert words in shown
    assert "Yes, y > 0 everywhere" in asked(capsys, "measure", "y = abs(x1) + x2 + 2", BOX)


def test_measure_without_end_says_what_it_cannot(capsys):
    facts = asked(capsys, "measure", RING, "--json")
    assert facts["extremes"] == {} and set(facts["missing"]) == {"extremes", "constant", "histogram"}
    assert facts["lipschitz"]["2"]["y"]["value"] == 1
    assert [(c["components"], c["holes"]) for c in facts["classes"]] == [(1, 0), (1, 1)]


def test_measure_on_a_line_and_in_space(capsys, tmp_path):
    points = tmp_path / "line.csv"
    points.write_text("-1,-1\n1,1\n")
    facts = asked(capsys, "measure", RING, f"--slice={points}", "--box=0,1", "--json")
    assert [(c["label"], c["components"], c["holes"]) for c in facts["classes"]] == [("y < 0", 1, 0), ("y > 0", 2, 0)]
    assert facts["lipschitz"]["2"]["y"]["squared"] == "1/2"                 # by lengths in input space
    space = asked(capsys, "measure", "y = max(abs(x1), abs(x2), abs(x3)) - 1/2", "--box=-1,1,-1,1,-1,1", "--json")
    assert [(c["components"], c["holes"], c["cavities"]) for c in space["classes"]] == [(1, 0, 0), (1, 0, 1)]


def test_the_cell_at_a_point(capsys):
    facts = asked(capsys, "pieces", "y = relu(x1) + 2*relu(x2 - x1)", BOX, "--at", "(1/2, 1/4)", "--json")
    assert facts["pattern"] == "+-" and facts["affine"]["y"] == {"const": "0", "x1": "1"}
    assert sorted(facts["vertices"]) == [["0", "-1"], ["0", "0"], ["1", "-1"], ["1", "1"]]
    assert sorted(facts["inequalities"]) == ["x1 - x2 >= 0", "x1 <= 1", "x1 >= 0", "x2 >= -1"]
    shown = asked(capsys, "pieces", "y = relu(x1) + 2*relu(x2 - x1)", BOX, "--at", "1/2,1/4")
    assert "lies in the cell +-" in shown and "y = x1" in shown
    assert "not in the domain" in asked(capsys, "pieces", "y = relu(x1) + x2", BOX, "--at", "3,0", code=2)


def test_the_nearest_boundary_point(capsys):
    facts = asked(capsys, "boundary", RING, BOX, "--near", "3/4,1/8", "--json")
    assert facts["at"] == ["1/2", "1/8"] and facts["distance"] == 0.25
    assert "nearest to (0.75, 0.125) at (0.5, 0.125)" in asked(capsys, "boundary", RING, BOX, "--near", "3/4,1/8")


def test_polygons_and_half_open_boxes(capsys, tmp_path):
    corners = tmp_path / "triangle.csv"
    corners.write_text("0,0\n1,0\n0,1\n")
    for given in ("0,0, 1,0, 0,1", str(corners)):
        facts = asked(capsys, "pieces", "y = relu(x1 - 1/2) + x2", "--polygon", given, "--count", "--json")
        assert facts["counts"]["cells"] == 2 and facts["counts"]["edges"] == 6
    half = asked(capsys, "pieces", "y = relu(x1 - 1) + relu(x2)", "--box=0,inf,-1,1", "--count", "--json")
    assert half["counts"]["cells"] == 4
    assert "not convex" in asked(capsys, "pieces", "y = x1 + x2", "--polygon", "0,0, 2,0, 1,1/9, 0,2", code=2)


def test_counts_say_how_sure_they_are(capsys):
    assert "certified: " in asked(capsys, "pieces", RING, BOX, "--count")
    assert "Certified: " in asked(capsys, "pieces", RING, BOX) and "Certified: " in asked(capsys, "boundary", RING, BOX)


def test_results_show_and_save_themselves(tmp_path):
    net = workings.read(RING)
    box = [(-1, 1)] * 2
    cells = workings.pieces(net, box=box)
    for found in (workings.measure(net, box=box), workings.same(net, net, box=box), cells.at((0, 0)),
                  workings.boundary(net, box=box).near((0, 0))):
        assert found.as_dict()["schema"] == 1 and str(found) and found._repr_html_()
        assert json.loads(found.save(tmp_path / "a.json").read_text())["schema"] == 1


def test_what_is_refused_by_name():
    four = {"layers": [{"W": [[1, 0, 0, 0], [0, 1, 1, 1]], "b": [0, 0], "act": "relu"},
                       {"W": [[1, 1]], "b": [0], "act": "id"}]}
    box = [(-1, 1)] * 4
    assert workings.measure(four, box=box).missing["classes"] == "the classes of a space of 4 dimensions"
    with pytest.raises(OutOfReach, match="volumes of cells in 4"):
        workings.pieces(four, box=box, engine="exact").areas  # noqa: B018
    with pytest.raises(OutOfReach, match="in tiles"):
        workings.pieces(four, box=box, cluster="tcp://127.0.0.1:1")
    with pytest.raises(BadValue, match="a cluster together with"):
        workings.pieces(RING, box=box[:2], cluster="tcp://127.0.0.1:1", seconds=1)
    with pytest.raises(BadValue, match="polygon in a space"):
        workings.pieces(four, polygon=[(0, 0), (1, 0), (0, 1)])
