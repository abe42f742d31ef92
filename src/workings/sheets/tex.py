r"""LaTeX sheets as the blocks that Markdown gives: headings, paragraphs, displays; labels as they are printed.

The file is turned into the text that it prints (`tex_text`), and the blocks are places in that text, so that
everything after the splitter is one mechanism; a place is always said in lines and columns of the file.
`\question[5]` prints "Exercise 1 (5 points)", an `\item` prints "(a)"; a `solution` environment is a printed
solution; figures are left out with a note; nothing is ever opened.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from workings.errors import NotReadable, Source, Span
from workings.expr import Remark
from workings.sheets import tex_words as words
from workings.sheets.blocks import Block, Piece
from workings.sheets.tex_layout import Env
from workings.sheets.tex_lists import Lists
from workings.sheets.tex_macros import Expander
from workings.sheets.tex_tokens import Tok, written

ANY = re.compile(r"\\[A-Za-z]+|\$[^$]+\$|\\[(\[]")


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


class Splitter(Lists):
    """The walk over the tokens that prints the text and cuts it into blocks."""

    def run(self) -> Splitter:
        """Everything."""
        self._preamble()
        while self.todo:
            tok = self.todo.pop()
            if tok.kind == "end" and tok.name == "document":
                break
            self.one(tok)
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
            elif tok.kind == "cs" and tok.name in ("newcounter", "setcounter", "addtocounter"):
                COMMANDS[tok.name](self, tok)
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

    def one(self, tok: Tok) -> None:
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
        elif name.startswith("the") and name[3:] in ("section", *self.counters):
            self._counted(tok)
        elif name in words.ACCENTS and len(name) == 1:
            self._accent(tok)
        else:
            says = f"the command {tok.text} is not known here; what stands in its braces is read as text"
            self.once(tok.text, says, tok)

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
        self.heading = 1

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


COMMANDS: dict[str, Callable[[Splitter, Tok], None]] = {
    "item": Splitter._item, "question": Splitter._question, "titledquestion": Splitter._question,
    "part": Splitter._part, "subpart": Splitter._part, "subsubpart": Splitter._part, "maketitle": Splitter._titled,
    "title": Splitter._title, "input": Splitter._refused, "include": Splitter._refused, "subfile": Splitter._refused,
    "import": Splitter._refused, "verbatiminput": Splitter._refused, "lstinputlisting": Splitter._refused,
    "footnote": Splitter._footnote, "label": Splitter._label, "par": Splitter._par,
    "includegraphics": Splitter._picture_file, "task": Splitter._item, "ensuremath": Splitter._ensured,
    "stepcounter": Splitter._count, "refstepcounter": Splitter._count, "setcounter": Splitter._count,
    "addtocounter": Splitter._count, "newcounter": Splitter._new_counter, "arabic": Splitter._counted,
    "alph": Splitter._counted, "Alph": Splitter._counted, "roman": Splitter._counted, "Roman": Splitter._counted,
}
