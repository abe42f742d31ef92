"""A file is written whole or not at all: through a temporary name in the same folder."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from workings.errors import BadValue


def write(path: str | Path, content: str | bytes) -> Path:
    """Write `content`; until it is complete, an older file of that name stays."""
    target = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(name, _mode(target))
            os.replace(name, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise _refused(target, error) from None
    return target


def folder(path: Path) -> Path:
    """The folder, made if need be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(path, error) from None
    return path


def _refused(target: Path, error: OSError) -> BadValue:
    return BadValue(
        f"{target} cannot be written: {(error.strerror or str(error)).lower()}",
        expected="a file name in a folder that exists and may be written to",
    )


def _mode(target: Path) -> int:
    """The rights of the older file, else those that a new file would have (mkstemp gives 600)."""
    with suppress(OSError):
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
