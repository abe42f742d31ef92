"""Statements: what one is, and the door that reads them from a text or from a display of a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from workings.errors import Source, Span, WorkingsError
from workings.expr import Expr, Network
from workings.syntax.advice import advised
from workings.syntax.pratt import Reader, deep
from workings.syntax.scope import Scope, Signatures
from workings.syntax.settle import READ, Meaning
from workings.syntax.split import drafts
from workings.syntax.survey import Found, classify, survey

KINDS = (
    "equation", "function", "range", "array", "opaque", "fact", "class", "claim", "update", "domain", "point",
    "empty", "edge", "expression", "words",
)


@dataclass(slots=True, eq=False)
class Statement:
    """One statement of a text.

    `body` is the whole of it (for an equation the `Rel` of all its sides); `parts` its sides in order (what an
    array, a range or a class rule is made of stands in `meaning`, one entry for each thing declared).
    `continues`: it begins with a relation and goes on from the statement before, in another display.
    """

    kind: str
    body: Expr
    span: Span
    text: str
    tag: str = ""
    parts: tuple[Expr, ...] = ()
    meaning: tuple[Meaning, ...] = ()
    continues: bool = False
    found: Found | None = field(default=None, repr=False)
    read_body: Expr | None = field(default=None, repr=False)   # as read: a body put in later is kept
    signatures: Signatures = field(default_factory=dict, repr=False)


@dataclass(slots=True, eq=False)
class Line:
    """One line of a person's working: a formula that claims something, or the reason why it could not be read."""

    index: int
    text: str
    span: Span
    source: Source
    body: Expr | None
    kind: str
    error: WorkingsError | None = None


def statements(
    source: Source | str,
    signatures: Signatures,
    region: tuple[int, int] | None = None,
    scope: Network | None = None,
    *,
    problems: list[WorkingsError] | None = None,
) -> list[Statement]:
    r"""The statements of a text or of one display in it, read with what `scope` knows.

    With a list for `problems`, what cannot be read is noted there instead of raised, and left out.

    >>> from workings.functions import signatures
    >>> [s.kind for s in statements(r"a = \tanh(z) \qquad i = 1, \dots, d", signatures())]
    ['equation', 'range']
    """
    source = Source(source) if isinstance(source, str) else source
    with deep():
        found = find(source, region)
        known = Scope(signatures)
        if scope is not None:
            known.add_network(scope)
        survey(found, known)
        return list(settle_all(found, known, source, problems))


def find(source: Source, region: tuple[int, int] | None = None) -> list[Found]:
    """The drafts of a text with their kinds."""
    start, end = region or (0, len(source.text))
    try:
        return [Found(d, source.text, classify(d)) for d in drafts(source.text, start, end, region is not None)]
    except WorkingsError as error:
        raise advised(error, source) from None


def settle_all(
    found: Iterable[Found], scope: Scope, source: Source, problems: list[WorkingsError] | None = None
) -> Iterable[Statement]:
    """Statements one by one; errors get their source."""
    reader = Reader(scope)
    for item in found:
        try:
            yield settle(item, reader)
        except WorkingsError as error:
            advised(error, source, item.draft.span)
            if problems is None:
                raise error from None
            problems.append(error)


def settle(item: Found, reader: Reader) -> Statement:
    """One draft, read for good."""
    draft = item.draft
    span = draft.span
    body, parts, meaning = READ[item.kind](item, reader)
    return Statement(
        item.kind, body, span, item.text[span.start : span.end], draft.tag, parts, meaning, draft.continues, item,
        body, reader.scope.signatures,
    )
