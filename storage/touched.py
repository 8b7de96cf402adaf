"""Whom a line of the audit touches: its ids resolved to people, for the notice that an incident asks for.

What a line names by itself is exact. A scope (an event, a kecamatan, everybody) is read as it is now, with those who
have moved away since and without those who came later: rather too many people than too few. Only whose invitation was
taken back before the event began is missing.
"""

import re

from storage.audit import AuditLine
from storage.database import Connection

_IDS = re.compile(r"\b(person|district):(\d{1,12})\b")
_EVENT = """
    SELECT person_id FROM invitations WHERE event_id = :id UNION SELECT delegate_id FROM invitations
    WHERE event_id = :id AND delegate_id IS NOT NULL UNION SELECT person_id FROM committee WHERE event_id = :id
    UNION SELECT k.person_id FROM check_ins k JOIN slots s ON s.id = k.slot_id WHERE s.event_id = :id
"""
_SCOPES = {
    "person": "SELECT :id",
    "event": _EVENT,
    "meeting": "SELECT person_id FROM meetings WHERE id = :id UNION SELECT logged_by FROM meetings WHERE id = :id",
    "group": "SELECT person_id FROM groups WHERE id = :id",
    "broadcast": "SELECT person_id FROM recipients WHERE broadcast_id = :id",
    "application": "SELECT c.person_id FROM applications a JOIN chats c USING (chat) WHERE a.id = :id",
    "district": """
        SELECT id FROM persons WHERE district_id = :id AND made_at <= :at
        UNION SELECT substr(object, 8) + 0 FROM audit
        WHERE action = 'move' AND at >= :at AND detail LIKE 'district:' || :id || ' >%'
    """,
    "facilitators": "SELECT id FROM persons WHERE role = 'facilitator' AND made_at <= :at UNION "
    "SELECT person_id FROM groups WHERE made_at <= :at",
    "all": "SELECT id FROM persons WHERE made_at <= :at",
}


def named_in(line: AuditLine) -> set[int]:
    """Return who is named when the line is shown: who did it, and whom it names by itself."""
    ids = {int(id_) for kind, id_ in _IDS.findall(f"{line.object} {line.detail}") if kind == "person"}
    return ids | ({line.person_id} if line.person_id else set())


def people_touched(db: Connection, line: AuditLine) -> set[int]:
    """Return whose data the line is about."""
    named = {int(id_) for kind, id_ in _IDS.findall(line.detail) if kind == "person"}
    kind, _, number = line.object.partition(":")
    if kind == "roster":
        return named | _imported(db, line, len(named))
    if kind == "role":  # whoever claimed it
        return {line.person_id} if line.person_id else set()
    if kind == "person":
        return {int(number)}
    if named and kind != "group":
        return named
    found = _scope(db, kind, number, line.at)
    part = next((id_ for kind, id_ in _IDS.findall(line.detail) if kind == "district"), None)
    if part is not None and kind == "event":
        found &= _scope(db, "district", part, line.at)
    return found | named


def _scope(db: Connection, kind: str, number: str, at: str) -> set[int]:
    sql = _SCOPES.get(kind)
    if sql is None:
        return set()
    rows = db.execute(sql, {"id": int(number) if number.isdecimal() else 0, "at": at})
    return {int(row[0]) for row in rows.fetchall() if row[0] is not None}


def _imported(db: Connection, line: AuditLine, named: int) -> set[int]:
    """Return who came by an import, at its very moment; all there were if it changed more than it names."""
    changed = re.search(r"berubah (\d+)", line.detail)
    if changed and int(changed[1]) > named:
        return _scope(db, "all", "", line.at)
    return {int(row[0]) for row in db.execute("SELECT id FROM persons WHERE made_at = ?", (line.at,)).fetchall()}
