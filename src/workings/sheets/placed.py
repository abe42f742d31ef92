"""Lines with numbers in a part that gives values: `dE/dw = -8` is meant at these values, `dE/dw = 2*w` everywhere."""

from __future__ import annotations

from copy import copy
from typing import Any

from workings import work
from workings.checking.derivs import derivatives
from workings.checking.lines import Session
from workings.checking.verdict import Judged
from workings.errors import WorkingsError
from workings.expr import Expr, Rel, free_refs
from workings.sheets.model import Part

SAID = "at the values that the sheet gives"


def judged_in(session: Session, part: Part, line: Any) -> Judged:
    """The verdict on a line of a part: sides that are numbers are compared at the part's values, where it has some."""
    body = line.body
    at = next((q.at for q in part.questions if q.at), None)
    if not at or not isinstance(body, Rel) or set(body.ops) != {"="}:
        return session.judge(line)
    numbers = [s for s in body.args if _is_number(s)]
    others = [s for s in body.args if not _is_number(s)]
    if not numbers or not others:
        return session.judge(line)
    if len(others) > 1:
        symbolic = session.judge(_with(line, others))
        if symbolic.verdict != "right":
            symbolic.body = body
            return symbolic
    there = _at_values(session, part, dict(at))
    out = (there or session).judge(_with(line, [others[0], *numbers]))
    out.body = body
    if there is not None:
        session.net, session.here, session.last = there.net, there.here, there.last
        out.reason = f"{out.reason}, {SAID}" if out.verdict == "right" else out.reason
    return out


def _is_number(side: Expr) -> bool:
    return not free_refs(side) and not derivatives(side)


def _with(line: Any, sides: list[Expr]) -> Any:
    out = copy(line)
    out.body = Rel(tuple(sides), ("=",) * (len(sides) - 1), line.body.span)
    return out


def _at_values(session: Session, part: Part, at: dict[str, Any]) -> Session | None:
    """The session at the part's values; it shares the wrong lines so far.  None where the values do not fit."""
    try:
        given = Session(part.net, work.values(at, part.net))
    except WorkingsError:
        return None
    there = copy(session)
    there.point, there.bind = given.point, given.bind
    return there
