"""What stands among equations but is none: names of probabilities, equivalences, bare objectives, updates."""

from __future__ import annotations

from workings.errors import Span
from workings.syntax.pratt import Reader
from workings.syntax.split import Draft
from workings.syntax.tokens import Token

_PROBABILITIES = frozenset(("P", "p", "Pr", "Prob", "\\Pr"))
_OPEN, _CLOSE = frozenset(("(", "[", "{")), frozenset((")", "]", "}"))
_SPEAKS = {"\\iff": "⇔", "\\Leftrightarrow": "⇔", "\\Longleftrightarrow": "⇔", "\\propto": "∝", "\\sim": "∼"}
_SLOPES = frozenset(("\\nabla", "\\partial"))
PROBABILITY = "the name of a probability is read as words, not as an equation; give it a name of its own, such as p = …"
OBJECTIVE = "an objective without a name is no equation; name what is made small, such as L = \\sum_k …"


def words_in(draft: Draft) -> str:
    """Why this is no equation but words; "" where it is not."""
    toks = draft.toks
    if _probability(toks):
        return PROBABILITY
    for kind, text, _, _ in toks:
        if kind in _SPEAKS:
            return f"{text} ({_SPEAKS[kind]}) says something about formulas; it is read as words, not as an equation"
    if toks[0][0] in ("\\min", "\\max", "\\argmin", "\\argmax") and toks[1][0] == "_" and not _equal_outside(toks):
        return OBJECTIVE
    return ""


def _probability(toks: list[Token]) -> bool:
    r"""P(+|x), p(y \mid x), \mathbb{P}(A|B) at the beginning: one bar within the bracket."""
    j = 0
    while toks[j][0] in ("\\mathbb", "\\mathrm", "\\mathcal", "\\operatorname", "{"):
        j += 1
    if toks[j][1] not in _PROBABILITIES:
        return False
    j += 1
    while toks[j][0] == "}":
        j += 1
    if toks[j][0] not in ("(", "["):
        return False
    depth, seen = 0, 0
    for kind, _, _, _ in toks[j:]:
        depth += (kind in _OPEN) - (kind in _CLOSE)
        seen += kind == "|" and depth == 1
        if depth == 0:
            break
    return seen == 1


def _equal_outside(toks: list[Token]) -> bool:
    depth = 0
    for kind, _, _, _ in toks:
        depth += (kind in _OPEN) - (kind in _CLOSE)
        if kind == "=" and depth == 0:
            return True
    return False


def assigns(draft: Draft) -> bool:
    r"""`\mu \leftarrow …` where mu does not stand on the right: a definition, no update."""
    at = draft.relations[0]
    if len(draft.relations) > 1 or draft.toks[at][0] != "<-":
        return False
    left = draft.toks[0][1]
    return all(t[1] != left for t in draft.toks[at + 1 :])


def steps(draft: Draft) -> bool:
    r"""`\theta^{t+1} = \theta^t - \eta\nabla_\theta L`: the next value from a slope is an update, no equation."""
    toks, at = draft.toks, draft.relations[0]
    left = toks[:at]
    shifted = any(
        t[0] in ("_", "^") and [k[0] for k in left[j + 1 : j + 5]] in (["{", "w", "+", "n"], ["{", "(", "w", "+"])
        for j, t in enumerate(left)
    )
    return shifted and any(t[0] in _SLOPES for t in toks[at:]) and any(t[1] == toks[0][1] for t in toks[at + 1 :])


def said_apart(reader: Reader, run: str, at: int) -> None:
    """Letters written together that are read as factors, though one of them stands nowhere else, are said."""
    scope = reader.scope
    before = reader.toks[reader.i - 1] if reader.i else None
    inside = before is not None and before[0] == "w" and before[3] == at
    if not scope.surveying and not inside and not all(scope.known(c) or c in scope.bare for c in run):
        scope.remark(f"{run} is read as the product {' '.join(run)}, not as one name", Span(at, at + len(run)))
