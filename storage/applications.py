"""Applications: strangers who asked to be let in, and what an operator decided."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Application:
    """Somebody's request; `words` is what was typed, `phone` is E.164 as the channel vouched for it."""

    id: int
    chat: str
    phone: str | None
    words: str
    state: str


def apply(db: Connection, chat: str, phone: str | None, words: str, now: str) -> int:
    """Keep the request; a chat that asks again while it waits changes its words. Return the id."""
    row = db.execute(
        """
        INSERT INTO applications (chat, phone, words, asked_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (chat) WHERE state = 'waiting' DO UPDATE SET phone = excluded.phone, words = excluded.words
        RETURNING id
        """,
        (chat, phone, words, now),
    ).fetchone()
    return int(row[0])


def application(db: Connection, id: int) -> Application | None:  # the column's name
    """Return the application with this id."""
    row = db.execute("SELECT id, chat, phone, words, state FROM applications WHERE id = ?", (id,)).fetchone()
    return Application(*row) if row else None


def waiting_of(db: Connection, chat: str) -> Application | None:
    """Return the chat's request that nobody has decided yet."""
    row = db.execute(
        "SELECT id, chat, phone, words, state FROM applications WHERE chat = ? AND state = 'waiting'", (chat,)
    ).fetchone()
    return Application(*row) if row else None


def waiting(db: Connection) -> list[Application]:
    """Return all requests that wait, oldest first."""
    rows = db.execute("SELECT id, chat, phone, words, state FROM applications WHERE state = 'waiting' ORDER BY id")
    return [Application(*row) for row in rows]


def decide(db: Connection, id: int, state: str, by: int, now: str) -> bool:  # the column's name
    """Approve or refuse; False if it was decided before."""
    return (
        db.execute(
            "UPDATE applications SET state = ?, decided_by = ?, decided_at = ? WHERE id = ? AND state = 'waiting'",
            (state, by, now, id),
        ).rowcount
        == 1
    )
