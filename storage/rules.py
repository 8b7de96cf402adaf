"""The office's rules: what it set otherwise than the program has it, a word or a number by name."""

from storage.database import Connection


def rule(db: Connection, name: str) -> str | None:
    """Return what the office set; None where the program's own value holds."""
    row = db.execute("SELECT value FROM office_rules WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def set_rule(db: Connection, name: str, value: str | None) -> None:
    """Set a rule; None gives it back to the program's own value."""
    if value is None:
        db.execute("DELETE FROM office_rules WHERE name = ?", (name,))
    else:
        db.execute(
            "INSERT INTO office_rules VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value",
            {"name": name, "value": value},
        )
