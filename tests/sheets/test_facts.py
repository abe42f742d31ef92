"""Our own sheet, solved: each fact of a right answer holds, and fails in a solution in which it is altered."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from facts import Fact, facts

from workings.answers.solution import Solution, Task, as_dict
from workings.errors import Source
from workings.sheets import solve

OWN = Path(__file__).parents[2] / "sheets" / "backpropagation.md"
FACTS = list(facts())


@cache
def solution() -> Solution:
    return solve(Source(OWN.read_text("utf-8"), str(OWN)))


def found(fact: Fact) -> tuple[Task, dict[str, Any]]:
    tasks = [(t, d) for e, f in zip(solution().exercises, as_dict(solution())["exercises"])
             for t, d in zip(e.tasks, f["tasks"])
             if (e.number + t.label, t.asked, t.about) == (fact.part, fact.asked, fact.about)]
    assert len(tasks) == 1, f"{fact.part}: {fact.asked} {fact.about} stands {len(tasks)} times"
    return tasks[0]


def test_all_parts_are_solved() -> None:
    unsolved = [(e.number + t.label, t.asked, str(t.error)) for e in solution().exercises for t in e.tasks
                if t.status != "solved"]
    assert unsolved == []
    labels = [e.number + t.label for e in solution().exercises for t in e.tasks]
    assert list(dict.fromkeys(labels)) == ["1a", "1b", "2a", "2b", "2c", "3a", "3b", "4a", "4b", "4c", "4d"]


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f"{f.part} {f.about}: {f.says}")
def test_a_fact_holds(fact: Fact) -> None:
    task, data = found(fact)
    assert fact.holds(data["answer"], task.net)


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f"{f.part} {f.about}: {f.says}")
def test_an_altered_answer_fails(fact: Fact) -> None:
    task, data = found(fact)
    assert not fact.holds(fact.altered(data["answer"]), task.net)


def test_every_part_has_a_fact() -> None:
    assert list(dict.fromkeys(f.part for f in sorted(FACTS, key=lambda f: f.part))) == [
        "1a", "1b", "2a", "2b", "2c", "3a", "3b", "4a", "4b", "4c", "4d"]
