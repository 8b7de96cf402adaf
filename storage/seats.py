"""Seats: how many an event has, how many are taken, who is first to get one, and whether people share rooms there."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Seats:
    """What an event offers; `capacity` None is as many as come, `shared` says that people sleep two in a room."""

    capacity: int | None = None
    shared: bool = False


def set_seats(db: Connection, event_id: int, seats: Seats) -> None:
    """Keep what the event offers."""
    db.execute(
        "UPDATE events SET capacity = ?, shares_rooms = ? WHERE id = ?", (seats.capacity, int(seats.shared), event_id)
    )


def seats(db: Connection, event_id: int) -> Seats:
    """Return what the event offers."""
    row = db.execute("SELECT capacity, shares_rooms FROM events WHERE id = ?", (event_id,)).fetchone()
    return Seats(row[0], bool(row[1]))


def is_full(db: Connection, event_id: int) -> bool:
    """Say whether every seat is taken: by who comes, or by who sends somebody."""
    capacity = seats(db, event_id).capacity
    if capacity is None:
        return False
    row = db.execute(
        """
        SELECT count(*) FROM invitations
        WHERE event_id = ? AND (answer = 'delegated' OR (answer = 'yes' AND instead_of IS NULL))
        """,
        (event_id,),
    ).fetchone()
    return int(row[0]) >= capacity


def first_waiting(db: Connection, event_id: int) -> int | None:
    """Return who has waited longest for a seat."""
    row = db.execute(
        """
        SELECT i.person_id FROM invitations i JOIN persons p ON p.id = i.person_id AND p.state = 'active'
        WHERE i.event_id = ? AND i.answer = 'waiting' ORDER BY i.answered_at, i.person_id LIMIT 1
        """,
        (event_id,),
    ).fetchone()
    return int(row[0]) if row else None
