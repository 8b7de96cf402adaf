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
    printed: str
    made_at: str


def sheet(db: Connection, checksum: str) -> Sheet | None:
    """Return the sheet with this checksum."""
    row = db.execute(
        "SELECT checksum, event_id, kind, slot_id, person_id, printed, made_at FROM sheets WHERE checksum = ?",
        (checksum,),
    ).fetchone()
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
) -> None:
    """Keep what was printed: an attendance list of a slot, or a person's certificate; the same sheet is kept once."""
    db.execute(
        """
        INSERT INTO sheets (checksum, event_id, kind, slot_id, person_id, printed, made_by, made_at)
        VALUES (:checksum, :event, :kind, :slot, :person, :printed, :by, :now)
        ON CONFLICT (checksum) DO NOTHING
        """,
        {
            "checksum": checksum,
            "event": event_id,
            "kind": "attendance" if slot_id is not None else "certificate",
            "slot": slot_id,
            "person": person_id,
            "printed": printed,
            "by": made_by,
            "now": now,
        },
    )


def numbers_of(db: Connection, event_id: int) -> dict[int, int]:
    """Return the running numbers of the certificates an event has given, by person."""
    return dict(
        db.execute("SELECT person_id, number FROM certificate_numbers WHERE event_id = ?", (event_id,)).fetchall()
    )


def keep_number(db: Connection, event_id: int, person_id: int, number: int) -> None:
    """Give a person's certificate its number, for good."""
    db.execute(
        "INSERT INTO certificate_numbers VALUES (?, ?, ?) ON CONFLICT (event_id, person_id) DO NOTHING",
        (event_id, person_id, number),
    )


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


def told(db: Connection, event_id: int) -> dict[int, tuple[bool, int]]:
    """Return to whom a certificate was posted: whether one has arrived or still may, and how many have failed."""
    rows = db.execute(
        """
        SELECT person_id, sum(state NOT IN ('failed', 'stopped', 'expired', 'cancelled')) > 0,
               sum(state IN ('failed', 'stopped', 'expired', 'cancelled'))
        FROM outbox WHERE object = 'event:' || ? AND kind = 'certificate' GROUP BY person_id
        """,
        (event_id,),
    )
    return {int(person): (bool(arrives), int(failed)) for person, arrives, failed in rows}
