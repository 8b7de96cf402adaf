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
        SELECT a.id, a.chat, a.phone, a.words, a.state, p.id
        FROM applications a JOIN persons p ON p.phone = a.phone JOIN chats c ON c.chat = a.chat
        WHERE a.state = 'waiting' AND p.state = 'active' AND coalesce(c.person_id, p.id) = p.id
          AND (p.made_at > a.asked_at OR c.person_id = p.id OR p.id IN (SELECT value FROM json_each(:back)))
          AND NOT EXISTS (
            SELECT 1 FROM chats o LEFT JOIN applications b ON b.chat = o.chat AND b.state = 'waiting'
            WHERE o.channel = c.channel AND o.chat <> c.chat AND (o.person_id = p.id OR b.phone = a.phone)
          )
        ORDER BY a.id
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
