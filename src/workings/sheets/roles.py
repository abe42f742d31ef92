"""Roles, names and classes that sentences state: "t is a target variable", "of class 1 if y < 0"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from workings.errors import Span
from workings.expr import Ref, Rel
from workings.expr.names import GREEK
from workings.expr.network import ClassRule
from workings.sheets.prose import MARK, Prose

# The nouns that say what a name is for, as sheets use them.
NOUNS: dict[str, str] = {
    "target": (
        r"(?:true |desired |correct |known )?(?:targets?(?: values?| variables?| outputs?)?|labels?|ground truths?|"
        r"desired (?:outputs?|values?)|teacher signals?)"),
    "input": (
        r"(?:observed |input |independent )"
        r"(?:variables?|neurons?|units?|features?|vectors?|data(?: points?)?|values?|pairs?)|"
        r"inputs?|features?|data[ -]?points?|observations?|covariates?"),
    "parameter": (
        r"(?:shared |model |trainable |learnable |adjustable |free |network |common )?"
        r"(?:parameters?(?: vectors?)?|weights?(?: vectors?| matrix| matrices)?|bias(?:es)?(?: vectors?)?|"
        r"coefficients?)"),
    "output": r"outputs?|predictions?|predicted values?|responses?",
    "error": (
        r"(?:squared |mean |total |average |training )*(?:errors?|loss(?:es)?|costs?|objectives?|criterion|risk)"
        r"(?: functions?| terms?)?"),
}
# Words that look like names and are none in prose.
WORDS = "a|A|I|in|is|as|at|an|by|if|of|on|or|to|we|it|be|do|so|no|up|us|that|what|chat|i\\.e|e\\.g"
NAME = (
    rf"(?:{MARK}|(?<![\w’'.])(?:(?!(?:{WORDS})\b)(?:[A-Za-z]|{'|'.join(GREEK)}|[a-z]hat)\d{{0,3}})(?![\w’'-]))"
)
LIST = rf"{NAME}(?:\s*(?:,\s*and|,|and|or)\s+{NAME})*"
DET = (
    r"(?:(?:a|an|the|some|two|three|four|five|\d+|our|its|their|given|this|that|one|same|of|scalar|real|single)\s+)*"
)
BARE_CONDITION = rf"{NAME}\s*(?:≤|≥|<=|>=|<|>)\s*[-−]?\d+(?:[./]\d+)?"
CONDITION = rf"(?:{BARE_CONDITION}|{MARK})"
LABEL = (
    rf"(?:class\s+(?:[+−-]?\d+\b|[A-Z]\w{{0,2}}\b|[\"“'][^\"”']+[\"”']|{MARK})|"
    r"[\"“'](?:\w+ )?\w+[\"”']|(?:positive|negative|first|second)\s+class)"
)
WHEN = r"(?:(?:exactly )?(?:if|when(?:ever)?|where(?:ver)?|for|iff|as soon as)(?: and only if)?|\()"
CLASS_IF = re.compile(rf"(?P<label>{LABEL})\s*,?\s*{WHEN}\s*(?P<condition>{CONDITION})", re.I)
IF_CLASS = re.compile(
    rf"\b(?:if|when(?:ever)?|where(?:ver)?|for)\s+(?P<condition>{CONDITION})\s*,?\s*(?:then\s+)?(?:[a-z]+\s+){{0,9}}?"
    rf"(?P<label>{LABEL})", re.I)
OTHERWISE = re.compile(
    rf"(?P<label>{LABEL})\s*,?\s*(?:otherwise|else)|"
    rf"(?:otherwise|else)\s*,?\s*(?:[a-z]+\s+){{0,5}}?(?P<late>{LABEL})", re.I)
NATURAL_LOG = re.compile(r"natural log|log(?:arithm)?s?\b[^.]*\bbase e\b", re.I)
OTHER_LOG = re.compile(
    r"\blog(?:arithm)?s?\b[^.]*\b(?:base|basis) (?:2|10|two|ten)\b|binary log|decadic log", re.I)
COMPLEMENT = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}


@dataclass(slots=True)
class Said:
    """What sentences state: the noun of each name, in order; the name of each noun, the latest last."""

    nouns: dict[str, str] = field(default_factory=dict)          # plain name → "target", "input", "output", …
    of_noun: dict[str, list[Ref]] = field(default_factory=dict)

    def add(self, noun: str, ref: Ref) -> None:
        self.nouns[ref.name] = noun
        self.of_noun.setdefault(noun, []).append(ref)

    def joined(self, later: Said) -> Said:
        """What both say, the later of two prevailing."""
        out = Said(dict(self.nouns), {k: list(v) for k, v in self.of_noun.items()})
        for noun, refs in later.of_noun.items():
            for ref in refs:
                out.add(noun, ref)
        return out

    def last(self, noun: str) -> Ref | None:
        refs = self.of_noun.get(noun)
        return refs[-1] if refs else None


N = "\x01"                    # stands for a list of names while sentences are matched


def _forms(noun: str) -> list[re.Pattern[str]]:
    given = r"(?:given by|denoted(?: by)?|called|written(?: as)?)"
    being = r"(?:is|are|be|denotes?|being|represents?|stands? for|as)"
    return [re.compile(form, re.I) for form in (
        rf"\b(?:{noun}),?\s+(?P<n>{N})",
        rf"(?P<n>{N})\s*,?\s+{being}\s+{DET}(?:\w+\s+){{0,2}}?(?:{noun})\b",
        rf"\b(?:{noun})\b[^.;:]{{0,80}}?\b(?:is|are|be)\s+{given}\s+(?P<n>{N})",
        rf"\bdenoted? by\s+(?P<n>{N})\s+(?:the|a|an|its|their)\s+(?:\w+\s+){{0,2}}?(?:{noun})\b",
        rf"\bdenote\s+(?:the|a|an|its)\s+(?:\w+\s+){{0,3}}?(?:{noun})\s+(?:\w+\s+){{0,4}}?by\s+(?P<n>{N})",
        rf"\b(?:{noun})\s+(?:to be|as|reads?|is|be)\s*:?\s*(?P<n>{N})",
    )]


FORMS = [(noun, form) for noun, pattern in NOUNS.items() for form in _forms(pattern)]
NAMES = re.compile(LIST, re.I)
Reader = Callable[[str, Span], list[Ref]]       # the names that a formula or word stands for


def said(prose: Prose, start: int, end: int, names: Reader) -> Said:
    """The roles stated in prose.text[start:end]; where two forms claim a name, the one that stands closer."""
    lists = list(NAMES.finditer(prose.text, start, end))
    frame, places, at = "", list[int](), start
    for match in lists:
        frame += prose.text[at : match.start()]
        places.append(len(frame))
        frame, at = frame + N, match.end()
    frame += prose.text[at:end]
    found: dict[int, tuple[int, str]] = {}
    for noun, form in FORMS:
        for match in form.finditer(frame):
            n = places.index(match.start("n"))
            found[n] = min(found.get(n, (len(match.group()) + 1, "")), (len(match.group()), noun))
    out = Said()
    for n, (_, noun) in sorted(found.items()):
        for part in re.finditer(NAME, lists[n].group()):
            for ref in _read(prose, lists[n].start() + part.start(), part.group(), names):
                out.add(noun, ref)
    return out


def _read(prose: Prose, at: int, token: str, names: Reader) -> list[Ref]:
    piece = prose.formula(token) if len(token) == 1 else None
    if piece is not None:
        return names(piece.text, piece.inner)
    return names(token, prose.span(at, at + len(token)))


Condition = Callable[[str, Span], Rel | None]


def classes(prose: Prose, read: Condition) -> Iterator[ClassRule]:
    """`class 1 if y < 0` in any of the spellings of sheets, with dollars or without."""
    found = [(m.start(), m) for p in (CLASS_IF, IF_CLASS) for m in p.finditer(prose.text)]
    rules: list[ClassRule] = []
    taken = -1
    for at, match in sorted(found, key=lambda f: f[0]):
        if at < taken:
            continue
        condition = _condition(prose, match, read)
        if condition is not None:
            taken = match.end()
            rules.append(ClassRule(_label(prose, match["label"]), condition))
    other = OTHERWISE.search(prose.text)
    if other and len(rules) == 1 and rules[0].condition.ops[0] in COMPLEMENT:
        rule = rules[0].condition
        flipped = Rel(rule.args, (COMPLEMENT[rule.ops[0]],), rule.span)
        rules.append(ClassRule(_label(prose, other["label"] or other["late"]), flipped))
    yield from rules


def _condition(prose: Prose, match: re.Match[str], read: Condition) -> Rel | None:
    start, end = match.span("condition")
    piece = prose.formula(match["condition"]) if end - start == 1 else None
    if piece is not None:
        return read(piece.text, piece.inner)
    return read(_spelled(prose, start, end), prose.span(start, end))


def _spelled(prose: Prose, start: int, end: int) -> str:
    return "".join(p.text if (p := prose.formula(c)) else c for c in prose.text[start:end])


def _label(prose: Prose, text: str) -> str:
    words = "".join(p.text if (p := prose.formula(c)) else c for c in text)
    return re.sub(r"\s+", " ", words).strip().strip("\"“”'")


def conventions(prose: Prose) -> Iterator[tuple[str, Span]]:
    """Conventions that a sheet states about its notation, each as a note."""
    for sentence in prose.sentences:
        span = prose.span(sentence.start, sentence.start + len(sentence.text))
        if NATURAL_LOG.search(sentence.text):
            yield "log is the natural logarithm, as the sheet says", span
        elif match := OTHER_LOG.search(sentence.text):
            yield f"the sheet says “{match.group()}”; log is read as the natural logarithm all the same", span
