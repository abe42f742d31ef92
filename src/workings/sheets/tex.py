r"""LaTeX sheets as the blocks that Markdown gives: headings, paragraphs, displays; labels as they are printed.

The file is turned into the text that it prints (`tex_text`), and the blocks are places in that text, so that
everything after the splitter is one mechanism; a place is always said in lines and columns of the file.
`\question[5]` prints "Exercise 1 (5 points)", an `\item` prints "(a)"; a `solution` environment is a printed
solution; figures are left out with a note; nothing is ever opened.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from workings.errors import NotReadable, Source, Span
from workings.expr import Remark
from workings.sheets import tex_words as words
from workings.sheets.blocks import Block, Piece
from workings.sheets.tex_maths import Maths
from workings.sheets.tex_tokens import Expander, Tok, written

SUFFIXES = (".tex", ".ltx", ".latex")
MARKDOWN = (".md", ".markdown")
LATEX = re.compile(
    r"^[ \t]*\\(?:documentclass|begin\s*\{(?:document|questions|enumerate|exercise|problem)\}"
    r"|(?:sub)*section\*?\s*\{|question\b)", re.M)
ANY = re.compile(r"\\[A-Za-z]+|\$[^$]+\$|\\[(\[]")
RUN_IN = re.compile(r"\s*>\s*workings\s*:\s*(?P<body>.*\S)\s*", re.S)
NAMED = re.compile(
    r"\s*(?:exercise|problem|question|task|aufgabe|solutions?|hints?|answers?|\(?[a-z]\)|\d+[.:)])", re.I)
LETTERED = re.compile(r"\s*[*_]*\(?(?P<label>[a-z]|[ivx]{2,4})[).:]+[*_]*\s*")
DIGITS = re.compile(r"\s*[*_]*\(?(?P<label>\d{1,3})[).:]*[*_]*\s*")


def is_tex(source: Source) -> bool:
    r"""Is a sheet LaTeX?  Its name says so, else what it holds.

    >>> is_tex(Source("\\section{Slopes}")), is_tex(Source("# Slopes"))
    (True, False)
    """
    path = source.path.lower()
    return path.endswith(SUFFIXES) or (not path.endswith(MARKDOWN) and LATEX.search(source.text) is not None)


def blocks(source: Source) -> tuple[Source, list[Block], list[Remark]]:
    r"""The text that a LaTeX file prints, its blocks, and what a person should know.

    >>> [(b.kind, [p.text for p in b.pieces]) for b in blocks(Source("\\section*{A}\nLet $a = b$.\n\\[c = d\\]"))[1]]
    [('heading', ['A']), ('paragraph', ['Let ', 'a = b', '.']), ('display', ['c = d'])]
    """
    if source.text.strip() and not ANY.search(source.text):
        raise NotReadable("this is no LaTeX: it holds no command and no formula", source=source, span=Span(0, 1),
                          expected=r"\section*{Exercise 1}, \begin{enumerate}, $y = w x$",
                          hint="name the file .md if it is Markdown")
    expander = Expander(source)
    tokens = expander.run()
    labels: dict[str, str] = {}
    if any(t.kind == "cs" and t.name in words.REFERENCES for t in tokens):
        labels = Splitter(tokens, expander, {}).run().labels
    splitter = Splitter(tokens, expander, labels).run()
    told = [Remark(r.kind, r.says, splitter.at(r.span)) for r in expander.remarks]
    return splitter.out.source(source), splitter.blocks, [*told, *splitter.remarks]


MARKUP = re.compile(
    r"\\(?:documentclass|begin|(?:re)?newcommand|def|DeclareMathOperator|section|item|question)\b|\$|\\\(|\\\[")


def printed(source: Source) -> tuple[Source, list[Remark]]:
    r"""What a LaTeX file prints, with all but its formulas blank, and what a person should know.

    >>> printed(Source("\\def\\a{\\alpha} The slope $y = \\a x$ % no more", "a.tex"))[0].text.strip()
    '$y = \\alpha x$'
    """
    if not MARKUP.search(source.text):
        return source, []                                 # equations without dollars are read as they stand
    text, found, remarks = blocks(source)
    kept = [" "] * len(text.text)
    for piece in (p for b in found if not b.printed for p in b.pieces if p.kind in ("maths", "display")):
        kept[piece.span.start : piece.span.end] = text.text[piece.span.start : piece.span.end]
    text.text = "".join(kept)
    return text, remarks


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


class Splitter(Maths):
    """The walk over the tokens that prints the text and cuts it into blocks."""

    def __init__(self, tokens: list[Tok], expander: Expander, labels: dict[str, str]) -> None:
        super().__init__(tokens, expander.source, labels)
        self.macros, self.theorems = expander.macros, expander.theorems
        self.blocks: list[Block] = []
        self.envs: list[Env] = []
        self.groups: list[tuple[Tok, Callable[[], None] | None]] = []
        self.footnotes: list[list[Tok]] = []
        self.title: list[Tok] = []
        self.heading: tuple[int, int] | None = None       # level, and how many groups are open outside it
        self.item = ""
        self.questions = 0
        self.sections = 0
        names = [t.name for t in tokens if t.kind in ("cs", "begin")]
        self.exam = any(t.name == "questions" for t in tokens if t.kind == "begin") or "question" in names
        self.loose: dict[str, Env] = {}                   # parts without their environment
        self.resumed: dict[int, int] = {}                 # how far the last list of a level came
        self.numbered = [*names].count("section") > 1 and not self.exam
        headed = any(n in words.HEADINGS or n in words.EXERCISES or n == "question" for n in names)
        self.bare = not headed                            # the items of an outer list may be the exercises

    def run(self) -> Splitter:
        """Everything."""
        self._preamble()
        while self.todo:
            tok = self.todo.pop()
            if tok.kind == "end" and tok.name == "document":
                break
            self._one(tok)
        self._finish()
        return self

    def _preamble(self) -> None:
        begin = next((n for n, t in enumerate(reversed(self.todo)) if t.kind == "begin" and t.name == "document"), None)
        if begin is None:
            return
        head = self.take(begin + 1)
        rest, self.todo = self.todo, head[:-1][::-1]
        while self.todo:
            tok = self.todo.pop()
            if tok.kind == "cs" and tok.name == "title":
                self.optional()
                self.title = self.group(tok)
            elif tok.kind == "cs" and tok.name in ("input", "include"):
                name = written(self.group(tok))
                says = f"\\{tok.name}{{{name}}} is not followed: nothing is opened from a sheet"
                self.once(f"input {name}", says, tok, "write the macros that it needs into this file")
        self.todo = rest
        self.envs.append(Env("document", head[-1]))

    def _finish(self) -> None:
        self.flush()
        for env in self.envs[1:] if self.envs and self.envs[0].name == "document" else self.envs:
            self.problem(f"\\begin{{{env.name}}} is not closed", env.tok, f"\\end{{{env.name}}}")
        for tok, _ in self.groups:
            self.problem("this brace is not closed", tok, "a } for every {")

    # -- one token
    def _one(self, tok: Tok) -> None:
        match tok.kind:
            case "words":
                self.say(tok)
            case "~":
                self.put(" ", tok)
            case "par":
                self.flush()
            case "{":
                self.groups.append((tok, None))
            case "}":
                self._close(tok)
            case "cs":
                self._command(tok)
            case "sym":
                self._symbol(tok)
            case "maths":
                self.dollars(tok)
            case "begin":
                self._begin(tok)
            case "end":
                self._end(tok)
            case "verbatim":
                self._verbatim(tok)
            case "command":
                self._line(tok)
            case "[" | "]":
                self.put(tok.text, tok, exact=not tok.via)
            case "&":
                self.put(" ", tok)
            case _:
                self.put("", tok)

    def _close(self, tok: Tok) -> None:
        if not self.groups or (self.envs and len(self.groups) <= self.envs[-1].groups):
            self.problem("this brace closes nothing", tok, "a { before it")
            return
        _, close = self.groups.pop()
        if close is not None:
            close()

    def _symbol(self, tok: Tok) -> None:
        if tok.name in ("(", "["):
            self.bracketed(tok)
        elif tok.name == "\\":
            self.star()
            self.optional(near=True)
            self.put("\n", tok)
        elif tok.name in words.ACCENTS and tok.name not in ("=",) and self.todo:
            self._accent(tok)
        elif tok.name in words.SYMBOLS:
            self.put(words.SYMBOLS[tok.name], tok)
        else:
            self.problem(f"{tok.text} has no meaning here, and is left out", tok)

    def _accent(self, tok: Tok) -> None:
        letter = written(self.group(tok)).lstrip("\\") or " "
        self.put(words.accented(letter, tok.name), tok)

    def _command(self, tok: Tok) -> None:
        name = tok.name
        handler = COMMANDS.get(name)
        if handler is not None:
            handler(self, tok)
        elif name in words.PRINTS:
            self.put(words.PRINTS[name], tok)
            self._eat()
        elif name in words.BOLD_SWITCH:
            self._bold_switch(tok)
        elif name in words.NOTHING:
            self._eat()
        elif name in words.SKIPPED:
            self._skip(tok, words.SKIPPED[name])
        elif name in words.KEPT:
            self._keep(tok, words.KEPT[name])
        elif name in words.BOLD:
            self._bold(tok)
        elif name in words.HEADINGS:
            self._heading(tok, words.HEADINGS[name])
        elif name in words.RUN_INS:
            self.flush()
            self.star()
            self._bold(tok)
        elif name in words.REFERENCES:
            self._reference(tok)
        elif name in words.ACCENTS and len(name) == 1:
            self._accent(tok)
        else:
            says = f"the command {tok.text} is not known here; what stands in its braces is read as text"
            self.once(tok.text, says, tok)

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

    # -- headings
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
        self.heading = (level, len(self.groups))
        self.groups.append((opener, self._end_heading))

    def _end_heading(self) -> None:
        self.flush()

    def _titled(self, tok: Tok) -> None:
        if self.title:
            self.flush()
            close = tok._replace(kind="}", text="}")
            self.todo.extend([close, *reversed(self.title)])
            self.heading = (1, len(self.groups))
            self.groups.append((tok, self._end_heading))
            self.title = []

    def _title(self, tok: Tok) -> None:
        self.optional()
        self.title = self.group(tok)

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
        self.heading = (2, len(self.groups))
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

    # -- lists
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
        options = written(self.optional() or [])
        nested = [e.style for e in self.envs if e.name in words.LISTS and e.style and not e.exercises]
        level = 1 + sum(e.name in ("enumerate", "compactenum") for e in self.envs)
        default = {"parts": "letter", "subparts": "roman", "subsubparts": "letter", "itemize": "", "description": "",
                   "questions": "", "compactitem": ""}
        usual = default.get(env.name, ("number", "letter", "roman", "letter")[min(level, 4) - 1])
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

    # -- environments
    def _begin(self, tok: Tok) -> None:
        name = tok.name
        base = name.rstrip("*")
        if base in words.DISPLAYS:
            self.display(tok)
            return
        self.flush()
        if base in words.PICTURES:
            self._picture(tok)
            return
        env = Env(name, tok, groups=len(self.groups))
        theorem = self.theorems.get(name, "").lower()
        if name in words.LISTS:
            self._list(env)
        elif name in words.SOLUTIONS:
            self.optional()
            if name != "solution" and self.todo and self.todo[-1].kind == "{":
                self.group(tok)
            env.solution = True
            self.envs.append(env)
            self.put("Solution: ", tok)
            return
        elif base in words.HINTS:
            self.optional()
            self.put("Hint: ", tok)
        elif base in words.EXERCISES or theorem in words.EXERCISES:
            self.questions += 1
            self._exercise(tok, self.optional() or [], None)
        elif base in words.PLAIN or name in self.theorems:
            self._skip(tok, words.PLAIN.get(base, 0))
        else:
            self.once(f"begin {name}", f"the environment {name} is not known; its text is read as it stands", tok)
            self.optional()
        if base == "center" and not self.blocks:
            self._centred(env)
        self.envs.append(env)

    def _centred(self, env: Env) -> None:
        """What is centred at the top of a sheet is its title."""
        self.heading = (1, len(self.groups))

    def _end(self, tok: Tok) -> None:
        if not any(e.name == tok.name for e in self.envs):
            self.problem(f"\\end{{{tok.name}}} closes nothing", tok, f"\\begin{{{tok.name}}} before it")
            return
        self.flush()
        while self.envs:
            env = self.envs.pop()
            for opener, _ in self.groups[env.groups:]:
                self.problem("this brace is not closed", opener, "a } for every {")
            del self.groups[env.groups:]
            if env.name == tok.name:
                if env.name in ("enumerate", "compactenum"):
                    self.resumed[1 + sum(e.name == env.name for e in self.envs)] = env.count
                break
            self.problem(f"\\begin{{{env.name}}} is not closed before \\end{{{tok.name}}}", env.tok,
                         f"\\end{{{env.name}}}")

    def _picture(self, tok: Tok) -> None:
        size = self.ends(tok)
        if size is None:
            self.problem(f"\\begin{{{tok.name}}} is not closed", tok, f"\\end{{{tok.name}}}")
            return
        body = self.take(size)
        for n, inner in enumerate(body):                   # a picture may bear a label
            if inner.kind == "cs" and inner.name == "label":
                self.labels.setdefault(written(body[n + 2 : n + 3]).strip(), "")
        self.note(f"the {tok.name.rstrip('*')} here is not read", tok)

    def _verbatim(self, tok: Tok) -> None:
        self.flush()
        if tok.name in ("comment", "filecontents", "filecontents*"):
            return
        start = tok.text.index("}") + 1
        body = tok.text[start : tok.text.rindex("\\end")]
        begin = self.out.size
        self.out.put(body, tok.at + start, exact=not tok.via)
        self.add(Block("code", Span(begin, self.out.size), (Piece("code", Span(begin, self.out.size),
                 Span(begin, self.out.size), body),)))

    def _line(self, tok: Tok) -> None:
        """`% workings: boundary y`: an explicit question that is not printed."""
        self.flush()
        begin = self.out.size
        self.out.put(tok.text, tok.at, exact=True)
        span = Span(begin, self.out.size)
        self.add(Block("command", span, (Piece("words", span, span, tok.text),)))

    def _picture_file(self, tok: Tok) -> None:
        self._skip(tok, 1)
        self.note("the picture here is not read", tok)

    def _refused(self, tok: Tok) -> None:
        name = written(self.group(tok)).strip()
        raise self.refuse(f"{tok.text}{{{name}}} is refused: nothing is ever opened from a sheet", tok,
                          "put the text of that file here")

    def _footnote(self, tok: Tok) -> None:
        self.optional()
        self.footnotes.append([*self.group(tok), tok._replace(kind="par", text="\n\n")])

    def _label(self, tok: Tok) -> None:
        self.labels[written(self.group(tok)).strip()] = self.current

    def _par(self, tok: Tok) -> None:
        self.flush()

    # -- blocks
    def add(self, block: Block) -> None:
        """One more block; what stands in a solution environment is marked so."""
        if any(e.solution for e in self.envs):
            block = Block(block.kind, block.span, block.pieces, block.level, block.item, printed=True)
        self.blocks.append(block)
        self.out.put("\n\n", self.last)

    def flush(self) -> None:
        """Ends the paragraph or heading in hand."""
        self.cut()
        if self.footnotes:
            notes, self.footnotes = self.footnotes, []
            for tokens in reversed(notes):
                self.todo.extend(reversed(tokens))

    def cut(self) -> None:
        """The pieces in hand as a block."""
        pieces, self.pieces = self.trimmed(), []
        heading, self.heading = self.heading, None
        if not pieces:
            return
        span = Span(pieces[0].span.start, pieces[-1].span.end)
        if heading is not None:
            self.add(Block("heading", span, pieces, level=heading[0]))
            return
        command = RUN_IN.fullmatch(pieces[0].text) if len(pieces) == 1 and pieces[0].kind == "words" else None
        if command:
            inner = Span(span.start + command.start("body"), span.start + command.end("body"))
            self.add(Block("command", span, (Piece("words", inner, inner, command["body"]),)))
            return
        item, self.item = self.item, ""
        self.add(Block("paragraph", span, pieces, item=item))


COMMANDS: dict[str, Callable[[Splitter, Tok], None]] = {
    "item": Splitter._item, "question": Splitter._question, "titledquestion": Splitter._question,
    "part": Splitter._part, "subpart": Splitter._part, "subsubpart": Splitter._part, "maketitle": Splitter._titled,
    "title": Splitter._title, "input": Splitter._refused, "include": Splitter._refused, "subfile": Splitter._refused,
    "import": Splitter._refused, "verbatiminput": Splitter._refused, "lstinputlisting": Splitter._refused,
    "footnote": Splitter._footnote, "label": Splitter._label, "par": Splitter._par,
    "includegraphics": Splitter._picture_file,
}
