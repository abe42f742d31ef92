"""The MathML ink, for MathML Core with a font such as STIX Two Math."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from workings.expr import Expr
from workings.notation.layout import formula
from workings.notation.lettering import PRIME, styled, symbols

TIMES, APPLY = "\u2062", "\u2061"
FENCES = {r"\lVert": "‖", r"\rVert": "‖", r"\langle": "⟨", r"\rangle": "⟩"}
BIG = {"sum": "∑", "prod": "∏"}
SIGNS = {
    "-": "−", r"\neq": "≠", r"\leq": "≤", r"\geq": "≥", r"\in": "∈", r"\leftarrow": "←", r"\wedge": "∧", r"\vee": "∨",
    r"\Rightarrow": "⇒", r"\neg": "¬", r"\nabla": "∇", r"\partial": "∂", r"\dots": "…", r"\cdot": "·", r"\prime": "′",
    r"\top": "⊤",
}


def mathml(expr: Expr, spelling: Mapping[str, str] | None = None, display: str = "inline") -> str:
    """The expression as a `<math>` element; `display` is "inline" or "block".

    >>> from workings.expr import Ref
    >>> mathml(Ref("y"))
    '<math display="inline"><mi>y</mi></math>'
    """
    return f'<math display="{display}">{formula(expr, MathmlInk(), spelling or {})}</math>'


class MathmlInk:
    """Strings of MathML; every piece is one element, so that it may be a base or a numerator."""

    def name(self, latex: str) -> str:
        return symbols(latex)

    def number(self, text: str) -> str:
        return f"<mn>{escape(text)}</mn>"

    def sign(self, latex: str, role: str) -> str:
        text = escape(SIGNS.get(latex, latex))
        if latex == r"\prime":
            return PRIME
        if role == "ord":
            return f"<mi mathvariant='normal'>{text}</mi>" if text in "∂∇⊤" else f"<mo>{text}</mo>"
        return f'<mo form="{role}">{text}</mo>'

    def word(self, latex: str) -> str:
        return symbols(latex)

    def words(self, text: str) -> str:
        return f"<mtext>{escape(text)}</mtext>"

    def row(self, parts: Sequence[str]) -> str:
        parts = [p for p in parts if p]
        return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"

    def times(self, kind: str) -> str:
        if kind == "dot":
            return "<mo>⋅</mo>"
        if kind == "each":
            return "<mo>⊙</mo>"
        thin = '<mspace width="0.17em"></mspace>' if kind == "thin" else ""
        return f"<mo>{TIMES}</mo>{thin}"

    def comma(self, wide: bool) -> str:
        return '<mo separator="true">,</mo>' if wide else '<mo separator="true" lspace="0" rspace="0">,</mo>'

    def fence(self, left: str, body: str, right: str, tall: bool) -> str:
        stretch = "true" if tall else "false"
        opened, closed = (escape(FENCES.get(f, f)) for f in (left, right))
        return (f'<mrow><mo form="prefix" fence="true" stretchy="{stretch}">{opened}</mo>{body}'
                f'<mo form="postfix" fence="true" stretchy="{stretch}">{closed}</mo></mrow>')

    def frac(self, top: str, bottom: str) -> str:
        return f"<mfrac>{top}{bottom}</mfrac>"

    def script(self, base: str, below: str, above: str) -> str:
        if above and not above.replace(PRIME, ""):          # the glyph is raised already: set small it would vanish
            base, above = self.row([base, above]), ""
        if not below and not above:
            return base
        below = self.tight(below)
        if above and not below and base.startswith("<msub>") and base.endswith("</msub>"):
            return f"<msubsup>{base[6:-7]}{above}</msubsup>"
        if below and above:
            return f"<msubsup>{base}{below}{above}</msubsup>"
        return f"<msub>{base}{below}</msub>" if below else f"<msup>{base}{above}</msup>"

    def limits(self, op: str, below: str, above: str) -> str:
        below = self.tight(below)
        big = f'<mo movablelimits="true">{BIG[op]}</mo>' if op in BIG else f'<mo movablelimits="true">{op}</mo>'
        return f"<munderover>{big}{below}{above}</munderover>" if above else f"<munder>{big}{below}</munder>"

    def root(self, body: str) -> str:
        return f"<msqrt>{body}</msqrt>"

    def brace(self, inner: str, says: str, over: bool) -> str:
        tag, sign = ("mover", "⏞") if over else ("munder", "⏟")
        return f'<{tag}><{tag}>{inner}<mo stretchy="true">{sign}</mo></{tag}>{says}</{tag}>'

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        lines = [self._case(value, when) for value, when in rows]
        return (f'<mrow><mo form="prefix" fence="true" stretchy="true">{{</mo>'
                f'<mtable>{"".join(lines)}</mtable></mrow>')

    def _case(self, value: str, when: str) -> str:
        said = self.row([self.words("if\u00a0"), when]) if when else self.words("otherwise")
        left = 'style="text-align:left"'
        return f"<mtr><mtd {left}>{value}</mtd><mtd {left}>{said}</mtd></mtr>"

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        cells = "".join(f"<mtr>{''.join(f'<mtd>{c}</mtd>' for c in row)}</mtr>" for row in rows)
        return self.fence("(", f"<mtable>{cells}</mtable>", ")", True)

    def apply(self) -> str:
        return f"<mo>{APPLY}</mo>"

    def space(self, after: str) -> str:
        return f'<mo>{APPLY}</mo><mspace width="0.17em"></mspace>' if after == "word" else ""

    def tight(self, text: str) -> str:
        return text.replace('<mo form="infix">', '<mo form="infix" lspace="0.08em" rspace="0.08em">')

    def bold(self, latex: str) -> str:
        return styled(latex, "boldsymbol")
