"""What stands behind a layer: a function of the table by its name, or a formula in z such as clip(z, 0, 6)."""

from __future__ import annotations

import re
from typing import Any

from workings.errors import BadValue, NotReadable
from workings.importers.writing import Writing

LINEAR = ("id", "identity", "linear", "none", "")


def activation(writing: Writing, act: Any, pre: str, name: str, place: str, final: bool = False) -> str:
    """Write  name = act(pre)  and give the name of what comes out; the identity writes nothing.

    A softmax at the end is left out, with a note: the largest entry stays the largest.
    """
    if act is None or (isinstance(act, str) and act.strip().lower() in LINEAR):
        return pre
    if not isinstance(act, str):
        raise BadValue(f"act of {place} is {act!r}"[:100], expected='the name of a function, such as "relu" or "id"')
    word = act.strip()
    if word.lower() in ("softmax", "logsoftmax", "log_softmax") and final:
        writing.notes.append(without_softmax(word))
        return pre
    return writing.define(name, _applied(word, pre, place), writing.shapes[pre])


def without_softmax(word: str) -> str:
    """The note that takes the place of a final softmax."""
    return (f"The {word} at the end is left out: it keeps the order of its entries, so the class is still "
            "the index of the largest output (argmax).")


def _applied(word: str, pre: str, place: str) -> str:
    """relu(z1) from relu; clip(z1, 0, 6) from clip(z, 0, 6)."""
    from workings import functions

    if re.fullmatch(r"[A-Za-z_]\w*", word):
        found = functions.signatures().get(word) or functions.signatures().get(word.lower())
        if found is None or not found.least <= 1 <= found.most:
            raise BadValue(f"act of {place} is {word!r}", expected=_known(word),
                           hint='a formula in z may stand there too: "leaky(z, 1/100)"')
        return f"{found.name}({pre})"
    return _formula(word, pre, place)


def _formula(word: str, pre: str, place: str) -> str:
    from workings import functions
    from workings.expr import Ref, free_keys, substitute
    from workings.notation import plain
    from workings.syntax import read_expression

    try:
        tree = read_expression(word, functions.signatures())
    except NotReadable as error:
        says = f"act of {place} is {word!r}: {error.message}"[:300]
        raise BadValue(says, expected="a formula in z: clip(z, 0, 6)") from None
    if free_keys(tree) != [("z", 0)]:
        raise BadValue(f"act of {place} is {word!r}"[:200], expected="a formula in z alone: clip(z, 0, 6)")
    return plain(substitute(tree, {"z": Ref(pre)}))


def _known(word: str) -> str:
    from difflib import get_close_matches

    from workings import functions

    names = sorted(row.name for row in functions.table.values() if len(row.params) == 1 and row.kind == "scalar")
    near = get_close_matches(word.lower(), names, 3, 0.6)
    return f"a function such as {', '.join(near or ['relu', 'abs', 'tanh', 'id'])}"
