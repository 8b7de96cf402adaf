"""What a printed sheet says, in one form that can be compared with today's data, and the checksum that names it."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import astuple
from datetime import date
from typing import Any

from bot.dates import show_day, show_days
from bot.documents.attendance_list import Line, hours, list_lines, slot_title
from bot.slot_codes import ALPHABET
from storage import office
from storage.attendance import Attendance, Attendee
from storage.database import Connection
from storage.events import Event

LENGTH = 8
_HEADS = {
    "subject": "Perihal",
    "number": "Nomor",
    "day": "Hari",
    "days": "Hari",
    "hours": "Waktu absen",
    "place": "Tempat",
    "name": "Nama",
    "title": "Jabatan",
    "district": "Kecamatan",
}


def print_list(event: Event, found: Attendance, slot: int, zone: str) -> str:
    """Return the canonical form of the daftar hadir of the slot with this index."""
    window = found.slots[slot]
    return _canonical(
        {
            "event": event.id,
            "slot": window.id,
            "subject": event.subject,
            "number": event.details.number,
            "day": slot_title(window),
            "hours": hours(window, zone),
            "place": event.place,
            "dated": show_day(date.fromisoformat(window.day)).partition(", ")[2],
            "counts": _counts(found, slot),
            "lines": [astuple(line) for line in list_lines(found, slot, zone)],
        }
    )


def print_certificate(event: Event, one: Attendee, number: str) -> str:
    """Return the canonical form of somebody's certificate; `number` is as it stands on it."""
    first, last = date.fromisoformat(event.first_day), date.fromisoformat(event.last_day)
    return _canonical(
        {
            "event": event.id,
            "person": one.id,
            "name": one.name,
            "title": one.title,
            "district": one.district,
            "number": number,
            "subject": event.subject,
            "days": show_days(first, last),
            "place": event.place,
            "dated": show_day(last).partition(", ")[2],
        }
    )


def checksum(db: Connection, printed: str) -> str:
    """Return the 8 symbols that name a sheet: only this office can make them, and the same data has the same ones."""
    value = int.from_bytes(hmac.digest(office.secret(db).encode(), printed.encode(), hashlib.sha256)[:16], "big")
    return "".join(ALPHABET[value // len(ALPHABET) ** place % len(ALPHABET)] for place in range(LENGTH))


def read_checksum(text: str) -> str | None:
    """Return the checksum that was typed, in capitals and without spaces; None if it has not the form of one."""
    typed = re.sub(r"^(?:PERIKSA|KODE|LEMBAR)+", "", re.sub(r"[\s\-–.:]+", "", text).upper())
    return typed if len(typed) == LENGTH and set(typed) <= set(ALPHABET) else None


def lines_of(printed: dict[str, Any]) -> list[Line]:
    """Return the people on a printed daftar hadir."""
    return [Line(*line) for line in printed["lines"]]


def changes(before: str, now: str) -> Iterator[str]:
    """Say what is different between a sheet as it was printed and as it would be printed now, a line for each."""
    old, new = json.loads(before), json.loads(now)
    for key, label in _HEADS.items():
        if old.get(key, "") != new.get(key, ""):
            yield f"{label}: {old[key] or '–'} menjadi {new[key] or '–'}"
    if "lines" in old:
        yield from _people_changes(lines_of(old), lines_of(new))


def _people_changes(old: list[Line], new: list[Line]) -> Iterator[str]:
    was, now = {line.person_id: line for line in old}, {line.person_id: line for line in new}
    added = [line.name for line in new if line.person_id not in was]
    removed = [line.name for line in old if line.person_id not in now]
    if added:
        yield f"Ditambahkan: {', '.join(added)}"
    if removed:
        yield f"Dihapus: {', '.join(removed)}"
    for line in new:
        before = was.get(line.person_id)
        if before is not None and before != line:
            yield f"{before.name}: {_change(before, line)}"


def _change(old: Line, new: Line) -> str:
    """Say what changed of one person: first where he or she was, then the rest."""
    parts = [
        f"{label}{before or '–'} menjadi {after or '–'}"
        for label, before, after in (
            ("", _state(old), _state(new)),
            ("nama ", old.name, new.name),
            ("kecamatan ", old.district, new.district),
            ("jabatan ", old.title, new.title),
            ("No. HP ", old.phone, new.phone),
        )
        if before != after
    ]
    return ", ".join(parts) or f"keterangan {old.remark or '–'} menjadi {new.remark or '–'}"


def _state(line: Line) -> str:
    """Write "H pukul 08.50 (kode langsung)"."""
    at = f"pukul {line.time} ({line.evidence})" if line.time else ""
    return " ".join(filter(None, (line.status or "belum ada kabar", at)))


def _counts(found: Attendance, slot: int) -> str:
    """Write "Hadir 150, terlambat 4, … dari 174 orang." """
    counted = [(one.title, found.count(slot, one.status)) for one in found.statuses]
    silent = sum(one.expected and not one.marks[slot].status for one in found.people)
    counted += [("belum ada kabar", silent)] if silent else []
    said = ", ".join(f"{title.lower()} {count}" for title, count in counted if count)
    return f"{said[:1].upper()}{said[1:]}; diharapkan {found.expected()} orang." if said else ""


def _canonical(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
