"""What a sentence asks: one table of patterns, in the plain English that sheets use.

An *ask* is a clause that begins with one of the `VERBS` ("compute …", "…, and draw …") or a question.  `ROWS` are tried in
order on the clause, in small letters, with each formula as one mark; the first that matches says what is asked.
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
CLAUSE = re.compile(
    rf"(?:(?P<head>^\W*(?:(?:now|then|next|finally|also|first|firstly|second|secondly|please|again|hence|so|and|"
    rf"furthermore|moreover|in addition|for this|to this end|exercise|task|question),?\s+)*)"
    rf"|(?P<join>[,;:]\s+(?:(?:and|then|please|also|or)\s+)*|\s(?:and|then|and then|and also|please|,)\s+(?:also\s+)?"
    rf"|\byou (?:should|must|need to|have to|are to|can now)\s+|\b(?:asked|task is|goal is|aim is|required|want you) to\s+"
    rf"|\b(?:us|we) (?:now )?(?:must|need to|have to)\s+|\bto (?=(?:compute|find|determine|derive|calculate|obtain)\b)"
    rf"|[({{]\s*)"
    rf"|(?P<ie>\b(?:i\.\s?e\.|that is|e\.\s?g\.|in other words),?\s*(?:to\s+)?))"
    rf"(?P<verb>{VERBS})\b(?!\s+(?:function|of|variables?|space)\b)", re.I)
QUESTION = re.compile(
    r"(?:^|[,:;]\s+|\b(?:and|then)\s+)(?P<verb>what|which|where|how|why|when|is|are|does|do|can|for (?:which|what)|"
    r"in (?:which|what)|at (?:which|what)|on (?:which|what)|with (?:which|what))\b(?=[^?]*\?)", re.I)
MEANS = re.compile(
    r"\b(?:using|by using|by means of|with the help of|with|via|by(?: repeatedly)? applying|applying|according to|through|by|"
    r"based on|from) (?:the )?(?:\w+ )?(?:chain rule|backward pass|back-?propagation|rules? (?:of|for) back-?propagation|"
    r"back-?propagation (?:algorithm|rules?)|rules? (?:of|for) derivatives|product rule|linear pieces|forward pass|"
    r"(?:\w+ )?expressions?|hint)[^,.;]*", re.I)
DERIVATIVE = r"(?:derivatives?|gradients?|partials?|differentials?|jacobian|sensitivit(?:y|ies)|slopes?|differentiate)"
ASKED_BY_MARK = "derivative"


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


# The first row that matches names what is asked; (?P<d>) in a pattern stands for a formula that is a derivative.
ROWS: tuple[tuple[str, str], ...] = (
    ("elaboration", r"^(?:show|give|include|state|explain|justify|write|list|describe|provide) (?:each|every|all(?: of)? (?:the |your )?"
                    r"(?:steps|intermediate|calculations?|work)|your|the (?:main |intermediate |single )?(?:steps|work)|"
                    r"intermediate|how you)"),
    ("elaboration", r"^(?:find|list|give|draw|name|compute|state) (?:them|it|these|those|both)\b"),
    ("elaboration", r"^(?:indicate|label|mark|annotate|justify|simplify|recall|explain (?:each|your|every)|name (?:the )?rules?|"
                    r"choose (?:the )?(?:scale|axes)|use|apply)\b(?!.*\bto (?:compute|find|determine|derive|obtain)\b)"),
    ("check", r"^(?:show|prove|verify|check|argue|establish)\b(?! the (?:network|graph|decision))"),
    ("check", r"^(?:is|are|does|do)\b.*\?"),
    ("", r"^(?:explain|discuss|why|implement|train|compare|design|propose|choose)\b"),
    ("pieces", r"(?:linear|affine)(?:ity)? (?:pieces?|regions?|parts?|domains?|segments?|cells?)|(?:activation|sign) patterns?|"
               r"(?:pieces|regions|domains|parts)(?: of [^,;]*)? (?:(?:on|in) which|where) .*(?:linear|affine)|pieces of the (?:function|network)|"
               r"(?:how many|number of) (?:pieces|regions|cells)|partition .*(?:plane|input space)|piece-?wise[- ]linear"),
    ("boundary", r"decision (?:boundar(?:y|ies)|surface|lines?|regions?|borders?)|class(?:ification)? (?:boundar|border|regions?)|"
                 r"zero[- ](?:level )?set|level (?:set|line|curve)|\bboundary\b|separating (?:line|curve)|"
                 r"(?:points|inputs|region|set|where) .*(?:class(?:ified)?|predicts?|changes? (?:its )?sign|vanish|is zero)|"
                 rf"(?:points?|inputs?|set|region)s? .*(?:where|(?:on|for|in|at) which|with) {MARK}|"
                 r"where .*sign of .*changes?|sign of .* changes?"),
    ("hessian", r"second(?:[- ]order)?(?: partial)? derivatives?|\bhessian\b|curvature"),
    ("backward", r"backward (?:computations?|pass|equations?|program|steps?|phase|sweep|recursions?)|"
                 r"back-?propagation (?:equations?|steps?|pass|program|computations?|procedure)|"
                 r"^(?:back-?propagate|(?:perform|carry out|run|write(?: down)?|apply|do) (?:the )?back-?propagation)|"
                 r"(?:set|sequence|list|program) of .*(?:backward|adjoints?)|all adjoints"),
    ("chain rule", r"\bchain[- ]rule\b"),
    ("chain rule", rf"^express .*{DERIVATIVE}.* (?:in terms of|through|by means of) .*{DERIVATIVE}"),
    ("gradient", rf"\b{DERIVATIVE}\b|with respect to|\bwrt\b|delta rule|^how (?:does|do|fast|much|strongly) .*chang"),
    ("run", rf"\b(?:evaluate|simulate|run|propagate|predict|classify)\b|forward (?:pass|propagation|computation)|"
            rf"(?:output|value|prediction|activations?|values)s? .*\b(?:for|at|when|if|of)\b|"
            rf"^(?:compute|calculate|find|determine|what|which class|work out|give) .*\b(?:for|at|when|if)\b.*{MARK}|"
            r"which class|what (?:does|do|is) the (?:network|output)|"
            rf"^(?:compute|calculate|find|determine|work out) (?:the |all )?(?:\w+ )*?(?:{MARK}|predictions?|outputs?|"
            r"values?|activations?|hidden|loss|error)\b"),
    ("draw", r"^(?:draw|sketch|plot|depict|visuali[sz]e|illustrate|picture|show|give|provide|construct|what)\b.*"
             r"\b(?:network|graph|architecture|diagram|neurons?|computations?)\b"),
    ("gradient", r"\b(?:analytic(?:al)?|closed[- ]form|explicit) (?:expression|formula|form)s?\b"),
)
COMPILED = tuple((asked, re.compile(pattern, re.S)) for asked, pattern in ROWS)
GERUNDS = re.compile(
    r"\b(?P<verb>identify|observ|determin|find|deriv|list|comput|solv|draw|evaluat|calculat|sketch)(?:ing)\b(?P<rest>[^,.;()]*)",
    re.I)
GERUND_ROWS = {"pieces": COMPILED[5][1]}      # what a hint about the way may add to the question


def asks(sentence: Sentence, prose: Prose, derivative: re.Pattern[str]) -> list[Ask]:
    """What one sentence asks, in order; `derivative` matches the marks whose formula is a derivative."""
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
    plain = derivative.sub(f" {ASKED_BY_MARK} ", plain)
    plain = re.sub(r"\s+", " ", plain).strip()
    for asked, pattern in COMPILED:
        if pattern.search(plain):
            return None if asked == "elaboration" else asked
    return ""


def by_the_way(sentence: Sentence) -> Iterator[Ask]:
    """What a hint about the way adds: "identifying its linear pieces" is a question of its own."""
    for match in GERUNDS.finditer(sentence.text):
        for asked, pattern in GERUND_ROWS.items():
            if pattern.search(match.group().lower()):
                yield Ask(asked, sentence.start + match.start(), sentence.start + match.end(), match.group(), "", True)
