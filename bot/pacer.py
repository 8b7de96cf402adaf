"""The pacer: how soon a message may leave without going faster than a channel's limits, at any instant."""

from bisect import insort
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
REMEMBERED = 4096
CATCH_UP = 4
"""How many messages that are no replies may leave at once: what a busy machine held up is made good by that much."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel bears; 0 is no limit. The figures stay below Telegram's FAQ: 30/s, 1/s per chat, 20/min per group.

    `overall` a second is what a broadcast takes. `extra` more is for replies, which it would crowd out; of that one
    that was held up takes three at most.
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

    What is no reply is spread over the second as well: 25 at once, held up on their way, would meet the next 25 at the
    server, and be 50 to it. It never reads a clock.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._all: deque[datetime] = deque(maxlen=limits.overall + limits.extra)
        self._paid: dict[str, datetime] = {}  # until when each chat's gaps reach, one after the other
        self._groups: dict[str, deque[datetime]] = {}
        self._trips = deque([timedelta()], maxlen=10 * limits.overall)  # at first, none is known to need any time
        self._step = SECOND / limits.overall if limits.overall else timedelta()
        self._spread: datetime | None = None  # until when what is no reply reaches, one step for each
        self._latest: datetime | None = None

    def ready_at(self, chat: str, lane: int, now: datetime) -> datetime:
        """Return the earliest moment, `now` or later, at which the chat may be sent something in this lane."""
        self._see(now)
        ready = now
        most = self.limits.overall + (self.limits.extra if lane == 0 else min(self.limits.extra, CATCH_UP - 1))
        if self.limits.overall and len(self._all) >= most:
            ready = max(ready, self._all[-most] + SECOND)
        if lane and self._spread is not None:
            ready = max(ready, self._spread - self._step * (CATCH_UP - 1))
        if chat in self._paid:
            ready = max(ready, self._paid[chat] - self.limits.chat_gap * (self.limits.burst - 1))
        left = self._groups.get(chat)
        if left is not None and len(left) == left.maxlen:
            ready = max(ready, left[0] + MINUTE)
        return ready

    def opens_at(self, lane: int, now: datetime) -> datetime:
        """Return the earliest moment, `now` or later, at which any chat at all may be sent something in this lane."""
        return self.ready_at("", lane, now)

    def took(self, chat: str, lane: int, now: datetime) -> None:
        """Note that something leaves for the chat at this moment."""
        self._see(now)
        if self.limits.overall:
            self._count(now)
        if lane and self.limits.overall:
            self._spread = max(self._spread or now, now) + self._step
        if self.limits.chat_gap:
            self._paid[chat] = max(self._paid.get(chat, now), now) + self.limits.chat_gap
        if self.limits.group and _is_group(chat):
            self._groups.setdefault(chat, deque(maxlen=self.limits.group)).append(now)
        if len(self._paid) > REMEMBERED:
            self._paid = {one: until for one, until in self._paid.items() if until > now}
            self._groups = {one: left for one, left in self._groups.items() if now - left[-1] < MINUTE}

    def came_back(self, taken: datetime, now: datetime) -> None:
        """Note that the channel has answered what was taken then.

        By as much as this took longer than the quickest of late, it may have arrived later, and nearer to the next: so
        much later it counts.
        """
        if taken <= now and taken in self._all:
            self._trips.append(now - taken)
            self._all.remove(taken)
            self._count(now - min(self._trips))

    def _count(self, at: datetime) -> None:
        if len(self._all) == self._all.maxlen:
            self._all.popleft()
        insort(self._all, at)

    def _see(self, now: datetime) -> None:
        """Bring what is remembered back to `now` when the clock was set back, or it would block for as long as that."""
        if self._latest is not None and now < self._latest:
            self._all = deque((min(at, now) for at in self._all), maxlen=self._all.maxlen)
            longest = now + self.limits.chat_gap * self.limits.burst
            self._spread = min(self._spread, now + self._step * CATCH_UP) if self._spread else None
            self._paid = {chat: min(until, longest) for chat, until in self._paid.items()}
            self._groups = {
                chat: deque((min(at, now) for at in left), maxlen=left.maxlen) for chat, left in self._groups.items()
            }
        self._latest = now


def _is_group(chat: str) -> bool:
    # Telegram writes groups as negative ids; no other channel has them.
    return chat.partition(":")[2].startswith("-")
