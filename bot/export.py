"""Exporting the office's records as CSV files, one per table, without secrets and without live formulas."""

import csv
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.archive import DATABASE

# Left out: the inbox and outbox and open dialogs (working state), invites, the office's secret, codes, chat addresses.
TABLES: dict[str, str] = {
    "districts": "SELECT id, name FROM districts ORDER BY id",
    "villages": "SELECT id, district_id, name FROM villages ORDER BY id",
    "persons": "SELECT id, name, phone, role, district_id, village_id, state, made_at FROM persons ORDER BY id",
    "chats": "SELECT person_id, channel, reachable, linked_at, last_in_at FROM chats WHERE person_id IS NOT NULL "
    "ORDER BY person_id, channel, linked_at",
    "applications": "SELECT id, phone, words, state, asked_at, decided_at, decided_by FROM applications ORDER BY id",
    "events": "SELECT id, subject, place, first_day, last_day, starts, ends, zone, audience, capacity, shares_rooms, "
    "state, made_by, made_at FROM events ORDER BY id",
    "committee": "SELECT event_id, person_id FROM committee ORDER BY event_id, person_id",
    "invitations": "SELECT event_id, person_id, answer, cause, reason, answered_at, answered_by, delegate_id, "
    "instead_of FROM invitations ORDER BY event_id, person_id",
    "rooms": "SELECT event_id, room, person_id FROM rooms ORDER BY event_id, room, person_id",
    "slots": "SELECT id, event_id, day, session, opens_at, late_from, closes_at, waits FROM slots ORDER BY id",
    "check_ins": "SELECT slot_id, person_id, number, at, stored_at, level, state, by_person, reason, distance, left_at "
    "FROM check_ins ORDER BY slot_id, number",
    "check_in_rules": "SELECT event_id, codes, levels, needed, walk_ins, location, exits FROM check_in_rules "
    "ORDER BY event_id",
    "excuses": "SELECT slot_id, person_id, status, reason, by_person, noted_at FROM excuses "
    "ORDER BY slot_id, person_id",
    "tries": "SELECT id, person_id, at, reason, slot_id FROM tries ORDER BY id",
    "statuses": "SELECT status, title, counts FROM statuses ORDER BY rank",
    "sheets": "SELECT checksum, event_id, kind, slot_id, person_id, made_by, made_at FROM sheets "
    "ORDER BY made_at, checksum",
    "certificate_numbers": "SELECT event_id, person_id, number FROM certificate_numbers ORDER BY event_id, number",
    "modules": "SELECT id, key, name, rank, active FROM modules ORDER BY id",
    "lessons": "SELECT id, module_id, number, title, active FROM lessons ORDER BY id",
    "groups": "SELECT id, person_id, village_id, name, members, state, made_at FROM groups ORDER BY id",
    "meetings": "SELECT id, group_id, person_id, lesson_id, topic, day, starts_at, zone, place, state, members, "
    "obstacles, follow_up, made_at, logged_at FROM meetings ORDER BY id",
    "absences": "SELECT meeting_id, member, reason FROM absences ORDER BY meeting_id, member",
    "report_templates": "SELECT id, digest, name, set_at, set_by FROM report_templates ORDER BY id",
    "evidence": "SELECT meeting_id, digest, rank FROM evidence ORDER BY meeting_id, rank",
    "audit": "SELECT id, at, person_id, action, object, detail, digest FROM audit ORDER BY id",
}

# What Excel and its like take for the beginning of a formula, full-width forms included.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class ExportFailed(Exception):
    """Nothing usable was written; the text says why, in one line."""


def export(folder: Path, target: Path) -> dict[str, int]:
    """Write one CSV file per table into the empty or new folder `target`; return the rows of each.

    Reads one snapshot over a read-only connection. Raises ExportFailed.
    """
    source = folder / DATABASE
    if not source.exists():
        raise ExportFailed(f"there is no database in {folder}")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ExportFailed(f"{target} is not an empty folder")
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as db:
            db.execute("BEGIN")
            return {table: _write(db, sql, target / f"{table}.csv") for table, sql in TABLES.items()}
    except sqlite3.Error as why:
        raise ExportFailed(f"the database cannot be read: {type(why).__name__}") from why
    except OSError as why:
        raise ExportFailed(f"nothing usable was written: {why.strerror}") from why


def safe_cell(value: object) -> object:
    """Return the cell so that no sheet calculates it: a text that begins like a formula gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_LIVE) else value


def _write(db: sqlite3.Connection, sql: str, path: Path) -> int:
    rows = db.execute(sql)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    # The mark at the beginning is how Excel knows UTF-8.
    with open(handle, "w", encoding="utf-8-sig", newline="") as file:  # noqa: PTH123
        writer = csv.writer(file)
        writer.writerow([column[0] for column in rows.description])
        count = 0
        for row in rows:
            writer.writerow([safe_cell(cell) for cell in row])
            count += 1
    return count
