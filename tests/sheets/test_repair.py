"""A printed line may prove that something was lost in print; without a proof the literal reading stands."""

import pytest

from workings.errors import Source
from workings.notation import plain
from workings.sheets import Sheet, read_sheet

NETWORK = "# Exercise 1\n\nWe consider $y = w_2 \\tanh(w_1 x)$.\n\n"


def read(text: str) -> Sheet:
    return read_sheet(Source(text))


def error(sheet: Sheet, part: int = -1) -> str:
    net = sheet.exercises[0].parts[part].net
    return plain(net.defs["E", 0][0].rhs)


PROVED = [
    ("$E = (y t)^2$", "$$\\frac{\\partial E}{\\partial y} = 2 (y - t)$$", "(y - t)^2", "a minus sign"),
    ("$E = (y t)^2$", "$$\\frac{\\partial E}{\\partial y} = 2 (t + y)$$", "(y + t)^2", "a plus sign"),
    ("$E = (y t)^2$", "$$\\frac{\\partial E}{\\partial w_2} = 2 (y - t) \\tanh(w_1 x)$$", "(y - t)^2",
     "a minus sign"),
    ("$E = (y t)^2$",
     "$$\\frac{\\partial E}{\\partial w_2} = \\underbrace{\\frac{\\partial E}{\\partial y}}_{2(y - t)} \\cdot \\dots$$",
     "(y - t)^2", "a minus sign"),
    ("$E = (y - t) 2$", "$$\\frac{\\partial E}{\\partial y} = 2 (y - t)$$", "(y - t)^2", "a raised digit"),
    ("$E = \\log \\cosh(y t)$",
     "$$\\frac{\\partial E}{\\partial y} = \\tanh(y - t)$$", "log(cosh(y - t))",
     "a minus sign"),
]


@pytest.mark.parametrize(("printed", "line", "restored", "what"), PROVED)
def test_a_printed_line_proves_what_was_lost(printed: str, line: str, restored: str, what: str) -> None:
    sheet = read(f"{NETWORK}(a) The error is {printed} with target t. Compute $\\partial E/\\partial w_2$.\n\n"
                 f"{line}\n\n(b) Compute $\\partial E/\\partial w_1$.\n")
    assert error(sheet, 0) == restored == error(sheet, 1)
    says = [r.says for r in sheet.remarks if r.kind == "repaired"]
    assert len(says) == 1 and what in says[0] and "the literal reading" in says[0]


LITERAL = [
    # nothing printed that could prove anything
    ("$E = (y t)^2$", "", "(y*t)^2"),
    # the printed line agrees with the literal reading
    ("$E = (y t)^2$", "$$\\frac{\\partial E}{\\partial y} = 2 y t^2$$", "(y*t)^2"),
    # a wrong line that no small repair makes true
    ("$E = (y t)^2$", "$$\\frac{\\partial E}{\\partial y} = 3 (y - t)$$", "(y*t)^2"),
    # a wrong line about an equation in which nothing can have been lost
    ("$E = (y - t)^2$", "$$\\frac{\\partial E}{\\partial y} = 2 (y + t)$$", "(y - t)^2"),
    # a sign of multiplication is printed: nothing was lost there
    ("$E = (y \\cdot t)^2$", "$$\\frac{\\partial E}{\\partial y} = 2 (y - t)$$", "(y*t)^2"),
    # one line would prove a minus, another that is right would become wrong
    ("$E = (y t)^2$",
     "$$\\frac{\\partial E}{\\partial y} = 2 y t^2$$\n\n$$\\frac{\\partial E}{\\partial y} = 2 (y - t)$$", "(y*t)^2"),
]


@pytest.mark.parametrize(("printed", "line", "stands"), LITERAL)
def test_without_a_proof_the_literal_reading_stands(printed: str, line: str, stands: str) -> None:
    sheet = read(f"{NETWORK}(a) The error is {printed} with target t. Compute $\\partial E/\\partial w_2$.\n\n{line}\n")
    assert error(sheet) == stands
    assert not [r for r in sheet.remarks if r.kind == "repaired"]
