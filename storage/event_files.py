"""The files of an event, its rundown and materi: which there are, for whom, and who is told of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from storage.database import Connection

ForWhom = Literal["invited", "present"]
"""All who are invited, or those alone who checked in to any slot of the event."""


@dataclass(frozen=True, slots=True)
class EventFile:
    """One file; `name` is what it is called when it is sent, `digest` names its bytes."""

    id: int
    event_id: int
    title: str
    digest: str
    name: str
    kind: Literal["document", "photo"]
    for_whom: ForWhom
    removed: int  # 1: it was taken off the event


_FILE = "SELECT id, event_id, title, digest, name, kind, for_whom, removed_at IS NOT NULL FROM event_files "
_CAME = """
    SELECT k.person_id FROM present k JOIN slots s ON s.id = k.slot_id WHERE s.event_id = :event
"""


def _file(row: Sequence[object]) -> EventFile:
    return EventFile(*row)  # type: ignore[arg-type]  # the columns of _FILE, in its order


def files_of(db: Connection, event_id: int) -> list[EventFile]:
    """Return the event's files as they were added, without those that were removed."""
    rows = db.execute(_FILE + "WHERE event_id = ? AND removed_at IS NULL ORDER BY id", (event_id,))
    return [_file(row) for row in rows]


def file_with(db: Connection, id: int) -> EventFile | None:
    """Return the file with this id, removed or not."""
    row = db.execute(_FILE + "WHERE id = ?", (id,)).fetchone()
    return _file(row) if row else None


def add_file(
    db: Connection,
    *,
    event_id: int,
    title: str,
    digest: str,
    name: str,
    kind: str,
    for_whom: str,
    added_by: int,
    now: str,
) -> int:
    """Add a file and return its id; the event must not have these bytes already."""
    row = db.execute(
        """
        INSERT INTO event_files (event_id, title, digest, name, kind, for_whom, added_by, added_at)
        VALUES (:event, :title, :digest, :name, :kind, :for_whom, :added_by, :now) RETURNING id
        """,
        {
            "event": event_id,
            "title": title,
            "digest": digest,
            "name": name,
            "kind": kind,
            "for_whom": for_whom,
            "added_by": added_by,
            "now": now,
        },
    ).fetchone()
    return int(row[0])


def remove_file(db: Connection, id: int, now: str) -> bool:
    """Take the file off the event; False if it was taken off before."""
    changed = db.execute("UPDATE event_files SET removed_at = ? WHERE id = ? AND removed_at IS NULL", (now, id))
    return changed.rowcount == 1


def came(db: Connection, event_id: int, person_id: int) -> bool:
    """Say whether the person checked in to any slot of the event."""
    found = db.execute(f"SELECT :person IN ({_CAME})", {"event": event_id, "person": person_id}).fetchone()
    return bool(found[0])


def readers(db: Connection, event_id: int, for_whom: ForWhom) -> list[int]:
    """Return the people a file is for."""
    which = _CAME if for_whom == "present" else "SELECT person_id FROM invitations WHERE event_id = :event"
    rows = db.execute(
        f"SELECT id FROM persons WHERE state = 'active' AND id IN ({which}) ORDER BY id", {"event": event_id}
    )
    return [int(row[0]) for row in rows]
