"""Lines judged in the scope of a part, each once: many answers hold the same line, and its verdict is the same.

A verdict on a line that is not wrong depends on the part, and on the names and facts that lines before it have given;
one on a wrong line also on the wrong lines before it and on the last right one, which say whence it follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from workings.checking.lines import Session
from workings.checking.names import known_names, needed
from workings.checking.sets import Domains
from workings.checking.verdict import Judged
from workings.checking.worlds import World, same_meaning
from workings.errors import Source
from workings.expr import Network, Rel
from workings.limits import REMEMBERED
from workings.notation import plain
from workings.sheets.judge import prepared
from workings.sheets.model import Part
from workings.sheets.placed import judged_in

Key = tuple[Any, ...]


@dataclass(slots=True)
class Scope:
    """A session of one part of one answer, and what in it can change a verdict, as texts."""

    key: tuple[str, str]
    session: Session
    part: Part
    base: Network             # before the person gave any name
    said: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    last: str = ""

    def inherit(self, earlier: Scope) -> None:
        """What an earlier part of the exercise found wrong, or gave a name, where it means the same here."""
        session, before = self.session, earlier.session
        for world in before.worlds:
            there = any(w.since == world.since for w in session.worlds)
            if not there and same_meaning(world.put[-1][0], before.net, session.net):
                session.worlds.append(world)
                self.wrong += (" = ".join(map(plain, world.put[-1])),)
        own = [e for e in before.net.equations if e.key not in earlier.base.defs]
        uses = [e for e in needed(before.net, [e.rhs for e in own]) if e.key in earlier.base.defs]
        if own and all(e.key in session.net.defs and same_meaning(e.lhs, earlier.base, session.net) for e in uses):
            known = known_names(session.net)
            fresh = [e for e in own if e.lhs.name not in known]
            session.net = session.here = session.net.with_(equations=(*session.net.equations, *fresh))
            self.said += tuple(f"{plain(e.lhs)} = {plain(e.rhs)}" for e in fresh)


@dataclass(slots=True)
class Kept:
    """A verdict, the last right line after it, and what a wrong line would mean."""

    judged: Judged
    last: Rel | None
    worlds: Sequence[World]


@dataclass(slots=True)
class Memory:
    """The verdicts on the lines of one sheet's answers so far."""

    kept: dict[Key, Kept] = field(default_factory=dict)
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict)

    def open(self, key: tuple[str, str], part: Part, source: Source) -> Scope:
        """A new session in the scope of a part."""
        if key not in self.sessions:
            self.sessions[key] = prepared(part, source)
        session = copy(self.sessions[key])
        for name in ("facts", "remarks", "worlds", "point"):
            setattr(session, name, list(getattr(session, name)))
        session.domains = Domains(session.net)
        return Scope(key, session, part, session.net)

    def judge(self, scope: Scope, line: Any) -> Judged:
        """The verdict on a line, which may have been given before."""
        if line.body is None:
            return scope.session.judge(line)      # what cannot be read has no other verdict elsewhere
        text = f"{line.kind}: {plain(line.body)}"
        short: Key = (scope.key, scope.said, text)
        found = self.kept.get(short) or self.kept.get((*short, scope.wrong, scope.last))
        return self._again(found, scope, line, text) if found is not None else self._first(scope, line, text, short)

    def _again(self, kept: Kept, scope: Scope, line: Any, text: str) -> Judged:
        out = replace(kept.judged, line=line.index, text=line.text, body=line.body, since=())
        scope.session.worlds += [replace(w, since=(out,)) for w in kept.worlds]
        if kept.worlds:
            scope.wrong += (text,)
        if out.verdict == "right" and kept.last is not None:
            scope.session.last, scope.last = kept.last, text
        return out

    def _first(self, scope: Scope, line: Any, text: str, short: Key) -> Judged:
        session = scope.session
        net, point, last = session.net, session.point, session.last
        facts, worlds, listed = len(session.facts), len(session.worlds), len(session.domains.listed)
        full = (*short, scope.wrong, scope.last)
        out = judged_in(session, scope.part, line)
        if session.net is not net or session.point is not point or len(session.facts) != facts:
            scope.said += (text,)
            return out
        changed = session.last if session.last is not last else None
        scope.last = text if changed is not None else scope.last
        scope.wrong += (text,) * (len(session.worlds) > worlds)
        if len(session.domains.listed) == listed and not out.since and len(self.kept) < REMEMBERED:
            self.kept[full if out.verdict == "wrong" else short] = Kept(out, changed, session.worlds[worlds:])
        return out
