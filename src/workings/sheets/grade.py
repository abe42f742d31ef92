"""A folder of answers, graded: one answer a file, in processes that a broken file cannot take along.

What is left to a person is never scored; a link that leads out of the folder is not followed; nothing is written here.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from workings.answers.grade import Graded, Grades, Marked, Slip
from workings.errors import BadValue, NotReadable, Source
from workings.limits import GRADE_ANSWERS, GRADE_BYTES, GRADE_SECONDS
from workings.sheets.handed import READ, TOLD
from workings.sheets.read import read_sheet
from workings.sheets.rubric import points, rubric

Told = Callable[[int, int, str], None]


def grade(
    sheet: Source, folder: Path, command: Sequence[str], *, rules: Source | None = None, leave: Sequence[Path] = (),
    processes: int | None = None, progress: Told | None = None,
) -> Grades:
    """Every answer of a folder, marked.

    `command` starts a process that speaks as `workings.grader` does; `leave`: files that are no answers.
    Raises what the sheet or the rubric is refused for, and `BadValue` where there is no answer.
    """
    read = read_sheet(sheet)
    rule = rubric(rules)
    worth, told = points(read, rule)
    if not worth:
        raise NotReadable("the sheet asks nothing that could be marked", source=sheet,
                          expected="exercises with parts, such as: (a) Compute $dE/dw$.")
    found = list(files(folder, leave))
    if not found:
        raise BadValue(f"there is no answer in {folder}", expected=f"files that end in {', '.join(READ)}")
    if len(found) > GRADE_ANSWERS:
        raise BadValue(f"{folder} holds {len(found)} files", expected=f"at most {GRADE_ANSWERS} answers at once")
    answers = [Graded(name, str(path.relative_to(folder)), problem=_odd(path, folder)) for name, path in found]
    out = Grades(read.title, rule.sentences(), [("".join(k), p) for k, p in worth.items()], answers, told)
    tasks = [(a, folder / a.file) for a in answers if not a.problem]
    first = {"sheet": sheet.text, "path": sheet.path, "rubric": rules.text if rules is not None else None}
    _judge(tasks, command, json.dumps(first), processes or max(1, min(os.cpu_count() or 1, 8)), progress)
    for answer in answers:
        if answer.problem:
            answer.parts = [Marked(p, w, None, "needs a person", "the file could not be judged") for p, w in out.points]
    return out


def files(folder: Path, leave: Sequence[Path] = ()) -> Iterator[tuple[str, Path]]:
    """(name, path) of each answer, by name: the files of the folder, and those of its folders, one for each person."""
    if not folder.is_dir():
        raise BadValue(f"{folder} is no folder", expected="a folder with one answer a file")
    left = {os.path.realpath(p) for p in leave}
    found = sorted(_inside(folder, left, 0), key=lambda p: str(p.relative_to(folder)))
    plain = [str(p.relative_to(folder).with_suffix("")) for p in found]
    for path, name in zip(found, plain, strict=True):
        yield (name if plain.count(name) == 1 else str(path.relative_to(folder))), path


def _inside(folder: Path, left: set[str], depth: int) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or os.path.realpath(path) in left:
            continue
        if path.is_dir() and not path.is_symlink():
            if depth < 2:
                yield from _inside(path, left, depth + 1)
        else:
            yield path


def _odd(path: Path, folder: Path) -> str:
    """Why a file is left to a person before it is opened; "" where it can be read."""
    suffix = path.suffix.lower()
    if path.is_symlink() and not _within(path, folder):
        return "it is a link that leads out of the folder"
    if not path.is_file():
        return "it is no ordinary file"
    if suffix in TOLD:
        return f"it is {TOLD[suffix]}, which workings does not read"
    if suffix not in READ:
        return f"files that end in {suffix or 'nothing'} are not read"
    size = path.stat().st_size
    return f"it has {size:,} bytes, and at most {GRADE_BYTES:,} are read" if size > GRADE_BYTES else ""


def _within(path: Path, folder: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


# -- processes
def _judge(
    tasks: Sequence[tuple[Graded, Path]], command: Sequence[str], first: str, processes: int, progress: Told | None,
) -> None:
    """The tasks, by as many processes as there are cores; each has its own thread here, which only waits."""
    todo: queue.SimpleQueue[tuple[Graded, Path]] = queue.SimpleQueue()
    for task in tasks:
        todo.put(task)
    done: queue.SimpleQueue[str | BaseException] = queue.SimpleQueue()
    threads = [threading.Thread(target=_serve, args=(todo, done, command, first), daemon=True)
               for _ in range(min(processes, len(tasks)))]
    for thread in threads:
        thread.start()
    for number in range(len(tasks)):
        name = done.get()
        if isinstance(name, BaseException):
            raise name
        if progress is not None:
            progress(number + 1, len(tasks), name)
    for thread in threads:
        thread.join()


def _serve(todo: Any, done: Any, command: Sequence[str], first: str) -> None:
    worker: Worker | None = None
    try:
        while True:
            try:
                answer, path = todo.get_nowait()
            except queue.Empty:
                return
            worker = worker or Worker(command, first)
            started = time.monotonic()
            found = worker.ask(json.dumps(str(path)), GRADE_SECONDS)
            answer.seconds = time.monotonic() - started
            if found is None:
                late = answer.seconds >= GRADE_SECONDS
                answer.problem = (f"it took more than {GRADE_SECONDS} seconds" if late
                                  else "judging it ended without a result")
                worker.end()
                worker = None
            else:
                _fill(answer, found)
            done.put(answer.name)
    except BaseException as error:
        done.put(error)
    finally:
        if worker is not None:
            worker.end()


class Worker:
    """A process that answers lines with lines."""

    def __init__(self, command: Sequence[str], first: str) -> None:
        self.process = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            encoding="utf-8")
        self._put(first)

    def _put(self, line: str) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except OSError:
            pass                                  # it has ended: the answer, which does not come, says so

    def ask(self, task: str, seconds: float) -> dict[str, Any] | None:
        """The result of a task; None where the process ends or takes longer, and it is then no more."""
        timer = threading.Timer(seconds, self.process.kill)
        timer.start()
        try:
            self._put(task)
            assert self.process.stdout is not None
            line = self.process.stdout.readline()
            try:
                found: dict[str, Any] | None = json.loads(line) if line.endswith("\n") else None
            except ValueError:
                found = None
            return found
        finally:
            timer.cancel()

    def end(self) -> None:
        """The process ends, and is waited for."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            _close(stream)


def _close(stream: IO[str] | None) -> None:
    try:
        if stream is not None:
            stream.close()
    except OSError:
        pass


def _fill(answer: Graded, found: dict[str, Any]) -> None:
    answer.problem = found.get("problem", "")
    answer.remarks, answer.body = found.get("remarks", []), found.get("body", "")
    answer.slips = [Slip(**s) for s in found.get("slips", [])]
    for p in found.get("parts", []):
        marks = None if p["marks"] is None else Fraction(p["marks"])
        answer.parts.append(Marked(p["part"], Fraction(p["points"]), marks, p["state"], p["why"]))
