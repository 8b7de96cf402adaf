"""Live cards: the one message of each event by which the office follows it, rewritten in place."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class LiveCard:
    """Where an event's card stands: its last edition in the outbox, and the digest of what that shows."""

    event_id: int
    row: int
    chat: str
    digest: str


def add(db: Connection, event_id: int, person_id: int, row: int, now: str) -> None:
    """Let the message of this outbox row become the event's live card."""
    db.execute(
        "INSERT INTO live_cards (event_id, person_id, outbox_id, edited_at) VALUES (?, ?, ?, ?)",
        (event_id, person_id, row, now),
    )


def rested(db: Connection, *, left_by: str, edited_by: str, since_day: str) -> list[LiveCard]:
    """Return the cards that may be rewritten: of events whose invitations left by then, that are not long over.

    The last edition stood by `edited_by`, and has arrived: there are never two on their way.
    """
    rows = db.execute(
        """
        SELECT l.event_id, l.outbox_id, o.chat, l.digest
        FROM live_cards l JOIN events e ON e.id = l.event_id JOIN outbox o ON o.id = l.outbox_id
        JOIN persons p ON p.id = l.person_id AND p.state = 'active'
        WHERE e.last_day >= :since AND e.sends_at <= :left AND l.edited_at <= :edited AND o.state = 'sent'
        ORDER BY l.event_id
        """,
        {"since": since_day, "left": left_by, "edited": edited_by},
    )
    return [LiveCard(*row) for row in rows]


def rewritten(db: Connection, event_id: int, row: int, digest: str, now: str) -> None:
    """Note the newest edition."""
    db.execute(
        "UPDATE live_cards SET outbox_id = ?, digest = ?, edited_at = ? WHERE event_id = ?",
        (row, digest, now, event_id),
    )
