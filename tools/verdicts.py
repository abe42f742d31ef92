"""Makes docs/verdicts.md, the table of verdicts, from the pairs and their truths in docs/verdicts.txt.

    python tools/verdicts.py            writes the page; exit 1 if a verdict disagrees with the truth

A verdict that is not the truth's is an error, unless it is "undecided".
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from workings.checking import Verdict, check, equal
from workings.expr import Network
from workings.functions import signatures
from workings.syntax import read, read_expression

DOCS = Path(__file__).parents[1] / "docs"
SIGNS = {"equal": "✓ equal", "different": "✗ different", "undecided": "? undecided"}
KINDS = {"right": "equal", "wrong": "different", "undecided": "undecided"}


@dataclass(frozen=True)
class Pair:
    """Two sides, whether they are equal, and the facts under which."""

    left: str
    right: str
    truth: str
    facts: tuple[str, ...] = ()


@dataclass
class Theme:
    """Pairs of one kind; with `net` they are lines about a network."""

    title: str
    says: str = ""
    net: str = ""
    pairs: list[Pair] = field(default_factory=list)


def themes(text: str) -> list[Theme]:
    """The themes of a text in the form that docs/verdicts.txt explains."""
    out: list[Theme] = []
    for line in text.splitlines():
        if line.startswith("= "):
            out.append(Theme(line[2:]))
        elif line.startswith("> "):
            out[-1].says = f"{out[-1].says} {line[2:]}".strip()
        elif line.startswith("net: "):
            out[-1].net = line[5:]
        elif line and not line.startswith("#"):
            pair, *facts = (part.strip() for part in line.split(";;"))
            left, right, truth = (part.strip() for part in pair.split("|"))
            out[-1].pairs.append(Pair(left, right, truth, tuple(facts)))
    return out


def judged(pair: Pair, net: Network | None) -> Verdict:
    """What the checker says of a pair: of two expressions, or of a line about a network."""
    if net is None:
        a, b, *facts = (read_expression(e, signatures()) for e in (pair.left, pair.right, *pair.facts))
        return equal(a, b, facts=facts, place=True)
    [line] = check(net, [f"{pair.left} = {pair.right}"], given=list(pair.facts)).lines
    return Verdict(KINDS[line.verdict], line.how, line.where_valid, line.counterexample, line.slip or line.reason)


def reason(verdict: Verdict) -> str:
    """The proof, where it holds, the counterexample, or what was tried: one cell of the table."""
    if verdict.kind == "equal":
        said = "proved" if verdict.how in ("proved", "") else verdict.how
        if verdict.how == "tested":
            said = f"tested: {verdict.evidence}"
        return said + (f", where {verdict.where_valid}" if verdict.where_valid else "")
    c = verdict.counterexample
    if verdict.kind == "different" and c is None:
        return verdict.evidence
    if c is not None:
        places = ", ".join(f"{n} = {v}" for n, v in (*c.sizes.items(), *c.at.items()))
        where = f"; {c.where}" if c.where else ""
        return f"{f'at {places}: ' if places else ''}{c.left} and {c.right}{where}"
    return verdict.evidence


def section(theme: Theme, counts: Counter[str]) -> tuple[str, list[str]]:
    """One theme of the page, and what disagrees with the truth; `counts` are the verdicts by kind."""
    net = read(theme.net, signatures()) if theme.net else None
    rows = [f"## {theme.title}", "", *([theme.says, ""] if theme.says else [])]
    if net is not None:
        rows += ["```text", *(e.strip() for e in theme.net.split(";")), "```", ""]
    rows += ["| left | right | verdict | how, where, or a point where they differ |", "| --- | --- | --- | --- |"]
    bad: list[str] = []
    for pair in theme.pairs:
        verdict = judged(pair, net)
        counts[verdict.kind] += 1
        word = SIGNS[verdict.kind]
        if verdict.kind == "undecided":
            word += f" (they are {pair.truth})"
        elif verdict.kind != pair.truth:
            bad.append(f"{pair.left} | {pair.right}: {verdict.kind}, but they are {pair.truth}")
            word = f"**false**: {verdict.kind}"
        given = f" given `{'`, `'.join(pair.facts)}`" if pair.facts else ""
        rows.append(f"| `{pair.left}` | `{pair.right}`{given} | {word} | {reason(verdict)} |")
    return "\n".join(rows), bad


def page(found: list[Theme]) -> tuple[str, list[str]]:
    """The page, and what disagrees with the truth."""
    counts: Counter[str] = Counter()
    parts = [section(theme, counts) for theme in found]
    total = sum(counts.values())
    head = [
        "# The table of verdicts", "",
        f"{total} pairs, each with what `workings check` says of it: {counts['equal']} equal, {counts['different']} "
        f"different, {counts['undecided']} undecided. The truth of each is written by hand in [verdicts.txt]"
        "(verdicts.txt); this page is made by `python tools/verdicts.py`, and the tests hold it fresh and every "
        "verdict against the truth. An undecided pair is a failure of the checker, and stands here as one.", "",
    ]
    return "\n".join(head) + "\n" + "\n\n".join(t for t, _ in parts) + "\n", [b for _, bs in parts for b in bs]


def main() -> int:
    """Write the page."""
    text, bad = page(themes((DOCS / "verdicts.txt").read_text()))
    (DOCS / "verdicts.md").write_text(text)
    print("\n".join(bad) or text.splitlines()[2])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
