"""A file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from workings.errors import BadValue
from workings.render.save import write


def test_it_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write(path, "old")
    write(path, b"new")
    assert path.read_text() == "new" and [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write(path, "old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(BadValue, match="no space left on device"):
        write(path, "new")
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="no such file or directory"):
        write(tmp_path / "none" / "a.txt", "x")
