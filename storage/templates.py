"""Templates: the state of WhatsApp's review of each, as it was last heard, in whatever order the news comes."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.database import Connection

APPROVED = "APPROVED"


@dataclass(frozen=True, slots=True)
class Review:
    """What became of a template: `state` in Meta's word, `at` UTC text."""

    name: str
    state: str
    at: str
    reason: str = ""


def note(db: Connection, review: Review) -> None:
    """Keep the news, unless later news is known."""
    db.execute(
        """
        INSERT INTO templates VALUES (:name, :state, :reason, :at)
        ON CONFLICT (name) DO UPDATE SET state = :state, reason = :reason, at = :at WHERE :at >= templates.at
        """,
        {"name": review.name, "state": review.state, "reason": review.reason, "at": review.at},
    )


def is_approved(db: Connection, name: str) -> bool:
    """Say whether messages may be made of the template."""
    row = db.execute("SELECT 1 FROM templates WHERE name = ? AND state = ?", (name, APPROVED)).fetchone()
    return row is not None


def reviews(db: Connection, names: Iterable[str]) -> dict[str, Review]:
    """Return what is known of these templates."""
    found = {}
    for name in names:
        row = db.execute("SELECT name, state, at, reason FROM templates WHERE name = ?", (name,)).fetchone()
        if row:
            found[name] = Review(*row)
    return found
