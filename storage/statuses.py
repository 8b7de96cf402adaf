"""Statuses: what a person can be at a slot, and which of them the office counts as present."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Status:
    """A status, its name as people read it, and whether it counts as present."""

    status: str
    title: str
    counts: bool


def all_statuses(db: Connection) -> tuple[Status, ...]:
    """Return every status, in the order of lists."""
    rows = db.execute("SELECT status, title, counts FROM statuses ORDER BY rank")
    return tuple(Status(str(status), str(title), bool(counts)) for status, title, counts in rows)


def set_counts(db: Connection, status: str, counts: bool) -> bool:
    """Say whether a status counts as present; False if that is how it was."""
    done = db.execute(
        "UPDATE statuses SET counts = :counts WHERE status = :status AND counts <> :counts",
        {"status": status, "counts": int(counts)},
    )
    return done.rowcount == 1
