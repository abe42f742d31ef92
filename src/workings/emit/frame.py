"""What the Python texts share: names, the function around the statements, the functions that a file brings along."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from workings.emit import kernels
from workings.emit.identifiers import PYTHON, identifiers
from workings.emit.plan import Plan
from workings.emit.sizes import solved
from workings.emit.speak import Speaker
from workings.emit.text import arguments
from workings.expr import Key
from workings.notation import plain

OWN = frozenset(("forward_backward", "self_test", "GRADIENTS", "SIZES"))


def names_of(plan: Plan, library: str, own: Collection[str]) -> tuple[dict[Key, str], set[str]]:
    """The identifiers of a plan, and what a text of that library keeps for itself."""
    reserved = {*PYTHON, *kernels.python(library), *own}
    return identifiers([*plan.fields, *((s, 0) for s in (*plan.sizes, *plan.ranges))], reserved), reserved


def shaped(plan: Plan, speaker: Speaker) -> tuple[list[str], list[str]]:
    """The statements that take sizes from the shapes of arrays, and the sizes that must be given."""
    told, given = solved(plan, speaker, lambda name, place: f"{name}.shape[{place}]")
    return [f"    {name} = {text}" for name, text in told], given


def function(plan: Plan, speaker: Speaker, given: Sequence[str], lines: Sequence[str], sizes: bool = True) -> list[str]:
    """`forward_backward` around its statements, and what it says of itself."""
    results = [speaker.name(plan.of.key), *(speaker.name(entry.key) for _, entry in plan.gradients)]
    wrt = ", ".join(f'"{plain(w)}"' for w, _ in plan.gradients)
    return [
        f"def forward_backward({call(plan, speaker, given)}):", *docstring(plan), *lines,
        f"    return {', '.join(results)}", "", "", f"GRADIENTS = ({wrt},)",
        *([f"SIZES = {tuple(given)!r}"] if sizes else []),
    ]


def call(plan: Plan, speaker: Speaker, given: Sequence[str]) -> str:
    """The arguments in their order, then the sizes that no array tells."""
    return ", ".join([*(speaker.name(f.key) for f in plan.arguments), *given])


def docstring(plan: Plan) -> list[str]:
    """What the function takes and returns."""
    returns = ", ".join([plain(plan.of), *(f"d{plain(plan.of)}/d{plain(w)}" for w, _ in plan.gradients)])
    return ['    """' + returns, "", *(f"    {line}" for line in arguments(plan)), '    """']


def head(lines: Sequence[str]) -> list[str]:
    """The docstring of a file."""
    return ['"""' + "\n".join(lines), '"""', ""]


def brought(library: str, body: str) -> list[str]:
    """The kernels that a text uses, by name, in the order of their file."""
    return kernels.needed(kernels.python(library), dict.fromkeys(words(body)))


def words(body: str) -> list[str]:
    """The names in a text, each once."""
    return list(dict.fromkeys(re.findall(r"[A-Za-z_]\w*", body)))


def arrays_module(lines: Sequence[str], library: str, imports: Sequence[str], body: str, test: str) -> str:
    """A file over whole arrays that stands alone."""
    own = kernels.python(library)
    text = "\n\n\n".join(own[n].text for n in brought(library, body))
    carried = [text, "", ""] if text else []
    maths = ["import math", ""] if "math." in text + body else []
    return "\n".join([*head(lines), *maths, *imports, "", "", *carried, body, "", "", test.strip("\n"), ""])
