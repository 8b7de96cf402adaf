"""One process per data folder: two would take each other's messages and write the same store."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NAME = "lock"


class AnotherProcess(Exception):
    """Another process works with this data folder."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder while the block runs. Raises AnotherProcess.

    The system lets go of the lock when the process dies, however it dies; the file stays and means nothing.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        try:
            if sys.platform == "win32":
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AnotherProcess(f"the bot is running already with {folder}") from None
        yield
    finally:
        os.close(file)
