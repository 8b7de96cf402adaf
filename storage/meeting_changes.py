"""Changes of a record: what it said before, what is asked for too late, what was sent back, and what was verified."""

import json
from dataclasses import dataclass
from typing import Any

from storage.database import Connection
from storage.meeting_records import add_photos, set_absences

Values = dict[str, Any]
"""What a record says, by the names of its columns; `absences` are [number, reason], `photos` are digests."""

COLUMNS = (
    *("state", "why_not", "lesson_id", "topic", "day", "starts_at", "ends_at", "place", "members", "sick", "excused"),
    *("absent", "obstacles", "follow_up", "latitude", "longitude"),
)


@dataclass(frozen=True, slots=True)
class Past:
    """What a record said until somebody changed it at that moment (UTC text)."""

    changed_at: str
    changed_by: str
    before: Values


@dataclass(frozen=True, slots=True)
class Wish:
    """A change that needs the coordinator's yes; `state` is 'waiting', 'accepted' or 'refused'.

    `ref` is another one when something else is asked for instead.
    """

    id: int
    ref: str
    meeting_id: int
    asked_by: int
    asker: str
    wanted: Values
    state: str
    decider: str


@dataclass(frozen=True, slots=True)
class Return:
    """That a record was sent back for correction, by whom and why; `at` is UTC text."""

    at: str
    person_id: int
    name: str
    comment: str


def values_of(db: Connection, meeting_id: int) -> Values:
    """Return what the record says now."""
    row = db.execute(f"SELECT {', '.join(COLUMNS)} FROM meetings WHERE id = ?", (meeting_id,)).fetchone()
    absences = db.execute("SELECT member, reason FROM absences WHERE meeting_id = ? ORDER BY member", (meeting_id,))
    photos = db.execute("SELECT digest FROM evidence WHERE meeting_id = ? ORDER BY rank", (meeting_id,))
    return {
        **dict(zip(COLUMNS, row, strict=True)),
        "absences": [list(one) for one in absences.fetchall()],
        "photos": [one[0] for one in photos.fetchall()],
    }


def change_record(db: Connection, meeting_id: int, wanted: Values, by: int, now: str) -> Return | None:
    """Let the record say this from now on, keeping what it said; a record that was sent back is thereby corrected.

    Return who had sent it back, if anybody. Raises sqlite3.IntegrityError where another record says the same.
    """
    before = values_of(db, meeting_id)
    returned = last_return(db, meeting_id)
    db.execute(
        "INSERT INTO meeting_pasts VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (meeting_id, now, by, json.dumps(before, ensure_ascii=False)),
    )
    sets = ", ".join(f"{column} = :{column}" for column in COLUMNS)
    db.execute(
        f"UPDATE meetings SET {sets}, returned_at = NULL WHERE id = :id",
        {column: wanted[column] for column in COLUMNS} | {"id": meeting_id},
    )
    set_absences(db, meeting_id, dict(wanted["absences"]))
    if wanted["photos"] != before["photos"]:
        db.execute("DELETE FROM evidence WHERE meeting_id = ?", (meeting_id,))
        add_photos(db, meeting_id, wanted["photos"])
    db.execute(
        "UPDATE meeting_returns SET corrected_at = ? WHERE meeting_id = ? AND corrected_at IS NULL", (now, meeting_id)
    )
    return returned


def pasts_of(db: Connection, meeting_id: int) -> list[Past]:
    """Return what the record said before, the oldest first."""
    rows = db.execute(
        """
        SELECT h.changed_at, p.name, h.before FROM meeting_pasts h JOIN persons p ON p.id = h.changed_by
        WHERE h.meeting_id = ? ORDER BY h.changed_at
        """,
        (meeting_id,),
    )
    return [Past(at, name, json.loads(before)) for at, name, before in rows]


def wish(db: Connection, *, ref: str, meeting_id: int, by: int, wanted: Values, now: str) -> tuple[int, bool]:
    """Ask for a change; return its id, and whether it takes the place of one of the same record that waited."""
    waited = db.execute(
        "SELECT 1 FROM meeting_changes WHERE meeting_id = ? AND state = 'waiting'", (meeting_id,)
    ).fetchone()
    row = db.execute(
        """
        INSERT INTO meeting_changes (ref, meeting_id, asked_at, asked_by, wanted) VALUES (:ref, :id, :now, :by, :wanted)
        ON CONFLICT (meeting_id) WHERE state = 'waiting'
        DO UPDATE SET ref = :ref, asked_at = :now, asked_by = :by, wanted = :wanted RETURNING id
        """,
        {"ref": ref, "id": meeting_id, "now": now, "by": by, "wanted": json.dumps(wanted, ensure_ascii=False)},
    ).fetchone()
    return int(row[0]), waited is not None


def wish_of(db: Connection, wish_id: int) -> Wish | None:
    """Return the change that was asked for."""
    row = db.execute(
        """
        SELECT c.id, c.ref, c.meeting_id, c.asked_by, p.name, c.wanted, c.state, coalesce(d.name, '')
        FROM meeting_changes c JOIN persons p ON p.id = c.asked_by LEFT JOIN persons d ON d.id = c.decided_by
        WHERE c.id = ?
        """,
        (wish_id,),
    ).fetchone()
    if row is None:
        return None
    id, ref, meeting_id, asked_by, asker, wanted, state, decider = row  # noqa: A001  # the word the tables use
    return Wish(id, ref, meeting_id, asked_by, asker, json.loads(wanted), state, decider)


def decide_wish(db: Connection, wish_id: int, *, accept: bool, by: int, now: str) -> bool:
    """Note what was decided; False if it was decided before."""
    return (
        db.execute(
            """
            UPDATE meeting_changes SET state = :state, decided_at = :now, decided_by = :by
            WHERE id = :id AND state = 'waiting'
            """,
            {"state": "accepted" if accept else "refused", "now": now, "by": by, "id": wish_id},
        ).rowcount
        == 1
    )


def return_meeting(db: Connection, meeting_id: int, *, by: int, comment: str, now: str) -> bool:
    """Send a record that was handed in back for correction; False if it was sent back, verified, or not handed in."""
    sent_back = db.execute(
        """
        UPDATE meetings SET returned_at = :now
        WHERE id = :id AND sent_at <= :now AND returned_at IS NULL AND verified_at IS NULL
        """,
        {"id": meeting_id, "now": now},
    ).rowcount
    if sent_back:
        db.execute(
            "INSERT INTO meeting_returns (meeting_id, returned_at, returned_by, comment) VALUES (?, ?, ?, ?)",
            (meeting_id, now, by, comment),
        )
    return sent_back == 1


def last_return(db: Connection, meeting_id: int) -> Return | None:
    """Return the return that waits for its correction."""
    row = db.execute(
        """
        SELECT r.returned_at, r.returned_by, p.name, r.comment
        FROM meeting_returns r JOIN persons p ON p.id = r.returned_by
        WHERE r.meeting_id = ? AND r.corrected_at IS NULL ORDER BY r.returned_at DESC LIMIT 1
        """,
        (meeting_id,),
    ).fetchone()
    return Return(*row) if row else None


def verify_meeting(db: Connection, meeting_id: int, *, by: int, now: str) -> bool:
    """Lock a record that was handed in; False if it is locked, sent back, or not handed in."""
    return (
        db.execute(
            """
            UPDATE meetings SET verified_at = :now, verified_by = :by
            WHERE id = :id AND sent_at <= :now AND returned_at IS NULL AND verified_at IS NULL
            """,
            {"id": meeting_id, "by": by, "now": now},
        ).rowcount
        == 1
    )


def confirm_meeting(db: Connection, meeting_id: int, *, sent_at: str, now: str) -> bool:
    """Let what a colleague recorded count, from `sent_at` on; False if it does not wait for its owner."""
    return (
        db.execute(
            """
            UPDATE meetings SET confirmed_at = :now, sent_at = :sent_at
            WHERE id = :id AND logged_at IS NOT NULL AND sent_at IS NULL
            """,
            {"id": meeting_id, "sent_at": sent_at, "now": now},
        ).rowcount
        == 1
    )


def drop_unconfirmed(db: Connection, meeting_id: int) -> bool:
    """Take back what a colleague recorded by mistake; a plan it was recorded on is a plan again. False if confirmed.

    The row stays, as cancelled: its id, which stands on a card, must never be that of another meeting.
    """
    dropped = db.execute(
        """
        UPDATE meetings SET state = CASE WHEN made_at < logged_at THEN 'planned' ELSE 'cancelled' END, why_not = '',
            members = NULL, sick = 0, excused = 0, absent = 0, obstacles = '', follow_up = '', latitude = NULL,
            longitude = NULL, joint = NULL, logged_at = NULL, logged_by = NULL
        WHERE id = ? AND logged_at IS NOT NULL AND sent_at IS NULL
        """,
        (meeting_id,),
    ).rowcount
    if dropped:
        set_absences(db, meeting_id, {})
        db.execute("DELETE FROM evidence WHERE meeting_id = ?", (meeting_id,))
    return dropped == 1
