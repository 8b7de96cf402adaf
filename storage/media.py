"""Media: which files are kept, of what type and size."""

from storage.database import Connection


def note(db: Connection, digest: str, type: str, size: int, now: str) -> None:  # the column's name
    """Vouch for a file that has been written to the media folder."""
    db.execute("INSERT INTO media VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", (digest, type, size, now))


def type_of(db: Connection, digest: str) -> str | None:
    """Return the type of a kept file."""
    row = db.execute("SELECT type FROM media WHERE digest = ?", (digest,)).fetchone()
    return str(row[0]) if row else None
