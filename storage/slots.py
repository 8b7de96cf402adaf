"""Slots: the check-in windows of an event, one for each day or session, and their opening and closing."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage import office
from storage.database import Connection
from storage.events import BELONGS


@dataclass(frozen=True, slots=True)
class Slot:
    """A check-in window: open from `opens_at` until before `closes_at`, both UTC ISO text; `day` is local.

    Who comes at `late_from` or later is late; None: nobody is. One that `waits` is not open until somebody opens it.
    """

    id: int
    event_id: int
    day: str
    session: str  # 'pagi'; '' where the day is one window
    opens_at: str
    late_from: str | None
    closes_at: str
    code: str
    waits: bool

    def has_opened(self, at: str) -> bool:
        """Say whether it is open, or was."""
        return not self.waits and self.opens_at <= at

    def is_open(self, at: str) -> bool:
        """Say whether people check in to it at that moment."""
        return self.has_opened(at) and not self.has_closed(at)

    def has_closed(self, at: str) -> bool:
        """Say whether its time is over, whoever opened it."""
        return self.closes_at <= at

    def took_place(self, at: str) -> bool:
        """Say whether it counts as of then: not where the committee should have opened it and its time passed."""
        return not (self.waits and self.has_closed(at))


_SLOT = """
    SELECT s.id, s.event_id, s.day, s.session, s.opens_at, s.late_from, s.closes_at, s.code, s.waits FROM slots s
"""


def add_slot(
    db: Connection,
    event_id: int,
    *,
    day: str,
    opens_at: str,
    closes_at: str,
    code: str,
    session: str = "",
    late_from: str | None = None,
    waits: bool = False,
) -> None:
    """Add a check-in window to a day."""
    db.execute(
        """
        INSERT INTO slots (event_id, day, session, opens_at, late_from, closes_at, planned_until, code, waits)
        VALUES (:event, :day, :session, :opens, :late, :closes, :closes, :code, :waits)
        """,
        {
            "event": event_id,
            "day": day,
            "session": session,
            "opens": opens_at,
            "late": late_from,
            "closes": closes_at,
            "code": code,
            "waits": int(waits),
        },
    )


def slot(db: Connection, id: int) -> Slot | None:  # the word the tables use
    """Return the slot with this id."""
    row = db.execute(_SLOT + "WHERE s.id = ?", (id,)).fetchone()
    return _slot(row) if row else None


def slots_of(db: Connection, event_id: int) -> list[Slot]:
    """Return an event's slots in the order in which they open."""
    rows = db.execute(_SLOT + "WHERE s.event_id = ? ORDER BY s.day, s.opens_at, s.id", (event_id,))
    return [_slot(row) for row in rows]


def slots_with_code(db: Connection, code: str) -> list[Slot]:
    """Return the slots of this code, the latest first: once a slot has closed its code may be given again."""
    return [_slot(row) for row in db.execute(_SLOT + "WHERE s.code = ? ORDER BY s.closes_at DESC, s.id", (code,))]


def slots_on(db: Connection, person_id: int, day: str) -> list[Slot]:
    """Return the slots of a day of the announced events that a person is invited or belongs to, as they open."""
    rows = db.execute(
        _SLOT
        + f"""
        JOIN events e ON e.id = s.event_id WHERE s.day = :day AND e.state = 'announced'
          AND (EXISTS (SELECT 1 FROM invitations i WHERE i.event_id = e.id AND i.person_id = :person) OR {BELONGS})
        ORDER BY s.opens_at, s.id
        """,
        {"day": day, "person": person_id},
    )
    return [_slot(row) for row in rows]


def open_slots(db: Connection, at: str) -> list[Slot]:
    """Return the slots of announced events that are open at a moment."""
    rows = db.execute(
        _SLOT
        + """
        JOIN events e ON e.id = s.event_id
        WHERE e.state = 'announced' AND s.waits = 0 AND s.opens_at <= :at AND s.closes_at > :at ORDER BY s.id
        """,
        {"at": at},
    )
    return [_slot(row) for row in rows]


def open_codes(db: Connection, now: str) -> set[str]:
    """Return the codes of the slots that have not closed."""
    return {str(row[0]) for row in db.execute("SELECT code FROM slots WHERE closes_at > ?", (now,))}


def move_slot(db: Connection, moved: Slot) -> None:
    """Give the slot with this id the day and the times of `moved`, as a new plan; its code stays."""
    switch_slot(db, moved)
    db.execute("UPDATE slots SET planned_until = closes_at WHERE id = ?", (moved.id,))


def planned_closing(db: Connection, slot_id: int) -> str:
    """Return when the slot was to close, before anybody closed or opened it by hand; UTC ISO text."""
    return str(db.execute("SELECT planned_until FROM slots WHERE id = ?", (slot_id,)).fetchone()[0])


def switch_slot(db: Connection, switched: Slot) -> None:
    """Give the slot with this id the day and the times of `switched`, and let it wait or not; the plan stays."""
    db.execute(
        """
        UPDATE slots SET day = :day, opens_at = :opens, late_from = :late, closes_at = :closes, waits = :waits
        WHERE id = :id
        """,
        {
            "id": switched.id,
            "day": switched.day,
            "opens": switched.opens_at,
            "late": switched.late_from,
            "closes": switched.closes_at,
            "waits": int(switched.waits),
        },
    )


def strike_slot(db: Connection, slot_id: int) -> bool:
    """Take a slot away, with the lists printed for it; tries are kept. False: somebody was at it, so it stays."""
    if db.execute("SELECT 1 FROM check_ins WHERE slot_id = ?", (slot_id,)).fetchone():
        return False
    db.execute("UPDATE tries SET slot_id = NULL WHERE slot_id = ?", (slot_id,))
    for table in ("excuses", "sheets"):
        db.execute(f"DELETE FROM {table} WHERE slot_id = ?", (slot_id,))
    db.execute("DELETE FROM slots WHERE id = ?", (slot_id,))
    return True


def slot_secret(db: Connection, slot_id: int) -> bytes:
    """Return the 32 bytes that the slot's codes and words come from; nothing of them is stored."""
    return hmac.digest(office.secret(db).encode(), f"slot:{slot_id}".encode(), hashlib.sha256)


def _slot(row: Sequence[Any]) -> Slot:
    fields = (*row[:8], bool(row[8]))
    return Slot(*fields)
