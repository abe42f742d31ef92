"""What the sheet says, as the page quotes it: punctuation with its display, cut sentences joined, short formulas beside."""

import pytest

from workings.document import Block, Display, Math, Paragraph, Raw
from workings.errors import Source
from workings.sheets.blocks import blocks
from workings.sheets.quote import quoted


def shown(block: Block) -> str:
    """A paragraph as it is written; a display as its rows in brackets, a tag behind a bar."""
    if isinstance(block, Paragraph):
        return "".join(f"${p.formula.latex}$" if isinstance(p, Math) and isinstance(p.formula, Raw) else str(p)
                       for p in block.line)
    assert isinstance(block, Display)
    return " // ".join(f"[{r.formula.latex}{'|' + r.tag if r.tag else ''}]" for r in block.rows
                       if isinstance(r.formula, Raw))


ROWS = [
    ("The error is\n\n$$E = y^2$$\n.\n\nThis is common.\n", ["The error is", "[E = y^2.]", "This is common."]),
    ("It is\n\n$$z = x$$\n,  $a = z^2$ ,  $y = a$ .\n", ["It is", r"[z = x, \quad a = z^2, \quad y = a.]"]),
    ("Let\n\n$$u = e^v$$\n and  $w = -u$ \n\nState it.\n",
     ["Let", r"[u = e^v \quad \text{and}\quad w = -u]", "State it."]),
    ("$$a = b$$\n where $b$ is given.\n", ["[a = b]", "where $b$ is given."]),
    ("for each piece, solving\n\nthe equations $y < 0$ and $y > 0$.\n",
     ["for each piece, solving the equations $y < 0$ and $y > 0$."]),
    ("One sentence.\n\nanother one.\n", ["One sentence.", "another one."]),
    ("$$y = x$$\n\n$$(8)$$\n\nThen.\n", ["[y = x|8]", "Then."]),
    ("$$y = x \\tag{1}$$\n", ["[y = x|1]"]),
    ("\\begin{align}\na &= b, & c &= d \\\\\n&= e\n\\end{align}\n", [r"[a = b, \qquad c = d] // [= e]"]),
    ("$$\\begin{aligned} E &= \\begin{cases} 1 & x \\\\ 2 & y \\end{cases} \\\\ F &= 3 \\end{aligned}.$$\n",
     [r"[E = \begin{cases} 1 & x \\ 2 & y \end{cases}] // [F = 3.]"]),
    ("**Bold** and *slanted* words with $x_1$.\n", ["Bold and slanted words with $x_1$."]),
]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=lambda v: str(v)[:30])
def test_a_quotation(text: str, expected: list[str]) -> None:
    assert [shown(b) for b in quoted(blocks(Source(text)))] == expected
