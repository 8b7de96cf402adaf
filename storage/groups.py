"""Groups (kelompok) of a facilitator: a name, a village, a number of members; who the members are stays on paper."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Group:
    """A group in use or closed; its members are the numbers 1 to `members` of the facilitator's own list."""

    id: int
    person_id: int
    name: str
    village_id: int
    village: str
    members: int
    active: bool


_GROUP = """
    SELECT g.id, g.person_id, g.name, g.village_id, v.name, g.members, g.state = 'active'
    FROM groups g JOIN villages v ON v.id = g.village_id
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


def resize_group(db: Connection, id: int, members: int) -> None:  # the word the tables use
    """Set the number of members from now on; meetings that were held keep theirs."""
    db.execute(
        "UPDATE groups SET members = :members, numbers = max(numbers, :members) WHERE id = :id",
        {"id": id, "members": members},
    )


def close_group(db: Connection, id: int) -> None:  # the word the tables use
    """Close the group; what it did stays."""
    db.execute("UPDATE groups SET state = 'closed' WHERE id = ?", (id,))


def _group(row: tuple[int, int, str, int, str, int, int]) -> Group:
    id, person_id, name, village_id, village, members, active = row  # noqa: A001  # the word the tables use
    return Group(id, person_id, name, village_id, village, members, bool(active))
