"""Roles, classes and conventions that sentences state, a row each."""

import pytest

from workings.errors import Source
from workings.notation import plain
from workings.sheets import read_sheet

ROLES = [
    ("Let $o = q r$, where $q$ is the input.", "q", "input"),
    ("Let $o = q r$ with the targets q.", "q", "target"),
    ("The true target value that the network should predict is given by q. Let $o = q r$.", "q", "target"),
    ("Let $q$ be two observed variables and $o = q r$.", "q", "input"),
    ("Let $o = q x$, where q is a parameter.", "x", "input"),
    ("Let $o = q r$ where q is a target variable that is approximated.", "q", "target"),
    ("We denote by $q$ the label. Let $o = q r$.", "q", "target"),
    ("A network takes two inputs $q_1$ and $q_2$. Let $o = q_1 r + q_2$.", "q2", "input"),
    ("Given inputs $q_1, \\dots, q_N \\in \\mathbb{R}^d$. Let $o = \\sum_{k=1}^N q_k r$.", "q", "input"),
    ("Let $x \\in \\mathbb{R}$ be a parameter and $o = x r$.", "x", "parameter"),
    ("The shared parameter x occurs twice in $o = x r$.", "x", "parameter"),
    ("Let $o = x t$.", "t", "target"),
]


@pytest.mark.parametrize(("text", "name", "role"), ROLES, ids=lambda v: v[:40])
def test_roles(text: str, name: str, role: str) -> None:
    net = read_sheet(Source(text)).exercises[0].intro.net
    key = next(k for k in net.leaves if k[0] == name)
    assert net.role(key) == role


CLASSES = [
    ("The instance is of class 1 if y < 0 and of class 2 if y > 0.", ["class 1: y < 0", "class 2: y > 0"]),
    ("It predicts class A if $y \\geq 0$ and class B otherwise.", ["class A: y >= 0", "class B: y < 0"]),
    ("If $y > 0$, the network predicts class 2.", ["class 2: y > 0"]),
    ("It is in the positive class whenever y > 1/2.", ["positive class: y > 1/2"]),
    ("Points belong to class 1 (y<0) or class 2 (y>0).", ["class 1: y < 0", "class 2: y > 0"]),
    ("There are two classes.", []),
]


@pytest.mark.parametrize(("text", "expected"), CLASSES, ids=lambda v: str(v)[:40])
def test_classes(text: str, expected: list[str]) -> None:
    net = read_sheet(Source(f"Let $y = x_1 - x_2$. {text}\n")).exercises[0].intro.net
    assert [f"{c.label}: {plain(c.condition)}" for c in net.classes] == expected


def test_conventions_are_notes() -> None:
    sheet = read_sheet(Source("Unless stated otherwise we use log to denote the natural logarithm.\n"))
    assert [r.says for r in sheet.remarks] == ["log is the natural logarithm, as the sheet says"]
    sheet = read_sheet(Source("Here log denotes the logarithm to base 2.\n"))
    assert "log is read as the natural logarithm all the same" in sheet.remarks[0].says


def test_sizes() -> None:
    net = read_sheet(Source("Let $x \\in \\mathbb{R}^d$ be a data point.")).exercises[0].intro.net
    assert [plain(a) for a in net.shapes["x"]] == ["d"]
