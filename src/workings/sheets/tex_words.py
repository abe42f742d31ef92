r"""What LaTeX commands are worth in the text of a sheet: characters, layout, titles, environments."""

from __future__ import annotations

import re
import unicodedata

# Commands that print characters.
PRINTS = {
    "ldots": "...", "dots": "...", "textellipsis": "...", "LaTeX": "LaTeX", "TeX": "TeX", "S": "§", "ss": "ß",
    "ae": "æ", "oe": "œ", "AE": "Æ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł", "L": "Ł", "i": "i",
    "quad": " ", "qquad": "  ", "hfill": " ", "hfil": " ", "space": " ", "enspace": " ", "thinspace": " ",
    "newline": "\n", "linebreak": "\n", "textbackslash": "\\", "textasciitilde": "~", "textendash": "–",
    "textemdash": "—", "textquotedblleft": "“", "textquotedblright": "”", "glqq": "„", "grqq": "“", "euro": "€",
    "textbar": "|", "textless": "<", "textgreater": ">", "copyright": "©", "dag": "†", "ddag": "‡", "P": "¶",
}
SYMBOLS = {
    "%": "%", "&": "&", "#": "#", "_": "_", "$": "$", "{": "{", "}": "}", "\\": "\n", " ": " ", "\n": " ", ",": " ",
    ";": " ", ":": " ", "!": "", "/": "", "-": "", "@": "", "*": "", "+": "", ">": "", "=": "",
}
LIGATURES = re.compile(r"``|''|---|--")
LIGATURE = {"``": "“", "''": "”", "---": "—", "--": "–"}
ACCENTS = {"'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
           "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "r": "\u030a", "k": "\u0328"}
# Layout, without arguments: nothing is printed.
NOTHING = frozenset((
    "noindent indent newpage clearpage cleardoublepage pagebreak nopagebreak medskip bigskip smallskip centering "
    "raggedright raggedleft vfill protect small footnotesize scriptsize tiny normalsize large Large LARGE huge Huge "
    "rm sf tt it em sl sc itshape slshape upshape scshape sffamily ttfamily rmfamily mdseries normalfont selectfont "
    "printanswers noprintanswers unframedsolutions shadedsolutions framedsolutions pointsinmargin pointsinrightmargin "
    "nopointsinmargin bracketedpoints boxedpoints addpoints noaddpoints droppoints dropmargin tableofcontents appendix "
    "today sloppy fussy null leavevmode strut relax ignorespaces unskip xspace onecolumn twocolumn par@ doublespacing "
    "onehalfspacing singlespacing allowdisplaybreaks frontmatter mainmatter backmatter makeatletter makeatother "
    "left right nobreak allowbreak break goodbreak filbreak hss vss begingroup endgroup bgroup egroup displaystyle "
    "textstyle limits nolimits nonumber notag qedhere qed footnotemark ifprintanswers else fi gradetable columnbreak "
    "frenchspacing nonfrenchspacing flushbottom raggedbottom hrule hline toprule midrule bottomrule"
).split())
# Layout, with this many arguments in braces.
SKIPPED = {
    "vspace": 1, "hspace": 1, "pagestyle": 1, "thispagestyle": 1, "setlength": 2,
    "addtolength": 2, "bibliography": 1, "bibliographystyle": 1, "hypersetup": 1, "color": 1, "index": 1, "cite": 1,
    "citep": 1, "citet": 1, "phantom": 1, "hphantom": 1, "vphantom": 1, "rule": 2, "fillwithlines": 1,
    "fillwithdottedlines": 1, "makeemptybox": 1, "answerline": 0, "usepackage": 1, "documentclass": 1,
    "captionsetup": 1, "graphicspath": 1, "author": 1, "date": 1, "pointpoints": 2, "qformat": 1, "pointformat": 1,
    "header": 3, "footer": 3, "firstpageheader": 3, "runningheader": 3, "firstpagefooter": 3, "runningfooter": 3,
    "extrawidth": 1, "enlargethispage": 1, "renewenvironment": 0, "fontsize": 2,
    "hyphenation": 1, "caption": 1, "nocite": 1, "usetikzlibrary": 1, "setlist": 1, "geometry": 1, "theoremstyle": 1,
    "lstset": 1, "tikzset": 1, "pgfplotsset": 1, "selectlanguage": 1, "linespread": 1, "pagenumbering": 1, "lhead": 1,
    "rhead": 1, "chead": 1, "lfoot": 1, "rfoot": 1, "cfoot": 1, "fancyhf": 1, "fancyhead": 1, "fancyfoot": 1,
    "numberwithin": 2, "SolutionEmphasis": 1, "pointname": 1, "newlength": 1,
    "addcontentsline": 3, "markboth": 2, "markright": 1, "vskip": 0, "hskip": 0, "kern": 0, "crefname": 3,
}
# Commands whose last argument is text as it stands; the number is that of the arguments before it.
KEPT = {
    "emph": 0, "textit": 0, "textsf": 0, "texttt": 0, "textsc": 0, "textrm": 0, "textnormal": 0, "textup": 0,
    "textsl": 0, "textmd": 0, "underline": 0, "mbox": 0, "text": 0, "fbox": 0, "framebox": 0, "makebox": 0,
    "centerline": 0,
    "uline": 0, "url": 0, "nolinkurl": 0, "footnotetext": 0, "hbox": 0, "enquote": 0,
    "MakeUppercase": 0,
    "textcolor": 1, "colorbox": 1, "href": 1, "parbox": 1, "raisebox": 1, "scalebox": 1, "resizebox": 2, "hl": 0,
    "textsuperscript": 0, "textsubscript": 0, "mathrm": 0, "so": 0, "textsmaller": 0,
}
BOLD = frozenset(("textbf", "mathbf"))
BOLD_SWITCH = frozenset(("bf", "bfseries"))
HEADINGS = {"chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4}
RUN_INS = frozenset(("paragraph", "subparagraph"))
REFERENCES = {
    "ref": "{}", "eqref": "({})", "cref": "({})", "Cref": "({})", "autoref": "{}", "pageref": "{}", "vref": "{}",
    "nameref": "{}",
}

DISPLAYS = frozenset((
    "equation align alignat gather multline eqnarray flalign displaymath math dmath dgroup IEEEeqnarray"
).split())
SINGLE = frozenset("equation displaymath math dmath".split())        # one formula, shown between dollars
LISTS = frozenset("enumerate itemize description questions parts subparts subsubparts compactenum compactitem "
                  "inparaenum tasks choices checkboxes".split())
# The labels of lists that are no plain enumerate.
USUAL = {"parts": "letter", "subparts": "roman", "subsubparts": "letter", "tasks": "letter", "itemize": "",
         "description": "", "questions": "", "compactitem": ""}
SOLUTIONS = frozenset("solution solutionorbox solutionorlines solutionordottedlines solutionorgrid answer loesung "
                      "solutions sol".split())
HINTS = frozenset("hint hints tip".split())
EXERCISES = frozenset("exercise problem task question aufgabe ex prob uebung".split())
PICTURES = frozenset("figure wrapfigure tikzpicture picture pgfpicture axis table tabular tabularx longtable array "
                     "thebibliography pspicture circuitikz forest scope sidewaysfigure subfigure algorithm algorithmic "
                     "tabbing".split())
# Environments whose text is read as it stands, with the number of arguments to skip.
PLAIN = {
    "document": 0, "center": 0, "flushleft": 0, "flushright": 0, "minipage": 1, "quote": 0, "quotation": 0,
    "multicols": 1, "framed": 0, "mdframed": 0, "tcolorbox": 0, "spacing": 1, "subequations": 0, "small": 0,
    "footnotesize": 0, "large": 0, "abstract": 0, "titlepage": 0, "samepage": 0, "remark": 0, "definition": 0,
    "theorem": 0, "lemma": 0, "proof": 0, "note": 0, "example": 0, "coverpages": 0, "singlespace": 0, "verse": 0,
    "EnvFullwidth": 0, "fullwidth": 0, "otherlanguage": 1, "appendices": 0, "adjustwidth": 2, "columns": 0, "column": 1,
}


def ligatures(text: str) -> list[tuple[str, int, bool]]:
    """Text in pieces (what is printed, place, as it stands).

    >>> ligatures("a -- b")
    [('a ', 0, True), ('–', 2, False), (' b', 4, True)]
    """
    out: list[tuple[str, int, bool]] = []
    at = 0
    for match in LIGATURES.finditer(text):
        out += [(text[at : match.start()], at, True), (LIGATURE[match.group()], match.start(), False)]
        at = match.end()
    out.append((text[at:], at, True))
    return [piece for piece in out if piece[0]]


def accented(letter: str, accent: str) -> str:
    r"""A letter under an accent.

    >>> accented("a", '"')
    'ä'
    """
    return unicodedata.normalize("NFC", letter[:1] + ACCENTS[accent]) + letter[1:]


def label(style: str, number: int) -> str:
    """The label of a list item: letters and small Roman numbers stand in brackets, numbers bear a full stop."""
    if style == "letter":
        return f"({chr(96 + number)})" if number <= 26 else f"({number})"
    if style == "roman":
        return f"({roman(number)})"
    return f"{number}." if style == "number" else "-"


def printed_number(how: str, number: int) -> str:
    """A counter as a command prints it.

    >>> printed_number("alph", 2), printed_number("Roman", 4), printed_number("theexercise", 3)
    ('b', 'IV', '3')
    """
    letter = chr(96 + number) if 1 <= number <= 26 else ""
    shown = {"alph": letter, "roman": roman(number)}.get(how.lower(), str(number))
    return shown.upper() if how[0].isupper() else shown


ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def roman(number: int) -> str:
    """A number in small Roman numerals."""
    out = ""
    for value, sign in ROMAN:
        while number >= value:
            out, number = out + sign, number - value
    return out


STYLES = ((r"\\alph\b|\\Alph\b", "letter"), (r"\\roman\b|\\Roman\b", "roman"), (r"\\arabic\b", "number"))
SHORT = ((r"\b[iI]\b", "roman"), (r"\b[aA]\b", "letter"), (r"\b1\b", "number"))


def style(template: str) -> str:
    r"""The style of a list by its template: `label=(\alph*)`, `(a)`, `1.`; nothing where it says none."""
    said = re.search(r"label\s*=(?P<it>(?:[^,{]|\{[^{}]*\})*)", template)
    for pattern, name in STYLES:
        if re.search(pattern, template):
            return name
    short = said["it"] if said else "" if "=" in template else template
    return next((name for pattern, name in SHORT if re.search(pattern, short)), "")
