"""Rooms: who shares one with whom at an event, and who would like to.

Two are given a room when both have agreed, and never otherwise: whether two strangers may share one cannot be known
from the roster. The room's number is the lowest that is free.
"""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who comes; `room` is the number, `wish` whom he or she named, '' for anybody, None for nobody yet."""

    id: int
    name: str
    district: str
    room: int | None
    wish: str | None


def guests(db: Connection, event_id: int) -> list[Guest]:
    """Return everybody who comes, by name."""
    rows = db.execute(
        """
        SELECT p.id, p.name, coalesce(d.name, ''), r.room, CASE WHEN w.person_id IS NULL THEN NULL
               ELSE coalesce((SELECT name FROM persons WHERE id = w.mate_id), '') END
        FROM invitations i JOIN persons p ON p.id = i.person_id LEFT JOIN districts d ON d.id = p.district_id
        LEFT JOIN rooms r ON r.event_id = i.event_id AND r.person_id = i.person_id
        LEFT JOIN room_wishes w ON w.event_id = i.event_id AND w.person_id = i.person_id
        WHERE i.event_id = ? AND i.answer = 'yes' ORDER BY p.name, p.id
        """,
        (event_id,),
    )
    return [Guest(*row) for row in rows]


def mate_of(db: Connection, event_id: int, person_id: int) -> int | None:
    """Return who shares a room with the person."""
    row = db.execute(
        """
        SELECT m.person_id FROM rooms r JOIN rooms m
        ON m.event_id = r.event_id AND m.room = r.room AND m.person_id <> r.person_id
        WHERE r.event_id = ? AND r.person_id = ?
        """,
        (event_id, person_id),
    ).fetchone()
    return int(row[0]) if row else None


def wish(db: Connection, event_id: int, person_id: int, mate_id: int | None) -> None:
    """Note with whom the person would like to share, None for anybody; the wish before is forgotten."""
    db.execute(
        """
        INSERT INTO room_wishes (event_id, person_id, mate_id) VALUES (?, ?, ?)
        ON CONFLICT (event_id, person_id) DO UPDATE SET mate_id = excluded.mate_id
        """,
        (event_id, person_id, mate_id),
    )


def forget_wish(db: Connection, event_id: int, person_id: int) -> None:
    """Forget with whom the person would like to share."""
    db.execute("DELETE FROM room_wishes WHERE event_id = ? AND person_id = ?", (event_id, person_id))


def wishes_for(db: Connection, event_id: int, mate_id: int) -> list[int]:
    """Return the people who would like to share with this one."""
    rows = db.execute(
        "SELECT person_id FROM room_wishes WHERE event_id = ? AND mate_id = ? ORDER BY person_id", (event_id, mate_id)
    )
    return [int(row[0]) for row in rows]


def pair(db: Connection, event_id: int, one: int, other: int) -> int:
    """Give two people a room of their own and return its number; what they wished for is settled."""
    taken = {int(row[0]) for row in db.execute("SELECT room FROM rooms WHERE event_id = ?", (event_id,))}
    number = min(set(range(1, len(taken) + 2)) - taken)
    for person_id in (one, other):
        forget_wish(db, event_id, person_id)
        db.execute("INSERT INTO rooms VALUES (?, ?, ?)", (event_id, person_id, number))
    return number


def part(db: Connection, event_id: int, person_id: int) -> int | None:
    """Take the person out of his or her room, and the mate with it; return the mate."""
    mate = mate_of(db, event_id, person_id)
    db.execute(
        """
        DELETE FROM rooms WHERE event_id = :event AND room = (
            SELECT room FROM rooms WHERE event_id = :event AND person_id = :person)
        """,
        {"event": event_id, "person": person_id},
    )
    return mate
