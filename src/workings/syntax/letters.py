r"""What single characters and LaTeX commands stand for, in both spellings.

A command is a letter of the alphabet (`\alpha`), an operator (`\cdot` is `*`), or has a form of its own
(`\frac`); what it is becomes the kind of its token, so that no parser looks at spellings again.
"""

from __future__ import annotations

import unicodedata

from workings.expr.names import GREEK

GREEK_WORDS = frozenset(GREEK)

# Characters that are one plain character, so that offsets stay those of the original text.
SAME_WIDTH = {
    "−": "-", "–": "-", "‐": "-", "‑": "-", "·": "*", "⋅": "*", "∙": "*", "×": "*", "∗": "*", "⊙": "*", "÷": "/",
    "∕": "/", "′": "'", "’": "'", "‖": "∥", "∣": "|", "≔": "=", "≡": "=", "≐": "=", "ℝ": "R", "ℓ": "ℓ",
    **dict.fromkeys("\u00a0\u202f\u205f\ufeff" + "".join(map(chr, range(0x2000, 0x200C))), " "),
}

# Operators of one or more characters, by the kind their token gets.
OPERATORS = {
    "**": "^", "==": "=", ":=": "=", "≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">=", "≠": "!=", "∈": "in", "∧": "and",
    "∨": "or", "¬": "not", "←": "<-", "→": "->", "⇒": "implies", "=>": "implies", "&&": "and", "∑": "\\sum",
    "≈": "approx", "-->": "->", "⟶": "->",
    "∏": "\\prod", "∂": "\\partial", "∇": "\\nabla", "√": "\\sqrt", "∞": "\\infty", "…": "dots", "⋯": "dots",
    "...": "dots", "∥": "norm", "\\|": "norm", "\\{": "(", "\\}": ")", "⟨": "<angle", "⟩": "angle>", "\\&": "and",
    "⊤": "\\top",
}

# Commands that are another spelling of an operator.
COMMANDS = {
    "\\cdot": "*", "\\times": "*", "\\ast": "*", "\\odot": "*", "\\circ": "*", "\\div": "/",
    "\\le": "<=", "\\leq": "<=",
    "\\leqslant": "<=", "\\ge": ">=", "\\geq": ">=", "\\geqslant": ">=", "\\lt": "<", "\\gt": ">", "\\ne": "!=",
    "\\neq": "!=", "\\in": "in", "\\wedge": "and", "\\land": "and", "\\vee": "or", "\\lor": "or", "\\neg": "not",
    "\\lnot": "not", "\\leftarrow": "<-", "\\gets": "<-", "\\to": "->", "\\rightarrow": "->", "\\mapsto": "->",
    "\\longrightarrow": "->", "\\approx": "approx", "\\simeq": "approx",
    "\\implies": "implies", "\\Rightarrow": "implies", "\\coloneqq": "=", "\\equiv": "=", "\\doteq": "=",
    "\\triangleq": "=", "\\dots": "dots", "\\ldots": "dots", "\\cdots": "dots", "\\dotsc": "dots", "\\dotsb": "dots",
    "\\mid": "|", "\\vert": "|", "\\lvert": "lbar", "\\rvert": "rbar", "\\Vert": "norm", "\\lVert": "norm",
    "\\rVert": "norm", "\\langle": "<angle", "\\rangle": "angle>", "\\lbrace": "(", "\\rbrace": ")", "\\lbrack": "(",
    "\\rbrack": ")", "\\over": "\\over", "\\prime": "'", "\\intercal": "\\top", "\\transp": "\\top", "\\quad": "brk",
    "\\qquad": "brk", "\\newline": "brk", "\\cr": "brk",
}

FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8), "⅜": (3, 8),
    "⅝": (5, 8), "⅞": (7, 8), "⅙": (1, 6), "⅚": (5, 6),
}

# Commands that are fonts: the name inside is what counts.
FONTS = frozenset(
    "\\" + f for f in
    "mathrm mathbf mathit mathsf mathtt mathcal mathscr mathfrak mathbb boldsymbol bm operatorname rm bf it cal "
    "mathnormal pmb vec textnormal".split()
)
ACCENTS = {
    "\\hat": "hat", "\\widehat": "hat", "\\tilde": "tilde", "\\widetilde": "tilde", "\\bar": "bar",
    "\\overline": "bar", "\\dot": "dot",
}
MARKS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot"}

# Commands that are nothing: spaces, sizes, decoration.
NOTHING = frozenset(
    "\\" + c for c in
    "displaystyle textstyle scriptstyle limits nolimits nonumber notag left right middle big Big bigg Bigg bigl "
    "bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm centering hfill relax allowbreak noindent hline "
    "thinspace medspace thickspace enspace strut mathstrut".split()
)

# Words that join or introduce statements; they are never names when they stand in running text.
JOINING = frozenset("with where and for if when otherwise else given so then thus hence therefore or such that "
                    "we have all every each let assume consider using by as is are i.e. e.g. also while".split())

SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx"))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱʲᵏˡᵐⁿᵖʳˢᵗᵘᵛˣᵀᴸᵈᵇᶜᵉᶠᵍʰ", "0123456789+-=()ijklmnprstuvxTLdbcefgh"))

_NAMES = {
    "Α": "A", "Β": "B", "ϵ": "epsilon", "ε": "varepsilon", "ϕ": "phi", "φ": "varphi", "ϑ": "vartheta", "λ": "lambda",
    "ς": "sigma", "ℓ": "ell", "µ": "mu",
}


def greek_word(char: str) -> str:
    """The plain name of a Greek letter: σ is sigma; "" if it is none."""
    if char in _NAMES:
        return _NAMES[char]
    name = unicodedata.name(char, "")
    if not name.startswith("GREEK "):
        return ""
    word = name.rsplit(" ", 1)[-1].lower().replace("lamda", "lambda")
    if "CAPITAL" in name:
        word = word.capitalize()
    return word if word in GREEK_WORDS else ""


def same_width(text: str) -> str:
    """`text` with every character that is one plain character replaced by it; offsets do not change."""
    table: dict[int, str] = {}
    for char in dict.fromkeys(text):
        if char.isascii():
            continue
        plain = SAME_WIDTH.get(char)
        if plain is None and ord(char) >= 0x1D400:          # mathematical italic and bold letters
            folded = unicodedata.normalize("NFKC", char)
            plain = folded if len(folded) == 1 else None
        if plain is not None:
            table[ord(char)] = plain
    return text.translate(table) if table else text


def upright(latex: str) -> bool:
    r"""Is a name set upright?  \mathrm{a}[z] is a function at z, a[z] an entry."""
    return latex.startswith(("\\mathrm", "\\operatorname"))
