"""How a nonlinearity and an operation are written in a drawing."""

from __future__ import annotations

import re

from workings.figures.shapes import Label
from workings.forms.graphs import Neuron, Operation
from workings.functions import table

SIGNS = {"mul": "×", "div": "÷", "matmul": "@", "pow": "^", "compare": "<", "array": "[ ]"}

WORDS = {
    "T": "transpose", "mul": "product", "div": "quotient", "matmul": "matrix product", "pow": "power",
    "compare": "comparison",
}


def act_label(node: Neuron) -> Label:
    """The nonlinearity as it stands in a circle: its name, or its formula in z."""
    if not node.act:
        return node.formula
    row = table.get(node.act)
    word = re.fullmatch(r"\\operatorname\{(\w+)\}", row.latex) if row else None
    return word.group(1) if word else node.act


def op_word(node: Operation) -> str:
    """An operation in words."""
    return WORDS.get(node.op, node.op)


def op_label(node: Operation) -> Label:
    """The sign of an operation."""
    return SIGNS.get(node.op, node.op)
