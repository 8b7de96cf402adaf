"""A child process: one of our modules does one piece of work by itself, and can be ended without harm to the bot."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

GOODBYE = 5  # seconds for a killed child to go, which a dead network share may hold for ever
# The child gets what Python needs to start, and none of the bot's secrets.
_INHERITED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "LANG")


class ChildDied(Exception):
    """The child ended by itself, with this exit code, and its work is not done."""


async def do_in_child(module: str, order: bytes, seconds: float) -> bytes:
    """Run `python -m module`, hand it the order, and return what it says; it is killed when this is cancelled.

    Raises TimeoutError after so many seconds, and ChildDied.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=Path(__file__).parents[1],
        env={key: os.environ[key] for key in _INHERITED if key in os.environ},
    )
    try:
        async with asyncio.timeout(seconds):
            said, _ = await child.communicate(order)
    finally:
        if child.returncode is None:
            child.kill()
            with suppress(TimeoutError):
                await asyncio.wait_for(child.wait(), GOODBYE)
    if child.returncode != 0:
        raise ChildDied(child.returncode)
    return said
