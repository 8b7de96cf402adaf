"""The office itself: its secret, and the list of what was done by whom."""

from storage.chain import FIRST, digest_of
from storage.database import Connection


def secret(db: Connection) -> str:
    """Return the secret that makes this office's codes its own."""
    return str(db.execute("SELECT secret FROM office").fetchone()[0])


def note(db: Connection, at: str, person_id: int | None, action: str, object: str, detail: str = "") -> None:
    """Add a line to the audit, chained to the last one; lines are never changed or removed.

    `object` and `detail` say whom it touches by ids ("event:3", "person:12 district:4"), never by a name or a number:
    a line must outlive the erasure of a person's data, and storage/touched.py reads these ids.
    """
    last = db.execute("SELECT id, digest FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    before, id_ = (last[1], last[0] + 1) if last else (FIRST, 1)
    db.execute(
        "INSERT INTO audit (id, at, person_id, action, object, detail, digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (id_, at, person_id, action, object, detail, digest_of(before, id_, at, person_id, action, object, detail)),
    )
