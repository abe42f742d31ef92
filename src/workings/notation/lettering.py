r"""LaTeX names as MathML: letters, Greek, accents, styles, words, and what stands below and above them.

Only names come here (`\hat{y}`, `W^{(1)}`, `x_{i}^{(k)}`, `\mathrm{net}_{h1}`); a formula is laid out from its tree.
"""

from __future__ import annotations

import re
from html import escape

GREEK = dict(zip(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell".split(),
    "αβγδϵεζηθϑικλμνξπρστυϕφχψωΓΔΘΛΞΠΣΥΦΨΩℓ", strict=True,
))
OTHER = {"infty": "∞", "prime": "′", "ast": "∗", "star": "⋆", "top": "⊤", "dagger": "†", "cdot": "·", "langle": "⟨",
         "rangle": "⟩", "partial": "∂", "nabla": "∇", "lambda": "λ"}
ACCENTS = {"hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~", "dot": "˙",
           "vec": "→", "ddot": "¨"}
UPRIGHT = ("mathrm", "text", "operatorname", "rm", "textrm", "mathsf", "mbox")
STYLES = ("boldsymbol", "mathbf", "bm", "mathcal", "mathbb", "mathit", "mathscr", "mathfrak", "pmb")
SCRIPTS = dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))
DOUBLE = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[A-Za-z]|\d+|\s+|.", re.DOTALL)
PRIME = '<mo lspace="0" rspace="0">′</mo>'
DEEPEST = 12                  # groups inside one another in a name; deeper is shown as written


def symbols(latex: str) -> str:
    r"""A name as one MathML element.

    >>> symbols(r"\hat{y}_{1}")
    '<msub><mover accent="true"><mi>y</mi><mo>^</mo></mover><mn>1</mn></msub>'
    """
    tokens = [t for t in TOKEN.findall(latex) if not t.isspace() and t not in (r"\,", r"\!", r"\;", r"\ ")]
    if _depth(tokens) > DEEPEST:
        return f"<mtext>{escape(latex)}</mtext>"
    return _row(_Reader(tokens).items(""))


def styled(latex: str, style: str) -> str:
    """A name in bold, script or double-struck letters."""
    return symbols(rf"\{style}{{{latex}}}")


def _depth(tokens: list[str]) -> int:
    depth = most = 0
    for token in tokens:
        depth += (token == "{") - (token == "}")
        most = max(most, depth)
    return max(most, sum(t.lstrip("\\") in ACCENTS for t in tokens))


def _row(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"<mrow>{''.join(items)}</mrow>"


class _Reader:
    """A reader of names by recursive descent; its depth is bounded by `DEEPEST`."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0

    def items(self, style: str) -> list[str]:
        """Everything up to the end or a closing brace."""
        out: list[str] = []
        while self.at < len(self.tokens) and self.tokens[self.at] != "}":
            token = self.tokens[self.at]
            if token in "_^'" and token:
                base = out.pop() if out else "<mrow></mrow>"
                out.append(self.scripts(base, style))
            else:
                out.append(self.item(style))
        return out

    def scripts(self, base: str, style: str) -> str:
        below: list[str] = []
        above: list[str] = []
        while self.at < len(self.tokens) and self.tokens[self.at] in ("_", "^", "'"):
            token = self.tokens[self.at]
            self.at += 1
            if token == "'":
                base = f"<mrow>{base}{PRIME}</mrow>"
            else:
                (below if token == "_" else above).append(self.item(""))
        if below and above:
            return f"<msubsup>{base}{_row(below)}{_row(above)}</msubsup>"
        if not below and not above:
            return base
        return f"<msub>{base}{_row(below)}</msub>" if below else f"<msup>{base}{_row(above)}</msup>"

    def item(self, style: str) -> str:
        if self.at >= len(self.tokens):
            return "<mrow></mrow>"
        token = self.tokens[self.at]
        self.at += 1
        if token == "{":
            inner = self.items(style)
            self.at += 1
            return _row(inner) if style not in UPRIGHT else _word(inner)
        return self.command(token[1:], style) if token.startswith("\\") else _letter(token, style)

    def command(self, name: str, style: str) -> str:
        if name in ACCENTS:
            return f'<mover accent="true">{self.item(style)}<mo>{ACCENTS[name]}</mo></mover>'
        if name in UPRIGHT or name in STYLES:
            return self.item(name)
        if name in GREEK:
            return _letter(GREEK[name], style)
        if name in OTHER:
            return f"<mo>{OTHER[name]}</mo>"
        return f"<mi>{escape(name)}</mi>" if len(name) > 1 else f"<mo>{escape(name)}</mo>"


def _word(letters: list[str]) -> str:
    """Upright letters of a word as one identifier: `net`, but `h1` in a subscript as well."""
    text = re.sub(r"<[^>]*>", "", "".join(letters))
    one = ' mathvariant="normal"' if len(text) == 1 else ""
    return f"<mi{one}>{text}</mi>"


def _letter(token: str, style: str) -> str:
    if token.isdigit():
        return f"<mn>{_shifted(token, 0x1D7CE, '0') if style in ('mathbf', 'boldsymbol', 'bm', 'pmb') else token}</mn>"
    if not token.isalpha() and not 0xE000 <= ord(token) < 0xE100:
        return f"<mo>{escape(token)}</mo>" if token not in "()[]" else f'<mo stretchy="false">{token}</mo>'
    if 0xE000 <= ord(token) < 0xE100:
        return token
    upright = style in UPRIGHT or token in "ΓΔΘΛΞΠΣΥΦΨΩ"
    variant = ' mathvariant="normal"' if upright and style not in STYLES else ""
    return f"<mi{variant}>{escape(_shape(token, style))}</mi>"


def _shape(letter: str, style: str) -> str:
    """The letter of another alphabet of Unicode."""
    if style in ("boldsymbol", "bm", "pmb", "mathbf"):
        if not letter.isascii():
            start = "α" if letter.islower() else "Α"
            bold = 0x1D736 if letter.islower() else 0x1D71C
            return _shifted(letter, bold, start) if "Α" <= letter <= "ω" else letter
        upper, lower = (0x1D400, 0x1D41A) if style == "mathbf" else (0x1D468, 0x1D482)
        return _shifted(letter, upper if letter.isupper() else lower, "A" if letter.isupper() else "a")
    if style in ("mathcal", "mathscr") and letter.isascii() and letter.isupper():
        return SCRIPTS.get(letter) or _shifted(letter, 0x1D49C, "A")
    if style == "mathbb" and letter.isascii() and letter.isupper():
        return DOUBLE.get(letter) or _shifted(letter, 0x1D538, "A")
    return letter


def _shifted(text: str, start: int, first: str) -> str:
    return "".join(chr(start + ord(c) - ord(first)) for c in text)
