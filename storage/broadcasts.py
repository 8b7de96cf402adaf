"""Broadcasts: what is said to whom, what became of every copy, and who said that it was read."""

from dataclasses import dataclass
from typing import Literal

from storage.audience import meant
from storage.database import Connection
from storage.events import Audience

Asks = Literal["", "read", "forward"]


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast; times are UTC text, `attachment` is JSON, `size` how many people its maker confirmed.

    `decided_by` gave, or refused, the second yes: its maker, where it was taken back before there was one.
    """

    id: int
    text: str
    attachment: str | None
    audience: str
    asks: Asks
    state: str
    size: int
    made_by: int
    maker: str
    wanted_at: str | None
    sends_at: str | None
    made_at: str
    decided_by: int | None

    def is_out(self, now: str) -> bool:
        """Say whether its copies have begun to leave."""
        return self.sends_at is not None and self.sends_at <= now


_BROADCAST = """
    SELECT b.id, b.text, b.attachment, b.audience, b.asks, b.state, b.size, b.made_by, p.name, b.wanted_at, b.sends_at,
           b.made_at, b.decided_by
    FROM broadcasts b JOIN persons p ON p.id = b.made_by
"""


def add_broadcast(
    db: Connection,
    *,
    ref: str,
    text: str,
    attachment: str | None,
    audience: Audience,
    asks: Asks,
    size: int,
    made_by: int,
    now: str,
    wanted_at: str | None,
) -> Broadcast:
    """Keep a broadcast that waits until `let_go`."""
    row = db.execute(
        """
        INSERT INTO broadcasts (ref, text, attachment, audience, asks, state, size, made_by, made_at, wanted_at)
        VALUES (:ref, :text, :attachment, :audience, :asks, 'waiting', :size, :made_by, :now, :wanted_at) RETURNING id
        """,
        {
            "ref": ref,
            "text": text,
            "attachment": attachment,
            "audience": audience.to_json(),
            "asks": asks,
            "size": size,
            "made_by": made_by,
            "now": now,
            "wanted_at": wanted_at,
        },
    ).fetchone()
    added = broadcast(db, int(row[0]))
    assert added is not None
    return added


def broadcast(db: Connection, id: int) -> Broadcast | None:  # the word the tables use
    """Return the broadcast with this id."""
    row = db.execute(_BROADCAST + "WHERE b.id = ?", (id,)).fetchone()
    return Broadcast(*row) if row else None


def latest(db: Connection, most: int) -> list[Broadcast]:
    """Return the newest broadcasts."""
    return [Broadcast(*row) for row in db.execute(_BROADCAST + "ORDER BY b.id DESC LIMIT ?", (most,))]


def let_go(db: Connection, id: int, sends_at: str, decided_by: int | None = None) -> bool:  # the word the tables use
    """Let a waiting broadcast leave at `sends_at`; False if it waits no more."""
    return (
        db.execute(
            """
            UPDATE broadcasts SET state = 'sent', sends_at = :at, decided_by = :by
            WHERE id = :id AND state = 'waiting'
            """,
            {"id": id, "at": sends_at, "by": decided_by},
        ).rowcount
        == 1
    )


def refuse(db: Connection, id: int, decided_by: int) -> bool:  # the word the tables use
    """Keep a waiting broadcast from ever leaving; False if it waits no more."""
    return (
        db.execute(
            "UPDATE broadcasts SET state = 'refused', decided_by = ? WHERE id = ? AND state = 'waiting'",
            (decided_by, id),
        ).rowcount
        == 1
    )


def stop(db: Connection, id: int) -> bool:  # the word the tables use
    """Note that the rest of it was stopped; False if it was not on its way."""
    return db.execute("UPDATE broadcasts SET state = 'stopped' WHERE id = ? AND state = 'sent'", (id,)).rowcount == 1


def go_on(db: Connection, id: int) -> bool:  # the word the tables use
    """Note that the rest of it leaves after all; False if it was not stopped."""
    return db.execute("UPDATE broadcasts SET state = 'sent' WHERE id = ? AND state = 'stopped'", (id,)).rowcount == 1


def freeze(db: Connection, id: int, audience: str) -> list[int]:  # the word the tables use
    """Note everybody who is meant, registered or not; return their ids."""
    rows = db.execute(
        f"SELECT p.id FROM persons p WHERE {meant(':audience')} ORDER BY p.id", {"audience": audience}
    ).fetchall()
    db.executemany("INSERT INTO recipients (broadcast_id, person_id) VALUES (?, ?)", [(id, row[0]) for row in rows])
    return [int(row[0]) for row in rows]


# A recipient's copies are rows that differ in the occurrence; the newest tells what became of the broadcast for him or
# her. Everybody's rows are found by the index on `object`.
_COPIES = """
    WITH newest AS (
        SELECT person_id, state, error, max(id) FROM outbox
        WHERE object = 'broadcast:' || :id AND kind = 'broadcast' GROUP BY person_id
    )
    SELECT r.person_id, p.name, coalesce(d.name, '') AS district, r.read_at,
           CASE WHEN n.state IS NOT NULL THEN n.state
                ELSE (SELECT CASE max(c.reachable = 'yes') WHEN 1 THEN 'unsent' WHEN 0 THEN 'stopped'
                             ELSE 'unregistered' END FROM chats c WHERE c.person_id = r.person_id)
           END AS state
    FROM recipients r JOIN persons p ON p.id = r.person_id LEFT JOIN districts d ON d.id = p.district_id
    LEFT JOIN newest n ON n.person_id = r.person_id WHERE r.broadcast_id = :id
"""


def states(db: Connection, id: int) -> dict[str, int]:  # the word the tables use
    """Count the recipients by what became of their newest copy.

    Who never had one is 'unregistered' without a chat, 'stopped' out of reach, and else 'unsent': in reach since.
    """
    rows = db.execute(f"SELECT state, count(*) FROM ({_COPIES}) GROUP BY state", {"id": id})
    return dict(rows)


def not_reached(db: Connection, id: int) -> list[int]:  # the word the tables use
    """Return the recipients whose newest copy failed, or who had no chat; not those who are stopped for good."""
    rows = db.execute(
        f"""
        SELECT person_id FROM ({_COPIES})
        WHERE state IN ('failed', 'expired', 'stopped', 'unsent', 'unregistered') ORDER BY 1
        """,
        {"id": id},
    )
    return [int(row[0]) for row in rows]


def kept_back(db: Connection, id: int) -> list[int]:  # the word the tables use
    """Return the recipients whose copy was stopped before it left."""
    rows = db.execute(f"SELECT person_id FROM ({_COPIES}) WHERE state = 'cancelled' ORDER BY 1", {"id": id})
    return [int(row[0]) for row in rows]


def reads(db: Connection, id: int) -> list[tuple[str, int, int]]:  # the word the tables use
    """Return of each kecamatan ('' for none) how many said that they have read it, and how many got it."""
    rows = db.execute(
        f"""
        SELECT district, count(*) FILTER (WHERE read_at IS NOT NULL), count(*) FROM ({_COPIES})
        WHERE state = 'sent' OR read_at IS NOT NULL GROUP BY 1 ORDER BY district = '', district
        """,
        {"id": id},
    )
    return [(str(district), int(read), int(got)) for district, read, got in rows]


def note_read(db: Connection, id: int, person_id: int, now: str) -> str | None:  # the word the tables use
    """Note that a recipient has read it and return since when; None for somebody who is no recipient."""
    db.execute(
        "UPDATE recipients SET read_at = coalesce(read_at, :now) WHERE broadcast_id = :id AND person_id = :person",
        {"id": id, "person": person_id, "now": now},
    )
    row = db.execute(
        "SELECT read_at FROM recipients WHERE broadcast_id = ? AND person_id = ?", (id, person_id)
    ).fetchone()
    return str(row[0]) if row else None
