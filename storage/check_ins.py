"""Check-ins: who was there, under which running number, and every refused try with its reason."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One person's check-in to one slot; `number` is the receipt, `at` the message's own time as UTC ISO text."""

    number: int
    at: str


def check_in_of(db: Connection, slot_id: int, person_id: int) -> CheckIn | None:
    """Return the person's check-in to the slot."""
    row = db.execute(
        "SELECT number, at FROM check_ins WHERE slot_id = ? AND person_id = ?", (slot_id, person_id)
    ).fetchone()
    return CheckIn(*row) if row else None


def record(db: Connection, slot_id: int, person_id: int, at: str, now: str) -> CheckIn:
    """Record that the person was there, under the slot's next number; who is recorded already keeps number and time."""
    db.execute(
        """
        INSERT INTO check_ins (slot_id, person_id, number, at, stored_at)
        SELECT :slot, :person, coalesce(max(number), 0) + 1, :at, :now FROM check_ins WHERE slot_id = :slot
        ON CONFLICT (slot_id, person_id) DO NOTHING
        """,
        {"slot": slot_id, "person": person_id, "at": at, "now": now},
    )
    kept = check_in_of(db, slot_id, person_id)
    assert kept is not None
    return kept


def count(db: Connection, slot_id: int) -> int:
    """Count the people who checked in to the slot."""
    return int(db.execute("SELECT count(*) FROM check_ins WHERE slot_id = ?", (slot_id,)).fetchone()[0])


def times(db: Connection, slot_id: int) -> dict[int, str]:
    """Return when each person checked in to the slot."""
    return dict(db.execute("SELECT person_id, at FROM check_ins WHERE slot_id = ?", (slot_id,)))


def note_try(db: Connection, person_id: int, at: str, reason: str, slot_id: int | None = None) -> None:
    """Keep a refused check-in with its reason."""
    db.execute(
        "INSERT INTO tries (person_id, at, reason, slot_id) VALUES (?, ?, ?, ?)", (person_id, at, reason, slot_id)
    )


def guesses(db: Connection, person_id: int, after: str, before: str) -> list[str]:
    """Return the times of the tries, between two times, that could have been guesses: no code of the person's own."""
    rows = db.execute(
        """
        SELECT at FROM tries WHERE person_id = ? AND reason IN ('wrong', 'uninvited') AND at > ? AND at < ?
        ORDER BY at
        """,
        (person_id, after, before),
    )
    return [str(row[0]) for row in rows]
