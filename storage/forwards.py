"""Groups that a broadcast is to reach through their facilitators: which have been, and which not yet."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Forward:
    """One group; `done_at` is UTC text."""

    group_id: int
    group: str
    village: str
    person_id: int
    done_at: str | None


def freeze(db: Connection, broadcast_id: int) -> None:
    """Note every group of the broadcast's recipients, in its kecamatan where it is for some alone."""
    db.execute(
        """
        INSERT INTO forwards (broadcast_id, group_id, person_id)
        SELECT r.broadcast_id, g.id, g.person_id FROM recipients r JOIN broadcasts b ON b.id = r.broadcast_id
        JOIN groups g ON g.person_id = r.person_id AND g.state = 'active' JOIN villages v ON v.id = g.village_id
        WHERE r.broadcast_id = ? AND (json_array_length(b.audience, '$.districts') = 0
            OR v.district_id IN (SELECT value FROM json_each(b.audience, '$.districts')))
        """,
        (broadcast_id,),
    )


def of_person(db: Connection, broadcast_id: int, person_id: int) -> list[Forward]:
    """Return the person's groups, by village and name."""
    rows = db.execute(
        """
        SELECT f.group_id, g.name, v.name, f.person_id, f.done_at FROM forwards f JOIN groups g ON g.id = f.group_id
        JOIN villages v ON v.id = g.village_id WHERE f.broadcast_id = ? AND f.person_id = ?
        ORDER BY v.name, g.name, g.id
        """,
        (broadcast_id, person_id),
    )
    return [Forward(*row) for row in rows]


def mark_done(db: Connection, broadcast_id: int, person_id: int, group_id: int | None, now: str) -> int:
    """Note that the person's group, or all of them, has been told; return how many that changed."""
    return db.execute(
        """
        UPDATE forwards SET done_at = :now WHERE broadcast_id = :broadcast AND person_id = :person AND done_at IS NULL
        AND coalesce(:group, group_id) = group_id
        """,
        {"broadcast": broadcast_id, "person": person_id, "group": group_id, "now": now},
    ).rowcount


def reached(db: Connection, broadcast_id: int) -> list[tuple[str, int, int]]:
    """Return of each kecamatan how many groups have been told, of how many."""
    rows = db.execute(
        """
        SELECT d.name, count(f.done_at), count(*) FROM forwards f JOIN groups g ON g.id = f.group_id
        JOIN villages v ON v.id = g.village_id JOIN districts d ON d.id = v.district_id
        WHERE f.broadcast_id = ? GROUP BY d.id ORDER BY d.name
        """,
        (broadcast_id,),
    )
    return [(str(district), int(done), int(all_)) for district, done, all_ in rows]


def owing(db: Connection, broadcast_id: int) -> list[tuple[int, bool]]:
    """Return the facilitators who have a group that has not been told, and whether they got the text to pass on."""
    rows = db.execute(
        """
        SELECT f.person_id, EXISTS (
            SELECT 1 FROM outbox o WHERE o.object = 'broadcast:' || :id AND o.kind = 'broadcast'
            AND o.person_id = f.person_id AND o.state IN ('sent', 'started', 'uncertain'))
        FROM forwards f WHERE f.broadcast_id = :id AND f.done_at IS NULL GROUP BY f.person_id ORDER BY 1
        """,
        {"id": broadcast_id},
    )
    return [(int(row[0]), bool(row[1])) for row in rows]


def people_with_groups(db: Connection, district_ids: tuple[int, ...]) -> list[int]:
    """Return the facilitators who have groups, in these kecamatan or, where none is named, in all."""
    marks = ", ".join("?" * len(district_ids))
    where = f"AND v.district_id IN ({marks})" if district_ids else ""
    rows = db.execute(
        f"""
        SELECT DISTINCT g.person_id FROM groups g JOIN villages v ON v.id = g.village_id
        JOIN persons p ON p.id = g.person_id AND p.state = 'active' WHERE g.state = 'active' {where} ORDER BY 1
        """,
        district_ids,
    )
    return [int(row[0]) for row in rows]
