"""Lines in the user's notation, with their verdicts: a network, then lines as `verdict how | line`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from workings.answers.check import as_dict, blocks
from workings.checking import check
from workings.functions import signatures
from workings.syntax import read


class Sheet(NamedTuple):
    title: str
    net: str
    given: list[str]
    at: dict[str, int]
    expected: list[tuple[str, str, str]]


def sheets() -> list[Sheet]:
    out: list[Sheet] = []
    for block in (Path(__file__).parent / "lines.txt").read_text().split("\n# ")[1:]:
        title, *rest = block.strip().splitlines()
        net, given, at, expected = [], [], {}, []
        for line in rest:
            if line.startswith("given "):
                given.append(line[6:])
            elif line.startswith("at "):
                at = {k.strip(): int(v) for k, v in (p.split("=") for p in line[3:].split(","))}
            elif " | " in line and line.split()[0] in ("right", "wrong", "duplicate", "undecided", "not"):
                verdict, text = line.split(" | ", 1)
                word, _, how = verdict.replace("not understood", "not_understood").partition(" ")
                expected.append((word.replace("_", " "), how, text))
            elif line.strip():
                net.append(line)
        out.append(Sheet(title, "\n".join(net), given, at, expected))
    return out


SHEETS = sheets()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.title)
def test_lines(sheet: Sheet):
    net = read(sheet.net, signatures())
    report = check(net, [text for _, _, text in sheet.expected], at=sheet.at, given=sheet.given)
    # the text of a line is its statement: without the environment, the number or the word before it
    got = [(j.verdict, text if j.text in text else j.text) for j, (_, _, text) in zip(report.lines, sheet.expected)]
    assert got == [(verdict, text) for verdict, _, text in sheet.expected]
    assert len(report.lines) == len(sheet.expected)
    for judged, (_, how, _) in zip(report.lines, sheet.expected):
        if how:
            assert judged.how == how, judged.text
        by_a_point = judged.verdict == "wrong" and "empty" not in judged.text
        assert not by_a_point or judged.counterexample is not None, judged.text
        assert judged.reason
    bad = [i for i, (verdict, _, _) in enumerate(sheet.expected) if verdict in ("wrong", "duplicate")]
    data = as_dict(report)
    assert data["first_wrong"] == (bad[0] if bad else None)
    assert blocks(report)


def test_the_json_of_a_wrong_line():
    net = read("y = 1 - relu(x1)", signatures())
    data = as_dict(check(net, ["y = 1 - x1"]))
    [line] = data["lines"]
    assert line["verdict"] == "wrong"
    assert line["counterexample"] == {
        "at": {"x1": "-1"}, "yours": "2", "true": "1",
        "where": "the unit relu(x1) is off here (x1 = -1); otherwise the two would agree"}
    assert line["source"] == {"line": 1, "column": 1}
