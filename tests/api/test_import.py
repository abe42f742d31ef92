"""`import workings` is light: nothing but the standard library, and hardly any of that."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import workings

ROOT = Path(__file__).resolve().parents[2]


def loaded(code: str) -> set[str]:
    """The top-level modules loaded after running some code in a fresh process."""
    script = f"{code}\nimport sys\nprint(' '.join(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def third_party(modules: set[str]) -> set[str]:
    """Those that come from an installed distribution other than our own."""
    known = packages_distributions()
    bare = loaded("")
    return {m for m in modules - bare if m in known and m not in ("workings", "__editable___workings_0_1_0_finder")}


def test_import_loads_no_third_party_module() -> None:
    assert third_party(loaded("import workings")) == set()


def test_reading_loads_no_third_party_module() -> None:
    assert third_party(loaded("import workings; workings.read('y = tanh(w*x)')")) == set()


def test_the_verbs_are_there() -> None:
    for name in "read read_text draw run pieces boundary gradient backward hessian check solve".split():
        assert callable(getattr(workings, name))
        assert name in dir(workings)


def test_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert workings.__version__ == project["version"]


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(workings, "nonsense")
