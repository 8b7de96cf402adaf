"""The roster as the office sends it: what a file would change among the people, and changing it."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from storage.database import Connection
from storage.people import add_person


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One good row of the file; `row` is its number as Excel shows it, `phone` is E.164.

    `district` is its name, '' for the office's own people, who work for the whole kabupaten.
    """

    row: int
    name: str
    phone: str
    role: str
    district_id: int | None
    district: str
    village_id: int | None = None


class Change(NamedTuple):
    """What differs for one person: any of "name", "role", "district", "village", "state"."""

    person_id: int
    what: list[str]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a file brings.

    `same` and `missing` are ids of persons; missing are the active people whose role occurs in the file, but not they.
    """

    new: list[RosterRow]
    changed: list[Change]
    same: list[int]
    missing: list[int]


def compare(db: Connection, rows: Sequence[RosterRow]) -> Changes:
    """Say what the rows would change; people are known by their phone, which must be unique among the rows."""
    on_roster = {row["phone"]: row for row in db.execute("SELECT * FROM persons WHERE phone IS NOT NULL")}
    changes = Changes([], [], [], [])
    for row in rows:
        person = on_roster.get(row.phone)
        if person is None:
            changes.new.append(row)
        elif what := _differences(person, row):
            changes.changed.append(Change(person["id"], what))
        else:
            changes.same.append(person["id"])
    phones, roles = {row.phone for row in rows}, {row.role for row in rows}
    active = db.execute("SELECT id, phone, role FROM persons WHERE state = 'active' ORDER BY name, id")
    changes.missing.extend(
        person["id"] for person in active if person["role"] in roles and person["phone"] not in phones
    )
    return changes


def apply(db: Connection, rows: Sequence[RosterRow], now: str) -> Changes:
    """Put the new people on the roster and bring the known ones up to date; return what was changed.

    Nobody loses the phone or is deactivated; whoever was inactive and stands in the file is active again.
    """
    changes = compare(db, rows)
    for row in changes.new:
        add_person(
            db,
            name=row.name,
            phone=row.phone,
            role=row.role,
            district_id=row.district_id,
            village_id=row.village_id,
            now=now,
        )
    known = {change.person_id for change in changes.changed}
    for row in rows:
        person = db.execute("SELECT * FROM persons WHERE phone = ?", (row.phone,)).fetchone()
        if person["id"] in known:
            db.execute(
                """
                UPDATE persons SET name = :name, role = :role, district_id = :district, village_id = :village,
                                   state = 'active' WHERE id = :id
                """,
                {
                    "id": person["id"],
                    "name": row.name,
                    "role": row.role,
                    "district": row.district_id,
                    "village": _village(person, row),
                },
            )
    return changes


def _differences(person: sqlite3.Row, row: RosterRow) -> list[str]:
    compared = {
        "name": (person["name"], row.name),
        "role": (person["role"], row.role),
        "district": (person["district_id"], row.district_id),
        "village": (person["village_id"], _village(person, row)),
        "state": (person["state"], "active"),
    }
    return [field for field, (before, after) in compared.items() if before != after]


def _village(person: sqlite3.Row, row: RosterRow) -> int | None:
    """Return where the person belongs after the row: an empty cell keeps the village, unless the district changes."""
    if row.village_id is None and person["district_id"] == row.district_id:
        kept: int | None = person["village_id"]
        return kept
    return row.village_id
