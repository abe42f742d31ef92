"""What is installed, which compiler, which extras."""

from __future__ import annotations

import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any

import click

NEEDED = ("click", "markdown-it-py", "mdit-py-plugins", "numpy", "python-flint", "rich", "ziamath", "latex2mathml")
EXTRAS = {"pdf": ("typst",)}


def facts() -> dict[str, Any]:
    """The facts as JSON."""
    from workings import __version__

    compiler = next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)
    return {
        "schema": 1,
        "workings": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "needed": {name: _version(name) for name in NEEDED},
        "extras": {extra: {name: _version(name) for name in names} for extra, names in EXTRAS.items()},
        "compiler": compiler,
        "font": (files("workings.render") / "stix-two-math.woff2").is_file(),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def examine(as_json: bool) -> int:
    """Print the facts; 4 if something that is needed is missing."""
    from workings.results import dumps

    found = facts()
    missing = [name for name, installed in found["needed"].items() if installed is None]
    if as_json:
        click.echo(dumps(found), nl=False)
    else:
        click.echo("\n".join(_lines(found)))
    if missing:
        click.echo(f"missing: python -m pip install {' '.join(missing)}", err=True)
    return 4 if missing else 0


def _lines(found: dict[str, Any]) -> list[str]:
    out = [f"workings {found['workings']} on Python {found['python']}, {found['system']}"]
    out += [f"  {name:<18} {number or 'not installed'}" for name, number in found["needed"].items()]
    for extra, names in found["extras"].items():
        out += [f"  {name:<18} {number or 'not installed'}   (extra [{extra}])" for name, number in names.items()]
    out.append(f"  {'compiler':<18} {found['compiler'] or 'none found'}")
    out.append(f"  {'font':<18} {'inside' if found['font'] else 'missing: reinstall workings'}")
    return out
