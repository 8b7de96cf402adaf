"""Recording a meeting: that it was held or not held, who was absent, photos, and from when it counts as handed in."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from storage.database import Connection
from storage.meetings import REASONS, Reason


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which meeting a record is about, and who recorded it when.

    `planned` is the row of its plan, which the record takes over; `day` is local in `zone`, the moments are UTC text.
    `sent_at` is from when the record counts; None: it waits for its owner's yes.
    """

    ref: str
    planned: int | None
    group_id: int
    person_id: int
    lesson_id: int | None
    topic: str
    day: str
    starts_at: str
    ends_at: str
    zone: str
    place: str
    logged_at: str
    logged_by: int
    sent_at: str | None


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many members a group had, who of them was absent, and how many of each reason where that was told alone."""

    members: int
    absences: Mapping[int, Reason]
    counts: Mapping[Reason, int]


def hold_meeting(
    db: Connection,
    occasion: Occasion,
    attendance: Attendance,
    *,
    obstacles: str = "",
    follow_up: str = "",
    photos: Iterable[str] = (),
    joint: str | None = None,
    point: tuple[float, float] | None = None,
) -> int:
    """Record a meeting that took place and return its id; `photos` are digests.

    Raises sqlite3.IntegrityError where the group has had that lesson on that day.
    """
    values: dict[str, Any] = {
        **asdict(occasion),
        "members": attendance.members,
        **{reason: attendance.counts.get(reason, 0) for reason in REASONS},
        "obstacles": obstacles,
        "follow_up": follow_up,
        "latitude": point[0] if point else None,
        "longitude": point[1] if point else None,
        "joint": joint,
    }
    if occasion.planned is None:
        statement = """
            INSERT INTO meetings (ref, group_id, person_id, lesson_id, topic, day, starts_at, ends_at, zone, place,
                                  state, members, sick, excused, absent, obstacles, follow_up, latitude, longitude,
                                  joint, made_at, logged_at, logged_by, sent_at)
            VALUES (:ref, :group_id, :person_id, :lesson_id, :topic, :day, :starts_at, :ends_at, :zone, :place, 'held',
                    :members, :sick, :excused, :absent, :obstacles, :follow_up, :latitude, :longitude, :joint,
                    :logged_at, :logged_at, :logged_by, :sent_at)
            RETURNING id
        """
    else:
        statement = """
            UPDATE meetings SET ref = :ref, lesson_id = :lesson_id, topic = :topic, day = :day, starts_at = :starts_at,
                ends_at = :ends_at, zone = :zone, place = :place, state = 'held', members = :members, sick = :sick,
                excused = :excused, absent = :absent, obstacles = :obstacles, follow_up = :follow_up,
                latitude = :latitude, longitude = :longitude, joint = :joint, logged_at = :logged_at,
                logged_by = :logged_by, sent_at = :sent_at
            WHERE id = :planned AND group_id = :group_id AND state = 'planned' RETURNING id
        """
    id = int(db.execute(statement, values).fetchone()[0])  # noqa: A001  # the word the tables use
    set_absences(db, id, attendance.absences)
    add_photos(db, id, photos)
    return id


def record_not_held(db: Connection, occasion: Occasion, why_not: str) -> int:
    """Record that a meeting did not take place, and why; return its id.

    Raises sqlite3.IntegrityError where that is known of the group and day.
    """
    values = asdict(occasion) | {"why_not": why_not}
    if occasion.planned is None:
        statement = """
            INSERT INTO meetings (ref, group_id, person_id, lesson_id, topic, day, starts_at, ends_at, zone, place,
                                  state, why_not, made_at, logged_at, logged_by, sent_at)
            VALUES (:ref, :group_id, :person_id, :lesson_id, :topic, :day, :starts_at, :ends_at, :zone, :place,
                    'not_held', :why_not, :logged_at, :logged_at, :logged_by, :sent_at)
            RETURNING id
        """
    else:
        statement = """
            UPDATE meetings SET ref = :ref, state = 'not_held', why_not = :why_not, logged_at = :logged_at,
                logged_by = :logged_by, sent_at = :sent_at
            WHERE id = :planned AND group_id = :group_id AND state = 'planned' RETURNING id
        """
    return int(db.execute(statement, values).fetchone()[0])


def hand_in(db: Connection, meeting_id: int, now: str) -> bool:
    """Let a draft count from now on; False if it is none."""
    return (
        db.execute(
            "UPDATE meetings SET sent_at = :now WHERE id = :id AND sent_at > :now", {"id": meeting_id, "now": now}
        ).rowcount
        == 1
    )


def set_absences(db: Connection, meeting_id: int, absences: Mapping[int, Reason]) -> None:
    """Keep which member numbers were absent, in place of what was kept before."""
    db.execute("DELETE FROM absences WHERE meeting_id = ?", (meeting_id,))
    db.executemany(
        "INSERT INTO absences VALUES (?, ?, ?)", [(meeting_id, *absence) for absence in sorted(absences.items())]
    )


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
