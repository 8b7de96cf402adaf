"""How long single callbacks held the event loop, in CPU time of its thread: what else the machine does is not in it."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.running import GARBAGE_LOOKED_FOR


@dataclass
class Held:
    """The longest callbacks, and how many there were of each length; `what` says whose each was."""

    longest: dict[str, float] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)

    def note(self, what: str, seconds: float) -> None:
        """Note one callback."""
        if seconds > self.longest.get(what, -1.0):
            self.longest[what] = seconds
        step = int(seconds * 1000)
        self.lengths[step] = self.lengths.get(step, 0) + 1

    def worst(self) -> tuple[str, float]:
        """Return whose the longest callback was, and its seconds."""
        return max(self.longest.items(), key=lambda one: one[1], default=("nobody", 0.0))

    def percentile(self, share: float) -> float:
        """Return the seconds that this share of the callbacks did not take, to the millisecond above."""
        left = share * sum(self.lengths.values())
        for step, count in sorted(self.lengths.items()):
            left -= count
            if left <= 0:
                return (step + 1) / 1000
        return 0.0


@contextmanager
def holding(is_ours: Callable[[str], bool] = lambda what: True) -> Iterator[Held]:
    """Measure each callback of every loop in this process, unless `is_ours` says that it is somebody else's.

    Garbage is looked for as the program does it: through all that tests import, it alone would be the longest.
    """
    held, run, thresholds = Held(), asyncio.Handle._run, gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*GARBAGE_LOOKED_FOR)

    def timed(handle: asyncio.Handle) -> None:
        what = _whose(handle)
        began = time.thread_time()
        run(handle)
        if is_ours(what):
            held.note(what, time.thread_time() - began)

    asyncio.Handle._run = timed  # type: ignore[method-assign, assignment]  # asyncio times callbacks by the wall clock only
    try:
        yield held
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _whose(handle: Any) -> str:
    """Name the task that a callback belongs to, by file and function; else the callback itself."""
    task = getattr(handle._callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        code = getattr(task.get_coro(), "cr_code", None)
        return f"{code.co_filename}:{code.co_qualname}" if code else "a task"
    return str(getattr(handle._callback, "__qualname__", type(handle._callback).__name__))
