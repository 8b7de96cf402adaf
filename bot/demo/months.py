"""The demo's P2K2: every facilitator's groups, what they did from April to November 2023, and what is planned.

Seven months of a whole kabupaten are some three thousand records, so they are made in bulk and not told to the bot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random
from typing import Any

from bot.clock import utc_text
from bot.dates import to_utc
from bot.demo.people import DemoPerson
from storage import lessons, places, plans
from storage.database import Connection

ZONE = "Asia/Jakarta"
MONTHS = (4, 5, 6, 7, 8, 9, 10, 11)
UNTIL = date(2023, 11, 11)  # of November only these days have been
SINCE = "2023-04-03T02:00:00.000+00:00"  # when the groups were added
NAMES = ("Melati", "Mawar", "Anggrek", "Kenanga")
BEGUN = (12, 0, 9, 4)  # where in the core the shown groups began: seven lessons later Melati has had 2.1
WHY_NOT = ("Banjir, jalan ke desa terputus.", "Bersamaan dengan penyaluran bantuan di kantor desa.")
REASONS = ("sick", "excused", "absent")
FOLLOW_UPS = ("Anggota membawa catatan belanja.", "Anggota memeriksa buku KIA di posyandu.", "")
NEXT = (
    (0, date(2023, 11, 15), time(14, 0)),
    (1, date(2023, 11, 16), time(10, 0)),
    (3, date(2023, 11, 11), time(10, 0)),  # over when the demo opens, and nobody has said how it was
)
"""What a shown facilitator has planned: which group, when."""


@dataclass(frozen=True, slots=True)
class _Group:
    id: int
    person_id: int
    village_id: int
    name: str
    members: int
    begins: int
    care: float  # how many of the months it meets, as a share


def fill_months(db: Connection, those: Sequence[tuple[int, DemoPerson]], shown: Sequence[int]) -> None:
    """Give facilitators, with their ids, groups and a past; the `shown` ones have plans too, the first a full past."""
    groups = list(_groups(db, those, shown))
    db.executemany(
        """
        INSERT INTO groups (id, ref, person_id, village_id, name, members, numbers, place, usual_week, usual_weekday,
                            usual_time, made_at)
        VALUES (?1, 'demo-' || ?1, ?2, ?3, ?4, ?5, ?5, 'Balai desa', ?6, ?7, '14:00', ?8)
        """,
        [(g.id, g.person_id, g.village_id, g.name, g.members, 2 + g.id % 2, g.id % 5, SINCE) for g in groups],
    )
    core = [one.id for module in lessons.modules(db) if module.core for one in lessons.lessons(db, module.id)]
    meetings, absences = _past(groups, core, shown[0])
    db.executemany(
        """
        INSERT INTO meetings (id, ref, group_id, person_id, lesson_id, day, starts_at, ends_at, zone, place, state,
                              why_not, members, sick, excused, absent, follow_up, made_at, logged_at, logged_by,
                              sent_at)
        VALUES (:id, 'demo-past-' || :id, :group, :person, :lesson, :day, :starts, :ends, :zone, 'Balai desa', :state,
                :why, :members, :sick, :excused, :absent, :follow_up, :ends, :ends, :person, :ends)
        """,
        meetings,
    )
    db.executemany("INSERT INTO absences VALUES (?, ?, ?)", absences)
    for person_id in shown:
        own = [group for group in groups if group.person_id == person_id]
        for place, day, at in NEXT[: len(own) - 1]:
            _plan(db, own[place], day, at)


def _groups(db: Connection, those: Sequence[tuple[int, DemoPerson]], shown: Sequence[int]) -> Iterator[_Group]:
    villages = {(at.name, one.name): one.id for at, found in places.all_places(db).items() for one in found}
    random = Random(2023)
    number = 0
    for person_id, one in those:
        care = min(1.0, 0.62 + 0.42 * Random(one.district).random() + random.uniform(-0.1, 0.1))
        village = villages[one.district, one.village]
        for place, name in enumerate(NAMES[: 4 if person_id == shown[0] else 3]):
            number += 1
            members = (18, 22, 16, 20)[place] if person_id in shown else random.randint(12, 28)
            begins = BEGUN[place] if person_id in shown else random.randrange(14)
            yield _Group(number, person_id, village, name, members, begins, care)


def _past(
    groups: Sequence[_Group], core: Sequence[int], full: int
) -> tuple[list[dict[str, Any]], list[tuple[int, int, str]]]:
    """Return the rows of what was held or not held, and who was absent: (meeting, number, reason)."""
    random = Random(1107)
    meetings: list[dict[str, Any]] = []
    absences: list[tuple[int, int, str]] = []
    for group in groups:
        whole = group.person_id == full and group.name != NAMES[3]
        held = 0
        for day in _days(group):
            if not whole and random.random() > group.care:
                continue
            took_place = whole or random.random() > 0.04
            missing = random.sample(range(1, group.members + 1), random.choice((0, 1, 1, 2, 2, 3)) if took_place else 0)
            if whole and group.name == NAMES[2] and day.month > 8:
                missing = [5]  # one who stays away, for the recap to name
            why = [random.choice(REASONS) for _ in missing]
            lesson = core[(group.begins + held) % len(core)]
            meetings.append(
                _row(len(meetings) + 1, group, day, lesson, why, "" if took_place else random.choice(WHY_NOT))
            )
            absences += [(len(meetings), *one) for one in zip(missing, why, strict=True)]
            held += took_place
    return meetings, absences


def _days(group: _Group) -> Iterator[date]:
    for month in MONTHS:
        day = date(2023, month, 3 + (group.id * 2 + month) % 23)
        day -= timedelta(days=day.weekday() // 6)  # not on a Sunday
        if day <= UNTIL:
            yield day


def _row(number: int, group: _Group, day: date, lesson: int, why: Sequence[str], why_not: str) -> dict[str, Any]:
    return {
        "id": number,
        "group": group.id,
        "person": group.person_id,
        "lesson": lesson,
        "day": day.isoformat(),
        "starts": f"{day}T07:00:00.000+00:00",  # 14.00 in Langkat
        "ends": f"{day}T09:00:00.000+00:00",
        "zone": ZONE,
        "state": "not_held" if why_not else "held",
        "why": why_not,
        "members": None if why_not else group.members,
        **{reason: why.count(reason) for reason in REASONS},
        "follow_up": "" if why_not else FOLLOW_UPS[number % len(FOLLOW_UPS)],
    }


def _plan(db: Connection, group: _Group, day: date, at: time) -> None:
    lesson = lessons.next_lesson(db, group.id)
    starts = to_utc(day, at, ZONE)
    plans.plan_meeting(
        db,
        ref=f"demo-planned-{group.id}",
        group_id=group.id,
        person_id=group.person_id,
        lesson_id=lesson.id if lesson else None,
        topic="",
        day=day.isoformat(),
        starts_at=utc_text(starts),
        ends_at=utc_text(starts + timedelta(hours=2)),
        zone=ZONE,
        place="Balai desa",
        now="2023-11-02T02:00:00.000+00:00",
    )
