"""A formula of a document as MathML, and the two halves of a relation that a display aligns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from workings.document import Inline, Line, Math, Raw, Row
from workings.expr import Add, Call, Deriv, Div, Expr, Logic, Mul, Neg, Num, Pow, Ref, Rel

SIGNS = {"=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "in": "∈", "<-": "←",
         "+": "+", "-": "−"}
LATEX_SIGNS = {"=": "=", "!=": r"\neq", "<": r"\lt", "<=": r"\leq", ">": r"\gt", ">=": r"\geq", "in": r"\in",
               "<-": r"\leftarrow"}
LONG = 56                     # characters of plain notation above which a chain of equations stands on several lines
WIDE = 58                     # characters above which a sum does


Measure = Callable[[Expr], int]


@dataclass(frozen=True, slots=True)
class Half:
    """One line of a display: a left side (or none), a relation sign (or none), what follows it."""

    left: Expr | None
    sign: str
    right: Expr | Raw | None


def halves(row: Row, wide: int = WIDE, measure: Measure | None = None) -> list[Half]:
    """The lines of a row: a long chain a = b = c takes one for each sign, a sum wider than `wide` several."""
    measure = measure or typeset
    return [part for half in _relations(row, measure) for part in _broken(half, wide, measure)]


def _relations(row: Row, measure: Measure) -> list[Half]:
    formula = row.formula
    if not isinstance(formula, Rel) or any(isinstance(a, Rel | Logic) for a in formula.args):
        return [Half(None, "", formula)]
    first, *rest = formula.args
    left = None if row.continues else first
    if len(rest) == 1:
        return [Half(left, formula.ops[0], rest[0])]
    if set(formula.ops) != {"="} or measure(formula) <= LONG:
        return [Half(left, formula.ops[0], Rel(tuple(rest), formula.ops[1:]))]
    lines = [Half(left, formula.ops[0], rest[0])]
    return lines + [Half(None, op, arg) for op, arg in zip(formula.ops[1:], rest[1:], strict=True)]


def _broken(half: Half, wide: int, measure: Measure) -> list[Half]:
    """A long sum over several lines, each but the first behind its + or -."""
    if not half.sign or not isinstance(half.right, Add) or measure(half.right) <= wide:
        return [half]
    lines: list[list[Expr]] = [[]]
    used = 0
    for term in half.right.args:
        bare = isinstance(term, Neg) and isinstance(term.arg, Add | Neg)      # its minus needs its bracket
        size = measure(term) + 3                                              # with its sign and two spaces
        if lines[-1] and not bare and used + size > wide:
            lines.append([])
            used = 0
        lines[-1].append(term)
        used += size
    return [Half(half.left, half.sign, _sum(lines[0])), *(_continued(line) for line in lines[1:])]


def _continued(terms: list[Expr]) -> Half:
    first, *rest = terms
    if isinstance(first, Neg):
        return Half(None, "-", _sum([first.arg, *rest]))
    return Half(None, "+", _sum(terms))


def _sum(terms: list[Expr]) -> Expr:
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def length(formula: Expr) -> int:
    """How wide a formula is in a terminal."""
    from workings.notation import plain

    return len(plain(formula))


def typeset(formula: Expr) -> int:
    """About how wide a formula is in print, in letters: the halves of a fraction stand one above the other."""
    from workings.expr import fold

    return fold(formula, _width)


def _width(node: Expr, inner: tuple[int, ...]) -> int:
    if isinstance(node, Div):
        return max(inner) + 1
    if isinstance(node, Deriv):
        return max(inner[0], sum(inner[1:])) + 2
    if isinstance(node, Ref):
        return len(node.name) + sum(inner)
    if isinstance(node, Num):
        return len(str(node.value))
    if isinstance(node, Mul | Pow | Neg):
        return sum(inner) + 1
    if isinstance(node, Add | Rel | Logic):
        return sum(inner) + 3 * len(inner) - 3
    name = node.function if isinstance(node, Call) else ""
    return sum(inner) + len(name) + 2


def letters(part: Inline) -> int:
    """About how wide a part of a line is, in letters."""
    if isinstance(part, str):
        return len(part)
    if isinstance(part, Math):
        return len(part.formula.latex) if isinstance(part.formula, Raw) else typeset(part.formula)
    return len(part.text)


def tidy(line: Line) -> Line:
    """A sheet's `$x$ .` without the space between a formula and the stop behind it."""
    out: list[Inline] = []
    for part in line:
        if isinstance(part, str) and out and isinstance(out[-1], Math):
            part = re.sub(r"^\s+(?=[.,;:!?)])", "", part)
        out.append(part)
    return tuple(out)


def inline(formula: Expr | Raw, spelling: Mapping[str, str]) -> str:
    """A formula within a line."""
    if isinstance(formula, Raw):
        return raw(formula)
    return f"<math>{inner(formula, spelling)}</math>"


def shown(formula: Expr | Raw | None, spelling: Mapping[str, str], sign: str = "") -> str:
    """A formula in display style, behind a relation sign if there is one."""
    if formula is None and not sign:
        return ""
    if isinstance(formula, Raw):
        return raw(formula, display=True)
    before = f'<mo form="infix">{escape(SIGNS.get(sign, sign))}</mo>' if sign else ""
    body = inner(formula, spelling) if formula is not None else ""
    lead = "<mrow></mrow>" if sign else ""           # an operand before the sign: without one it gets no space
    return f'<math displaystyle="true"><mrow>{lead}{before}{body}</mrow></math>'


def inner(formula: Expr, spelling: Mapping[str, str]) -> str:
    """The MathML of a formula without the `<math>` around it."""
    from workings.notation import mathml

    text = mathml(formula, spelling)
    if text.startswith("<math"):
        text = text[text.index(">") + 1 :].removesuffix("</math>")
    return text


def raw(formula: Raw, display: bool = False) -> str:
    """LaTeX as a person wrote it: typeset where that can be done, else the LaTeX itself."""
    from workings.render import tex

    text = tex.mathml(formula.latex)
    if text is None:
        return f'<code class="tex">{escape(formula.latex.strip())}</code>'
    return text.replace("<math>", '<math displaystyle="true">', 1) if display else text
