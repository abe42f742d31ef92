"""Expressions and lines read with what a network knows."""

from __future__ import annotations

from workings.errors import NotReadable, Source, Span, WorkingsError
from workings.expr import Expr, Network, Rel
from workings.syntax.advice import advised
from workings.syntax.applications import applied
from workings.syntax.finish import bounded
from workings.syntax.pratt import Reader, deep
from workings.syntax.scope import Scope, Signatures
from workings.syntax.statements import Line, Statement, find, settle
from workings.syntax.split import drafts
from workings.syntax.survey import survey


def read_expression(text: str, signatures: Signatures, net: Network | None = None) -> Expr:
    """One expression, relation or condition.

    >>> from workings.functions import signatures
    >>> read_expression("log cosh(z)", signatures())
    Call(log, (Call(cosh, (Ref(z, ()),), 0),), 0)
    """
    source = Source(text)
    with deep():
        scope = Scope(signatures, lines=True)
        if net is not None:
            scope.add_network(net)
        try:
            found = drafts(text)
            if len(found) != 1:
                raise NotReadable("one formula is expected here" if found else "there is no formula here",
                                  span=Span(0, max(1, len(text))))
            reader = Reader(scope)
            reader.start(found[0].toks, text, found[0].tex)
            tree = reader.whole()
            return tree if net is None else settled(tree, net, scope)
        except WorkingsError as error:
            raise advised(error, source) from None


def read_lines(lines: str | list[str], signatures: Signatures, net: Network) -> list[Line]:
    """Each line of a person's working; what cannot be read has its reason in `error`."""
    texts = [lines] if isinstance(lines, str) else lines
    out: list[Line] = []
    first: Expr | None = None
    with deep():
        for number, text in enumerate(texts):
            source = Source(text)
            for line in _lines_of(source, signatures, net, first):
                line.index = number if not isinstance(lines, str) else len(out)
                out.append(line)
                if isinstance(line.body, Rel):
                    first = line.body.args[0]
    return out


def _lines_of(source: Source, signatures: Signatures, net: Network, first: Expr | None) -> list[Line]:
    scope = Scope(signatures)
    scope.add_network(net)
    everything = Span(0, len(source.text))
    try:
        found = find(source)
        survey(found, scope)
    except WorkingsError as error:
        return [Line(0, source.text, everything, source, None, "unreadable", advised(error, source))]
    reader = Reader(scope)
    scope.lines = True
    out: list[Line] = []
    for item in found:
        span = item.draft.span
        shown = source.text[span.start : span.end]
        try:
            statement = settle(item, reader)
            scope.lines = True
            body = settled(_whole(statement, first), net, scope)
            out.append(Line(0, shown, span, source, body, statement.kind))
            first = body.args[0] if isinstance(body, Rel) else first
        except WorkingsError as error:
            scope.lines = True
            out.append(Line(0, shown, span, source, None, "unreadable", advised(error, source, span)))
    if not out:
        nothing = NotReadable("there is no formula in this line", span=everything, source=source)
        return [Line(0, source.text, everything, source, None, "unreadable", nothing)]
    return out


def settled(tree: Expr, net: Network, scope: Scope) -> Expr:
    """A line with applications substituted and fresh indices bounded."""
    if scope.pending:
        tree = applied(tree, net)
    return bounded(tree, net)


def _whole(statement: Statement, first: Expr | None) -> Expr:
    """A line that begins with = goes on from the first side of the line before."""
    body = statement.body
    if not statement.continues or not isinstance(body, Rel):
        return body
    if first is None:
        raise NotReadable("nothing stands before this =", span=statement.span, expected="a left side")
    return Rel((first, *body.args[1:]), body.ops, body.span)
