"""All benches of deriving and of emitted code in one run: one table, as JSON and Markdown, the machine named.

`python bench/all.py [FOLDER]` runs derivation.py and code.py, each in a process of its own, and writes all.json and
all.md into the folder (bench/results), and stability.json and .md by stability.py (its grids thinned with --thin).
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PEERS = ("numpy", "casadi", "jax", "torch", "sympy", "symengine", "pytensor", "numba")


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    names = [line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    versions = {}
    for name in PEERS:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return {"processor": names[0] if names else platform.processor(), "cores": os.cpu_count(),
            "system": platform.platform(), "python": platform.python_version(), "versions": versions}


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def measured(script: str, *parts: str) -> list[dict[str, Any]]:
    """The results of one script."""
    with tempfile.TemporaryDirectory() as home:
        file = Path(home)/"results.json"
        subprocess.run([sys.executable, str(HERE/script), *parts, str(file)], check=True)
        found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return found


def table(found: dict[str, Any]) -> str:
    """The results in Markdown: a line a ratio."""
    about = found["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    where = f"{about['processor']}, {about['cores']} cores, one thread; {about['system']}; Python {about['python']}"
    lines = ["# workings beside its peers", "", f"{where}; {versions}.", ""]
    lines += ["| what | ours | peer | ratio | at most | |", "| --- | --- | --- | --- | --- | --- |"]
    for result in found["results"]:
        times, unit = result["times"], result["unit"]
        for row in result["ratios"]:
            ours, peer = (f"{name} {times[name]:.4g} {unit}" for name in (row["ours"], row["peer"]))
            holds = "yes" if row["ratio"] <= row["at_most"] else "no"
            lines.append(f"| {result['title']} | {ours} | {peer} | {row['ratio']:.2f} | {row['at_most']} | {holds} |")
        if not result["ratios"]:
            words = ", ".join(f"{name} {value}" for name, value in times.items())
            lines.append(f"| {result['title']} | {words} | | | | |")
    return "\n".join([*lines, ""])


def main() -> None:
    folder = Path(next((a for a in sys.argv[1:] if not a.startswith("-")), HERE/"results"))
    folder.mkdir(parents=True, exist_ok=True)
    results = measured("derivation.py")
    for part in "abcde":
        results += measured("code.py", part)
    found = {"machine": machine(), "results": results}
    (folder/"all.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (folder/"all.md").write_text(table(found), encoding="utf-8")
    thin = [a for a in sys.argv[1:] if a == "--thin"]
    subprocess.run([sys.executable, str(HERE/"stability.py"), str(folder/"stability.json"), *thin], check=True)


if __name__ == "__main__":
    main()
