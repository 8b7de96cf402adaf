"""Check-in boards: which link leads to which event, and how many were there of whom."""

import hashlib
import hmac

from storage import office
from storage.database import Connection
from storage.invitations import EXPECTED


def board_token(db: Connection, event_id: int) -> str | None:
    """Return the token of the event's link; None if it has none, or it was withdrawn."""
    row = db.execute("SELECT round FROM boards WHERE event_id = ? AND digest IS NOT NULL", (event_id,)).fetchone()
    return _token(db, event_id, int(row[0])) if row else None


def renew_board(db: Connection, event_id: int, now: str) -> str:
    """Give the event a new link, and end the one before; return its token."""
    row = db.execute("SELECT round FROM boards WHERE event_id = ?", (event_id,)).fetchone()
    number = int(row[0]) + 1 if row else 1
    token = _token(db, event_id, number)
    db.execute(
        """
        INSERT INTO boards (event_id, round, digest, made_at) VALUES (:event, :round, :digest, :now)
        ON CONFLICT (event_id) DO UPDATE SET round = :round, digest = :digest, made_at = :now
        """,
        {"event": event_id, "round": number, "digest": _digest(token), "now": now},
    )
    return token


def withdraw_board(db: Connection, event_id: int) -> bool:
    """End the event's link; False if there was none."""
    return (
        db.execute("UPDATE boards SET digest = NULL WHERE event_id = ? AND digest IS NOT NULL", (event_id,)).rowcount
        == 1
    )


def event_of_board(db: Connection, token: str) -> int | None:
    """Return the event to whose board a token leads."""
    row = db.execute("SELECT event_id FROM boards WHERE digest = ?", (_digest(token),)).fetchone()
    return int(row[0]) if row else None


def district_counts(db: Connection, event_id: int, slot_id: int | None) -> list[tuple[str, int, int]]:
    """Return for each kecamatan, '' for nobody's, how many were there at the slot, and how many expected."""
    # The present are read at once: looked up for each of 35,000, they cost half a minute.
    rows = db.execute(
        f"""
        WITH came AS MATERIALIZED (SELECT person_id FROM present WHERE slot_id = :slot)
        SELECT coalesce(d.name, ''), sum(came), sum(expected)
        FROM (
            SELECT p.district_id, sum(i.person_id IN came) AS came,
                   count(*) FILTER (WHERE {EXPECTED}) AS expected
            FROM invitations i JOIN persons p ON p.id = i.person_id WHERE i.event_id = :event GROUP BY p.district_id
        ) n LEFT JOIN districts d ON d.id = n.district_id GROUP BY d.name ORDER BY d.name IS NULL, d.name
        """,
        {"event": event_id, "slot": slot_id},
    )
    return [(str(row[0]), int(row[1]), int(row[2])) for row in rows]


def _token(db: Connection, event_id: int, number: int) -> str:
    return hmac.digest(office.secret(db).encode(), f"board:{event_id}:{number}".encode(), hashlib.sha256)[:16].hex()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
