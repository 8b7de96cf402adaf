"""The inbox: every event as it arrived, stored before it is acknowledged, taken exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Letter:
    """One stored event; `chat` is its lane, '' if none could be read from it."""

    id: int
    channel: str
    chat: str
    raw: str


def store(db: Connection, channel: str, event_id: str, chat: str, raw: str, now: str) -> Letter | None:
    """Keep a raw event; None if this event is already there.

    Known by membership, not by "greater than the last": after a quiet week Telegram's update ids restart at random.
    """
    stored = db.execute(
        """
        INSERT INTO inbox (channel, event_id, chat, raw, received_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (channel, event_id) DO NOTHING
        """,
        (channel, event_id, chat, raw, now),
    )
    # Not RETURNING, which would double the cost.
    return Letter(stored.lastrowid or 0, channel, chat, raw) if stored.rowcount else None


def unread(db: Connection) -> list[Letter]:
    """Return what was stored and not yet taken, in order of arrival."""
    rows = db.execute("SELECT id, channel, chat, raw FROM inbox WHERE state = 'new' ORDER BY id")
    return [Letter(*row) for row in rows]


def take(db: Connection, ids: Sequence[int]) -> bool:
    """Mark the events done; False if any of them was already taken, and then nothing may follow."""
    changed = 0
    for letter in ids:
        changed += db.execute("UPDATE inbox SET state = 'done' WHERE id = ? AND state = 'new'", (letter,)).rowcount
    return changed == len(ids)


def blank(db: Connection, chat: str, since: int) -> None:
    """Forget what this chat said from this event on: that something came, and when, is all that is kept.

    A redelivery is still known by its id. Only what was taken: the rest has yet to be read.
    """
    db.execute("UPDATE inbox SET raw = '' WHERE chat = ? AND id >= ? AND state = 'done'", (chat, since))


def park(db: Connection, ids: Sequence[int], reason: str) -> bool:
    """Set the events aside with the reason; False if one was already taken."""
    changed = 0
    for letter in ids:
        changed += db.execute(
            "UPDATE inbox SET state = 'parked', reason = ? WHERE id = ? AND state = 'new'", (reason, letter)
        ).rowcount
    return changed == len(ids)
