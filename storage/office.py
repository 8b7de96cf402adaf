"""The office itself: its secret, and the list of what was done by whom."""

from storage.database import Connection


def secret(db: Connection) -> str:
    """Return the secret that makes this office's codes its own."""
    return str(db.execute("SELECT secret FROM office").fetchone()[0])


def note(db: Connection, at: str, person_id: int | None, action: str, object: str, detail: str = "") -> None:
    """Add a line to the audit; lines are never changed or removed."""
    db.execute(
        "INSERT INTO audit (at, person_id, action, object, detail) VALUES (?, ?, ?, ?, ?)",
        (at, person_id, action, object, detail),
    )
