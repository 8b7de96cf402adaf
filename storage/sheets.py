"""Sheets: what left the office on paper, under the checksum at its foot, and how certificates are numbered."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed sheet; `printed` is the canonical JSON of all that stands on it, `made_at` UTC ISO text."""

    checksum: str
    event_id: int
    kind: str
    slot_id: int | None
    person_id: int | None
    number: int | None
    printed: str
    made_at: str


_SHEET = "SELECT checksum, event_id, kind, slot_id, person_id, number, printed, made_at FROM sheets "


def sheet(db: Connection, checksum: str) -> Sheet | None:
    """Return the sheet with this checksum."""
    row = db.execute(_SHEET + "WHERE checksum = ?", (checksum,)).fetchone()
    return Sheet(*row) if row else None


def keep_sheet(
    db: Connection,
    checksum: str,
    event_id: int,
    printed: str,
    made_by: int,
    now: str,
    *,
    slot_id: int | None = None,
    person_id: int | None = None,
    number: int | None = None,
) -> None:
    """Keep what was printed: an attendance list of a slot, or a person's certificate; the same sheet is kept once.

    A person has one certificate of an event: one that is made anew takes the place of the one before.
    """
    db.execute(
        """
        INSERT INTO sheets (checksum, event_id, kind, slot_id, person_id, number, printed, made_by, made_at)
        VALUES (:checksum, :event, :kind, :slot, :person, :number, :printed, :by, :now)
        ON CONFLICT (checksum) DO NOTHING
        ON CONFLICT (event_id, person_id) DO UPDATE SET
            checksum = excluded.checksum, printed = excluded.printed, made_by = excluded.made_by, made_at = :now
        """,
        {
            "checksum": checksum,
            "event": event_id,
            "kind": "attendance" if slot_id is not None else "certificate",
            "slot": slot_id,
            "person": person_id,
            "number": number,
            "printed": printed,
            "by": made_by,
            "now": now,
        },
    )


def certificates_of(db: Connection, event_id: int) -> dict[int, Sheet]:
    """Return the certificates an event has given, by person."""
    rows = db.execute(_SHEET + "WHERE event_id = ? AND kind = 'certificate'", (event_id,))
    return {one.person_id: one for one in (Sheet(*row) for row in rows) if one.person_id is not None}


def pattern_of(db: Connection, event_id: int) -> str:
    """Return how the event's certificates are numbered: '#' is the running number, '' is none."""
    row = db.execute("SELECT pattern FROM certificates WHERE event_id = ?", (event_id,)).fetchone()
    return str(row[0]) if row else ""


def set_pattern(db: Connection, event_id: int, pattern: str) -> None:
    """Say how the event's certificates are numbered."""
    db.execute(
        """
        INSERT INTO certificates (event_id, pattern) VALUES (:event, :pattern)
        ON CONFLICT (event_id) DO UPDATE SET pattern = :pattern
        """,
        {"event": event_id, "pattern": pattern},
    )


def told(db: Connection, event_id: int) -> set[int]:
    """Return the people to whom their certificate of the event was posted."""
    rows = db.execute(
        "SELECT DISTINCT person_id FROM outbox WHERE object = 'event:' || ? AND kind = 'certificate'", (event_id,)
    )
    return {int(row[0]) for row in rows}
