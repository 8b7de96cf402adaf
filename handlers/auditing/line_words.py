"""A line of the audit in words: who, what, and of whom, with the names of today in place of its ids."""

import re

from handlers.auditing.deeds import deed
from storage import events, people, places
from storage.audit import AuditLine
from storage.database import Connection

MOST_NAMED = 3
ALL = {"all": "semua petugas", "facilitators": "semua pendamping", "office": "", "office:rules": ""}
KINDS = {
    "meeting": "laporan no. {}",
    "group": "kelompok no. {}",
    "broadcast": "siaran S{}",
    "application": "permintaan no. {}",
}
_ID = re.compile(r"\b(person|district):(\d{1,12})\b")


def doer(line: AuditLine) -> str:
    """Say who did it."""
    return line.who or ("bot" if line.action == "unreached" else "baris perintah")


def what_and_whom(db: Connection, line: AuditLine) -> str:
    """Write "memindahkan petugas Budi Sembiring (Binjai > Babalan)"."""
    words, whom, more = deed(line.action).words, scope(db, line), detail(db, line)
    first, _, rest = whom.partition(" ")
    whom = rest if rest and first in words.split() else whom  # not "menyetujui siaran siaran S3"
    return " ".join(filter(None, (words, whom, f"({more})" if more else "")))


def scope(db: Connection, line: AuditLine) -> str:
    """Name what the line is about; '' where that has no name."""
    if line.object in ALL:
        return ALL[line.object]
    kind, _, id_ = line.object.partition(":")
    number = int(id_) if id_.isdecimal() else 0
    if kind in KINDS:
        return KINDS[kind].format(number)
    if kind == "event":
        event = events.event(db, number)
        return event.subject if event else ""
    if kind == "role":
        row = db.execute("SELECT title FROM roles WHERE role = ?", (id_,)).fetchone()
        return str(row[0]) if row else ""
    return _name(db, kind, number) if kind in ("person", "district") else "" if id_ else line.object


def detail(db: Connection, line: AuditLine) -> str:
    """Write the detail with names; of many people only how many."""
    ids = _ID.findall(line.detail)
    if sum(kind == "person" for kind, _ in ids) > MOST_NAMED:
        rest = _ID.sub("", line.detail).strip()
        return ", ".join(filter(None, (rest, f"{len(ids)} orang")))
    return _ID.sub(lambda found: _name(db, found[1], int(found[2])) or "–", line.detail)


def _name(db: Connection, kind: str, number: int) -> str:
    if kind == "district":
        district = places.district(db, number)
        return f"Kecamatan {district.name}" if district else ""
    person = people.person(db, number)
    return person.name if person else ""
