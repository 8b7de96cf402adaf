"""Invitations: who is invited to an event, what each of them answered, and how many said what."""

from dataclasses import dataclass, replace

from storage.database import Connection
from storage.events import belongs


@dataclass(frozen=True, slots=True)
class Invitation:
    """One person's invitation and what was answered to it.

    `answer` is 'yes', 'no', 'delegated', 'waiting' or None; `cause` of a no is 'S', 'I', 'DL' or None. While the answer
    of somebody with `instead_of` is None, he or she is only asked to stand in.
    """

    event_id: int
    person_id: int
    answer: str | None = None
    answered_at: str | None = None  # UTC ISO text
    cause: str | None = None
    reason: str | None = None
    answered_by: int | None = None  # who entered it for the person
    delegate_id: int | None = None
    delegate: str | None = None  # the name
    delegate_answer: str | None = None
    instead_of: int | None = None
    represented: str | None = None  # the name of whom the person stands in for
    own: bool = True  # False: invited only to stand in for somebody
    queue: int | None = None  # the place on the waiting list, from 1
    shares_rooms: bool = False  # people sleep two in a room there
    room_mate: str | None = None  # the name
    room_wish: str | None = None  # the name of whom the person would like to share with, '' for anybody


@dataclass(frozen=True, slots=True)
class Answers:
    """How many said what: yes, no, nothing, somebody comes instead, and how many wait for a place."""

    yes: int
    no: int
    none: int
    delegated: int = 0
    waiting: int = 0

    @property
    def invited(self) -> int:
        """Everybody who is invited, stand-ins too."""
        return self.yes + self.no + self.none + self.delegated + self.waiting

    @property
    def expected(self) -> int:
        """Everybody whose absence is one: not who is stood in for, nor who waits for a seat."""
        return self.yes + self.no + self.none


EXPECTED = "(coalesce(i.answer, '') NOT IN ('delegated', 'waiting'))"
"""The SQL condition that the absence of the invitation `i` is one, as `is_expected` says."""


def is_expected(answer: str | None) -> bool:
    """Say whether silence of who answered so is an absence: not of who is stood in for, nor waits for a seat."""
    return answer not in ("delegated", "waiting")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody on a list; `district` is '' for nobody's."""

    id: int
    name: str
    title: str
    district: str
    district_id: int | None = None


# Who answers when there is no place left waits for one: first come, first served, and of one moment the lower id.
_INVITATION = """
    SELECT i.event_id, i.person_id, i.answer, i.answered_at, i.cause, i.reason, i.answered_by, i.delegate_id, d.name,
           (SELECT answer FROM invitations k WHERE k.event_id = i.event_id AND k.person_id = i.delegate_id),
           i.instead_of, s.name, i.own = 1,
           CASE i.answer WHEN 'waiting' THEN (
               SELECT count(*) FROM invitations w WHERE w.event_id = i.event_id AND w.answer = 'waiting'
               AND (w.answered_at, w.person_id) <= (i.answered_at, i.person_id)) END,
           (SELECT shares_rooms = 1 FROM events e WHERE e.id = i.event_id),
           (SELECT p.name FROM rooms r JOIN rooms m ON m.event_id = r.event_id AND m.room = r.room
                AND m.person_id <> r.person_id JOIN persons p ON p.id = m.person_id
            WHERE r.event_id = i.event_id AND r.person_id = i.person_id),
           (SELECT coalesce(p.name, '') FROM room_wishes w LEFT JOIN persons p ON p.id = w.mate_id
            WHERE w.event_id = i.event_id AND w.person_id = i.person_id)
    FROM invitations i LEFT JOIN persons d ON d.id = i.delegate_id LEFT JOIN persons s ON s.id = i.instead_of
    WHERE i.event_id = :event AND i.person_id = :person
"""


def invitation(db: Connection, event_id: int, person_id: int) -> Invitation | None:
    """Return a person's invitation to an event."""
    row = db.execute(_INVITATION, {"event": event_id, "person": person_id}).fetchone()
    if row is None:
        return None
    found = Invitation(*row)
    return replace(found, own=bool(found.own), shares_rooms=bool(found.shares_rooms))


def is_invited(db: Connection, event_id: int, person_id: int) -> bool:
    """Say whether the person is on the event's list."""
    sql = "SELECT 1 FROM invitations WHERE event_id = ? AND person_id = ?"
    return db.execute(sql, (event_id, person_id)).fetchone() is not None


def let_in(db: Connection, event_id: int, person_id: int) -> bool:
    """Say whether the person is invited; who joined the audience after the announcement is invited now."""
    if is_invited(db, event_id, person_id):
        return True
    if belongs(db, event_id, person_id):
        db.execute("INSERT INTO invitations (event_id, person_id) VALUES (?, ?)", (event_id, person_id))
        return True
    return False


def admit(db: Connection, event_id: int, person_id: int) -> Invitation | None:
    """Return the person's invitation, new or old; None if the person is not let in."""
    return invitation(db, event_id, person_id) if let_in(db, event_id, person_id) else None


def invite(db: Connection, event_id: int, person_id: int) -> None:
    """Invite somebody whom the announcement did not mean."""
    db.execute(
        "INSERT INTO invitations (event_id, person_id) VALUES (?, ?) ON CONFLICT DO NOTHING", (event_id, person_id)
    )


def uninvite(db: Connection, event_id: int, person_id: int) -> None:
    """Take back the invitation and what was answered to it."""
    db.execute("DELETE FROM invitations WHERE event_id = ? AND person_id = ?", (event_id, person_id))


def names_of(db: Connection, event_id: int) -> list[tuple[int, str, str]]:
    """Return id, name and kecamatan of everybody who is invited, by name."""
    rows = db.execute(
        """
        SELECT p.id, p.name, coalesce(d.name, '') FROM invitations i JOIN persons p ON p.id = i.person_id
        LEFT JOIN districts d ON d.id = p.district_id WHERE i.event_id = ? ORDER BY p.name, p.id
        """,
        (event_id,),
    )
    return [(int(row[0]), str(row[1]), str(row[2])) for row in rows]


def answer(
    db: Connection,
    event_id: int,
    person_id: int,
    answer: str | None,
    now: str,
    *,
    cause: str | None = None,
    reason: str | None = None,
    by: int | None = None,
    delegate_id: int | None = None,
) -> None:
    """Keep a person's answer in place of the one before; None takes it back. `by` entered it for the person."""
    db.execute(
        """
        UPDATE invitations SET answer = :answer, answered_at = CASE WHEN :answer IS NULL THEN NULL ELSE :now END,
               cause = :cause, reason = :reason, answered_by = :by, delegate_id = :delegate_id
        WHERE event_id = :event_id AND person_id = :person_id
        """,
        {
            "event_id": event_id,
            "person_id": person_id,
            "answer": answer,
            "now": now,
            "cause": cause,
            "reason": reason,
            "by": by,
            "delegate_id": delegate_id,
        },
    )


def answers(db: Connection, event_id: int) -> Answers:
    """Count the answers to an event."""
    row = db.execute(
        """
        SELECT count(*) FILTER (WHERE answer = 'yes'), count(*) FILTER (WHERE answer = 'no'),
               count(*) FILTER (WHERE answer IS NULL), count(*) FILTER (WHERE answer = 'delegated'),
               count(*) FILTER (WHERE answer = 'waiting')
        FROM invitations WHERE event_id = ?
        """,
        (event_id,),
    ).fetchone()
    return Answers(*row)


def unanswered(db: Connection, event_id: int) -> list[Named]:
    """Return who has not answered, by district and name."""
    return _named(db, "i.answer IS NULL", {"event": event_id})


def refused(db: Connection, event_id: int) -> list[tuple[Named, str | None, str | None]]:
    """Return who does not come, by district and name, with cause and reason."""
    named = _named(db, "i.answer = 'no'", {"event": event_id})
    rows = db.execute("SELECT person_id, cause, reason FROM invitations WHERE event_id = ?", (event_id,))
    why = {row[0]: (row[1], row[2]) for row in rows}
    return [(one, *why[one.id]) for one in named]


def absent(db: Connection, event_id: int, slot_id: int) -> list[Named]:
    """Return who is expected and has not checked in to a slot, by district and name."""
    came = "SELECT 1 FROM present k WHERE k.slot_id = :slot AND k.person_id = i.person_id"
    return _named(db, f"{EXPECTED} AND NOT EXISTS ({came})", {"event": event_id, "slot": slot_id})


def invited(db: Connection, event_id: int) -> list[Named]:
    """Return everybody who is invited, by district and name."""
    return _named(db, "1", {"event": event_id})


def answers_of(db: Connection, event_id: int) -> dict[int, str | None]:
    """Return each invited person's answer."""
    return dict(db.execute("SELECT person_id, answer FROM invitations WHERE event_id = ?", (event_id,)))


def _named(db: Connection, which: str, values: dict[str, int]) -> list[Named]:
    rows = db.execute(
        f"""
        SELECT p.id, p.name, r.title, coalesce(d.name, ''), p.district_id
        FROM invitations i JOIN persons p ON p.id = i.person_id
        JOIN roles r USING (role) LEFT JOIN districts d ON d.id = p.district_id
        WHERE i.event_id = :event AND {which} ORDER BY d.name IS NULL, d.name, p.name, p.id
        """,
        values,
    )
    return [Named(*row) for row in rows]
