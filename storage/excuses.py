"""Excuses: why somebody was not at a slot, as the office was told: izin (I), sakit (S), dinas luar (DL)."""

from storage.database import Connection


def set_excuse(
    db: Connection, slot_id: int, person_id: int, status: str, reason: str, by_person: int, now: str
) -> None:
    """Keep why the person was not there, in place of what was kept before."""
    db.execute(
        """
        INSERT OR REPLACE INTO excuses (slot_id, person_id, status, reason, by_person, noted_at)
        VALUES (:slot, :person, :status, :reason, :by, :now)
        """,
        {
            "slot": slot_id,
            "person": person_id,
            "status": status,
            "reason": reason,
            "by": by_person,
            "now": now,
        },
    )


def drop_excuse(db: Connection, slot_id: int, person_id: int) -> None:
    """Forget why the person was not there: he or she was."""
    db.execute("DELETE FROM excuses WHERE slot_id = ? AND person_id = ?", (slot_id, person_id))


def excused(db: Connection, slot_id: int) -> dict[int, str]:
    """Return the status of everybody who is excused from the slot."""
    return dict(db.execute("SELECT person_id, status FROM excuses WHERE slot_id = ?", (slot_id,)))
