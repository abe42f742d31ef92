"""What `same` says: how far two networks differ, exactly, and where."""

from __future__ import annotations

from typing import Any

from workings.answers.geometry import exact
from workings.document import Block, Paragraph
from workings.geometry.same import Agreement


def as_dict(found: Agreement) -> dict[str, Any]:
    """Exact numbers as strings."""
    return {"same": found.same, "largest": str(found.largest), "output": found.output, "at": exact(found.at),
            "first": str(found.first), "second": str(found.second)}


def blocks(found: Agreement) -> tuple[Block, ...]:
    """One sentence."""
    if found.same:
        return (Paragraph(("The networks agree at every point.",)),)
    at = ", ".join(f"{float(v):.10g}" for v in found.at)
    return (Paragraph((f"The largest difference is {float(found.largest):.10g}, in {found.output} at ({at}): "
                       f"{float(found.first):.10g} and {float(found.second):.10g}.",)),)
