r"""LaTeX quoted from a person's text, typeset as MathML.

latex2mathml does the setting, but it escapes nothing (`\text{<script>}` comes through), so its tree is
written again here: known elements only, known attributes only, every text escaped.  What it cannot
set is `None`, and the page shows the LaTeX itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LONGEST = 20_000              # characters of one quoted formula that are typeset
_TAGS = frozenset(
    "mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mstyle "
    "mpadded mphantom mmultiscripts menclose".split()
)
_ATTRIBUTES = frozenset(
    "stretchy fence form width displaystyle scriptlevel accent accentunder linethickness movablelimits separator "
    "largeop symmetric lspace rspace minsize maxsize columnspan rowspan".split()
)
_PARTS = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "mroot": 2, "msubsup": 3, "munderover": 3}
_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_ROWS = ("math", "mrow", "mtd", "mstyle", "mpadded", "msqrt")
_SAFE_VALUE = re.compile(r"-?[\w.%]{1,20}")
_DOLLARS = re.compile(r"^\s*(\$\$?|\\\[|\\\()|(\$\$?|\\\]|\\\))\s*\.?\s*$")
_TAG = re.compile(r"\\(tag\*?|label)\s*\{[^{}]*\}|\\(nonumber|notag)\b")
SIGNS = ("-", "−", "+", "±", "∓")
PRIMES = ("′", "″", "‴", "'")
CLOSING = (")", "]", "}", "|", "‖", "⟩", "!", *PRIMES)
_LEFT_OVER = re.compile(r"<m[io]>(\\|\$|&amp;)")   # an unknown command, a stray dollar: not understood after all

# Where each alphabet begins in Unicode: capitals, small letters, digits.
_ALPHABETS = {
    "bold": (0x1D400, 0x1D41A, 0x1D7CE),
    "bold-italic": (0x1D468, 0x1D482, 0),
    "italic": (0x1D434, 0x1D44E, 0),
    "script": (0x1D49C, 0, 0),
    "double-struck": (0x1D538, 0, 0),
}
_SCRIPT = dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))
_DOUBLE = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))


def bare(latex: str) -> str:
    r"""LaTeX without its dollars, tags and labels.

    >>> bare(r"$$ y = x \tag{1} $$")
    'y = x'
    """
    return _TAG.sub("", _DOLLARS.sub("", latex)).strip()


def mathml(latex: str, display: bool = False) -> str | None:
    r"""The `<math>` element of a piece of LaTeX, or None where it cannot be set.

    >>> mathml("x_1 < 2")
    '<math><mrow><msub><mi>x</mi><mn>1</mn></msub><mo>&lt;</mo><mn>2</mn></mrow></math>'
    >>> mathml("}{") is None
    True
    """
    from latex2mathml.converter import convert_to_element

    body = bare(latex)
    if not body or len(body) > LONGEST:
        return None
    try:
        root = convert_to_element(body)
    except Exception:          # the library raises its own errors, and IndexError, KeyError or RecursionError too
        return None
    inner = "".join(_write(root))
    if _LEFT_OVER.search(inner) or any(len(node) != _PARTS[node.tag] for node in root.iter() if node.tag in _PARTS):
        return None
    style = ' display="block"' if display else ""
    return f"<math{style}>{inner}</math>"


def _write(root: Element) -> Iterator[str]:
    """The inside of `root`, without recursion: known elements with known attributes, texts escaped."""
    stack: list[Element | str] = [*_spaced(root)][::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        tag, variant = _tag(node), node.attrib.get("mathvariant", "")
        kept = "".join(f' {k}="{v}"' for k, v in node.attrib.items() if k in _ATTRIBUTES and _SAFE_VALUE.fullmatch(v))
        if tag == "mi" and (variant == "normal" or node.tag == "mo"):
            kept += ' mathvariant="normal"'
        if tag == "mo" and unescape(node.text or "") in ("/", *PRIMES):
            kept += ' lspace="0" rspace="0"'
        if tag == "mtd" and node.get("columnalign") in ("left", "right"):
            kept += f' class="{node.get("columnalign")}"'     # MathML Core leaves alignment to the style sheet
        yield f"<{tag}{kept}>{escape(_letters(unescape(node.text or ''), variant))}"
        stack.append(f"</{tag}>")
        stack.extend([*_spaced(node)][::-1])


def _tag(node: Element) -> str:
    if node.tag not in _TAGS or _primed(node):
        return "mrow"                                # a prime is raised already: set small above it would vanish
    if node.tag == "mi" and unescape(node.text or "") in PRIMES:
        return "mo"
    if _is_name(node) or (node.tag == "mo" and unescape(node.text or "") in ("∂", "∇", "…", "⋯")):
        return "mi"                                  # max, ∂ and dots are no signs: they take a name's spacing
    if node.tag in _LIMITS and unescape(node[0].text or "") in ("∑", "∏"):
        return _LIMITS[node.tag]                     # in display style the bounds of a sum stand above and below
    return str(node.tag)


def _primed(node: Element) -> bool:
    """A name with a prime and nothing else above it."""
    return node.tag == "msup" and len(node) == 2 and unescape(node[-1].text or "") in PRIMES


def _is_name(node: Element) -> bool:
    """A function written as a word: log, cosh, max."""
    text = node.text or ""
    return node.tag in ("mi", "mo") and len(text) > 1 and text.isalpha()


def _spaced(node: Element) -> Iterator[Element | str]:
    """The children, with a thin space between a word and the letters or words beside it: log cosh z."""
    before: Element | None = None
    for child in node:
        if child.tag == "mo" and unescape(child.text or "") in SIGNS and _opens(before):
            child.set("form", "prefix")
        beside = before is not None and before.tag not in ("mo", "mspace") and child.tag not in ("mo", "mspace")
        if before is not None and node.tag in _ROWS and (
            (beside and (_is_name(before) or _is_name(child))) or (_is_name(before) and _is_name(child))
        ):
            yield '<mspace width="0.17em"></mspace>'
        yield child
        before = child


def _opens(before: Element | None) -> bool:
    """Is a sign after this one a sign of its own, as in (-v) and = -v, not between two terms?"""
    return before is not None and _tag(before) == "mo" and unescape(before.text or "") not in CLOSING


def _letters(text: str, variant: str) -> str:
    """MathML Core knows no mathvariant but "normal": the letters themselves are bold, script, double-struck."""
    if variant not in _ALPHABETS:
        return text
    return "".join(_letter(c, variant) for c in text)


def _letter(c: str, variant: str) -> str:
    if variant == "script" and c in _SCRIPT:
        return _SCRIPT[c]
    if variant == "double-struck" and c in _DOUBLE:
        return _DOUBLE[c]
    if variant == "italic" and c == "h":
        return "ℎ"                                   # Unicode had this letter before the alphabet
    capital, small, digit = _ALPHABETS[variant]
    if "A" <= c <= "Z" and capital:
        return chr(capital + ord(c) - ord("A"))
    if "a" <= c <= "z" and small:
        return chr(small + ord(c) - ord("a"))
    if "0" <= c <= "9" and digit:
        return chr(digit + ord(c) - ord("0"))
    return c
