"""What is recorded of meetings, whole: everything a report, a recap and a bundle of one facilitator is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.database import Connection
from storage.meetings import Reason


@dataclass(frozen=True, slots=True)
class Record:
    """One meeting that was held, or was not, with its reason in `why_not`.

    `day` is local in `zone`, the moments are UTC text. `absences` holds the member numbers that were told; `sick`,
    `excused` and `absent` count, with or without numbers. `photos` are digests, in order. `title` is the facilitator's
    role as people read it, `district` the village's kecamatan. `sent_at` None: it waits for its owner's yes.
    """

    id: int
    state: str
    person_id: int
    person: str
    title: str
    group_id: int
    group: str
    village: str
    district: str
    lesson_id: int | None
    module: str
    module_rank: int
    number: int
    lesson: str
    topic: str
    day: str
    starts_at: str
    ends_at: str
    zone: str
    place: str
    members: int
    sick: int
    excused: int
    absent: int
    why_not: str
    obstacles: str
    follow_up: str
    sent_at: str | None
    returned_at: str | None
    absences: Mapping[int, Reason]
    photos: tuple[str, ...]

    @property
    def held(self) -> bool:
        """Whether it took place."""
        return self.state == "held"

    @property
    def present(self) -> int:
        """How many members were there."""
        return self.members - self.sick - self.excused - self.absent if self.held else 0


_RECORD = """
    SELECT t.id, t.state, t.person_id, p.name, r.title, t.group_id, g.name, v.name, d.name, t.lesson_id,
           coalesce(m.name, ''), coalesce(m.rank, 0), coalesce(l.number, 0), coalesce(l.title, ''), t.topic, t.day,
           t.starts_at, t.ends_at, t.zone, t.place, coalesce(t.members, g.members), t.sick, t.excused, t.absent,
           t.why_not, t.obstacles, t.follow_up, t.sent_at, t.returned_at
    FROM meetings t JOIN groups g ON g.id = t.group_id JOIN villages v ON v.id = g.village_id
    JOIN districts d ON d.id = v.district_id JOIN persons p ON p.id = t.person_id JOIN roles r USING (role)
    LEFT JOIN lessons l ON l.id = t.lesson_id LEFT JOIN modules m ON m.id = l.module_id
"""


def record(db: Connection, meeting_id: int) -> Record | None:
    """Return a meeting that was held or was not; None while it is only planned, or cancelled."""
    row = db.execute(_RECORD + "WHERE t.id = ? AND t.state IN ('held', 'not_held')", (meeting_id,)).fetchone()
    return _record(db, row) if row else None


def records_between(db: Connection, person_id: int, first: str, last: str) -> list[Record]:
    """Return what the facilitator recorded of two local days (ISO, both included) and between, in order.

    What a colleague logged counts once its owner has confirmed it.
    """
    rows = db.execute(
        _RECORD + "WHERE t.person_id = ? AND t.day BETWEEN ? AND ? AND t.state IN ('held', 'not_held') "
        "AND t.sent_at IS NOT NULL ORDER BY t.day, t.starts_at, g.name, t.id",
        (person_id, first, last),
    )
    return [_record(db, row) for row in rows.fetchall()]


def has_records(db: Connection, person_id: int, first: str, last: str) -> bool:
    """Say whether `records_between` would find any."""
    return bool(
        db.execute(
            "SELECT EXISTS (SELECT 1 FROM meetings WHERE person_id = ? AND day BETWEEN ? AND ? "
            "AND state IN ('held', 'not_held') AND sent_at IS NOT NULL)",
            (person_id, first, last),
        ).fetchone()[0]
    )


def first_day(db: Connection, person_id: int) -> str | None:
    """Return the local day of the facilitator's first record."""
    row = db.execute(
        "SELECT day FROM meetings WHERE person_id = ? AND state IN ('held', 'not_held') ORDER BY day LIMIT 1",
        (person_id,),
    ).fetchone()
    return str(row[0]) if row else None


def _record(db: Connection, row: tuple[Any, ...]) -> Record:
    absences = db.execute("SELECT member, reason FROM absences WHERE meeting_id = ? ORDER BY member", (row[0],))
    photos = db.execute("SELECT digest FROM evidence WHERE meeting_id = ? ORDER BY rank, digest", (row[0],))
    return Record(*(*row, dict(absences.fetchall()), tuple(str(one[0]) for one in photos.fetchall())))
