"""Media: which files are kept, of what type and size."""

from storage.database import Connection


def note(
    db: Connection,
    digest: str,
    type: str,  # the column's name
    size: int,
    now: str,
    until: str | None = None,
) -> None:
    """Vouch for a file that has been written to the media folder, for good or `until` a moment (UTC text).

    What was vouched for already stays for the longer of both.
    """
    db.execute(
        """
        INSERT INTO media (digest, type, size, stored_at, until) VALUES (:digest, :type, :size, :now, :until)
        ON CONFLICT (digest) DO UPDATE SET until = max(until, :until)  -- of NULL and anything SQLite makes NULL
        """,
        {"digest": digest, "type": type, "size": size, "now": now, "until": until},
    )


def over(db: Connection, now: str, most: int = 50) -> list[str]:
    """Return the digests of files whose time is over."""
    rows = db.execute("SELECT digest FROM media WHERE until <= ? ORDER BY until LIMIT ?", (now, most))
    return [str(row[0]) for row in rows]


def forget(db: Connection, digest: str, now: str) -> bool:
    """Vouch for the file no more; False if its time has been made longer since."""
    return db.execute("DELETE FROM media WHERE digest = ? AND until <= ?", (digest, now)).rowcount == 1


def type_of(db: Connection, digest: str) -> str | None:
    """Return the type of a kept file."""
    row = db.execute("SELECT type FROM media WHERE digest = ?", (digest,)).fetchone()
    return str(row[0]) if row else None
