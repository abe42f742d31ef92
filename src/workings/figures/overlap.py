"""Which labels of a figure lie on one another: what a drawing must not do, for tests of all drawings."""

from __future__ import annotations

from workings.figures.placing import overlap
from workings.figures.shapes import Figure, Measure, Text, extent

SLACK = 0.5                   # boxes may come this close, in points: letters do not fill their boxes


def overlaps(figure: Figure, measure: Measure) -> list[tuple[Text, Text | None]]:
    """Pairs of labels whose boxes overlap; (label, None) for one that leaves the figure.

    >>> from workings.figures import Box
    >>> two = (Text("a", 10, 10), Text("b", 12, 10))
    >>> len(overlaps(Figure(40, 20, two, "", ""), lambda label: Box(1, 0.5, 0)))
    1
    """
    texts = [shape for shape in figure.flat() if isinstance(shape, Text)]
    boxes = [extent(text, measure) for text in texts]
    inner = [(a + SLACK, b + SLACK, c - SLACK, d - SLACK) for a, b, c, d in boxes]
    found: list[tuple[Text, Text | None]] = []
    for i, box in enumerate(boxes):
        if box[0] < 0 or box[1] < 0 or box[2] > figure.width or box[3] > figure.height:
            found.append((texts[i], None))
        found += [(texts[k], texts[i]) for k in range(i) if overlap(inner[k], inner[i])]
    return found
