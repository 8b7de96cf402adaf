"""A person's own rows: what is blanked or goes when he or she is erased, and the accounts that lead to the person."""

import json
from collections.abc import Sequence

from storage.database import Connection
from storage.erasure_marks import GONE_WORDS, Marks

_REASONS = """
    SELECT reason FROM (
        SELECT reason FROM check_ins WHERE person_id = :person
        UNION SELECT reason FROM excuses WHERE person_id = :person
        UNION SELECT reason FROM invitations WHERE person_id = :person)
    WHERE reason <> '' ORDER BY length(reason) DESC
"""

NAME, PHONE, REMARK = 1, 4, 8  # of a line on a printed list, which begins with the person's number

# What was said by or about the person in words; where somebody was, and wished to be; rights, and what waits.
_BLANK = (
    "UPDATE invitations SET reason = NULL WHERE person_id = :person",
    "UPDATE check_ins SET reason = '' WHERE person_id = :person AND reason <> ''",
    "UPDATE excuses SET reason = '' WHERE person_id = :person",
    "UPDATE suggestions SET words = :gone WHERE person_id = :person",
    "UPDATE event_questions SET words = :gone WHERE person_id = :person",
    "UPDATE meetings SET latitude = NULL, longitude = NULL WHERE person_id = :person AND latitude IS NOT NULL",
    "DELETE FROM meeting_pasts WHERE meeting_id IN (SELECT id FROM meetings WHERE person_id = :person)",
    "DELETE FROM meeting_changes WHERE meeting_id IN (SELECT id FROM meetings WHERE person_id = :person)",
    "DELETE FROM rooms WHERE person_id = :person",
    "DELETE FROM room_wishes WHERE :person IN (person_id, mate_id)",
    "DELETE FROM committee WHERE person_id = :person",
    "DELETE FROM live_cards WHERE person_id = :person",
    "DELETE FROM unreached WHERE person_id = :person",
    "UPDATE reminders SET state = 'unneeded', settled_at = :now WHERE person_id = :person AND state = 'waiting'",
    """
    UPDATE handover_offers SET state = 'withdrawn', decided_at = :now
    WHERE :person IN (from_person, to_person) AND state = 'waiting'
    """,
    """
    UPDATE applications SET words = :tombstone, phone = NULL, decided_at = coalesce(decided_at, :now),
        state = iif(state = 'waiting', 'refused', state)
    WHERE chat IN (SELECT value FROM json_each(:chats))
       OR phone = (SELECT phone FROM persons WHERE id = :person)
    """,
    "UPDATE letterhead SET rank = '', nip = '' WHERE instr(name, :name)",
    "DELETE FROM board_pictures WHERE chat IN (SELECT value FROM json_each(:chats))",
    "DELETE FROM dialogs WHERE chat IN (SELECT value FROM json_each(:chats))",
)


def blank(db: Connection, marks: Marks, now: str) -> None:
    """Blank the person's own words and whereabouts, and end what waits."""
    values = {
        "person": marks.person_id,
        "chats": marks.chats_json,
        "name": marks.name,
        "tombstone": marks.tombstone,
        "gone": GONE_WORDS,
        "now": now,
    }
    _rename_on_sheets(db, marks)
    for sql in _BLANK:
        db.execute(sql, {key: value for key, value in values.items() if f":{key}" in sql})


def forget_accounts(db: Connection, marks: Marks, now: str) -> None:
    """Let what was sent stand under accounts that nobody has, and forget the real ones with what is open there."""
    db.execute("DELETE FROM dialogs WHERE chat IN (SELECT value FROM json_each(?))", (marks.chats_json,))
    for number, chat in enumerate(marks.chats, 1):
        nobody = f"erased-{marks.person_id}-{number}"
        key = {"old": chat, "new": f"{chat.partition(':')[0]}:{nobody}", "address": nobody}
        db.execute(
            """
            INSERT INTO chats (chat, channel, address, person_id, reachable, linked_at, last_in_at)
            SELECT :new, channel, :address, person_id, 'no', linked_at, last_in_at FROM chats WHERE chat = :old
            """,
            key,
        )
        db.execute("UPDATE outbox SET chat = :new, external_id = NULL WHERE chat = :old", key)
        db.execute("UPDATE applications SET chat = :new WHERE chat = :old", key)
        db.execute("DELETE FROM board_pictures WHERE chat = :old", key)
        db.execute("DELETE FROM chat_aliases WHERE :old IN (alias, chat)", key)
        db.execute("DELETE FROM chats WHERE chat = :old", key)


def photos_of(db: Connection, person_id: int) -> list[str]:
    """Return the photos with the person's meetings."""
    rows = db.execute(
        """
        SELECT DISTINCT e.digest FROM meetings m CROSS JOIN evidence e ON e.meeting_id = m.id
        WHERE m.person_id = ? ORDER BY 1
        """,
        (person_id,),
    )
    return [str(row[0]) for row in rows.fetchall()]


def part_with(db: Connection, person_id: int, digest: str) -> None:
    """Take a photo from the person's meetings, which go on counting it."""
    db.execute(
        """
        UPDATE meetings SET photos_erased = photos_erased + 1
        WHERE person_id = :person AND id IN (SELECT meeting_id FROM evidence WHERE digest = :digest)
        """,
        {"person": person_id, "digest": digest},
    )
    db.execute(
        """
        DELETE FROM evidence WHERE digest = :digest
          AND meeting_id IN (SELECT id FROM meetings WHERE person_id = :person)
        """,
        {"person": person_id, "digest": digest},
    )


def _rename_on_sheets(db: Connection, marks: Marks) -> None:
    """Put the tombstone where the person stands on what was printed: by the number, whoever else has the name."""
    rows = db.execute(
        """
        SELECT checksum, printed FROM sheets
        WHERE person_id = :person OR event_id IN (SELECT event_id FROM invitations WHERE person_id = :person
            UNION SELECT s.event_id FROM check_ins c JOIN slots s ON s.id = c.slot_id WHERE c.person_id = :person)
        """,
        {"person": marks.person_id},
    ).fetchall()
    reasons = [str(row[0]) for row in db.execute(_REASONS, {"person": marks.person_id})]
    for checksum, printed in rows:
        said = json.loads(printed)
        if said.get("person") == marks.person_id:
            said["name"] = marks.tombstone
        for line in said.get("lines", []):
            if line[0] == marks.person_id:
                line[NAME], line[PHONE] = marks.tombstone, ""
                line[REMARK] = _without(line[REMARK], reasons)
            line[REMARK] = marks.replace(line[REMARK], copies=True)
        after = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if after != printed:
            db.execute("UPDATE sheets SET printed = ? WHERE checksum = ?", (after, checksum))


def _without(remark: str, reasons: Sequence[str]) -> str:
    """Return a remark without the reason in which it ends, as it would be printed today."""
    for reason in reasons:
        if remark.endswith(reason):
            return remark.removesuffix(reason).removesuffix(", ")
    return remark
