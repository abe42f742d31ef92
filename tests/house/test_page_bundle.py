"""The committed bundle of the page is what its sources make, where Node is there to make it."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "src" / "workings" / "web" / "static"
LEFT_OUT = ("node_modules",)


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_bundle_is_made_of_its_sources(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no Node here")
    shutil.copytree(ROOT / "web", tmp_path / "web", ignore=shutil.ignore_patterns(*LEFT_OUT))
    got = subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=tmp_path / "web", capture_output=True, text=True)
    if got.returncode:
        pytest.skip("the npm registry is not reached")
    made = subprocess.run([npm, "run", "build", "--", "--outDir", str(tmp_path / "out")], cwd=tmp_path / "web",
                          capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    assert files(tmp_path / "out") == files(BUILT), "make page"


def test_the_bundle_is_small_and_holds_nothing_inline() -> None:
    parts = files(BUILT)
    assert sum(len(gzip.compress(data)) for data in parts.values()) < 400_000
    page = parts["index.html"].decode()
    assert page.count("<script") == 1 and 'src="./assets/page.js"' in page and "style=" not in page
