"""What a sentence asks: one table of patterns, in the plain English that sheets use.

An *ask* is a clause that begins with one of the `VERBS` ("compute …", "…, and draw …") or a question.  `ROWS` are
tried in order on the clause, in small letters, with each formula as one mark; the first that matches says what is
asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workings.sheets.prose import MARK, Prose, Sentence

VERBS = (
    "draw|sketch|plot|depict|visuali[sz]e|illustrate|picture|identify|list|enumerate|find|determine|compute|calculate|"
    "derive|deduce|evaluate|give|provide|state|write|formulate|express|simulate|run|perform|carry out|propagate|"
    "back-?propagate|differentiate|obtain|work out|solve|specify|name|count|show|prove|verify|check|explain|describe|"
    "discuss|justify|indicate|label|mark|annotate|simplify|implement|train|report|establish|answer|construct|recall|"
    "predict|classify|compare|argue|minimi[sz]e|optimi[sz]e|estimate|choose|propose|design|apply|use|partition|repeat"
)
# Words that may stand before the verb at the beginning of a sentence.
OPENING = (
    "now|then|next|finally|also|first|firstly|second|secondly|please|again|hence|so|and|furthermore|moreover|"
    "in addition|for this|to this end|exercise|task|question"
)
CLAUSE = re.compile(
    rf"(?:(?P<head>^\W*(?:(?:{OPENING}),?\s+)*)"
    r"|(?P<join>[,;:]\s+(?:(?:and|then|please|also|or)\s+)*|\s(?:and|then|and then|and also|please|,)\s+(?:also\s+)?"
    r"|\byou (?:should|must|need to|have to|are to|can now)\s+"
    r"|\b(?:asked|task is|goal is|aim is|required|want you) to\s+|\b(?:us|we) (?:now )?(?:must|need to|have to)\s+"
    r"|\bto (?=(?:compute|find|determine|derive|calculate|obtain|write|give|state|express|evaluate)\b)|[({]\s*)"
    r"|(?P<ie>\b(?:i\.\s?e\.|that is|e\.\s?g\.|in other words),?\s*(?:to\s+)?))"
    rf"(?P<verb>{VERBS})\b(?!\s+(?:function|of|variables?|space)\b)", re.I)
QUESTION = re.compile(
    r"(?:^|[,:;]\s+|\b(?:and|then)\s+)"
    r"(?P<verb>(?:(?:for|in|into|at|on|to|with|of|over|under) )?(?:which|what|how)|where|why|when|is|are|does|do|can)\b"
    r"(?=[^?]*\?)", re.I)
MEANS = re.compile(
    r"\b(?:using|by using|by means of|with the help of|with|via|by(?: repeatedly)? applying|applying|according to|"
    r"through|by|based on|from) (?:the )?(?:\w+ )?(?:chain rule|backward pass|back-?propagation|"
    r"rules? (?:of|for) back-?propagation|back-?propagation (?:algorithm|rules?)|"
    r"rules? (?:of|for) derivatives|product rule|linear pieces|forward pass|"
    r"(?:\w+ )?expressions?|hint)[^,.;]*", re.I)
DERIVATIVE = (
    r"(?:derivatives?|gradients?|partials?|differentials?|jacobian|sensitivit(?:y|ies)|slopes?|differentiate)"
)
ASKED_BY_MARK = "derivative"  # stands in a clause for a formula that is one
SECOND_BY_MARK = "twofold"    # and for one that is of second order
LINEAR = r"(?:linear|affine)"
PARTS = r"(?:pieces?|regions?|parts?|domains?|segments?|cells?)"
PLACES = r"(?:points?|inputs?|set|regions?|sets)"
BACKPROP = "back-?propagat"


@dataclass(frozen=True, slots=True)
class Ask:
    """`asked`: a verb, "chain rule", or "" where the clause was not understood; text[start:end] of the prose says so.

    `lead` is what stands before the verb in its sentence: the means, the point, the case.
    """

    asked: str
    start: int
    end: int
    text: str
    lead: str
    method: bool = False      # read from a hint about the way, not from the question


# The first row with an alternative that is found in the clause names what is asked.
ROWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("elaboration", (
        r"^(?:show|give|include|state|explain|justify|write|list|describe|provide) "
        r"(?:each|every|all(?: of)? (?:the |your )?(?:steps|intermediate|calculations?|work)|your|"
        r"the (?:main |intermediate |single )?(?:steps|work)|intermediate|how you)",
        r"^(?:find|list|give|draw|name|compute|state) (?:them|it|these|those|both)\b",
        r"^(?:indicate|label|mark|annotate|justify|simplify|recall|explain (?:each|your|every)|name (?:the )?rules?|"
        r"choose (?:the )?(?:scale|axes)|use|apply)\b"
        r"(?!.*\bto (?:compute|find|determine|derive|obtain|write|give|state|express|evaluate)\b)",
        r"^(?:draw|sketch|plot|mark) (?:it|them)\b",
    )),
    ("gradient", (rf"^show\b.*\bhow to (?:compute|find|derive|obtain|calculate)\b.*\b{DERIVATIVE}\b",)),
    ("check", (
        r"^(?:show|prove|verify|check|argue|establish)\b(?! the (?:network|graph|decision))",
        r"^(?:is|are|does|do)\b.*\?",
    )),
    ("", (r"\bgradient[- ]descent\b", r"^(?:explain|discuss|why|implement|train|compare|design|propose|choose)\b",)),
    ("pieces", (
        rf"{LINEAR}(?:ity)? {PARTS}", r"(?:activation|sign) patterns?", rf"{PARTS} of the (?:function|network)",
        rf"{PARTS}(?: of [^,;]*)? (?:(?:on|in) which|where) .*{LINEAR}",
        r"(?:how many|number of) (?:pieces|regions|cells)",
        rf"^(?:in|on|into) (?:which|what) {PARTS} .*{LINEAR}",
        r"(?:function|formula|map)s? (?:on|in) (?:each|every|all)\b",
        r"partition .*(?:plane|input space)", r"piece-?wise[- ]linear",
    )),
    ("boundary", (
        r"decision (?:boundar(?:y|ies)|surface|lines?|regions?|borders?)",
        r"class(?:ification)? (?:boundar|border|regions?)",
        r"zero[- ](?:level )?set", r"level (?:set|line|curve)", r"\bboundary\b", r"separating (?:line|curve)",
        rf"(?:{PLACES}|where) .*(?:class(?:ified)?|predicts?|changes? (?:its )?sign|vanish|is zero)",
        rf"{PLACES} .*(?:where|(?:on|for|in|at) which|with) {MARK}", r"sign of .* changes?",
        rf"^(?:for|at|on|in) (?:which|what) .*{PLACES} .*{MARK}",
        r"^where .*(?:answer|prediction|decision|class|label)\b.*\bchang",
    )),
    ("hessian", (
        rf"\b{SECOND_BY_MARK}\b", r"second(?:[- ]order)?(?: partial)? derivatives?", r"\bhessian\b", r"curvature",
    )),
    ("backward", (
        r"backward (?:computations?|pass|equations?|program|steps?|phase|sweep|recursions?)",
        rf"{BACKPROP}ion (?:equations?|steps?|pass|program|computations?|procedure)",
        rf"^(?:{BACKPROP}e|(?:perform|carry out|run|write(?: down)?|apply|do) (?:the )?{BACKPROP}ion)",
        r"(?:set|sequence|list|program) of .*(?:backward|adjoints?)", r"all adjoints",
    )),
    ("chain rule", (
        r"\bchain[- ]rule\b", rf"^express .*{DERIVATIVE}.* (?:in terms of|through|by means of) .*{DERIVATIVE}",
    )),
    ("gradient", (
        rf"\b{DERIVATIVE}\b", r"with respect to", r"\bwrt\b", r"delta rule",
        r"^how (?:does|do|fast|much|strongly) .*(?:chang|depend|react)",
        r"(?<!\w)[d∂]\s?[a-z]\w*\s?/\s?[d∂]\s?[a-z]\w*",
    )),
    ("run", (
        r"\b(?:evaluate|simulate|run|propagate|predict|classify)\b", r"which (?:number|value)s?\b",
        r"forward (?:pass|propagation|computation)",
        r"(?:output|value|prediction|activations?|values)s? .*\b(?:for|at|when|if|of)\b", r"which class",
        rf"^(?:compute|calculate|find|determine|what|work out|give) .*\b(?:for|at|when|if)\b.*{MARK}",
        r"what (?:does|do|is) the (?:network|output)",
        rf"^(?:compute|calculate|find|determine|work out) (?:the |all )?(?:\w+ )*?"
        rf"(?:{MARK}|(?:predictions?|outputs?|values?|activations?|hidden|loss|error)\b)",
    )),
    ("draw", (
        r"^(?:draw|sketch|plot|depict|visuali[sz]e|illustrate|picture|show|give|provide|construct|what)\b.*"
        r"\b(?:network|graph|architecture|diagram|neurons?|computations?)\b",
    )),
    ("gradient", (r"\b(?:analytic(?:al)?|closed[- ]form|explicit) (?:expression|formula|form)s?\b",)),
)
COMPILED = tuple((asked, re.compile("|".join(patterns), re.S)) for asked, patterns in ROWS)
GERUNDS = re.compile(
    r"\b(?:identify|observ|determin|find|deriv|list|comput|solv|draw|evaluat|calculat|sketch)ing\b[^,.;()]*", re.I)
BY_THE_WAY = ("pieces",)      # what a hint about the way may add to the question


def asks(sentence: Sentence, prose: Prose, derivative: re.Pattern[str]) -> list[Ask]:
    """What one sentence asks, in order.

    `derivative` matches the marks whose formula is a derivative, in a group those of second order.
    """
    return list(_asks(sentence, prose, derivative))


def _asks(sentence: Sentence, prose: Prose, derivative: re.Pattern[str]) -> Iterator[Ask]:
    text = sentence.text
    starts = _clauses(text)
    if not starts:
        return
    lead = text[: starts[0]]
    for at, end in zip(starts, [*starts[1:], len(text)]):
        clause = text[at:end]
        asked = _which(clause, derivative)
        if asked is not None:
            yield Ask(asked, sentence.start + at, sentence.start + end, clause, lead)


def _clauses(text: str) -> list[int]:
    """Where the asking clauses begin.  What follows "i.e." repeats the clause before and stays with it."""
    depth = _depths(text)
    found = [m for m in CLAUSE.finditer(text) if m["ie"] is None and not depth[m.start("verb")] and _serves(m, text)]
    repeats = [m.start("verb") for m in CLAUSE.finditer(text) if m["ie"] is not None]
    starts = [m.start("verb") for m in found]
    if text.rstrip().endswith("?"):
        starts += [m.start("verb") for m in QUESTION.finditer(text)]
    first_repeat = min(repeats, default=len(text))
    if not starts:
        return repeats[:1]
    return sorted(s for s in set(starts) if s < first_repeat or s == min(starts))


def _serves(clause: re.Match[str], text: str) -> bool:
    """"to compute" asks only after "Use …": elsewhere it tells what something is for."""
    purpose = (clause["join"] or "").startswith("to ")
    return not purpose or bool(re.match(r"\W*(?:use|apply|employ|your|you|now use|then use)\b", text, re.I))


def _depths(text: str) -> list[int]:
    out, depth = [], 0
    for c in text:
        depth = max(0, depth + (c == "(") - (c == ")"))
        out.append(depth)
    return out


def _which(clause: str, derivative: re.Pattern[str]) -> str | None:
    """The row that the clause matches; None where it only says how the answer should look."""
    plain = re.sub(r"w\.?\s?r\.?\s?t\.?(?=\W)", "wrt ", MEANS.sub(" ", clause.lower()))
    plain = derivative.sub(lambda m: f" {SECOND_BY_MARK if m.lastindex else ASKED_BY_MARK} ", plain)
    plain = re.sub(r"\s+", " ", plain).strip()
    for asked, pattern in COMPILED:
        if pattern.search(plain):
            return None if asked == "elaboration" else asked
    return ""


def by_the_way(sentence: Sentence) -> Iterator[Ask]:
    """What a hint about the way adds: "identifying its linear pieces" is a question of its own."""
    rows = [(asked, pattern) for asked, pattern in COMPILED if asked in BY_THE_WAY]
    for match in GERUNDS.finditer(sentence.text):
        for asked, pattern in rows:
            if pattern.search(match.group().lower()):
                yield Ask(asked, sentence.start + match.start(), sentence.start + match.end(), match.group(), "", True)
