r"""How a LaTeX sheet is laid out: groups, bold type, headings, paragraphs; the pieces in hand become blocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from workings.errors import Span
from workings.sheets import tex_words as words
from workings.sheets.blocks import Block, Piece
from workings.sheets.tex_maths import Maths
from workings.sheets.tex_macros import Expander
from workings.sheets.tex_tokens import Tok, written

RUN_IN = re.compile(r"\s*>\s*workings\s*:\s*(?P<body>.*\S)\s*", re.S)
NAMED = re.compile(
    r"\s*(?:exercise|problem|question|task|aufgabe|solutions?|hints?|answers?|\(?[a-z]\)|\d+[.:)])", re.I)


@dataclass(slots=True, eq=False)
class Env:
    """An environment that is open; lists count their items."""

    name: str
    tok: Tok
    style: str = ""
    count: int = 0
    groups: int = 0           # braces open outside it
    solution: bool = False
    exercises: bool = False


class Layout(Maths):
    """The blocks so far, what is open, and the commands that shape the text."""

    def __init__(self, tokens: list[Tok], expander: Expander, labels: dict[str, str]) -> None:
        super().__init__(tokens, expander.source, labels)
        self.macros, self.theorems = expander.macros, expander.theorems
        self.blocks: list[Block] = []
        self.envs: list[Env] = []
        self.groups: list[tuple[Tok, Callable[[], None] | None]] = []
        self.footnotes: list[list[Tok]] = []
        self.title: list[Tok] = []
        self.heading: int | None = None                   # the level of the heading in hand
        self.item = ""
        self.noting = False                               # a footnote is being read
        self.counters: dict[str, int] = {}
        self.questions = 0
        self.sections = 0
        names = [t.name for t in tokens if t.kind in ("cs", "begin")]
        self.exam = any(t.name == "questions" for t in tokens if t.kind == "begin") or "question" in names
        self.loose: dict[str, Env] = {}                   # parts without their environment
        self.resumed: dict[int, int] = {}                 # how far the last list of a level came
        self.numbered = [*names].count("section") > 1 and not self.exam
        headed = any(n in words.HEADINGS or n in words.EXERCISES or n == "question" for n in names)
        self.bare = not headed                            # the items of an outer list may be the exercises

    def _close(self, tok: Tok) -> None:
        if not self.groups or (self.envs and len(self.groups) <= self.envs[-1].groups):
            self.problem("this brace closes nothing", tok, "a { before it")
            return
        _, close = self.groups.pop()
        if close is not None:
            close()

    def _accent(self, tok: Tok) -> None:
        letter = written(self.group(tok)).lstrip("\\") or " "
        self.put(words.accented(letter, tok.name), tok)

    def _eat(self) -> None:
        """The blank that ends a command."""
        if self.todo and self.todo[-1].kind == "{" and len(self.todo) > 1 and self.todo[-2].kind == "}":
            self.take(2)

    def _skip(self, tok: Tok, count: int) -> None:
        self.star()
        self.optional()
        for _ in range(count):
            self.group(tok)

    def _keep(self, tok: Tok, skipped: int) -> None:
        self._skip(tok, skipped)
        self.optional(near=True)

    def _bold(self, tok: Tok) -> None:
        self.space()
        if not self.todo or self.todo[-1].kind != "{" or self.heading is not None:
            return
        self.put("**", tok)
        self.groups.append((self.todo.pop(), lambda: self._mark(tok)))

    def _bold_switch(self, tok: Tok) -> None:
        """`{\\bf …}`: to the end of the group."""
        if self.heading is None and self.groups and self.groups[-1][1] is None and len(self.groups) > self._outside():
            opener, _ = self.groups.pop()
            self.put("**", tok)
            self.groups.append((opener, lambda: self._mark(tok)))
            self.space()

    def _mark(self, tok: Tok) -> None:
        self.put("**", tok)

    def _outside(self) -> int:
        return self.envs[-1].groups if self.envs else 0

    def _reference(self, tok: Tok) -> None:
        self.star()
        key = written(self.group(tok)).strip()
        self.put(words.REFERENCES[tok.name].format(self.labels.get(key, "??")), tok)

    def _heading(self, tok: Tok, level: int) -> None:
        star = self.star()
        self.optional()
        self.space()
        self.flush()
        if not self.todo or self.todo[-1].kind != "{":
            self.problem(f"{tok.text} needs its title in braces", tok, f"{tok.text}{{Exercise 1}}")
            return
        if level == 2 and not star:
            self.sections += 1
            self.current = str(self.sections)
            if self.numbered and not NAMED.match(written(self.todo[-2:-12:-1])):
                self.put(f"{self.sections}. ", tok)
        opener = self.todo.pop()
        self.heading = level
        self.groups.append((opener, self._end_heading))

    def _end_heading(self) -> None:
        self.flush()

    def _titled(self, tok: Tok) -> None:
        if self.title:
            self.flush()
            close = tok._replace(kind="}", text="}")
            self.todo.extend([close, *reversed(self.title)])
            self.heading = 1
            self.groups.append((tok, self._end_heading))
            self.title = []

    def _title(self, tok: Tok) -> None:
        self.optional()
        self.title = self.group(tok)

    def _count(self, tok: Tok) -> None:
        r"""`\stepcounter{c}`, `\setcounter{c}{1}`, `\addtocounter{c}{1}`."""
        name = written(self.group(tok)).strip()
        to = written(self.group(tok)).strip() if tok.name in ("setcounter", "addtocounter") else "1"
        if re.fullmatch(r"-?\d{1,6}", to):
            self.counters[name] = int(to) + (0 if tok.name == "setcounter" else self.counters.get(name, 0))

    def _counted(self, tok: Tok) -> None:
        r"""`\arabic{c}`, `\alph{c}`, `\thec`: the number as it is printed."""
        name = tok.name[3:] if tok.name.startswith("the") else written(self.group(tok)).strip()
        number = self.counters.get(name, self.sections if name == "section" else self.questions)
        self.current = words.printed_number(tok.name, number)
        self.put(self.current, tok)

    def _new_counter(self, tok: Tok) -> None:
        self.counters[written(self.group(tok)).strip()] = 0
        self.optional(near=True)

    def _ensured(self, tok: Tok) -> None:
        body, dollar = self.group(tok), tok._replace(kind="maths", text="$", via=("$",))
        self._formula(dollar, body, dollar, display=False)

    def _footnote(self, tok: Tok) -> None:
        self.optional()
        self.footnotes.append([*self.group(tok), tok._replace(kind="par", text="\n\n")])

    def _label(self, tok: Tok) -> None:
        self.labels[written(self.group(tok)).strip()] = self.current

    def _par(self, tok: Tok) -> None:
        self.flush()

    def one(self, tok: Tok) -> None:
        """What a token does."""
        raise NotImplementedError

    def add(self, block: Block) -> None:
        """One more block; what stands in a solution environment is marked so."""
        if any(e.solution for e in self.envs):
            block = Block(block.kind, block.span, block.pieces, block.level, block.item, printed=True)
        self.blocks.append(block)
        self.out.put("\n\n", self.last)

    def flush(self) -> None:
        """Ends the paragraph or heading in hand."""
        self.cut()
        if self.noting:
            return
        self.noting = True
        while self.footnotes:                             # those of a footnote come after it
            rest, self.todo = self.todo, self.footnotes.pop(0)[::-1]
            while self.todo:
                self.one(self.todo.pop())
            self.cut()
            self.todo = rest
        self.noting = False

    def cut(self) -> None:
        """The pieces in hand as a block."""
        pieces, self.pieces = self.trimmed(), []
        heading, self.heading = self.heading, None
        if not pieces:
            return
        span = Span(pieces[0].span.start, pieces[-1].span.end)
        if heading is not None:
            self.add(Block("heading", span, pieces, level=heading))
            return
        command = RUN_IN.fullmatch(pieces[0].text) if len(pieces) == 1 and pieces[0].kind == "words" else None
        if command:
            inner = Span(span.start + command.start("body"), span.start + command.end("body"))
            self.add(Block("command", span, (Piece("words", inner, inner, command["body"]),)))
            return
        item, self.item = self.item, ""
        self.add(Block("paragraph", span, pieces, item=item))
