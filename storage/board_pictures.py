"""Boards as pictures in chats: which ones are to be kept fresh, and what each says now."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class BoardPicture:
    """A picture that stands in a chat; `card` is its outbox row, `shown` what it says, `until` UTC ISO text."""

    chat: str
    event_id: int
    card: int
    shown: str
    until: str


def keep_fresh(db: Connection, chat: str, event_id: int, shown: str, until: str) -> None:
    """Keep the picture that was just posted to the chat fresh, in place of any other there."""
    db.execute(
        """
        INSERT OR REPLACE INTO board_pictures (chat, event_id, card, shown, until)
        SELECT :chat, :event, coalesce(edits, id), :shown, :until FROM outbox
        WHERE chat = :chat ORDER BY id DESC LIMIT 1
        """,
        {"chat": chat, "event": event_id, "shown": shown, "until": until},
    )


def fresh(db: Connection, now: str) -> list[BoardPicture]:
    """Return the pictures that are to be kept fresh at this moment."""
    rows = db.execute(
        """
        SELECT b.chat, b.event_id, b.card, b.shown, b.until FROM board_pictures b JOIN chats c ON c.chat = b.chat
        JOIN persons p ON p.id = c.person_id AND p.state = 'active' WHERE b.until > ?
        """,
        (now,),
    )
    return [BoardPicture(*row) for row in rows]


def note_shown(db: Connection, picture: BoardPicture, shown: str, until: str) -> bool:
    """Note what the picture says from now on; False if somebody was faster, or asked for another one."""
    done = db.execute(
        """
        UPDATE board_pictures SET shown = :shown, until = :until
        WHERE chat = :chat AND card = :card AND shown = :before
        """,
        {"chat": picture.chat, "card": picture.card, "before": picture.shown, "shown": shown, "until": until},
    )
    return done.rowcount == 1
