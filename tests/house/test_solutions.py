"""The committed solutions of our own sheets are what the program makes today, pictures included."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import solutions  # noqa: E402


@pytest.mark.parametrize("sheet", solutions.sheets(), ids=lambda p: p.stem)
def test_committed_solution_is_fresh(sheet: Path, tmp_path: Path) -> None:
    made = solutions.make(sheet, tmp_path)
    kept = ROOT / "sheets" / "solved"
    new = {str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert made.name in new
    stale = [name for name, data in new.items() if not (kept / name).is_file() or (kept / name).read_bytes() != data]
    assert not stale, f"run `make solutions`: {stale}"
    pictures = {str(p.relative_to(kept)) for p in kept.glob(f"{sheet.stem}*/*")}
    assert pictures <= set(new), "pictures that no solution shows any more"
