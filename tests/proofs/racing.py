"""Time that runs many times as fast, in the bot's process and at the fake alike, so that a day fits into minutes."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import MovableClock


@dataclass(frozen=True)
class Race:
    """At `began` on the machine's monotonic clock, which all its processes share, it was `start`."""

    start: datetime
    began: float
    speed: float

    @classmethod
    def from_now(cls, start: datetime, speed: float) -> "Race":
        """Begin one in which it is `start` now."""
        return cls(start, time.monotonic(), speed)

    def now(self) -> datetime:
        """Return what time it is."""
        return self.start + timedelta(seconds=(time.monotonic() - self.began) * self.speed)


class RacingClock(MovableClock):
    """The bot's clock in a race."""

    def __init__(self, race: Race) -> None:
        super().__init__()
        self._race = race

    def now(self) -> datetime:
        return self._race.now()

    def steady(self) -> float:
        return (time.monotonic() - self._race.began) * self._race.speed

    def _seconds_to(self, until: datetime | None) -> float | None:
        seconds = super()._seconds_to(until)
        return None if seconds is None else seconds / self._race.speed
