"""A drawing as lines, `x1 -> a3: w13`, and the numbers of listed domains, `(2) and (7) are empty`."""

from __future__ import annotations

import re
from collections.abc import Callable

from workings.checking.verdict import Judged, Verdict
from workings.expr import Call, Expr, Network, Ref
from workings.forms.graphs import Graph

_WHAT = r"(?:the\s+)?(?:domains?|pieces?|patterns?|regions?|cells?|cases?|lines?|numbers?|nos?\.)"
_NUMBERS = r"\(?\d+\)?(?:\s*(?:,\s*and|,|and|&)\s*\(?\d+\)?)*"
EMPTY = re.compile(
    rf"(?:^|[.;:\s])(?P<only>only\s+)?(?:{_WHAT}\s+)?(?P<list>{_NUMBERS})\s*(?:{_WHAT}\s*)?"
    r"(?:(?:is|are|=|:)\s*)?(?P<no>not\s+|non-?)?(?:the\s+)?(?:empty\b|\\emptyset|∅)", re.I)


def judge_edge(edge: Call, net: Network, compare: Callable[[Expr, Expr], Verdict], out: Judged) -> None:
    """Is there such a connection, and has it this weight?"""
    from workings.forms.neurons import graph

    drawn = graph(net)
    names = ids(drawn)
    ends = [a.name if isinstance(a, Ref) else "" for a in edge.args[:2]]
    unknown = [e for e in ends if e not in names]
    if unknown:
        out.verdict, out.reason = "not understood", f"the network has no neuron or input called {unknown[0]}"
        return
    found = [e for n in drawn.neurons if n.id == names[ends[1]] for e in n.edges if e.source == names[ends[0]]]
    if not found:
        out.verdict, out.reason = "wrong", f"nothing connects {ends[0]} to {ends[1]}"
        return
    if len(edge.args) < 3:
        out.verdict, out.how, out.reason = "right", "proved", "the network has this connection"
        return
    v = compare(found[0].weight, edge.args[2])
    out.verdict = {"equal": "right", "different": "wrong", "undecided": "undecided"}[v.kind]
    out.counterexample = v.counterexample
    out.how = v.how if out.verdict == "right" else ""
    out.reason = {"right": "the network has this connection with this weight", "wrong": "the weight is another"}.get(
        out.verdict, v.evidence)


def ids(drawn: Graph) -> dict[str, str]:
    """Each name by which a line may call a node, with the node: of an input, of a neuron, of its pre-activation."""
    names = {name: name for name, _ in drawn.inputs}
    for node in drawn.nodes:
        for ref in (Ref(node.id), node.out, getattr(node, "pre", None)):
            if ref is not None:
                names.setdefault(ref.name, node.id)
    return names


def judge_numbers(text: str, listed: list[tuple[str, bool]], out: Judged) -> None:
    """Are these numbers of the list empty: (status, duplicate) in order; as listed, or without the duplicates?"""
    match = EMPTY.search(text)
    numbers = [int(n) for n in re.findall(r"\d+", match["list"])] if match else []
    every = [status for status, _ in listed]
    distinct = [status for status, again in listed if not again]
    if match and match["no"]:
        _judge_full(numbers, every, out)
        return
    others = [n for n, s in enumerate(every, 1) if s == "empty" and n not in numbers]
    if match and match["only"] and others:
        out.verdict, out.reason = "wrong", f"({others[0]}) is empty as well"
    elif _empty(numbers, every):
        out.verdict, out.how, out.reason = "right", "proved", "these domains are empty"
    elif _empty(numbers, distinct):
        out.verdict, out.how = "right", "proved"
        out.reason = "these domains are empty once the duplicate is struck out"
    else:
        bad = next(n for n in numbers if not _empty([n], distinct))
        out.verdict = "wrong"
        out.reason = f"({bad}) is not empty" if 0 < bad <= len(distinct) else f"no domain ({bad}) is listed"


def _judge_full(numbers: list[int], listed: list[str], out: Judged) -> None:
    """Are these domains of the list not empty?"""
    bad = next((n for n in numbers if not 0 < n <= len(listed) or listed[n - 1] == "empty"), None)
    if bad is None:
        out.verdict, out.how, out.reason = "right", "proved", "these domains have points"
    else:
        out.verdict = "wrong"
        out.reason = f"({bad}) is empty" if 0 < bad <= len(listed) else f"no domain ({bad}) is listed"


def _empty(numbers: list[int], listed: list[str]) -> bool:
    return all(0 < n <= len(listed) and listed[n - 1] == "empty" for n in numbers)
