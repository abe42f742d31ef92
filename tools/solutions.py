"""Makes the committed solutions of our own sheets: sheets/NAME.md or .tex -> sheets/solved/NAME.md with its pictures.

usage: python tools/solutions.py [FOLDER]      (FOLDER: where to, default sheets/solved)
"""

import sys
from pathlib import Path

import workings

ROOT = Path(__file__).parents[1]


def sheets() -> list[Path]:
    """Our own sheets, in order of name."""
    return sorted(p for p in (ROOT / "sheets").iterdir() if p.suffix in (".md", ".tex"))


def make(sheet: Path, folder: Path) -> Path:
    """Solves one sheet into `folder`."""
    out = folder / f"{sheet.stem}.md"
    workings.solve(str(sheet)).save(str(out))
    return out


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "sheets" / "solved"
    target.mkdir(parents=True, exist_ok=True)
    for path in sheets():
        print(make(path, target))
