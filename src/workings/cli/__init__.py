"""The command line: arguments in, exit codes out.  No traceback ever reaches a person."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

DONE, WRONG, UNREADABLE, BEYOND, MISSING, STOPPED = 0, 1, 2, 3, 4, 130


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code."""
    code = run(list(sys.argv[1:] if argv is None else argv))
    sys.exit(code)


def run(argv: list[str]) -> int:
    """The exit code of a command line."""
    if argv == ["--version"]:              # the quickest answer needs nothing else
        from workings import __version__

        print(f"workings {__version__}")
        return DONE
    _forgiving_streams()
    try:
        code = _command(argv)
        sys.stdout.flush()
        return code
    except BrokenPipeError:                # `workings … | head`: the reader has seen enough
        _silence_stdout()
        return DONE
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return STOPPED


def _command(argv: list[str]) -> int:
    import click

    from workings.cli import expanding, planes  # noqa: F401  commands that add themselves
    from workings.cli.commands import workings
    from workings.errors import WorkingsError

    try:
        code = workings.main(argv, prog_name="workings", standalone_mode=False)
    except click.exceptions.Exit as done:
        return int(done.exit_code)
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        error.show(sys.stderr)
        return UNREADABLE
    except WorkingsError as error:
        return _refused(error, "--json" in argv)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        if "--debug" in argv:
            raise
        return _fault(error)
    return code if isinstance(code, int) else DONE


def _refused(error: Exception, as_json: bool) -> int:
    from workings.errors import WorkingsError
    from workings.results import dumps

    assert isinstance(error, WorkingsError)
    print(error, file=sys.stderr)
    if as_json:
        print(dumps({"schema": 1, **error.as_dict()}), end="")
    return error.exit_code


def _fault(error: Exception) -> int:
    """An exception that nobody foresaw is a fault of workings, and is called so, in one line."""
    if isinstance(error, MemoryError):
        print("workings: there is not enough memory for this input", file=sys.stderr)
        return BEYOND
    words = " ".join(str(error).split())[:200]
    print(
        f"workings: a fault in workings, not in your input: {type(error).__name__}: {words}\n"
        "please report it with the command you gave; --debug shows where it happened",
        file=sys.stderr,
    )
    return BEYOND


def _forgiving_streams() -> None:
    """A terminal that cannot show ∂ shows ? instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _silence_stdout() -> None:
    """What is still buffered goes nowhere, so that closing says nothing either."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
    except (OSError, ValueError):
        pass
