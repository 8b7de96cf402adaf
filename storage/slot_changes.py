"""Slot changes: the check-in windows of an event that a correction moves to other days and hours, or strikes."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Window:
    """A slot as a correction sees it; `day` is local, the times are UTC ISO text."""

    id: int
    day: str
    session: str
    opens_at: str
    late_from: str | None
    closes_at: str
    waits: int


def windows(db: Connection, event_id: int) -> list[Window]:
    """Return an event's slots in the order of time."""
    rows = db.execute(
        """
        SELECT id, day, session, opens_at, late_from, closes_at, waits FROM slots
        WHERE event_id = ? ORDER BY opens_at, id
        """,
        (event_id,),
    )
    return [Window(*row) for row in rows]


def move(db: Connection, window: Window) -> None:
    """Give a slot the day and the times of `window`; its code stays."""
    db.execute(
        "UPDATE slots SET day = ?, opens_at = ?, late_from = ?, closes_at = ? WHERE id = ?",
        (window.day, window.opens_at, window.late_from, window.closes_at, window.id),
    )


def add(db: Connection, event_id: int, window: Window, code: str) -> None:
    """Add a slot like `window`, whose id means nothing."""
    db.execute(
        """
        INSERT INTO slots (event_id, day, session, opens_at, late_from, closes_at, code, waits)
        VALUES (:event, :day, :session, :opens_at, :late_from, :closes_at, :code, :waits)
        """,
        {
            "event": event_id,
            "day": window.day,
            "session": window.session,
            "opens_at": window.opens_at,
            "late_from": window.late_from,
            "closes_at": window.closes_at,
            "code": code,
            "waits": window.waits,
        },
    )


def strike(db: Connection, slot_id: int) -> None:
    """Take a slot away, with the lists printed for it; one that somebody was at stays. Tries are kept without it."""
    if db.execute("SELECT 1 FROM check_ins WHERE slot_id = ?", (slot_id,)).fetchone():
        return
    db.execute("UPDATE tries SET slot_id = NULL WHERE slot_id = ?", (slot_id,))
    for table in ("excuses", "sheets"):
        db.execute(f"DELETE FROM {table} WHERE slot_id = ?", (slot_id,))
    db.execute("DELETE FROM slots WHERE id = ?", (slot_id,))
