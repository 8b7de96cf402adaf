"""The verdicts: how an attempt at a row ended, and what is to be written about that.

what came back     | what the row becomes
-------------------|--------------------------------------------------------------------------------------------
Accepted           | sent, with the channel's id
Throttled          | queued; the chat is left alone until then; three chats within 2 s: the whole channel
Busy               | queued, after 1, 5, 30, 120, then every 600 s (± 20 %)
WindowClosed       | failed, with the class 'window': there is no approved template for it; a card's attachment is held,
                   | and what has a template goes as that, if it was the channel that knew of the closed window
Undeliverable      | failed; three in a row: the chat counts as out of reach
MarkupRefused      | queued once as plain text, then failed
Moved              | queued, for the new address
Refused            | failed; an edit of a message that is gone: queued once as a new message
Stopped            | stopped, with whatever else waited for the person, who counts as unreachable
TokenRefused       | queued; the channel is paused until the next start; the others go on
NeverLeft          | queued, after 1, 5, 30, 120, then every 600 s (± 20 %), or at once when the channel answers again
Unknown, or died   | uncertain; a second copy after 60 s, if the kind of message wants one, where the channel sends
                   | receipts after 15 min without one; edits, and channels that know a row again, simply repeat it
"""

import logging
import math
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.channels.channel import (
    Accepted,
    Busy,
    Channel,
    MarkupRefused,
    Moved,
    NeverLeft,
    Outcome,
    Refused,
    Stopped,
    Throttled,
    TokenRefused,
    Undeliverable,
    Unknown,
    WindowClosed,
)
from bot.clock import utc_text
from bot.windows import CLOSED
from storage import outcomes
from storage.database import Connection
from storage.delivery import Started
from storage.outcomes import Taken

log = logging.getLogger(__name__)

RETRY_SECONDS = (1, 5, 30, 120, 600)
RESEND_AFTER = timedelta(seconds=60)
RECEIPT_WITHIN = timedelta(minutes=15)
STORM = 3  # chats throttled within STORM_SPAN: it is not about the chats any more
STORM_SPAN = timedelta(seconds=2)

Verdict = Taken | Callable[[Connection], object]
"""A row that was simply taken, or the write that says what became of it."""


class Verdicts:
    """Judges outcomes; remembers which channels did not answer, and which chats were throttled just now."""

    def __init__(self, channels: Mapping[str, Channel], rng: random.Random) -> None:
        self._channels = channels
        self._rng = rng
        self._unreached: set[str] = set()
        self._throttled: dict[str, deque[tuple[datetime, str]]] = {name: deque(maxlen=STORM) for name in channels}

    def of(self, row: Started, outcome: Outcome, now: datetime) -> Verdict:
        """Turn an outcome into what is to be written about it: the table above."""
        verdict = self._judge(row, outcome, now)
        if row.channel not in self._unreached or isinstance(outcome, NeverLeft | Unknown):
            return verdict
        self._unreached.discard(row.channel)

        def and_hurry(db: Connection) -> None:
            write_verdicts(db, [verdict])
            outcomes.hurry(db, row.channel, utc_text(now))

        return and_hurry

    def _judge(self, row: Started, outcome: Outcome, now: datetime) -> Verdict:
        moment = utc_text(now)
        match outcome:
            case Accepted(external_id):
                return Taken(row.id, external_id or row.edit_of, moment)
            case Throttled(seconds, everyone):
                return self._throttle(row, now, seconds, everyone)
            case Busy(error):
                return self._retry(row, now, error)
            case WindowClosed(told):
                return lambda db: outcomes.window_closed(db, row.id, CLOSED, moment, told=told)
            case Undeliverable(error):
                return lambda db: outcomes.undeliverable(db, row.id, error, moment)
            case MarkupRefused():
                return lambda db: outcomes.retry_plain(db, row.id, moment)
            case Moved(address):
                return lambda db: outcomes.moved(db, row.id, address, moment)
            case Refused(error) if row.edit_of:
                return lambda db: outcomes.post_anew(db, row.id, error, moment)
            case Refused(error):
                return lambda db: outcomes.refused(db, row.id, error, moment)
            case Stopped(error):
                return lambda db: outcomes.stopped(db, row.id, error, moment)
            case TokenRefused(error):
                log.error("channel=%s paused: our token was refused (%s)", row.channel, error)
                return lambda db: outcomes.pause_lane(db, row.id, row.channel, error, moment)
            case NeverLeft(error):
                self._unreached.add(row.channel)
                return self._retry(row, now, error)
            case _:
                error = outcome.error  # Unknown is all that is left
                if row.edit_of or self._channels[row.channel].capabilities.idempotent:
                    return self._retry(row, now, error)
                log.warning("uncertain outbox=%d channel=%s error=%s", row.id, row.channel, error)
                again_at = utc_text(now + self.resend_after(row.channel))
                return lambda db: outcomes.uncertain(db, row.id, error, moment, again_at)

    def resend_after(self, channel: str) -> timedelta:
        """Return how long a row that may have arrived is left alone on this channel."""
        return RECEIPT_WITHIN if self._channels[channel].capabilities.receipts else RESEND_AFTER

    def _retry(self, row: Started, now: datetime, error: str) -> Verdict:
        seconds = RETRY_SECONDS[min(row.attempts, len(RETRY_SECONDS)) - 1] * self._rng.uniform(0.8, 1.2)
        later = utc_text(now + timedelta(seconds=seconds))
        return lambda db: outcomes.retry_later(db, row.id, later, error, utc_text(now))

    def _throttle(self, row: Started, now: datetime, seconds: float, everyone: bool) -> Verdict:
        """Leave the chat alone; a little longer than told, so that a crowd does not come back all at once."""
        asked = min(max(seconds, 1.0), 86_400.0) if math.isfinite(seconds) else 60.0
        until = utc_text(now + timedelta(seconds=asked + self._rng.uniform(0.05, 0.5)))
        recent = self._throttled[row.channel]
        recent.append((now, row.chat))
        storm = everyone or len({chat for at, chat in recent if now - at <= STORM_SPAN}) >= STORM
        if storm:
            log.warning("channel=%s rests for %.0f s", row.channel, asked)

        def record(db: Connection) -> None:
            outcomes.throttled(db, row.id, until, utc_text(now))
            if storm:
                outcomes.rest_lane(db, row.channel, until)

        return record


def write_verdicts(db: Connection, verdicts: Sequence[Verdict]) -> None:
    """Write down how attempts ended; those that were simply taken, nearly all, in one statement."""
    outcomes.accepted(db, [one for one in verdicts if isinstance(one, Taken)])
    for one in verdicts:
        if not isinstance(one, Taken):
            one(db)
