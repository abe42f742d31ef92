"""--level hint, brief, full, every: each shows no less than the one before, a hint never the result."""

from __future__ import annotations

from pathlib import Path

import pytest

from workings import gradient
from workings.cli import run
from workings.document import Fold, Step
from workings.errors import BadValue
from workings.render.markdown import markdown

NET = "a3 = tanh(x1*w13); y = a3*w35; E = log(cosh(y - t))"
RESULT = "tanh(y - t)"
SHEET_TEXT = """## Exercise 1: A unit

The network computes $a = \\tanh(w x)$ and $y = a v$, with the error $E = (y - t)^2$.

(a) Draw the network.
(b) Compute $\\partial E / \\partial w$.
(c) Write the backward computations.

$$\\frac{\\partial E}{\\partial v} = 2 (y - t) a$$
"""


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert run(list(argv)) == 0
    return capsys.readouterr().out


def test_gradient_in_text(capsys: pytest.CaptureFixture[str]) -> None:
    hint, brief, full, every = (
        said(capsys, "gradient", NET, "--wrt", "w13", "--level", level) for level in ("hint", "brief", "full", "every"))
    assert hint == "Chain rule. E depends on w13 only through a3 and y.\n"
    assert "dE/dw13 = dE/dy*dy/da3*da3/dw13" in brief
    assert RESULT in brief and "[+]" not in brief and "Substitution" not in brief
    assert "[+] Smaller steps" in full and "[-]" not in full
    assert "[-] Smaller steps" in every and "[+]" not in every
    assert len(hint) < len(brief) < len(full) < len(every)


@pytest.mark.parametrize("suffix", ["html", "md", "txt"])
def test_gradient_in_files(suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = {}
    for level in ("hint", "brief", "full", "every"):
        name = tmp_path / f"{level}.{suffix}"
        said(capsys, "gradient", NET, "--wrt", "w13", "--level", level, "-o", str(name))
        pages[level] = name.read_text(encoding="utf-8")
    main = {level: page.split("<main")[-1] for level, page in pages.items()}
    assert "tanh" not in main["hint"]
    assert len(main["hint"]) < len(main["brief"]) < len(main["full"]) < len(main["every"]) + 1
    mark = {"html": "<details class=\"fold\" open", "md": "<details open>", "txt": "[-]"}[suffix]
    assert mark in main["every"] and mark not in main["full"] and "etails" not in main["brief"]


def test_a_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = {level: said(capsys, "solve", SHEET_TEXT, "--level", level) for level in ("hint", "brief", "full", "every")}
    assert "2*(y - t)" not in shown["hint"] and "2 (y - t) a" not in shown["hint"] and "Picture" not in shown["hint"]
    assert "2*(y - t)" in shown["brief"] and "[+]" not in shown["brief"].replace("[+] What is asked", "")
    assert "[+]" in shown["full"] and "[+]" not in shown["every"] and "[-]" in shown["every"]
    assert all(f"1{part}" in shown["hint"] for part in "abc")


def test_a_short_derivation_ends_in_its_result(capsys: pytest.CaptureFixture[str]) -> None:
    assert "2*w" in said(capsys, "gradient", "E = w^2", "--wrt", "w", "--level", "brief")


def test_layers_stay_whole_in_brief(capsys: pytest.CaptureFixture[str]) -> None:
    layer = "; ".join(f"h{i} = tanh(w{i}*x + v{i})" for i in range(1, 4))
    text = layer + "; " + "; ".join(f"k{i} = tanh(h1*u{i} + h2*p{i} + h3*q{i})" for i in range(1, 4))
    found = gradient(text + "; y = k1*k2*k3; E = (y - t)^2", "E", "x")
    brief = str(found.at_level("brief"))
    assert all(f"{name} = " in brief for name in found.as_dict()["where"])


def test_a_level_that_is_none() -> None:
    with pytest.raises(BadValue, match="no level 'loud'"):
        gradient("E = w^2", "E", "w").at_level("loud")
    assert run(["gradient", "E = w^2", "--wrt", "w", "--level", "loud"]) == 2


def test_every_fold_of_a_markdown_page_is_open(tmp_path: Path) -> None:
    page = gradient(NET, "E", "w13").at_level("every").document()
    assert any(isinstance(b, Step | Fold) for b in page.blocks)
    assert "<details>" not in markdown(page, tmp_path / "files")
