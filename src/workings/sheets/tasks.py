"""Which engine answers which question, and what its result says."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workings.document import Aside, Block, Display, Fold, Line, Math, Paragraph, Row
from workings.errors import BadValue, NotReadable, OutOfReach, WorkingsError
from workings.expr import Deriv, Equation, Expr, Network, Ref, Rel
from workings.sheets.model import Question

if TYPE_CHECKING:
    from workings.derive import Derivation


MOST_DERIVED = 3              # derivatives that stand beside a backward program with their derivations


@dataclass(frozen=True, slots=True)
class Answer:
    """The engine's result, its JSON, its page."""

    result: Any
    data: Mapping[str, Any]
    blocks: tuple[Block, ...]


def answer(question: Question, net: Network, shown: Collection[str] = ()) -> Answer:
    """The answer to one question; raises a `WorkingsError` that says why there is none.

    `shown`: what the same part has already answered, so that the page does not say it twice.
    """
    if question.problem is not None:
        raise question.problem
    engine = ENGINES.get(question.asked)
    if engine is None:
        raise NotReadable("what is asked here was not understood", span=question.span, expected=EXPECTED, hint=HINT)
    if question.asked == "boundary":
        return _boundary(question, net, "pieces" not in shown)
    return engine(question, net)


def _draw(question: Question, net: Network) -> Answer:
    from workings import work
    from workings.answers import draw

    if not net.equations and not net.opaque:
        raise _nothing(question)
    found = work.draw(net)
    return Answer(found, draw.as_dict(found), draw.blocks(found))


def _run(question: Question, net: Network) -> Answer:
    from workings import work
    from workings.answers import run

    worked, lines = worked_out(net)
    found = work.run(worked, question.at)
    if question.of is not None and question.of.name not in {name.split("[")[0] for name in found.values}:
        raise BadValue(f"no value is given for {', '.join(found.missing)}", span=question.span,
                       expected="the value of every input and parameter", hint="write x1 = 1, x2 = -1 in the question")
    return Answer(found, run.as_dict(found), (*lines, *run.blocks(found)))


def worked_out(net: Network) -> tuple[Network, list[Block]]:
    """The network with the derivatives in its equations worked out (a step of gradient descent), and those lines."""
    from workings import derive
    from workings.expr import preorder, rewrite

    equations: list[Equation] = list(net.equations)
    lines: list[Row] = []
    for i, equation in enumerate(equations):
        if not any(isinstance(node, Deriv) for node in preorder(equation.rhs)):
            continue
        rest = net.with_(equations=tuple(e for e in net.equations if e is not equation))

        def result(node: Expr, rest: Network = rest) -> Expr:
            if not (isinstance(node, Deriv) and isinstance(node.of, Ref) and isinstance(node.wrt[0], Ref)):
                return node
            found = derive.gradient(rest, node.of, node.wrt[0])
            equations.extend(Equation(r, e) for r, e in found.where if isinstance(r, Ref))
            return found.result

        right = rewrite(equation.rhs, result)
        equations[i] = replace(equation, rhs=right)
        lines.append(Row(Rel((equation.lhs, equation.rhs, right), ("=", "="))))
    return (net.with_(equations=tuple(equations)), [Display(tuple(lines))]) if lines else (net, [])


def worth(found: Derivation, at: Mapping[str, Any], net: Network) -> Any:
    """The value of a derivative at a point; None where something is not given."""
    from workings import evaluate, work

    whole = net.with_(equations=(*net.equations, *(Equation(r, e) for r, e in found.where if isinstance(r, Ref))))
    try:
        return evaluate.value(found.result, work.values(at, whole), whole)
    except WorkingsError:
        return None


def _at_point(found: Derivation, value: Any) -> list[Block]:
    from workings.answers import run

    head = Deriv(found.of, (found.wrt,)) if isinstance(found.wrt, Ref) else found.of
    return [Aside("result", (Paragraph(("At the values given, ", Math(head), " is ", *run.number(value), ".")),))]


def _pieces(question: Question, net: Network) -> Answer:
    from workings import work
    from workings.answers import pieces

    found = work.pieces(only(question, net))
    return Answer(found, pieces.as_dict(found), pieces.blocks(found))


def _boundary(question: Question, net: Network, with_pieces: bool = True) -> Answer:
    from workings import work
    from workings.answers import boundary

    found = work.boundary(only(question, net), question.of, question.level)
    return Answer(found, boundary.as_dict(found), boundary.blocks(found, with_pieces))


def _gradient(question: Question, net: Network) -> Answer:
    from workings import derive, work
    from workings.answers import gradient, run

    of, wrt = _targets(question)
    found = derive.gradient(
        net, work.ref(of, net), work.ref(wrt[0], net), through=question.through, names=question.names)
    value = worth(found, question.at, net) if question.at else None
    if value is None:
        return Answer(found, gradient.as_dict(found), gradient.blocks(found))
    data = {**gradient.as_dict(found), "at": {k: run.said(v) for k, v in question.at.items()}, "value": run.said(value)}
    return Answer(found, data, (*gradient.blocks(found), *_at_point(found, value)))


def _chain_rule(question: Question, net: Network) -> Answer:
    from workings import derive, work
    from workings.answers import gradient

    of, wrt = _targets(question)
    found = derive.chain_rule(net, work.ref(of, net), work.ref(wrt[0], net), question.through)
    return Answer(found, gradient.as_dict(found), gradient.blocks(found))


def _hessian(question: Question, net: Network) -> Answer:
    from workings import work
    from workings.answers import hessian

    of, wrt = _targets(question)
    found = work.hessian(net, of, wrt)
    return Answer(found, hessian.as_dict(found), hessian.blocks(found))


def _backward(question: Question, net: Network) -> Answer:
    from workings import work
    from workings.answers import backward

    of, wrt = _targets(question)
    found = work.backward(net, of, list(wrt))
    derivations = [_behind(net, of, name) for name in wrt] if len(wrt) <= MOST_DERIVED else []
    before = [b for first, _ in derivations for b in first]
    after = [b for _, last in derivations for b in last]
    return Answer(found, backward.as_dict(found), (*before, *backward.blocks(found), *after))


def _behind(net: Network, of: Ref, wrt: Ref) -> tuple[list[Block], list[Block]]:
    """The chain rule that a backward program follows, stated before it; the derivation, folded after it."""
    from workings import derive, work
    from workings.answers import gradient

    try:
        stated = derive.chain_rule(net, work.ref(of, net), work.ref(wrt, net)).steps[-1]
        derived = gradient.blocks(derive.gradient(net, work.ref(of, net), work.ref(wrt, net)))
    except WorkingsError:
        return [], []
    says: Line = ("The chain rule, over every path:",)
    fold = Fold(("The derivation of ", Math(Deriv(of, (wrt,))), ", step by step"), derived)
    return [Paragraph(says), Display((Row(stated.line),))], [fold]


def _check(question: Question, net: Network) -> Answer:
    from workings import work
    from workings.answers import check

    lines = [f"${formula}$" for formula in re.findall(r"\$([^$]+)\$", question.text) if "=" in formula]
    found = work.check(net, lines) if lines else None
    if found is not None and all(line.verdict in ("right", "wrong") for line in found.lines):
        return Answer(found, check.as_dict(found), check.blocks(found))
    raise OutOfReach("a statement to be shown is not worked here yet", span=question.span,
                     hint="workings check NETWORK --line \"...\" judges a line")


def _targets(question: Question) -> tuple[Ref, tuple[Ref, ...]]:
    if question.of is None or not question.wrt:
        raise _nothing(question)
    return question.of, question.wrt


def _nothing(question: Question) -> NotReadable:
    return NotReadable("no equations of a network stand before this question", span=question.span,
                       expected="equations such as y = w*x in the exercise")


def only(question: Question, net: Network) -> Network:
    """The equations that the output rests on: what else stands in the exercise does not cut its pieces."""
    if question.of is None:
        raise _nothing(question)
    from workings.expr import free_refs

    seen, todo = {question.of.key}, [question.of.key]
    while todo:
        for equation in net.defs.get(todo.pop(), ()):
            new = [r.key for r in free_refs(equation.rhs) if r.key in net.defs and r.key not in seen]
            seen.update(new)
            todo += new
    return net.with_(equations=tuple(e for e in net.equations if e.key in seen))


ENGINES: Mapping[str, Callable[[Question, Network], Answer]] = {
    "draw": _draw,
    "run": _run,
    "pieces": _pieces,
    "boundary": _boundary,
    "gradient": _gradient,
    "chain rule": _chain_rule,
    "hessian": _hessian,
    "backward": _backward,
    "check": _check,
}
EXPECTED = (
    "a sentence that asks to draw the network, evaluate it, find its linear pieces or decision boundary, compute a "
    "gradient or derivative, state the chain rule, or write the backward computations"
)
HINT = "or a line of its own such as  > workings: gradient E wrt w13"
