"""Media: which files are kept, of what type and size."""

import json
import re
from collections.abc import Sequence

from storage.database import Connection

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAMED = (  # columns that hold a digest, and texts that hold some
    *(("evidence", "digest"), ("event_files", "digest"), ("lesson_files", "digest"), ("report_templates", "digest")),
    *(("letterhead", "image"), ("letterhead", "logo")),
)
_MENTIONED = (
    *(("events", "attachment"), ("broadcasts", "attachment"), ("answers", "value"), ("dialogs", "partial")),
    *(("meeting_pasts", "before"), ("meeting_changes", "wanted")),
)
_LEAVING = (  # two conditions, each with an index: of 1.4 million rows few have yet to leave
    "state IN ('queued', 'started')",
    "state IN ('held', 'queued', 'uncertain')",
)


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
        ON CONFLICT (digest) DO UPDATE SET until = max(until, :until),  -- of NULL and anything SQLite makes NULL
            stored_at = max(stored_at, :now)
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


def is_used(db: Connection, digest: str) -> bool:
    """Say whether anything that is kept, open or about to be sent needs the file."""
    looks = [
        *(f"SELECT 1 FROM {table} WHERE {column} = :digest" for table, column in _NAMED),
        *(f"SELECT 1 FROM {table} WHERE instr({column}, :digest)" for table, column in _MENTIONED),
        *(f"SELECT 1 FROM outbox WHERE {leaving} AND instr(body, :digest)" for leaving in _LEAVING),
    ]
    return any(db.execute(f"{look} LIMIT 1", {"digest": digest}).fetchone() for look in looks)


def drop(db: Connection, digest: str) -> bool:
    """Vouch for a file no more that nothing needs; False if something does."""
    if is_used(db, digest):
        return False
    db.execute("DELETE FROM picture_prints WHERE digest = ?", (digest,))
    return db.execute("DELETE FROM media WHERE digest = ?", (digest,)).rowcount == 1


def unused(db: Connection, before: str) -> list[str]:
    """Return the files, stored before then (UTC text), that nothing needs: of a dialog that came to nothing."""
    named = " AND ".join(f"NOT EXISTS (SELECT 1 FROM {table} WHERE {column} = m.digest)" for table, column in _NAMED)
    rows = db.execute(f"SELECT digest FROM media m WHERE until IS NULL AND stored_at < ? AND {named}", (before,))
    found = {str(row[0]) for row in rows.fetchall()}
    return sorted(found - _mentioned(db) - _leaving(db)) if found else []


def lent(db: Connection, person_id: int, chats: str, now: str) -> list[str]:
    """Return the lent files that went to this person (`chats` is a JSON list), and all others that have been sent.

    One that was made within the last minutes may be on its way into a message.
    """
    rows = db.execute(
        """
        SELECT body FROM outbox WHERE (chat IN (SELECT value FROM json_each(:chats)) OR person_id = :person)
          AND instr(body, '"file"')
        """,
        {"chats": chats, "person": person_id},
    )
    own = {digest for row in rows for digest in _DIGEST.findall(row[0])}
    kept = db.execute(
        """
        SELECT digest, stored_at < strftime('%Y-%m-%dT%H:%M:%f+00:00', :now, '-10 minutes') FROM media
        WHERE until > :now
        """,
        {"now": now},
    ).fetchall()
    leaving = _leaving(db)
    return sorted(digest for digest, settled in kept if digest in own or (settled and digest not in leaving))


def let_go(db: Connection, digests: Sequence[str], now: str) -> None:
    """Let the time of these lent files be over."""
    db.execute(
        "UPDATE media SET until = :now WHERE until > :now AND digest IN (SELECT value FROM json_each(:digests))",
        {"now": now, "digests": json.dumps(digests)},
    )


def _mentioned(db: Connection) -> set[str]:
    texts = (row[0] or "" for table, column in _MENTIONED for row in db.execute(f"SELECT {column} FROM {table}"))
    return {digest for text in texts for digest in _DIGEST.findall(text)}


def _leaving(db: Connection) -> set[str]:
    bodies = (row[0] for leaving in _LEAVING for row in db.execute(f"SELECT body FROM outbox WHERE {leaving}"))
    return {digest for body in bodies for digest in _DIGEST.findall(body)}


def type_of(db: Connection, digest: str) -> str | None:
    """Return the type of a kept file."""
    row = db.execute("SELECT type FROM media WHERE digest = ?", (digest,)).fetchone()
    return str(row[0]) if row else None
