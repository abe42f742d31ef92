"""How an expression is written: plain, LaTeX, MathML."""

from workings.notation.latex import latex
from workings.notation.letters import latex_name
from workings.notation.mathml import mathml
from workings.notation.plain import plain, plain_name

__all__ = ["latex", "latex_name", "mathml", "plain", "plain_name"]
