"""The rules by which reminders fall due: how long before or after, switched on or off, with the office's own words."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class LeadTime:
    """One rule: `days` before a day (below zero: after it), or `minutes` before a start or after an end."""

    rule: str
    object: str
    days: int | None
    minutes: int | None
    active: int
    words: str
    changed_at: str | None


def lead_times(db: Connection) -> list[LeadTime]:
    """Return every rule: what comes first, first."""
    rows = db.execute(
        """
        SELECT rule, object, days, minutes, active, words, changed_at FROM lead_times
        ORDER BY object, days IS NULL, days DESC, minutes DESC, rule
        """
    )
    return [LeadTime(*row) for row in rows.fetchall()]


def lead_time(db: Connection, rule: str) -> LeadTime | None:
    """Return the rule of this name."""
    return next((one for one in lead_times(db) if one.rule == rule), None)


def set_lead(db: Connection, rule: str, days: int | None, minutes: int | None, now: str) -> None:
    """Set how long before or after, in the unit the rule has."""
    db.execute("UPDATE lead_times SET days = ?, minutes = ?, changed_at = ? WHERE rule = ?", (days, minutes, now, rule))


def set_active(db: Connection, rule: str, active: bool, now: str) -> None:
    """Switch a rule on or off."""
    db.execute("UPDATE lead_times SET active = ?, changed_at = ? WHERE rule = ?", (int(active), now, rule))


def set_words(db: Connection, rule: str, words: str) -> None:
    """Set the office's own sentence on the rule's card; '' for none."""
    db.execute("UPDATE lead_times SET words = ? WHERE rule = ?", (words, rule))
