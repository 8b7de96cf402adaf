"""Applications: strangers who asked to be let in, and what an operator decided."""

import json
from collections.abc import Collection
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


def listed_since(db: Connection, back: Collection[int] = ()) -> list[tuple[Application, int]]:
    """Return the requests whose number came onto the roster after they were made, each with the person's id.

    Whoever was on it before has been asked "is that you?" and said no, except `back`: who was kept out was not asked.
    Two chats of one channel that claim one number are left to an operator, as is a chat that is somebody else's.
    """
    rows = db.execute(
        """
        WITH waiting AS (
            SELECT a.*, c.channel, c.person_id, count(*) OVER (PARTITION BY a.phone, c.channel) AS claims
            FROM applications a JOIN chats c ON c.chat = a.chat WHERE a.state = 'waiting'
        )
        SELECT w.id, w.chat, w.phone, w.words, w.state, p.id FROM waiting w JOIN persons p ON p.phone = w.phone
        WHERE p.state = 'active' AND w.claims = 1 AND coalesce(w.person_id, p.id) = p.id
          AND (p.made_at > w.asked_at OR w.person_id = p.id OR p.id IN (SELECT value FROM json_each(:back)))
          AND NOT EXISTS (
            SELECT 1 FROM chats o WHERE o.person_id = p.id AND o.channel = w.channel AND o.chat <> w.chat
          )
        ORDER BY w.id
        """,
        {"back": json.dumps(list(back))},
    )
    return [(Application(*row[:5]), int(row[5])) for row in rows.fetchall()]


def decide(db: Connection, id: int, state: str, by: int | None, now: str) -> bool:  # the column's name
    """Approve or refuse, by nobody where the roster itself did; False if it was decided before."""
    return (
        db.execute(
            "UPDATE applications SET state = ?, decided_by = ?, decided_at = ? WHERE id = ? AND state = 'waiting'",
            (state, by, now, id),
        ).rowcount
        == 1
    )
