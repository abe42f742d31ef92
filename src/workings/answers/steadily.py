"""Why a program computes a textbook formula as one function: the rewriting, and its reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from workings.derive import Derivation
from workings.document import Block, Fold, Inline, Line, Math, Row, Step
from workings.expr import Call, Equation, Expr, Neg, Ref, Rel, preorder, rewrite, same
from workings.forms.stable import Found


def rewritten(derivation: Derivation) -> list[tuple[Found, str]]:
    """The spellings in the equation and in the derivative that lose digits or overflow, what is called instead, why."""
    from workings.forms.spellings import AFTER, BEFORE
    from workings.forms.stable import RULES, named

    net, of = derivation.net, derivation.of
    if net is None:
        return []
    found: list[Found] = []
    own = [e for e in net.equations if e.key == of.key]
    for equation in (*own[:1], Equation(of, derivation.result)):
        named(equation, lambda e: e, net.functions, found, (*BEFORE, *RULES, *AFTER))
    return reasons(found)


def reasons(found: Sequence[Found]) -> list[tuple[Found, str]]:
    """Those of which the table of functions says why, the outermost of what stands inside one another, each once."""
    out: list[tuple[Found, str]] = []
    found = _written_out(found)
    for one in found:
        inside = any(_within(one.written, other.written) for other in found if other is not one)
        if reason(one) and not inside and not any(same(one.written, f.written) for f, _ in out):
            out.append((one, reason(one)))
    return out


def reason(found: Found) -> str:
    """Why it is a function of its own, as the table says."""
    from workings.functions import table

    call = found.call.arg if isinstance(found.call, Neg) else found.call
    row = table.get(call.function) if isinstance(call, Call) else None
    return row.stable if row is not None else ""


def because(found: Found, taken: Collection[str]) -> Line:
    """The reason as words, with what the table's letters stand for here; letters that are `taken` give way."""
    from workings.functions import table

    call = found.call.arg if isinstance(found.call, Neg) else found.call
    why = reason(found)
    if not isinstance(call, Call):
        return (f"because {why}",)
    said: list[Inline] = []
    for letter, arg in zip(table[call.function].params, call.args):
        if not re.search(rf"\b{letter}\b", why) or (isinstance(arg, Ref) and arg.name == letter):
            continue
        own = next((n for n in (letter, *"uvrsq") if n not in taken), letter)
        why = re.sub(rf"\b{letter}\b", own, why)
        said += [" and " if said else "with ", Math(Rel((Ref(own), arg), ("=",)))]
    return ("because, ", *said, f", {why}") if said else (f"because {why}",)


def _written_out(found: Sequence[Found]) -> list[Found]:
    """sqrt(1 + z^2) - 1 where hypot(z, 1) - 1 was found after hypot(z, 1)."""
    out: list[Found] = []
    for one in found:
        def back(node: Expr) -> Expr:
            return next((known.written for known in out if same(node, known.call)), node)

        out.append(Found(one.name, rewrite(one.written, back), one.call))
    return out


def _within(part: Expr, whole: Expr) -> bool:
    return any(node is not whole and same(node, part) for node in preorder(whole))


def as_list(derivation: Derivation) -> list[dict[str, Any]]:
    """The same as JSON."""
    from workings.notation import plain

    found = rewritten(derivation)
    return [{"written": plain(f.written), "computed": plain(f.call), "because": why} for f, why in found]


def blocks(derivation: Derivation) -> list[Block]:
    """After the derivation, folded away: it is about programs, not about the derivative."""
    found = rewritten(derivation)
    if not found or derivation.net is None:
        return []
    names = {name for name, _ in (*derivation.net.defs, *derivation.net.leaves)}
    steps = [Step("in floating point", (Math(f.written), " is computed as one function, ", *because(f, names), "."),
                  (Row(Rel((f.written, f.call), ("=",))),)) for f, _ in found]
    return [Fold(("What a program computes instead",), tuple(steps))]
