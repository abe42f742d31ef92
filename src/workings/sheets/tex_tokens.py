r"""LaTeX into tokens, each with its place in the file, and what looks ahead among them; every look is bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workings.limits import TEX_LOOKED, TEX_PROBLEMS, TEX_WORK
from workings.errors import InputTooLarge, NotReadable, Source, Span, WorkingsError
from workings.expr import Remark

VERBATIM = ("verbatim", "verbatim*", "Verbatim", "lstlisting", "minted", "alltt", "comment", "filecontents",
            "filecontents*")


class Tok(NamedTuple):
    r"""`kind`: words, cs (`\name`), sym (`\%`), begin, end, maths, par, verbatim, command, or the character itself.

    `via`: the macros that brought it, innermost last; empty for what stands in the file.
    """

    kind: str
    text: str                 # as written
    name: str                 # of a command or environment; the body of verbatim
    at: int
    end: int
    via: tuple[str, ...] = ()


LEX = re.compile(
    r"""(?P<env>\\(?:begin|end)\s*\{(?P<name>[^{}\n]*)\})
    | (?P<verb>\\(?:verb|lstinline)\*?(?P<q>[^A-Za-z\s*{\[])(?P<v>[^\n]{0,500}?)(?P=q))
    | (?P<cs>\\[A-Za-z@]+)
    | (?P<sym>\\(?s:.)|\\)
    | (?P<comment>%(?P<says>[^\n]*)(?:\n[ \t]*(?![ \t\r]*\n))?)
    | (?P<par>\n[ \t\r]*(?:\n[ \t\r]*)+)
    | (?P<maths>\$\$?)
    | (?P<one>[{}~\[\]\#&])
    | (?P<words>[^\\%\n$\[\]{}~\#&]+|\n)""", re.X)
COMMAND = re.compile(r"%*\s*workings\s*:\s*(?P<body>.*\S)", re.I)


def lex(source: Source, start: int = 0) -> Iterator[Tok]:
    """The tokens as they stand in the file."""
    text, at = source.text, start
    open_ended: set[str] = set()                          # verbatim environments that nothing closes
    while at < len(text):
        match = LEX.match(text, at)
        assert match is not None
        kind, raw, end = match.lastgroup or "", match.group(), match.end()
        if match["env"] is not None:
            kind = "begin" if raw.startswith("\\begin") else "end"
            name = match["name"].strip()
            opens = kind == "begin" and name in VERBATIM and name not in open_ended
            close = text.find(f"\\end{{{name}}}", end) if opens else -1
            if close >= 0:
                end = close + len(name) + 6
                yield Tok("verbatim", text[at:end], name, at, end)
            else:
                open_ended.update([name] if opens else [])
                yield Tok(kind, raw, name, at, end)
        elif match["verb"] is not None:
            yield Tok("words", match["v"], "", match.start("v"), match.end("v"))
        elif match["cs"] is not None:
            yield Tok("cs", raw, raw[1:], at, end)
        elif match["comment"] is not None:
            command = COMMAND.fullmatch(match["says"])
            if command:
                body = match.start("says") + command.start("body")
                yield Tok("command", command["body"], "", body, body + len(command["body"]))
        elif match["one"] is not None:
            yield Tok(raw, raw, "", at, end)
        else:
            kind = next(k for k in ("sym", "par", "maths", "words") if match[k] is not None)
            yield Tok(kind, raw, raw[1:] if kind == "sym" else "", at, end)
        at = end


class Stream:
    """Tokens that are still to come, the next one last, and what was wrong with them."""

    def __init__(self, tokens: Sequence[Tok], source: Source) -> None:
        self.todo = list(reversed(tokens))
        self.source = source
        self.remarks: list[Remark] = []
        self.problems = self.looked = 0
        self.said: set[str] = set()

    def problem(self, message: str, tok: Tok, expected: str = "", hint: str = "") -> None:
        """A remark with place and caret; too many of them, and the file is refused."""
        error = NotReadable(message, span=Span(tok.at, tok.end), source=self.source, expected=expected, hint=hint)
        self.problems += 1
        if self.problems > TEX_PROBLEMS:
            error.message = f"this is no LaTeX that can be read: {self.problems} places are wrong, such as: {message}"
            raise error
        caret = "\n".join(str(error).split("\n")[1:])
        self.remarks.append(Remark("note", f"{message}\n{caret}", self.where(tok)))

    def where(self, tok: Tok) -> Span:
        """The place of a remark: in the file, or in the text that is printed once there is one."""
        return Span(tok.at, tok.end)

    def once(self, key: str, message: str, tok: Tok, hint: str = "") -> None:
        """The same for what needs saying only once."""
        if key not in self.said and len(self.said) < TEX_PROBLEMS:
            self.said.add(key)
            self.problem(message, tok, hint=hint)

    def refuse(self, message: str, tok: Tok, hint: str = "", kind: type[WorkingsError] = NotReadable) -> WorkingsError:
        """An error at a token."""
        return kind(message, span=Span(tok.at, tok.end), source=self.source, hint=hint)

    def space(self) -> None:
        """Skips blanks."""
        while self.todo and self.todo[-1].kind == "words" and not self.todo[-1].text.strip():
            self.todo.pop()
        if self.todo and self.todo[-1].kind == "words":
            self._lstrip()

    def _lstrip(self) -> None:
        tok = self.todo[-1]
        skip = len(tok.text) - len(tok.text.lstrip())
        if skip:
            self.todo[-1] = tail(tok, skip)

    def star(self) -> bool:
        """Takes a star."""
        if self.todo and self.todo[-1].kind == "words" and self.todo[-1].text.startswith("*"):
            tok = self.todo.pop()
            if len(tok.text) > 1:
                self.todo.append(tail(tok, 1))
            return True
        return False

    def group(self, opener: Tok) -> list[Tok]:
        """What stands in the braces that follow, or the one token; nothing, with a remark, if they do not close."""
        self.space()
        if not self.todo or self.todo[-1].kind in ("par", "}", "end"):
            self.problem(f"{opener.text} needs something in braces after it", opener, f"{opener.text}{{…}}")
            return []
        if self.todo[-1].kind != "{":
            tok = self.todo.pop()
            if tok.kind == "words" and len(tok.text) > 1:
                self.todo.append(tail(tok, 1))
                tok = tok._replace(text=tok.text[0], end=tok.at + 1 if not tok.via else tok.end)
            return [tok]
        size = self._closes("{", "}")
        if size is None:
            self.problem(f"the brace after {opener.text} is not closed", self.todo[-1], "a } for every {")
            self.todo.pop()
            return []
        return self.take(size)[1:-1]

    def optional(self, near: bool = False) -> list[Tok] | None:
        """What stands in the square brackets that follow, if any do; `near`: only right here."""
        if not near:
            self.space()
        if not self.todo or self.todo[-1].kind != "[":
            return None
        size = self._closes("[", "]")
        return None if size is None else self.take(size)[1:-1]

    def look(self, size: int) -> None:
        """Accounts for a look ahead; what is nested so deeply that looks never end is refused."""
        self.looked += size
        if self.looked > TEX_WORK:
            raise self.refuse("this is nested too deeply", self.todo[-1], kind=InputTooLarge)

    def take(self, size: int) -> list[Tok]:
        """The next tokens."""
        taken = self.todo[-size:][::-1]
        del self.todo[-size:]
        return taken

    def _closes(self, opens: str, closes: str) -> int | None:
        """How many tokens the bracket takes that comes next; None where it is not closed."""
        depth = braces = 0
        todo, n = self.todo, 0
        for n in range(1, min(len(todo), TEX_LOOKED) + 1):
            kind = todo[-n].kind
            braces += (kind == "{") - (kind == "}")
            if opens == "[" and kind == "par":
                break
            if opens == "[" and braces:
                continue
            depth += (kind == opens) - (kind == closes)
            if not depth:
                self.look(n)
                return n
        self.look(n)
        return None


def tail(tok: Tok, skip: int) -> Tok:
    """Words without their first characters."""
    return tok._replace(text=tok.text[skip:], at=tok.at if tok.via else tok.at + skip)


def written(tokens: Sequence[Tok]) -> str:
    """The tokens as text."""
    return "".join(t.text for t in tokens)
