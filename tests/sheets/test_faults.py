"""A fault of workings in one question does not cost the other questions their answers."""

import pytest

from workings import derive
from workings.cli import run
from workings.sheets import solve

SHEET = "## Exercise 1: A unit\n\nLet $y = w x$.\n\n(a) Compute $dy/dw$.\n\n(b) Evaluate $y$ for $x = 2$ and $w = 3$.\n"


def test_the_others_are_solved(monkeypatch, capsys, tmp_path):
    def fail(*_, **__):
        raise KeyError("q")

    monkeypatch.setattr(derive, "gradient", fail)
    first, second = solve(SHEET).tasks
    assert (first.status, second.status) == ("out of reach", "solved")
    assert first.error is not None and "a fault in workings, not in the sheet: KeyError" in first.error.message
    path = tmp_path / "s.md"
    path.write_text(SHEET)
    assert run(["solve", str(path)]) == 3
    assert "1a gradient out of reach: a fault in workings" in capsys.readouterr().err
    with pytest.raises(KeyError):
        run(["solve", str(path), "--debug"])
