"""The labels of a LaTeX sheet: exercises, parts and list items, numbered and named as they are printed."""

from __future__ import annotations

import re

from workings.sheets import tex_words as words
from workings.sheets.tex_layout import Env, Layout
from workings.sheets.tex_tokens import Tok, tail, written

LETTERED = re.compile(r"\s*[*_]*\(?(?P<label>[a-z]|[ivx]{2,4})[).:]+[*_]*\s*")
DIGITS = re.compile(r"\s*[*_]*\(?(?P<label>\d{1,3})[).:]*[*_]*\s*")


class Lists(Layout):
    """Questions, parts and items."""

    def _question(self, tok: Tok) -> None:
        r"""`\question[5]`, `\titledquestion{Title}[5]`: "Exercise 1: Title (5 points)"."""
        self.flush()
        self.star()
        title = self.group(tok) if tok.name == "titledquestion" else []
        self.questions += 1
        self._exercise(tok, title, self.optional())

    def _exercise(self, tok: Tok, title: list[Tok], points: list[Tok] | None, number: str = "") -> None:
        self.current, self.loose = number or str(self.questions), {}
        self.put(f"Exercise {self.current}", tok)
        if title:
            self.put(": ", tok)
        for part in title:
            self.put(" " if part.kind == "~" else part.text, part)
        self._points(points, tok)
        self.heading = 2
        self.flush()

    def _points(self, points: list[Tok] | None, tok: Tok) -> None:
        said = written(points or []).replace("\\half", ".5").strip()
        if re.fullmatch(r"\d+(?:\.\d+)?", said):
            self.put(f" ({said} points)", tok)

    def _part(self, tok: Tok) -> None:
        r"""`\part[5]` of an exam; elsewhere `\part{Title}`."""
        lists = [e for e in self.envs if e.name in words.LISTS]
        if not self.exam and not any(e.name == "parts" for e in lists):
            self._heading(tok, 1)
            return
        kind = {"part": "parts", "subpart": "subparts"}.get(tok.name, "subsubparts")
        env = next((e for e in reversed(lists) if e.name == kind), None)
        if env is None:
            self.once(tok.text, f"{tok.text} stands outside of {kind}", tok, f"\\begin{{{kind}}}")
            env = self.loose.setdefault(kind, Env(kind, tok, "letter" if kind == "parts" else "roman"))
        self._begin_item(tok, env, None)
        self._points(self.optional(), tok)
        self.put(" ", tok)

    def _item(self, tok: Tok) -> None:
        env = next((e for e in reversed(self.envs) if e.name in words.LISTS), None)
        if env is None:
            self.once("item", "\\item stands outside of a list", tok, "\\begin{enumerate}")
            env = Env("itemize", tok)
        self._begin_item(tok, env, self.optional())

    def _begin_item(self, tok: Tok, env: Env, given: list[Tok] | None) -> None:
        self.flush()
        self.space()
        if given is None:
            env.count += 1
        if env.exercises:
            self.questions += 1
            self._exercise(tok, [], None, str(env.count))
            return
        said = written(given) if given is not None else words.label(env.style, env.count)
        lettered, digits = LETTERED.fullmatch(said), DIGITS.fullmatch(said)
        if lettered and self._inner(env):
            self.current, self.item = lettered["label"], said          # (i) within (a) is no part of its own
        elif lettered:
            self.current = lettered["label"]
            self.put(f"({self.current}) ", tok)
        elif digits:
            self.current, self.item = digits["label"], digits["label"] + "."
        else:
            self.item = "-"
            self.todo.extend(reversed([*(given or []), tok._replace(kind="words", text=" ", via=("item",))]))

    def _inner(self, env: Env) -> bool:
        """Does a list stand within an item that bears a label?"""
        outer = self.envs[: self.envs.index(env)] if env in self.envs else self.envs
        return any(e.style and not e.exercises for e in outer) or env.name in ("subparts", "subsubparts")

    def _list(self, env: Env) -> None:
        """The style of a list's labels, and where it begins to count."""
        options = written(self.optional() or [])
        if env.name == "tasks" and self.todo and (columns := re.match(r"\(\d\)", self.todo[-1].text)):
            self.todo[-1] = tail(self.todo[-1], columns.end())
        nested = [e.style for e in self.envs if e.name in words.LISTS and e.style and not e.exercises]
        level = 1 + sum(e.name in ("enumerate", "compactenum") for e in self.envs)
        usual = words.USUAL.get(env.name, ("number", "letter", "roman", "letter")[min(level, 4) - 1])
        macro = self.macros.get("labelenum" + words.roman(level)) or self.macros.get("theenum" + words.roman(level))
        said = words.style(options) or (words.style(written(macro.body)) if macro and usual else "")
        env.style = (said or usual) if env.name not in ("itemize", "description", "questions") else ""
        if env.style == "letter" and "letter" in nested:
            env.style = "roman"                           # a second (a) inside (a) is no part of the exercise
        start = re.search(r"start\s*=\s*(\d{1,3})", options)
        env.count = int(start[1]) - 1 if start else self.resumed.get(level, 0) if "resume" in options else 0
        env.exercises = self.bare and not nested and env.style == "number" and self._holds_a_list()

    def _holds_a_list(self) -> bool:
        """Does the list that begins here hold another one with labels?"""
        depth = 0
        for tok in reversed(self.todo):
            if tok.kind == "begin" and tok.name in ("enumerate", "compactenum", "parts"):
                return True
            depth += (tok.kind == "begin") - (tok.kind == "end")
            if depth < 0:
                return False
        return False
