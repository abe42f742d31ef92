"""A process that judges answers for `workings grade`: a task in a line of JSON, its result in another.

It is started by `sheets.grade`; a fault, a flood or a hang ends only this process.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workings.errors import Source, WorkingsError
from workings.limits import GRADE_MEMORY


def main() -> None:
    """Reads the sheet and the rubric from the first line, then answers until standard input ends."""
    _limited()
    first = json.loads(sys.stdin.readline())
    judge = Judge(Source(first["sheet"], first["path"]), first["rubric"])
    for line in sys.stdin:
        print(json.dumps(judge.answer(Path(json.loads(line)))), flush=True)


def _limited() -> None:
    """No more memory than is good for a machine; where the system knows no such limit there is none."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (GRADE_MEMORY, GRADE_MEMORY))


class Judge:
    """One sheet, and what has been judged so far."""

    def __init__(self, sheet: Source, rules: str | None) -> None:
        from workings.sheets.read import read_sheet
        from workings.sheets.remembered import Memory
        from workings.sheets.rubric import points, rubric

        self.sheet = read_sheet(sheet)
        self.rule = rubric(Source(rules) if rules is not None else None)
        self.points, _ = points(self.sheet, self.rule)
        self.memory = Memory()

    def answer(self, path: Path) -> dict[str, Any]:
        """Marks, slips and the feedback of one file; what is wrong with the file is told, never raised."""
        try:
            return self._answer(path)
        except WorkingsError as error:
            return {"problem": error._head().removeprefix(f"{path}: ").removeprefix(str(path.parent) + "/")}
        except MemoryError:
            return {"problem": "judging it takes too much memory"}
        except RecursionError:
            return {"problem": "a formula in it is nested too deeply"}

    def _answer(self, path: Path) -> dict[str, Any]:
        from workings.sheets.answered import judged
        from workings.sheets.handed import handed
        from workings.sheets.marking import marked, slips

        source, _ = handed(path)
        if not source.text.strip():
            return {"problem": "the file is empty"}
        found = judged(self.sheet, source, self.memory)
        status = {p.part: p.status for p in found.report.parts}
        if not found.report.lines and all(s in ("missing", "unknown") for s in status.values()):
            return {"problem": "no label of a part was found in it"}
        parts = []
        for key, points in self.points.items():
            name = "".join(key)
            parts.append(marked(key, self.sheet, found.report.lines, status[name], found.stray, points, self.rule))
        return {
            "parts": [{**asdict(p), "points": str(p.points), "marks": None if p.marks is None else str(p.marks)}
                      for p in parts],
            "slips": [asdict(s) for s in slips(found.report.lines)],
            "remarks": found.report.remarks,
            "body": self._page(found.report),
        }

    def _page(self, report: Any) -> str:
        """The lines with their verdicts, as HTML without a page around them."""
        from workings.answers.check import blocks, spelled
        from workings.document import Document
        from workings.render.html import Page

        document = Document("", blocks(report, proofs=False), spelling=spelled(report))
        return Page(document).blocks(document.blocks)


if __name__ == "__main__":
    main()
