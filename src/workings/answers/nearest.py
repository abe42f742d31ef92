"""What `boundary --near` says: the nearest point of the boundary."""

from __future__ import annotations

from typing import Any

from workings.answers.geometry import exact
from workings.document import Block, Paragraph
from workings.geometry.fast.parts import Near


def as_dict(found: Near) -> dict[str, Any]:
    """Exact points; the distance in floats, in input space."""
    return {"inputs": list(found.inputs), "given": exact(found.given), "at": exact(found.at),
            "distance": found.distance}


def blocks(found: Near) -> tuple[Block, ...]:
    """One sentence."""
    given, at = (", ".join(f"{float(v):.10g}" for v in p) for p in (found.given, found.at))
    return (Paragraph((f"The boundary comes nearest to ({given}) at ({at}), {found.distance:.10g} away.",)),)
