"""How much of an answer is shown: a hint, the chain rule and the result, all steps, or every smaller step too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workings.answers.solution import Solution, Task
from workings.document import Aside, Block, Fold, Paragraph, Step, Strong

LEVELS = ("hint", "brief", "full", "every")

# What is said first about questions whose answer is no derivation.
HINTS = {
    "draw": "Names that no equation defines are inputs or parameters. Each function of one argument, put on a sum of "
            "inputs and outputs of neurons with weights, is a neuron; what is added without either is its bias.",
    "run": "Compute the quantities in the order of the equations, each from those before it.",
    "pieces": "Each unit is affine on either side of the place where its argument is 0. List the combinations of "
              "signs, and drop those whose inequalities contradict one another.",
    "boundary": "In each linear piece solve the equation, and cut the result with the domain of the piece. A symmetry "
                "of the function saves pieces.",
    "backward": "Begin at the quantity that is derived and go back through the equations. Each quantity gets one "
                "derivative: the sum, over all that use it, of their derivative times the local one.",
    "check": "Compute both sides apart, then compare them.",
}
STATED = ("chain rule", "multivariate chain rule")
LAYERED = "layer by layer"


def levelled(blocks: Sequence[Block], level: str, asked: str = "gradient") -> tuple[Block, ...]:
    """The blocks of one answer at a level; `every` is "full" with its folds open, which the page sees to.

    >>> steps = (Step("equation", ("We start.",)), Step("chain rule", ("It goes on.",)), Step("result", ("Done.",)))
    >>> [block.rule for block in levelled(steps, "brief")]
    ['chain rule', 'result']
    """
    if level == "hint":
        return _hint(blocks, asked)
    return _brief(blocks) if level == "brief" else tuple(blocks)


def _hint(blocks: Sequence[Block], asked: str) -> tuple[Block, ...]:
    if asked in HINTS:
        return (Paragraph((HINTS[asked],)),)
    first = next((b for b in blocks if isinstance(b, Step)), None)
    if first is None:
        return ()
    return (Paragraph((Strong(f"{first.rule[:1].upper()}{first.rule[1:]}."), " ", *first.says)),)


def _brief(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The chain rule (all steps where it goes layer by layer) and what the derivation ends in."""
    steps = [b for b in blocks if isinstance(b, Step)]
    kept = steps if any(s.rule == LAYERED for s in steps) else [s for s in steps if s.rule in STATED][:1]
    if steps and not any(isinstance(b, Aside) and b.kind == "result" for b in blocks) and steps[-1] not in kept:
        kept = [*kept, steps[-1]]
    shown = [b for b in blocks if not isinstance(b, Step | Fold) or any(b is s for s in kept)]
    return tuple(replace(b, inner=()) if isinstance(b, Step) else b for b in shown)


def solution(found: Solution, level: str) -> Solution:
    """A solution at a level; below "full" without cross-checks and without the sheet's own solution."""
    if level not in ("hint", "brief"):
        return found
    exercises = [
        replace(e, parts=[replace(p, printed=(), tasks=[_task(t, level) for t in p.tasks]) for p in e.parts])
        for e in found.exercises
    ]
    return replace(found, exercises=exercises)


def _task(task: Task, level: str) -> Task:
    return replace(task, blocks=levelled(task.blocks, level, task.asked), checks=())
