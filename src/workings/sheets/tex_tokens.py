r"""LaTeX into tokens, comments gone and the person's own macros expanded; every token knows its place in the file.

`\newcommand`, `\def`, `\let` and `\DeclareMathOperator` are followed; nothing is ever opened.  What a macro brings
has the place of its call.  No macro is expanded within itself, and the work is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workings.errors import InputTooLarge, NotReadable, Source, Span, WorkingsError
from workings.expr import Remark

MOST_TOKENS = 400_000         # of one file, and of what its macros bring
MOST_EXPANSIONS = 40_000
MOST_LOOKED = 50_000          # tokens looked through for the end of a group or formula
MOST_PROBLEMS = 100           # places that cannot be read before the file is refused
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
        self.problems = 0
        self.said: set[str] = set()

    def problem(self, message: str, tok: Tok, expected: str = "", hint: str = "") -> None:
        """A remark with place and caret; too many of them, and the file is refused."""
        error = NotReadable(message, span=Span(tok.at, tok.end), source=self.source, expected=expected, hint=hint)
        self.problems += 1
        if self.problems > MOST_PROBLEMS:
            error.message = f"this is no LaTeX that can be read: {self.problems} places are wrong, such as: {message}"
            raise error
        caret = "\n".join(str(error).split("\n")[1:])
        self.remarks.append(Remark("note", f"{message}\n{caret}", self.where(tok)))

    def where(self, tok: Tok) -> Span:
        """The place of a remark: in the file, or in the text that is printed once there is one."""
        return Span(tok.at, tok.end)

    def once(self, key: str, message: str, tok: Tok, hint: str = "") -> None:
        """The same for what needs saying only once."""
        if key not in self.said and len(self.said) < MOST_PROBLEMS:
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
            self.todo[-1] = _tail(tok, skip)

    def star(self) -> bool:
        """Takes a star."""
        if self.todo and self.todo[-1].kind == "words" and self.todo[-1].text.startswith("*"):
            tok = self.todo.pop()
            if len(tok.text) > 1:
                self.todo.append(_tail(tok, 1))
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
                self.todo.append(_tail(tok, 1))
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

    def take(self, size: int) -> list[Tok]:
        """The next tokens."""
        taken = self.todo[-size:][::-1]
        del self.todo[-size:]
        return taken

    def _closes(self, opens: str, closes: str) -> int | None:
        """How many tokens the bracket takes that comes next; None where it is not closed."""
        depth = braces = 0
        todo = self.todo
        for n in range(1, min(len(todo), MOST_LOOKED) + 1):
            kind = todo[-n].kind
            braces += (kind == "{") - (kind == "}")
            if opens == "[" and kind == "par":
                return None
            if opens == "[" and braces:
                continue
            depth += (kind == opens) - (kind == closes)
            if not depth:
                return n
        return None


def _tail(tok: Tok, skip: int) -> Tok:
    return tok._replace(text=tok.text[skip:], at=tok.at if tok.via else tok.at + skip)


def written(tokens: Sequence[Tok]) -> str:
    """The tokens as text."""
    return "".join(t.text for t in tokens)


@dataclass(frozen=True, slots=True)
class Macro:
    """What a command stands for; `params` arguments, the first of which may have a default."""

    params: int
    body: tuple[Tok, ...]
    default: tuple[Tok, ...] | None = None


class Expander(Stream):
    r"""Takes the definitions out of a file and puts what they mean where they are used."""

    def __init__(self, source: Source) -> None:
        tokens: list[Tok] = []
        for tok in lex(source):
            tokens.append(tok)
            if len(tokens) > MOST_TOKENS:
                expected = f"at most {MOST_TOKENS} LaTeX tokens"
                raise InputTooLarge("the sheet is too long", source=source, expected=expected)
        super().__init__(tokens, source)
        self.macros: dict[str, Macro] = {}
        self.theorems: dict[str, str] = {}
        self.spent = 0

    def run(self) -> list[Tok]:
        """All tokens, expanded."""
        out: list[Tok] = []
        while self.todo:
            tok = self.todo.pop()
            if tok.kind == "cs" and tok.name in DEFINE:
                DEFINE[tok.name](self, tok)
            elif tok.kind == "cs" and tok.name in self.macros:
                self._expand(tok)
            elif tok.kind == "raw":
                out.append(tok._replace(kind="cs"))
            else:
                out.append(tok)
            if len(out) > MOST_TOKENS:
                raise self.refuse("the macros bring too much text", tok, kind=InputTooLarge)
        return out

    def _expand(self, call: Tok) -> None:
        if call.name in call.via:
            self.once(f"\\{call.name}", f"\\{call.name} is defined by itself, and is left out", call)
            return
        macro = self.macros[call.name]
        args: list[list[Tok]] = []
        if macro.default is not None:
            given = self.optional()
            args.append(list(macro.default) if given is None else given)
        while len(args) < macro.params:
            args.append(self.group(call))
        via = (*call.via, call.name)
        brought = list(_filled(macro.body, args, call, via))
        self.spent += 1 + len(brought) // 10
        if self.spent > MOST_EXPANSIONS:
            message = f"the macros of this file bring too much: \\{call.name} is one of them"
            raise self.refuse(message, call, "macros that call one another again and again", InputTooLarge)
        self.todo.extend(reversed(brought))

    # -- definitions
    def _name(self, tok: Tok) -> str:
        self.star()
        name = [t for t in self.group(tok) if t.kind in ("cs", "sym")]
        if not name:
            self.problem(f"{tok.text} defines nothing", tok, f"{tok.text}{{\\name}}{{…}}")
        return name[0].name if name else ""

    def newcommand(self, tok: Tok) -> None:
        r"""`\newcommand{\name}[n][default]{body}`."""
        name = self._name(tok)
        count = written(self.optional() or []).strip()
        default = self.optional()
        body = self.group(tok)
        if name and (name not in self.macros or tok.name != "providecommand"):
            first = None if default is None else tuple(default)
            self.macros[name] = Macro(int(count) if re.fullmatch("[1-9]", count) else 0, tuple(body), first)

    def definition(self, tok: Tok) -> None:
        r"""`\def\name#1{body}`."""
        name = self._name(tok)
        params = 0
        while self.todo and self.todo[-1].kind not in ("{", "par"):
            params += self.todo.pop().kind == "#"
        body = self.group(tok)
        if name:
            self.macros[name] = Macro(params, tuple(body))

    def operator(self, tok: Tok) -> None:
        r"""`\DeclareMathOperator{\name}{words}`."""
        name = self._name(tok)
        body = self.group(tok)
        inner = [t for t in body if not (t.kind == "sym" and t.name in ",;!: ")]
        head = [tok._replace(kind="raw", text="\\operatorname", name="operatorname"), tok._replace(kind="{", text="{")]
        if name:
            self.macros[name] = Macro(0, (*head, *inner, tok._replace(kind="}", text="}")))

    def delimiter(self, tok: Tok) -> None:
        r"""`\DeclarePairedDelimiter{\name}{left}{right}`."""
        name = self._name(tok)
        left, right = self.group(tok), self.group(tok)
        param = [tok._replace(kind="#", text="#"), tok._replace(kind="words", text="1")]
        if name:
            self.macros[name] = Macro(1, (*left, *param, *right))

    def let(self, tok: Tok) -> None:
        r"""`\let\name=\other`: what the other means now."""
        name = self._name(tok)
        self.space()
        if self.todo and self.todo[-1].kind == "words" and self.todo[-1].text.startswith("="):
            other = self.todo.pop()
            if other.text.strip() != "=":
                self.todo.append(_tail(other, 1))
        other_tok = self.group(tok)[:1]
        if name and other_tok:
            known = self.macros.get(other_tok[0].name) if other_tok[0].kind == "cs" else None
            raw = other_tok[0]._replace(kind="raw") if other_tok[0].kind == "cs" else other_tok[0]
            self.macros[name] = known or Macro(0, (raw,))

    def theorem(self, tok: Tok) -> None:
        r"""`\newtheorem{name}[counter]{Title}`."""
        self.star()
        name = written(self.group(tok))
        self.optional()
        self.theorems[name] = written(self.group(tok))
        self.optional()

    def environment(self, tok: Tok) -> None:
        r"""`\newenvironment{name}[n][default]{before}{after}`: its text is read as it stands."""
        self.star()
        self.theorems[written(self.group(tok))] = ""
        self.optional()
        self.optional()
        self.group(tok)
        self.group(tok)


def _filled(body: Sequence[Tok], args: Sequence[Sequence[Tok]], call: Tok, via: tuple[str, ...]) -> Iterator[Tok]:
    """A macro's body with its arguments; what it brings has the place of the call, an argument keeps its own."""
    i = 0
    while i < len(body):
        tok = body[i]
        digit = body[i + 1].text[:1] if tok.kind == "#" and i + 1 < len(body) else ""
        if digit.isdigit() and 0 < int(digit) <= len(args):
            yield from args[int(digit) - 1]
            rest = body[i + 1].text[1:]
            if rest:
                yield body[i + 1]._replace(text=rest, at=call.at, end=call.end, via=via)
            i += 2
            continue
        yield tok._replace(at=call.at, end=call.end, via=via)
        i += 1


DEFINE: dict[str, Callable[[Expander, Tok], None]] = {
    "newcommand": Expander.newcommand, "renewcommand": Expander.newcommand, "providecommand": Expander.newcommand,
    "DeclareRobustCommand": Expander.newcommand,
    "def": Expander.definition, "gdef": Expander.definition, "edef": Expander.definition,
    "DeclareMathOperator": Expander.operator, "DeclarePairedDelimiter": Expander.delimiter, "let": Expander.let,
    "newtheorem": Expander.theorem, "newenvironment": Expander.environment, "renewenvironment": Expander.environment,
}
