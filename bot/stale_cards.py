"""Stale cards: a card of the day that names something done or called off since is written anew, or called back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import from_utc_text, utc_text
from bot.message import Message
from bot.posting import Poster
from bot.text import Text
from storage import card_parts, outbox, reminders
from storage.card_parts import StaleCard
from storage.database import Connection
from storage.reminders import Due

AT_ONCE = 100
HALF_A_DAY = timedelta(hours=12)
NOTHING_LEFT = Message(Text.of("⏰ Yang diingatkan di sini sudah selesai atau dibatalkan."))
WAITS = ("held", "queued")


class Compose(Protocol):
    """Writes one card for what is due to one person; None where there is nothing left to say. The time is now.

    `listed` has even a single thing written as one of several: a text, into which a card of several can be rewritten.
    """

    def __call__(
        self, db: Connection, card: Sequence[Due], now: datetime, *, listed: bool = False
    ) -> Message | None: ...


def write_anew(db: Connection, poster: Poster, compose: Compose, now: datetime) -> int:
    """Bring the cards up to date of which something was withdrawn; return how many were looked at.

    What has not left goes without it. What has left is rewritten where the channel can, on its own day: later it is
    read no more. What is on its way is looked at again when it has arrived.
    """
    found = card_parts.stale_cards(db, AT_ONCE)
    for card in found:
        card_parts.freshen(db, card.row)
        if card.expires_at > utc_text(now):
            _write(db, poster, compose, card, now)
    return len(found)


def _write(db: Connection, poster: Poster, compose: Compose, card: StaleCard, now: datetime) -> None:
    named = reminders.of_card(db, card.row, utc_text(now - HALF_A_DAY))
    left = [one for one in named if one.needed]
    waits = card.state in WAITS
    message = compose(db, left, now, listed=not waits) if left else None
    stamp, expires = utc_text(now), from_utc_text(card.expires_at)
    if waits:
        outbox.stop(db, card.object, stamp, kind="reminder")
        if message is not None:
            posted = poster.notify(
                db,
                card.person_id,
                message,
                now,
                kind="reminder",
                object=card.object,
                occurrence=stamp,
                expires_at=expires,
            )
            if posted:
                keep_parts(db, left)
    elif card.state in ("sent", "uncertain") and card.whole:
        poster.edit(
            db,
            card.chat,
            card.row,
            message or NOTHING_LEFT,
            now,
            kind="reminder",
            object=card.object,
            occurrence=stamp,
            expires_at=expires,
        )


def keep_parts(db: Connection, card: Sequence[Due]) -> None:
    """Note what the card names that was posted just now."""
    card_parts.add_parts(db, outbox.next_id(db) - 1, [(one.id, about(one)) for one in card])


def about(due: Due) -> str:
    """Name what a reminder is about, as it is withdrawn: "meeting:7"."""
    return f"{ABOUT.get(due.sort, 'meeting')}:{due.object_id}"


ABOUT = {one: one for one in ("event", "feedback", "late", "month", "month_over")} | {"answer": "event"}
"""What the sorts are about; all others are about a meeting."""
