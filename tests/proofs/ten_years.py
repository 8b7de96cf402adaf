"""Ten years of P2K2 of a kabupaten: 151 facilitators, twelve groups each, 181,000 meetings."""

import json
import sqlite3
from datetime import date, timedelta
from pathlib import Path

from storage import lessons, people, places
from storage.database import SCHEMA, Connection, migrate
from tests.worlds import PLACES

FACILITATORS, GROUPS, MEETINGS = 151, 12, 181_000
FIRST, LAST = date(2014, 1, 1), date(2023, 11, 20)
_MADE = "2014-01-01T03:00:00.000+00:00"


def build_ten_years(path: Path) -> list[int]:
    """Fill a new database and return the facilitators' ids; the same rows each time."""
    db = sqlite3.connect(path, isolation_level=None)
    migrate(db)
    db.execute("BEGIN")
    places.load_places(db, PLACES)
    lessons.load_lessons(db, json.loads((SCHEMA.parent / "seed" / "lessons.json").read_text()))
    villages = [row[0] for row in db.execute("SELECT id FROM villages ORDER BY id")]
    lesson_ids = [row[0] for row in db.execute("SELECT id FROM lessons ORDER BY id")]
    ids = [
        people.add_person(
            db, name=f"Pendamping {n}", phone=None, role="facilitator", district_id=1, village_id=None, now=_MADE
        )
        for n in range(FACILITATORS)
    ]
    group_ids = [
        (
            db.execute(
                "INSERT INTO groups (ref, person_id, village_id, name, members, numbers, made_at) "
                "VALUES (?, ?, ?, ?, 18, 18, ?) RETURNING id",
                (f"{person}-{n}", person, villages[n % len(villages)], f"Kelompok {person}-{n}", _MADE),
            ).fetchone()[0],
            person,
        )
        for person in ids
        for n in range(GROUPS)
    ]
    _hold(db, group_ids, lesson_ids)
    db.execute("COMMIT")
    db.execute("ANALYZE")
    db.close()
    return ids


def _hold(db: Connection, groups: list[tuple[int, int]], lesson_ids: list[int]) -> None:
    each, rest = divmod(MEETINGS, len(groups))
    step = ((LAST - FIRST).days - 5) / (each - 1 + bool(rest))
    meetings, absences = [], []
    for place, (group_id, person) in enumerate(groups):
        for number in range(each + (place < rest)):
            meeting_id = len(meetings) + 1
            day = (FIRST + timedelta(days=round(number * step) + place % 5)).isoformat()
            lesson = lesson_ids[number % len(lesson_ids)]
            starts, ends = f"{day}T07:00:00.000+00:00", f"{day}T09:00:00.000+00:00"
            meetings.append((meeting_id, group_id, person, lesson, day, starts, ends, person, ends, ends, ends))
            absences += [
                (meeting_id, member, "absent") for member in (3, 1 + (number * 7) % 18) if member != 3 or number % 9
            ]
    db.executemany(
        "INSERT INTO meetings (id, ref, group_id, person_id, lesson_id, day, starts_at, ends_at, zone, state, members, "
        "absent, place, logged_by, logged_at, sent_at, made_at) VALUES "
        "(?1, 'y' || ?1, ?2, ?3, ?4, ?5, ?6, ?7, 'Asia/Jakarta', 'held', 18, 2, 'Rumah Ketua Kelompok', "
        "?8, ?9, ?10, ?11)",
        meetings,
    )
    db.executemany("INSERT OR IGNORE INTO absences VALUES (?, ?, ?)", absences)
