"""A fixed piece of Python that says how fast this machine is just now, so that a limit in seconds is a ratio.

A limit is meant for the stated machine. On a slower one, or one whose cores others share, the fixed work takes longer,
and so does what is held to the limit: the limit grows by as much. It never shrinks.
"""

import json
import re
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import thread_time

# Seconds of CPU for one look: the best of 450 on 30 November 2026, 2 virtual cores AMD EPYC, Python 3.11.7.
STATED = 0.0032
LOOKS = 5  # before, and as many after


@dataclass
class Yardstick:
    """What the fixed work took, in seconds of CPU, each time it was looked at."""

    taken: list[float] = field(default_factory=list)

    def look(self, times: int = 1) -> None:
        """Do the fixed work now; what it takes is no part of what is measured."""
        for _ in range(times):
            began = thread_time()
            _work()
            self.taken.append(thread_time() - began)

    def slower(self) -> float:
        """Return how many times as long as on the stated machine the work usually took; at least 1."""
        return max(1.0, statistics.median(self.taken) / STATED)

    def says(self) -> str:
        """Say what a limit was multiplied by, and from which looks."""
        best, usual = min(self.taken), statistics.median(self.taken)
        return (
            f"limits x {self.slower():.1f}: a yardstick of {1000 * STATED:.1f} ms on the stated machine took "
            f"{1000 * best:.1f} ms at best and usually {1000 * usual:.1f}"
        )


@contextmanager
def at_most(seconds: float, count: int = 1) -> Iterator[None]:
    """Hold what this thread does inside to so many seconds of CPU of the stated machine, `count` times over."""
    stick = Yardstick()
    stick.look(LOOKS)
    began = thread_time()
    yield
    took = (thread_time() - began) / count
    stick.look(LOOKS)
    assert took < seconds * stick.slower(), f"{1000 * took:.3f} ms, not {1000 * seconds:.3f}; {stick.says()}"


def _work() -> None:
    """Do some of what a turn does: words, JSON, dictionaries, sorting."""
    text = "kegiatan Melati 2.2, jam 8 pagi; " * 100
    for _ in range(4):
        words = re.findall(r"\w+", text.casefold())
        counted: dict[str, int] = {}
        for number, word in enumerate(words):
            counted[f"{word}{number % 97}"] = counted.get(word, 0) + number
        kept = json.loads(json.dumps({"words": words, "counted": counted}))
        sorted(kept["counted"].items(), key=lambda one: (-one[1], one[0]))
