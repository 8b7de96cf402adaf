"""Meetings (P2K2): planned, moved, cancelled, held; who was absent by number, and the photos that prove it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from storage.database import Connection

Reason = Literal["sick", "excused", "absent"]
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of a group; `day` is local in `zone`, `starts_at` and `ends_at` UTC text.

    `lesson_id` is None for other material, titled in `topic`. `members` is the group's size on that day, or now while
    the meeting is planned; `absences` are member numbers, and `photos` their count: both empty until it is held.
    """

    id: int
    person_id: int
    group_id: int
    group: str
    village: str
    members: int
    lesson_id: int | None
    module: str
    module_rank: int
    number: int
    title: str
    topic: str
    day: str
    starts_at: str
    ends_at: str
    zone: str
    place: str
    state: str
    obstacles: str
    follow_up: str
    photos: int
    absences: Mapping[int, Reason]

    @property
    def present(self) -> int:
        """How many members were there."""
        return self.members - len(self.absences)


_MEETING = """
    SELECT t.id, t.person_id, t.group_id, g.name, v.name, coalesce(t.members, g.members), t.lesson_id,
           coalesce(m.name, ''), coalesce(m.rank, 0), coalesce(l.number, 0), coalesce(l.title, ''), t.topic, t.day,
           t.starts_at, t.ends_at, t.zone, t.place, t.state, t.obstacles, t.follow_up,
           (SELECT count(*) FROM evidence e WHERE e.meeting_id = t.id)
    FROM meetings t JOIN groups g ON g.id = t.group_id JOIN villages v ON v.id = g.village_id
    LEFT JOIN lessons l ON l.id = t.lesson_id LEFT JOIN modules m ON m.id = l.module_id
"""


def meeting(db: Connection, id: int) -> Meeting | None:  # the word the tables use
    """Return the meeting with this id."""
    row = db.execute(_MEETING + "WHERE t.id = ?", (id,)).fetchone()
    return _meeting(db, row) if row else None


def planned_of(db: Connection, person_id: int, since: str, until: str) -> list[Meeting]:
    """Return the facilitator's planned meetings that start from `since` and before `until` (UTC text), in order."""
    rows = db.execute(
        _MEETING + "WHERE t.person_id = ? AND t.state = 'planned' AND t.starts_at >= ? AND t.starts_at < ? "
        "ORDER BY t.starts_at, t.id",
        (person_id, since, until),
    )
    return [_meeting(db, row) for row in rows.fetchall()]


def planned_on(db: Connection, group_id: int, day: str, lesson_id: int | None, topic: str) -> Meeting | None:
    """Return the group's planned meeting on that local day; of several the one of this lesson, else the first."""
    row = db.execute(
        _MEETING + "WHERE t.group_id = :group AND t.state = 'planned' AND t.day = :day "
        "ORDER BY (t.lesson_id IS :lesson AND t.topic = :topic) DESC, t.starts_at LIMIT 1",
        {"group": group_id, "day": day, "lesson": lesson_id, "topic": topic},
    ).fetchone()
    return _meeting(db, row) if row else None


def planned_at(db: Connection, group_id: int, starts_at: str) -> int | None:
    """Return the id of the group's planned meeting that starts then."""
    row = db.execute(
        "SELECT id FROM meetings WHERE group_id = ? AND state = 'planned' AND starts_at = ?", (group_id, starts_at)
    ).fetchone()
    return int(row[0]) if row else None


def held_on(db: Connection, group_id: int, day: str, lesson_id: int | None, topic: str) -> Meeting | None:
    """Return the meeting in which the group had this lesson, or other material of this title, on that local day."""
    row = db.execute(
        _MEETING + "WHERE t.group_id = :group AND t.day = :day AND t.state = 'held' "
        "AND t.lesson_id IS :lesson AND (:lesson IS NOT NULL OR t.topic = :topic)",
        {"group": group_id, "day": day, "lesson": lesson_id, "topic": topic},
    ).fetchone()
    return _meeting(db, row) if row else None


def held_in(db: Connection, person_id: int, month: str) -> list[Meeting]:
    """Return what the facilitator held in a month ('2023-11'), in order."""
    rows = db.execute(
        _MEETING + "WHERE t.person_id = ? AND t.state = 'held' AND substr(t.day, 1, 7) = ? "
        "ORDER BY t.starts_at, g.name, t.id",
        (person_id, month),
    )
    return [_meeting(db, row) for row in rows.fetchall()]


def months_of(db: Connection, person_id: int) -> list[str]:
    """Return the months ('2023-11') in which the facilitator held meetings, the latest first."""
    rows = db.execute(
        "SELECT DISTINCT substr(day, 1, 7) FROM meetings WHERE person_id = ? AND state = 'held' ORDER BY 1 DESC",
        (person_id,),
    )
    return [str(row[0]) for row in rows]


def count_lessons_held(db: Connection, group_id: int) -> tuple[int, int]:
    """Return how many of the lessons in use the group has had, and how many there are."""
    row = db.execute(
        """
        SELECT count(*) FILTER (WHERE l.id IN (SELECT lesson_id FROM meetings
                                               WHERE group_id = ? AND state = 'held' AND lesson_id IS NOT NULL)),
               count(*)
        FROM lessons l JOIN modules m ON m.id = l.module_id WHERE l.active = 1 AND m.active = 1
        """,
        (group_id,),
    ).fetchone()
    return int(row[0]), int(row[1])


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
) -> int:
    """Plan a meeting and return its id. Raises sqlite3.IntegrityError where the group has one at that moment."""
    row = db.execute(
        """
        INSERT INTO meetings (ref, group_id, person_id, lesson_id, topic, day, starts_at, ends_at, zone, place, state,
                              made_at)
        VALUES (:ref, :group, :person, :lesson, :topic, :day, :starts_at, :ends_at, :zone, :place, 'planned', :now)
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


def hold_meeting(
    db: Connection,
    *,
    ref: str,
    planned: int | None,
    group_id: int,
    person_id: int,
    lesson_id: int | None,
    topic: str,
    day: str,
    starts_at: str,
    ends_at: str,
    zone: str,
    members: int,
    obstacles: str,
    follow_up: str,
    absences: Mapping[int, Reason],
    photos: Iterable[str],
    now: str,
) -> int:
    """Record a meeting that took place, on the row `planned` if it had been planned; return its id.

    `photos` are digests. Raises sqlite3.IntegrityError where the group has had that lesson on that day.
    """
    values: dict[str, Any] = {
        "ref": ref,
        "planned": planned,
        "group": group_id,
        "person": person_id,
        "lesson": lesson_id,
        "topic": topic,
        "day": day,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "zone": zone,
        "members": members,
        **{reason: list(absences.values()).count(reason) for reason in REASONS},
        "obstacles": obstacles,
        "follow_up": follow_up,
        "now": now,
    }
    if planned is None:
        statement = """
            INSERT INTO meetings (ref, group_id, person_id, lesson_id, topic, day, starts_at, ends_at, zone, state,
                                  members, sick, excused, absent, obstacles, follow_up, made_at, logged_at, logged_by,
                                  sent_at)
            VALUES (:ref, :group, :person, :lesson, :topic, :day, :starts_at, :ends_at, :zone, 'held', :members, :sick,
                    :excused, :absent, :obstacles, :follow_up, :now, :now, :person, :now)
            RETURNING id
        """
    else:
        statement = """
            UPDATE meetings SET ref = :ref, lesson_id = :lesson, topic = :topic, day = :day, starts_at = :starts_at,
                ends_at = :ends_at, zone = :zone, state = 'held', members = :members, sick = :sick, excused = :excused,
                absent = :absent, obstacles = :obstacles, follow_up = :follow_up, logged_at = :now,
                logged_by = :person, sent_at = :now
            WHERE id = :planned AND group_id = :group AND state = 'planned' RETURNING id
        """
    id = int(db.execute(statement, values).fetchone()[0])  # noqa: A001  # the word the tables use
    db.executemany("INSERT INTO absences VALUES (?, ?, ?)", [(id, *absence) for absence in sorted(absences.items())])
    add_photos(db, id, photos)
    return id


def add_photos(db: Connection, meeting_id: int, digests: Iterable[str]) -> None:
    """Put photos with a meeting's evidence, after those that are there; each once."""
    for digest in digests:
        db.execute(
            """
            INSERT INTO evidence SELECT :meeting, :digest, coalesce(max(rank), 0) + 1 FROM evidence
            WHERE meeting_id = :meeting ON CONFLICT DO NOTHING
            """,
            {"meeting": meeting_id, "digest": digest},
        )


def _meeting(db: Connection, row: tuple[Any, ...]) -> Meeting:
    absences = db.execute("SELECT member, reason FROM absences WHERE meeting_id = ? ORDER BY member", (row[0],))
    return Meeting(*(*row, dict(absences.fetchall())))
