"""Memory that documents and pictures leave behind is given back to the system.

What they were made of are objects that point at each other, which Python looks for seldom, and pieces of the threads'
heaps, which the C library keeps: made over and over, they took hundreds of megabytes that nobody used.
"""

import asyncio
import ctypes
import gc
import logging
import sys
from pathlib import Path

log = logging.getLogger(__name__)

GROWN = 8.0
"""MiB more than after the last time: less is not worth holding everybody up for some hundredths of a second."""


class Memory:
    """What the process takes, and had taken when it was last tidied."""

    def __init__(self) -> None:
        self._kept = resident()

    async def look(self) -> bool:
        """Give back what is not used any more if the process has grown; say whether it was tried."""
        taken = resident()
        if taken < self._kept + GROWN:
            return False
        await asyncio.to_thread(give_back)
        self._kept = resident()
        log.info("memory given back mib=%.0f left=%.0f", taken - self._kept, self._kept)
        return True


def give_back() -> None:
    """Collect all garbage, and return to the system what the C library has kept of it."""
    gc.collect()
    if sys.platform == "linux" and hasattr(c := ctypes.CDLL(None), "malloc_trim"):  # not musl's
        c.malloc_trim(0)


def resident() -> float:
    """Return how many MiB of memory the process takes; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    line = next(one for one in status.splitlines() if one.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
