"""What to try, for errors whose place in the reader knows only what was expected.

The rows are tried in order; the first whose words stand in the message gives the advice.
"""

from __future__ import annotations

import re

from workings.errors import Source, Span, WorkingsError

ADVICE: tuple[tuple[str, str], ...] = (
    ("bracket .* is never closed", "close it where its inside ends, or take the opening one away"),
    ("never opened", "take it away, or open the bracket where its inside begins"),
    ("something is missing", "write what is missing, or take the sign before it away"),
    ("has no argument", "write its argument in a bracket right after it"),
    (r"is given \d+ argument|but is given", "count the commas in its bracket"),
    ("no = in it|left side of this equation|no equation in this text", "give the result a name: y = …"),
    ("cannot begin a formula", "take it away, or write a name before it"),
    ("too long", "write it shorter, such as 10^k"),
    ("has no meaning in a formula", "delete it, or type it anew: it may have come along with a copied text"),
    ("environment .* is never closed", "close it after its last row"),
    ("where .* should stand", "put it there, or take away what it would close"),
    ("needs a label and a condition", "say when: class 1 if y < 0"),
    ("needs both ends", "say where it ends: i = 1..d"),
)
GENERAL = "compare the place under the caret with what is expected"


def advised(error: WorkingsError, source: Source | None, span: Span | None = None) -> WorkingsError:
    """The error with its place, and with advice where it had none.

    >>> from workings.errors import NotReadable
    >>> advised(NotReadable("tanh has no argument"), Source("y = tanh")).hint
    'write its argument in a bracket right after it'
    """
    if not error.hint:
        error.hint = next((hint for words, hint in ADVICE if re.search(words, error.message)), GENERAL)
    return error.located(source, span)
