"""A small store of one facilitator with groups and meetings, for looking at reports without a chat."""

import json
import sqlite3
from typing import Any

from storage import groups, lessons, people, places
from storage.database import SCHEMA, Connection
from storage.records import Record
from tests.worlds import PLACES, migrated

NOW = "2023-11-20T05:00:00.000+00:00"


def office() -> tuple[Connection, int]:
    """Return a fresh store, and its facilitator Siti."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.deserialize(migrated())
    places.load_places(db, PLACES)
    lessons.load_lessons(db, json.loads((SCHEMA.parent / "seed" / "lessons.json").read_text()))
    stabat = places.district_named(db, "Stabat")
    assert stabat is not None
    siti = people.add_person(
        db, name="Siti Aminah", phone=None, role="facilitator", district_id=stabat.id, village_id=None, now=NOW
    )
    return db, siti


def group(db: Connection, person_id: int, name: str, members: int = 18, village: str = "Kwala Bingai") -> int:
    """Add a group; it is as old as the year."""
    village_id = db.execute("SELECT id FROM villages WHERE name = ?", (village,)).fetchone()[0]
    return groups.add_group(
        db,
        ref=f"{name} {village}",
        person_id=person_id,
        village_id=village_id,
        name=name,
        members=members,
        now="2023-01-02T03:00:00.000+00:00",
    )


def meeting(db: Connection, person_id: int, group_id: int, day: str, **changed: Any) -> int:
    """Record a meeting that was held at 14.00 WIB, or what `changed` says; `absences` are kept by number."""
    absences = changed.pop("absences", {})
    values: dict[str, Any] = {
        "ref": f"{group_id} {day} {changed.get('lesson_id', 6)}",
        "group_id": group_id,
        "person_id": person_id,
        "lesson_id": 6,
        "topic": "",
        "day": day,
        "starts_at": f"{day}T07:00:00.000+00:00",
        "ends_at": f"{day}T09:00:00.000+00:00",
        "zone": "Asia/Jakarta",
        "place": "Rumah Ketua Kelompok",
        "state": "held",
        "members": 18,
        "sick": list(absences.values()).count("sick"),
        "excused": list(absences.values()).count("excused"),
        "absent": list(absences.values()).count("absent"),
        "made_at": NOW,
        "logged_at": NOW,
        "logged_by": person_id,
        "sent_at": NOW,
    } | changed
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    meeting_id = int(db.execute(f"INSERT INTO meetings ({names}) VALUES ({marks}) RETURNING id", values).fetchone()[0])
    db.executemany("INSERT INTO absences VALUES (?, ?, ?)", [(meeting_id, *one) for one in absences.items()])
    return meeting_id


def one_record(**changed: Any) -> Record:
    """Return a record as it is read, with some of it changed."""
    values: dict[str, Any] = {
        "id": 1,
        "state": "held",
        "person_id": 1,
        "person": "Siti Aminah",
        "title": "Pendamping Sosial PKH",
        "group_id": 1,
        "group": "Melati",
        "village": "Kwala Bingai",
        "district": "Stabat",
        "lesson_id": 6,
        "module": "Pengelolaan Keuangan dan Perencanaan Usaha",
        "module_rank": 2,
        "number": 2,
        "lesson": "Cermat Meminjam dan Menabung",
        "topic": "",
        "day": "2023-11-11",
        "starts_at": "2023-11-11T07:00:00.000+00:00",
        "ends_at": "2023-11-11T09:00:00.000+00:00",
        "zone": "Asia/Jakarta",
        "place": "Rumah Ketua Kelompok",
        "members": 18,
        "sick": 1,
        "excused": 1,
        "absent": 1,
        "why_not": "",
        "obstacles": "",
        "follow_up": "",
        "sent_at": NOW,
        "returned_at": None,
        "absences": {3: "sick", 7: "excused", 12: "absent"},
        "photos": (),
    }
    return Record(**(values | changed))
