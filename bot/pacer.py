"""The pacer: how soon a message may leave without going faster than a channel's limits, at any instant."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel bears; 0 is no limit. The figures stay below Telegram's FAQ: 30/s, 1/s per chat, 20/min per group.

    `extra` more than `overall` in a second is kept for replies, which a broadcast at full speed would crowd out.
    `burst` messages to a chat may leave at once; each takes `chat_gap` to be earned again.
    """

    overall: int = 25
    extra: int = 5
    chat_gap: timedelta = timedelta(seconds=1.1)
    group: int = 18
    burst: int = 1

    @classmethod
    def open(cls) -> "Limits":
        """Return no limits, for a channel that has none."""
        return cls(0, 0, timedelta(), 0)

    @classmethod
    def whatsapp(cls) -> "Limits":
        """Return what WhatsApp bears: 80/s per number, in and out together, and one per 6 s for each person."""
        return cls(55, 10, timedelta(seconds=6), 0, burst=10)


class Pacer:
    """Exact sliding windows over what left, overall and per group; for each chat a gap, of which a burst may be owed.

    It never reads a clock.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._all: deque[datetime] = deque(maxlen=limits.overall + limits.extra)
        self._paid: dict[str, datetime] = {}  # until when each chat's gaps reach, one after the other
        self._groups: dict[str, deque[datetime]] = {}
        self._latest: datetime | None = None

    def ready_at(self, chat: str, lane: int, now: datetime) -> datetime:
        """Return the earliest moment, `now` or later, at which the chat may be sent something in this lane."""
        self._see(now)
        ready = now
        most = self.limits.overall + (self.limits.extra if lane == 0 else 0)
        if self.limits.overall and len(self._all) >= most:
            ready = max(ready, self._all[-most] + SECOND)
        if chat in self._paid:
            ready = max(ready, self._paid[chat] - self.limits.chat_gap * (self.limits.burst - 1))
        left = self._groups.get(chat)
        if left is not None and len(left) == left.maxlen:
            ready = max(ready, left[0] + MINUTE)
        return ready

    def took(self, chat: str, lane: int, now: datetime) -> None:
        """Note that something leaves for the chat at this moment."""
        self._see(now)
        if self.limits.overall:
            self._all.append(now)
        if self.limits.chat_gap:
            self._paid[chat] = max(self._paid.get(chat, now), now) + self.limits.chat_gap
        if self.limits.group and _is_group(chat):
            self._groups.setdefault(chat, deque(maxlen=self.limits.group)).append(now)
        if len(self._paid) > REMEMBERED:
            self._paid = {one: until for one, until in self._paid.items() if until > now}
            self._groups = {one: left for one, left in self._groups.items() if now - left[-1] < MINUTE}

    def _see(self, now: datetime) -> None:
        """Bring what is remembered back to `now` when the clock was set back, or it would block for as long as that."""
        if self._latest is not None and now < self._latest:
            self._all = deque((min(at, now) for at in self._all), maxlen=self._all.maxlen)
            longest = now + self.limits.chat_gap * self.limits.burst
            self._paid = {chat: min(until, longest) for chat, until in self._paid.items()}
            self._groups = {
                chat: deque((min(at, now) for at in left), maxlen=left.maxlen) for chat, left in self._groups.items()
            }
        self._latest = now


def _is_group(chat: str) -> bool:
    # Telegram writes groups as negative ids; no other channel has them.
    return chat.partition(":")[2].startswith("-")
