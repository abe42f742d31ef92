"""The marks of a folder of answers as files: a table, the slips beside it, and a page for each answer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from workings.answers.grade import Graded, Grades, blocks, feedback, slips_table, table
from workings.document import Document, Paragraph
from workings.errors import BadValue
from workings.render.html import Page, html, shell
from workings.render.save import folder, write

LONGEST = 80                  # characters of the name of a page


def write_marks(target: Path, found: Grades, overview: Document, overwrite: bool = False) -> Path:
    """NAME.csv, NAME.slips.csv and the folder NAME.pages with index.html; raises if one is there already."""
    slips, pages = beside(target)
    there = [p for p in (target, slips, pages) if p.exists() or p.is_symlink()]
    if there and not overwrite:
        raise BadValue(f"{there[0]} is there already, and nothing is overwritten unasked",
                       expected="a new name", hint="--force, or save(path, overwrite=True), replaces it")
    folder(pages)
    names = page_names(a.name for a in found.answers)
    for answer in found.answers:
        write(pages / names[answer.name], page(answer, found))
    write(pages / "index.html", html(replace(overview, blocks=blocks(found, names))))
    write(slips, _csv(slips_table(found)))
    # The table comes last, so that it never names pages that are not there.
    return write(target, _csv(table(found, {n: f"{pages.name}/{p}" for n, p in names.items()})))


def beside(target: Path) -> tuple[Path, Path]:
    """Where the slips and the pages go."""
    return target.with_suffix(".slips.csv"), target.with_suffix(".pages")


def page_names(names: Iterable[str]) -> dict[str, str]:
    """A file name for each answer, safe on every system, no two alike.

    >>> page_names(["anna", "Anna", "../b c"])
    {'anna': 'anna.html', 'Anna': 'Anna-2.html', '../b c': 'b_c.html'}
    """
    out: dict[str, str] = {}
    taken = {"index"}
    for name in names:
        base = re.sub(r"[^\w-]+", "_", name).strip("_")[:LONGEST] or "answer"
        number, found = 1, base
        while found.lower() in taken:
            number += 1
            found = f"{base}-{number}"
        taken.add(found.lower())
        out[name] = f"{found}.html"
    return out


def page(answer: Graded, found: Grades) -> str:
    """A person's own page: the marks by part, then the lines with their verdicts."""
    title = f"{answer.name}: {found.title}"
    if answer.problem:
        says = f"This file could not be judged: {answer.problem}. A person will look at it."
        return html(Document(title, (Paragraph((says,)),)))
    head = Page(Document(title, tuple(feedback(answer, found.points))))
    return shell(title, head.blocks(head.document.blocks) + answer.body)


def _csv(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
