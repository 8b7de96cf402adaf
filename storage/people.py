"""People: who is on the roster, in which role and where, and which chats are theirs."""

from dataclasses import dataclass
from datetime import time

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the roster; `title` is the role as people read it, `phone` is E.164."""

    id: int
    name: str
    phone: str | None
    role: str
    title: str
    district_id: int | None
    district: str
    village_id: int | None
    village: str
    state: str
    limited: bool = False  # asked to be erased: told nothing unasked
    erased: bool = False

    @property
    def first_name(self) -> str:
        """The name to greet with."""
        return self.name.split()[0]


_PERSON = """
    SELECT p.id, p.name, p.phone, p.role, r.title, p.district_id, coalesce(d.name, ''), p.village_id,
           coalesce(v.name, ''), p.state, p.limited, p.erased_at IS NOT NULL
    FROM persons p JOIN roles r USING (role) LEFT JOIN districts d ON d.id = p.district_id
    LEFT JOIN villages v ON v.id = p.village_id
"""


def person(db: Connection, id: int) -> Person | None:  # the word the tables use
    """Return the person with this id."""
    row = db.execute(_PERSON + "WHERE p.id = ?", (id,)).fetchone()
    return Person(*row) if row else None


def person_with_phone(db: Connection, phone: str) -> Person | None:
    """Return the person on the roster whose number this is (E.164)."""
    row = db.execute(_PERSON + "WHERE p.phone = ?", (phone,)).fetchone()
    return Person(*row) if row else None


def person_of_chat(db: Connection, chat: str) -> Person | None:
    """Return who talks in this chat; None for a stranger and for somebody who has left."""
    row = db.execute(
        _PERSON + "JOIN chats c ON c.person_id = p.id WHERE c.chat = ? AND p.state = 'active'", (chat,)
    ).fetchone()
    return Person(*row) if row else None


def people_in_roles(db: Connection, *roles: str) -> list[Person]:
    """Return the active people in any of these roles, by name."""
    marks = ", ".join("?" * len(roles))
    rows = db.execute(_PERSON + f"WHERE p.state = 'active' AND p.role IN ({marks}) ORDER BY p.name", roles)
    return [Person(*row) for row in rows]


def add_person(
    db: Connection,
    *,
    name: str,
    phone: str | None,
    role: str,
    district_id: int | None,
    village_id: int | None,
    now: str,
) -> int:
    """Put somebody on the roster and return the id."""
    row = db.execute(
        """
        INSERT INTO persons (name, phone, role, district_id, village_id, made_at)
        VALUES (:name, :phone, :role, :district_id, :village_id, :now) RETURNING id
        """,
        {
            "name": name,
            "phone": phone,
            "role": role,
            "district_id": district_id,
            "village_id": village_id,
            "now": now,
        },
    ).fetchone()
    return int(row[0])


def link_chat(db: Connection, chat: str, person_id: int, now: str) -> None:
    """Give the chat to the person."""
    db.execute("UPDATE chats SET person_id = ?, linked_at = ? WHERE chat = ?", (person_id, now, chat))


def has_chat(db: Connection, person_id: int) -> bool:
    """Say whether the person has registered in any chat."""
    return db.execute("SELECT 1 FROM chats WHERE person_id = ? LIMIT 1", (person_id,)).fetchone() is not None


def set_active(db: Connection, person_id: int, active: bool = True) -> None:
    """Let the person in, or keep him or her out; nothing of what was done is forgotten."""
    db.execute("UPDATE persons SET state = ? WHERE id = ?", ("active" if active else "inactive", person_id))


def set_main_channel(db: Connection, person_id: int, channel: str | None) -> None:
    """Set where the person wants to be told things; None for wherever he or she last wrote."""
    db.execute("UPDATE persons SET main_channel = ? WHERE id = ?", (channel, person_id))


def main_channel(db: Connection, person_id: int) -> str | None:
    """Return where the person wants to be told things; None for wherever he or she last wrote."""
    row = db.execute("SELECT main_channel FROM persons WHERE id = ?", (person_id,)).fetchone()
    return row[0] if row else None


def set_quiet_hours(db: Connection, person_id: int, hours: tuple[time, time] | None) -> None:
    """Set the person's own quiet hours; None for the office's."""
    start, end = (f"{at:%H:%M}" for at in hours) if hours else (None, None)
    db.execute("UPDATE persons SET quiet_from = ?, quiet_to = ? WHERE id = ?", (start, end, person_id))


def quiet_hours(db: Connection, person_id: int) -> tuple[time, time] | None:
    """Return the person's own quiet hours, local; None for the office's."""
    row = db.execute("SELECT quiet_from, quiet_to FROM persons WHERE id = ?", (person_id,)).fetchone()
    return (time.fromisoformat(row[0]), time.fromisoformat(row[1])) if row and row[0] else None


def own_quiet_hours(db: Connection) -> dict[int, tuple[time, time]]:
    """Return the own quiet hours of everybody who has chosen some."""
    rows = db.execute(
        "SELECT id, quiet_from, quiet_to FROM persons INDEXED BY persons_quiet WHERE quiet_from IS NOT NULL"
    )
    return {row[0]: (time.fromisoformat(row[1]), time.fromisoformat(row[2])) for row in rows}


def other_channels(db: Connection, person_id: int, channel: str) -> list[str]:
    """Return the channels besides this one on which the person has registered."""
    rows = db.execute(
        "SELECT DISTINCT channel FROM chats WHERE person_id = ? AND channel <> ? ORDER BY channel", (person_id, channel)
    )
    return [str(row[0]) for row in rows]


def set_role(db: Connection, person_id: int, role: str) -> None:
    """Give the person another role."""
    db.execute("UPDATE persons SET role = ? WHERE id = ?", (role, person_id))


def colleagues(db: Connection, person_id: int) -> list[Person]:
    """Return the other active people of the same role and kecamatan, by name."""
    rows = db.execute(
        _PERSON + "JOIN persons me ON me.id = :id WHERE p.state = 'active' AND p.id <> me.id AND p.role = me.role "
        "AND p.district_id = me.district_id ORDER BY p.name",
        {"id": person_id},
    )
    return [Person(*row) for row in rows]
