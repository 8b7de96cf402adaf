"""Planned meetings: what a group has ahead of it, and what can be changed before it is held."""

from storage.database import Connection


def planned_times(db: Connection, group_id: int, day: str) -> list[str]:
    """Return when (UTC text) the group has planned meetings on a local day."""
    rows = db.execute(
        "SELECT starts_at FROM meetings WHERE group_id = ? AND day = ? AND state = 'planned' ORDER BY starts_at",
        (group_id, day),
    )
    return [str(row[0]) for row in rows]


def planned_lessons(db: Connection, group_id: int, before: str = "9999") -> set[int]:
    """Return the lessons that the group is planned to have, before a moment (UTC text) if so said."""
    rows = db.execute(
        "SELECT lesson_id FROM meetings "
        "WHERE group_id = ? AND state = 'planned' AND starts_at < ? AND lesson_id IS NOT NULL",
        (group_id, before),
    )
    return {int(row[0]) for row in rows}


def replan_material(db: Connection, meeting_id: int, lesson_id: int | None, topic: str, *, chosen: bool) -> None:
    """Plan other material, to stay where it was `chosen`; a meeting that is planned no more stays as it is."""
    db.execute(
        """
        UPDATE meetings SET lesson_id = :lesson, topic = :topic, chosen = :chosen
        WHERE id = :id AND state = 'planned'
        """,
        {"lesson": lesson_id, "topic": topic, "chosen": int(chosen), "id": meeting_id},
    )


def replan_place(db: Connection, meeting_id: int, place: str) -> None:
    """Plan another place; a meeting that is planned no more stays as it is."""
    db.execute("UPDATE meetings SET place = ? WHERE id = ? AND state = 'planned'", (place, meeting_id))


def plan_meeting(
    db: Connection,
    *,
    ref: str,
    group_id: int,
    person_id: int,
    lesson_id: int | None,
    topic: str,
    day: str,
    starts_at: str,
    ends_at: str,
    zone: str,
    place: str,
    now: str,
    chosen: bool = False,
) -> int:
    """Plan a meeting and return its id; what was `chosen` for it stays, else `plan_lessons.follow` keeps it in order.

    Raises sqlite3.IntegrityError where the group has one at that moment.
    """
    row = db.execute(
        """
        INSERT INTO meetings (ref, group_id, person_id, lesson_id, topic, day, starts_at, ends_at, zone, place, state,
                              made_at, chosen)
        VALUES (:ref, :group, :person, :lesson, :topic, :day, :starts_at, :ends_at, :zone, :place, 'planned', :now,
                :chosen)
        RETURNING id
        """,
        {
            "ref": ref,
            "group": group_id,
            "person": person_id,
            "lesson": lesson_id,
            "topic": topic,
            "day": day,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "zone": zone,
            "place": place,
            "now": now,
            "chosen": int(chosen),
        },
    ).fetchone()
    return int(row[0])


def move_meeting(db: Connection, id: int, day: str, starts_at: str, ends_at: str, zone: str, now: str) -> bool:
    """Set another start for a planned meeting; False if it is planned no more."""
    return (
        db.execute(
            """
            UPDATE meetings SET day = :day, starts_at = :starts_at, ends_at = :ends_at, zone = :zone, moved_at = :now
            WHERE id = :id AND state = 'planned'
            """,
            {"id": id, "day": day, "starts_at": starts_at, "ends_at": ends_at, "zone": zone, "now": now},
        ).rowcount
        == 1
    )


def cancel_meeting(db: Connection, id: int) -> bool:  # the word the tables use
    """Cancel a planned meeting; False if it is planned no more."""
    return db.execute("UPDATE meetings SET state = 'cancelled' WHERE id = ? AND state = 'planned'", (id,)).rowcount == 1


def cancel_meetings_of_group(db: Connection, group_id: int) -> list[int]:
    """Cancel what is planned for the group; return the ids."""
    rows = db.execute(
        "UPDATE meetings SET state = 'cancelled' WHERE group_id = ? AND state = 'planned' RETURNING id", (group_id,)
    )
    return sorted(int(row[0]) for row in rows.fetchall())
