"""Time, handed in: nothing else in the program reads the clock, so that a demo or a test can move it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol


class Clock(Protocol):
    """What the program knows of time."""

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        ...

    def steady(self) -> float:
        """Return seconds that pass as time does, whatever becomes of the date."""
        ...

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        """Return when `wake` is set or `until` has come, whichever is first; `wake` is cleared."""
        ...


class MovableClock:
    """The machine's clock, shifted: it ticks, and `move` jumps it and wakes whoever waits for a time."""

    def __init__(self, start: datetime | None = None) -> None:
        self._shift = start - datetime.now(UTC) if start else timedelta()
        self._waiting: set[asyncio.Event] = set()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def steady(self) -> float:
        return time.monotonic() + self._shift.total_seconds()

    def move(self, by: timedelta) -> None:
        """Jump by `by`; everyone who waits looks at the time again."""
        self._shift += by
        for wake in self._waiting:
            wake.set()

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        self._waiting.add(wake)
        try:
            async with asyncio.timeout(self._seconds_to(until)):
                await wake.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(wake)
            wake.clear()

    def _seconds_to(self, until: datetime | None) -> float | None:
        return None if until is None else max(0.0, (until - self.now()).total_seconds())


class StoppedClock(MovableClock):
    """A clock that moves only when told to: for tests, and for replaying a day."""

    def __init__(self, start: datetime) -> None:
        super().__init__()
        self._at = start.astimezone(UTC)
        self._passed = timedelta()

    def now(self) -> datetime:
        return self._at

    def steady(self) -> float:
        return self._passed.total_seconds()

    def move(self, by: timedelta) -> None:
        self._passed += by
        self.be_set(by)

    def be_set(self, by: timedelta) -> None:
        """Let somebody set the machine's clock to another time: no time passes."""
        self._at += by
        super().move(timedelta())

    def _seconds_to(self, until: datetime | None) -> float | None:
        return 0.0 if until is not None and until <= self._at else None


def utc_text(moment: datetime) -> str:
    """Write an aware moment as the UTC ISO text the store keeps; text order is time order."""
    return _written(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache(256)  # a turn writes the same few moments again and again
def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def from_utc_text(text: str) -> datetime:
    """Read what `utc_text` wrote."""
    return datetime.fromisoformat(text)
