"""Planned meetings: what a group has ahead of it, and what can be changed before it is held."""

from storage.database import Connection


def planned_times(db: Connection, group_id: int, day: str) -> list[str]:
    """Return when (UTC text) the group has planned meetings on a local day."""
    rows = db.execute(
        "SELECT starts_at FROM meetings WHERE group_id = ? AND day = ? AND state = 'planned' ORDER BY starts_at",
        (group_id, day),
    )
    return [str(row[0]) for row in rows]


def planned_lessons(db: Connection, group_id: int) -> set[int]:
    """Return the lessons that the group is planned to have."""
    rows = db.execute(
        "SELECT lesson_id FROM meetings WHERE group_id = ? AND state = 'planned' AND lesson_id IS NOT NULL",
        (group_id,),
    )
    return {int(row[0]) for row in rows}


def replan_material(db: Connection, meeting_id: int, lesson_id: int | None, topic: str) -> None:
    """Plan other material; a meeting that is planned no more stays as it is."""
    db.execute(
        "UPDATE meetings SET lesson_id = :lesson, topic = :topic WHERE id = :id AND state = 'planned'",
        {"lesson": lesson_id, "topic": topic, "id": meeting_id},
    )


def replan_place(db: Connection, meeting_id: int, place: str) -> None:
    """Plan another place; a meeting that is planned no more stays as it is."""
    db.execute("UPDATE meetings SET place = ? WHERE id = ? AND state = 'planned'", (place, meeting_id))
