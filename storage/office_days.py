"""Where the office's year differs from the national one: its own days off, and national ones on which it works."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """A local day (ISO); `off` is 0 for a national holiday on which one works."""

    day: str
    name: str
    off: int


def office_days(db: Connection, first: str, last: str) -> dict[str, OfficeDay]:
    """Return the office's days from `first` to `last`, by day."""
    rows = db.execute("SELECT day, name, off FROM office_days WHERE day BETWEEN ? AND ? ORDER BY day", (first, last))
    return {row[0]: OfficeDay(*row) for row in rows.fetchall()}


def set_day(db: Connection, day: str, name: str, *, off: bool) -> None:
    """Make the day one of the office's own, or a national one on which it works."""
    db.execute(
        """
        INSERT INTO office_days VALUES (?, ?, ?)
        ON CONFLICT (day) DO UPDATE SET name = excluded.name, off = excluded.off
        """,
        (day, name, int(off)),
    )


def forget_day(db: Connection, day: str) -> None:
    """Let the day be again what it is nationally."""
    db.execute("DELETE FROM office_days WHERE day = ?", (day,))
