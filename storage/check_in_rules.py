"""How an event checks in: fixed or rotating codes, which evidence counts, and what is asked besides."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Rules:
    """An event's rules; `levels` are the letters of the evidence that counts, `needed` the slots one must attend."""

    rotating: bool = False
    levels: str = "ABCDE"
    needed: int | None = None
    walk_ins: bool = False
    location: bool = False
    exits: bool = False


DEFAULTS = Rules()


def rules_of(db: Connection, event_id: int) -> Rules:
    """Return the event's rules; those of an event that has none of its own are the defaults."""
    row = db.execute(
        "SELECT codes = 'rotating', levels, needed, walk_ins, location, exits FROM check_in_rules WHERE event_id = ?",
        (event_id,),
    ).fetchone()
    if row is None:
        return DEFAULTS
    return Rules(bool(row[0]), row[1], row[2], *(bool(one) for one in row[3:]))


def set_rules(db: Connection, event_id: int, rules: Rules) -> None:
    """Keep the event's rules in place of those it had."""
    db.execute(
        """
        INSERT OR REPLACE INTO check_in_rules (event_id, codes, levels, needed, walk_ins, location, exits)
        VALUES (:event, :codes, :levels, :needed, :walk_ins, :location, :exits)
        """,
        {
            "event": event_id,
            "codes": "rotating" if rules.rotating else "fixed",
            "levels": rules.levels,
            "needed": rules.needed,
            "walk_ins": int(rules.walk_ins),
            "location": int(rules.location),
            "exits": int(rules.exits),
        },
    )
