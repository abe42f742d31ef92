"""How long `workings grade` takes for a class: answers made with fixed seeds, slips and formats mixed.

    python bench/grade.py [answers] [processes]
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path

import workings

SHEET = Path(__file__).parents[1] / "sheets" / "backpropagation.md"
# part -> its lines as a good answer has them
GOOD = {
    "1b": ["y = 0 for x1 >= 2, x2 = -2", "y = 0 for x1 = 2, x2 <= -2", "y = 0 for x1 = -2, x2 >= 2",
           "y = 0 for x1 <= -2, x2 = 2"],
    "2a": ["dL/dy = 1/cosh(y - t)*sinh(y - t)*1", "dL/dy = tanh(y - t)"],
    "2b": ["dL/dw = sum(n, dL/dL[n]*dL[n]/df[n]*df[n]/dw)"],
    "2c": ["dL/dw[j] = sum(n, 1/M*tanh(f[n] - t[n])*x[j,n])", "dL/dw[j] = 1/M*sum(n, tanh(f[n] - t[n])*x[j,n])"],
    "3b": ["dL/dy = tanh(y - t)", "dL/dh5 = dL/dy*w57", "dL/dh6 = dL/dy*w67", "dL/ds5 = dL/dh5*(1 - h5^2)",
           "dL/ds6 = dL/dh6*(1 - h6^2)", "dL/dh4 = dL/ds5*w45 + dL/ds6*w46", "dL/ds4 = dL/dh4*(1 - h4^2)",
           "dL/dw24 = dL/ds4*x2"],
    "4b": ["dE/dy = y - t", "dE/dw13 = (y - t)*z3*x1", "dE/dw24 = (y - t)*z4*x2"],
    "4c": ["dE/dv = dE/dw13*dw13/dv + dE/dw24*dw24/dv"],
    "4d": ["dw13/dv = exp(v)/(1 + exp(v))", "dw24/dv = exp(-v)/(1 + exp(-v))",
           "dE/dv = (y - t)*z3*x1*exp(v)/(1 + exp(v)) + (y - t)*z4*x2*exp(-v)/(1 + exp(-v))"],
}
SLIPS = [("tanh(y - t)", "tanh(t - y)"), ("1/M*", ""), ("w45", "w46"), ("(1 - h5^2)", "(1 - h5)"), ("*x2", "*x1"),
         ("*x1", ""), ("w57", "w67"), ("exp(-v)/", "-exp(-v)/"), (" + ", " - "), ("h4^2", "s4^2"), ("= -2", "= 2"),
         ("(y - t)*", "2*(y - t)*"), ("dL/ds6*w46", "dL/ds6"), ("/(1 + exp(v))", "")]


def answer(chance: random.Random) -> str:
    """One person's answers: some parts missing, some lines left out, up to three slips."""
    out = []
    slips = chance.sample(SLIPS, chance.choice((0, 1, 1, 2, 3)))
    for part, good in GOOD.items():
        if chance.random() < 0.08:
            continue
        lines = [line for line in good if line is good[-1] or chance.random() < 0.9]
        for old, new in slips:
            n = chance.randrange(len(lines))
            lines[n] = lines[n].replace(old, new, 1)
        # what each writes in an own way: spaces, the order of factors' names, words around
        if chance.random() < 0.3:
            lines = [line.replace("*", " * ") for line in lines]
        out.append(part + "\n" + "\n".join(lines))
    return "\n\n".join(out) + "\n"


def write(folder: Path, number: int) -> None:
    """An answer as text, Markdown or a notebook."""
    chance = random.Random(number)
    text = answer(chance)
    name, kind = folder / f"student{number:03}", number % 4
    if kind == 0:
        name.with_suffix(".txt").write_text(text)
    elif kind == 1:
        name.with_suffix(".ipynb").write_text(json.dumps({"cells": [
            {"cell_type": "markdown", "source": block} for block in text.split("\n\n")]}))
    else:
        rows = (row if row[:1].isdigit() else f"`{row}`  " for row in text.splitlines())
        name.with_suffix(".md").write_text("\n".join(rows) + "\n")


def main(answers: int = 200, processes: int = 2) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "answers"
        folder.mkdir()
        for number in range(answers):
            write(folder, number)
        start = time.perf_counter()
        found = workings.grade(SHEET, folder, processes=processes)
        found.save(Path(place) / "marks.csv")
        took = time.perf_counter() - start
        slowest = max(found.answers, key=lambda a: a.seconds)
        print(f"{answers} answers, {processes} processes: {took:.1f} s, files written; "
              f"slowest {slowest.name} {slowest.seconds:.1f} s")
        open_ = sum(p.why.startswith("line") and p.marks is None for a in found.answers for p in a.parts)
        parts = sum(len(a.parts) for a in found.answers)
        print(f"parts left to a person for an undecided or unread line: {open_} of {parts}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
