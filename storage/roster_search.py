"""Finding people on the roster: by a part of the name or the number, or all of one district."""

import re
from dataclasses import dataclass

from storage.database import Connection
from storage.people import Person, person

MOST_WORDS = 12  # no name has more, and SQLite takes no expression of a thousand


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on the roster, and the channels on which he or she has registered, with the first day (UTC ISO text)."""

    person: Person
    channels: tuple[str, ...]
    since: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people are active, how many of them have registered, and how many requests wait."""

    active: int
    registered: int
    waiting: int


def find_people(db: Connection, typed: str, most: int) -> list[Person]:
    """Return at most `most` people whose name has every typed word, or whose number has the digits; active ones first.

    A number may begin with 0, 62 or +62; fewer than three digits find nobody.
    """
    number = re.sub(r"^(?:\+?62|0)", "", re.sub(r"[^0-9+]", "", typed)).replace("+", "")
    if len(number) >= 3 and not re.search(r"[^\W\d_]", typed):
        where, values = ["phone LIKE ?"], [f"%{number}%"]
    else:
        words = typed.split()[:MOST_WORDS]
        where, values = ["name LIKE ? ESCAPE '!'"] * len(words), [f"%{_escaped(word)}%" for word in words]
    if not where:
        return []
    rows = db.execute(
        f"""
        SELECT id FROM persons WHERE erased_at IS NULL AND {" AND ".join(where)}
        ORDER BY state, name COLLATE NOCASE, id LIMIT ?
        """,
        (*values, most),
    )
    return [found for row in rows.fetchall() if (found := person(db, row["id"]))]


def people_of_district(db: Connection, district_id: int) -> list[Listed]:
    """Return the active people of a district, by role and name."""
    rows = db.execute(
        """
        SELECT p.id FROM persons p JOIN roles r USING (role)
        WHERE p.district_id = ? AND p.state = 'active' ORDER BY r.rank, p.name COLLATE NOCASE, p.id
        """,
        (district_id,),
    )
    return [one for row in rows.fetchall() if (one := listed(db, row["id"]))]


def listed(db: Connection, person_id: int) -> Listed | None:
    """Return one person with where he or she has registered."""
    found = person(db, person_id)
    if found is None:
        return None
    chats = db.execute(
        "SELECT channel, min(linked_at) AS since FROM chats WHERE person_id = ? GROUP BY channel ORDER BY channel",
        (person_id,),
    ).fetchall()
    since = min((row["since"] for row in chats if row["since"]), default=None)
    return Listed(found, tuple(row["channel"] for row in chats), since)


def tally(db: Connection) -> Tally:
    """Count the roster."""
    row = db.execute(
        """
        SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM chats c WHERE c.person_id = p.id)), 0),
               (SELECT count(*) FROM applications WHERE state = 'waiting')
        FROM persons p WHERE p.state = 'active'
        """
    ).fetchone()
    return Tally(*row)


def move_to_district(db: Connection, person_id: int, district_id: int) -> None:
    """Let the person belong to another district; the village of the old one is forgotten."""
    db.execute("UPDATE persons SET district_id = ?, village_id = NULL WHERE id = ?", (district_id, person_id))


def _escaped(word: str) -> str:
    return "".join(f"!{letter}" if letter in "!%_" else letter for letter in word)
