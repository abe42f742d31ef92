r"""LaTeX quoted from a sheet, made readable in a terminal: `\rho(z) = \max(0, z)` becomes ρ(z) = max(0, z).

What is not known stays as it was written.  This is for the eye only; nothing reads it back.
"""

from __future__ import annotations

import re

from workings.render.tex import bare

_GREEK = dict(zip(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi "
    "varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell".split(),
    "αβγδεεζηθικλμνξπρστυφφχψωΓΔΘΛΞΠΣΥΦΨΩℓ", strict=True,
))
SIDE_BY_SIDE = "   "          # what stands between formulas that share a display
_GAP = "\u2003"               # a wide space, three of a terminal's
_SIGNS = {
    "cdot": "·", "times": "×", "geq": "≥", "ge": "≥", "leq": "≤", "le": "≤", "neq": "≠", "ne": "≠", "in": "∈",
    "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏", "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨",
    "lt": "<", "gt": ">",
    "dots": "…", "ldots": "…", "cdots": "…", "infty": "∞", "to": "→", "rightarrow": "→", "leftarrow": "←", "odot": "⊙",
    "top": "ᵀ", "pm": "±", "approx": "≈", "quad": _GAP, "qquad": _GAP, "left": "", "right": "", "displaystyle": "",
    "big": "", "Big": "", "bigl": "", "bigr": "", "Bigl": "", "Bigr": "", "limits": "",
}
_WORDS = frozenset("log ln exp cosh sinh tanh sech sin cos tan max min sqrt abs erf lim arg det".split())
_FONTS = re.compile(
    r"\\(?:boldsymbol|mathbf|bm|mathrm|mathit|mathsf|mathcal|text|textbf|mbox|operatorname\*?|vec|rm)\s*\{([^{}]*)\}"
)
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_BRACE = re.compile(r"\\(?:under|over)brace\s*\{([^{}]*)\}\s*[_^]\s*\{([^{}]*)\}")
_SCRIPT = re.compile(r"(?<!\})([_^])\s*\{([^{}]*)\}")       # behind a brace that is still open: later
_ACCENT = re.compile(r"\\(hat|widehat|tilde|widetilde|bar|overline|dot)(?![A-Za-z])\s*\{?\s*(\w)\s*\}?")
_MARKS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "dot": "\u0307"}
_PLAIN = {"widehat": "hat", "widetilde": "tilde", "overline": "bar"}
_DOUBLE = {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ"}
_MOST = 200                   # rounds; each undoes one level of braces


def readable(latex: str) -> str:
    r"""A formula of a sheet for the terminal.

    >>> readable(r"\frac{\partial E}{\partial w_{13}} = \frac{1}{N} \sum_{k=1}^N \log\cosh(y_k - t_k)")
    '∂E/∂w_13 = 1/N ∑_(k=1)^N log cosh(y_k - t_k)'
    """
    text = re.sub(r"\\mathbb\s*\{?\s*([RNZQC])\s*\}?", lambda m: _DOUBLE[m[1]], bare(latex))
    text = _ACCENT.sub(lambda m: m[2] + _MARKS[_PLAIN.get(m[1], m[1])], text)
    text = re.sub(r"\\[,;:! ]|~", " ", text).replace("\\\\", " ; ").replace("&", "")
    text = re.sub(r"\\(begin|end)\s*\{[a-z*]+\}", "", text)
    for _ in range(_MOST):
        new = _FRACTION.sub(_quotient, _BRACE.sub(r"(\1 : \2)", _SCRIPT.sub(_script, _FONTS.sub(r"\1", text))))
        if new == text:
            break
        text = new
    text = re.sub(r"\\([A-Za-z]+)", _command, text)
    text = text.replace(r"\{", "{").replace(r"\}", "}")
    text = re.sub(r"[ \t\n]+", " ", re.sub(r"∂\s+", "∂", text)).strip()
    text = re.sub(r"([(\[]) ?", r"\1", re.sub(r" ?/ ?", "/", re.sub(r" ('+)", r"\1", text)))
    text = re.sub(r"(^|[(\[]|[=<>≤≥,] )([-+−]) (?=\S)", r"\1\2", text)             # a sign of its own
    return re.sub(rf" ?{_GAP} ?", SIDE_BY_SIDE, text)


def _quotient(match: re.Match[str]) -> str:
    return f"{_bracketed(match[1])}/{_bracketed(match[2])}"


def _bracketed(part: str) -> str:
    part = part.strip()
    whole = re.fullmatch(r"\\?\w+(\s*[_^]\w+)*|\\(partial|nabla)\s*\w+([_^]\w+)*", part)
    return part if whole else f"({part})"


def _script(match: re.Match[str]) -> str:
    inner = match[2].strip()
    return match[1] + (inner if re.fullmatch(r"\w+'*|\([^()]*\)", inner) else f"({inner})")


def _command(match: re.Match[str]) -> str:
    name = match[1]
    if name in _GREEK:
        return _GREEK[name]
    if name in _SIGNS:
        return _SIGNS[name]
    return f" {name} " if name in _WORDS and match.string[match.end() : match.end() + 1] in ("\\", " ") else (
        name if name in _WORDS else match[0]
    )
