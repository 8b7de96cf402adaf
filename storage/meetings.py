"""Meetings (P2K2) as they are read: planned, held or not held; who was absent, and where the record stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from storage.database import Connection

Reason = Literal["sick", "excused", "absent"]
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of a group; `day` is local in `zone`, `starts_at` and `ends_at` UTC text.

    `lesson_id` is None for other material, titled in `topic`. `members` is the group's size on that day, or now while
    the meeting is planned. `sick`, `excused` and `absent` count who was not there; `absences` says which member
    numbers, where that was told. `photos` is their count. `owner` is whose meeting it is, `logger` who recorded it.
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
    why_not: str
    sick: int
    excused: int
    absent: int
    joint: str | None
    latitude: float | None
    longitude: float | None
    logged_at: str | None
    logged_by: int | None
    confirmed_at: str | None
    sent_at: str | None
    returned_at: str | None
    verified_at: str | None
    owner: str
    logger: str
    verifier: str
    photos: int
    absences: Mapping[int, Reason]

    @property
    def present(self) -> int:
        """How many members were there."""
        return self.members - self.sick - self.excused - self.absent


_MEETING = """
    SELECT t.id, t.person_id, t.group_id, g.name, v.name, coalesce(t.members, g.members), t.lesson_id,
           coalesce(m.name, ''), coalesce(m.rank, 0), coalesce(l.number, 0), coalesce(l.title, ''), t.topic, t.day,
           t.starts_at, t.ends_at, t.zone, t.place, t.state, t.obstacles, t.follow_up, t.why_not, t.sick, t.excused,
           t.absent, t.joint, t.latitude, t.longitude, t.logged_at, t.logged_by, t.confirmed_at, t.sent_at,
           t.returned_at, t.verified_at, o.name, coalesce(b.name, ''), coalesce(y.name, ''),
           (SELECT count(*) FROM evidence e WHERE e.meeting_id = t.id) + t.photos_erased
    FROM meetings t JOIN groups g ON g.id = t.group_id JOIN villages v ON v.id = g.village_id
    JOIN persons o ON o.id = t.person_id
    LEFT JOIN lessons l ON l.id = t.lesson_id LEFT JOIN modules m ON m.id = l.module_id
    LEFT JOIN persons b ON b.id = t.logged_by LEFT JOIN persons y ON y.id = t.verified_by
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


def not_held_on(db: Connection, group_id: int, day: str) -> Meeting | None:
    """Return the record that the group did not meet on that local day."""
    row = db.execute(
        _MEETING + "WHERE t.group_id = ? AND t.day = ? AND t.state = 'not_held'", (group_id, day)
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


def recorded_of(db: Connection, person_id: int, since: str) -> list[Meeting]:
    """Return the facilitator's records from a local day on, and older ones that wait for him or her; the latest first.

    Those that wait come first: sent back, or logged by a colleague and not confirmed.
    """
    rows = db.execute(
        _MEETING + "WHERE t.person_id = ? AND t.logged_at IS NOT NULL "
        "AND (t.day >= ? OR t.sent_at IS NULL OR t.returned_at IS NOT NULL) "
        "ORDER BY (t.sent_at IS NULL OR t.returned_at IS NOT NULL) DESC, t.starts_at DESC, t.id",
        (person_id, since),
    )
    return [_meeting(db, row) for row in rows.fetchall()]


def district_of(db: Connection, id: int) -> int | None:  # the word the tables use
    """Return the district of a meeting's village."""
    row = db.execute(
        "SELECT v.district_id FROM meetings t JOIN groups g ON g.id = t.group_id "
        "JOIN villages v ON v.id = g.village_id WHERE t.id = ?",
        (id,),
    ).fetchone()
    return int(row[0]) if row else None


def months_of(db: Connection, person_id: int) -> list[str]:
    """Return the months ('2023-11') in which the facilitator held meetings, the latest first."""
    rows = db.execute(
        "SELECT DISTINCT substr(day, 1, 7) FROM meetings WHERE person_id = ? AND state = 'held' ORDER BY 1 DESC",
        (person_id,),
    )
    return [str(row[0]) for row in rows]


def _meeting(db: Connection, row: tuple[Any, ...]) -> Meeting:
    absences = db.execute("SELECT member, reason FROM absences WHERE meeting_id = ? ORDER BY member", (row[0],))
    return Meeting(*(*row, dict(absences.fetchall())))
