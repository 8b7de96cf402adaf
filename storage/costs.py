"""Costs: how many messages a channel bills in a month, and the office's own price and ceiling."""

from storage import rules
from storage.database import Connection

PRICE = "whatsapp-price"
"""What one billable message costs, in rupiah, as the office read it in its contract; unset: not known."""

CEILING = "whatsapp-ceiling"
"""How many billable messages the office wants to pay in a month; unset: any number."""


def note_billed(db: Connection, at: str, category: str | None) -> None:
    """Count one billable message."""
    db.execute(
        """
        INSERT INTO billed VALUES (:month, :category, 1)
        ON CONFLICT (month, category) DO UPDATE SET messages = messages + 1
        """,
        {"month": at[:7], "category": category or "?"},
    )


def billed(db: Connection, now: str) -> dict[str, int]:
    """Return how many messages were billable in the month of `now`, by category."""
    rows = db.execute("SELECT category, messages FROM billed WHERE month = ? ORDER BY category", (now[:7],))
    return dict(rows.fetchall())


def ceiling(db: Connection) -> int | None:
    """Return the office's ceiling; None where it set none."""
    found = rules.rule(db, CEILING)
    return int(found) if found else None


def price(db: Connection) -> int | None:
    """Return the office's price in rupiah; None where it set none."""
    found = rules.rule(db, PRICE)
    return int(found) if found else None


def is_spent(db: Connection, now: str) -> bool:
    """Say whether the month's ceiling is reached."""
    most = ceiling(db)
    return most is not None and sum(billed(db, now).values()) >= most
