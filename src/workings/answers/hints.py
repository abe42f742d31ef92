"""What a hint says: the rule of the next step and what it is applied to, never what comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from workings.answers.gradient import title
from workings.answers.levels import HINTS
from workings.answers.words import listing, plain_words
from workings.checking.following import Hint
from workings.checking.verdict import Judged
from workings.document import Inline, Line, Math, Strong
from workings.expr import Rel


def hint_dict(hint: Hint) -> dict[str, Any]:
    """A hint as JSON."""
    from workings.notation import plain

    out: dict[str, Any] = {"kind": hint.kind, "says": plain_words(hint_line(hint))}
    for key, value in (
        ("part", hint.part), ("about", plain(hint.about) if hint.about is not None else ""),
        ("rule", title(hint.step) if hint.step is not None else "chain rule" if hint.kind == "chain" else ""),
        ("applied_to", plain(hint.on) if hint.on is not None else ""),
    ):
        if value:
            out[key] = value
    return {**out, "after": hint.after.line if hint.after is not None else None}


def hint_lines(hints: Sequence[Hint]) -> Iterator[Line]:
    """What is done in one sentence, then the hint."""
    done = list(dict.fromkeys(h.part for h in hints if h.kind == "done" and h.part))
    if len(done) > 1:
        yield (f"{', '.join(done[:-1])} and {done[-1]} are done.",)
    yield from (hint_line(h) for h in hints if len(done) < 2 or h.kind != "done")


def hint_line(hint: Hint) -> Line:
    """The hint as one or two sentences."""
    first, *rest = SAYS[hint.kind](hint)
    part: Line = (Strong(f"{hint.part}."), " ") if hint.part else ()
    if hint.kind not in ("done", "general") and hint.after is not None:
        return (*part, f"After line {_number(hint.after)}: ", first, *rest)
    return (*part, f"{first[:1].upper()}{first[1:]}" if isinstance(first, str) else first, *rest)


def _number(judged: Judged) -> int:
    return judged.place[0] if judged.part and judged.place else judged.line + 1


def _done(hint: Hint) -> Line:
    assert hint.about is not None
    if hint.asked == "chain rule":
        return ("The chain rule for ", Math(hint.about), " is stated, and right. Nothing is left to do here.")
    return (Math(hint.about), " is worked out, and right. Nothing is left to do here.")


def _step(hint: Hint) -> Line:
    assert hint.about is not None and hint.step is not None
    function = hint.step.says.get("function")
    of = f" of {function}" if isinstance(function, str) and function else ""
    on: tuple[Inline, ...] = (", applied to ", Math(hint.on)) if hint.on is not None else ()
    return ("work out ", Math(hint.about), f". The rule is the {title(hint.step)}{of}", *on, ".")


def _chain(hint: Hint) -> Line:
    assert hint.about is not None
    through = listing([Math(q) for q in hint.through])
    each = "through each of " if len(hint.through) > 1 else "through "
    return ("work out ", Math(hint.about), " by the chain rule, ", each, *through, ".")


def _names(hint: Hint) -> Line:
    given = listing([Math(Rel((e.lhs, e.rhs), ("=",))) for e in hint.names])
    return ("name the inner parts, so that each line holds one function: ", *given, ". Then the chain rule applies.")


def _put_in(hint: Hint) -> Line:
    assert hint.about is not None
    lines = [str(_number(j)) for j in hint.lines]
    where = f", from line{'s' * (len(lines) > 1)} {' and '.join([', '.join(lines[:-1]), lines[-1]][len(lines) < 2 :])}"
    return ("put the derivatives that you have found", f"{where}," if lines else "", " into ", Math(hint.about), ".")


def _mend(hint: Hint) -> Line:
    return (f"look at line {_number(hint.lines[0])} again; what is asked rests on it, and it is wrong.",)


def _general(hint: Hint) -> Line:
    return (HINTS.get(hint.asked, "There is no hint for this."),)


def _none(hint: Hint) -> Line:
    return ("there is no hint for this.",)


SAYS = {"done": _done, "step": _step, "chain": _chain, "names": _names, "put in": _put_in, "mend": _mend,
        "general": _general, "none": _none}
