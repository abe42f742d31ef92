r"""LaTeX with the person's own macros expanded: `\newcommand`, `\def`, `\let`, `\DeclareMathOperator`, `\newif`.

Nothing is ever opened.  What a macro brings has the place of its call, an argument keeps its own.  No macro is
expanded within itself, and the work is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from workings.limits import TEX_EXPANSIONS, TEX_TOKENS
from workings.errors import InputTooLarge, Source
from workings.sheets.tex_tokens import Stream, Tok, lex, tail, written



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
            if len(tokens) > TEX_TOKENS:
                expected = f"at most {TEX_TOKENS} LaTeX tokens"
                raise InputTooLarge("the sheet is too long", source=source, expected=expected)
        super().__init__(tokens, source)
        self.macros: dict[str, Macro] = {}
        self.theorems: dict[str, str] = {}
        self.switches: dict[str, bool] = {"iffalse": False, "iftrue": True, "ifprintanswers": True}
        self.setters: dict[str, bool] = {}
        self.spent = 0

    def run(self) -> list[Tok]:
        """All tokens, expanded."""
        out: list[Tok] = []
        while self.todo:
            tok = self.todo.pop()
            if tok.kind == "cs" and tok.name in self.switches:
                self._switched(tok)
            elif tok.kind == "cs" and tok.name in DEFINE:
                DEFINE[tok.name](self, tok)
            elif tok.kind == "cs" and tok.name in self.macros:
                self._expand(tok)
            elif tok.kind == "cs" and tok.name in self.setters:
                self.switches["if" + re.sub("(true|false)$", "", tok.name)] = self.setters[tok.name]
            elif tok.kind == "raw":
                out.append(tok._replace(kind="cs"))
            else:
                out.append(tok)
            if len(out) > TEX_TOKENS:
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
        if self.spent > TEX_EXPANSIONS:
            message = f"the macros of this file bring too much: \\{call.name} is one of them"
            raise self.refuse(message, call, "macros that call one another again and again", InputTooLarge)
        self.todo.extend(reversed(brought))

    def _switched(self, tok: Tok) -> None:
        r"""`\ifsolutions … \else … \fi`: the half that is printed."""
        depth, half = 0, len(self.todo)
        for n in range(1, len(self.todo) + 1):
            inner = self.todo[-n]
            if inner.kind != "cs":
                continue
            if inner.name == "fi" and not depth:
                break
            if inner.name == "else" and not depth:
                half = n
            depth += (inner.name in self.switches) - (inner.name == "fi")
        else:
            self.problem(f"{tok.text} is not closed", tok, "\\fi")
            return
        self.look(n)
        body = self.take(n)
        self.todo.extend(reversed(body[: min(half, n) - 1] if self.switches[tok.name] else body[half:-1]))

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
                self.todo.append(tail(other, 1))
        other_tok = self.group(tok)[:1]
        if name and other_tok:
            known = self.macros.get(other_tok[0].name) if other_tok[0].kind == "cs" else None
            raw = other_tok[0]._replace(kind="raw") if other_tok[0].kind == "cs" else other_tok[0]
            self.macros[name] = known or Macro(0, (raw,))

    def switch(self, tok: Tok) -> None:
        r"""`\newif\ifname`."""
        name = self._name(tok)
        if name:
            self.switches[name] = False
            self.setters.update({name[2:] + "true": True, name[2:] + "false": False})

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
    "newif": Expander.switch, "newtheorem": Expander.theorem,
    "newenvironment": Expander.environment, "renewenvironment": Expander.environment,
}
