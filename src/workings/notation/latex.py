"""The LaTeX ink."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workings.expr import Expr
from workings.notation.layout import formula


def latex(expr: Expr, spelling: Mapping[str, str] | None = None) -> str:
    r"""The expression as a textbook sets it.

    >>> from workings.expr import Call, Mul, Ref
    >>> latex(Mul((Call("tanh", (Ref("z3"),)), Ref("w13"))))
    '\\tanh(z_{3})\\, w_{13}'
    """
    return formula(expr, LatexInk(), spelling or {})


class LatexInk:
    """Strings of LaTeX; a command that would run into a letter gets a space."""

    def name(self, latex: str) -> str:
        return latex

    def number(self, text: str) -> str:
        return text

    def sign(self, latex: str, role: str) -> str:
        return f" {latex} " if role == "infix" else latex

    def word(self, latex: str) -> str:
        return latex

    def words(self, text: str) -> str:
        return rf"\text{{{text}}}"

    def row(self, parts: Sequence[str]) -> str:
        out = ""
        for part in parts:
            runs = re.search(r"(\\[A-Za-z]+|\})$", out) and re.match(r"[A-Za-z]", part)
            signs = out and (part.startswith("\\partial") or out.endswith("\\partial")) and part.startswith("\\")
            glue = " " if runs or signs else ""
            out += glue + part
        return out

    def times(self, kind: str) -> str:
        return {"dot": r" \cdot ", "thin": r"\, ", "none": " ", "each": r" \odot "}[kind]

    def comma(self, wide: bool) -> str:
        return ", " if wide else ","

    def fence(self, left: str, body: str, right: str, tall: bool) -> str:
        if tall:
            return rf"\left{left} {body} \right{right}"
        space = " " if left.startswith("\\") else ""
        return f"{left}{space}{body}{space}{right}"

    def frac(self, top: str, bottom: str) -> str:
        return rf"\frac{{{top}}}{{{bottom}}}"

    def script(self, base: str, below: str, above: str) -> str:
        primes = above.count(r"\prime") if above and not above.replace(r"\prime", "") else 0
        top = "'" * primes if primes else f"^{{{above}}}" if above else ""
        return base + (f"_{{{self.tight(below)}}}" if below else "") + top

    def limits(self, op: str, below: str, above: str) -> str:
        return self.script(f"\\{op}", below, above)

    def root(self, body: str) -> str:
        return rf"\sqrt{{{body}}}"

    def brace(self, inner: str, says: str, over: bool) -> str:
        return rf"\overbrace{{{inner}}}^{{{says}}}" if over else rf"\underbrace{{{inner}}}_{{{says}}}"

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        lines = [value + (rf" & \text{{if }} {when}" if when else r" & \text{otherwise}") for value, when in rows]
        return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        return r"\begin{pmatrix} " + r" \\ ".join(" & ".join(row) for row in rows) + r" \end{pmatrix}"

    def apply(self) -> str:
        return ""

    def space(self, after: str) -> str:
        return " " if after == "big" else ""

    def tight(self, text: str) -> str:
        return re.sub(r" ([-+=]) ", r"\1", text)

    def bold(self, latex: str) -> str:
        return rf"\boldsymbol{{{latex}}}"
