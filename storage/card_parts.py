"""Cards that name several things: which things, and which cards no longer say what is so."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class StaleCard:
    """A card of which a thing was withdrawn; `whole` says that it is one message."""

    row: int
    chat: str
    person_id: int
    object: str
    state: str
    expires_at: str
    whole: int


def add_parts(db: Connection, card: int, parts: Iterable[tuple[int, str]]) -> None:
    """Note what the card of this outbox row names: each reminder, and what it is about."""
    db.executemany(
        "INSERT INTO card_parts (outbox_id, reminder_id, object) VALUES (?, ?, ?)",
        [(card, reminder, about) for reminder, about in parts],
    )


def mark_stale(db: Connection, object: str, person_id: int | None = None) -> None:  # the word the table uses
    """Note that what cards say about this object is so no longer, of everybody or of one person."""
    db.execute(
        """
        UPDATE card_parts SET stale = 1
        WHERE object = :object
          AND (:person IS NULL OR outbox_id IN (SELECT id FROM outbox WHERE id = outbox_id AND person_id = :person))
        """,
        {"object": object, "person": person_id},
    )


def any_stale(db: Connection) -> bool:
    """Say whether a card is to be looked at."""
    return db.execute("SELECT 1 FROM card_parts WHERE stale = 1 LIMIT 1").fetchone() is not None


def stale_cards(db: Connection, most: int) -> list[StaleCard]:
    """Return the cards to be looked at; those that are on their way later."""
    rows = db.execute(
        """
        SELECT DISTINCT o.id, o.chat, o.person_id, o.object, o.state, coalesce(o.expires_at, ''),
               instr(o.dedupe, '#') = 0
        FROM card_parts k INDEXED BY card_parts_stale CROSS JOIN outbox o ON o.id = k.outbox_id
        WHERE k.stale = 1 AND o.state <> 'started' LIMIT ?
        """,
        (most,),
    )
    return [StaleCard(*row) for row in rows.fetchall()]


def freshen(db: Connection, card: int) -> None:
    """Note that a card has been looked at."""
    db.execute("UPDATE card_parts SET stale = 0 WHERE outbox_id = ?", (card,))
