"""Groups (kelompok) of a facilitator: a name, a village, a number of members; who the members are stays on paper."""

from dataclasses import dataclass
from typing import Any

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Group:
    """A group in use or closed; `members` is how many it has today, of the numbers 1 to `numbers` of the paper list.

    `place`, `week` (of the month, 1 to 5), `weekday` (Monday is 0) and `time` ("14:00", local) are where and when it
    usually meets; None where nothing is usual.
    """

    id: int
    person_id: int
    name: str
    village_id: int
    village: str
    members: int
    active: bool
    numbers: int = 0
    place: str = ""
    week: int | None = None
    weekday: int | None = None
    time: str | None = None
    district_id: int = 0
    district: str = ""


_GROUP = """
    SELECT g.id, g.person_id, g.name, g.village_id, v.name, g.members, g.state = 'active', g.numbers, g.place,
           g.usual_week, g.usual_weekday, g.usual_time, v.district_id, d.name
    FROM groups g JOIN villages v ON v.id = g.village_id JOIN districts d ON d.id = v.district_id
"""


def groups_of(db: Connection, person_id: int) -> list[Group]:
    """Return the facilitator's groups in use, by village and name."""
    rows = db.execute(
        _GROUP + "WHERE g.person_id = ? AND g.state = 'active' ORDER BY v.name, g.name, g.id", (person_id,)
    )
    return [_group(row) for row in rows]


def group(db: Connection, id: int) -> Group | None:  # the word the tables use
    """Return the group with this id, in use or closed."""
    row = db.execute(_GROUP + "WHERE g.id = ?", (id,)).fetchone()
    return _group(row) if row else None


def group_named(db: Connection, person_id: int, village_id: int, name: str) -> Group | None:
    """Return the facilitator's group in use of this name in the village, upper or lower case."""
    rows = db.execute(
        _GROUP + "WHERE g.person_id = ? AND g.village_id = ? AND g.state = 'active'", (person_id, village_id)
    )
    return next((found for found in map(_group, rows) if found.name.casefold() == name.casefold()), None)


def add_group(db: Connection, *, ref: str, person_id: int, village_id: int, name: str, members: int, now: str) -> int:
    """Add a group and return its id. Raises sqlite3.IntegrityError where one of that name is in use."""
    row = db.execute(
        """
        INSERT INTO groups (ref, person_id, village_id, name, members, numbers, made_at)
        VALUES (:ref, :person_id, :village_id, :name, :members, :members, :now) RETURNING id
        """,
        {
            "ref": ref,
            "person_id": person_id,
            "village_id": village_id,
            "name": name,
            "members": members,
            "now": now,
        },
    ).fetchone()
    return int(row[0])


def rename_group(db: Connection, id: int, name: str) -> None:  # the word the tables use
    """Give the group another name. Raises sqlite3.IntegrityError where one of that name is in use."""
    db.execute("UPDATE groups SET name = ? WHERE id = ?", (name, id))


def set_place(db: Connection, id: int, place: str) -> None:  # the word the tables use
    """Set where the group usually meets."""
    db.execute("UPDATE groups SET place = ? WHERE id = ?", (place, id))


def set_usual_day(db: Connection, id: int, week: int | None, weekday: int | None, time: str | None) -> None:  # as above
    """Set when the group usually meets; None three times where nothing is usual."""
    db.execute(
        "UPDATE groups SET usual_week = :week, usual_weekday = :weekday, usual_time = :time WHERE id = :id",
        {"week": week, "weekday": weekday, "time": time, "id": id},
    )


def move_to_village(db: Connection, id: int, village_id: int) -> None:  # the word the tables use
    """Let the group belong to another village. Raises sqlite3.IntegrityError where one of its name is in use there."""
    db.execute("UPDATE groups SET village_id = ? WHERE id = ?", (village_id, id))


def free_name(db: Connection, person_id: int, village_id: int, name: str, most: int) -> str:
    """Return the name, or with a number after it, that no group of the facilitator in the village has."""
    tries = (name, *(f"{name[: most - 3]} {number}" for number in range(2, 100)))
    return next(one for one in tries if group_named(db, person_id, village_id, one) is None)


def close_group(db: Connection, id: int) -> None:  # the word the tables use
    """Close the group; what it did stays."""
    db.execute("UPDATE groups SET state = 'closed' WHERE id = ?", (id,))


def _group(row: tuple[Any, ...]) -> Group:
    values = list(row)
    values[6] = bool(values[6])
    return Group(*values)
